package events

import "testing"

func TestRedact(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"token", "Invalid token format Token: T1==cGFydG5lcl9pZD00NTAx_-MjM0NSZzaWc9MDAw (1004)", "Invalid token format Token: T1==[redacted] (1004)"},
		{"token at the end of a cut", "Token: T1==cGFydG5lcl9", "Token: T1==[redacted]"},
		{"web token", "token eyJhbGciOiJSUzI1NiJ9.eyJzZXNzaW9uIjoiMSJ9.c2lnbmF0dXJl, expired", "token eyJ[redacted], expired"},
		{"web token without its end", "eyJhbGciOiJSUzI1NiJ9.eyJzZXNzaW9uIjoiMS", "eyJ[redacted]"},
		{"header", "X-OPENTOK-AUTH: abc.def, next", "X-OPENTOK-AUTH: [redacted], next"},
		{"session description", `a=ice-pwd:Ab3/+xyz\r\na=x`, `a=ice-pwd:[redacted]\r\na=x`},
		{"field", `{"credential":"hunter2","x":1}`, `{"credential":"[redacted]","x":1}`},
		{"field of an escaped object", `{\"encryptionSecret\":\"hunter2\"}`, `{\"encryptionSecret\":\"[redacted]\"}`},
		{"no secret", "Invalid encryptionSecret: secret must have at least 8 characters", "Invalid encryptionSecret: secret must have at least 8 characters"},
		{"no token", "Invalid token format Token: null (1004)", "Invalid token format Token: null (1004)"},
	}
	for _, test := range tests {
		if got := redact(test.text); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

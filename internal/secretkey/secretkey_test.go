package secretkey

import (
	"strings"
	"testing"
)

func TestIsSecret(t *testing.T) {
	for _, test := range []struct {
		key          string
		one, several bool
	}{
		{"token", true, true},
		{"accessToken", true, true},
		{"OPENTOK_API_SECRET", true, true},
		{"x-opentok-auth", true, true},
		{"Private Key", true, true},
		{"password2", true, true},
		{"x-api-key", true, true},
		{"credentials", true, true},
		{strings.Repeat("very_", 20) + "long_password", true, true},
		{"tokens", false, true},
		{"token1s", false, true},
		{"cookies2", false, true},
		{"tokenss", false, false},
		{"apiKey", false, false},
		{"key", false, false},
		{"author", false, false},
		{"token_type", false, false},
		{"sig", true, true},
		{"si", false, false},
		{"s", false, false},
		{"2", false, false},
		{"", false, false},
	} {
		n := Of(test.key)
		if n.IsSecret() != test.one || n.IsSecrets() != test.several {
			t.Errorf("%s: got %t, %t, want %t, %t", test.key, n.IsSecret(), n.IsSecrets(), test.one, test.several)
		}
	}
}

func TestName(t *testing.T) {
	for key, want := range map[string]string{
		"X-Amz_Signature 2":             "xamzsignature",
		"2fa Token（新）":                  "2fatoken",
		"\x10\x19Secret\x00":            "secret",
		strings.Repeat("é", 80) + "Jwt": "jwt",
		"17":                            "",
	} {
		n := Of(key)
		if n.String() != want || !n.Is(want) || !n.Starts(want) || !n.Ends(want) || n.Starts(want+"a") || n.Ends("a"+want) {
			t.Errorf("%q: got %q, want %q", key, n.String(), want)
		}
	}
}

func TestIsError(t *testing.T) {
	for key, want := range map[string]bool{"OT_INVALID_ENCRYPTION_SECRET": true, "nOT_INVALID_ENCRYPTION_SECRET": true, "OT_SECRET": false, "encryptionSecret": false} {
		if got := IsError(key); got != want {
			t.Errorf("%s: got %t", key, got)
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	keys := []string{"accessToken", "OPENTOK_API_SECRETS", "message", strings.Repeat("a", 200)}
	if n := testing.AllocsPerRun(100, func() {
		for _, key := range keys {
			name := Of(key)
			name.IsSecrets()
			name.Starts("x")
			IsError(key)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

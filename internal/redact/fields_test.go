package redact

import (
	"strings"
	"testing"
)

func TestFields(t *testing.T) {
	tests := []struct{ record, text, want string }{
		{`{"name":"OT_TIMEOUT","password":"hunter"}`, "OT_TIMEOUT\nhunter\n", "OT_TIMEOUT\n[redacted]\n"},
		{`{"tokens":["a","b"],"x":"a"}`, "a\nb\na", "[redacted]\n[redacted]\n[redacted]"},
		{`{"token":{"x":{"y":"a"}},"z":"b"}`, "a\nb", "[redacted]\nb"},
		{`{"tok\u0065n":"a"}`, "a", "[redacted]"},
		{`{"authToken[0]":"a","user.password":"b"}`, "a\nb", "[redacted]\n[redacted]"},
		{`{"cookies":{"sid":"a"},"credentials":{"key":"b"}}`, "a\nb", "[redacted]\n[redacted]"},
		{`{"m":"{\"password\":\"a\"}","x":"b"}`, "a\nb", "[redacted]\nb"},
		{`{"h":[{"value":"a","name":"Cookie"},{"name":"Host","value":"b"}]}`, "a\nb", "[redacted]\nb"},
		{`{"h":["Cookie","a","Host","b"]}`, "Cookie\na\nHost\nb", "Cookie\n[redacted]\nHost\nb"},
		{`{"h":["token","sessionId"]}`, "token\nsessionId", "token\nsessionId"},
		{`{"attributes":[{"key":"password","value":{"stringValue":"a"}}]}`, "a", "[redacted]"},
		{`{"connection":{"data":"a","connectionId":"b"}}`, "a\nb", "[redacted]\nb"},
		{`{"data":"a"}`, "a", "a"},
		{`{"connectionId":"b","data":{"x":"a"}}`, "b\na", "b\na"},
		{`{"password":"a\nb"}`, "a\nb", "[redacted]\n[redacted]"},
		{`{"auth":"a","oauths":["b"]}`, "a\nb", "[redacted]\n[redacted]"},
		{`{"authorization":"Basic a"}`, "Basic a", "Basic [redacted]"},
		{`{"password":"hunter77","message":"no login with hunter77"}`, "no login with hunter77", "no login with [redacted]"},
		{`{"password":"no"}`, "no login\nno", "no login\nno"},
		{`{"token":"expired","signature":"OT_TIMEOUT"}`, "expired\nOT_TIMEOUT", "expired\nOT_TIMEOUT"},
		{`{"name":"x","password":"hun-ter`, "x\nhun-", "x\n[redacted]"},
		{"data: {\"password\":\"a\"}\n", "a", "[redacted]"},
		{"", "a", "a"},
	}
	for _, test := range tests {
		if got := FieldsOf([]byte(test.record)).Text(test.text); got != test.want {
			t.Errorf("%s: %q, want %q", test.record, got, test.want)
		}
	}
}

func FuzzFields(f *testing.F) {
	f.Add(`{"password":"`, `"}`)
	f.Add(`{"token":{"a":["`, `"`)
	f.Fuzz(func(t *testing.T, before, after string) {
		record := before + "a" + after
		fields := FieldsOf([]byte(record))
		once := fields.Text(record)
		if strings.Count(fields.Text(once), "\n") != strings.Count(once, "\n") {
			t.Errorf("%q: lines were lost", record)
		}
	})
}

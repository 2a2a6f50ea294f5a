package parse

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"
)

func TestDecodeSession(t *testing.T) {
	encode := func(e *base64.Encoding, s string) string { return "2_" + e.EncodeToString([]byte(s)) }
	hyphens := func(s string) string { return strings.NewReplacer("+", "-", "/", "_", "=", "-").Replace(s) }
	app := "1~5a1b2c3d-0000-4000-8000-1234567890ab~~1763710000000~Qx00yL2ZbRw8~fg"
	tests := []struct{ name, id, key, created string }{
		{"milliseconds", encode(base64.StdEncoding, "1~46736722~~1590069520886~Qx>?~~"), "46736722", "2020-05-21T13:58:40.886Z"},
		{"as the service writes it", hyphens(encode(base64.StdEncoding, "1~46736722~~1590069520886~Qx>?~~")), "46736722", "2020-05-21T13:58:40.886Z"},
		{"without padding", encode(base64.RawURLEncoding, "1~46736722~~1590069520886~Qx>?~"), "46736722", "2020-05-21T13:58:40.886Z"},
		{"a date in words", encode(base64.URLEncoding, "1~123456~~Sat Mar 15 14:42:23 PDT 2014~0.49013025~"), "123456", "2014-03-15T21:42:23Z"},
		{"with a server", encode(base64.URLEncoding, "1~123456~127.0.0.1~1590069520886~x~"), "123456", "2020-05-21T13:58:40.886Z"},
		{"of an application", encode(base64.RawStdEncoding, app), "5a1b2c3d-0000-4000-8000-1234567890ab", "2025-11-21T07:26:40Z"},
		{"of the sample logs", "1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5ReDAweUwyWmJSdzh-Zmc-", "45012345", "2025-11-21T07:26:40Z"},
		{"a zone that nobody knows", encode(base64.URLEncoding, "1~123456~~Sat Mar 15 14:42:23 XYZ 2014~0.49013025~"), "123456", ""},
		{"cut", "1_MX40NTAxMjM0NX5-MTc2Mzcx", "45012345", ""},
		{"no base64", "1_MX40NTAx*jM0NX5-MTc2Mzcx", "", ""},
		{"another ID", "session-0000000000000000000", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := DecodeSession([]byte(test.id))
			created := ""
			if !got.Created.IsZero() {
				created = got.Created.Format(time.RFC3339Nano)
			}
			if got.APIKey != test.key || created != test.created {
				t.Errorf("%s: got %q, %s, want %q, %s", test.id, got.APIKey, created, test.key, test.created)
			}
			if key := SessionKey(nil, []byte(test.id)); string(key) != test.key {
				t.Errorf("%s: got the key %q alone, want %q", test.id, key, test.key)
			}
		})
	}
}

func FuzzDecodeSession(f *testing.F) {
	f.Add([]byte("1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5ReDAweUwyWmJSdzh-Zmc-"))
	f.Fuzz(func(t *testing.T, id []byte) {
		if info, key := DecodeSession(id), SessionKey(nil, id); info.APIKey != "" && string(key) != info.APIKey {
			t.Errorf("%q has the key %q, but alone it is %q", id, info.APIKey, key)
		}
		if info := DecodeSession(id); info.APIKey != "" && !isSessionID(id) {
			t.Errorf("%q is no session ID, but has the key %q", id, info.APIKey)
		}
	})
}

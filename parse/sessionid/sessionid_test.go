package sessionid

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
		{"for an application", encode(base64.RawStdEncoding, app), "5a1b2c3d-0000-4000-8000-1234567890ab", "2025-11-21T07:26:40Z"},
		{"of the sample logs", "1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5ReDAweUwyWmJSdzh-Zmc-", "45012345", "2025-11-21T07:26:40Z"},
		{"an unknown zone", encode(base64.URLEncoding, "1~123456~~Sat Mar 15 14:42:23 XYZ 2014~0.49013025~"), "123456", ""},
		{"truncated", "1_MX40NTAxMjM0NX5-MTc2Mzcx", "45012345", ""},
		{"not base64", "1_MX40NTAx*jM0NX5-MTc2Mzcx", "", ""},
		{"another ID", "session-0000000000000000000", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Decode([]byte(test.id))
			created := ""
			if !got.Created.IsZero() {
				created = got.Created.Format(time.RFC3339Nano)
			}
			if got.APIKey != test.key || created != test.created {
				t.Errorf("%s: got %q, %s, want %q, %s", test.id, got.APIKey, created, test.key, test.created)
			}
			if key := AppendKey(nil, []byte(test.id)); string(key) != test.key {
				t.Errorf("%s: got the key %q alone, want %q", test.id, key, test.key)
			}
		})
	}
}

func FuzzDecodeSession(f *testing.F) {
	f.Add([]byte("1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5ReDAweUwyWmJSdzh-Zmc-"))
	f.Fuzz(func(t *testing.T, id []byte) {
		if info, key := Decode(id), AppendKey(nil, id); info.APIKey != "" && string(key) != info.APIKey {
			t.Errorf("%q has the key %q, but alone it is %q", id, info.APIKey, key)
		}
		if info := Decode(id); info.APIKey != "" && !Is(id) {
			t.Errorf("%q is not a session ID, but has the key %q", id, info.APIKey)
		}
	})
}

// These IDs are made up.
const (
	sessionOT      = "1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5ReDAweUwyWmJSdzh-Zmc-"
	sessionOther   = "2_MX40NjczNjcyMn5-MTU5MDA2OTUyMDg4Nn5hYmNkZWZnaGlqa2xtbm9-UH4"
	sessionUnified = "1_MX5hYmNkZWYwMS0yMzQ1LTY3ODktYWJjZC1lZjAxMjM0NTY3ODl-fjE3NjM3MTAwMDAwMDB-"
)

func TestNext(t *testing.T) {
	tests := []struct{ text, want string }{
		{sessionOT, sessionOT},
		{sessionOther, sessionOther},
		{sessionUnified, sessionUnified},
		{"1_MX40NTAxMjM0NX5+MTc2MzcxMDAwMDAwMH5ReDAweUwyWmJSdz==", "1_MX40NTAxMjM0NX5+MTc2MzcxMDAwMDAwMH5ReDAweUwyWmJSdz=="},
		{"joined " + sessionOT + ", then left", sessionOT},
		{`{\"sessionId\":\"` + sessionOT + `\"}`, sessionOT},
		{`'` + sessionOT + `'`, sessionOT},
		{"https://anvil.opentok.com/session/" + sessionOT + "?extended=true", sessionOT},
		{"wss://a.example/rumor?id=" + sessionOT + "&v=1", sessionOT},
		{"(" + sessionOT + ")", sessionOT},
		{sessionOT + " and " + sessionOther, sessionOT}, // the first one counts
		{"3_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAw " + sessionOther, sessionOther},
		{"1_MX4short " + sessionOther, sessionOther},

		// In JSON text, an escape ends before the ID.
		{`session\n` + sessionOT, sessionOT},
		{`session\t` + sessionOT + `\n`, sessionOT},
		{`\u0022sessionId\u0022:\u0022` + sessionOT + `\u0022`, sessionOT},
		{"GET /log?m=session%3D" + sessionOT + "%20x", sessionOT},
		{"GET /log?m=a%41" + sessionOT, ""},
		{`{\x22m\x22:\x22` + sessionOT, sessionOT},
		{`\x41` + sessionOT, ""},
		{"\x1b[1;32m" + sessionOT + "\x1b[0m", sessionOT},
		{`\u001b[32m` + sessionOT + `\u001b[0m`, sessionOT},
		{"%c" + sessionOT + "%c", sessionOT},
		{"[32m" + sessionOT, ""}, // not a sequence without its ESC
		{`\u0041` + sessionOT, ""},
		{`\u00zz` + sessionOT, ""},
		{`C:\x` + sessionOT, ""},

		{sessionOT[:30] + "… " + sessionOther, sessionOther}, // cut off
		{sessionOT[:30] + "... ", ""},

		{"x" + sessionOT, ""},
		{"_" + sessionOT, ""},
		{"7" + sessionOT, ""},
		{sessionOT[1:], ""},
		{"_MX", ""},
		{"1_MX", ""},
		{"1_MX40NTAxMjM0NX5-M", ""}, // one byte too short
		{"1_MX60NTAxMjM0NX5-MTc2MzcxMDAwMDAw", ""},
		{"1_mx40NTAxMjM0NX5-MTc2MzcxMDAwMDAw", ""},
		{"CLIENT_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAw", ""},
		{"", ""},
	}
	for _, test := range tests {
		got := ""
		if start, end := Next([]byte(test.text)); start >= 0 {
			got = test.text[start:end]
		}
		if got != test.want {
			t.Errorf("%q: got %q, want %q", test.text, got, test.want)
		}
	}
}

func TestWhole(t *testing.T) {
	for _, test := range []struct{ value, want string }{
		{sessionOT, sessionOT},
		{sessionOther, sessionOther},
		{sessionOT + "/connection-1", sessionOT},
		{sessionOT + ":1", sessionOT},
		{sessionOT + " ", sessionOT},
		{sessionOT[:30] + "…", ""},
		{sessionOT[:30] + "...", ""},
		{"1_MX4/NTAxMjM0NX5-MTc2MzcxMDAwMDAw", ""},
	} {
		if got := string(Whole([]byte(test.value))); got != test.want {
			t.Errorf("%s: got %q, want %q", test.value, got, test.want)
		}
	}
}

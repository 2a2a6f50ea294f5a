package parse

import (
	"testing"
)

// Dummies: made-up keys and randoms.
const (
	sessionOT      = "1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5ReDAweUwyWmJSdzh-Zmc-"
	sessionOther   = "2_MX40NjczNjcyMn5-MTU5MDA2OTUyMDg4Nn5hYmNkZWZnaGlqa2xtbm9-UH4"
	sessionUnified = "1_MX5hYmNkZWYwMS0yMzQ1LTY3ODktYWJjZC1lZjAxMjM0NTY3ODl-fjE3NjM3MTAwMDAwMDB-"
)

func TestNextSession(t *testing.T) {
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
		{sessionOT + " and " + sessionOther, sessionOT}, // the first counts
		{"3_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAw " + sessionOther, sessionOther},
		{"1_MX4short " + sessionOther, sessionOther},

		// In JSON as it is written, an escape ends before the ID.
		{`session\n` + sessionOT, sessionOT},
		{`session\t` + sessionOT + `\n`, sessionOT},
		{`\u0022sessionId\u0022:\u0022` + sessionOT + `\u0022`, sessionOT},
		{"\x1b[1;32m" + sessionOT + "\x1b[0m", sessionOT},
		{`\u001b[32m` + sessionOT + `\u001b[0m`, sessionOT},
		{"%c" + sessionOT + "%c", sessionOT},
		{"[32m" + sessionOT, ""}, // no sequence without its ESC
		{`\u0041` + sessionOT, ""},
		{`\u00zz` + sessionOT, ""},
		{`C:\x` + sessionOT, ""},

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
		if start, end := nextSession([]byte(test.text)); start >= 0 {
			got = test.text[start:end]
		}
		if got != test.want {
			t.Errorf("%q: got %q, want %q", test.text, got, test.want)
		}
	}
}

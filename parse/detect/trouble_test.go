package detect

import (
	"strings"
	"testing"
)

func TestTrouble(t *testing.T) {
	wide := strings.Join(strings.Split("a line of UTF-16", ""), "\x00")
	for _, test := range []struct {
		name, text    string
		shows, byLine bool
		want          string
	}{
		{"a line", "a line", false, true, ""},
		{"a stray NUL", "a line of text with\x00 one of them", false, true, ""},
		{"padding", strings.Repeat("\x00", 100) + "a line" + strings.Repeat("\x00", 9), false, true, ""},
		{"padding alone", strings.Repeat("\x00", 100), false, true, ""},
		{"another encoding", wide, false, true, binaryData},
		{"another encoding on a console", wide, false, false, binaryData},
		{"compressed data", "\x1f\x8b\x08\x00\x00\x09\x6e\x88\x02\xff\xab\x56\x4a\xce\x48\xcc\xcb\x4b\xcd\x51\xb2\x52\x2a\x2d\x4e\x2d\x52", false, true, binaryData},
		{"it shows an error", wide, true, true, ""},
		{"Latin-1", "caf\xe9", false, true, ""},
		{"a terminal", "\x1b[31m\x07red\x1b[0m", false, true, ""},
		{"part of a value", `"message": "a",`, true, true, brokenLines},
		{"the same without an error", `"message": "a",`, false, true, ""},
		{"the same on a console", `"message": "a",`, true, false, ""},
	} {
		if got := Trouble([]byte(test.text), test.shows, test.byLine, &NULs{Block: []byte("a line\n" + test.text)}); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestAppended(t *testing.T) {
	const whole = `{"time":1,"message":"a {b}","of":{"c":[{"d":2}]}}`
	for _, test := range []struct{ line, want string }{
		{`{"time":1,"mess` + whole, whole},
		{`{"time":1,"message":"OT_TIM` + whole, whole},
		{`{"time":1,"message":"a", ` + whole, `{"time":1,"message":"a", ` + whole}, // maybe a member without its key
		{`{"time":1,"message":"a"` + whole, whole},
		{`{"time":1,"of":` + whole, `{"time":1,"of":` + whole},
		{`{"time":1,"list":[` + whole + "," + whole, `{"time":1,"list":[` + whole + "," + whole},
		{`{"time":1,"message":"a {\"b\":1}`, `{"time":1,"message":"a {\"b\":1}`},
		{`{"time":1,"mess` + whole + whole, whole},
		{`{`, `{`},
		{`{"` + strings.Repeat(`x{"`, 100), `{"` + strings.Repeat(`x{"`, 100)},
	} {
		if got := Appended([]byte(test.line)); string(got) != test.want {
			t.Errorf("%s: got %s", test.line, got)
		}
	}
}

package terminal

import (
	"bytes"
	"strings"
	"testing"
)

func TestEscape(t *testing.T) {
	tests := []struct{ text, want string }{ // want: the sequence at the start
		{"\x1b[31mred", "\x1b[31m"},
		{"\x1b[mOT_X", "\x1b[m"},
		{"\x1b[38;5;196mOT_X", "\x1b[38;5;196m"},
		{"\x1b[?25lx", "\x1b[?25l"},
		{"\x1b[2Kx", "\x1b[2K"},
		{"\x1b[1 qx", "\x1b[1 q"},
		{"\x1b]0;title\ax", "\x1b]0;title\a"},
		{"\x1b]8;;https://a.example\x1b\\link", "\x1b]8;;https://a.example\x1b\\"},
		{"\x1b(BOT_X", "\x1b(B"}, // what tput sgr0 prints
		{"\x1b#8x", "\x1b#8"},
		{"\x1b7OT_X", "\x1b7"},
		{"\x1bcx", "\x1bc"},
		{"\x1b\\x", "\x1b\\"},

		// A sequence without an end is kept.
		{"\x1b", ""},
		{"\x1b[", ""},
		{"\x1b[31", ""},
		{"\x1b[31\nm", ""},
		{"\x1b[3é1m", ""},
		{"\x1b]0;title", ""},
		{"\x1b]0;title\nnext\a", ""},
		{"\x1b]0;title\x1b[0m\a", ""},
		{"\x1b(", ""},
		{"\x1b\nOT_X", ""},
		{"\x1b\x1b[m", ""},
		{"\x1bé", ""},
	}
	for _, test := range tests {
		if got := test.text[:Escape([]byte(test.text))]; got != test.want {
			t.Errorf("%q: got %q, want %q", test.text, got, test.want)
		}
	}
}

func TestAppendPlain(t *testing.T) {
	tests := []struct{ text, want string }{
		{"plain", "plain"},
		{"", ""},
		{"%cOpenTok:Session:error %cOT_TIMEOUT: msg%c +12ms color: #0000CC", "OpenTok:Session:error OT_TIMEOUT: msg +12ms color: #0000CC"},
		{"%OOT_TIMEOUT %oOT_TIMEOUT %sOT_TIMEOUT %dOT_TIMEOUT %iOT_TIMEOUT %fOT_TIMEOUT", strings.TrimSpace(strings.Repeat("OT_TIMEOUT ", 6))},
		{"%OT_TIMEOUT", "%OT_TIMEOUT"},
		{"%OT", "T"},
		{"%OTHER", "THER"},
		{"%%OT_TIMEOUT", "%%OT_TIMEOUT"},
		{"100% done", "100% done"},
		{"100%", "100%"},
		{"a%20b%zc", "a%20b%zc"},
		{"\x1b[31mOT_TIMEOUT\x1b[0m: msg", "OT_TIMEOUT: msg"},
		{"\x1b(B\x1b[mOT_TIMEOUT", "OT_TIMEOUT"},
		{"a\x1b\nOT_TIMEOUT", "a\x1b\nOT_TIMEOUT"},
		{"\x1b[31m%cOT_TIMEOUT\x1b[", "OT_TIMEOUT\x1b["},
		{"\xff\x1b[m\xfe", "\xff\xfe"},
	}
	for _, test := range tests {
		if got := string(AppendPlain(nil, []byte(test.text))); got != test.want {
			t.Errorf("%q: got %q, want %q", test.text, got, test.want)
		}
	}
}

func FuzzAppendPlain(f *testing.F) {
	for _, s := range []string{"%cOT_X%c +1ms", "\x1b[31mOT_X\x1b[0m", "\x1b]8;;x\x1b\\y", "\x1b(B", "%O%OT_\x1b", "a\nb\x1b\nc%"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, s []byte) {
		before := bytes.Clone(s)
		got := AppendPlain(nil, s)
		if !bytes.Equal(s, before) {
			t.Fatalf("%q was changed to %q", before, s)
		}
		if want := plainly(s); !bytes.Equal(got, want) {
			t.Fatalf("%q: got %q, want %q", s, got, want)
		}
		if len(got) > len(s) {
			t.Fatalf("%q grew to %q", s, got)
		}
		// Each value is on a line of its own, whatever it contains.
		if bytes.Count(got, []byte("\n")) != bytes.Count(s, []byte("\n")) {
			t.Fatalf("%q lost a line feed: %q", s, got)
		}
		if !bytes.ContainsAny(s, "\x1b%") && !bytes.Equal(got, s) {
			t.Fatalf("%q became %q", s, got)
		}
	})
}

func TestEscapesWithoutEndCostNoMoreThanOthers(t *testing.T) {
	// A search for an end must stop at the next sequence: otherwise this takes minutes.
	line := bytes.Repeat([]byte("\x1b]"), 2<<20)
	if got := AppendPlain(nil, line); !bytes.Equal(got, line) {
		t.Error("sequences without end were removed")
	}
}

// plainly does what AppendPlain does, byte by byte.
func plainly(src []byte) []byte {
	var dst []byte
	for len(src) > 0 {
		width := 0
		switch src[0] {
		case '%':
			width = Directive(src)
		case 0x1b:
			width = Escape(src)
		}
		if width == 0 {
			dst = append(dst, src[0])
			width = 1
		}
		src = src[width:]
	}
	return dst
}

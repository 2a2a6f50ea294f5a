package shell

import "testing"

func TestBrief(t *testing.T) {
	for _, test := range [...]struct {
		text  string
		width int
		want  string
	}{
		{"short enough", 12, "short enough"},
		{"a clause ends, and\n\tanother", 20, "a clause ends"},
		{"a sentence ends. Another", 16, "a sentence ends"},
		{"nothing ends in here", 12, "nothing…"},
		{"it, begins with a clause", 20, "it, begins with a…"},
		{"unbreakable", 6, "unbre…"},
		{"“…” is three runes", 5, "“…”…"},
	} {
		if got := brief(test.text, test.width); got != test.want {
			t.Errorf("%q at %d: %q, want %q", test.text, test.width, got, test.want)
		}
	}
}

func TestHang(t *testing.T) {
	want := "head: one\n      two\n      a-word-too-long\n      …"
	if got := hang("head:", "one two a-word-too-long …", 10); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// TestRoffShowsTextAsItIs writes text with characters that roff interprets.
func TestRoffShowsTextAsItIs(t *testing.T) {
	w := &roff{}
	w.line(`.fi 5 % of \n 'a' "b" --c ^ ~ … ` + "`")
	w.line("'quoted'")
	w.macro("B", `a "b" -c`)
	want := `\&.fi 5 % of \en \(aqa\(aq \(dqb\(dq \-\-c \(ha \(ti \[u2026] \(ga
\(aqquoted\(aq
.B "a \(dqb\(dq \-c"
`
	if w.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", w, want)
	}
}

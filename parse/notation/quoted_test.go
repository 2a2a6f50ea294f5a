package notation

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestQuotedJSON(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"a document", "> {\n>   \"a\": [\n>     1\n>   ]\n> }\n", "{\n  \"a\": [\n    1\n  ]\n}\n"},
		{"an array, quoted twice, with blank lines", "> > [{\"a\":1},\n\n>> {\"a\":2}]", "[{\"a\":1},\n\n{\"a\":2}]"},
		{"marks in values", "> {\"a\":\n> \"> b > c\"}\n", "{\"a\":\n\"> b > c\"}\n"},
		{"lines of a log", "> 2026-11-23T10:44:25Z a\n> [info] b\n", ""},
		{"a level in brackets", "> [info] a\n> [info] b\n", ""},
		{"an answer above it", "see below\n> {\n> \"a\":1}\n", ""},
		{"not quoted", "{\n\"a\":1}\n", ""},
		{"nothing", "", ""},
	} {
		if !isQuotedJSON([]byte(test.text), true) {
			if test.want != "" {
				t.Errorf("%s: not recognized", test.name)
			}
			continue
		}
		for _, text := range []io.Reader{strings.NewReader(test.text), iotest.OneByteReader(strings.NewReader(test.text))} {
			got, err := io.ReadAll(iotest.OneByteReader(openQuoted(text)))
			if err != nil || string(got) != test.want {
				t.Errorf("%s: got %q, %v, want %q", test.name, got, err, test.want)
			}
			text = strings.NewReader(test.text)
		}
	}
}

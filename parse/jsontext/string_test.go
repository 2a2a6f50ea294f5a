package jsontext

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestUnescape(t *testing.T) {
	tests := []struct{ written, want string }{
		{`plain`, "plain"},
		{``, ""},
		{`\"quoted\" \\ \/`, `"quoted" \ /`},
		{`a\nb\tc\rd\be\ff`, "a\nb\tc\rd\be\ff"},
		{`\u00e9\u00E9\u20ac`, "éé€"},
		{`\ud83d\ude00`, "😀"},
		{`\u0000`, "\x00"},
		{`\\nOT_TIMEOUT`, `\nOT_TIMEOUT`},
		{`\\\nOT_TIMEOUT`, "\\\nOT_TIMEOUT"},

		// Half of a surrogate pair is not a character.
		{`\ud83d`, "\ufffd"},
		{`\ud83dx`, "\ufffdx"},
		{`\ud83d\n`, "\ufffd\n"},
		{`\ud83d\u0041`, "\ufffdA"},
		{`\ud83d\ud83d\ude00`, "\ufffd😀"},
		{`\ude00\ud83d`, "\ufffd\ufffd"},
		{`\ud83d\u00`, "\ufffd\\u00"},

		// Escapes that JSON does not define are kept.
		{`C:\xyz \q`, `C:\xyz \q`},
		{`\u12`, `\u12`},
		{`\u12g4`, `\u12g4`},
		{`\U0041`, `\U0041`},
		{`end\`, `end\`},
		{"\xff\\n\xc3", "\xff\n\xc3"},
	}
	for _, test := range tests {
		if got := string(AppendUnescaped(nil, []byte(test.written))); got != test.want {
			t.Errorf("%q: got %q, want %q", test.written, got, test.want)
		}
		if got := string(AppendUnescaped([]byte("before "), []byte(test.written))); got != "before "+test.want {
			t.Errorf("%q after other text: got %q", test.written, got)
		}
	}
}

// FuzzUnescape compares with encoding/json.
func FuzzUnescape(f *testing.F) {
	for _, s := range []string{
		`Permission denied\n    at f (https://a.example/x.js:1:2)`, `{\"action\":\"Publish\"}`, `\ud83d\ude00\ud83d\u0041`,
		`\u12g4\x\`, `a\"b`, "é\u2028", "\xff",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := AppendUnescaped(nil, []byte(s))
		if len(got) > len(s) {
			t.Fatalf("%q grew to %q", s, got)
		}
		quoted := `"` + s + `"`
		end, escaped := StringEnd([]byte(quoted), 1)
		if end >= 0 && quoted[end] != '"' || end >= 0 && escaped != strings.Contains(quoted[:end], `\`) {
			t.Fatalf("%s: ends at %d, escapes %v", quoted, end, escaped)
		}
		var want string
		if !utf8.ValidString(s) || json.Unmarshal([]byte(quoted), &want) != nil {
			return
		}
		if string(got) != want {
			t.Fatalf("%s: got %q, want %q", quoted, got, want)
		}
		if end != len(quoted)-1 {
			t.Fatalf("%s: ends at %d", quoted, end)
		}
	})
}

func TestStringEnd(t *testing.T) {
	tests := []struct {
		line    string // after the opening quote
		end     int
		escaped bool
	}{
		{`"`, 0, false},
		{`abc"`, 3, false},
		{`abc", "d"`, 3, false},
		{`a\"b"c`, 4, true},
		{`a\\"b`, 3, true},
		{`\\\\\"x"`, 7, true},
		{`\u0022x"`, 7, true},
		{``, -1, false},
		{`abc`, -1, false},
		{`abc\`, -1, true},
		{`abc\"`, -1, true},
		{`a\"code\":1500"`, 14, true},
		{`\\\"errorCode\\\":1500"`, 22, true},
		{`code:\n"`, 7, true},
		{`code"`, 4, false},
		{`de\n"`, 4, true},
		// Bytes whose values are next to those of a quote and a backslash.
		{"!#[]\xa2\xdc\x23\x5d\x21\x5b\"", 10, false},
	}
	for _, test := range tests {
		// Eight bytes are examined together, so every position among them is tested.
		for shift := range 17 {
			pad := strings.Repeat("x", shift)
			want := test.end
			if want >= 0 {
				want += shift
			}
			for _, tail := range []string{"", strings.Repeat("\x80", 9)} {
				if test.end < 0 && tail != "" {
					continue
				}
				end, escaped := StringEnd([]byte(pad+test.line+tail), 0)
				if end != want || escaped != test.escaped {
					t.Errorf("%q: got %d, %v, want %d, %v", pad+test.line+tail, end, escaped, want, test.escaped)
				}
			}
		}
	}
}

// TestStringEndAtRandom compares with a search byte by byte, in strings of bytes whose masks are alike.
func TestStringEndAtRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 6))
	for range 200_000 {
		s := make([]byte, r.IntN(40))
		for i := range s {
			s[i] = "aaaaaaaaa\\\\\\\"]#!\x00\xa2\xdc"[r.IntN(19)]
		}
		start := r.IntN(len(s) + 1)
		end, escaped := start, false
		for ; end < len(s) && s[end] != '"'; end++ {
			if s[end] == '\\' {
				escaped = true
				end++
			}
		}
		if end >= len(s) {
			end = -1
		}
		if got, is := StringEnd(s, start); got != end || is != escaped {
			t.Fatalf("%q from %d: %d %t, want %d %t", s, start, got, is, end, escaped)
		}
	}
}

func TestAppendBytes(t *testing.T) {
	for _, test := range []struct {
		array, want string
		n           int
	}{
		{"[79,84, 95,\n0]x", "OT_\x00", 14},
		{"[]", "", 2},
		{"[255]", "\xff", 5},
		{"[256]", "", 0},
		{"[1,2", "\x01\x02", 0},
		{"[-1]", "", 0},
		{`["a"]`, "", 0},
		{"[1.5]", "\x01", 0},
	} {
		if got, n := AppendBytes(nil, []byte(test.array)); n != test.n || string(got) != test.want {
			t.Errorf("%s: got %q, %d, want %q, %d", test.array, got, n, test.want, test.n)
		}
	}
}

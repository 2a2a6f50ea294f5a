package parse

import (
	"encoding/json"
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

		// Half of a surrogate pair is no character.
		{`\ud83d`, "\ufffd"},
		{`\ud83dx`, "\ufffdx"},
		{`\ud83d\n`, "\ufffd\n"},
		{`\ud83d\u0041`, "\ufffdA"},
		{`\ud83d\ud83d\ude00`, "\ufffd😀"},
		{`\ude00\ud83d`, "\ufffd\ufffd"},
		{`\ud83d\u00`, "\ufffd\\u00"},

		// What JSON does not have is kept as it stands.
		{`C:\xyz \q`, `C:\xyz \q`},
		{`\u12`, `\u12`},
		{`\u12g4`, `\u12g4`},
		{`\U0041`, `\U0041`},
		{`end\`, `end\`},
		{"\xff\\n\xc3", "\xff\n\xc3"},
	}
	for _, test := range tests {
		if got := string(appendUnescaped(nil, []byte(test.written))); got != test.want {
			t.Errorf("%q: got %q, want %q", test.written, got, test.want)
		}
		if got := string(appendUnescaped([]byte("before "), []byte(test.written))); got != "before "+test.want {
			t.Errorf("%q behind other text: got %q", test.written, got)
		}
	}
}

// FuzzUnescape holds a string between quotes against encoding/json.
func FuzzUnescape(f *testing.F) {
	for _, s := range []string{
		`Permission denied\n    at f (https://a.example/x.js:1:2)`, `{\"action\":\"Publish\"}`, `\ud83d\ude00\ud83d\u0041`,
		`\u12g4\x\`, `a\"b`, "é\u2028", "\xff",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := appendUnescaped(nil, []byte(s))
		if len(got) > len(s) {
			t.Fatalf("%q grew to %q", s, got)
		}
		quoted := `"` + s + `"`
		end, held := stringEnd([]byte(quoted), 1)
		if end >= 0 && quoted[end] != '"' || end >= 0 && (held != none) != strings.Contains(quoted[:end], `\`) {
			t.Fatalf("%s: ends at %d, escapes %v", quoted, end, held)
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
		line    string // from behind the opening quote
		end     int
		escapes escapes
	}{
		{`"`, 0, none},
		{`abc"`, 3, none},
		{`abc", "d"`, 3, none},
		{`a\"b"c`, 4, some},
		{`a\\"b`, 3, some},
		{`\\\\\"x"`, 7, some},
		{`\u0022x"`, 7, some},
		{``, -1, none},
		{`abc`, -1, none},
		{`abc\`, -1, some},
		{`abc\"`, -1, some},
		{`a\"code\":1500"`, 14, behindCode},
		{`\\\"errorCode\\\":1500"`, 22, behindCode},
		{`code:\n"`, 7, some},
		{`code"`, 4, none},
		{`de\n"`, 4, some},
		// Bytes beside a quote or a backslash by value.
		{"!#[]\xa2\xdc\x23\x5d\x21\x5b\"", 10, none},
	}
	for _, test := range tests {
		// Eight bytes are looked at together: every place among them counts.
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
				end, held := stringEnd([]byte(pad+test.line+tail), 0)
				if end != want || held != test.escapes {
					t.Errorf("%q: got %d, %v, want %d, %v", pad+test.line+tail, end, held, want, test.escapes)
				}
			}
		}
	}
}

func TestLooksLikeName(t *testing.T) {
	tests := []struct {
		s    string
		want bool
	}{
		{"OT_TIMEOUT", true},
		{"PROXY_URL_ALREADY_SET_ERROR", true},
		{"OT_SOCKET_CLOSE_1006", true},
		{"OT_", false},
		{"TIMEOUT", false},
		{"OTErrorClass", false},
		{"OT_Timeout", false},
		{"OT_TIMEOUT ", false},
		{"OT-TIMEOUT", false},
		{"ot_timeout", false},
		{"NotAllowedError", false},
		{"", false},
	}
	for _, test := range tests {
		if got := looksLikeName([]byte(test.s)); got != test.want {
			t.Errorf("%q: got %v, want %v", test.s, got, test.want)
		}
	}
}

func TestErrorCodes(t *testing.T) {
	tests := []struct {
		s    string
		want int32
	}{
		{"1500", 1500}, {"0", 0}, {"4001", 4001}, {"999999", 999999},
		{"1000000", 0}, {"-1500", 0}, {"1500.0", 0}, {"15e2", 0}, {"", 0},
	}
	for _, test := range tests {
		if got := code([]byte(test.s)); got != test.want {
			t.Errorf("%q: got %d, want %d", test.s, got, test.want)
		}
	}
}

func TestObjectsInStrings(t *testing.T) {
	// quote writes s as a JSON string.
	quote := func(s string) string {
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	nest := func(s string, times int) string {
		for range times {
			s = `{"log":` + quote(s) + `}`
		}
		return s
	}
	tests := []struct{ name, line, text string }{
		{"its strings are the record's", `{"log":"{\"msg\":\"a\\nb\",\"level\":\"error\"}"}`, "a\nb\nerror\n"},
		{"beside other strings", `{"x":"1","log":"{\"msg\":\"a\"}","y":"2"}`, "1\na\n2\n"},
		{"pretty printed", `{"log":` + quote("{\n  \"msg\": \"a\",\n  \"n\": 1\n}\n") + `}`, "a\n"},
		{"quotes as a .NET serializer writes them", `{"log":"{\u0022msg\u0022:\u0022a\u0022}"}`, "a\n"},
		{"empty", `{"log":"{\"a\":{}}"}`, ""},
		{"broken: a string like any other", `{"log":"{\"msg\":\"a}"}`, `{"msg":"a}` + "\n"},
		{"an object's print is none", `{"log":"{code: 1500, name: \"OT_TIMEOUT\"}"}`, `{code: 1500, name: "OT_TIMEOUT"}` + "\n"},
		{"with text before it", `{"log":"posting {\"msg\":\"a\"}"}`, `posting {"msg":"a"}` + "\n"},
		{"as deep as is read", nest(`{"msg":"a"}`, maxNesting), "a\n"},
		{"deeper", nest(`{"msg":"a"}`, maxNesting+1), `{"msg":"a"}` + "\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var d Decoder
			if !d.object([]byte(test.line), true) {
				t.Fatalf("%s: not an object", test.line)
			}
			if got := string(d.event.Text); got != test.text {
				t.Errorf("%s:\n got %q\nwant %q", test.line, got, test.text)
			}
		})
	}
}

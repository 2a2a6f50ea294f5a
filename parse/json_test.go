package parse

import (
	"encoding/json"
	"testing"

	"github.com/otlog/otlog/parse/field"
)

func TestErrorCodes(t *testing.T) {
	tests := []struct {
		s    string
		want int32
	}{
		{"1500", 1500}, {"0", 0}, {"4001", 4001}, {"999999", 999999},
		{"1000000", 0}, {"-1500", 0}, {"1500.0", 0}, {"15e2", 0}, {"", 0},
	}
	for _, test := range tests {
		if got := field.CodeOf([]byte(test.s)); got != test.want {
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

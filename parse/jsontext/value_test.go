package jsontext

import (
	"slices"
	"testing"
)

func TestMembers(t *testing.T) {
	tests := []struct {
		object string
		want   []string // keys and values in turn
	}{
		{`{"a":1,"b" : "x" , "c":{"d":[1,{}]} , "e":[]}`, []string{"a", "1", "b", `"x"`, "c", `{"d":[1,{}]}`, "e", "[]"}},
		{`{"a\"b":"}\"","c":null}`, []string{`a\"b`, `"}\""`, "c", "null"}},
		{` {} `, nil},
		{`[1]`, nil},
		{``, nil},
		{`{"a":1,"b":{"c"`, []string{"a", "1"}},
		{`{"a":1,"b":"x`, []string{"a", "1"}},
		{`{"a":1,"b":12`, []string{"a", "1"}}, // perhaps 123
		{`{"a":1 "b":2}`, []string{"a", "1"}},
		{`{"a":1,b:2}`, []string{"a", "1"}},
		{`{"a":}`, nil},
	}
	for _, test := range tests {
		var got []string
		for key, value := range Members([]byte(test.object)) {
			got = append(got, string(key), string(value))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.object, got, test.want)
		}
	}
}

func TestElements(t *testing.T) {
	tests := []struct {
		array string
		want  []string
	}{
		{`[1, "a,]" ,{"b":[2]},[3]]`, []string{"1", `"a,]"`, `{"b":[2]}`, "[3]"}},
		{`[]`, nil},
		{`{"a":1}`, nil},
		{`[1,2`, []string{"1"}},
		{`[1,[2,3]`, []string{"1", "[2,3]"}},
	}
	for _, test := range tests {
		var got []string
		for e := range Elements([]byte(test.array)) {
			got = append(got, string(e))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.array, got, test.want)
		}
	}
}

func TestAppendQuoted(t *testing.T) {
	for s, want := range map[string]string{
		"plain":           `"plain"`,
		"":                `""`,
		"a\"b\\c":         `"a\"b\\c"`,
		"a\nb\rc\td\x01e": `"a\nb\rc\td\u0001e"`,
		"é\xff":           "\"é\xff\"",

		"eight bytes, and a \" further on": `"eight bytes, and a \" further on"`,
		"0123456\t":                        `"0123456\t"`,
	} {
		got := AppendQuoted([]byte("x"), []byte(s))
		if string(got) != "x"+want {
			t.Errorf("%q: got %s, want x%s", s, got, want)
		}
		if back := AppendUnescaped(nil, Quoted(got[1:])); string(back) != s {
			t.Errorf("%q: read back as %q", s, back)
		}
	}
	if got := Quoted([]byte("12")); got != nil {
		t.Errorf("a number is quoted: %s", got)
	}
}

package read

import (
	"bytes"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
)

const small = `# a comment
method Session.publish
summary Sends a stream.
link https://example.com/p

method Publisher.getStats
documented no
summary Reads counts.
link https://example.com/s

error OT_TIMEOUT
owner network
meaning It took
    too long.
# a comment within
      Really.
remedy Wait.
link https://example.com/e
use Session.publish 1500 1553
  when promise
  owner end user
  meaning Of its
    own.
raised Publisher.getStats
match OT_TIMEOUT:  two spaces # and a mark
match b
miss c
miss d

code 0009
owner service
meaning Nine.
remedy Count.
link https://example.com/c
use *
  when any

code 3001-3007
documented no
title Some
owner service
meaning Many.
remedy Count.
link https://example.com/c
`

func TestRead(t *testing.T) {
	c, err := Read([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	want := &Catalogue{
		Methods: []Method{
			{Line: 2, Name: "Session.publish", Documented: true, Summary: "Sends a stream.", Link: "https://example.com/p"},
			{Line: 6, Name: "Publisher.getStats", Summary: "Reads counts.", Link: "https://example.com/s"},
		},
		Errors: []Error{{
			Line: 11, Name: "OT_TIMEOUT", Documented: true, Owner: "network",
			Meaning: "It took too long. Really.", Remedy: "Wait.", Link: "https://example.com/e",
			Uses: []Use{
				{Line: 19, Method: "Session.publish", Documented: true, When: "promise", Codes: []int32{1500, 1553}, Owner: "end user", Meaning: "Of its own."},
				{Line: 24, Method: "Publisher.getStats", When: "calling"},
			},
			Samples: []string{"OT_TIMEOUT:  two spaces # and a mark", "b"}, NearMisses: []string{"c", "d"},
		}},
		Codes: []Code{
			{Line: 30, Text: "0009", Low: 9, High: 9, Documented: true, Owner: "service", Meaning: "Nine.", Remedy: "Count.", Link: "https://example.com/c",
				Uses: []Use{{Line: 35, Method: "*", Documented: true, When: "any"}}},
			{Line: 38, Text: "3001-3007", Low: 3001, High: 3007, Title: "Some", Owner: "service", Meaning: "Many.", Remedy: "Count.", Link: "https://example.com/c"},
		},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("read\n%+v\nwant\n%+v", c, want)
	}
}

func TestReadNothing(t *testing.T) {
	for _, text := range []string{"", "\n\n", "# only a comment"} {
		c, err := Read([]byte(text))
		if err != nil || !reflect.DeepEqual(c, new(Catalogue)) {
			t.Errorf("Read(%q) = %+v, %v", text, c, err)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for _, tt := range []struct {
		name     string
		old, new string // replaced in small, once
		line     int
		cause    string // part of it
	}{
		{"a stanza of no kind", "method Session", "methods Session", 2, `stanza starts with "methods"`},
		{"a key of no stanza", "remedy Wait.", "cure Wait.", 17, `unknown key "cure"`},
		{"a key of errors at a method", "summary Sends a stream.", "summary S.\nmeaning M.", 4, `unknown key "meaning"`},
		{"a key of errors at a code", "title Some", "match Some", 40, `unknown key "match"`},
		{"a key of stanzas at a use", "  when promise", "  link promise", 20, `unknown key "link" below`},
		{"a key twice", "remedy Wait.", "owner service", 17, "owner is repeated"},
		{"a key twice at a use", "  when promise", "  owner network", 21, "owner is repeated"},
		{"a key without value", "remedy Wait.", "remedy", 17, "remedy has no value"},
		{"a sample without value", "match b", "match", 26, "match has no value"},
		{"a missing key", "remedy Wait.\n", "", 11, "error OT_TIMEOUT has no remedy"},
		{"a method without summary", "summary Sends a stream.\n", "", 2, "method Session.publish has no summary"},
		{"a code without owner", "owner service\n", "", 30, "code 0009 has no owner"},
		{"an unknown owner", "owner network", "owner nobody", 12, `owner is "nobody"`},
		{"an unknown owner of a use", "  owner end user", "  owner user", 21, `owner is "user"`},
		{"an unknown group", "  when promise", "  when later", 20, `when is "later"`},
		{"documented maybe", "documented no", "documented maybe", 7, `documented is "maybe"`},
		{"one sample", "match b\n", "", 11, "1 match and 2 miss"},
		{"one near miss", "miss c\n", "", 11, "2 match and 1 miss"},
		{"an error of two words", "error OT_TIMEOUT", "error OT TIMEOUT", 11, "want one word"},
		{"an error without name", "error OT_TIMEOUT", "error", 11, "want one word"},
		{"a method without a dot", "method Session.publish", "method publish", 2, "want a name such as"},
		{"a method named by the group's sign", "method Session.publish", "method *", 2, "want a name such as"},
		{"a method twice", "method Publisher.getStats", "method Session.publish", 6, "method Session.publish has a second stanza"},
		{"an unknown method", "raised Publisher.getStats", "raised Publisher.stats", 24, "method Publisher.stats has no stanza"},
		{"a use without method", "raised Publisher.getStats", "raised", 24, "names no method"},
		{"the group at an error", "raised Publisher.getStats", "raised *", 24, "code stanzas only"},
		{"a code that is none", "1500 1553", "1500 x", 19, `"x" is not a code`},
		{"a code that is too long", "1500 1553", "99999999999", 19, "is not a code"},
		{"a signed code", "1500 1553", "-1500", 19, "is not a code"},
		{"a code twice", "1500 1553", "1500 1500", 19, "is repeated"},
		{"a code stanza of a word", "code 0009", "code nine", 30, "want a number or a range"},
		{"a range that runs back", "3001-3007", "3007-3001", 38, "want a number or a range"},
		{"a range of one", "3001-3007", "3001-3001", 38, "want a number or a range"},
		{"an open range", "3001-3007", "3001-", 38, "want a number or a range"},
		{"codes that overlap", "code 3001-3007", "code 1-12", 38, "overlaps 0009 in line 30"},
		{"codes at a code's use", "use *", "use * 9", 35, "error stanzas only"},
		{"documented without use", "documented no\ntitle", "title", 38, "has no use line"},
		{"undocumented with use", "code 0009", "code 0009\ndocumented no", 30, "not documented, but has a use line"},
		{"a continuation of nothing", "method Session", "    method Session", 2, "continuation line without"},
		{"a stanza's key indented", "summary Sends", "  summary Sends", 3, "not below a use, raised or reason line"},
		{"an odd indentation", "  when promise", "   when promise", 20, "indented by 3"},
		{"a tab", "remedy Wait.", "remedy\tWait.", 17, "control character"},
		{"a carriage return", "remedy Wait.", "remedy Wait.\r", 17, "control character"},
		{"broken UTF-8", "remedy Wait.", "remedy W\xff.", 17, "invalid UTF-8 at byte 9"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(small, tt.old) {
				t.Fatalf("the text has no %q", tt.old)
			}
			text := []byte(strings.Replace(small, tt.old, tt.new, 1))
			c, err := Read(text)
			var se *SyntaxError
			if !errors.As(err, &se) {
				t.Fatalf("read %+v, %v; want a SyntaxError", c, err)
			}
			if se.Line != tt.line || !strings.Contains(se.Cause, tt.cause) {
				t.Errorf("got %v; want line %d: …%s…", err, tt.line, tt.cause)
			}
			if _, err := GoSource(text); err == nil {
				t.Error("GoSource accepted it")
			}
		})
	}
	twice := small + "\n" + small[strings.Index(small, "error OT_TIMEOUT"):strings.Index(small, "code 0009")]
	if _, err := Read([]byte(twice)); err == nil || !strings.Contains(err.Error(), "error OT_TIMEOUT has a second stanza") {
		t.Errorf("an error twice: %v", err)
	}
}

// phrased is small with a second error, and with phrases.
var phrased = strings.Replace(small, "match OT_TIMEOUT:", `  phrase took it far too long
phrase took far too long
match OT_TIMEOUT:`, 1) + `
error OT_LATE
owner network
meaning It came
    late.
remedy Wait.
link https://example.com/l
phrase took far, far too long
use Session.publish
  phrase took far too
    many hours
match a
match b
miss c
miss d
`

func TestReadPhrases(t *testing.T) {
	c, err := Read([]byte(phrased))
	if err != nil {
		t.Fatal(err)
	}
	timeout, late := c.Errors[0], c.Errors[1]
	for _, tt := range []struct {
		where      string
		have, want []Phrase
	}{
		{"the first use", timeout.Uses[0].Phrases, nil},
		{"the second use", timeout.Uses[1].Phrases, []Phrase{{25, "took it far too long"}}},
		{"OT_TIMEOUT", timeout.Phrases, []Phrase{{26, "took far too long"}}},
		{"OT_LATE", late.Phrases, []Phrase{{54, "took far, far too long"}}},
		{"the use of OT_LATE", late.Uses[0].Phrases, []Phrase{{56, "took far too many hours"}}},
	} {
		if !reflect.DeepEqual(tt.have, tt.want) {
			t.Errorf("%s has %v, want %v", tt.where, tt.have, tt.want)
		}
	}

	src, err := GoSource([]byte(phrased))
	if err != nil {
		t.Fatal(err)
	}
	table := string(src)
	table = table[strings.Index(table, "var phraseTable"):]
	for _, want := range []string{
		`{Text: "took far too many hours", Error: 2, Method: 1},`,
		`{Text: "took far, far too long", Error: 2, Method: 0},`,
		`{Text: "took it far too long", Error: 1, Method: 2},`,
		`{Text: "took far too long", Error: 1, Method: 0},`,
	} {
		_, rest, ok := strings.Cut(table, want)
		if !ok {
			t.Fatalf("the table lacks %s, or has it in another place:\n%s", want, src)
		}
		table = rest
	}
}

func TestReadRefusesPhrases(t *testing.T) {
	for _, tt := range []struct {
		name     string
		old, new string // replaced in phrased, once
		line     int
		cause    string // part of it
	}{
		{"a short phrase", "phrase took far too long", "phrase took fifteen b.", 26, "want at least 16 bytes"},
		{"a short phrase of a use", "  phrase took it far too long", "  phrase it took", 25, "want at least 16 bytes"},
		{"a phrase without text", "phrase took far too long", "phrase", 26, "want at least 16 bytes"},
		{"a quote", "phrase took far too long", `phrase took "far" too long`, 26, "byte 6 of the phrase"},
		{"an apostrophe", "phrase took far too long", "phrase didn't take too long", 26, "byte 5 of the phrase"},
		{"a backquote", "phrase took far too long", "phrase took `far` too long", 26, "byte 6 of the phrase"},
		{"a backslash", "phrase took far too long", `phrase took far\ too long`, 26, "byte 9 of the phrase"},
		{"a directive", "phrase took far too long", "phrase took %s far too long", 26, "byte 6 of the phrase"},
		{"a letter beyond ASCII", "phrase took far too long", "phrase took far too löng", 26, "byte 15 of the phrase"},
		{"a name", "phrase took far too long", "phrase far too OT_LATE again", 26, "contains the name OT_LATE"},
		{"a longer word with a name", "phrase took far too long", "phrase far too OT_TIMEOUTS", 26, "contains the name OT_TIMEOUT"},
		{"the phrase of another use", "phrase took far too long", "phrase took it far too long", 25, "also in line 26; write a phrase of several methods"},
		{"the phrase of another error", "phrase took far, far too long", "phrase took far too long", 54, "also in line 26, for OT_TIMEOUT"},
		{"a phrase that holds another error's", "phrase took far, far too long", "phrase it took far too long", 54, "that in line 26, for OT_TIMEOUT"},
		{"a phrase within another error's", "phrase took it far too long", "phrase far too many hours", 56, "that in line 25, for OT_TIMEOUT"},
		{"a phrase at a method", "summary Sends a stream.", "summary S.\nphrase took far too long", 4, `unknown key "phrase"`},
		{"a phrase at a code", "title Some", "phrase took far too long again", 42, `unknown key "phrase"`},
		{"a phrase at a code's use", "  when any", "  phrase took far too long again", 38, "error stanzas only"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(phrased, tt.old) {
				t.Fatalf("the text has no %q", tt.old)
			}
			_, err := Read([]byte(strings.Replace(phrased, tt.old, tt.new, 1)))
			var se *SyntaxError
			if !errors.As(err, &se) {
				t.Fatalf("got %v; want a SyntaxError", err)
			}
			if se.Line != tt.line || !strings.Contains(se.Cause, tt.cause) {
				t.Errorf("got %v; want line %d: …%s…", err, tt.line, tt.cause)
			}
		})
	}
	// A phrase may contain another one of the same error.
	own := strings.Replace(phrased, "phrase took far, far too long", "phrase took far too many hours again", 1)
	if _, err := Read([]byte(own)); err != nil {
		t.Errorf("phrases of one error that hold one another: %v", err)
	}
}

func TestGoSource(t *testing.T) {
	src, err := GoSource([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"// Code generated by classify/catalogue/gen from catalogue.txt; DO NOT EDIT.\n",
		`const Version = "` + Version([]byte(small)) + `"`,
		`{Method: 1, Documented: true, When: "promise", Codes: []int32{1500, 1553}, Owner: EndUser,`,
		`{Method: 2, When: "calling"}, // Publisher.getStats`,
		`{Text: "0009", Low: 9, High: 9, Documented: true, Owner: Service,`,
		`{Method: 0, Documented: true, When: "any", General: true}, // *`,
	} {
		if !bytes.Contains(src, []byte(want)) {
			t.Errorf("source lacks %s", want)
		}
	}
}

// TestVersion checks that a version depends on what classifies, and on nothing else.
func TestVersion(t *testing.T) {
	const text = "error OT_X\nmeaning a\n    b\nuse Session.publish 1500\n  remedy c\n  phrase some text of this error\n    and its rest\n"
	version := Version([]byte(text))
	for _, test := range []struct {
		old, new string
		same     bool
	}{
		{"meaning a\n    b", "meaning what happened", true},
		{"  remedy c", "  remedy d", true},
		{"error OT_X", "# comment\n\nerror OT_X", true},
		{"1500", "1501", false},
		{"OT_X", "OT_Y", false},
		{"some text", "a text", false},
		{"and its rest", "and more", false},
	} {
		changed := strings.Replace(text, test.old, test.new, 1)
		if got := Version([]byte(changed)); (got == version) != test.same {
			t.Errorf("%q for %q: version %s after %s", test.new, test.old, got, version)
		}
	}
}

// FuzzRead checks that Read never panics, that an error has a line of the text,
// and that the result can be rendered.
func FuzzRead(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(phrased))
	f.Add([]byte("error\n  a\n    b\n\ncode -\nuse"))
	f.Add([]byte("method a.b\nsummary `\"\\\nlink \u2028"))
	if text, err := os.ReadFile("../catalogue.txt"); err == nil {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		_, err := Read(text)
		if err != nil {
			var se *SyntaxError
			if lines := bytes.Count(text, []byte("\n")) + 1; !errors.As(err, &se) || se.Line < 1 || se.Line > lines {
				t.Errorf("error %v of a text of %d lines", err, lines)
			}
			return
		}
		if _, err := GoSource(text); err != nil {
			if _, syntax := errors.AsType[*SyntaxError](err); syntax || !strings.Contains(err.Error(), "more than their IDs") {
				t.Errorf("read but not rendered: %v", err)
			}
		}
	})
}

// TestReadReasons reads reasons of an error, and what is no reason.
func TestReadReasons(t *testing.T) {
	const reason = "reason slow_line\n  words slow line\n  owner network\n  remedy Ask for\n    another.\n  text the line is slow\n  text the line was slow\n  match OT_TIMEOUT: the line is slow\n"
	with := func(reasons string) []byte {
		return []byte(strings.Replace(small, "match OT_", reasons+"match OT_", 1))
	}
	c, err := Read(with(reason))
	if err != nil {
		t.Fatal(err)
	}
	want := []Reason{{
		Line: 25, Name: "slow_line", Words: "slow line", Owner: "network", Remedy: "Ask for another.",
		Texts: []Phrase{{30, "the line is slow"}, {31, "the line was slow"}}, Samples: []string{"OT_TIMEOUT: the line is slow"},
	}}
	if got := c.Errors[0].Reasons; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if Version(with(reason)) != Version(with(strings.Replace(strings.Replace(reason, "another", "a good one", 1), "words slow", "words a slow", 1))) {
		t.Error("words or a remedy change the version")
	}
	if Version(with(reason)) == Version(with(strings.Replace(reason, "was slow", "will be slow", 1))) {
		t.Error("a text does not change the version")
	}
	for _, tt := range []struct {
		name, old, new string
		line           int
		cause          string
	}{
		{"a sentence", "slow_line", "slow line", 25, "want one word"},
		{"a name like an error's", "slow_line", "SLOW", 25, "want one word"},
		{"no words", "  words slow line\n", "", 25, "has no words"},
		{"no text", "  text the line is slow\n  text the line was slow\n", "", 25, "0 text and 1 match lines"},
		{"no sample", "  match OT_TIMEOUT: the line is slow\n", "", 25, "2 text and 0 match lines"},
		{"a short text", "text the line is slow", "text slow", 30, "want at least 12 bytes"},
		{"a quote", "text the line is slow", "text the line's slow", 30, "byte 9 of the text is a quote"},
		{"a text twice", "was slow", "is slow", 31, "also in line 30"},
		{"a meaning", "  words", "  meaning of it\n  words", 26, "unknown key"},
		{"two of a name", reason, reason + reason, 33, "also in line 25"},
		{"a text of two", reason, reason + strings.Replace(reason, "slow_line", "other", 1), 38, "also in line 30"},
	} {
		_, err := Read(with(strings.Replace(reason, tt.old, tt.new, 1)))
		var se *SyntaxError
		if !errors.As(err, &se) || se.Line != tt.line || !strings.Contains(se.Cause, tt.cause) {
			t.Errorf("%s: got %v; want line %d: …%s…", tt.name, err, tt.line, tt.cause)
		}
	}
	many := ""
	for i := range maxReasons + 1 {
		many += strings.NewReplacer("slow", "slow_"+string(rune('a'+i%26))+strings.Repeat("x", i/26)).Replace(reason)
	}
	if _, err := Read(with(many)); err != nil {
		t.Fatal(err)
	}
	if _, err := GoSource(with(many)); err == nil {
		t.Error("GoSource accepted more reasons than there are IDs")
	}
}

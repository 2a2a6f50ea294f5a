package outline

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A judge knows the keys and texts of the tests.
type judge struct{}

func (judge) IsTime(key []byte) bool    { return string(key) == "time" }
func (judge) IsMessage(key []byte) bool { return string(key) == "message" }
func (judge) IsAction(key []byte) bool  { return string(key) == "action" }
func (judge) Session(text []byte) []byte {
	if i := bytes.Index(text, []byte("id:")); i >= 0 {
		return text[i : i+4]
	}
	return nil
}

func (l List) String() string {
	var b strings.Builder
	b.WriteString([...]string{"elements", "rows", "columns", "members", "text"}[l.Kind] + " $")
	for _, s := range l.Path {
		switch {
		case s.Each:
			b.WriteString(".*")
		case s.Key == nil:
			b.WriteString("[]")
		default:
			fmt.Fprintf(&b, ".%s", s.Key)
		}
	}
	if l.Header != nil {
		fmt.Fprintf(&b, " %s %v", l.Header.Value, l.Header.First)
	}
	return b.String()
}

func TestLists(t *testing.T) {
	const record, failure = `{"time":"2026-11-23T10:44:25Z","message":"joined the room"}`, `{"time":"2026-11-23T10:44:26Z","message":"OT_TIMEOUT: too late"}`
	const line = `"2026-11-23T10:44:25Z joined the room"`
	const pair = `["2026-11-23T10:44:25Z","joined the room"]`
	tests := []struct {
		name, doc string
		want      []string
	}{
		{"a record", record, nil},
		{"a list", `{"a":{"b":[` + record + `]}}`, []string{"elements $.a.b"}},
		{"a list that is cut off", `{"a":{"b":[` + record + `,` + record, []string{"elements $.a.b"}},
		{"lists in lists", `{"a":[{"b":[` + record + `]},{"b":[` + record + `]}]}`, []string{"elements $.a[].b"}},
		{"two lists", `{"a":[` + record + `],"b":[` + record + `]}`, []string{"elements $.a", "elements $.b"}},
		{"lists by ID", `{"s1":[` + record + `],"s2":[` + record + `]}`, []string{"elements $.*", "elements $.*"}},
		{"lines", `{"a":[` + line + `,` + line + `]}`, []string{"elements $.a"}},
		{"pairs", `{"a":[` + pair + `,` + pair + `]}`, []string{"rows $.a"}},
		{"a table", `{"names":["at","what"],"a":[` + pair + `]}`, []string{`rows $.a ["at","what"] true`}},
		{"a table before its names", `{"a":[` + pair + `],"names":[{"name":"at"},{"name":"what"}]}`, []string{`rows $.a [{"name":"at"},{"name":"what"}] false`}},
		{"cells in objects", `{"a":[{"f":[{"v":"2026-11-23T10:44:25Z"},{"v":"joined the room"}]}]}`, []string{"rows $.a"}},
		{"columns", `{"a":[["2026-11-23T10:44:25Z","2026-11-23T10:44:26Z"],["joined the room","left the room"]]}`, []string{"columns $.a"}},
		{"columns by name", `{"t":["2026-11-23T10:44:25Z","2026-11-23T10:44:26Z"],"m":["joined the room","left the room"]}`, []string{"columns $"}},
		{"columns of different length", `{"t":["2026-11-23T10:44:25Z"],"m":["joined the room","left the room"]}`, nil},
		{"columns that are cut off", `{"names":["at","what"],"a":[["2026-11-23T10:44:25Z","2026-11-23T10:44:26Z","2026-11-23T10:44:27Z"],["joined the room","OT_TIMEOUT: a`, []string{`columns $.a ["at","what"] true`}},
		{"columns by name that are cut off", `{"t":["2026-11-23T10:44:25Z","2026-11-23T10:44:26Z","2026-11-23T10:44:27Z"],"m":["OT_TIMEOUT: a","OT_TIMEOUT: b"`, []string{"columns $"}},
		{"texts before their times, cut off", `{"a":[[` + strings.Repeat(`"OT_TIMEOUT: too late",`, maxWidth+1), []string{"columns $.a"}},
		{"a column that is cut off", `{"message":[` + strings.Repeat(`"OT_TIMEOUT: too late",`, maxWidth+1), []string{"columns $"}},
		{"texts that are cut off", `{"texts":[` + strings.Repeat(`"OT_TIMEOUT: too late",`, maxWidth+1), []string{"elements $.texts"}},
		{"lines that are cut off", `{"a":[[` + strings.Repeat(line+",", maxWidth+1), []string{"elements $.a[]"}},
		{"pairs that are cut off", `{"a":[` + strings.Repeat(pair+",", maxWidth+1) + `["2026-11-23T10:44:25Z","jo`, []string{"rows $.a"}},
		{"a map", `{"a":{"k1":` + record + `,"k2":` + record + `}}`, []string{"members $.a"}},
		{"a text of lines", `{"a":"2026-11-23T10:44:25Z joined\n2026-11-23T10:44:26Z left"}`, []string{"text $.a"}},
		{"a document in a string", `{"a":"[` + strings.ReplaceAll(record+","+record, `"`, `\"`) + `]"}`, []string{"text $.a"}},
		{"an object in a string", `{"a":"` + strings.ReplaceAll(record, `"`, `\"`) + `"}`, nil},
		{"a list in a record", `{"time":"2026-11-23T10:44:25Z","message":"joined the room","before":[` + record + `,` + record + `]}`, nil},
		{"errors in a record", `{"time":"2026-11-23T10:44:25Z","message":"joined the room","before":[` + record + `,` + failure + `]}`, []string{"elements $.before"}},
		{"numbers", `{"a":[1,2,3],"b":[{"time":"2026-11-23T10:44:25Z","value":1}]}`, nil},
		{"telemetry", `{"a":[{"time":1795430665972,"action":"Publish"},{"time":1795430665973,"action":"Publish"}]}`, []string{"elements $.a"}},
		{"one-word messages", `{"a":{"b":[{"time":"2026-11-23T10:44:25Z","message":"ok"},{"time":"2026-11-23T10:44:26Z","message":"ok"}]}}`, []string{"elements $.a.b"}},
		{"times without texts", `{"a":[{"time":"2026-11-23T10:44:25Z","n":1},{"time":"2026-11-23T10:44:26Z","n":2}],"total":2}`, []string{"elements $.a"}},
		{"sessions without texts", `{"a":[{"s":"id:1"},{"s":"id:2"}]}`, []string{"elements $.a"}},
		{"rows by session", `{"a":[{"s":"id:1","b":[` + pair + `]},{"s":"id:2","b":[` + pair + `]}]}`, []string{"rows $.a[].b"}},
		{"a session in most objects", `{"a":[{"s":"id:1"},{"s":"id:2"},{"n":3}]}`, nil},
		{"fields of a row", `{"a":[[{"f":"time","v":"2026-11-23T10:44:25Z"},{"f":"message","v":"ok"},{"f":"s","v":"id:1"}]]}`, nil},
		{"a time in few objects", `{"a":[{"time":"2026-11-23T10:44:25Z"},{"time":"2026-11-23T10:44:26Z"},{"n":3},{"n":4}]}`, nil},
		{"samples of a session", `{"session":"id:1","a":[{"time":"2026-11-23T10:44:25Z","n":1},{"time":"2026-11-23T10:44:26Z","n":2}]}`, nil},
		{"candidates in a record", `{"time":"2026-11-23T10:44:25Z","event":"x","a":[{"time":"2026-11-23T10:44:25Z","s":"id:1"},{"time":"2026-11-23T10:44:26Z","s":"id:1"}]}`, nil},
		{"sessions after a time", `{"time":"2026-11-23T10:44:25Z","a":[{"time":"2026-11-23T10:44:25Z","s":"id:1"},{"time":"2026-11-23T10:44:26Z","s":"id:2"}]}`, []string{"elements $.a"}},
		{"samples beside a record", `{"meta":{"time":"2026-11-23T10:44:25Z"},"a":[{"time":"2026-11-23T10:44:25Z"},{"time":"2026-11-23T10:44:26Z"}]}`, nil},
		{"nothing", ``, nil},
		{"no JSON", `{"a":[}`, nil},
	}
	r := NewReader(judge{})
	for _, test := range tests {
		var got []string
		for _, l := range r.Read([]byte(test.doc)) {
			got = append(got, l.String())
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestSeveral(t *testing.T) {
	tests := []struct {
		name, doc string
		want      bool
	}{
		{"one error", `{"session":"id:1","text":"OT_TIMEOUT"}`, false},
		{"errors of two sessions", `{"a":{"session":"id:1","text":"OT_TIMEOUT"},"b":{"session":"id:2","text":"OT_TIMEOUT"}}`, true},
		{"an error and another session", `{"a":{"session":"id:1","text":"OT_TIMEOUT"},"b":{"session":"id:2"}}`, false},
		{"many errors in one object", `{"a":"OT_A","b":"OT_B","c":"OT_C","d":"OT_D","e":"OT_E"}`, true},
	}
	r := NewReader(judge{})
	for _, test := range tests {
		if r.Read([]byte(test.doc)); r.Several() != test.want {
			t.Errorf("%s: got %v", test.name, !test.want)
		}
	}
}

// TestLinesOfHTML checks that the words of adjacent cells and elements do not become one.
func TestLinesOfHTML(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"<table><tr><td>10:44:25</td><td>id</td></tr><tr><td>x</td></tr></table>", "10:44:25 id \nx \n"},
		{"<p><span>10:44:25Z</span><span>1_MX40NTAx-</span><b>%c<em>OT_</em>TIMEOUT</b></p>", "10:44:25Z 1_MX40NTAx- %cOT_TIMEOUT\n"},
		{"<p><i>2026-</i><i>11</i><i>-23</i></p>", "2026-11-23\n"},
		{"<dl><dt>Time</dt><dd>10:44</dd><dt>Text</dt><dd>x</dd></dl>", "Time 10:44\nText x\n"},
	} {
		if got := string(Lines([]byte(c.text))); got != c.want {
			t.Errorf("%s: %q, want %q", c.text, got, c.want)
		}
	}
}

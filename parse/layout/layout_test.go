package layout

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/otlog/otlog/parse/field"
)

// judge finds evidence in a text that contains OT_, and codes from 1000 on.
type judge struct{}

func (judge) HoldsValue(text []byte) bool { return bytes.Contains(text, []byte("OT_")) }
func (judge) StatesCode(text []byte) bool { return bytes.HasSuffix(text, []byte(" (1004)")) }
func (judge) IsCode(n int32) bool         { return n >= 1000 }

var means = field.MeaningOf(nil)

// read returns the values of a line that is recognized, "-" if it is not.
func read(l *Layouts, line string) string {
	data := []byte(line + "\n" + strings.Repeat(" ", 64)) // a block goes on
	end, values := l.Read(data, 0, judge{})
	if end < 0 {
		return "-"
	}
	return strings.Join(show(data, values), " ")
}

func show(data []byte, values []Value) (out []string) {
	for _, v := range values {
		if v.Run != nil {
			out = append(out, show(data[v.Start:], v.Run.Values)...)
			continue
		}
		if v.End < 0 {
			out = append(out, "object")
			continue
		}
		out = append(out, fmt.Sprintf("%d@%d=%s", v.Field, v.Depth+10*int(v.Nesting), data[v.Start:v.End]))
	}
	return out
}

func TestRead(t *testing.T) {
	learned := []string{
		`{"time":"2026-11-23T10:00:00Z","level":"info","msg":"joined","sessionId":"a","n":1,"code":7,"ok":true}`,
		`{"time":"2026-11-23T10:00:00Z","level":"info","msg":"joined","ctx":{"sessionId":"a","list":["x","y"]}}`,
		`{"n":null}`,
		`{"log":"{\"time\":\"2026-11-23T10:00:00Z\",\"sessionId\":\"a\",\"code\":7,\"msg\":\"joined\"}\n","stream":"stdout"}`,
		`{"log":"joined\n","stream":"stdout"}`,
		`{"log":"joined \"x\"","stream":"stdout"}`,
	}
	const at = "1@1=2026-11-23T10:00:01Z 16@1=warn 4@1=left"
	for _, test := range []struct{ name, line, want string }{
		{"other values", `{"time":"2026-11-23T10:00:01Z","level":"warn","msg":"left","sessionId":"b","n":-2.5e3,"code":8,"ok":true}`, at + " 2@1=b"},
		{"another layout", `{"time":"2026-11-23T10:00:01Z","level":"warn","msg":"left","ctx":{"sessionId":"b","list":["z","w"]}}`, at + " 2@2=b"},
		{"only a joint", `{"n":null}`, ""},
		{"an unknown key", `{"time":"2026-11-23T10:00:01Z","tier":"warn"}`, "-"},
		{"another kind of value", `{"time":"2026-11-23T10:00:01Z","level":30}`, "-"},
		{"evidence", `{"time":"2026-11-23T10:00:01Z","level":"warn","msg":"OT_TIMEOUT","sessionId":"b","n":1,"code":8,"ok":true}`, "-"},
		{"a code in parentheses", `{"time":"2026-11-23T10:00:01Z","level":"warn","msg":"x (1004)","sessionId":"b","n":1,"code":8,"ok":true}`, "-"},
		{"a code", `{"time":"2026-11-23T10:00:01Z","level":"warn","msg":"x","sessionId":"b","n":1,"code":1004,"ok":true}`, "-"},
		{"an escape", `{"time":"2026-11-23T10:00:01Z","level":"warn","msg":"say \"x\" \\ \/\n","sessionId":"b","n":1,"code":8,"ok":true}`, "1@1=2026-11-23T10:00:01Z 16@1=warn 4@1=" + `say \"x\" \\ \/\n 2@1=b`},
		{"evidence beside an escape", `{"time":"2026-11-23T10:00:01Z","level":"warn","msg":"\"x\" OT_TIMEOUT","sessionId":"b","n":1,"code":8,"ok":true}`, "-"},
		{"a code beside an escape", `{"time":"2026-11-23T10:00:01Z","level":"warn","msg":"\"x\" (1004)","sessionId":"b","n":1,"code":8,"ok":true}`, "-"},
		{"a character by its number", `{"time":"2026-11-23T10:00:01Z","level":"warn","msg":"\u004f","sessionId":"b","n":1,"code":8,"ok":true}`, "-"},
		{"an object after an escape", `{"time":"2026-11-23T10:00:01Z","level":"warn","msg":"\"x\" {\"a\":1}","sessionId":"b","n":1,"code":8,"ok":true}`, "-"},
		{"an escape that ends nowhere", `{"time":"2026-11-23T10:00:01Z","level":"warn","msg":"\"x\q","sessionId":"b","n":1,"code":8,"ok":true}`, "-"},
		{"an escape in a session ID", `{"time":"2026-11-23T10:00:01Z","level":"warn","msg":"x","sessionId":"b\"","n":1,"code":8,"ok":true}`, "-"},
		{"an escape in a level", `{"time":"2026-11-23T10:00:01Z","level":"w\"","msg":"x","sessionId":"b","n":1,"code":8,"ok":true}`, "-"},
		{"a control character", "{\"time\":\"2026-11-23T10:00:01Z\",\"level\":\"warn\",\"msg\":\"x\ty\",\"sessionId\":\"b\",\"n\":1,\"code\":8,\"ok\":true}", "-"},
		{"something after it", `{"time":"2026-11-23T10:00:01Z","level":"warn","msg":"left","sessionId":"b","n":1,"code":8,"ok":true} x`, "-"},
		{"the end is missing", `{"time":"2026-11-23T10:00:01Z","level":"warn","msg":"left`, "-"},
		{"another literal", `{"n":true}`, "-"},
		{"an object in a string", `{"log":"{\"time\":\"2026-11-23T10:00:01Z\",\"sessionId\":\"b\",\"code\":8,\"msg\":\"left\"}\n","stream":"stderr"}`, "object 1@11=2026-11-23T10:00:01Z 2@11=b"},
		{"its code", `{"log":"{\"time\":\"2026-11-23T10:00:01Z\",\"sessionId\":\"b\",\"code\":1004,\"msg\":\"left\"}\n","stream":"stderr"}`, "-"},
		{"its evidence", `{"log":"{\"time\":\"2026-11-23T10:00:01Z\",\"sessionId\":\"b\",\"code\":8,\"msg\":\"OT_TIMEOUT\"}\n","stream":"stderr"}`, "-"},
		{"an escape in it", `{"log":"{\"time\":\"2026-11-23T10:00:01Z\",\"sessionId\":\"b\",\"code\":8,\"msg\":\"\\\"x\\\"\"}\n","stream":"stderr"}`, "-"},
		{"its end is missing", `{"log":"{\"time\":\"2026-11-23T10:00:01Z\",\"sessionId\":\"b\",\"code\":8,\"msg\":\"left\n","stream":"stderr"}`, "-"},
		{"a quote in it", `{"log":"{\"time\":\"2026-11-23T10:00:01Z\",\"sessionId\":\"b","stream":"stderr"}`, "-"},
		{"a line feed at the end", `{"log":"left\n","stream":"stderr"}`, `4@1=left\n`},
		{"another escape at the end", `{"log":"left\t","stream":"stderr"}`, `4@1=left\t`},
		{"a line feed within", `{"log":"left\nit\n","stream":"stderr"}`, `4@1=left\nit\n`},
	} {
		var l Layouts
		if got := read(&l, test.line); got != "-" {
			t.Errorf("%s: %s is recognized before any line", test.name, got)
		}
		for _, line := range learned {
			l.Learn([]byte(line+"\n"), Rules{Means: means})
		}
		for range 2 { // the second time some texts are known
			if got := read(&l, test.line); got != test.want {
				t.Errorf("%s: got %q, want %q", test.name, got, test.want)
			}
		}
		l.Reset()
		if got := read(&l, learned[0]); got != "-" {
			t.Errorf("%s is recognized after Reset", got)
		}
	}
}

// TestPaths gives a key different meanings by the keys around it.
func TestPaths(t *testing.T) {
	roles := &field.Roles{Given: field.Names{Session: "a.user"}}
	var l Layouts
	for _, line := range []string{`{"a":{"n":1,"user":"x"}}`, `{"b":{"n":1,"user":"x"}}`} {
		l.Learn([]byte(line+"\n"), Rules{Means: field.MeaningOf(roles), ByPath: true})
	}
	for line, want := range map[string]string{`{"a":{"n":2,"user":"y"}}`: "2@2=y", `{"b":{"n":2,"user":"y"}}`: ""} {
		if got := read(&l, line); got != want {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}

// TestRuns reads lines with two runs of IDs each.
func TestRuns(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 15))
	var l Layouts
	line := func(session, connection int) (line, want string) {
		s, c := fmt.Sprintf("%d session of a room", session), fmt.Sprintf("%d connection", connection)
		return fmt.Sprintf(`{"sessionId":"%s","x":"a text of many bytes","connectionId":"%s","clientInstanceId":"client %d"}`, s, c, connection),
			fmt.Sprintf("2@1=%s 9@1=%s 8@1=client %d", s, c, connection)
	}
	first, _ := line(0, 0)
	l.Learn([]byte(first+"\n"), Rules{Means: means})
	for range 20_000 {
		text, want := line(r.IntN(40), r.IntN(40))
		if got := read(&l, text); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
}

// TestBounds lets a hostile log teach as much as it can.
func TestBounds(t *testing.T) {
	var l Layouts
	for i := range 20_000 {
		long := strings.Repeat("x", i%400)
		l.Learn(fmt.Appendf(nil, "{\"k%d\":\"%s\",\"j%d\":%d,\"msg\":\"%d%s\"}\n", i, long, i/3, i, i, long), Rules{Means: means})
		read(&l, fmt.Sprintf(`{"k%d":"%s%d"}`, i, long, i))
	}
	texts, size := 0, 0
	for _, n := range l.nodes {
		if len(n.edges) > maxEdges {
			t.Fatalf("a node has %d edges", len(n.edges))
		}
		if n.texts != nil {
			texts++
			for _, text := range n.texts.all {
				size += cap(text)
			}
		}
	}
	if len(l.nodes) > maxNodes || texts > maxTables || size > 1<<20 {
		t.Errorf("%d nodes, %d tables and %d bytes of texts", len(l.nodes), texts, size)
	}
}

// TestWeigh pauses where few lines are recognized.
func TestWeigh(t *testing.T) {
	var l Layouts
	tried := 0
	for range 1000 {
		if l.Worth() {
			tried++
			l.Weigh(0, 1000)
		}
	}
	if tried > 12 {
		t.Errorf("tried %d of 1000 blocks in which no line is recognized", tried)
	}
	for !l.Worth() {
	}
	if l.Weigh(900, 100); !l.Worth() {
		t.Error("not tried although most lines are recognized")
	}
}

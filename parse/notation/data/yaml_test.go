package data

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
)

func TestYAML(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"documents", "---\na: 1\nm: OT_TIMEOUT\n---\na: 2\nm: x\n...\n", "{\"a\":1,\"m\":\"OT_TIMEOUT\"}\n{\"a\":2,\"m\":\"x\"}\n"},
		{"list", "# saved\n- t: 2026-11-23 10:44:25.972Z\n  m: 'OT_TIMEOUT:\n    too late'\n- t: null\n  m: |\n    a\n      b\n\n    c\n", "[\n{\"t\":\"2026-11-23 10:44:25.972Z\",\"m\":\"OT_TIMEOUT: too late\"},\n{\"t\":null,\"m\":\"a\\n  b\\n\\nc\\n\"}\n]\n"},
		{"list under a key", "kind: List\nitems:\n- m: OT_TIMEOUT\n  n: 0x1F\n- m: yes\n  n: .5\nmeta:\n  x: {a: [1, ~]}\n  y:\n", `{"kind":"List","items":[{"m":"OT_TIMEOUT","n":"0x1F"},{"m":"yes","n":".5"}],"meta":{"x":{"a":[1,null]},"y":null}}` + "\n"},
		{"rows", "r:\n  - - 1\n    - OT_TIMEOUT\n  - - 2\n    - \"a\\n\\x41\"\n", `{"r":[[1,"OT_TIMEOUT"],[2,"a\nA"]]}` + "\n"},
		{"aliases", "- &a\n  m: OT_TIMEOUT\n  n: !!binary T1RfVElNRU9VVA==\n- *a\n- <<: *a\n  m: x\n", "[\n{\"m\":\"OT_TIMEOUT\",\"n\":\"OT_TIMEOUT\"},\n{\"m\":\"OT_TIMEOUT\",\"n\":\"OT_TIMEOUT\"},\n{\"m\":\"x\",\"n\":\"OT_TIMEOUT\"}\n]\n"},
		{"keys", "- 'a b': OT_TIMEOUT\n  \"@t\": 1\n- '@t': 1\n  k8s/x.y: 2\n", "[\n{\"a b\":\"OT_TIMEOUT\",\"@t\":1},\n{\"@t\":1,\"k8s/x.y\":2}\n]\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := rewrite(t, "yaml", test.text); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if got, err := rewriteLong([]byte(test.text)); err != nil && test.name != "aliases" || err == nil && got != test.want {
				t.Errorf("as a long document: got %s, %v\nwant %s", got, err, test.want)
			}
		})
	}
}

// rewriteLong rewrites YAML as if all documents were long.
func rewriteLong(text []byte) (string, error) {
	y := &yamlReader{window: window{r: bytes.NewReader(text)}, item: -1}
	var out []byte
	for {
		if !y.wrap && len(y.doc) > 0 {
			y.out = nil
			y.long()
			out = append(out, y.out...)
		}
		more, err := y.step(nil)
		if out = append(out, more...); err == io.EOF {
			return string(out), nil
		} else if err != nil {
			return string(out), err
		}
	}
}

func TestNotYAML(t *testing.T) {
	for _, text := range []string{
		"- OpenTok:Session:error OT_TIMEOUT: too late\n- call failed: OT_TIMEOUT\n",
		"- error: OT_TIMEOUT\n- error: OT_TIMEOUT\n",
		"error: OT_TIMEOUT\nwarn: x\nerror: y\n",
		"a: 1\nb: 2\n---\na: 1\nb: 2\n",
		"OT_TIMEOUT: too late\ncode: 1\n",
		"---\nOT_TIMEOUT\n---\nx\n",
		"a: OT_TIMEOUT\nb: [\n",
		"a: OT_TIMEOUT\nplain text\n",
		"- a: OT_TIMEOUT\n  b: 1\n- a: x\n  b: %c\n- a: y\n  b: 2\n- a: z\n  b: 3\n",
	} {
		if n := notationOf([]byte(text)); n != nil {
			t.Errorf("%q is read as %s", text, n.Name)
		}
	}
}

// TestYAMLIsCutOff reads the records before the one that is cut off.
func TestYAMLIsCutOff(t *testing.T) {
	for _, text := range []string{"---\na: OT_TIMEOUT\nb: 1\n---\na: x\nb: 2\n---\na: 'y", "- a: OT_TIMEOUT\n  b: 1\n- a: x\n  b: 2\n- a: \"y"} {
		n := notationOf([]byte(text))
		if n == nil {
			t.Fatalf("%q is not read as YAML", text)
		}
		out, err := io.ReadAll(n.Open(strings.NewReader(text)))
		if err == nil || !strings.Contains(string(out), `{"a":"x","b":2}`) {
			t.Errorf("%q: got %s, %v", text, out, err)
		}
	}
}

// TestLongYAML reads documents whose size is not limited.
func TestLongYAML(t *testing.T) {
	element := "- message: 'OT_TIMEOUT: too late'\n  time: '2026-11-23T10:44:25.972Z'\n"
	const n = 20_000
	text := "events:\n" + strings.Repeat(element, n) + "next: x\n---\n" + strings.Repeat(element, n)
	var objects int
	for line := range strings.Lines(rewrite(t, "yaml", text)) {
		var doc struct{ Events []any }
		if json.Unmarshal([]byte(line), &doc) == nil {
			objects += len(doc.Events) + strings.Count(line[:1], "{") - min(len(doc.Events), 1)
		} else if strings.HasPrefix(line, "{") {
			objects++
		}
	}
	if objects != 2*n {
		t.Errorf("%d of %d records", objects, 2*n)
	}
	bomb := "- &a [x, x, x, x, x, x, x, x, x, OT_TIMEOUT]\n- &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n- &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n- &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\n" +
		"- &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\n- &f [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]\n- &g [*f, *f, *f, *f, *f, *f, *f, *f, *f, *f]\n"
	if _, err := io.ReadAll(openYAML(strings.NewReader(bomb))); err == nil {
		t.Error("aliases expand without a limit")
	}
}

func FuzzYAML(f *testing.F) {
	for _, s := range []string{
		"---\na: 1\nb: OT_TIMEOUT\n---\na: 2\nb: 'x\n  y'\n", "- a: |\n    x\n\n   # y\n  b: \"z\\\n    w\"\n- a: 1\n  b: 2\n", "a:\n  b:\n  - c: 1\n    d: [2, {e: f}]\n  - - 1\n    - 2\ng: h # i\n",
		"- &a {b: 1}\n- *a\n- <<: *a\n", "a: &x\n  b: *x\n", "'a: b': 1\n\"c\\\"\": 2\n? d\n: e\n", "%YAML 1.2\n---\n- - - a\n...\n", "- \n  a: 1\n-\n  b: 2\n", "a: >-\n\n  b\n c\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<12 {
			return
		}
		fuzzNotation(t, named("yaml"), text)
		short, err1 := io.ReadAll(openYAML(bytes.NewReader(text)))
		if err1 == nil {
			for line := range bytes.Lines(bytes.ReplaceAll(bytes.ReplaceAll(bytes.ReplaceAll(short, []byte("[\n"), []byte("[")), []byte(",\n"), []byte(",")), []byte("\n]"), []byte("]"))) {
				if !json.Valid(line) && bytes.IndexByte(line, '\t') < 0 {
					t.Errorf("%q: %q is not JSON", text, line)
				}
			}
		}
		long, err2 := rewriteLong(text)
		if err1 == nil && err2 == nil && string(short) != long {
			t.Errorf("%q: got %s as a short document, %s as a long one", text, short, long)
		}
	})
}

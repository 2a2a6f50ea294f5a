package data

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// rewrite reads a text in a notation.
func rewrite(t *testing.T, name, text string) string {
	t.Helper()
	n := notationOf([]byte(text))
	if n == nil || n.Name != name {
		t.Fatalf("%q is read as %+v, want %s", text, n, name)
	}
	out, err := io.ReadAll(n.Open(strings.NewReader(text)))
	if err != nil {
		t.Fatalf("%q: %v after %q", text, err, out)
	}
	return string(out)
}

func TestLiterals(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"JSONP", `/**/ cb({"a": [{"b": 1}]});`, `{"a":[{"b":1}]}`},
		{"JSONP with a test", `/**/ typeof cb === 'function' && cb([{"b": 1}])`, "[\n{\"b\":1}\n]"},
		{"JSONP with other arguments", `a.b.cb({"a": [{}]}, 200, {"x": 1})`, "{\"a\":[{}]}\n{\"x\":1}"},
		{"guard", ")]}',\n[{\"a\": 1}, {\"a\": 2}]", "[\n{\"a\":1},\n{\"a\":2}\n]"},
		{"variable", "// saved\nconst logs: Entry[] = [\n  {a: 1},\n  {a: 2},\n];\n", "[\n{\"a\":1},\n{\"a\":2}\n]"},
		{"window", `window["LOGS"] = window.LOGS || [{"a": "x;y"}];`, "[\n{\"a\":\"x;y\"}\n]"},
		{"module", "import x from 'y';\nmodule.exports = {n: [{a: 1}]}", `{"n":[{"a":1}]}`},
		{"constants", "'use strict';\nconst version = \"1\";\nexport default [{a: 1}]", "[\n{\"a\":1}\n]"},
		{"JSON.parse", `x = JSON.parse('{"a": [{"b": "it\'s"}]}');`, `{"a":[{"b":"it's"}]}`},
		{"JavaScript", "[{a: 'x\\x41\\u{1F600}', 'b-c': `y\nz`, d: undefined, e: NaN, f: 0x1f, g: 1_000n, h: .5, /* c */ }]", `[{"a":"xA😀","b-c":"y\nz","d":null,"e":null,"f":31,"g":1000,"h":".5"}]`},
		{"Node.js", "[\n  Entry {\n    a: [Function: f],\n    b: [Object],\n    c: 'x\\n' +\n      'y',\n    d: 2026-11-23T10:44:25.972Z,\n    e: Map(1) { 'k' => { v: 1 } },\n    f: Set(2) { 1, 2 },\n    g: /a[/]\"/g,\n    h: <Buffer 61 62>\n  }\n]", `[{"a":"Function: f","b":"Object","c":"x\ny","d":"2026-11-23T10:44:25.972Z","e":{"k":{"v":1}},"f":[1,2],"g":"/a[/]\"/","h":"Buffer 61 62"}]`},
		{"errors of Node.js", "[\n  {\n    a: Error: too late\n        at f (a.js:1:2)\n        at g (a.js:3:4) {\n      code: 1006\n    },\n    b: [TypeError: x, y] { code: 1 },\n    c: RangeError: z,\n  }\n]", `[{"a":{"stack":"Error: too late\n        at f (a.js:1:2)\n        at g (a.js:3:4)","code":1006},"b":{"stack":"TypeError: x, y","code":1},"c":"RangeError: z"}]`},
		{"mongosh", "[\n  {\n    _id: ObjectId('65'),\n    at: ISODate('2026-11-23T10:44:25.972Z'),\n    n: Long('5'), m: NumberLong(6)\n  }\n]", `[{"_id":"65","at":"2026-11-23T10:44:25.972Z","n":"5","m":6}]`},
		{"Python", "{'a': 'x'\n      \"y\", 'b': None, 'c': True, 'd': (1, 'two'), 'e': b'\\xe2\\x82\\xac', 'f': u'\\u20ac', 'g': ()}\n", `{"a":"xy","b":null,"c":true,"d":[1,"two"],"e":"€","f":"€","g":[]}`},
		{"times of Python", "[{'a': datetime.datetime(2026, 11, 23, 10, 44, 25, 972000, tzinfo=datetime.timezone.utc), 'b': datetime.datetime(2026, 11, 23, 10, 44), 'c': datetime.datetime(2026, 11, 23, 5, 44, 25, tzinfo=datetime.timezone(datetime.timedelta(days=-1, seconds=68400)))}]",
			`[{"a":"2026-11-23T10:44:25.972000Z","b":"2026-11-23T10:44:00.000000","c":"2026-11-23T05:44:25.000000-05:00"}]`},
		{"types of Python", "[OrderedDict([('a', 1), ('b', Decimal('1.5'))]), Row(c='x', d=<Level.ERROR: 3>), defaultdict(<class 'list'>, {'e': [UUID('7')]})]", `[{"a":1,"b":"1.5"},{"c":"x","d":"Level.ERROR: 3"},{"e":["7"]}]`},
		{"rows of Python", "[(1, 'a'), (2, 'b')]", "[[1,\"a\"],[2,\"b\"]]"},
		{"Ruby", "{\"a\"=>\"x\\e\\#{y}\", :b=>nil, \"c\" => :sym, d: 2026-11-23 10:44:25 UTC}\n{\"a\"=>1}\n", "{\"a\":\"x\\u001b#{y}\",\"b\":null,\"c\":\"sym\",\"d\":\"2026-11-23 10:44:25 UTC\"}\n{\"a\":1}"},
		{"PHP", "<?php\nreturn array (\n  0 => \n  array (\n    'a' => 'x\\n\\'y\\\\',\n    'b' => NULL,\n  ),\n  1 => array ( ),\n);\n", "[\n{\"a\":\"x\\\\n'y\\\\\",\"b\":null},\n[]\n]"},
		{"PHP's dump", "array(2) {\n  [0]=>\n  array(1) {\n    [\"a\"]=>\n    string(3) \"x\"y\"\n  }\n  [1]=>\n  array(1) {\n    [\"a\"]=>\n    int(5)\n  }\n}\n", "[\n{\"a\":\"x\\\"y\"},\n{\"a\":5}\n]"},
		{"Laravel", "array:1 [\n  0 => array:2 [\n    \"a\" => \"x\"\n    \"b\" => null\n  ]\n]\n", "[\n{\"a\":\"x\",\"b\":null}\n]"},
		{"Perl", "$VAR1 = {\n  'a' => 'x\\n',\n  'b' => undef\n};\n$VAR2 = bless( {'a' => '1'}, 'Entry' );\n", "{\"a\":\"x\\\\n\",\"b\":null}\n{\"a\":\"1\"}"},
		{"Elixir", `[%{a: ~U[2026-11-23 10:44:25Z], b: :error}, %{"a" => 1}]`, `[{"a":"2026-11-23 10:44:25Z","b":"error"},{"a":1}]`},
		{"Clojure", "{:a #inst \"2026-11-23T10:44:25Z\" :b 1, :c :d}\n{:a nil}\n", "{\"a\":\"2026-11-23T10:44:25Z\",\"b\":1,\"c\":\"d\"}\n{\"a\":null}"},
		{"old property lists", "({\n    a = \"x\";\n    b = 1;\n},{})", "{\"a\":\"x\",\"b\":1}\n{}"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := strings.TrimSuffix(rewrite(t, "literals", test.text), "\n")
			if strings.HasPrefix(test.want, "[{") || strings.HasPrefix(test.want, "[[") {
				var b bytes.Buffer
				if err := json.Compact(&b, []byte(got)); err != nil {
					t.Fatalf("%v: %s", err, got)
				}
				got = b.String()
			}
			if got != strings.ReplaceAll(test.want, "\n", "\n") && got != strings.ReplaceAll(test.want, "\n", `\n`) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestFluentBit(t *testing.T) {
	text := "[2026/11/23 10:44:20] [ info] [fluent bit] started\n" +
		"[0] app.web: [1795430665.971999884, {\"log\"=>\"a\", \"k\"=>{\"n\"=>1}}]\n" +
		"[1] app.web: [[1795430665.959, {}], {\"log\"=>\"b\"}]\n"
	want := "[2026/11/23 10:44:20] [ info] [fluent bit] started\n" +
		"{\"date\":1795430665.972000,\"log\":\"a\",\"k\":{\"n\":1}}\n{\"date\":1795430665.959,\"log\":\"b\"}\n"
	if got := rewrite(t, "fluent-bit", text); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestNotLiterals lists texts that are read as they are.
func TestNotLiterals(t *testing.T) {
	for _, text := range []string{
		"session error {name: 'OT_TIMEOUT', code: 1006}\n",
		"{name: 'OT_TIMEOUT', code: 1006}\nsession error\n",
		"Object { code: 1006, message: \"x\" }\n",
		"{'a': 1}\n",
		"{\"a\": [{\"b\": NaN}]}",
		"[{\"a\": 1}, {\"a\": 2},]",
		"// comment\n{\"a\": {\"b\": 1}}\n",
		"[2026-11-23 10:44:25] ERROR {a: {b: 1}}\n",
		"[main] 10:44:25 x\n",
		"('2026-11-23', 'a'),\n('2026-11-23', 'b');\n",
		"call(x)\nfoo({a: {b: 1}}) failed\n",
		"a = 1\nb = 2\n",
		"",
	} {
		if n := notationOf([]byte(text)); n != nil {
			t.Errorf("%q is read as %s", text, n.Name)
		}
	}
}

func TestLiteralsEnd(t *testing.T) {
	tests := []struct{ text, want string }{
		{"logs = [{'a': 1}, {'a'", errEnds.Error()},
		{"logs = [{'a': 1}, {'a': '" + strings.Repeat("x", maxRecord+1), errTooLong.Error()},
		{"logs = [{'a': 1}, {'a': 1}, ... 40 more items]", `"... 40 more items" after element 2`},
		{"x = {a: [ [Object], [Object] ]}", "element 1 of a list is printed as [Object]"},
		{strings.Repeat("[{a:", maxDepth) + "1", "within each other"},
	}
	for _, test := range tests {
		_, err := io.ReadAll(openLiterals(strings.NewReader(test.text)))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%.60q: got %v, want %s", test.text, err, test.want)
		}
	}
}

// TestLongLiterals reads a document that is longer than what is kept of it.
func TestLongLiterals(t *testing.T) {
	const n = 20_000
	text := "logs = [" + strings.Repeat("{'a': 'x' 'y', 'b': datetime.datetime(2026, 11, 23)},\n", n) + "]"
	var all []struct{ A, B string }
	out, err := io.ReadAll(openLiterals(iotest.HalfReader(strings.NewReader(text))))
	if err == nil {
		err = json.Unmarshal(out, &all)
	}
	if err != nil || len(all) != n || all[n-1].A != "xy" || all[n-1].B != "2026-11-23T00:00:00.000000" {
		t.Errorf("%d of %d records, %v", len(all), n, err)
	}
}

// fuzzNotation checks that a text is rewritten alike whatever the size of reads.
func fuzzNotation(t *testing.T, n *Notation, text []byte) {
	n.Is(text, true)
	n.Is(text, false)
	once, err1 := io.ReadAll(n.Open(bytes.NewReader(text)))
	bytewise, err2 := io.ReadAll(iotest.OneByteReader(n.Open(iotest.OneByteReader(bytes.NewReader(text)))))
	if !bytes.Equal(once, bytewise) || (err1 == nil) != (err2 == nil) {
		t.Errorf("%q: got %q, %v, and by bytes %q, %v", text, once, err1, bytewise, err2)
	}
}

func named(name string) *Notation {
	for i := range Notations {
		if Notations[i].Name == name {
			return &Notations[i]
		}
	}
	return nil
}

func FuzzLiterals(f *testing.F) {
	for _, s := range []string{
		`/**/cb({"a":[{"b":1}]},2);`, "const x: A[] = [{a: 'b', c: `d`, e: new Date(1), f: [Object]}];", "[{'a': None, 'b': (1, b'x'), 'c': datetime.datetime(2026, 1, 2)}]",
		"{\"a\"=>:b, :c=>nil}\n", "array (0 => array ('a' => 'b',),)", "$VAR1 = [{'a' => undef}];", "[0] a: [1.5, {\"a\"=>1}]\n", "OrderedDict([('a', 1)])",
		"[a: Error: x\n at y {\n code: 1 }]", "Set(2) { {a: 1}, 2 }", "{:a #inst \"x\" :b 1}", "array(1) {\n [\"a\"]=>\n string(3) \"x\"y\"\n}", "x = '''a\\", "[<ref *1> {a: <x <y>>}]", "(object) array('a' => 1)",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		fuzzNotation(t, named("literals"), text)
		fuzzNotation(t, named("fluent-bit"), text)
		out, err := io.ReadAll(openLiterals(bytes.NewReader(text)))
		l := newLiterals(&headReader{text, true})
		l.strict = true
		for l.err == nil {
			l.step(nil)
		}
		if err == nil && l.err == io.EOF { // only literals
			for line := range bytes.Lines(bytes.ReplaceAll(bytes.ReplaceAll(bytes.ReplaceAll(out, []byte("[\n"), []byte("[")), []byte(",\n"), []byte(",")), []byte("\n]"), []byte("]"))) {
				if !json.Valid(line) {
					t.Errorf("%q: %q is not JSON", text, line)
				}
			}
		}
	})
}

// notationOf returns the notation of a text, nil if it has none.
func notationOf(text []byte) *Notation {
	for i := range Notations {
		if Notations[i].Is(text, true) {
			return &Notations[i]
		}
	}
	return nil
}

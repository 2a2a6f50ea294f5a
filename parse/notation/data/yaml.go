package data

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/otlog/otlog/parse/pattern"
)

// A short document of YAML is parsed as a whole. Of a longer one only the values are: each element of
// a list, and each value of a mapping that is not on lines of its own. So a document may have any
// length. It becomes a line of JSON, or, if it is a list, a line for each element.

// shortDocument is the size of the longest document that is parsed as a whole.
const shortDocument = 256 << 10

// A yamlReader rewrites YAML.
type yamlReader struct {
	window
	doc  []byte // lines that are not rewritten yet
	out  []byte
	wrap bool // doc is the end of a document that was too long
	err  error

	ended bool // all lines were read
	cut   bool // only the last value of the text is wrong

	levels []yamlLevel
	item   int  // the indentation of the value in doc, -1 if there is none
	open   bool // a key was written whose value follows on lines of its own
	indent int  // of that key

	seen struct{ documents, records, rows int }
	size int // where in out the value starts that is being written
}

// A yamlLevel is a list or mapping that is written value by value.
type yamlLevel struct {
	indent int
	list   bool
	n      int
	keys   map[string]bool
	first  string // the first key
	inner  string // the first key of the last mapping in it
}

func openYAML(text io.Reader) io.Reader {
	y := &yamlReader{window: window{r: text}, item: -1}
	return &stepReader{step: y.step}
}

var (
	yamlStart = pattern.New(`^(?:---\s|%YAML|- |(?:"[^"\n]+"|'[^'\n]+'|[\w@$./-]+):(?:[ \r\n]|$))`)
	sdkText   = pattern.New(`OpenTok|opentok|OT_[A-Z]|OT\.exception|tokbox|clientSystemTime|[12]_MX4`)
)

// isYAML reports whether a text is YAML with several records, and has something of the SDK in it.
func isYAML(head []byte, whole bool) bool {
	first := bytes.TrimPrefix(head, utf8BOM)
	for {
		first = bytes.TrimLeft(first, "\r\n")
		if len(first) == 0 || first[0] != '#' {
			break
		}
		_, first, _ = bytes.Cut(first, []byte("\n"))
	}
	if !yamlStart.Match(first) || !sdkText.Match(head) {
		return false
	}
	y := &yamlReader{window: window{r: &headReader{head, whole}}, item: -1}
	var out []byte
	for {
		var err error
		if out, err = y.step(out[:0]); err != nil {
			isEnd := err == io.EOF || err == errCut || y.cut
			return isEnd && (y.seen.records > 1 || y.seen.rows > 1 || y.seen.documents == 1 && y.seen.records == 1 && first[0] == '-')
		}
	}
}

// step rewrites some lines.
func (y *yamlReader) step(out []byte) ([]byte, error) {
	y.out = out
	for y.err == nil && len(y.out) == 0 {
		line := y.line()
		if line == nil {
			y.end()
			break
		}
		if y.offset() == int64(len(line)) {
			line = bytes.TrimPrefix(line, utf8BOM)
		}
		y.read(line)
	}
	return y.out, y.err
}

func (y *yamlReader) fail(err error) {
	if y.err == nil {
		y.err = &syntaxError{"YAML", y.offset(), err.Error()}
	}
}

// end finishes the last document.
func (y *yamlReader) end() {
	switch y.window.err {
	case io.EOF:
		y.ended = true
		if y.finish(); y.err == nil {
			y.err = io.EOF
		}
	case errCut:
		// The values before the last one are known, and some lines of that.
		if !y.wrap {
			y.long()
		}
		if y.err == nil {
			y.begun()
			y.err = errCut
		}
	default:
		y.err = y.window.err
	}
}

// begun notes what is known of a value that is cut off.
func (y *yamlReader) begun() {
	text := y.doc
	for range 20 {
		text = text[:bytes.LastIndexByte(bytes.TrimSuffix(text, []byte("\n")), '\n')+1]
		var n yaml.Node
		if len(text) > 0 && yaml.Unmarshal(text, &n) == nil && len(n.Content) == 1 {
			y.size = len(y.out)
			y.node(n.Content[0], 0)
			return
		}
	}
}

// read adds a line to the document.
func (y *yamlReader) read(line []byte) {
	text := bytes.TrimRight(line, " \t\r\n")
	switch {
	case string(text) == "---" || bytes.HasPrefix(text, []byte("--- #")) || string(text) == "...":
		y.finish()
		return
	case bytes.HasPrefix(text, []byte("%YAML")) && len(bytes.TrimSpace(y.doc)) == 0 && !y.wrap:
		return
	case bytes.HasPrefix(text, []byte("--- ")):
		y.finish()
		line = line[len("--- "):]
	}
	if !y.wrap {
		y.doc = append(y.doc, line...)
		if len(y.doc) > shortDocument {
			y.long()
		}
		return
	}
	y.nextLine(line)
}

// finish writes the rest of the document.
func (y *yamlReader) finish() {
	if !y.wrap {
		if y.short(); !y.wrap {
			y.doc = y.doc[:0]
		}
		return
	}
	if y.err == nil {
		y.flush()
		y.cut = y.ended && y.err != nil
	}
	for len(y.levels) > 0 && y.err == nil {
		y.pop()
	}
	y.wrap, y.open = false, false
	y.out = append(y.out, '\n')
}

// parse parses some text.
func (y *yamlReader) parse(text []byte) *yaml.Node {
	var n yaml.Node
	if err := yaml.Unmarshal(text, &n); err != nil {
		y.fail(err)
		return nil
	}
	if n.Kind != yaml.DocumentNode || len(n.Content) != 1 {
		return nil
	}
	return n.Content[0]
}

// short writes a document that is known as a whole.
func (y *yamlReader) short() {
	n := y.parse(y.doc)
	if y.err != nil {
		// The values before the one that is wrong can be read.
		if err := y.err; len(y.out) == 0 {
			y.err = nil
			y.long()
			y.finish()
			if y.err == nil {
				y.err = err
			}
		}
		return
	}
	if n == nil {
		return
	}
	y.seen.documents++
	if n.Kind == yaml.ScalarNode {
		if n.ShortTag() != "!!null" {
			y.fail(errors.New("a document that is neither a list nor a mapping"))
		}
		return
	}
	y.size = len(y.out)
	if n.Kind != yaml.SequenceNode {
		y.note(n)
		y.node(n, 0)
		y.out = append(y.out, '\n')
		return
	}
	for i, e := range n.Content {
		y.out = append(y.out, "[,"[min(i, 1)], '\n')
		y.size = len(y.out)
		y.note(e)
		y.node(e, 0)
	}
	if len(n.Content) == 0 {
		y.out = append(y.out, '[')
	}
	y.out = append(y.out, "\n]\n"...)
}

// alike reports whether two values are mappings with the same keys at the start, as records by ID are.
func alike(a, b *yaml.Node) bool {
	return a != b && a.Kind == yaml.MappingNode && b.Kind == yaml.MappingNode && len(a.Content) >= 4 && len(b.Content) >= 4 &&
		a.Content[0].Value == b.Content[0].Value && a.Content[2].Value == b.Content[2].Value
}

// note counts an element that may be a record.
func (y *yamlReader) note(n *yaml.Node) {
	switch {
	case n.Kind == yaml.MappingNode && len(n.Content) >= 4:
		y.seen.records++
	case n.Kind == yaml.SequenceNode && len(n.Content) > 1:
		y.seen.rows++
	}
}

// maxExpanded is the size of the largest value, with what its aliases refer to.
const maxExpanded = maxRecord

// node appends a value as JSON.
func (y *yamlReader) node(n *yaml.Node, depth int) {
	switch {
	case y.err != nil:
		return
	case depth > maxDepth:
		y.fail(fmt.Errorf("more than %d values within each other", maxDepth))
		return
	case len(y.out)-y.size > maxExpanded:
		y.err = errTooLong
		return
	}
	switch n.Kind {
	case yaml.AliasNode:
		if n.Alias == nil {
			y.fail(fmt.Errorf("unknown anchor %q", n.Value))
			return
		}
		y.node(n.Alias, depth+1)
	case yaml.SequenceNode:
		y.out = append(y.out, '[')
		for i, e := range n.Content {
			if i > 0 {
				y.out = append(y.out, ',')
			}
			y.note(e)
			y.node(e, depth+1)
		}
		y.out = append(y.out, ']')
	case yaml.MappingNode:
		y.out = append(y.out, '{')
		y.members(n, map[string]bool{}, depth)
		y.out = append(y.out, '}')
	case yaml.ScalarNode:
		y.scalar(n)
	default:
		y.fail(errors.New("a value is missing"))
	}
}

// members appends the members of a mapping whose keys are not among keys.
func (y *yamlReader) members(n *yaml.Node, keys map[string]bool, depth int) {
	var merged []*yaml.Node
	here := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind == yaml.AliasNode && key.Alias != nil {
			key = key.Alias
		}
		switch {
		case key.Kind != yaml.ScalarNode:
			y.fail(errors.New("a key is a list or a mapping"))
			return
		case key.ShortTag() == "!!merge":
			merged = append(merged, value)
			continue
		case here[key.Value]:
			y.fail(fmt.Errorf("the key %q is there twice", key.Value))
			return
		}
		here[key.Value] = true
		if keys[key.Value] {
			continue
		}
		if len(keys) > 0 {
			y.out = append(y.out, ',')
		}
		keys[key.Value] = true
		if alike(value, n.Content[1]) {
			y.seen.records++
		}
		y.out = append(appendString(y.out, []byte(key.Value)), ':')
		y.node(value, depth+1)
	}
	for _, m := range merged {
		y.merge(m, keys, depth+1)
	}
}

func (y *yamlReader) merge(n *yaml.Node, keys map[string]bool, depth int) {
	switch {
	case depth > maxDepth:
		y.fail(fmt.Errorf("more than %d values within each other", maxDepth))
	case n.Kind == yaml.AliasNode && n.Alias != nil:
		y.merge(n.Alias, keys, depth+1)
	case n.Kind == yaml.MappingNode:
		y.members(n, keys, depth)
	case n.Kind == yaml.SequenceNode:
		for _, e := range n.Content {
			y.merge(e, keys, depth+1)
		}
	}
}

// scalar appends a value that is not a container. Times stay as they are written.
func (y *yamlReader) scalar(n *yaml.Node) {
	value := []byte(n.Value)
	switch n.ShortTag() {
	case "!!null":
		y.out = append(y.out, "null"...)
		return
	case "!!bool":
		switch n.Value {
		case "true", "True", "TRUE":
			y.out = append(y.out, "true"...)
			return
		case "false", "False", "FALSE":
			y.out = append(y.out, "false"...)
			return
		}
	case "!!int", "!!float":
		if isNumber(value) {
			y.out = append(y.out, value...)
			return
		}
	case "!!binary":
		if b, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(value), nil))); err == nil && utf8.Valid(b) {
			value = b
		}
	}
	y.out = appendString(y.out, value)
}

// long begins to write a document whose end is not known.
func (y *yamlReader) long() {
	text := y.doc
	y.doc = nil
	y.wrap = true
	for line := range bytes.Lines(text) {
		if y.err != nil {
			return
		}
		y.nextLine(line)
	}
}

// nextLine reads a line of a long document.
func (y *yamlReader) nextLine(line []byte) {
	text := bytes.TrimRight(line, " \t\r\n")
	indent := 0
	for indent < len(text) && text[indent] == ' ' {
		indent++
	}
	content := text[indent:]
	blank := len(content) == 0
	if y.item >= 0 {
		if blank || indent > y.item {
			if len(y.doc)+len(line) > maxRecord {
				y.err = errTooLong
				return
			}
			y.doc = append(y.doc, line...)
			return
		}
		y.flush()
	}
	if blank || content[0] == '#' || y.err != nil {
		return
	}
	isItem := content[0] == '-' && (len(content) == 1 || content[1] == ' ')
	if y.open {
		y.open = false
		if indent > y.indent || indent == y.indent && isItem {
			y.push(indent, isItem)
		} else {
			y.out = append(y.out, "null"...)
		}
	} else if len(y.levels) == 0 {
		y.seen.documents++
		y.push(indent, isItem)
	}
	for len(y.levels) > 0 {
		top := y.levels[len(y.levels)-1]
		if top.indent < indent || top.indent == indent && top.list == isItem {
			break
		}
		y.pop()
	}
	if len(y.levels) == 0 || y.levels[len(y.levels)-1].indent != indent || y.levels[len(y.levels)-1].list != isItem {
		y.fail(errors.New("a line is not indented like those before it"))
		return
	}
	top := &y.levels[len(y.levels)-1]
	if top.n++; top.n > 1 {
		y.out = append(y.out, ',')
	}
	if isItem {
		if len(y.levels) == 1 {
			y.out = append(y.out, '\n')
		}
		y.item = indent
		y.doc = append(y.doc[:0], line...)
		return
	}
	m := yamlKey.FindSubmatch(content)
	if m == nil {
		y.cut = line[len(line)-1] != '\n'
		y.fail(errors.New("a key is missing"))
		return
	}
	if len(m[2]) > 0 && m[2][0] != '#' {
		y.item = indent
		y.doc = append(y.doc[:0], line...)
		return
	}
	n := y.parse(m[1])
	if n == nil || n.Kind != yaml.ScalarNode {
		y.fail(errors.New("a key is missing"))
		return
	}
	y.key(n.Value)
	y.open, y.indent = true, indent
}

var yamlKey = pattern.New(`^("(?:[^"\\]|\\.)+"|'[^']+'|[^\s'"\[\]{},#&*!|>%?:-](?:[^:#]|:[^\s])*|-[^\s:]+):(?:\s+(.*))?$`)

// key appends a key of the innermost mapping.
func (y *yamlReader) key(key string) {
	top := &y.levels[len(y.levels)-1]
	if top.keys[key] {
		y.fail(fmt.Errorf("the key %q is there twice", key))
		return
	}
	if len(top.keys) > 1000 {
		y.fail(errors.New("more than 1,000 keys"))
		return
	}
	if top.keys[key] = true; len(top.keys) == 1 {
		top.first = key
	}
	y.out = append(appendString(y.out, []byte(key)), ':')
}

// flush writes the value that has been collected.
func (y *yamlReader) flush() {
	if y.open {
		y.open = false
		y.out = append(y.out, "null"...)
	}
	if y.item < 0 {
		return
	}
	y.item = -1
	n := y.parse(y.doc)
	y.doc = y.doc[:0]
	if y.err != nil {
		return
	}
	y.size = len(y.out)
	top := &y.levels[len(y.levels)-1]
	switch {
	case n == nil:
		y.fail(errors.New("a value is missing"))
	case top.list && n.Kind == yaml.SequenceNode && len(n.Content) == 1:
		y.note(n.Content[0])
		y.node(n.Content[0], len(y.levels))
	case !top.list && n.Kind == yaml.MappingNode && len(n.Content) == 2 && n.Content[0].Kind == yaml.ScalarNode:
		y.key(n.Content[0].Value)
		y.node(n.Content[1], len(y.levels))
	default:
		y.fail(errors.New("an element or a member is not one value"))
	}
}

func (y *yamlReader) push(indent int, list bool) {
	if len(y.levels) == maxDepth {
		y.fail(fmt.Errorf("more than %d values within each other", maxDepth))
		return
	}
	l := yamlLevel{indent: indent, list: list}
	if list {
		y.out = append(y.out, '[')
	} else {
		l.keys = map[string]bool{}
		y.out = append(y.out, '{')
	}
	y.levels = append(y.levels, l)
}

func (y *yamlReader) pop() {
	top := y.levels[len(y.levels)-1]
	y.levels = y.levels[:len(y.levels)-1]
	if n := len(y.levels); n > 0 && !top.list && top.n > 1 {
		// Records by ID have the same keys.
		if y.levels[n-1].inner == top.first {
			y.seen.records++
		}
		y.levels[n-1].inner = top.first
	}
	switch {
	case !top.list:
		y.out = append(y.out, '}')
	case len(y.levels) == 0:
		y.out = append(y.out, "\n]"...)
	default:
		y.out = append(y.out, ']')
	}
}

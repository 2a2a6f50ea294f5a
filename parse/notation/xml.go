package notation

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/pattern"
	"github.com/otlog/otlog/parse/sieve"
)

// maxXMLDepth is how deep elements may be nested.
const maxXMLDepth = 200

// isXML reports whether a text is XML in which records of the SDK are found.
func isXML(head []byte, _ bool) bool { return planXML(head) != nil }

// A plan says which elements of an XML text are records. The keys are the names of an element and of those around
// it, outermost first and separated by slashes.
type plan struct {
	records    map[string]bool // each is a record
	texts      map[string]bool // each contains lines of a log
	containers map[string]bool // elements around these; "" is the text as a whole
	list       map[string]bool // part of these: records are their children
}

// planXML returns which elements are records, nil if the text is not XML or has no records.
//
// An element is a record if it is repeated, and some have a time and a text of the SDK. Of several such
// elements inside each other the innermost are records. Elements with keys (<field name="time">) are members
// of a record, however often they are repeated.
func planXML(head []byte) *plan {
	head = bytes.TrimPrefix(head, utf8BOM)
	start := bytes.TrimLeft(head, " \t\r\n")
	if len(start) < 2 || start[0] != '<' {
		return nil
	}
	// A text that declares to be XML is refused if it is not a log of the SDK. Any other is read in any case.
	isRecord := (*element).hasTime
	if start[1] == '?' || start[1] == '!' {
		if !sieve.HasWords(head) {
			return nil
		}
		isRecord = func(e *element) bool { return e.hasTime() && e.hasText() }
	}
	root, ok := treeOf(head)
	if !ok {
		return nil
	}
	for _, n := range root.children {
		if name := strings.ToLower(n.name); pageElements[name] {
			return nil
		}
	}
	p := &plan{records: map[string]bool{}, texts: map[string]bool{}, containers: map[string]bool{}, list: map[string]bool{}}
	if len(listsIn([]*element{root}, isRecord)) == 0 {
		return nil
	}
	p.add([]*element{root}, "", isRecord)
	return p
}

// add adds the records in elements of one path.
func (p *plan) add(elements []*element, path string, isRecord func(*element) bool) {
	if slices.ContainsFunc(elements, (*element).hasLines) {
		p.texts[path] = true
		return
	}
	lists := listsIn(elements, isRecord)
	if len(lists) == 0 {
		p.records[path] = true
		return
	}
	p.containers[path] = true
	for _, list := range lists {
		inner := joinPath(path, list[0].name)
		p.add(list, inner, isRecord)
		p.list[path] = p.list[path] || p.records[inner]
	}
}

func joinPath(path, name string) string {
	if path == "" {
		return name
	}
	return path + "/" + name
}

// listsIn returns the children of elements that are records, or contain records, by their names.
func listsIn(elements []*element, isRecord func(*element) bool) (lists [][]*element) {
	groups := map[string][]*element{}
	var labels []string
	most := map[string]int{} // children of the same parent that have a time
	for _, e := range elements {
		timed := map[string]int{}
		for _, c := range e.children {
			label := c.label()
			if groups[label] == nil {
				labels = append(labels, label)
			}
			groups[label] = append(groups[label], c)
			if c.hasTime() {
				timed[label]++
				most[label] = max(most[label], timed[label])
			}
		}
	}
	for _, label := range labels {
		group := groups[label]
		if !slices.ContainsFunc(group, isRecord) {
			continue
		}
		if most[label] > 1 || slices.ContainsFunc(group, (*element).hasLines) || len(listsIn(group, isRecord)) > 0 {
			lists = append(lists, group)
		}
	}
	return lists
}

// An element is an element of XML.
type element struct {
	name       string // without the prefix of a name space
	attributes []attribute
	children   []*element
	text       []byte // its own
	key        string // of a property list: the key that precedes it

	timed, said int8 // 0: unknown, 1: no, 2: yes
}

// localName returns a name without the prefix of its name space.
func localName(name string) string { return name[strings.LastIndexByte(name, ':')+1:] }

// isNamespace reports whether an attribute says how to read the element.
func isNamespace(name string) bool {
	return strings.HasPrefix(name, "xmlns") || strings.HasPrefix(name, "xml:") || strings.HasPrefix(name, "xsi:")
}

func newElement(m *markup) *element {
	e := &element{name: localName(m.name)}
	for _, a := range m.attributes {
		if !isNamespace(a.name) {
			e.attributes = append(e.attributes, attribute{localName(a.name), a.value})
		}
	}
	return e
}

// append adds a child.
func (e *element) append(child *element) {
	if n := len(e.children); n > 0 && e.name == "dict" && e.children[n-1].name == "key" {
		child.key = string(bytes.TrimSpace(e.children[n-1].text))
	}
	e.children = append(e.children, child)
}

// keyElements are elements whose attribute states the key of a member, keyAttributes these attributes.
var (
	keyElements = map[string]bool{
		"field": true, "column": true, "col": true, "data": true, "property": true, "prop": true, "param": true, "parameter": true,
		"attribute": true, "attr": true, "str": true, "int": true, "long": true, "date": true, "arr": true, "double": true, "float": true,
		"bool": true, "item": true, "entry": true, "tag": true, "label": true, "value": true, "cell": true, "pair": true, "kv": true,
		"meta": true, "metadata": true, "option": true, "dimension": true, "detail": true, "info": true, "extra": true, "var": true, "variable": true,
	}
	keyAttributes = []string{"k", "key", "name"}
	// besides are attributes that may stand beside a key.
	besides = []string{"value", "v", "type", "trim", "null", "nil", "format", "length", "encoding"}
)

// label returns the key of the member that an element is: that in its attribute, if it is made for
// members, or its name. keyed is true of the former.
func (e *element) label() string { label, _ := e.member(); return label }

func (e *element) member() (label string, keyed bool) {
	if e.key != "" {
		return e.key, false
	}
	if !keyElements[strings.ToLower(e.name)] {
		return e.name, false
	}
	for _, a := range e.attributes {
		switch name := strings.ToLower(a.name); {
		case slices.Contains(keyAttributes, name) && label == "" && a.value != "":
			label = a.value
		case !slices.Contains(besides, name):
			return e.name, false
		}
	}
	if label == "" {
		return e.name, false
	}
	return label, true
}

// any reports whether a test succeeds for a text or an attribute in the element.
func (e *element) any(test func([]byte) bool) bool {
	if test(bytes.TrimSpace(e.text)) {
		return true
	}
	for _, a := range e.attributes {
		if test([]byte(a.value)) {
			return true
		}
	}
	return false
}

func (e *element) hasTime() bool {
	return e.memo(&e.timed, func(s []byte) bool { return sieve.HasTime(s) || isEpoch.Match(s) }, (*element).hasTime)
}

func (e *element) hasText() bool {
	return e.memo(&e.said, func(s []byte) bool { return sieve.HasWords(s) || sieve.FindSession(s) != nil }, (*element).hasText)
}

func (e *element) memo(known *int8, test func([]byte) bool, of func(*element) bool) bool {
	if *known == 0 {
		*known = 1
		if e.any(test) || slices.ContainsFunc(e.children, of) {
			*known = 2
		}
	}
	return *known == 2
}

// isEpoch matches a time as a number: of seconds to nanoseconds since 1970.
var isEpoch = pattern.New(`^1\d{9}(?:\.\d+|\d{3}|\d{6}|\d{9})?$`)

var isNumber = pattern.New(`^(?:0|[1-9]\d{0,8})$`)

// hasLines reports whether the text of an element consists of lines of a log.
func (e *element) hasLines() bool { return len(e.children) == 0 && hasLogLines(e.text) }

// hasLogLines reports whether several lines of a text have a time or a session ID.
func hasLogLines(text []byte) bool {
	timed, placed := 0, 0
	for line := range bytes.Lines(text) {
		if sieve.HasTime(line) {
			timed++
		}
		if sieve.FindSession(line) != nil {
			placed++
		}
		if timed > 1 || placed > 1 {
			return true
		}
	}
	return false
}

// treeOf returns an element around those in the first bytes of an XML text. It reports false if the
// text is not XML, as far as it goes.
func treeOf(head []byte) (*element, bool) {
	root := &element{}
	open := []*element{root}
	ended := false
	for m := newMarkup(bytes.NewReader(head), false); ; {
		kind, err := m.next()
		if err != nil {
			return root, (ended || m.section) && (err == io.EOF || err == io.ErrUnexpectedEOF)
		}
		e := open[len(open)-1]
		switch kind {
		case declaration:
			open = open[:1]
		case textPiece:
			if e == root {
				if len(bytes.TrimSpace(m.text)) > 0 {
					return nil, false
				}
				continue
			}
			e.text = append(e.text, m.text...)
		case startTag:
			child := newElement(m)
			e.append(child)
			if ended = ended || m.empty; !m.empty {
				open = append(open, child)
			}
			if len(open) > maxXMLDepth {
				return nil, false
			}
		case endTag:
			if e == root || localName(m.name) != e.name {
				return nil, false
			}
			open, ended = open[:len(open)-1], true
		}
	}
}

func openXML(text io.Reader) io.Reader {
	const headSize, most = 64 << 10, 4 << 20
	var head []byte
	var p *plan
	for size := headSize; p == nil && size <= most; size *= 2 { // a comment, say, may precede the records
		n := len(head)
		more, err := io.ReadAll(io.LimitReader(text, int64(size-n)))
		if head = append(head, more...); err != nil {
			text = failing{err}
		}
		if p = planXML(head); len(head) < size {
			break
		}
	}
	m := newMarkup(io.MultiReader(bytes.NewReader(bytes.TrimPrefix(head, utf8BOM)), text), false)
	x := &xmlReader{m: m, plan: p, open: []scope{{}}}
	return &pieces{next: x.next}
}

// A failing reader returns an error.
type failing struct{ error }

func (f failing) Read([]byte) (int, error) { return 0, f.error }

// An xmlReader writes the records of an XML text: as JSON objects, or as the lines that they contain.
type xmlReader struct {
	m    *markup
	plan *plan
	open []scope // the elements around records; the first is the text as a whole

	record []*element // the open elements of a record, outermost first
	size   int        // of the record
	lines  int        // how many elements are open in one whose text is written as lines
	line   []byte     // the last line of that text so far
}

// A scope is an element around records.
type scope struct {
	element *element
	path    string
	session string // the session ID that it states for the records in it
}

var errNoXML = errors.New("the elements are not like those at the start of the text")

func (x *xmlReader) next(dst []byte) ([]byte, error) {
	if x.plan == nil {
		return dst, errNoXML
	}
	kind, err := x.m.next()
	if err != nil {
		if err == io.EOF && (len(x.record) > 0 || x.lines > 0) {
			err = io.ErrUnexpectedEOF
		}
		return x.endLine(dst), err
	}
	switch {
	case x.lines > 0:
		return x.text(dst, kind), nil
	case len(x.record) > 0:
		return x.member(dst, kind)
	}
	return x.around(dst, kind)
}

// text takes a piece of an element whose text is written as lines.
func (x *xmlReader) text(dst []byte, kind piece) []byte {
	switch kind {
	case textPiece:
		for line := range bytes.Lines(x.m.text) {
			if x.line = append(x.line, line...); line[len(line)-1] == '\n' || len(x.line) > maxRecord {
				dst = x.open[len(x.open)-1].appendLine(dst, x.line)
				x.line = x.line[:0]
			}
		}
	case startTag:
		if !x.m.empty {
			x.lines++
		}
	case endTag:
		if x.lines--; x.lines == 0 {
			dst = x.endLine(dst)
		}
	}
	return dst
}

// endLine writes the last line of a text.
func (x *xmlReader) endLine(dst []byte) []byte {
	if len(x.line) > 0 {
		dst = x.open[len(x.open)-1].appendLine(dst, append(x.line, '\n'))
		x.line = x.line[:0]
	}
	return dst
}

// appendLine appends a line. If it has a time but no session ID, that of the scope is added.
func (s *scope) appendLine(dst, line []byte) []byte {
	if s.session == "" || sieve.FindSession(line) != nil || !sieve.HasTime(line) {
		return append(dst, line...)
	}
	text := bytes.TrimRight(line, " \t\r\n")
	if start := bytes.TrimLeft(text, " \t"); bytes.HasPrefix(start, []byte(`{"`)) && text[len(text)-1] == '}' {
		return append(append(append(append(append(dst, `{"sessionId":"`...), s.session...), `",`...), start[1:]...), '\n')
	}
	dst = append(append(append(dst, text...), ' '), s.session...)
	return append(dst, line[len(text):]...)
}

// around takes a piece outside records.
func (x *xmlReader) around(dst []byte, kind piece) ([]byte, error) {
	s := &x.open[len(x.open)-1]
	switch kind {
	case declaration: // another text follows; the end of the one before may be missing
		x.open = x.open[:1]
	case textPiece:
		text := bytes.TrimSpace(x.m.text)
		switch {
		case s.element == nil && len(text) > 0:
			return dst, fmt.Errorf("text outside of elements: %.40q", text)
		case s.element != nil:
			if s.element.text = append(s.element.text, x.m.text...); len(s.element.text) > maxRecord {
				return dst, errTooLong
			}
			if len(text) == 0 && len(bytes.TrimSpace(s.element.text)) == 0 {
				s.element.text = s.element.text[:0]
			}
		}
	case startTag:
		e := newElement(x.m)
		path := joinPath(s.path, e.name)
		switch {
		case x.plan.containers[path] && !x.m.empty:
			if len(x.open) == maxXMLDepth {
				return dst, errors.New("elements are nested too deeply")
			}
			inner := scope{element: e, path: path, session: s.session}
			for _, a := range e.attributes {
				if id := sieve.FindSession([]byte(a.value)); id != nil {
					inner.session = string(id)
				}
			}
			x.open = append(x.open, inner)
		case x.plan.texts[path] && !x.m.empty:
			x.lines = 1
		default:
			x.record, x.size = append(x.record[:0], e), 0
			return x.grown(dst, e)
		}
	case endTag:
		if s.element == nil || s.element.name != localName(x.m.name) {
			return dst, fmt.Errorf("</%.40s> ends no element", x.m.name)
		}
		if s.element.any(sieve.IsOfSDK) {
			dst = s.element.appendRecord(dst, s.session)
		}
		x.open = x.open[:len(x.open)-1]
	}
	return dst, nil
}

// grown counts an element that was added to the record, and ends it if it is empty.
func (x *xmlReader) grown(dst []byte, e *element) ([]byte, error) {
	const overhead = 100 // of an element in memory
	x.size += overhead + len(x.m.tag)
	switch {
	case x.size > maxRecord:
		return dst, errTooLong
	case len(x.record)+len(x.open) > maxXMLDepth:
		return dst, errors.New("elements are nested too deeply")
	case x.m.empty:
		return x.end(dst), nil
	}
	return dst, nil
}

// member takes a piece of a record.
func (x *xmlReader) member(dst []byte, kind piece) ([]byte, error) {
	e := x.record[len(x.record)-1]
	switch kind {
	case declaration:
		return dst, io.ErrUnexpectedEOF
	case textPiece:
		e.text = append(e.text, x.m.text...)
		if x.size += len(x.m.text); x.size > maxRecord {
			return dst, errTooLong
		}
	case startTag:
		child := newElement(x.m)
		e.append(child)
		x.record = append(x.record, child)
		return x.grown(dst, child)
	case endTag:
		if e.name != localName(x.m.name) {
			return dst, fmt.Errorf("</%.40s> ends <%.40s>", x.m.name, e.name)
		}
		return x.end(dst), nil
	}
	return dst, nil
}

// end ends the innermost element of a record, and writes the record if that is all of it.
func (x *xmlReader) end(dst []byte) []byte {
	e := x.record[len(x.record)-1]
	if x.record = x.record[:len(x.record)-1]; len(x.record) > 0 {
		return dst
	}
	s := &x.open[len(x.open)-1]
	path := joinPath(s.path, e.name)
	switch {
	case x.plan.records[path]:
		return e.appendRecord(dst, s.session)
	case e.hasLines():
		for line := range bytes.Lines(append(bytes.Trim(e.text, "\r\n"), '\n')) {
			dst = s.appendLine(dst, line)
		}
		return dst
	case e.says(sieve.IsOfSDK), e.hasTime() && e.hasText(), x.plan.list[s.path] && e.hasTime() && len(e.attributes)+len(e.children) > 0:
		return e.appendRecord(dst, s.session)
	}
	if id := e.session(); id != "" { // of the records after it
		s.session = id
	}
	return dst
}

// says reports whether a test succeeds for a text or an attribute anywhere in the element.
func (e *element) says(test func([]byte) bool) bool {
	return e.any(test) || slices.ContainsFunc(e.children, func(c *element) bool { return c.says(test) })
}

// session returns the first session ID in the element, "" if there is none.
func (e *element) session() (id string) {
	e.says(func(s []byte) bool {
		id = string(sieve.FindSession(s))
		return id != ""
	})
	return id
}

// appendRecord appends the element as a JSON object on a line, or as its text if it has nothing else.
// session is that of the elements around it, "" if it is unknown.
func (e *element) appendRecord(dst []byte, session string) []byte {
	start := len(dst)
	if len(e.attributes)+len(e.children) == 0 && (session == "" || sieve.FindSession(e.text) != nil) {
		if text := bytes.TrimSpace(e.text); len(text) > 0 {
			dst = appendMessage(dst, text)
		}
		return dst
	}
	dst = e.appendObject(dst, "message")
	add := func(key string, value []byte) {
		if len(value) > 0 {
			dst = append(append(append(dst[:len(dst)-1], ",\""...), key...), "\":"...)
			dst = append(jsontext.AppendQuoted(dst, value), '}')
		}
	}
	if dst[len(dst)-2] == '{' {
		return append(dst, '\n')
	}
	if sieve.FindSession(dst[start:]) == nil {
		add("sessionId", []byte(session))
	}
	add("time", e.onlyTime())
	return append(dst, '\n')
}

// onlyTime returns the time at the start of a text in the element, nil if another value is a time.
func (e *element) onlyTime() (at []byte) {
	const longest = 40 // value that is a time
	other := e.says(func(s []byte) bool {
		if t := lineTime.Find(s); t != nil && len(s) > longest {
			at = t
			return false
		}
		return len(s) <= longest && (sieve.HasTime(s) || isEpoch.Match(s))
	})
	if other {
		return nil
	}
	return at
}

// appendObject appends the element as a JSON object. text is the key of its own text.
func (e *element) appendObject(dst []byte, text string) []byte {
	type member struct {
		label  string
		values []*element // or value
		value  []byte
	}
	var members []member
	at := map[string]int{}
	add := func(label string, value []byte, child *element) {
		i, ok := at[label]
		if !ok {
			i = len(members)
			at[label] = i
			members = append(members, member{label: label})
		}
		switch m := &members[i]; {
		case child != nil:
			m.values = append(m.values, child)
		case m.value == nil:
			m.value = value
		}
	}
	for _, a := range e.attributes {
		if a.value != "" {
			add(timeLabel(a.name, []byte(a.value)), []byte(a.value), nil)
		}
	}
	for _, c := range e.children {
		if e.name == "dict" && c.name == "key" {
			continue
		}
		label, _ := c.member()
		add(timeLabel(label, bytes.TrimSpace(c.text)), nil, c)
	}
	if own := bytes.TrimSpace(e.text); len(own) > 0 {
		for label := range at {
			if strings.EqualFold(label, text) {
				text = "text"
			}
		}
		add(text, own, nil)
	}
	// Cells without names are members by their position.
	if len(members) == 1 && text == "message" && len(members[0].values) > 1 {
		for i, c := range members[0].values {
			members = append(members, member{label: fmt.Sprint(members[0].label, i+1), value: c.appendText(nil)})
		}
		members = members[1:]
	}
	dst = append(dst, '{')
	for _, m := range members {
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		dst = append(jsontext.AppendQuoted(dst, []byte(m.label)), ':')
		switch {
		case m.label == "epochSecond" && isEpoch.Match(m.value), m.label == "nanoOfSecond" && isNumber.Match(m.value):
			dst = append(dst, m.value...)
		case len(m.values) == 0:
			dst = jsontext.AppendQuoted(dst, m.value)
		case len(m.values) == 1:
			dst = m.values[0].appendValue(dst)
		default:
			for i, v := range m.values {
				dst = append(dst, "[,"[min(i, 1)])
				dst = v.appendValue(dst)
			}
			dst = append(dst, ']')
		}
	}
	return append(dst, '}')
}

// timeLabel returns the key of a member: that of a time that Java wrote is one that package parse knows, since
// the date beside it has no time zone.
func timeLabel(label string, value []byte) string {
	if (label == "millis" || label == "timeMillis") && isEpoch.Match(value) {
		return "timestamp"
	}
	return label
}

// appendValue appends the value of the member that an element is.
func (e *element) appendValue(dst []byte) []byte {
	_, keyed := e.member()
	if keyed {
		for _, a := range e.attributes {
			if name := strings.ToLower(a.name); name == "value" || name == "v" {
				return jsontext.AppendQuoted(dst, []byte(a.value))
			}
		}
		if len(e.children) == 0 || !slices.ContainsFunc(e.children, func(c *element) bool { _, keyed := c.member(); return keyed }) {
			return jsontext.AppendQuoted(dst, e.appendText(nil))
		}
	}
	if e.name == "array" {
		dst = append(dst, '[')
		for i, c := range e.children {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = c.appendValue(dst)
		}
		return append(dst, ']')
	}
	if len(e.children) == 0 && (len(e.attributes) == 0 || keyed) {
		return jsontext.AppendQuoted(dst, bytes.TrimSpace(e.text))
	}
	return e.appendObject(dst, "text")
}

// appendText appends all text in the element, a line for each element.
func (e *element) appendText(dst []byte) []byte {
	dst = append(dst, bytes.TrimSpace(e.text)...)
	for _, c := range e.children {
		if len(dst) > 0 && dst[len(dst)-1] != '\n' {
			dst = append(dst, '\n')
		}
		dst = c.appendText(dst)
	}
	return dst
}

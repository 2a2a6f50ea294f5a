package corpus

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A second look at the corpus: a slow, plain reader that does not know how the corpus was made. It
// decodes, scans for words, judges each record by itself, and applies the rules of
// correlate_test.go.

type look struct {
	phrases                 map[string][]Phrase // by their first bytes
	records, physical       int64
	classified, clean, post int64
	named                   int64
	names                   map[NameCount]int64 // records by day and name, without the field Records
	sessions                map[string]bool
	bearing                 int64 // records with a session ID
	clues                   []*clue
	events                  map[string][]event         // of telemetry, by call
	visits                  []visit                    // of all records with a session or client instance
	instances               map[string]map[string]bool // sessions by client instance
	texts                   []string                   // of clean records
	phrased                 map[string]int64           // records by the phrase that identifies their error
	several                 []string                   // records with several names, sessions, or texts with phrases
	times                   []time.Time
}

// A clue is a classified record.
type clue struct {
	visit
	evidence      string
	name, method  string
	sure          int // evidence for the method, higher is better
	code          int
	socket, aside bool
	subscribing   bool // telemetry of a subscribe call
}

// An event is a telemetry event.
type event struct {
	visit
	variation string // Denied for a Cancel because of AccessDenied
}

// A visit is a record's session and time.
type visit struct {
	at                time.Time
	session, instance string
}

var known = func() map[string][]string {
	m := map[string][]string{}
	for _, line := range strings.Split(strings.TrimSpace(documented)+more, "\n") {
		if f := strings.Fields(line); len(f) > 0 {
			m[f[0]] = f[1:]
		}
	}
	return m
}()

func word(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// directive removes colours and console directives from a text.
var directive = strings.NewReplacer("\x1b[31m", " ", "\x1b[0m", " ", "%c", " ", "%O", " ", "%o", " ", "%s", " ", "%d", " ")

// words splits text, without colours and directives, at everything that cannot be in
// a name.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r > 127 || !word(byte(r)) })
}

// sessionIDs returns the words, of letters, digits, _ and -, that begin like session IDs.
func sessionIDs(text string) (ids []string) {
	in := func(c byte) bool { return word(c) || c == '-' }
	for {
		at := strings.Index(text, "_MX4")
		if at < 0 {
			return ids
		}
		start, end := at, at
		for start > 0 && in(text[start-1]) {
			start--
		}
		for end < len(text) && in(text[end]) {
			end++
		}
		if w := text[start:end]; strings.HasPrefix(w, "1_MX4") || strings.HasPrefix(w, "2_MX4") {
			ids = append(ids, w)
		}
		text = text[end:]
	}
}

// collect appends all strings of a decoded JSON value.
func collect(v any, to []string) []string {
	switch v := v.(type) {
	case string:
		return append(to, v)
	case []any:
		for _, e := range v {
			to = collect(e, to)
		}
	case map[string]any:
		for k, e := range v {
			to = collect(e, append(to, k))
		}
	}
	return to
}

// phraseStart is the number of bytes that are the key of a phrase in look.phrases.
const phraseStart = 8

// phrasesOf returns the phrases in text, in the order of their starts.
func (l *look) phrasesOf(text string) (list []Phrase) {
	for i := 0; i+phraseStart <= len(text); i++ {
		if i > 0 && word(text[i-1]) && word(text[i]) {
			continue
		}
		at := len(list)
		for _, p := range l.phrases[text[i:i+phraseStart]] {
			rest, ok := strings.CutPrefix(text[i:], p.Text)
			if !ok || rest != "" && word(rest[0]) && word(p.Text[len(p.Text)-1]) {
				continue
			}
			list = append(list, p)
		}
		slices.SortFunc(list[at:], func(a, b Phrase) int { return len(b.Text) - len(a.Text) })
	}
	return list
}

// Evidence for a method, weakest first.
const (
	byOnlyName = 1 + iota
	byComponent
	byPhraseOf
	byFunction
	spelledOut
)

// telling returns the method that the text of a record states, and the evidence.
func telling(text, name string, phrases []Phrase) (string, int) {
	for _, m := range methodNames[1:] {
		if strings.Contains(text, m+" :: ") || strings.Contains(text, m+"()") {
			return m, spelledOut
		}
	}
	for _, f := range []string{"forceDisconnect", "forceUnpublish"} {
		if strings.Contains(text, "Cannot call "+f+"()") {
			return "Session." + f, byFunction
		}
	}
	for _, p := range phrases {
		if p.Error == name && p.Method != "" {
			return p.Method, byPhraseOf
		}
	}
	sdk := strings.Contains(text, "OpenTok:")
	if len(phrases) > 0 && phrases[0].Error == name && phrases[0].Method == "" && !sdk &&
		raisings[raising{name, "OT.initPublisher", 1500}] && raisings[raising{name, "Session.publish", 1500}] {
		return "OT.initPublisher", byPhraseOf
	}
	if m := finalNumber.FindStringSubmatch(text); m != nil && (name == "" || raisings[raising{name, "Session.connect", number(m[1])}]) {
		return "Session.connect", byPhraseOf
	}
	for part, m := range map[string]string{"RumorSocket": "Session.connect", "RaptorSocket": "Session.connect",
		"Publisher": "OT.initPublisher", "publisherInit": "OT.initPublisher", "Subscriber": "Session.subscribe"} {
		if strings.Contains(text, "OpenTok:"+part+":") {
			return m, byComponent
		}
	}
	return "unknown", 0
}

// acting returns the method of a telemetry action.
func acting(body map[string]any) string {
	stream, _ := body["streamId"].(string)
	switch body["action"] {
	case "Connect":
		return "Session.connect"
	case "Subscribe":
		return "Session.subscribe"
	case "Publish":
		if stream == "" {
			return "OT.initPublisher"
		}
		return "Session.publish"
	}
	return ""
}

var (
	exceptionLine = regexp.MustCompile(`OT\.exception :: title: .* \((\d+|undefined)\) msg: (.*)`)
	codeLine      = regexp.MustCompile(`OpenTok:\w+(?::\d+)?:error\s+(\d+)\s`)
	socketLine    = regexp.MustCompile(`OpenTok:(?:RumorSocket:\d|RaptorSocket):error `)
	codeField     = regexp.MustCompile(`(?:"code":|[{]code: )(\d+)\b`)
	finalNumber   = regexp.MustCompile(`(?m) \((\d{4})\)(?:\s+\+\d+(?:ms|s|m|h|d) .*|\s+\+\d+(?:ms|s|m|h|d))?$`)
	exceptionPost = regexp.MustCompile(`^tb\.exception\.(\d+)$`)
)

// stated returns the code that a record states, 0 if none.
func stated(text string, body map[string]any) int {
	if n, ok := body["failureCode"].(float64); ok {
		return int(n)
	}
	action, _ := body["action"].(string)
	if m := exceptionPost.FindStringSubmatch(action); m != nil {
		return number(m[1])
	}
	for _, form := range []*regexp.Regexp{exceptionLine, codeLine, codeField, finalNumber} {
		if m := form.FindStringSubmatch(text); m != nil {
			return number(m[1])
		}
	}
	return 0
}

func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

// fields returns the numbers of all members "code" as text.
func fields(v any) (list []string) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			list = append(list, fields(e)...)
		}
	case map[string]any:
		for k, e := range v {
			if n, ok := e.(float64); ok && k == "code" {
				list = append(list, fmt.Sprintf(`"code":%v`, n))
			}
			list = append(list, fields(e)...)
		}
	}
	return list
}

func newLook(phrases []Phrase) *look {
	l := &look{names: map[NameCount]int64{}, sessions: map[string]bool{}, events: map[string][]event{},
		instances: map[string]map[string]bool{}, phrases: map[string][]Phrase{}, phrased: map[string]int64{}}
	for _, p := range phrases {
		l.phrases[p.Text[:phraseStart]] = append(l.phrases[p.Text[:phraseStart]], p)
	}
	return l
}

// record counts one record. texts are all its texts; body is nil unless it is telemetry.
func (l *look) record(texts []string, ts time.Time, body map[string]any) {
	text := strings.Join(texts, "\n")
	plain := directive.Replace(text)
	l.records++
	if !ts.IsZero() {
		l.times = append(l.times, ts)
	}
	c := &clue{visit: visit{at: ts}}
	c.name = l.nameIn(plain)
	phrases := l.phrasesIn(texts)
	c.session = l.sessionIn(text)
	c.instance, _ = body["clientInstanceId"].(string)
	if !strings.Contains(text, "OTRN JS") { // written by a native SDK
		l.visit(c.visit)
	}

	action, _ := body["action"].(string)
	variation, _ := body["variation"].(string)
	reason, _ := body["failureReason"].(string)
	payload, _ := body["payload"].(map[string]any)
	if variation == "Cancel" && payload["reason"] == "AccessDenied" {
		variation = "Denied"
	}
	l.call(body, event{c.visit, variation})

	c.socket = socketLine.MatchString(plain) ||
		action == "Connect" && variation == "Failure" && (reason == "WebSocketConnection" || reason == "ConnectToSession")
	c.aside = action == "ConfigurationFile"
	c.subscribing = action == "Subscribe"
	trace := c.socket || exceptionLine.MatchString(plain) || codeLine.MatchString(plain) ||
		variation == "Failure" || exceptionPost.MatchString(action)
	switch {
	case c.name != "":
		c.evidence = "name"
		l.named++
		l.names[NameCount{Day: ts.Format(time.DateOnly), Name: c.name}]++
	case variation == "Denied":
		c.evidence, c.name = "phrase", "OT_USER_MEDIA_ACCESS_DENIED"
	case len(phrases) > 0:
		c.evidence, c.name = "phrase", phrases[0].Error
		l.phrased[phrases[0].Text]++
	case trace:
		c.evidence = "none"
	case body != nil:
		l.post++
		return
	default:
		l.clean++
		l.texts = append(l.texts, text)
		return
	}
	c.code = stated(plain, body)
	c.method, c.sure = telling(plain, c.name, phrases)
	if m := acting(body); m != "" {
		c.method, c.sure = m, spelledOut
	}
	if c.name == "" && c.code != 0 {
		if c.name = theName(c.code, c.method, plain); c.name != "" {
			c.evidence = "code"
		}
	}
	if only := theMethod(c.name, c.code); c.sure == 0 && only != "" {
		c.method, c.sure = only, byOnlyName
	}
	l.classified++
	l.clues = append(l.clues, c)
}

// nameIn returns the error name in text.
func (l *look) nameIn(text string) (name string) {
	if !strings.Contains(text, "OT_") && !strings.Contains(text, "PROXY_") {
		return "" // every name has one of these
	}
	names := map[string]bool{}
	for _, w := range words(text) {
		if _, ok := known[w]; ok {
			name, names[w] = w, true
		}
	}
	if len(names) > 1 {
		l.several = append(l.several, text)
	}
	return name
}

// phrasesIn returns the phrases in texts. At most one text may contain phrases.
func (l *look) phrasesIn(texts []string) (phrases []Phrase) {
	if len(l.phrases) == 0 {
		return nil
	}
	for _, s := range texts {
		list := l.phrasesOf(directive.Replace(s))
		if len(list) > 0 && len(phrases) > 0 {
			l.several = append(l.several, s)
		}
		phrases = append(phrases, list...)
	}
	return phrases
}

// sessionIn returns the session ID in text.
func (l *look) sessionIn(text string) (session string) {
	for _, id := range sessionIDs(text) {
		if session != "" && session != id {
			l.several = append(l.several, text)
		}
		session = id
	}
	return session
}

// visit keeps when a session or client instance was there, and which belong together.
func (l *look) visit(v visit) {
	if v.session != "" {
		l.sessions[v.session] = true
		l.bearing++
	}
	if v.session != "" || v.instance != "" {
		l.visits = append(l.visits, v)
	}
	if v.session != "" && v.instance != "" {
		if l.instances[v.instance] == nil {
			l.instances[v.instance] = map[string]bool{}
		}
		l.instances[v.instance][v.session] = true
	}
}

// call keeps a telemetry event by its call.
func (l *look) call(body map[string]any, e event) {
	id := map[any]string{"Connect": "connectionId", "Publish": "streamId", "Subscribe": "subscriberId"}[body["action"]]
	if one, _ := body[id].(string); one != "" && e.variation != "Attempting" {
		key := acting(body) + " " + one
		l.events[key] = append(l.events[key], e)
	}
}

// A corpusRecord is a record of a corpus, decoded.
type corpusRecord struct {
	texts []string
	at    time.Time
	body  map[string]any // nil for all but telemetry
}

// A decoded corpus has its records, and the number of lines.
type decoded struct {
	records []corpusRecord
	lines   int64
}

// look judges every record.
func (d *decoded) look(phrases []Phrase) *look {
	l := newLook(phrases)
	l.physical = d.lines
	for _, r := range d.records {
		l.record(r.texts, r.at, r.body)
	}
	return l
}

func decode(t *testing.T, f Format, data string) *decoded {
	t.Helper()
	if f != Console {
		return decodeJSON(t, data)
	}
	return decodeConsole(t, data)
}

// decodeJSON reads an NDJSON corpus.
func decodeJSON(t *testing.T, data string) *decoded {
	t.Helper()
	d := &decoded{}
	for text := range strings.SplitSeq(strings.TrimSuffix(data, "\n"), "\n") {
		d.lines++
		var v map[string]any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatalf("line %d: %v\n%s", d.lines, err, text)
		}
		if ms, ok := v["clientSystemTime"].(float64); ok {
			d.records = append(d.records, corpusRecord{collect(v, nil), time.UnixMilli(int64(ms)).UTC(), v})
			continue
		}
		var at time.Time
		for _, k := range []string{"timestamp", "@timestamp", "time"} {
			if s, ok := v[k].(string); ok {
				at = parseTime(t, s)
			}
		}
		if at.IsZero() {
			t.Fatalf("line %d has no time: %s", d.lines, text)
		}
		d.records = append(d.records, corpusRecord{append(collect(v, nil), fields(v)...), at, nil})
	}
	return d
}

// decodeConsole reads a corpus of console text.
func decodeConsole(t *testing.T, data string) *decoded {
	t.Helper()
	d := &decoded{}
	var record []string
	flush := func() {
		if record == nil {
			return
		}
		var at time.Time
		if record[0] != "" {
			at = parseTime(t, strings.Fields(record[0])[0])
		}
		d.records = append(d.records, corpusRecord{record, at, nil})
		record = nil
	}
	for text := range strings.SplitSeq(strings.TrimSuffix(data, "\n"), "\n") {
		d.lines++
		f := strings.Fields(text)
		stack := strings.HasPrefix(text, " ") || len(f) == 3 && f[1] == "@"
		if !stack {
			flush()
		} else if record == nil || record[0] == "" {
			t.Fatalf("line %d: stack line without a record", d.lines)
		}
		record = append(record, text)
	}
	flush()
	return d
}

func parseTime(t *testing.T, s string) time.Time {
	at, err := time.Parse("2006-01-02T15:04:05.000Z", s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

package corpus

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// The second look: a reader that is slow, plain and knows nothing of how the
// corpus was made. It decodes, scans for words, and counts.

type found struct {
	lines       int64
	evidence    map[string]int64
	sessions    map[string]bool
	instances   map[string]bool // client instances of records without session
	first, last time.Time
}

// A spoken name is one record's.
type spoken struct {
	session, name string
	at            time.Time
}

type look struct {
	phrases                 map[string][]Phrase // by their first bytes
	records, physical       int64
	classified, clean, post int64
	named                   int64
	sessions                map[string]bool
	bearing                 int64 // records with a session ID
	rows                    map[string]*found
	attempts                map[string]*Attempts
	instances               map[string]map[string]bool // sessions by client instance
	spoken                  []spoken
	texts                   []string         // of clean records
	phrased                 map[string]int64 // records by phrase that tells their error
	several                 []string         // records with more than one name, session or text with phrases
	times                   []time.Time
	streams, outcomes       map[string]int
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

// directive is what is no text in a text.
var directive = strings.NewReplacer("\x1b[31m", " ", "\x1b[0m", " ", "%c", " ", "%O", " ", "%o", " ", "%s", " ", "%d", " ")

// words splits text at everything that cannot be in a name, with colours
// and console directives taken out before.
func words(text string) []string {
	return strings.FieldsFunc(directive.Replace(text), func(r rune) bool { return r > 127 || !word(byte(r)) })
}

func sessionIDs(text string) (ids []string) {
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return r != '-' && (r > 127 || !word(byte(r))) }) {
		if strings.HasPrefix(w, "1_MX4") || strings.HasPrefix(w, "2_MX4") {
			ids = append(ids, w)
		}
	}
	return
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

// phraseStart is how many bytes of a phrase choose a list in look.phrases.
const phraseStart = 8

// phrasesOf returns what phrases stand in text, those that start first first.
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

func methodOf(text, name string, phrases []Phrase) string {
	for _, m := range methodNames[1:] {
		if strings.Contains(text, m+" :: ") || strings.Contains(text, m+"()") {
			return m
		}
	}
	for _, f := range []string{"forceDisconnect", "forceUnpublish"} {
		if strings.Contains(text, "Cannot call "+f+"()") {
			return "Session." + f
		}
	}
	for _, p := range phrases {
		if p.Error == name && p.Method != "" {
			return p.Method
		}
	}
	for part, m := range map[string]string{"RumorSocket": "Session.connect", "RaptorSocket": "Session.connect",
		"Publisher": "OT.initPublisher", "publisherInit": "OT.initPublisher", "Subscriber": "Session.subscribe"} {
		if strings.Contains(text, "OpenTok:"+part+":") {
			return m
		}
	}
	if len(known[name]) == 1 {
		return known[name][0]
	}
	return "unknown"
}

func newLook(phrases []Phrase) *look {
	l := &look{sessions: map[string]bool{}, rows: map[string]*found{}, attempts: map[string]*Attempts{},
		instances: map[string]map[string]bool{}, phrases: map[string][]Phrase{}, phrased: map[string]int64{}}
	for _, p := range phrases {
		l.phrases[p.Text[:phraseStart]] = append(l.phrases[p.Text[:phraseStart]], p)
	}
	return l
}

// record counts one record, given all its texts. body is nil for all but
// telemetry.
func (l *look) record(texts []string, ts time.Time, body map[string]any) {
	text := strings.Join(texts, "\n")
	l.records++
	if !ts.IsZero() {
		l.times = append(l.times, ts)
	}
	var name string
	names := map[string]bool{}
	for _, w := range words(text) {
		if _, ok := known[w]; ok {
			name, names[w] = w, true
		}
	}
	if len(names) > 1 {
		l.several = append(l.several, text)
	}
	var phrases []Phrase
	for _, s := range texts {
		list := l.phrasesOf(directive.Replace(s))
		if len(list) > 0 && len(phrases) > 0 {
			l.several = append(l.several, text)
		}
		phrases = append(phrases, list...)
	}
	var session string
	for _, id := range sessionIDs(text) {
		if session != "" && session != id {
			l.several = append(l.several, text)
		}
		session = id
	}
	if session != "" {
		l.sessions[session] = true
		l.bearing++
	}
	var action, variation string
	failure, denied := false, false
	if body != nil {
		action, _ = body["action"].(string)
		variation, _ = body["variation"].(string)
		payload, _ := body["payload"].(map[string]any)
		denied = variation == "Cancel" && payload["reason"] == "AccessDenied"
		failure = variation == "Failure" || denied
		l.attempt(action, variation, denied, body)
	}
	evidence := "none"
	switch {
	case name != "":
		evidence = "name"
		l.named++
	case denied:
		evidence, name = "phrase", "OT_USER_MEDIA_ACCESS_DENIED"
	case len(phrases) > 0:
		evidence, name = "phrase", phrases[0].Error
		l.phrased[phrases[0].Text]++
	}
	if name != "" {
		l.spoken = append(l.spoken, spoken{session, name, ts})
	}
	instance, _ := body["clientInstanceId"].(string)
	if instance != "" && session != "" {
		if l.instances[instance] == nil {
			l.instances[instance] = map[string]bool{}
		}
		l.instances[instance][session] = true
	}
	switch {
	case name == "" && !failure && body != nil:
		l.post++
		return
	case name == "" && !failure:
		l.clean++
		l.texts = append(l.texts, text)
		return
	}
	l.classified++
	method := ""
	switch stream, _ := body["streamId"].(string); {
	case action == "Connect" || action == "Subscribe":
		method = "Session." + strings.ToLower(action)
	case action == "Publish" && stream == "":
		method = "OT.initPublisher"
	case action == "Publish":
		method = "Session.publish"
	default:
		method = methodOf(text, name, phrases)
	}
	code := ""
	if name == "" {
		if n, ok := body["failureCode"].(float64); ok {
			code = fmt.Sprint(int(n))
		}
	}
	key := rowName(ts.Truncate(24*time.Hour), method, name, code)
	r := l.rows[key]
	if r == nil {
		r = &found{evidence: map[string]int64{}, sessions: map[string]bool{}, instances: map[string]bool{}, first: ts, last: ts}
		l.rows[key] = r
	}
	r.lines++
	r.evidence[evidence]++
	if session != "" {
		r.sessions[session] = true
	} else if instance != "" {
		r.instances[instance] = true
	}
	if ts.Before(r.first) {
		r.first = ts
	}
	if ts.After(r.last) {
		r.last = ts
	}
}

// linked adds to the sessions of a row those of its client instances that
// were seen with exactly one session.
func (l *look) linked(f *found) map[string]bool {
	all := maps.Clone(f.sessions)
	for i := range f.instances {
		if len(l.instances[i]) == 1 {
			maps.Copy(all, l.instances[i])
		}
	}
	return all
}

// failures counts, by name, the chains of records of one session and name
// without a gap of more than two seconds.
func (l *look) failures() map[string]int64 {
	last := map[spoken]time.Time{}
	count := map[string]int64{}
	slices.SortStableFunc(l.spoken, func(a, b spoken) int { return a.at.Compare(b.at) })
	for _, s := range l.spoken {
		key := spoken{session: s.session, name: s.name}
		if before, ok := last[key]; !ok || s.at.Sub(before) > 2*time.Second {
			count[s.name]++
		}
		last[key] = s.at
	}
	return count
}

// attempt counts the calls in telemetry; the first end of a stream counts.
func (l *look) attempt(action, variation string, denied bool, body map[string]any) {
	method := map[string]string{"Connect": "Session.connect", "Publish": "Session.publish", "Subscribe": "Session.subscribe"}[action]
	stream, _ := body["streamId"].(string)
	if action == "Connect" {
		stream, _ = body["connectionId"].(string)
	}
	if action == "Subscribe" {
		stream, _ = body["subscriberId"].(string)
	}
	if method == "" || stream == "" || variation == "Attempting" {
		return
	}
	a := l.attempts[method]
	if a == nil {
		a = &Attempts{}
		l.attempts[method] = a
	}
	if l.streams == nil {
		l.streams, l.outcomes = map[string]int{}, map[string]int{}
	}
	if variation == "Attempt" {
		l.streams[action+stream]++
		a.Attempts++
		return
	}
	l.outcomes[action+stream]++
	if l.outcomes[action+stream] > 1 {
		return
	}
	switch {
	case variation == "Success":
		a.Successes++
	case variation == "Failure" || denied:
		a.Failures++
	default:
		a.Cancels++
	}
}

func rowName(day time.Time, method, name, code string) string {
	return day.Format("2006-01-02") + " " + method + " " + name + " " + code
}

// lookJSON reads an NDJSON corpus.
func lookJSON(t *testing.T, data string, phrases []Phrase) *look {
	l := newLook(phrases)
	for _, text := range strings.Split(strings.TrimSuffix(data, "\n"), "\n") {
		l.physical++
		var v map[string]any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatalf("line %d: %v\n%s", l.physical, err, text)
		}
		if ms, ok := v["clientSystemTime"].(float64); ok {
			l.record(collect(v, nil), time.UnixMilli(int64(ms)).UTC(), v)
			continue
		}
		var at time.Time
		for _, k := range []string{"timestamp", "@timestamp", "time"} {
			if s, ok := v[k].(string); ok {
				at = parseTime(t, s)
			}
		}
		if at.IsZero() {
			t.Fatalf("line %d has no time: %s", l.physical, text)
		}
		l.record(collect(v, nil), at, nil)
	}
	return l
}

// lookConsole reads a corpus of console text.
func lookConsole(t *testing.T, data string, phrases []Phrase) *look {
	l := newLook(phrases)
	var record []string
	flush := func() {
		if record == nil {
			return
		}
		var at time.Time
		if record[0] != "" {
			at = parseTime(t, strings.Fields(record[0])[0])
		}
		l.record(record, at, nil)
		record = nil
	}
	for _, text := range strings.Split(strings.TrimSuffix(data, "\n"), "\n") {
		l.physical++
		f := strings.Fields(text)
		stack := strings.HasPrefix(text, " ") || len(f) == 3 && f[1] == "@"
		if !stack {
			flush()
		} else if record == nil || record[0] == "" {
			t.Fatalf("line %d: stack line without a record", l.physical)
		}
		record = append(record, text)
	}
	flush()
	return l
}

func parseTime(t *testing.T, s string) time.Time {
	at, err := time.Parse("2006-01-02T15:04:05.000Z", s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

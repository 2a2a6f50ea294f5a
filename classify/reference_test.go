package classify

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/otlog/otlog/classify/catalogue"
)

// What Match finds in one pass is held against the obvious form: each word, each phrase and each
// mark is searched for on its own.

// plainRead does what read does.
func plainRead(r *Record) reading {
	var t reading
	if !r.Telemetry {
		t.logger = readLogger(r.Text)
	}
	for start, end := range words(r.Text) {
		start += escapeLetters(r.Text, start)
		if start > end || bytes.IndexByte(r.Text[start:end], '_') < 0 {
			continue
		}
		if t.name == 0 {
			t.name = catalogue.Lookup(r.Text[start:end])
		}
		t.native = t.native || !r.Telemetry && isCoreFile(r.Text[start:end], r.Text[end:])
	}
	for _, f := range plainlyWithin(r.Text) {
		if m := knownPhrases().markOf(f.index); m != nil {
			t.readMark(r, m, f.at)
			if m.role == saysMethod && (t.says == 0 || f.index < t.says) {
				t.says = f.index
			}
			continue
		}
		t.phrases++
		if p := &knownPhrases().phrases[f.index]; t.phrase == nil || precedes(p, f.at, t.phrase, t.phraseAt) {
			t.phrase, t.phraseAt = p, f.at
		}
	}
	return t
}

// words yields where the words of a text start and end.
func words(text []byte) func(func(start, end int) bool) {
	return func(yield func(start, end int) bool) {
		for start := 0; start < len(text); {
			end := wordEnd(text, start)
			if end > start && !yield(start, end) {
				return
			}
			start = max(end, start+1)
		}
	}
}

type found struct{ index, at int }

// plainlyWithin returns what within yields.
func plainlyWithin(text []byte) (out []found) {
	x := knownPhrases()
	for i := range x.phrases {
		p := &x.phrases[i]
		for at := 0; ; at++ {
			n := bytes.Index(text[at:], []byte(p.Text))
			if n < 0 {
				break
			}
			if at += n; p.Error == 0 || !joined(text, at) && !joined(text, at+len(p.Text)) {
				out = append(out, found{i, at})
			}
		}
	}
	slices.SortFunc(out, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.at+x.offset[a.index], b.at+x.offset[b.index]), cmp.Compare(b.index, a.index))
	})
	return out
}

// plainFunctionMethod does what functionMethod does.
func plainFunctionMethod(text []byte, id catalogue.ID) catalogue.MethodID {
	for start, end := range words(text) {
		if m := functions[string(text[start:end])]; m != 0 && end < len(text) && text[end] == '(' && !onlyAdvised(m, id) {
			return m
		}
	}
	for start, end := range words(text) {
		if m := functions[string(text[start:end])]; m != 0 && reportsError(text[end:]) && !onlyAdvised(m, id) {
			return m
		}
	}
	return 0
}

// plainSpelledMethod does what spelledMethod does.
func plainSpelledMethod(text []byte, id catalogue.ID) (catalogue.MethodID, []byte) {
	for dot, c := range text {
		start, end := wordStart(text, dot), wordEnd(text, dot+1)
		if c != '.' {
			continue
		}
		rest := text[end:]
		if m := catalogue.LookupMethod(text[start:end]); m != 0 {
			if !bytes.HasPrefix(rest, []byte("()")) || !onlyAdvised(m, id) {
				return m, nil
			}
		} else if class := string(text[start:dot]); slices.Contains(classes, class) && bytes.HasPrefix(rest, []byte(" :: ")) && isFunction(text[dot+1:end]) {
			return 0, text[start:end]
		}
	}
	for hash, c := range text {
		name := text[wordStart(text, hash):wordEnd(text, hash+1)]
		if c == '#' {
			if m := catalogue.LookupMethod(bytes.Replace(name, []byte{'#'}, []byte{'.'}, 1)); m != 0 {
				return m, nil
			}
		}
	}
	return 0, nil
}

// plainPhraseMethod does what phraseMethod does.
func plainPhraseMethod(text []byte, id catalogue.ID) catalogue.MethodID {
	all := plainlyWithin(text)
	slices.SortStableFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(len(knownPhrases().phrases[b.index].Text), len(knownPhrases().phrases[a.index].Text)))
	})
	last := -1
	for _, f := range all {
		p := &knownPhrases().phrases[f.index]
		if p.Error == 0 || f.at == last {
			continue // or it is the beginning of another phrase
		}
		last = f.at
		if id != 0 && p.Error == id && p.Method != 0 {
			return p.Method
		}
	}
	return 0
}

var classes = []string{"OT", "Session", "Publisher", "Subscriber"}

// TestMethodsAreOfClasses checks what spelledMethod relies on.
func TestMethodsAreOfClasses(t *testing.T) {
	for _, m := range catalogue.Methods()[1:] {
		class, function, _ := strings.Cut(m.Name, ".")
		if !slices.Contains(classes, class) || wordEnd([]byte(function), 0) != len(function) {
			t.Errorf("%s is not a method of one of the classes", m.Name)
		}
	}
	for name := range functions {
		if len(name) < shortestFunction || wordEnd([]byte(name), 0) != len(name) {
			t.Errorf("%s is not a word of %d letters at least", name, shortestFunction)
		}
	}
}

// checkReading compares what is found in a record with the plain form.
func checkReading(t *testing.T, r *Record) {
	t.Helper()
	got, want := read(r), plainRead(r)
	if r.Telemetry {
		got.native, want.native = false, false // not looked for
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%q, telemetry %t: got %+v, want %+v", r.Text, r.Telemetry, got, want)
	}
	v := Match(r)
	for _, id := range []catalogue.ID{0, v.Error, got.name, phraseError(&got)} {
		if got, want := functionMethod(r.Text, id), plainFunctionMethod(r.Text, id); got != want {
			t.Fatalf("%q, %s: the function is of %s, want %s", r.Text, id.Name(), got.Name(), want.Name())
		}
		m, name := spelledMethod(r.Text, id)
		if want, wantName := plainSpelledMethod(r.Text, id); m != want || !bytes.Equal(name, wantName) {
			t.Fatalf("%q, %s: %s %q is spelled, want %s %q", r.Text, id.Name(), m.Name(), name, want.Name(), wantName)
		}
		if got, want := got.phraseMethod(r.Text, id), plainPhraseMethod(r.Text, id); got != want {
			t.Fatalf("%q, %s: the phrase is of %s, want %s", r.Text, id.Name(), got.Name(), want.Name())
		}
	}
}

func phraseError(t *reading) catalogue.ID {
	if t.phrase == nil {
		return 0
	}
	return t.phrase.Error
}

// pieces are what records with errors are made of.
func pieces() []string {
	out := []string{
		" ", " ", ": ", "\n", "\n    at ", "(", ")", "()", ".", "#", "_", "x", "\\", "\\n", "\\u000a", "%22", "%c", "\"", "'", "{", "}", "[", "]", ",", "=", "=>", "\x1b[31m", "é",
		"{\"", "\":", "\",\"", `{"name":"`, `","code":`, "code: ", "errorCode=", "error_code%3A", "&quot;code&quot;:", "'code' => int(", "mode: ", "1500", "1004", "1006", "500", "15000", "(1004)", " (2001) +6s", " (1500) msg: ",
		"OpenTok:", "OpenTok:Session:error ", "OpenTok:Publisher:error onStreamAvailableError ", "OpenTok:RaptorSocket:3:error ", "OpenTok:analytics:debug ", "OpenTok:GlobalExceptionHandler:error ",
		"1500 +6s ", "undefined ", "color: #0000CC color: inherit ", "ICEWorkflow", "ICEWorkflow: ", "WebSocket", "OTErrorClass {", "ErrorDomain", "otk_session.c:812", "rumor_client", "raptor_message.cpp:", "1", "I/", "@http",
		"OT_", "OT_NOBODY_KNOWS", "OT_RETRY_BUDGET is 8", "NOT_", "_MS", "Session", "Publisher", "Subscriber", "OT", "Session.unsubscribe :: ", "Socket.open :: ", "OT.NONE :: ", "room.js", ":44", "Chrome/142.0.0.0 ", "1_MX40",
		" error", " failed", " err:", ":12", " at ", "2026-11-23T10:44:25.972Z ", "joined the room with two devices",
	}
	for i := range knownPhrases().phrases {
		out = append(out, knownPhrases().phrases[i].Text)
	}
	for _, e := range catalogue.Errors()[1:] {
		out = append(out, e.Name)
	}
	for _, m := range catalogue.Methods()[1:] {
		out = append(out, m.Name, strings.Replace(m.Name, ".", "#", 1))
	}
	for name := range functions {
		out = append(out, name)
	}
	for _, c := range catalogue.Codes() {
		out = append(out, fmt.Sprint(c.Low), c.Title)
	}
	slices.Sort(out) // of a map
	return out
}

// randomRecord returns a record made of pieces, some of which are cut.
func randomRecord(r *rand.Rand, pieces []string) *Record {
	var text []byte
	for range r.IntN(12) {
		p := pieces[r.IntN(len(pieces))]
		switch r.IntN(8) {
		case 0:
			p = p[r.IntN(len(p)+1):]
		case 1:
			p = p[:r.IntN(len(p)+1)]
		}
		if text = append(text, p...); r.IntN(3) == 0 {
			text = append(text, ' ')
		}
	}
	out := &Record{Text: text}
	if r.IntN(4) == 0 {
		out.Code = []int32{1500, 1004, 1006, 1013, 500, 7}[r.IntN(6)]
	}
	if r.IntN(4) == 0 {
		out.Name = []byte(pieces[r.IntN(len(pieces))])
	}
	if r.IntN(4) == 0 {
		out.Telemetry, out.Failed, out.StreamID, out.Session = true, r.IntN(2) == 0, r.IntN(2) == 0, r.IntN(2) == 0
		out.Action = []byte([]string{"Connect", "Publish", "Subscribe", "tb.exception.1500", "Other"}[r.IntN(5)])
		out.Reason = []byte([]string{"", "ICEWorkflow", "Timeout", "Publish", "WebSocketConnection"}[r.IntN(5)])
	}
	return out
}

func TestReadingAgreesWithThePlainForm(t *testing.T) {
	r, pieces := rand.New(rand.NewPCG(1, 15)), pieces()
	for range 2_000 {
		checkReading(t, randomRecord(r, pieces))
	}
}

func FuzzMatch(f *testing.F) {
	f.Add([]byte("OpenTok:Session:error 1500 +6s Session.publish :: Could not publish in a reasonable amount of time"), false)
	f.Add([]byte("initPublisher error: OT_NOT_SUPPORTED, forceDisconnect() (1004)"), false)
	f.Add([]byte("Session.connect\notk_session.c:812 OT_TIMEOUTS Publisher#cycleVideo: OT_TIMEOUT"), true)
	f.Fuzz(func(t *testing.T, text []byte, telemetry bool) {
		checkReading(t, &Record{Text: text, Telemetry: telemetry})
	})
}

package pasted

import (
	"bytes"
	"strconv"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/classify/noise"
	"github.com/otlog/otlog/cmd/otlog/internal/events"
	"github.com/otlog/otlog/internal/private"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/pattern"
	"github.com/otlog/otlog/parse/sessionid"
	"github.com/otlog/otlog/parse/timestamp"
	"github.com/otlog/otlog/report/explain"
	"github.com/otlog/otlog/report/lookup"
)

// newRecord returns what a record says. The record is valid only until the next one.
func newRecord(r *aggregate.Record, index *aggregate.Index, rules *private.Rules) *explain.Record {
	e, v := r.Event, *r.Verdict
	v.Name, v.MethodName = rules.Bytes(bytes.Clone(v.Name)), rules.Bytes(bytes.Clone(v.MethodName))
	out := &explain.Record{
		First: r.Line, Last: r.Line + int64(max(e.Lines, 1)) - 1, Text: events.Text(e, rules), Verdict: v,
		InField: v.Error != 0 && catalogue.Lookup(e.Name) == v.Error, Object: e.Wrapped,
		Session: rules.ID(string(e.Session)), Connection: rules.ID(string(e.ConnectionID)),
		Client: rules.ID(string(e.Client)), Stream: rules.ID(string(e.StreamID)),
	}
	module, level := classify.Logger(e.Text)
	out.Logger, out.Level = rules.Label(string(module)), rules.Label(string(level))
	out.Exception = bytes.Contains(e.Text, []byte("OT.exception :: title: "))
	if v.Evidence == classify.ByPhrase {
		out.Phrase = phraseOf(e.Text, v.Error)
	}
	if !v.Failure {
		out.Noise = noise.Find(e.Text)
		out.UnknownName, out.BrowserError = rules.Label(unknownName(e.Text)), browserError(e.Text)
	}
	if v.Native {
		out.NativeCode = nativeCode(e)
	}
	if t := e.Telemetry; t != nil {
		reason := t.FailureReason
		if len(reason) == 0 {
			reason = t.Reason
		}
		out.Telemetry = &explain.Telemetry{Action: rules.Label(string(t.Action)), Variation: rules.Label(string(t.Variation)), Reason: rules.Text(string(reason)), Failed: t.Failed(), Denied: t.Denied()}
		out.SDK = rules.Label(string(t.SDK))
	}
	setTime(out, e)
	if info := sessionid.Decode(e.Session); len(e.Session) > 0 {
		out.APIKey, out.Created = info.APIKey, info.Created
	}
	if f := index.Find(e, r.Verdict, r.ID, r.Number); f != nil {
		out.Failure = &explain.Failure{ID: f.ID, Error: rules.Label(f.Error), Method: rules.Label(f.Method), Code: f.Code, Recovered: f.Recovered}
	}
	return out
}

// setTime sets the time that a record states.
func setTime(out *explain.Record, e *parse.Event) {
	switch {
	case e.Time != timestamp.NoTime:
		out.Time = time.Unix(0, e.Time).UTC()
	case e.OfDay != timestamp.NoTime:
		out.Clock = time.Unix(0, e.OfDay).UTC().Format("15:04:05.999")
	}
}

// phraseOf returns the first text of the catalogue that identifies an error in text, "" if there is none.
func phraseOf(text []byte, id catalogue.ID) string {
	for _, p := range catalogue.Phrases() {
		if p.Error == id && bytes.Contains(text, []byte(p.Text)) {
			return p.Text
		}
	}
	return ""
}

var sdkName = pattern.New(`\b(?:OT|PROXY|SET)_[A-Z][A-Z0-9_]+\b`)

// unknownName returns the first word in text that looks like an error's name but is none of the catalogue,
// "" if there is none.
func unknownName(text []byte) string {
	if word := string(sdkName.Find(text)); !lookup.KnownError(word) {
		return word
	}
	return ""
}

var domError = pattern.New(`\b[A-Z][A-Za-z]+Error\b`)

// browserError returns the first name in text that browsers give errors of getUserMedia, "" if there is
// none.
func browserError(text []byte) string {
	name := string(domError.Find(text))
	if lookup.BrowserError(name) == 0 {
		return ""
	}
	return name
}

// nativeForms are the forms in which native SDKs state a code.
var nativeForms = pattern.New(`(?i)\b(?:code|error)\b[\\"']{0,2}\s?[:= (]\s?(\d{4})\b`)

// nativeCode returns the code that a record of a native SDK states, 0 if it states none.
func nativeCode(e *parse.Event) int32 {
	if e.Code != 0 {
		return e.Code
	}
	found := nativeForms.FindStringSubmatch(string(e.Text))
	if found == nil {
		return 0
	}
	n, _ := strconv.Atoi(found[1]) // four digits
	return int32(n)
}

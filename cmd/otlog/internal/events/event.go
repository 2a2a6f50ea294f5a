package events

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/internal/private"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/sessionid"
	"github.com/otlog/otlog/parse/timestamp"
)

// An event is a line of output. The names of its fields are an interface and do not change.
type event struct {
	Time          *string `json:"time"`
	Source        string  `json:"source"`
	Line          int64   `json:"line"`
	Session       *string `json:"session"`
	SessionFrom   string  `json:"session_from"`
	APIKey        *string `json:"api_key"`
	Created       *string `json:"session_created"`
	Method        string  `json:"method"`
	MethodFrom    string  `json:"method_from"`
	Error         *string `json:"error"`
	Code          *int32  `json:"code"`
	Evidence      *string `json:"evidence"`
	Documented    *string `json:"documented"`
	Reason        *string `json:"reason"`
	Kind          string  `json:"kind"`
	FailureID     *string `json:"failure_id"`
	FailureError  *string `json:"failure_error"`
	FailureCode   *int32  `json:"failure_code"`
	FailureMethod *string `json:"failure_method"`
	Recovered     *bool   `json:"recovered"`
	FailureReason *string `json:"failure_reason"`
	Text          string  `json:"text"`
	Redacted      *bool   `json:"redacted,omitempty"` // false with --no-redact, else left out
}

// newEvent returns what one record says by itself.
func newEvent(r *aggregate.Record, rules *private.Rules) *event {
	e, v := r.Event, r.Verdict
	out := &event{
		Source: r.Source, Line: r.Line, SessionFrom: "source",
		Method: v.Method.Name(), MethodFrom: v.MethodFrom.String(),
		Kind: "telemetry", Text: Text(e, rules),
	}
	if e.Time != timestamp.NoTime {
		out.Time = pointer(time.Unix(0, e.Time).UTC().Format(time.RFC3339Nano))
	}
	switch {
	case len(e.Session) > 0:
		out.Session, out.SessionFrom = pointer(string(e.Session)), "session"
	case len(e.ConnectionID) > 0:
		out.Session, out.SessionFrom = pointer(string(e.ConnectionID)), "connection"
	case len(e.Client) > 0:
		out.Session, out.SessionFrom = pointer(string(e.Client)), "client"
	}
	if v.Code != 0 {
		out.Code = pointer(v.Code)
	}
	if v.Failure {
		out.Kind = "classified"
		out.Evidence = pointer(v.Evidence.String())
		out.Documented = pointer(catalogue.Documented(v.Error, v.Method))
	}
	if v.Error != 0 {
		out.Error = pointer(v.Error.Name())
	} else if len(v.Name) > 0 {
		out.Error = pointer(string(v.Name))
	}
	if v.Reason != 0 {
		out.Reason = pointer(v.Reason.String())
	}
	if len(v.MethodName) > 0 {
		out.Method = string(v.MethodName)
	}
	return out
}

func pointer[T any](v T) *T { return &v }

// maxText is the maximum length of an event's text in bytes.
const maxText = 4 << 10

// Text returns the text of a record, without what the rules redact.
func Text(e *parse.Event, rules *private.Rules) string {
	var b strings.Builder
	text := func(s []byte) string { return string(s) }
	if e.Wrapped || e.Telemetry != nil {
		known := rules.Record(e.Raw)
		text = func(s []byte) string { return known(string(s)) }
	}
	if t := e.Telemetry; t != nil {
		fmt.Fprintf(&b, "%s %s", t.Action, t.Variation)
		for _, detail := range [][]byte{t.FailureReason, t.Reason, e.Message} {
			if len(detail) > 0 {
				fmt.Fprintf(&b, ": %s", text(detail))
			}
		}
	} else if len(e.Message) > 0 {
		b.WriteString(text(e.Message))
	} else {
		b.WriteString(text(e.Text))
	}
	s := strings.TrimSpace(rules.Text(b.String()))
	if len(s) > maxText {
		// Redact first: part of a token is not recognized as a token.
		s = strings.TrimRightFunc(s[:maxText], func(r rune) bool { return r == utf8.RuneError }) + "…"
	}
	return s
}

// redact redacts the fields that a log or the name of a file fills, but for the text. It comes last: filters
// and the API key depend on what the log says.
func (e *event) redact(rules *private.Rules) {
	if rules.Off {
		e.Redacted = pointer(false)
		return
	}
	e.Source = rules.Source(e.Source)
	e.Method = rules.Label(e.Method)
	for _, field := range [...]**string{&e.Error, &e.FailureError, &e.FailureMethod} {
		if *field != nil {
			*field = pointer(rules.Label(**field)) // others may point to it
		}
	}
	if e.Session != nil {
		e.Session = pointer(rules.ID(*e.Session))
	}
}

// decodeSession sets what the session ID contains.
func (e *event) decodeSession() {
	if e.Session == nil {
		return
	}
	info := sessionid.Decode([]byte(*e.Session))
	if info.APIKey != "" {
		e.APIKey = &info.APIKey
	}
	if !info.Created.IsZero() {
		e.Created = pointer(info.Created.Format(time.RFC3339Nano))
	}
}

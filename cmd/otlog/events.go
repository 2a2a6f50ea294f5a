package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/report"
)

// eventsOptions are the flags of otlog events, as typed.
type eventsOptions struct {
	session string
	method  string
	err     string
}

func newEvents(s streams) *cobra.Command {
	o := &eventsOptions{}
	cmd := &cobra.Command{
		Use:   "events [flags] [PATH ...]",
		Short: "Print each record that shows an error, and each of telemetry, as NDJSON",
		Long: `events prints what otlog made of a log, record by record and in its order: the
error and how it was told, the method and how it was told, the session, and where
the record stands. It is for following one session, and for arguing with a verdict.

Tokens in the text are replaced by [redacted].`,
		Example: `  otlog events --session 1_MX40… logs/
  otlog events --error OT_TIMEOUT app.log.gz | jq -r .text`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error { return o.run(s, args) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.session, "session", "", "only records of this session `ID`")
	f.StringVar(&o.method, "method", "", "only records of this `METHOD`, as in Session.publish")
	f.StringVar(&o.err, "error", "", "only records of this error `NAME`")
	return cmd
}

// An event is one line of output. Its names are fixed.
type event struct {
	Time        *string `json:"time"`
	Source      string  `json:"source"`
	Line        int64   `json:"line"`
	Session     *string `json:"session"`
	SessionFrom string  `json:"session_from"`
	Method      string  `json:"method"`
	MethodFrom  string  `json:"method_from"`
	Error       *string `json:"error"`
	Code        *int32  `json:"code"`
	Evidence    *string `json:"evidence"`
	Documented  *string `json:"documented"`
	Kind        string  `json:"kind"`
	Text        string  `json:"text"`
}

func (o *eventsOptions) run(s streams, args []string) error {
	var err catalogue.ID
	var method catalogue.MethodID
	if o.err != "" {
		if err = catalogue.Lookup([]byte(strings.ToUpper(o.err))); err == 0 {
			return unknownName("--error", o.err)
		}
	}
	if o.method != "" {
		for i, m := range catalogue.Methods() {
			if strings.EqualFold(m.Name, o.method) {
				method = catalogue.MethodID(i)
			}
		}
		if method == 0 {
			return unknownName("--method", o.method)
		}
	}
	found, fail := find(s, args)
	if fail != nil {
		return fail
	}
	out := bufio.NewWriter(s.out)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	read, writeErr := aggregate.Walk(found.sources, s.in, func(r *aggregate.Record) error {
		if !r.Verdict.Failure && r.Event.Telemetry == nil ||
			err != 0 && r.Verdict.Error != err ||
			method != 0 && r.Verdict.Method != method ||
			o.session != "" && string(r.Event.Session) != o.session {
			return nil
		}
		return enc.Encode(newEvent(r))
	})
	if err := errors.Join(writeErr, out.Flush()); err != nil {
		return fmt.Errorf("writing events: %w", err)
	}
	sayTrouble(s, read)
	return found.status(read)
}

// unknownName is the error of a filter that can match nothing.
func unknownName(flag, name string) error {
	err := fmt.Errorf("%s: %q is not in the catalogue", flag, name)
	if near := report.Near(name); len(near) > 0 {
		err = fmt.Errorf("%w\nhint: did you mean %s?", err, strings.Join(near, " or "))
	}
	return usageError(err)
}

func newEvent(r *aggregate.Record) *event {
	e, v := r.Event, r.Verdict
	out := &event{
		Source: r.Source, Line: r.Line, SessionFrom: "source",
		Method: v.Method.Name(), MethodFrom: v.MethodFrom.String(),
		Kind: "telemetry", Text: text(e),
	}
	if e.Time != parse.NoTime {
		out.Time = pointer(time.Unix(0, e.Time).UTC().Format(time.RFC3339Nano))
	}
	switch {
	case len(e.Session) > 0:
		out.Session, out.SessionFrom = pointer(string(e.Session)), "session"
	case e.Telemetry == nil:
	case len(e.Telemetry.ConnectionID) > 0:
		out.Session, out.SessionFrom = pointer(string(e.Telemetry.ConnectionID)), "connection"
	case len(e.Telemetry.Client) > 0:
		out.Session, out.SessionFrom = pointer(string(e.Telemetry.Client)), "client"
	}
	if e.Telemetry != nil && e.Telemetry.FailureCode != 0 {
		out.Code = pointer(e.Telemetry.FailureCode)
	}
	if v.Failure {
		out.Kind = "classified"
		out.Evidence = pointer(v.Evidence.String())
		out.Documented = pointer(catalogue.Documented(v.Error, v.Method))
	}
	if v.Error != 0 {
		out.Error = pointer(v.Error.Name())
	}
	return out
}

func pointer[T any](v T) *T { return &v }

// maxText is how much of a record's text an event shows.
const maxText = 4 << 10

// text is what a record says, without secrets.
func text(e *parse.Event) string {
	var b strings.Builder
	if t := e.Telemetry; t != nil {
		fmt.Fprintf(&b, "%s %s", t.Action, t.Variation)
		for _, detail := range [][]byte{t.FailureReason, t.Reason, e.Message} {
			if len(detail) > 0 {
				fmt.Fprintf(&b, ": %s", detail)
			}
		}
	} else if len(e.Message) > 0 {
		b.Write(e.Message)
	} else {
		b.Write(e.Text)
	}
	s := strings.TrimSpace(parse.Redact(b.String()))
	if len(s) > maxText {
		// Redacted first: a token must not be cut so that it looks like none.
		s = strings.TrimRightFunc(s[:maxText], func(r rune) bool { return r == utf8.RuneError }) + "…"
	}
	return s
}

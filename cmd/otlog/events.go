package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
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
	once    bool
}

func newEvents(s streams) *cobra.Command {
	o := &eventsOptions{}
	cmd := &cobra.Command{
		Use:   "events [flags] [PATH ...]",
		Short: "Print each record that shows an error, and each of telemetry, as NDJSON",
		Long: `events prints what otlog made of a log, record by record and in its order: the
error and how it was told, the method and how it was told, the session, and where
the record stands, and the failure that it is a part of. It is for following one
session, and for arguing with a verdict.

The input is read twice, since what a record is a part of may be told by a later
one: a pipe is kept in a temporary file meanwhile. --once prints at once instead,
without failures. Filters select failures with all their records.

Tokens in the text are replaced by [redacted].`,
		Example: `  otlog events --session 1_MX40… logs/
  otlog events --error OT_TIMEOUT app.log.gz | jq -r .text`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error { return o.run(s, args) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.session, "session", "", "only what belongs to this session `ID`")
	f.StringVar(&o.method, "method", "", "only what belongs to this `METHOD`, as in Session.publish")
	f.StringVar(&o.err, "error", "", "only what belongs to this error `NAME`")
	f.BoolVar(&o.once, "once", false, "read the input once and print at once, without failures")
	return cmd
}

// An event is one line of output. Its names are fixed.
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
	Kind          string  `json:"kind"`
	FailureID     *string `json:"failure_id"`
	FailureError  *string `json:"failure_error"`
	FailureCode   *int32  `json:"failure_code"`
	FailureMethod *string `json:"failure_method"`
	Text          string  `json:"text"`
}

func (o *eventsOptions) run(s streams, args []string) error {
	found, err := find(s, args)
	if err != nil {
		return err
	}
	w := &eventWriter{options: o}
	stdin := io.Reader(s.in)
	if !o.once {
		kept := &kept{from: s.in}
		defer kept.remove()
		if err := w.learn(found.sources, kept); err != nil {
			return fmt.Errorf("keeping the input for a second reading: %w", err)
		}
		stdin = kept.file
	}
	if err := w.checkFilters(); err != nil {
		return err
	}
	out := bufio.NewWriter(s.out)
	w.enc = json.NewEncoder(out)
	w.enc.SetEscapeHTML(false)
	read, writeErr := aggregate.Walk(found.sources, stdin, w.write)
	if err := errors.Join(writeErr, out.Flush()); err != nil {
		return fmt.Errorf("writing events: %w", err)
	}
	sayTrouble(s, read)
	return found.status(read)
}

// An eventWriter prints the events that the options ask for.
type eventWriter struct {
	options *eventsOptions
	enc     *json.Encoder

	tally    aggregate.Tally
	index    *aggregate.Index               // nil if the input is read once
	sessions map[aggregate.SessionID]string // as written
}

// learn reads the input for the first time.
func (w *eventWriter) learn(sources []parse.Source, stdin *kept) error {
	w.sessions = map[aggregate.SessionID]string{}
	source := ""
	_, err := aggregate.Walk(sources, stdin, func(r *aggregate.Record) error {
		if r.Source != source {
			w.tally.Enter(r.ID)
			source = r.Source
		}
		w.tally.Add(r.Event, r.Verdict, r.Number)
		if id := r.Event.Session; len(id) > 0 && (r.Verdict.Failure || r.Event.Telemetry != nil) {
			if hash := aggregate.NewSessionID(id); w.sessions[hash] == "" {
				w.sessions[hash] = string(id)
			}
		}
		return nil
	})
	if err = errors.Join(err, stdin.rewind()); err != nil {
		return err
	}
	w.index = w.tally.Index()
	return nil
}

// kept is a stream, and a temporary file of what was read of it.
type kept struct {
	from io.Reader
	file *os.File // nil if nothing was read
	err  error    // of the file
}

func (k *kept) Read(b []byte) (int, error) {
	if k.file == nil && k.err == nil {
		k.file, k.err = os.CreateTemp("", "otlog-events-*")
	}
	if k.err != nil {
		return 0, k.err
	}
	n, err := k.from.Read(b)
	if n > 0 {
		_, k.err = k.file.Write(b[:n])
	}
	if k.err != nil {
		return n, k.err
	}
	return n, err // io.EOF as it is
}

// rewind makes file ready to be read.
func (k *kept) rewind() error {
	if k.file == nil || k.err != nil {
		return k.err
	}
	_, err := k.file.Seek(0, io.SeekStart)
	return err
}

func (k *kept) remove() {
	if k.file != nil {
		k.file.Close()
		os.Remove(k.file.Name())
	}
}

// checkFilters refuses a filter that can match nothing.
func (w *eventWriter) checkFilters() error {
	o := w.options
	if o.err != "" && !slices.Contains(w.tally.ErrorNames(), strings.ToUpper(o.err)) {
		return unknownName("--error", o.err)
	}
	is := func(name string) bool { return strings.EqualFold(name, o.method) }
	if o.method != "" && !slices.ContainsFunc(w.tally.MethodNames(), is) {
		return unknownName("--method", o.method)
	}
	return nil
}

// write prints one record, if it is an event that was asked for.
func (w *eventWriter) write(r *aggregate.Record) error {
	if !r.Verdict.Failure && r.Event.Telemetry == nil {
		return nil
	}
	e := newEvent(r)
	if w.index != nil {
		w.relate(e, r)
	}
	e.decodeSession()
	o := w.options
	if o.session != "" && (e.Session == nil || *e.Session != o.session) ||
		o.err != "" && !equal(e.Error, o.err) && !equal(e.FailureError, o.err) ||
		o.method != "" && !equal(&e.Method, o.method) && !equal(e.FailureMethod, o.method) {
		return nil
	}
	return w.enc.Encode(e)
}

// decodeSession tells what the session's ID says.
func (e *event) decodeSession() {
	if e.Session == nil {
		return
	}
	info := parse.DecodeSession([]byte(*e.Session))
	if info.APIKey != "" {
		e.APIKey = &info.APIKey
	}
	if !info.Created.IsZero() {
		e.Created = pointer(info.Created.Format(time.RFC3339Nano))
	}
}

func equal(have *string, want string) bool { return have != nil && strings.EqualFold(*have, want) }

// relate tells what other records tell of this one: the session that it is of,
// and the failure.
func (w *eventWriter) relate(e *event, r *aggregate.Record) {
	id, from := w.index.SessionOf(r.Event)
	e.SessionFrom = from.String()
	if name := w.sessions[id]; name != "" {
		e.Session = &name
	}
	if f := w.index.Find(r.Event, r.Verdict, r.ID, r.Number); f != nil {
		e.FailureID, e.FailureMethod = &f.ID, &f.Method
		if f.Error != "" {
			e.FailureError = &f.Error
		}
		if f.Code != 0 {
			e.FailureCode = &f.Code
		}
	}
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
	if len(v.MethodName) > 0 {
		out.Method = string(v.MethodName)
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

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
	"github.com/otlog/otlog/report"
)

// eventsOptions are the flags of otlog events, as typed.
type eventsOptions struct {
	filter filterOptions
	once   bool
	unpack unpackOptions
	times  timeOptions
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
	o.filter.addFlags(cmd)
	o.filter.addZone(cmd, "--since and --until")
	f.BoolVar(&o.once, "once", false, "read the input once and print at once, without failures")
	o.unpack.addFlags(cmd)
	o.times.addFlags(cmd)
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
	filter, _, err := o.filter.resolve(s.now)
	if err != nil {
		return err
	}
	input, err := o.unpack.resolve()
	if err != nil {
		return err
	}
	if input.Times, err = o.times.resolve(s.now); err != nil {
		return err
	}
	found, err := find(s, args)
	if err != nil {
		return err
	}
	w := &eventWriter{filter: filter, bounds: aggregate.Filter{Since: filter.Since, Until: filter.Until, SDK: filter.SDK}}
	if w.counts, err = aggregate.Settle(nil); err != nil {
		return err
	}
	if !o.once {
		kept := &kept{from: s.in}
		defer kept.remove()
		if err := w.learn(found.sources, input, kept); err != nil {
			return fmt.Errorf("keeping the input for a second reading: %w", err)
		}
		readStdin(found.sources, io.NopCloser(kept.file))
		input.Unwanted.Store(0)
	}
	if err := w.checkFilter(o.once); err != nil {
		return err
	}
	out := bufio.NewWriter(s.out)
	w.enc = json.NewEncoder(out)
	w.enc.SetEscapeHTML(false)
	read, writeErr := aggregate.Walk(found.sources, input, w.write)
	if err := errors.Join(writeErr, out.Flush()); err != nil {
		return fmt.Errorf("writing events: %w", err)
	}
	sayTrouble(s, read)
	sayPassed(s, input)
	if w.timeless > 0 {
		say(s.err, "%d records bear no date and time, and are left out", w.timeless)
	}
	return statusOf(found.missing, read)
}

// An eventWriter prints the events that the filter selects.
type eventWriter struct {
	filter   report.Filter
	bounds   aggregate.Filter    // of time and SDK version
	session  aggregate.SessionID // what the filter's session is
	timeless int                 // records that are left out because they bear no time
	enc      *json.Encoder

	counts   *aggregate.Counts              // of what was read before: nothing if the input is read once
	index    *aggregate.Index               // nil if the input is read once
	sessions map[aggregate.SessionID]string // as written
}

// learn reads the input for the first time.
func (w *eventWriter) learn(sources []parse.Source, input parse.Options, stdin *kept) error {
	readStdin(sources, io.NopCloser(stdin))
	w.sessions = map[aggregate.SessionID]string{}
	source := ""
	var tally aggregate.Tally
	_, err := aggregate.Walk(sources, input, func(r *aggregate.Record) error {
		if r.Source != source {
			tally.Enter(r.ID)
			source = r.Source
		}
		tally.Add(r.Event, r.Verdict, r.Number)
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
	if w.counts, err = aggregate.Settle(nil, tally.Parts()...); err != nil {
		return err
	}
	w.index, err = w.counts.Index()
	return err
}

// kept is a stream, and a temporary file of what was read of it.
type kept struct {
	from io.Reader
	file *os.File // nil if nothing was read
	err  error    // of the file
	keep func()   // from being removed if the program is ended
}

func (k *kept) Read(b []byte) (int, error) {
	if k.file == nil && k.err == nil {
		if k.file, k.err = os.CreateTemp("", "otlog-events-*"); k.err == nil {
			k.keep = removeAtEnd(k.file.Name())
		}
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
		k.keep()
	}
}

// checkFilter refuses a filter that can match nothing. If the input is read once,
// nothing is known of it yet but what the catalogue says.
func (w *eventWriter) checkFilter(once bool) error {
	f := w.filter
	if once {
		f.Session, f.SDK = "", ""
	}
	var err error
	if w.session, _, err = w.counts.Session(f.Session); err != nil {
		return err
	}
	return checkFilter(&f, w.counts)
}

// write prints one record, if it is an event that was asked for.
func (w *eventWriter) write(r *aggregate.Record) error {
	if !r.Verdict.Failure && r.Event.Telemetry == nil {
		return nil
	}
	e := newEvent(r)
	var f *aggregate.Failure
	if w.index != nil {
		f = w.relate(e, r)
	}
	if !w.takes(e, r, f) {
		return nil
	}
	e.decodeSession()
	return w.enc.Encode(e)
}

// takes reports whether a record is asked for: by what it says itself, or by the
// failure that it is a part of. When it began and by which client, the failure
// tells if there is one.
func (w *eventWriter) takes(e *event, r *aggregate.Record, f *aggregate.Failure) bool {
	want := &w.filter
	if want.Error != "" && !equal(e.Error, want.Error) && !equal(e.FailureError, want.Error) ||
		want.Method != "" && !equal(&e.Method, want.Method) && !equal(e.FailureMethod, want.Method) {
		return false
	}
	if want.Session != "" {
		if w.index == nil {
			if e.Session == nil || *e.Session != want.Session {
				return false
			}
		} else if id, _ := w.index.SessionOf(r.Event); id != w.session {
			return false
		}
	}
	began, sdk := r.Event.Time, ""
	switch t := r.Event.Telemetry; {
	case f != nil:
		began, sdk = f.First, f.SDK
	case w.index != nil:
		sdk = w.index.SDKOf(r.Event)
	case t != nil:
		sdk = string(t.SDK)
	}
	if !w.bounds.TakesSDK(sdk) {
		return false
	}
	if began == timestamp.NoTime && w.bounds.Bounded() {
		w.timeless++
	}
	return w.bounds.Contains(began)
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
func (w *eventWriter) relate(e *event, r *aggregate.Record) *aggregate.Failure {
	id, from := w.index.SessionOf(r.Event)
	e.SessionFrom = from.String()
	if name := w.sessions[id]; name != "" {
		e.Session = &name
	}
	f := w.index.Find(r.Event, r.Verdict, r.ID, r.Number)
	if f != nil {
		e.FailureID, e.FailureMethod = &f.ID, &f.Method
		if f.Error != "" {
			e.FailureError = &f.Error
		}
		if f.Code != 0 {
			e.FailureCode = &f.Code
		}
	}
	return f
}

func newEvent(r *aggregate.Record) *event {
	e, v := r.Event, r.Verdict
	out := &event{
		Source: r.Source, Line: r.Line, SessionFrom: "source",
		Method: v.Method.Name(), MethodFrom: v.MethodFrom.String(),
		Kind: "telemetry", Text: text(e),
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
	s := strings.TrimSpace(redact(b.String()))
	if len(s) > maxText {
		// Redacted first: a token must not be cut so that it looks like none.
		s = strings.TrimRightFunc(s[:maxText], func(r rune) bool { return r == utf8.RuneError }) + "…"
	}
	return s
}

package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/cmd/otlog/internal/events"
	"github.com/otlog/otlog/cmd/otlog/internal/stream"
	"github.com/otlog/otlog/internal/private"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/sieve"
	"github.com/otlog/otlog/parse/timestamp"
	"github.com/otlog/otlog/report/words"
)

// formatsOptions are the flags of otlog formats, as typed.
type formatsOptions struct {
	unpack unpackOptions
	times  timeOptions
	rules  private.Rules
}

func newFormats(s streams) *cobra.Command {
	o := &formatsOptions{}
	cmd := &cobra.Command{
		Use:   "formats [flags] [PATH ...]",
		Short: "List the input formats, or show how files are read",
		Long: `formats lists the input formats, with an example of each. otlog detects the format of each file by
its content; --input-format NAME sets it.

With a PATH, formats shows how a file is read: its format, where its records state the time, the
session and the message, and the first record as otlog reads it. Fields are known by their names,
found by their values, or given with --time-field, --session-field and --message-field. It reads
the first records only, and does not look for damage after them. With --strict, formats fails after
it has printed this.

Tokens, passwords and other secrets are replaced by [redacted], e-mail addresses by [e-mail], and IP
addresses by [IP], unless --no-redact is given.`,
		Example: `  otlog formats
  otlog formats export.json
  otlog formats --time-field createdAt export.csv`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return stream.Buffered(s.out, func(w io.Writer) error { return listFormats(w, widthOf(s)) })
			}
			return o.run(s, args)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	o.unpack.addFlags(cmd)
	o.times.addFlags(cmd)
	addNoRedact(cmd, &o.rules)
	return cmd
}

// listFormats lists the formats for a terminal of some width (0: unknown). Examples are not wrapped.
func listFormats(w io.Writer, width int) error {
	var b strings.Builder
	for i, f := range parse.Formats {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s\n    %s\n", fitted("", f.Name+": "+f.About, width), f.Example)
	}
	const others = "The rows of Parquet files and Arrow streams are read as jsonl. XML, HTML, RTF, YAML, base64, what " +
		"programs print, and records with a line for each field are rewritten to lines or JSON first."
	most := 100
	if width > 0 {
		most = min(most, width)
	}
	fmt.Fprintf(&b, "\n%s\n", fitted("", others, most))
	_, err := io.WriteString(w, b.String())
	return err
}

// run shows how the files that args name are read.
func (o *formatsOptions) run(s streams, args []string) error {
	input, err := o.unpack.resolve()
	if err != nil {
		return err
	}
	if input.Times, err = o.times.resolve(s.now); err != nil {
		return err
	}
	found, err := findInput(s, args, &o.rules)
	if err != nil {
		return err
	}
	input.Sieve = &sieve.Sieve{}
	d := &describer{width: widthOf(s), rules: &o.rules}
	for _, source := range found.sources {
		d.source(source, input)
	}
	if err := emit(s, "", d.write); err != nil {
		return err
	}
	left := input.Sieve.LeftOut()
	o.rules.LeftOut(&left)
	if n := left.Files(); n > 0 {
		say(s.err, "left out %s: %s", words.Count(n, "file"), left.String())
	}
	if err := found.sift(s, input.Sieve, d.inputs); err != nil {
		return err
	}
	if len(found.missing) > 0 {
		d.statuses = append(d.statuses, &statusError{status: exitFailed})
	}
	status := worst(d.statuses...)
	return cmp.Or(o.unpack.refuse(status), status)
}

// A describer says how inputs are read.
type describer struct {
	out      strings.Builder
	width    int // of the terminal, in columns; 0: unknown
	inputs   int
	statuses []error
	rules    *private.Rules
}

func (d *describer) write(w io.Writer) error {
	_, err := io.WriteString(w, d.out.String())
	return err
}

// source describes the inputs in a source.
func (d *describer) source(from parse.Source, o parse.Options) {
	f, err := parse.Open(from)
	if err != nil {
		d.head(from.String())
		d.failed(err)
		return
	}
	defer f.Close() // only read from: nothing can be lost
	if partial.Is(f.Head()) {
		d.head(f.Name)
		d.line("format", "partial, written by otlog scan")
		return
	}
	for in, err := range f.Inputs(o) {
		d.head(in.Name)
		if err != nil {
			d.failed(err)
			continue
		}
		d.input(in)
	}
}

// head begins an input.
func (d *describer) head(name string) {
	if d.inputs++; d.inputs > 1 {
		d.out.WriteByte('\n')
	}
	fmt.Fprintln(&d.out, words.Printable(d.rules.Source(name)))
}

// line adds a line about an input.
func (d *describer) line(head, text string) {
	fmt.Fprintln(&d.out, fitted(fmt.Sprintf("  %-14s", head), text, d.width))
}

// fitted returns a text after a head, in several lines if it is wider than width columns (0: never).
func fitted(head, text string, width int) string {
	if width <= 0 || words.Width(head+text) <= width {
		return head + text
	}
	const least = 24 // columns for the text
	lines := words.Wrap(text, max(width-len(head), least))
	return head + strings.Join(lines, "\n"+strings.Repeat(" ", len(head)))
}

// failed says why an input cannot be read.
func (d *describer) failed(err error) {
	d.line("not read", words.Printable(strings.TrimPrefix(d.rules.Error(err).Error(), "not read: ")))
	status := exitFailed
	var unread *parse.UnreadableError
	var damage *parse.DamageError
	switch {
	case errors.Is(err, parse.ErrEmpty):
		return
	case errors.As(err, &unread), errors.As(err, &damage):
		status = exitDamaged
	}
	d.statuses = append(d.statuses, &statusError{status: status})
}

// input describes an input.
func (d *describer) input(in *parse.Input) {
	f := in.Fields()
	d.line("format", in.Format.Name)
	if in.Compression != "" {
		d.line("compression", in.Compression)
	}
	d.line("charset", f.Charset)
	if f.Records > 0 {
		d.line("time", d.rules.Text(timePlace(&f, &in.Learned)))
		d.line("session", d.rules.Text(sessionPlace(&f, &in.Learned)))
		d.line("message", d.rules.Text(messagePlace(&f)))
	}
	d.first(in)
}

// timePlace says where records state their time.
func timePlace(f *parse.Fields, l *parse.Learned) string {
	switch {
	case f.Leads:
		return "at the start of a text" + share(f.Timed, f)
	case f.Time.Key != "":
		return place(f.Time, f, "--time-field")
	case f.Timed > 0 && f.Undated == f.Timed:
		return "at the start of the line, a time of day without a date" + share(f.Timed, f)
	case f.Timed == 0:
		return "none found" + candidates(l.Times, "--time-field")
	case f.Words > 0:
		return fmt.Sprintf("in the line, after %s%s", words.Count(int64(f.Words), "word"), share(f.Timed, f))
	case f.Within:
		return "within the line" + share(f.Timed, f)
	case f.Objects*2 > f.Records:
		return "in the document around the records" + share(f.Timed, f)
	}
	return "at the start of the line" + share(f.Timed, f)
}

// sessionPlace says where records state their session.
func sessionPlace(f *parse.Fields, l *parse.Learned) string {
	switch {
	case f.Session.Key != "":
		return place(f.Session, f, "--session-field")
	case f.Sessions == 0:
		return "none found" + candidates(l.Identifiers, "--session-field")
	}
	return "the first session ID in the record" + share(f.Sessions, f)
}

// messagePlace says where records state their message.
func messagePlace(f *parse.Fields) string {
	switch {
	case f.Message.Key != "":
		return place(f.Message, f, "--message-field")
	case f.Objects*2 > f.Records:
		return "all strings of the record"
	}
	return "the whole line"
}

// place describes a key.
func place(u field.Use, f *parse.Fields, flag string) string {
	how := "known by its name"
	switch u.Origin {
	case field.ByValues:
		how = "found by its values"
	case field.ByUser:
		how = "given with " + flag
	}
	return fmt.Sprintf("%s, %s%s", strconv.Quote(u.Key), how, share(u.Records, f))
}

// share says how many of the first records have a field.
func share(records int, f *parse.Fields) string {
	return fmt.Sprintf(", in %s of %s", words.Number(records), words.Count(int64(f.Records), "record"))
}

// candidates names keys that may be a field.
func candidates(keys []string, flag string) string {
	if len(keys) == 0 {
		return ""
	}
	quoted := make([]string, len(keys))
	for i, k := range keys {
		quoted[i] = strconv.Quote(k)
	}
	return fmt.Sprintf("; %s names it, perhaps %s", flag, words.List(quoted))
}

// maxFirst is how many characters of the first record are shown.
const maxFirst = 200

// mostExamined is how many of the first records are examined for logs in them.
const mostExamined = 300

// first shows the first record as it is read, and how many of the first records contain a log.
func (d *describer) first(in *parse.Input) {
	var decoder parse.Decoder
	decoder.SetTimes(in.Times)
	records, logs := 0, 0
	for e, skipped := range firstEvents(in, &decoder) {
		if skipped == nil && e.Blank {
			continue
		}
		if records++; records > mostExamined {
			break
		}
		switch {
		case skipped != nil && records == 1:
			d.line("first record", words.Printable("skipped: "+d.rules.Text(skipped.Error())))
		case skipped != nil:
		case records == 1:
			d.record(e)
			fallthrough
		default:
			if decoder.Unfold(e, in.Format) != nil {
				logs++
			}
		}
	}
	switch {
	case records == 0:
		d.line("first record", "none")
	case logs > 0:
		d.line("logs inside", "in "+words.Number(int64(logs))+" of the first records, each read as the records in it")
	}
}

// firstEvents yields the first records of an input, decoded in full.
func firstEvents(in *parse.Input, decoder *parse.Decoder) iter.Seq2[*parse.Event, *parse.SyntaxError] {
	return func(yield func(*parse.Event, *parse.SyntaxError) bool) {
		block := &parse.Block{}
		for _, r := range in.Readers() {
			for r.Next(block) == nil {
				for e, skipped := range decoder.Events(block, &everything{}) {
					if !yield(e, skipped) {
						return
					}
				}
			}
		}
	}
}

func (d *describer) record(e *parse.Event) {
	at := "no time"
	switch {
	case e.Time != timestamp.NoTime:
		at = time.Unix(0, e.Time).UTC().Format(time.RFC3339Nano)
	case e.OfDay != timestamp.NoTime:
		at = time.Unix(0, e.OfDay).UTC().Format("15:04:05.999999999") + " without a date"
	}
	session := "no session"
	if len(e.Session) > 0 {
		session = "session " + words.Printable(d.rules.ID(string(e.Session)))
	}
	d.line("first record", at+", "+session)
	text := []rune(strings.Join(strings.Fields(events.Text(e, d.rules)), " "))
	if len(text) > maxFirst {
		text = append(text[:maxFirst], '…')
	}
	d.line("", words.Printable(string(text)))
}

// everything is a parse.Finder that finds evidence everywhere, so that records are decoded in full.
type everything struct{ size int }

func (f *everything) Reset(data []byte) { f.size = len(data) }

func (f *everything) Next(from int) int {
	if from < f.size {
		return from
	}
	return -1
}

func (*everything) Holds([]byte) bool            { return true }
func (*everything) HoldsValue([]byte) bool       { return true }
func (*everything) IsCode(int32) bool            { return false }
func (*everything) StatesCode([]byte) bool       { return false }
func (*everything) IsName([]byte) (is, sdk bool) { return false, false }

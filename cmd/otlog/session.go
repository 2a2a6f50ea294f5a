package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/cmd/otlog/internal/shell"
	"github.com/otlog/otlog/cmd/otlog/internal/story"
	"github.com/otlog/otlog/cmd/otlog/internal/terminal"
	"github.com/otlog/otlog/internal/private"
	"github.com/otlog/otlog/parse/find"
	"github.com/otlog/otlog/parse/sieve"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/lookup"
)

// sessionOptions are the flags of otlog session, as typed.
type sessionOptions struct {
	format string
	output string
	zone   string
	top    int
	color  colorOption
	unpack unpackOptions
	times  timeOptions
	rules  private.Rules
	all    bool // without a pager
}

func newSession(s streams) *cobra.Command {
	o := &sessionOptions{}
	cmd := &cobra.Command{
		Use:   "session [flags] [ID ...] [PATH ...]",
		Short: "Show what happened in a session: clients, attempts, failures, and what to do",
		Long: `session shows the story of a session, on a screen or for a ticket: who took part, with SDK, browser
and system; each attempt to connect, publish and subscribe, and how it ended; each failure with its
lines, meaning and remedy; what the browser printed beside it, such as a refused connection; how
long nothing was logged; and what never ended. Attempts and failures are those of otlog report
--session.

An ID is that of a session, or of a connection or client of it, as the log has it. Its first 12
characters or more are enough if no other ID begins with them. An argument that is neither a path
that exists, nor a pattern that matches, nor - is an ID. Without an ID, session lists the sessions
worth looking at: those with most failures that were not recovered.

Lines of other sessions are never shown. A line of the browser that states no session is shown if
it is within 20 records or 10 seconds of a failure, in the same source.

The input is read twice; a pipe is kept in a temporary file meanwhile. Tokens, passwords and other
secrets are replaced by [redacted], e-mail addresses by [e-mail], and IP addresses by [IP], unless
--no-redact is given.`,
		Example: `  otlog session logs/                        the sessions worth looking at
  otlog session 1_MX40… logs/                the story of one
  otlog session --format markdown 1_MX40… app.log.gz`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error { return o.run(s, args) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.format, "format", "", "text, markdown (to paste into a ticket), or json (for programs); default: that of the name of --output, else text")
	_ = cmd.RegisterFlagCompletionFunc("format", shell.Words(story.Formats...)) // fails only if the flag does not exist
	f.StringVarP(&o.output, "output", "o", "", "write to `FILE` instead of standard output, which is -")
	f.StringVar(&o.zone, "tz", "UTC", "time `ZONE` of times, as in Europe/Berlin or Local")
	f.IntVar(&o.top, "top", 10, "maximum number of sessions in the list, 0 for all, with those that have no failure")
	o.color.addFlag(cmd)
	addPager(cmd, &o.all)
	o.unpack.addFlags(cmd)
	o.times.addFlags(cmd)
	addNoRedact(cmd, &o.rules)
	return cmd
}

// resolve checks the flags.
func (o *sessionOptions) resolve(s streams) (story.Options, error) {
	out := story.Options{Top: o.top, Rules: &o.rules}
	o.output = fileOf(o.output)
	if o.format == "" {
		o.format = formatOf(o.output)
	}
	if !slices.Contains(story.Formats, o.format) {
		return out, usageError(fmt.Errorf("--format: %q is not a format: expected one of %s%s", o.format, strings.Join(story.Formats, ", "), lookup.DidYouMean(lookup.Nearest(o.format, story.Formats))))
	}
	if o.top < 0 {
		return out, usageError(errors.New("--top: expected 0 or more"))
	}
	if err := o.color.check(); err != nil {
		return out, err
	}
	var err error
	if out.Zone, err = time.LoadLocation(o.zone); err != nil {
		return out, usageError(fmt.Errorf("--tz: %w", err))
	}
	if out.Input, err = o.unpack.resolve(); err != nil {
		return out, err
	}
	out.Input.Times, err = o.times.resolve(s.now)
	out.Input.Sieve = &sieve.Sieve{}
	return out, err
}

func (o *sessionOptions) run(s streams, args []string) error {
	options, err := o.resolve(s)
	if err != nil {
		return err
	}
	var paths []string
	if options.IDs, paths, err = divide(args); err != nil {
		return err
	}
	if len(paths) == 0 && terminal.Is(s.in) && len(options.IDs) > 0 {
		return usageError(fmt.Errorf("nothing to read: %q is not a path that exists, so it is taken for an ID\nhint: give a file, a directory or a pattern too, or pipe a log in", options.IDs[0]))
	}
	found, err := findInput(s, paths, &o.rules)
	if err != nil {
		return err
	}
	if err := checkOutput(s, o.output, found.sources); err != nil {
		return err
	}
	options.Space = o.unpack.space()
	defer options.Space.Close() // temporary files: nothing can be lost
	r, err := story.Read(found.sources, s.in, options)
	if r != nil {
		err = cmp.Or(checkKept(r.Sources), err)
		o.rules.Sources(r.Sources)
	}
	if err != nil {
		if r != nil {
			sayTrouble(s, r.Sources) // the ID may be in what could not be read
		}
		return o.meant(err, options.IDs)
	}
	if err := found.sift(s, options.Input.Sieve, len(r.Sources)); err != nil {
		return err
	}
	if err := checkRead(o.output, found.sources, namesOf(r.Sources)); err != nil {
		return err
	}
	sayTrouble(s, r.Sources)
	r.Warnings = report.SourceWarnings(r.Sources)
	left := options.Input.Sieve.LeftOut()
	o.rules.LeftOut(&left)
	sayLeftOut(s, r.Sources, &left)
	status := statusOf(found.missing, r.Sources, false)
	if err := o.unpack.refuse(status); err != nil {
		return err
	}
	if err := emitText(s, o.output, o.all || o.format == "json", "otlog session: "+strings.Join(options.IDs, ", "), func(w io.Writer) error { return r.Write(w, o.format, o.style(s, paths)) }); err != nil {
		return fmt.Errorf("writing the session: %w", err)
	}
	return status
}

// style returns how text is printed.
func (o *sessionOptions) style(s streams, paths []string) story.Style {
	var tty *os.File
	if o.output == "" {
		tty = terminal.Of(s.out)
	}
	out := story.Style{Color: o.color.on(tty != nil), Paths: paths, ToolVersion: toolVersion()}
	if tty != nil {
		out.Width = terminal.Width(tty)
	}
	return out
}

// divide divides arguments into IDs and paths: what exists, what matches files, and - are paths.
func divide(args []string) (ids, paths []string, err error) {
	for _, arg := range args {
		switch {
		case strings.TrimSpace(arg) == "":
			return nil, nil, usageError(errors.New("an argument is empty: expected an ID or a path\nhint: is a variable of the shell not set?"))
		case isPath(arg):
			paths = append(paths, arg)
		default:
			ids = append(ids, arg)
		}
	}
	return ids, paths, nil
}

func isPath(arg string) bool {
	if _, err := os.Stat(arg); err == nil || arg == "-" {
		return true
	}
	if !strings.ContainsAny(arg, "*?[") {
		return false
	}
	found, _ := find.Find([]string{arg}) // an error is that nothing matches
	return len(found) > 0
}

// meant adds hints to the error of an ID that means no session.
func (o *sessionOptions) meant(err error, ids []string) error {
	var unknown *story.UnknownError
	var ambiguous *story.AmbiguousError
	switch {
	case errors.As(err, &unknown):
		// The first ID may be right, if it is the path that does not exist.
		for _, id := range ids {
			if strings.ContainsAny(id, "./\\") && !strings.HasSuffix(id, ".") {
				return usageError(fmt.Errorf("%w\nhint: %q is not a path that exists, so it is taken for an ID", err, id))
			}
		}
		return usageError(fmt.Errorf("%w\nhint: no such path exists either; give the ID as the log has it, whole or its first characters, at least %d", err, story.LeastPrefix))
	case errors.As(err, &ambiguous):
		var few []string
		for _, id := range ambiguous.IDs[:min(len(ambiguous.IDs), 5)] {
			few = append(few, o.rules.ID(id))
		}
		return usageError(fmt.Errorf("%w\nhint: give one of %s", err, strings.Join(few, ", ")))
	}
	return err
}

package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/cmd/otlog/internal/shards"
	"github.com/otlog/otlog/cmd/otlog/internal/shell"
	"github.com/otlog/otlog/cmd/otlog/internal/stream"
	"github.com/otlog/otlog/cmd/otlog/internal/terminal"
	"github.com/otlog/otlog/internal/private"
	"github.com/otlog/otlog/internal/typed"
	"github.com/otlog/otlog/internal/unnamed"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/find"
	"github.com/otlog/otlog/parse/sieve"
	"github.com/otlog/otlog/parse/timestamp"
	"github.com/otlog/otlog/parse/unpack/window"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/lookup"
	"github.com/otlog/otlog/report/words"
)

// An input is the sources that the arguments of a command name.
type input struct {
	sources []parse.Source
	missing []string // messages about arguments that matched nothing
	rules   *private.Rules
}

// findInput returns the sources that arguments name. Without arguments it is a pipe on standard
// input. findInput prints a message for each argument that matches nothing, and fails if none match.
func findInput(s streams, args []string, rules *private.Rules) (*input, error) {
	if len(args) == 0 {
		if terminal.Is(s.in) {
			return nil, usageError(errors.New("nothing to read: give a file, a directory or a pattern, or pipe a log in"))
		}
		args = []string{"-"}
	}
	in := &input{rules: rules}
	sources, err := find.Find(args)
	in.sources = sources
	rules.Read(sources)
	stream.SetStdin(sources, io.NopCloser(s.in))
	if err != nil {
		say(s.err, "%s%s", words.PrintableLines(err.Error()), shell.CommandMeant(args))
		if len(sources) == 0 {
			return nil, &statusError{status: exitFailed}
		}
		for line := range strings.Lines(err.Error()) {
			in.missing = append(in.missing, strings.TrimSpace(line))
		}
	}
	return in, nil
}

// nameOption is the flag that names the only input, as typed.
type nameOption struct{ name string }

func (o *nameOption) addFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.name, "name", "", "`NAME` of the only input, in place of its path: of a pipe, aws s3 cp s3://b/x - | otlog --name s3://b/x")
	// Fails only if the flag does not exist.
	_ = cmd.RegisterFlagCompletionFunc("name", cobra.NoFileCompletions)
}

// set names the only source of an input.
func (o *nameOption) set(in *input) error {
	if o.name == "" {
		return nil
	}
	if err := shards.CheckName(o.name); err != nil {
		return usageError(fmt.Errorf("--name: %w", err))
	}
	if n := len(in.sources) + len(in.missing); n != 1 {
		return usageError(fmt.Errorf("--name: expected one input, got %s", words.Number(n)))
	}
	source := &in.sources[0]
	if source.Dir != "" {
		return usageError(fmt.Errorf("--name: expected a file or standard input, got the directory %s", words.Printable(source.Dir)))
	}
	source.Name = o.name
	in.rules.Read(in.sources)
	return nil
}

// sift notes the directories that contain no log by the content of their files. It fails if
// nothing at all was read.
func (in *input) sift(s streams, seen *sieve.Sieve, read int) error {
	files := map[string]int{}
	for _, source := range in.sources {
		files[source.Dir]++
	}
	for _, dir := range slices.Sorted(maps.Keys(files)) {
		if n := files[dir]; dir != "" && seen.None(dir) == n {
			left := seen.LeftOut()
			in.rules.LeftOut(&left)
			message := fmt.Sprintf("%s: no logs in this directory: looked at %s", words.Printable(dir), words.Count(n, "file"))
			if len(files) == 1 {
				message += ": " + left.String()
			}
			in.missing = append(in.missing, message)
			say(s.err, "%s", message)
		}
	}
	if read == 0 && len(in.missing) > 0 {
		return &statusError{status: exitFailed}
	}
	return nil
}

// sayTrouble prints what could not be read or was read before, and why.
func sayTrouble(s streams, read []*aggregate.Source) {
	for _, w := range report.SourceWarnings(read) {
		say(s.err, "%s", words.Printable(w))
	}
}

// checkKept returns the error of a source that did not fit into a temporary file. What was read of
// the others is no report: the disk is at fault, and not the input.
func checkKept(read []*aggregate.Source) error {
	var kept *unnamed.Error
	for _, s := range read {
		if errors.As(s.Failed, &kept) {
			return fmt.Errorf("%s: %w", words.Printable(s.Name), s.Failed)
		}
	}
	return nil
}

// status returns the exit status of a command after reading. force accepts sources with the same
// content.
func (r *reading) status(force bool) error { return statusOf(r.missing, r.sources, force) }

func statusOf(missing []string, read []*aggregate.Source, force bool) error {
	switch {
	case len(missing) > 0 || slices.ContainsFunc(read, func(s *aggregate.Source) bool { return s.Failed != nil }):
		return &statusError{status: exitFailed}
	case slices.ContainsFunc(read, (*aggregate.Source).Damaged), !force && len(aggregate.Repeats(read)) > 0:
		return &statusError{status: exitDamaged}
	}
	return nil
}

// refuse returns an error, with --strict, instead of the exit status that the inputs demand.
func (o *unpackOptions) refuse(status error) error {
	if !o.strict || status == nil {
		return nil
	}
	return errors.New("--strict: not all input was read, or some was read twice: see above")
}

// unpackOptions are the flags that say how to open logs, as typed.
type unpackOptions struct {
	strict                 bool
	maxExpansion           int64
	memory                 string
	limit                  int64 // of memory in bytes, once resolved
	format                 string
	time, session, message string
}

func (o *unpackOptions) addFlags(cmd *cobra.Command) {
	o.addFormat(cmd)
	o.addFields(cmd)
	cmd.Flags().Int64Var(&o.maxExpansion, "max-expansion", parse.DefaultMaxExpansion, "stop reading input that unpacks to more than `N` times its size, 0 for no limit")
	cmd.Flags().BoolVar(&o.strict, "strict", false, "fail, and write no report or partial, if anything would end otlog with status 3: damage, a skipped\nrecord, the same content twice")
	cmd.Flags().StringVar(&o.memory, "memory", "1GiB", "approximate maximum of memory; data beyond it goes to temporary files (in $TMPDIR)")
}

// space returns a space for what does not fit into memory, and bounds the memory of the process. The flags
// have been resolved.
func (o *unpackOptions) space() *aggregate.Space {
	// The limit leaves room for garbage: close to it, the collector would do little else.
	debug.SetMemoryLimit(o.limit + o.limit/4)
	return aggregate.NewSpace("", o.limit, partial.Codec{})
}

// resolve returns how to open sources.
func (o *unpackOptions) resolve() (parse.Options, error) {
	var err error
	if o.limit, err = typed.Memory(o.memory); err != nil {
		return parse.Options{}, usageError(fmt.Errorf("--memory: %w", err))
	}
	expansion := o.maxExpansion
	switch {
	case expansion < 0:
		return parse.Options{}, usageError(errors.New("--max-expansion: expected 0 or more"))
	case expansion == 0:
		expansion = -1
	}
	if err := o.checkFormat(); err != nil {
		return parse.Options{}, err
	}
	fields := field.Names{Time: o.time, Session: o.session, Message: o.message}
	return parse.Options{MaxExpansion: expansion, Format: o.format, Fields: fields, Windows: window.New(o.limit)}, nil
}

// sayLeftOut prints how many files were left out, and why.
func sayLeftOut(s streams, read []*aggregate.Source, left *sieve.LeftOut) {
	if out := report.LeftOutWords(read, left); out != "" {
		say(s.err, "%s", out)
	}
}

func formatNames() []string {
	var names []string
	for _, f := range parse.Formats {
		names = append(names, f.Name)
	}
	return names
}

func (o *unpackOptions) addFormat(cmd *cobra.Command) {
	const flag = "input-format"
	cmd.Flags().StringVar(&o.format, flag, "", "read all inputs as `FORMAT` (see otlog formats) instead of detecting it")
	// Fails only if the flag does not exist.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(formatNames(), cobra.ShellCompDirectiveNoFileComp))
}

func (o *unpackOptions) checkFormat() error {
	if o.format == "" {
		return nil
	}
	if _, ok := parse.FormatOf(o.format); ok {
		return nil
	}
	return usageError(fmt.Errorf("--input-format: %q is not a format: expected %s%s", o.format, strings.Join(formatNames(), ", "), lookup.DidYouMean(lookup.Nearest(o.format, formatNames()))))
}

// addFields adds the flags that name the fields of logs.
func (o *unpackOptions) addFields(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.time, "time-field", "", "`FIELD` or column of the time, for logs in which otlog does not find it: createdAt,\nor meta.at in an object")
	f.StringVar(&o.session, "session-field", "", "`FIELD` or column that identifies the session, for logs without session IDs: userId")
	f.StringVar(&o.message, "message-field", "", "`FIELD` or column of the text")
}

// addNoRedact adds the flag that redacts nothing.
func addNoRedact(cmd *cobra.Command, rules *private.Rules) {
	cmd.Flags().BoolVar(&rules.Off, "no-redact", false, "leave tokens, passwords, e-mail addresses and IP addresses as the logs have them, instead of\n[redacted], [e-mail] and [IP]")
}

// timeOptions are the flags that say how to read the times of logs, as typed.
type timeOptions struct{ zone, layout string }

func (o *timeOptions) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.zone, "assume-tz", "UTC", "`ZONE` of times in logs that have none, as in Europe/Berlin or Local")
	f.StringVar(&o.layout, "time-format", "", "`LAYOUT` of times in logs, tried first: \"%d/%m/%Y %H:%M:%S\" as in\nstrptime, or \"02/01/2006 15:04:05\" as in Go")
}

// resolve returns how to read the times of logs written before now.
func (o *timeOptions) resolve(now time.Time) (timestamp.Times, error) {
	t := timestamp.Times{Latest: now}
	var err error
	if t.Zone, err = time.LoadLocation(o.zone); err != nil {
		return t, usageError(fmt.Errorf("--assume-tz: %w", err))
	}
	if o.layout != "" {
		if t.Layout, err = timestamp.ParseLayout(o.layout); err != nil {
			return t, usageError(fmt.Errorf("--time-format: %q: %w", o.layout, err))
		}
	}
	return t, nil
}

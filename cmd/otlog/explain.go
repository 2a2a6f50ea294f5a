package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/cmd/otlog/internal/pasted"
	"github.com/otlog/otlog/cmd/otlog/internal/shell"
	"github.com/otlog/otlog/cmd/otlog/internal/terminal"
	"github.com/otlog/otlog/internal/private"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
	"github.com/otlog/otlog/report/explain"
	"github.com/otlog/otlog/report/lookup"
	"github.com/otlog/otlog/report/words"
)

// explainOptions are the flags of otlog explain, as typed.
type explainOptions struct {
	all    bool
	format string
	rules  private.Rules
}

func newExplain(s streams) *cobra.Command {
	o := &explainOptions{}
	cmd := &cobra.Command{
		Use:   "explain NAME|CODE|METHOD|LINE ...",
		Short: "Explain an error, a code, a method, or lines of a log: meaning and remedy",
		Long: `explain says what an error, a code or a method means, and what to do. Names may be short: timeout
is OT_TIMEOUT, publish is Session.publish, and NotAllowedError is OT_USER_MEDIA_ACCESS_DENIED.

Any other text is read like a log, in every format that otlog reads: a line of a console, a record
of JSON, a telemetry body, several of them. explain says what each record is and whether it
matters, with the evidence for its error, code and method, and which lines are one failure. It
knows messages of the SDK and of browsers that show no failure, too. Without arguments, and for -,
it reads standard input, at most 4 MiB. Tokens, passwords and other secrets are replaced by
[redacted], e-mail addresses by [e-mail], and IP addresses by [IP], unless --no-redact is given.`,
		Example: `  otlog explain OT_TIMEOUT
  otlog explain 1500
  otlog explain Session.publish
  otlog explain 'OpenTok:Publisher:error OT.Publisher.onPublishingTimeout +0ms'
  kubectl logs web-0 --tail 20 | otlog explain
  otlog explain --all --format markdown`,
		Args:              func(_ *cobra.Command, args []string) error { return o.check(s, args) },
		ValidArgsFunction: shell.Explained,
		RunE:              func(_ *cobra.Command, args []string) error { return o.run(s, args) },
	}
	addNoRedact(cmd, &o.rules)
	cmd.Flags().BoolVar(&o.all, "all", false, "explain all errors and codes")
	cmd.Flags().StringVar(&o.format, "format", "text", "text, json (for programs), or markdown with --all")
	_ = cmd.RegisterFlagCompletionFunc("format", shell.Words("text", "markdown", "json")) // fails only if the flag does not exist
	return cmd
}

// check checks flags and arguments.
func (o *explainOptions) check(s streams, args []string) error {
	formats := []string{"text", "markdown", "json"}
	switch {
	case !slices.Contains(formats, o.format):
		return usageError(fmt.Errorf("--format: expected text, json, or markdown with --all, got %q%s", o.format, lookup.DidYouMean(lookup.Nearest(o.format, formats))))
	case o.format == "markdown" && !o.all:
		return usageError(errors.New("--format: expected text or json, or markdown with --all"))
	case len(args) == 0 && !o.all && terminal.Is(s.in):
		return usageError(errNothingToExplain)
	case len(args) > 0 && o.all:
		return usageError(errors.New("--all takes no arguments"))
	}
	return nil
}

var errNothingToExplain = errors.New("expected an error name, a code, a method or a line of a log, or --all")

func (o *explainOptions) run(s streams, args []string) error {
	width := widthOf(s)
	if o.format == "json" {
		return o.document(s, args)
	}
	switch {
	case o.all && o.format == "markdown":
		return explain.WriteAllMarkdown(s.out)
	case o.all:
		return explain.WriteAll(s.out, width)
	}
	begun := false
	begin := func() error {
		if !begun {
			begun = true
			return nil
		}
		_, err := fmt.Fprintln(s.out)
		return err
	}
	return eachExplained(s, args, &o.rules, func(query string) error {
		if err := begin(); err != nil {
			return err
		}
		return explain.Write(s.out, query, width)
	}, func(p *explain.Pasted, _ int) error {
		if err := begin(); err != nil {
			return err
		}
		return p.Write(s.out, width)
	})
}

// document writes what is explained as one JSON object, nothing if an argument is wrong.
func (o *explainOptions) document(s streams, args []string) error {
	d := explain.NewDocument(toolVersion())
	var status error
	if o.all {
		d.AddAll()
	} else {
		status = eachExplained(s, args, &o.rules, d.Add, func(p *explain.Pasted, argument int) error {
			d.AddLines(p, argument)
			return nil
		})
	}
	var ended *statusError
	if status != nil && !(errors.As(status, &ended) && ended.status != exitUsage) {
		return status
	}
	if err := d.Write(s.out); err != nil {
		return err
	}
	return status
}

// eachExplained calls entry with each argument that is in the catalogue, and lines with each text and the
// number of its first argument. Without arguments the text is standard input.
func eachExplained(s streams, args []string, rules *private.Rules, entry func(query string) error, lines func(p *explain.Pasted, argument int) error) error {
	if len(args) == 0 {
		args = []string{"-"}
	}
	var status error
	explainText := func(name string, text []byte, first int) error {
		err := explainLines(s, name, text, rules, func(p *explain.Pasted) error { return lines(p, first+1) })
		var ended *statusError
		if err != nil && !errors.As(err, &ended) {
			return err // of writing
		}
		status = worst(status, err)
		return nil
	}
	for i := 0; i < len(args); i++ {
		first := i
		if args[i] == "-" {
			text, err := readPasted(s.in)
			if err == nil {
				err = explainText("stdin", text, first)
			}
			if err != nil {
				return err
			}
			continue
		}
		unknown := unknownOf(args[i])
		if unknown == nil {
			if err := entry(args[i]); err != nil {
				return err
			}
			continue
		}
		if err := notALine(args[i], unknown); err != nil {
			return err
		}
		// Adjacent lines may belong to one failure.
		for i+1 < len(args) && isLine(args[i+1]) {
			i++
		}
		text := strings.Join(args[first:i+1], "\n")
		if err := explainText("the pasted text", []byte(text), first); err != nil {
			return err
		}
	}
	return status
}

// unknownOf returns the error of an argument that is not in the catalogue, nil if it is.
func unknownOf(arg string) *explain.UnknownError {
	var unknown *explain.UnknownError
	if errors.As(explain.Write(io.Discard, arg, 0), &unknown) {
		return unknown
	}
	return nil
}

// isLine reports whether an argument after a line is another one.
func isLine(arg string) bool {
	unknown := unknownOf(arg)
	return arg != "-" && unknown != nil && notALine(arg, unknown) == nil
}

// notALine returns an error if an argument that is in no catalogue is no line of a log either: a file, or
// a single word.
func notALine(arg string, unknown *explain.UnknownError) error {
	if info, err := os.Stat(arg); err == nil && !strings.Contains(arg, "\n") {
		what, hint := "file", fmt.Sprintf("otlog %s reports, otlog explain - < %[1]s explains its lines", words.Printable(arg))
		if info.IsDir() {
			what, hint = "directory", fmt.Sprintf("otlog %s reports", words.Printable(arg))
		}
		return usageError(fmt.Errorf("%q is a %s, not a line of a log\nhint: %s", arg, what, hint))
	}
	if strings.Trim(arg, wordBytes) != "" {
		return nil
	}
	return usageError(fmt.Errorf("%w%s", unknown, lookup.DidYouMean(unknown.Near)))
}

// wordBytes are the bytes of names and paths. A line of a log has others, too.
const wordBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$.#/\\-~"

// readPasted reads lines from standard input, up to a bound.
func readPasted(in io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(in, pasted.Most+1))
	if err != nil {
		return nil, fmt.Errorf("stdin: %w", err)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, usageError(fmt.Errorf("nothing on standard input: %w", errNothingToExplain))
	}
	return text, nil
}

// explainLines reads the lines of a text and writes their explanation.
func explainLines(s streams, name string, text []byte, rules *private.Rules, write func(*explain.Pasted) error) error {
	p, read, cut, err := pasted.Read(name, text, parse.Options{Times: timestamp.Times{Latest: s.now}}, rules)
	if err != nil {
		return err
	}
	if err := write(p); err != nil {
		return err
	}
	sayTrouble(s, read)
	if cut {
		say(s.err, "%s: read the first %s\nhint: otlog FILE reports whole logs", name, words.Bytes(pasted.Most))
	}
	if p.Records() > 0 {
		return statusOf(nil, read, true)
	}
	if slices.ContainsFunc(read, (*aggregate.Source).Damaged) {
		return &statusError{status: exitDamaged}
	}
	return usageError(fmt.Errorf("%s: %w", name, errNothingToExplain))
}

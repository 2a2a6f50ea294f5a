// Gencorpus writes a corpus of client logs and its truth: the failures that its error names, phrases
// and codes show.
//
//	go run ./bench/gencorpus -format ndjson -size 64MB -seed 1 -o corpus.ndjson -truth truth.json
//
// With -o - (the default) the corpus goes to standard output. With -layout it is compressed.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/otlog/otlog/bench/corpus"
	"github.com/otlog/otlog/bench/lab"
	"github.com/otlog/otlog/bench/layout"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return
		}
		fmt.Fprintln(os.Stderr, "gencorpus:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("gencorpus", flag.ContinueOnError)
	flags.SetOutput(stderr)
	format := flags.String("format", "ndjson", "`shape` of the records: ndjson, app (an application's log without telemetry) or console")
	size := flags.String("size", "64MB", "bytes to reach, such as 500kB, 64MB, 1GB")
	seed := flags.Uint64("seed", 1, "another seed gives another corpus")
	out := flags.String("o", "-", "`file` for the corpus, - for standard output")
	truth := flags.String("truth", "", "`file` for the truth as JSON")
	rate := flags.Float64("error-rate", 0.029, "share of records that spell an error name, 0 to 1")
	days := flags.Int("days", 14, "days that the records spread over")
	telemetry := flags.Float64("telemetry", 0.2, "share of records of ndjson that are telemetry: 0, 0.2, or 0.25 to 0.9")
	session := flags.String("session-size", "10kB", "mean bytes of a session")
	pack := flags.String("layout", string(layout.Raw), "`form` of the file: raw, zst, zst-frames, gz or bgzf")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("expected flags only, found %q", flags.Arg(0))
	}
	bytes, err := corpus.ParseSize(*size)
	if err != nil {
		return fmt.Errorf("-size: %w", err)
	}
	sessionBytes, err := corpus.ParseSize(*session)
	if err != nil {
		return fmt.Errorf("-session-size: %w", err)
	}
	if *rate == 0 {
		*rate = -1 // none; zero means the default
	}
	o := corpus.Options{Format: corpus.Format(*format), Seed: *seed, Size: bytes, Days: *days, ErrorRate: *rate, SessionSize: sessionBytes, Phrases: lab.Phrases()}
	switch *telemetry {
	case 0:
		o.Telemetry = -1
	case .2: // the default
	default:
		o.Telemetry = *telemetry
	}

	var known *corpus.Truth
	err = write(*out, stdout, func(w io.Writer) error {
		z, err := layout.NewWriter(w, layout.Layout(*pack))
		if err != nil {
			return err
		}
		if known, err = corpus.Generate(z, o); err != nil {
			return err
		}
		return z.Close()
	})
	if err != nil || *truth == "" {
		return err
	}
	return write(*truth, stdout, known.WriteJSON)
}

// write calls fill to write the named file, or stdout for "-". After an error there is no file.
func write(name string, stdout io.Writer, fill func(io.Writer) error) error {
	if name == "-" {
		b := bufio.NewWriter(stdout)
		if err := fill(b); err != nil {
			return err
		}
		return b.Flush()
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err = fill(f); err == nil {
		err = f.Close()
	}
	if err != nil {
		f.Close()
		os.Remove(name)
	}
	return err
}

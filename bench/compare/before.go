package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/otlog/otlog/bench/layout"
)

// compareRevisions compares with an earlier revision: on the logs as they are, with all cores, and on
// clean lines alone, with one worker.
func (j *job) compareRevisions() error {
	if err := j.buildRevisions(); err != nil {
		return err
	}
	j.head()
	was := "otlog@" + j.before
	var all table
	differ := "no log"
	measure := func(g *log, now, then command) error {
		pairs, err := inTurn(j.ctx, now, []command{then}, j.pairs)
		if err == nil {
			all = append(all, j.record(g, "otlog", []string{was}, pairs)...)
		}
		return err
	}
	for _, in := range j.inputs {
		for _, l := range j.layouts {
			g, err := j.generate(in, l)
			if err != nil {
				return err
			}
			now, then := j.otlog("otlog", g), j.otlog("otlog-before", g)
			if err := j.answer(now, g.checkReport); err != nil {
				return fmt.Errorf("%s, %s: %w", in, l, err)
			}
			equal, err := j.sameReport(now, then)
			if err != nil {
				return err
			}
			if !equal {
				differ = strings.TrimPrefix(differ+", "+g.input.name+" "+string(l), "no log, ")
			}
			if err := measure(g, now, then); err != nil {
				return err
			}
			os.Remove(g.path)
		}
	}
	for _, in := range j.inputs {
		if in.name != "app" && in.name != "console" {
			continue
		}
		g, err := j.generate(in, layout.Raw)
		if err != nil {
			return err
		}
		clean := *g
		clean.input.name, clean.path = in.name+"-clean", j.at("clean"+in.ext)
		if clean.truth.Totals.Bytes, err = keepClean(g.path, clean.path); err != nil {
			return err
		}
		if err := measure(&clean, j.otlog("otlog", &clean, "--jobs", "1"), j.otlog("otlog-before", &clean, "--jobs", "1")); err != nil {
			return err
		}
		os.Remove(g.path)
		os.Remove(clean.path)
	}
	if err := all.write(j.out); err != nil {
		return err
	}
	_, err := fmt.Fprintf(j.out, "\nReports differ from those of %s for %s. In logs named clean, no line is the SDK's; one worker reads them.\n", j.before, differ)
	return err
}

// buildRevisions builds the generator, otlog, and otlog as of the earlier revision.
func (j *job) buildRevisions() error {
	if err := errors.Join(
		j.build(j.root, "gencorpus", "./bench/gencorpus"),
		j.build(j.root, "otlog", "./cmd/otlog"),
		j.sh(j.root, "git", "archive", "--format", "tar", "-o", j.at("before.tar"), j.before),
		os.Mkdir(j.at("before"), 0o755),
	); err != nil {
		return err
	}
	if err := j.sh("", "tar", "-xf", j.at("before.tar"), "-C", j.at("before")); err != nil {
		return err
	}
	return j.build(j.at("before"), "otlog-before", "./cmd/otlog")
}

// sameReport reports whether two revisions give the same report, except for their version.
func (j *job) sameReport(now, then command) (bool, error) {
	var reports [2][]byte
	for i, c := range []command{now, then} {
		if err := j.answer(c, func(r io.Reader) (err error) {
			reports[i], err = io.ReadAll(r)
			return err
		}); err != nil {
			return false, err
		}
		reports[i] = toolVersion.ReplaceAll(reports[i], nil)
	}
	return bytes.Equal(reports[0], reports[1]), nil
}

var toolVersion = regexp.MustCompile(`"tool_version": *"[^"]*"`)

// keepClean copies lines that neither come from the SDK nor contain its errors, and returns their
// size.
func keepClean(from, to string) (size int64, err error) {
	in, err := os.Open(from)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return 0, err
	}
	w := bufio.NewWriter(out)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if !unclean.Match(lines.Bytes()) {
			n, _ := w.Write(append(lines.Bytes(), '\n')) // Flush returns the error
			size += int64(n)
		}
	}
	return size, errors.Join(lines.Err(), w.Flush(), out.Close())
}

var unclean = regexp.MustCompile(`(?i)\bOT_|\bOT\.|OpenTok|clientSystemTime|getUserMedia|permission|publish|Session\.|"code"|code:|\(\d{4}\)`)

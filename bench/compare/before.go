package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/otlog/otlog/bench/lab"
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
	measure := func(g *log, now, then lab.Command) error {
		pairs, err := inTurn(j.Ctx, now, []lab.Command{then}, j.pairs)
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
			now, then := j.Otlog("otlog", g.Log), j.Otlog("otlog-before", g.Log)
			if err := j.Answer(now, g.CheckReport); err != nil {
				return fmt.Errorf("%s, %s: %w", in, l, err)
			}
			equal, err := j.sameReport(now, then)
			if err != nil {
				return err
			}
			if !equal {
				differ = strings.TrimPrefix(differ+", "+g.Input.Name+" "+string(l), "no log, ")
			}
			if err := measure(g, now, then); err != nil {
				return err
			}
			os.Remove(g.Path)
		}
	}
	for _, in := range j.inputs {
		if in.Name != "app" && in.Name != "console" {
			continue
		}
		g, err := j.generate(in, layout.Raw)
		if err != nil {
			return err
		}
		kept, err := j.KeepClean(g.Log)
		if err != nil {
			return err
		}
		clean := log{Log: kept}
		if err := measure(&clean, j.Otlog("otlog", kept, "--jobs", "1"), j.Otlog("otlog-before", kept, "--jobs", "1")); err != nil {
			return err
		}
		os.Remove(g.Path)
		os.Remove(kept.Path)
	}
	if err := all.write(j.out); err != nil {
		return err
	}
	_, err := fmt.Fprintf(j.out, "\nReports differ from those of %s for %s. In logs named clean, no line is the SDK's; one worker reads them.\n", j.before, differ)
	return err
}

// buildRevisions builds otlog, and otlog as of the earlier revision.
func (j *job) buildRevisions() error {
	if err := j.Build(j.Root, "otlog", "./cmd/otlog"); err != nil {
		return err
	}
	before, err := j.Checkout(j.before)
	if err != nil {
		return err
	}
	return j.Build(before, "otlog-before", "./cmd/otlog")
}

// sameReport reports whether two revisions give the same report, except for their version.
func (j *job) sameReport(now, then lab.Command) (bool, error) {
	var reports [2][]byte
	for i, c := range []lab.Command{now, then} {
		if err := j.Answer(c, func(r io.Reader) (err error) {
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

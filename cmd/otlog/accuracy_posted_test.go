package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestAccuracyOfPostedLines runs otlog events on lines that people posted, each as a log by itself.
func TestAccuracyOfPostedLines(t *testing.T) {
	type group struct {
		title                    string
		lines, right, seen, none int
	}
	named := &group{title: "with an identifiable name"}
	hinted := &group{title: "whose name a person found with more than the line: that name, or none"}
	coded := &group{title: "with a code, but no name: none"}
	silent := &group{title: "without a failure"}
	other := &group{title: "of other SDKs, and of the application's own errors: no name"}
	for i, line := range tsv(t, filepath.Join(accuracyCorpus, "posted-lines.tsv")) {
		text := strings.ReplaceAll(line["raw_line"], `\n`, "\n")
		logs := newLogSet(t)
		logs.add(fmt.Sprintf("%02d.log", i+1), line["source"], text+"\n")
		records, failures := logs.shown()
		names := parts(line["name"])
		hasName := len(failures) == 1 && slices.Contains(names, failures[0].err)
		nameless := len(failures) == 0 || len(failures) == 1 && failures[0].err == ""
		var g *group
		right := nameless
		switch {
		case len(names) > 0 && identifies(text, names):
			g, right = named, hasName
		case len(names) > 0:
			g, right = hinted, hasName || nameless
		case line["code"] != "":
			g = coded
		case line["method"] == "" || strings.Contains(line["note"], "not a failure"):
			g, right = silent, len(failures) == 0
		default:
			g = other
		}
		g.lines++
		if len(failures) == 0 {
			g.none++
		} else {
			g.seen++
		}
		if right {
			g.right++
			continue
		}
		t.Errorf("%s: true %q (%s) in %q: %s; reported %v\n\t%q\n\t%v", line["source"],
			line["name"], line["code"], line["method"], line["note"], failures, text, records)
	}
	var b strings.Builder
	fmt.Fprint(&b, "Posted lines, each by itself\n\n| Lines | number | correct | failure reported | no failure reported |\n|---|---|---|---|---|\n")
	for _, g := range []*group{named, hinted, coded, silent, other} {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d |\n", g.title, g.lines, g.right, g.seen, g.none)
	}
	t.Logf("\n%s", b.String())
}

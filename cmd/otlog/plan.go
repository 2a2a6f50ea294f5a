package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/otlog/otlog/aggregate/calendar"
	"github.com/otlog/otlog/cmd/otlog/internal/terminal"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/format"
	"github.com/otlog/otlog/report/gate"
	"github.com/otlog/otlog/report/lookup"
	"github.com/otlog/otlog/report/page"
	"github.com/otlog/otlog/report/rows"
)

// A reportPlan is what reportOptions mean.
type reportPlan struct {
	format  format.Format
	how     format.Options
	gates   []gate.Gate
	options report.Options
	input   parse.Options
}

// resolve checks the flags.
func (o *reportOptions) resolve(s streams) (*reportPlan, error) {
	p := &reportPlan{}
	o.output = fileOf(o.output)
	if o.format == "" {
		o.format = formatOf(o.output)
	}
	all := format.All()
	i := slices.IndexFunc(all, func(f format.Format) bool { return f.Name == o.format && o.takes(f) })
	if i < 0 {
		names := format.Names(o.takes)
		return nil, usageError(fmt.Errorf("--format: %q is not a format: expected one of %s%s", o.format, strings.Join(names, ", "), lookup.DidYouMean(lookup.Nearest(o.format, names))))
	}
	p.format = all[i]
	var err error
	if p.options.Window, err = calendar.Parse(o.window); err != nil {
		return nil, usageError(fmt.Errorf("--window: %w%s", err, lookup.DidYouMean(lookup.Nearest(o.window, calendar.Windows))))
	}
	if err := o.resolveBy(p); err != nil {
		return nil, err
	}
	if p.options.Filter, p.options.Zone, err = o.filter.resolve(s.now); err != nil {
		return nil, err
	}
	if err := o.color.check(); err != nil {
		return nil, err
	}
	if o.top < 0 {
		return nil, usageError(errors.New("--top: expected 0 or more"))
	}
	if o.live && o.read.expect != "" {
		return nil, usageError(errors.New("--expect: a report that grows has not all of its shards: leave out --live"))
	}
	if p.input, err = o.read.resolve(s); err != nil {
		return nil, err
	}
	if p.gates, err = o.gates(); err != nil {
		return nil, err
	}
	if p.options.Ignore, err = readIgnore(o.ignore); err != nil {
		return nil, err
	}
	p.options.ShowSessions, p.options.Unredacted = o.read.ids, o.read.rules.Off
	p.options.Now, p.options.ToolVersion = s.now, toolVersion()
	return p, o.resolveFormat(s, p)
}

// formatOf returns the format that the name of an output file ends with, text for any other.
func formatOf(name string) string {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".html", ".htm":
		return "html"
	case ".md", ".markdown":
		return "markdown"
	case ".json":
		return "json"
	case ".csv":
		return "csv"
	case ".parquet":
		return "parquet"
	case ".arrow":
		return "arrow"
	}
	return "text"
}

// resolveBy sets the property of clients that divides the report. Most formats have the main
// properties whether asked or not.
func (o *reportOptions) resolveBy(p *reportPlan) error {
	options := &p.options
	if p.format.Groups {
		options.Breakdown = []report.Dimension{report.BySDK, report.ByBrowser, report.ByOS}
	}
	options.By = report.Dimension(o.by)
	changes := o.diff || o.table == "changes"
	switch {
	case o.by == "":
		return nil
	case o.by == "method" || o.by == "error":
		return usageError(fmt.Errorf("--by: rows are always divided by method and error\nhint: to divide them further, give one of %s", dimensions(", ")))
	case o.by == "session":
		return usageError(errors.New("--by: reports have no rows by session\nhint: --format parquet --table errors has them"))
	case !slices.Contains(report.Dimensions(), options.By):
		return usageError(fmt.Errorf("--by: %q is not a property of clients: expected one of %s%s", o.by, dimensions(", "), nearDimension(o.by)))
	case p.format.Rows:
		return usageError(fmt.Errorf("--by: rows of --format %s always have the columns sdk, browser, os and api_key", o.format))
	case len(p.format.Tables) > 0 && changes && o.pair == nil:
		return usageError(errors.New("--by: changes are not divided\nhint: --table errors or methods of otlog report"))
	}
	return o.resolvePair(p)
}

// resolvePair sets the two groups that otlog diff --by compares.
func (o *reportOptions) resolvePair(p *reportPlan) error {
	if o.pair == nil {
		return nil
	}
	before, after := o.pair[0], o.pair[1]
	switch {
	case before == "" || after == "":
		return usageError(errors.New("--by: one of the two groups has no name"))
	case strings.EqualFold(before, after):
		return usageError(fmt.Errorf("--by: both groups are %q", before))
	case !p.options.Window.All():
		return usageError(errors.New("--by: two groups are compared over the whole input: leave out --window, or select time with --since and --until"))
	}
	p.options.Pair = &report.Pair{By: p.options.By, Before: before, After: after}
	return nil
}

// nearDimension returns a suggestion for a misspelled property.
func nearDimension(typed string) string {
	for _, d := range report.Dimensions() {
		if len(typed) > 2 && lookup.Alike(typed, string(d)) {
			return lookup.DidYouMean([]string{string(d)})
		}
	}
	return ""
}

// readIgnore reads a list of acknowledged errors; nil if name is empty.
func readIgnore(name string) (*report.Ignore, error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("--ignore: %w", err)
	}
	defer f.Close() // read only: nothing can be lost
	list, err := report.ParseIgnore(name, f)
	if err != nil {
		return nil, usageError(fmt.Errorf("--ignore: %w", err))
	}
	return list, nil
}

// resolveFormat checks the flags that depend on the format.
func (o *reportOptions) resolveFormat(s streams, p *reportPlan) error {
	compress, err := o.pack.resolve()
	if err != nil {
		return err
	}
	f := p.format
	with := func(has func(format.Format) bool) string { return strings.Join(format.Names(has), ", ") }
	switch {
	case compress && !f.Packs:
		return usageError(fmt.Errorf("--compress: --format %s is not compressed: only %s", f.Name, with(func(f format.Format) bool { return f.Packs })))
	case o.table != "" && len(f.Tables) == 0:
		return usageError(fmt.Errorf("--table: --format %s has no tables: use one of %s", f.Name, with(func(f format.Format) bool { return len(f.Tables) > 0 })))
	case o.table != "" && !slices.Contains(f.Tables, o.table):
		return usageError(fmt.Errorf("--table: %q is not a table of %s: expected one of %s%s", o.table, f.Name, strings.Join(f.Tables, ", "), lookup.DidYouMean(lookup.Nearest(o.table, f.Tables))))
	}
	p.how = format.Options{Page: page.TextOptions{Options: page.Options{Top: o.top, Diff: o.diff, Title: o.title}}, Table: o.table}
	if f.ShowsAll && !o.topGiven() {
		p.how.Page.Top = 0
	}
	if o.diff && len(f.Tables) > 0 {
		p.how.Table = "changes"
	}
	if o.read.ids && !f.Rows && p.how.Table != "" && p.how.Table != f.Tables[0] {
		return usageError(fmt.Errorf("--show-sessions: table %s of %s has no sessions\nhint: use otlog report --table %s", p.how.Table, f.Name, f.Tables[0]))
	}
	tty := o.terminal(s)
	if f.Rows {
		return o.resolveRows(s, p, compress, tty != nil)
	}
	if tty != nil {
		p.how.Page.Width = terminal.Width(tty)
	}
	p.how.Page.Color = o.color.on(tty != nil)
	return nil
}

// terminal returns the terminal that the report is written to, nil if it goes elsewhere.
func (o *reportOptions) terminal(s streams) *os.File {
	if o.output != "" {
		return nil
	}
	return terminal.Of(s.out)
}

// resolveRows checks the flags of a format of rows.
func (o *reportOptions) resolveRows(s streams, p *reportPlan, compress, toTerminal bool) error {
	switch {
	case len(o.baseline) > 0 || len(o.failOn) > 0 || o.live:
		return usageError(fmt.Errorf("--format %s: rows have no --baseline, no --fail-on and no --live", o.format))
	case o.ignore != "":
		return usageError(fmt.Errorf("--ignore: rows of --format %s have no column for acknowledged errors", o.format))
	case toTerminal:
		return usageError(fmt.Errorf("--format %s: refusing to write binary data to a terminal; use -o FILE", o.format))
	}
	key, err := o.key.resolve(s)
	if err != nil {
		return err
	}
	p.how.Rows = rows.Options{
		Key: key, Window: p.options.Window, Zone: p.options.Zone, Filter: p.options.Filter, ToolVersion: p.options.ToolVersion, Compress: compress,
		ShowSessions: o.read.ids, Unredacted: o.read.rules.Off,
	}
	return nil
}

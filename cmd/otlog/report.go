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
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/format"
	"github.com/otlog/otlog/report/gate"
	"github.com/otlog/otlog/report/lookup"
	"github.com/otlog/otlog/report/page"
	"github.com/otlog/otlog/report/rows"
)

// reportOptions are the flags of otlog report, as typed.
type reportOptions struct {
	format string
	table  string
	pack   compression
	key    keyOptions
	output string
	window string
	by     string
	filter filterOptions
	top    int
	color  colorOption
	live   bool
	read   readOptions

	ignore   string
	failOn   []string
	baseline []string
	diff     bool // the baseline is one of two arguments, and the text is about changes

	topGiven func() bool
}

func (o *reportOptions) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.format, "format", "text", o.formatHelp())
	if !o.diff {
		f.StringVar(&o.table, "table", "", o.tableHelp())
		o.pack.addFlag(cmd, "compress --format arrow: ")
		o.key.addFlags(cmd)
	}
	f.StringVarP(&o.output, "output", "o", "", "write to `FILE` instead of standard output")
	f.StringVar(&o.window, "window", "all", "divide time: "+strings.Join(aggregate.Windows, ", ")+", or all for one window over the whole input")
	f.StringVar(&o.by, "by", "", "divide by `WHAT` clients are: "+dimensions(", ")+"; rows of json and csv get a column of that name")
	o.filter.addZone(cmd, "windows and times")
	o.filter.addFlags(cmd)
	f.IntVar(&o.top, "top", 10, "how many errors, changes, groups and inputs a report for people lists, 0 for all; of html all by default")
	o.topGiven = func() bool { return f.Changed("top") }
	o.color.addFlag(cmd)
	if !o.diff {
		f.StringArrayVar(&o.baseline, "baseline", nil, "compare with this `PATH`, logs or a partial: what changed since, and is it chance?")
	}
	f.StringVar(&o.ignore, "ignore", "", "`FILE` with errors that are acknowledged, one a line: ERROR [METHOD] [until DATE] [# why]")
	f.StringArrayVar(&o.failOn, "fail-on", nil, "end with status 4 if this `GATE` fires, as in 'publish.failure_rate > 2%', 'errors.new > 0',\n'session_rate regressed' (otlog help gates)")
	f.BoolVar(&o.live, "live", false, "show what a pipe has brought so far, once a second, on the terminal; Ctrl-C ends with the report")
	o.read.addFlags(cmd)
	complete := func(flag string, words ...string) {
		// The error says that there is no such flag, which stands above.
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	}
	complete("format", format.Names(o.takes)...)
	if !o.diff {
		complete("table", tableNames()...)
	}
	complete("window", append([]string{"all"}, aggregate.Windows...)...)
	complete("by", strings.Fields(dimensions(" "))...)
}

// takes reports whether --format may be f.
func (o *reportOptions) takes(f format.Format) bool { return !o.diff || !f.Rows }

// formatHelp lists the formats with what they are for.
func (o *reportOptions) formatHelp() string {
	var out []string
	for all := slices.DeleteFunc(format.All(), func(f format.Format) bool { return !o.takes(f) }); len(all) > 0; {
		n := 1
		for n < len(all) && all[n].Help == all[0].Help {
			n++
		}
		var names []string
		for _, f := range all[:n] {
			names = append(names, f.Name)
		}
		last := names[n-1]
		if n > 1 {
			last = strings.Join(names[:n-1], ", ") + " or " + last
		}
		out, all = append(out, last+" for "+all[0].Help), all[n:]
	}
	return strings.Join(out, "; ")
}

// tableHelp lists the tables of each format that has some.
func (o *reportOptions) tableHelp() string {
	var names, tables []string
	for _, f := range format.All() {
		if len(f.Tables) == 0 {
			continue
		}
		list := strings.Join(f.Tables, ", ")
		if n := len(tables); n > 0 && tables[n-1] == list {
			names[n-1] += " and " + f.Name
			continue
		}
		names, tables = append(names, f.Name), append(tables, list)
	}
	for i := range names {
		names[i] += ": " + tables[i]
	}
	return "write this `TABLE`, the first by default; " + strings.Join(names, "; ")
}

// tableNames lists all tables of all formats.
func tableNames() []string {
	var out []string
	for _, f := range format.All() {
		for _, t := range f.Tables {
			if !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	return out
}

// A reportPlan is what the flags mean.
type reportPlan struct {
	format  format.Format
	how     format.Options
	gates   []gate.Gate
	options report.Options
	input   parse.Options
	memory  int64 // bytes
}

func (o *reportOptions) resolve(s streams) (*reportPlan, error) {
	p := &reportPlan{}
	all := format.All()
	i := slices.IndexFunc(all, func(f format.Format) bool { return f.Name == o.format && o.takes(f) })
	if i < 0 {
		names := format.Names(o.takes)
		return nil, usageError(fmt.Errorf("--format: %q is not a format: expected one of %s%s", o.format, strings.Join(names, ", "), lookup.DidYouMean(lookup.Nearest(o.format, names))))
	}
	p.format = all[i]
	var err error
	if p.options.Window, err = aggregate.ParseWindow(o.window); err != nil {
		return nil, usageError(fmt.Errorf("--window: %w%s", err, lookup.DidYouMean(lookup.Nearest(o.window, aggregate.Windows))))
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
		return nil, usageError(errors.New("--top: expected a number from 0"))
	}
	if p.input, p.memory, err = o.read.resolve(s); err != nil {
		return nil, err
	}
	if p.gates, err = o.gates(); err != nil {
		return nil, err
	}
	if p.options.Ignore, err = readIgnore(o.ignore); err != nil {
		return nil, err
	}
	p.options.Now, p.options.ToolVersion = s.now, toolVersion()
	return p, o.resolveFormat(s, p)
}

// dimensions names what a report can be divided by.
func dimensions(separator string) string {
	var out []string
	for _, d := range report.Dimensions() {
		out = append(out, string(d))
	}
	return strings.Join(out, separator)
}

// resolveBy says what the report is divided by. People see what clients are in any case.
func (o *reportOptions) resolveBy(p *reportPlan) error {
	options := &p.options
	if p.format.People {
		options.Breakdown = []report.Dimension{report.BySDK, report.ByBrowser, report.ByOS}
	}
	options.By = report.Dimension(o.by)
	changes := o.diff || o.table == "changes"
	switch {
	case o.by == "":
		return nil
	case o.by == "method" || o.by == "error":
		return usageError(fmt.Errorf("--by: rows are by method and error in any case\nhint: to divide them further, give one of %s", dimensions(", ")))
	case o.by == "session":
		return usageError(errors.New("--by: a report has no sessions\nhint: --format parquet --table errors has a row for each"))
	case !slices.Contains(report.Dimensions(), options.By):
		return usageError(fmt.Errorf("--by: %q is not what a report can be divided by: expected one of %s%s", o.by, dimensions(", "), nearDimension(o.by)))
	case p.format.Rows:
		return usageError(fmt.Errorf("--by: rows of --format %s tell sdk, browser, os and api_key in any case", o.format))
	case len(p.format.Tables) > 0 && changes:
		return usageError(errors.New("--by: changes are of the whole\nhint: --table errors or methods of otlog report"))
	}
	return nil
}

// nearDimension is a hint to what was probably meant.
func nearDimension(typed string) string {
	for _, d := range report.Dimensions() {
		if len(typed) > 2 && lookup.Alike(typed, string(d)) {
			return lookup.DidYouMean([]string{string(d)})
		}
	}
	return ""
}

// readIgnore reads a list of errors that are acknowledged; nil if there is none.
func readIgnore(name string) (*report.Ignore, error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("--ignore: %w", err)
	}
	defer f.Close() // only read from: nothing can be lost
	list, err := report.ParseIgnore(name, f)
	if err != nil {
		return nil, usageError(fmt.Errorf("--ignore: %w", err))
	}
	return list, nil
}

// resolveFormat checks the options of the format, and says how it is written.
func (o *reportOptions) resolveFormat(s streams, p *reportPlan) error {
	compress, err := o.pack.resolve()
	if err != nil {
		return err
	}
	f := p.format
	with := func(has func(format.Format) bool) string { return strings.Join(format.Names(has), ", ") }
	switch {
	case compress && !f.Packs:
		return usageError(fmt.Errorf("--compress: --format %s has no use for it: only %s", f.Name, with(func(f format.Format) bool { return f.Packs })))
	case o.table != "" && len(f.Tables) == 0:
		return usageError(fmt.Errorf("--table: --format %s has no tables: only %s", f.Name, with(func(f format.Format) bool { return len(f.Tables) > 0 })))
	case o.table != "" && !slices.Contains(f.Tables, o.table):
		return usageError(fmt.Errorf("--table: %q is not a table of %s: expected one of %s%s", o.table, f.Name, strings.Join(f.Tables, ", "), lookup.DidYouMean(lookup.Nearest(o.table, f.Tables))))
	}
	p.how = format.Options{Page: page.TextOptions{Options: page.Options{Top: o.top, Diff: o.diff}}, Table: o.table}
	if f.ShowsAll && !o.topGiven() {
		p.how.Page.Top = 0
	}
	if o.diff && len(f.Tables) > 0 {
		p.how.Table = "changes"
	}
	if f.Rows {
		return o.resolveRows(s, p, compress)
	}
	terminal := o.terminal(s)
	if terminal != nil {
		p.how.Page.Width = widthOf(terminal)
	}
	p.how.Page.Color = o.color.on(terminal != nil)
	return nil
}

// terminal returns the terminal that the report is written to, nil for any other output.
func (o *reportOptions) terminal(s streams) *os.File {
	if o.output != "" {
		return nil
	}
	f, ok := terminalOf(s.out)
	if !ok {
		return nil
	}
	return f
}

// resolveRows checks that rows are all that is asked for, and says how they are written.
func (o *reportOptions) resolveRows(s streams, p *reportPlan, compress bool) error {
	switch {
	case len(o.baseline) > 0 || len(o.failOn) > 0 || o.live:
		return usageError(fmt.Errorf("--format %s: rows have no --baseline, no --fail-on and no --live", o.format))
	case o.ignore != "":
		return usageError(fmt.Errorf("--ignore: rows of --format %s do not say what is acknowledged", o.format))
	case o.terminal(s) != nil:
		return usageError(fmt.Errorf("--format %s: refusing to write binary data to a terminal; use -o FILE", o.format))
	}
	key, err := o.key.resolve()
	if err != nil {
		return err
	}
	p.how.Rows = rows.Options{
		Key: key, Window: p.options.Window, Zone: p.options.Zone, Filter: p.options.Filter, ToolVersion: p.options.ToolVersion, Compress: compress,
	}
	return nil
}

// run reads the logs and partials that args name and writes the report.
func (o *reportOptions) run(s streams, args []string) error {
	plan, err := o.resolve(s)
	if err != nil {
		return err
	}
	found, err := find(s, args)
	if err != nil {
		return err
	}
	before, err := o.readBaseline(s, args, plan)
	if err != nil {
		return err
	}
	scan := o.read.scan(s)
	if o.live {
		scan = o.scanLive(s, plan)
	}
	read, err := o.read.read(s, found, plan.input, plan.memory, scan)
	defer read.close()
	if err != nil {
		return err
	}
	counts, err := read.settle()
	if err != nil {
		return err
	}
	if err := checkFilter(&plan.options.Filter, counts); err != nil {
		return err
	}
	// It stands in the report too, but that may go to a file or a program.
	sayTrouble(s, read.sources)
	sayPassed(s, plan.input)
	var gates error // how they end the command
	if plan.format.Rows {
		err = emit(s, o.output, func(w io.Writer) error { return plan.format.Write(w, format.Input{Counts: counts}, plan.how) })
	} else {
		gates, err = o.writeReport(s, plan, read, counts)
	}
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return worst(before, read.status(), gates)
}

// writeReport makes the report of what was read, and writes it. status is how the command
// should end on account of its gates.
func (o *reportOptions) writeReport(s streams, plan *reportPlan, read *reading, counts *aggregate.Counts) (status, err error) {
	options := plan.options
	options.Warnings = read.missing
	r, err := report.New(counts, read.sources, options)
	if err != nil {
		return nil, err
	}
	// Nothing is written before all is known to be right.
	var b bytes.Buffer
	if err := plan.format.Write(&b, format.Input{Report: r}, plan.how); err != nil {
		return nil, err
	}
	err = emit(s, o.output, func(w io.Writer) error {
		_, err := w.Write(b.Bytes())
		return err
	})
	if err != nil {
		return nil, err
	}
	return check(s, plan.gates, r), nil
}

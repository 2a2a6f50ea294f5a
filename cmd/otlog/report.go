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
	formats := "text, markdown or html for people, json for programs; csv for a table"
	if !o.diff {
		formats += "\nof the report; arrow or parquet for rows by session"
	}
	f.StringVar(&o.format, "format", "text", formats)
	if !o.diff {
		f.StringVar(&o.table, "table", "", "which rows: errors, methods; of csv also changes, of arrow and parquet also sessions, clients (default errors)")
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
	complete("format", o.formats()...)
	if !o.diff {
		complete("table", append([]string{"changes"}, rows.Tables()...)...)
	}
	complete("window", append([]string{"all"}, aggregate.Windows...)...)
	complete("by", strings.Fields(dimensions(" "))...)
}

// formats are what --format may be.
func (o *reportOptions) formats() []string {
	if o.diff {
		return []string{"text", "markdown", "html", "json", "csv"}
	}
	return append([]string{"text", "markdown", "html", "json", "csv"}, rows.Formats()...)
}

// A reportPlan is what the flags mean.
type reportPlan struct {
	write   func(io.Writer, *report.Report) error
	table   *rows.Options // if not nil, rows are written instead
	gates   []gate.Gate
	options report.Options
	input   parse.Options
	memory  int64 // bytes
}

func (o *reportOptions) resolve(s streams) (*reportPlan, error) {
	p := &reportPlan{}
	switch o.format {
	case "text":
		p.write = o.textWriter(s)
	case "markdown":
		p.write = o.writePage(page.Markdown)
	case "html":
		p.write = o.writePage(page.HTML)
	case "json":
		p.write = report.WriteJSON
	case "csv":
		if o.table != "" && !slices.Contains(report.CSVTables, o.table) {
			return nil, usageError(fmt.Errorf("--table: %q is not a table of csv: expected one of %s%s", o.table, strings.Join(report.CSVTables, ", "), lookup.DidYouMean(lookup.Nearest(o.table, report.CSVTables))))
		}
		p.write = o.writeCSV
	default:
		if formats := o.formats(); !slices.Contains(formats, o.format) {
			return nil, usageError(fmt.Errorf("--format: %q is not a format: expected one of %s%s", o.format, strings.Join(formats, ", "), lookup.DidYouMean(lookup.Nearest(o.format, formats))))
		}
	}
	var err error
	if p.options.Window, err = aggregate.ParseWindow(o.window); err != nil {
		return nil, usageError(fmt.Errorf("--window: %w%s", err, lookup.DidYouMean(lookup.Nearest(o.window, aggregate.Windows))))
	}
	if err := o.resolveBy(&p.options); err != nil {
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
	return p, o.resolveTable(s, p)
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
func (o *reportOptions) resolveBy(options *report.Options) error {
	if slices.Contains([]string{"text", "markdown", "html"}, o.format) {
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
	case slices.Contains(rows.Formats(), o.format):
		return usageError(fmt.Errorf("--by: rows of --format %s tell sdk, browser, os and api_key in any case", o.format))
	case o.format == "csv" && changes:
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

// resolveTable says which rows to write, if rows are wanted.
func (o *reportOptions) resolveTable(s streams, p *reportPlan) error {
	wanted := slices.Contains(rows.Formats(), o.format)
	_, terminal := terminalOf(s.out)
	compress, err := o.pack.resolve()
	switch {
	case err != nil:
		return err
	case compress && o.format != "arrow":
		return usageError(errors.New("--compress: only --format arrow can be packed; Parquet always is"))
	case !wanted && o.table != "" && o.format != "csv":
		return usageError(fmt.Errorf("--table: only csv, %s are of one table", strings.Join(rows.Formats(), " and ")))
	case !wanted:
		return nil
	case o.table != "" && !slices.Contains(rows.Tables(), o.table):
		return usageError(fmt.Errorf("--table: %q is not a table: expected one of %s%s", o.table, strings.Join(rows.Tables(), ", "), lookup.DidYouMean(lookup.Nearest(o.table, rows.Tables()))))
	case len(o.baseline) > 0 || len(o.failOn) > 0 || o.live:
		return usageError(fmt.Errorf("--format %s: rows have no baseline and no gates, and are not live", o.format))
	case o.ignore != "":
		return usageError(fmt.Errorf("--ignore: rows of --format %s do not tell what is acknowledged", o.format))
	case terminal && o.output == "":
		return usageError(fmt.Errorf("--format %s is nothing for a terminal: give a file with -o, or pipe it on", o.format))
	}
	key, err := o.key.resolve()
	if err != nil {
		return err
	}
	p.table = &rows.Options{
		Format: o.format, Table: o.table, Key: key,
		Window: p.options.Window, Zone: p.options.Zone, Filter: p.options.Filter, ToolVersion: p.options.ToolVersion,
		Compress: compress,
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
	if plan.table != nil {
		err = emit(s, o.output, func(w io.Writer) error { return rows.Write(w, counts, *plan.table) })
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
	if err := plan.write(&b, r); err != nil {
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

// writeCSV writes one table of the report; of a diff, that is its changes.
func (o *reportOptions) writeCSV(w io.Writer, r *report.Report) error {
	if o.diff {
		return report.WriteCSV(w, r, "changes")
	}
	return report.WriteCSV(w, r, o.table)
}

// page says what stands in the report for people.
func (o *reportOptions) page() page.Options {
	p := page.Options{Top: o.top, Diff: o.diff}
	if o.format == "html" && !o.topGiven() {
		p.Top = 0 // it can be searched
	}
	return p
}

func (o *reportOptions) writePage(write func(io.Writer, *report.Report, page.Options) error) func(io.Writer, *report.Report) error {
	return func(w io.Writer, r *report.Report) error { return write(w, r, o.page()) }
}

// textWriter writes the report for people at a terminal: as that allows, if it is one.
func (o *reportOptions) textWriter(s streams) func(io.Writer, *report.Report) error {
	options := page.TextOptions{Options: o.page()}
	var terminal *os.File
	if o.output == "" {
		if f, ok := terminalOf(s.out); ok {
			terminal = f
			options.Width = widthOf(f)
		}
	}
	options.Color = o.color.on(terminal != nil)
	return func(w io.Writer, r *report.Report) error { return page.Text(w, r, options) }
}

package main

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/calendar"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/format"
)

// reportOptions are the flags of otlog report and otlog diff, as typed.
type reportOptions struct {
	format string
	table  string
	pack   compression
	key    keyOptions
	output string
	window string
	by     string
	filter filterOptions
	title  string
	top    int
	color  colorOption
	all    bool // without a pager
	live   bool
	read   readOptions

	ignore   string
	failOn   []string
	baseline []string
	diff     bool     // otlog diff: the baseline is an argument, and the page is about changes
	pair     []string // otlog diff --by: the two groups that it compares; nil: two inputs

	topGiven func() bool
}

func (o *reportOptions) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.format, "format", "", o.formatHelp()+"; default: that of the name of --output, else text")
	if !o.diff {
		f.StringVar(&o.table, "table", "", o.tableHelp())
		o.pack.addFlag(cmd, "compression of --format arrow: ")
		o.key.addFlags(cmd)
	}
	f.StringVarP(&o.output, "output", "o", "", "write to `FILE` instead of standard output, which is -")
	f.StringVar(&o.window, "window", "all", "divide time into windows: "+strings.Join(calendar.Windows, ", ")+", or all for one window over the whole input")
	f.StringVar(&o.by, "by", "", "divide by a `PROPERTY` of clients: "+dimensions(", ")+"; rows of json and csv get a column with its name")
	o.filter.addZone(cmd, "windows and times")
	o.filter.addFlags(cmd)
	f.IntVar(&o.top, "top", 10, "maximum number of errors, changes, groups and inputs in reports for people, 0 for all; html shows all by default")
	o.topGiven = func() bool { return f.Changed("top") }
	f.BoolVar(&o.read.ids, "show-sessions", false, "show the IDs of up to three sessions with each error, to look at with otlog session; rows of\narrow and parquet get a column with the ID")
	f.StringVar(&o.title, "title", "", "`TITLE` of a report for people, below its headline")
	o.color.addFlag(cmd)
	addPager(cmd, &o.all)
	if !o.diff {
		f.StringArrayVar(&o.baseline, "baseline", nil, "compare with `PATH`, logs or a partial: what changed since, and is it chance?")
	}
	f.StringVar(&o.ignore, "ignore", "", "`FILE` of acknowledged errors, one per line: ERROR [METHOD] [until DATE] [# why]")
	f.StringArrayVar(&o.failOn, "fail-on", nil, "exit with status 4 if this `GATE` fires, as in 'publish.failure_rate > 2%', 'errors.new > 0',\n'session_rate regressed' (otlog help gates)")
	if !o.diff {
		o.read.name.addFlag(cmd)
		o.read.addExpect(cmd)
	}
	f.BoolVar(&o.live, "live", false, "show the report of a pipe on the terminal while it grows, once a second; Ctrl-C ends with the report")
	o.read.addFlags(cmd)
	complete := func(flag string, words ...string) {
		// Fails only if the flag does not exist.
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	}
	complete("format", format.Names(o.takes)...)
	if !o.diff {
		complete("table", tableNames()...)
	}
	complete("window", append([]string{"all"}, calendar.Windows...)...)
	complete("by", strings.Fields(dimensions(" "))...)
}

// takes reports whether --format may be f.
func (o *reportOptions) takes(f format.Format) bool { return !o.diff || !f.Rows }

// formatHelp lists the formats and their purposes.
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

// dimensions joins the properties of clients that a report can be divided by.
func dimensions(separator string) string {
	var out []string
	for _, d := range report.Dimensions() {
		out = append(out, string(d))
	}
	return strings.Join(out, separator)
}

// run reads the logs and partials of args and writes the report.
func (o *reportOptions) run(s streams, args []string) error {
	plan, err := o.resolve(s)
	if err != nil {
		return err
	}
	found, err := findInput(s, args, &o.read.rules)
	if err != nil {
		return err
	}
	if err := o.read.name.set(found); err != nil {
		return err
	}
	if err := checkOutput(s, o.output, found.sources, o.ignore, o.key.file, o.read.expect); err != nil {
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
	read, err := o.read.read(s, found, plan.input, scan)
	defer read.close()
	if err != nil {
		return err
	}
	if err := checkRead(o.output, found.sources, read.names()); err != nil {
		return err
	}
	counts, err := read.settle()
	if err != nil {
		return err
	}
	if err := checkFilter(&plan.options.Filter, counts, &o.read.rules); err != nil {
		return err
	}
	if err := checkPair(plan.options.Pair, counts, &o.read.rules); err != nil {
		return err
	}
	// The report has these messages too, but it may go to a file or a program.
	sayTrouble(s, read.sources)
	sayLeftOut(s, read.sources, &read.leftOut)
	if o.read.ids {
		read.sayHashed(s)
	}
	trouble := worst(before, read.status(o.read.force))
	if err := o.read.unpack.refuse(trouble); err != nil {
		return err
	}
	var gates error // the status of gates
	if plan.format.Rows {
		err = emit(s, o.output, func(w io.Writer) error {
			return plan.format.Write(w, format.Input{Counts: counts, Sources: read.sources}, plan.how)
		})
	} else {
		gates, err = o.writeReport(s, plan, read, counts)
	}
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return worst(trouble, gates)
}

// writeReport writes the report of what was read. status is the exit status that the gates
// demand.
func (o *reportOptions) writeReport(s streams, plan *reportPlan, read *reading, counts *aggregate.Counts) (status, err error) {
	options := plan.options
	options.Warnings, options.LeftOut = read.missing, read.leftOut
	r, err := report.New(counts, read.sources, options)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer // so that an error leaves no half of a report
	if err := plan.format.Write(&b, format.Input{Report: r}, plan.how); err != nil {
		return nil, err
	}
	err = emitText(s, o.output, o.all || !plan.format.People, r.Headline().Says, func(w io.Writer) error {
		_, err := w.Write(b.Bytes())
		return err
	})
	if err != nil {
		return nil, err
	}
	return check(s, plan.gates, r), nil
}

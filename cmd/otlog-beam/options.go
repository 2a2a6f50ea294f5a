package main

import (
	"errors"
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/options/jobopts"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners"

	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/internal/typed"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/timestamp"
	"github.com/otlog/otlog/report/lookup"
)

// flags are the flags of the command, as typed.
type flags struct {
	output    string
	memory    string
	rangeMiB  int64
	strict    bool
	verbose   bool
	pool      string
	provision string
	o         options
}

// ownFlags are the names of the flags that are not Beam's, in the order of the help.
var ownFlags []string

// addFlags adds the flags of the command. They mean what they mean to otlog scan.
func addFlags(set *flag.FlagSet) *flags {
	f := &flags{}
	str := func(to *string, name, value, text string) {
		set.StringVar(to, name, value, text)
		ownFlags = append(ownFlags, name)
	}
	yes := func(to *bool, name, text string) {
		set.BoolVar(to, name, false, text)
		ownFlags = append(ownFlags, name)
	}
	str(&f.output, "o", "", "write the partial to `FILE`, which may be an object gs://… or s3://…")
	str(&f.memory, "memory", "1GiB", "approximate maximum of memory of a worker, as a `SIZE`; data beyond it goes to temporary files (in $TMPDIR)")
	set.IntVar(&f.o.Jobs, "jobs", 0, "number of goroutines that classify in a worker, 0 for one per core")
	set.Int64Var(&f.rangeMiB, "range", 256, "divide files of lines into ranges of `N` MiB of text, 0 for never")
	yes(&f.strict, "strict", "fail, and write no partial, if the status would be 3: damage, a skipped record, the same content twice")
	yes(&f.o.KeepIDs, "show-sessions", "keep session IDs as they are, not only as hashes")
	yes(&f.o.NoRedact, "no-redact", "leave tokens, passwords, e-mail addresses and IP addresses as the logs have them")
	str(&f.o.Format, "input-format", "", "read all inputs as `FORMAT` (see otlog formats) instead of detecting it")
	str(&f.o.Time, "time-field", "", "`FIELD` or column of the time")
	str(&f.o.Session, "session-field", "", "`FIELD` or column that identifies the session")
	str(&f.o.Message, "message-field", "", "`FIELD` or column of the text")
	str(&f.o.Zone, "assume-tz", "UTC", "`ZONE` of times in logs that have none")
	str(&f.o.Layout, "time-format", "", "`LAYOUT` of times in logs, tried first")
	set.Int64Var(&f.o.MaxExpansion, "max-expansion", parse.DefaultMaxExpansion, "stop reading input that unpacks to more than `N` times its size, 0 for no limit")
	str(&f.pool, "worker_pool", "", "listen on `ADDRESS` (127.0.0.1:50000) and start workers for --environment_type=EXTERNAL")
	yes(&f.verbose, "v", "print what Beam and its runner log")
	ownFlags = append(ownFlags, "jobs", "range", "max-expansion")
	// Engines give it to the command of --environment_type=PROCESS.
	set.StringVar(&f.provision, "provision_endpoint", "", "where a worker asks the engine for its job")
	return f
}

// resolve returns the options of a job that is launched now.
func (f *flags) resolve(now time.Time) (*options, error) {
	if f.output == "" || f.output == "-" {
		return nil, usageError(errors.New("-o FILE is missing: workers write the partial to a file"))
	}
	if r := *runners.Runner; r != "" && !slices.Contains(runnerNames, r) {
		return nil, usageError(fmt.Errorf("--runner: %q is not a runner: expected %s%s", r, strings.Join(runnerNames, ", "), lookup.DidYouMean(lookup.Nearest(r, runnerNames))))
	}
	if *jobopts.Async {
		return nil, usageError(errors.New("--async: this command verifies the result and gives it its name, so it has to wait for the job"))
	}
	o := f.o
	o.RangeBytes = f.rangeMiB << 20
	o.Now, o.Tool, o.Catalogue = now, toolVersion(), catalogue.Version
	var err error
	if o.Memory, err = typed.Memory(f.memory); err != nil {
		return nil, usageError(fmt.Errorf("--memory: %w", err))
	}
	if f.rangeMiB < 0 || f.rangeMiB > 1<<30 {
		return nil, usageError(errors.New("--range: expected a number of MiB, 0 or more"))
	}
	if o.Jobs < 0 {
		return nil, usageError(errors.New("--jobs: expected 0 or more"))
	}
	if o.MaxExpansion < 0 {
		return nil, usageError(errors.New("--max-expansion: expected 0 or more"))
	}
	if _, ok := parse.FormatOf(o.Format); o.Format != "" && !ok {
		var names []string
		for _, f := range parse.Formats {
			names = append(names, f.Name)
		}
		return nil, usageError(fmt.Errorf("--input-format: %q is not a format%s", o.Format, lookup.DidYouMean(lookup.Nearest(o.Format, names))))
	}
	if _, err := o.input(); err != nil {
		return nil, usageError(err)
	}
	return &o, nil
}

// runnerNames are those that Beam has registered. It ends the process for any other name.
var runnerNames = []string{
	"prism", "universal", "portable", "flink", "spark", "dataflow", "direct",
	"PrismRunner", "PortableRunner", "FlinkRunner", "SparkRunner", "DataflowRunner", "DirectRunner",
}

// options are what workers have to know. They travel with the job.
type options struct {
	Tool, Catalogue string // versions of the launcher

	Format, Time, Session, Message string
	Zone, Layout                   string
	Now                            time.Time // bounds times without a year, in all workers alike
	MaxExpansion                   int64
	RangeBytes                     int64 // 0: files are not divided
	Memory                         int64
	Jobs                           int
	KeepIDs, NoRedact              bool
}

// check returns an error if a worker is not of the version of the launcher: its counts could differ.
func (o *options) check() error {
	if tool := toolVersion(); tool != o.Tool || catalogue.Version != o.Catalogue {
		return fmt.Errorf("the worker is otlog-beam %s with catalogue %s, and the job is of %s with catalogue %s\nhint: install the same otlog-beam on all hosts",
			tool, catalogue.Version, o.Tool, o.Catalogue)
	}
	return nil
}

// jobs returns how many goroutines classify in a worker.
func (o *options) jobs() int {
	if o.Jobs > 0 {
		return o.Jobs
	}
	return runtime.GOMAXPROCS(0)
}

// input returns how to open logs, without a budget for windows.
func (o *options) input() (parse.Options, error) {
	expansion := o.MaxExpansion
	if expansion == 0 {
		expansion = -1
	}
	in := parse.Options{MaxExpansion: expansion, Format: o.Format, Fields: field.Names{Time: o.Time, Session: o.Session, Message: o.Message}}
	times := timestamp.Times{Latest: o.Now}
	var err error
	if times.Zone, err = time.LoadLocation(o.Zone); err != nil {
		return in, fmt.Errorf("--assume-tz: %w", err)
	}
	if o.Layout != "" {
		if times.Layout, err = timestamp.ParseLayout(o.Layout); err != nil {
			return in, fmt.Errorf("--time-format: %q: %w", o.Layout, err)
		}
	}
	in.Times = times
	return in, nil
}

// version is set by the linker in releases.
var version string

// toolVersion returns the version of otlog-beam: of the release, else of the module.
func toolVersion() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || slices.Contains([]string{"", "(devel)"}, info.Main.Version) {
		return "devel"
	}
	return info.Main.Version
}

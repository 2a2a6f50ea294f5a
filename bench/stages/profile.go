package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// profileTo is the environment variable that names the file of the profile.
const profileTo = "OTLOG_STAGES_PROFILE"

// profiling is added to otlog's package main, in which exit takes the place of os.Exit.
const profiling = `package main

import (
	"os"
	"runtime/pprof"
)

func init() {
	to, err := os.Create(os.Getenv("` + profileTo + `"))
	if err == nil {
		err = pprof.StartCPUProfile(to)
	}
	if err != nil {
		panic(err)
	}
}

func exit(status int) {
	pprof.StopCPUProfile()
	os.Exit(status)
}
`

// plain and profiled name the builds of a revision.
func plain(revision string) string    { return "otlog-" + revision }
func profiled(revision string) string { return "otlog-profiled-" + revision }

// buildProfiled builds otlog as of the revision in dir, twice: as it is, and with a profile. The files in
// dir do not change.
func (j *job) buildProfiled(dir, revision string) error {
	const command = "./cmd/otlog"
	if err := j.Build(dir, plain(revision), command); err != nil {
		return err
	}
	at := filepath.Join(dir, "cmd", "otlog")
	main, err := os.ReadFile(filepath.Join(at, "main.go"))
	if err != nil {
		return err
	}
	replaced := strings.ReplaceAll(string(main), "os.Exit(", "exit(")
	if replaced == string(main) {
		return fmt.Errorf("%s/main.go does not call os.Exit", command)
	}
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for name, text := range map[string]string{"main.go": replaced, "profiling.go": profiling} {
		copied := j.At(profiled(revision) + "." + name)
		if err := os.WriteFile(copied, []byte(text), 0o600); err != nil {
			return err
		}
		overlay.Replace[filepath.Join(at, name)] = copied
	}
	text, err := json.Marshal(overlay)
	if err != nil {
		return err
	}
	list := j.At(profiled(revision) + ".json")
	if err := os.WriteFile(list, text, 0o600); err != nil {
		return err
	}
	return j.Build(dir, profiled(revision), command, "-overlay", list)
}

// shares returns the share of the samples of some profiles that each stage has.
func (j *job) shares(profiles []string) (perStage, error) {
	text, err := j.Output(j.Root, "go", append([]string{"tool", "pprof", "-traces", "-unit=ns"}, profiles...)...)
	if err != nil {
		return perStage{}, err
	}
	var sums perStage
	var total float64
	err = readTraces(strings.NewReader(text), func(took time.Duration, stack []string) {
		sums[stageOf(stack)] += took.Seconds()
		total += took.Seconds()
	})
	if err == nil && total == 0 {
		err = fmt.Errorf("the profiles have no samples")
	}
	if err != nil {
		return perStage{}, err
	}
	for i := range sums {
		sums[i] /= total
	}
	return sums, nil
}

// readTraces reads what pprof -traces prints, and calls visit with each stack, the innermost function
// first. Before each stack is a line of hyphens; its first line has a time and a function.
func readTraces(r io.Reader, visit func(took time.Duration, stack []string)) error {
	var took time.Duration
	var stack []string
	flush := func() {
		if len(stack) > 0 {
			visit(took, stack)
		}
		stack = nil
	}
	begun, first := false, false
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		switch {
		case strings.HasPrefix(line, "-----"):
			flush()
			begun, first = true, true
		case !begun || line == "": // above the first stack
		case first:
			text, function, _ := strings.Cut(line, " ")
			var err error
			if took, err = time.ParseDuration(text); err != nil {
				return fmt.Errorf("reading the output of pprof: %w", err)
			}
			stack, first = append(stack, functionName(function)), false
		default:
			stack = append(stack, functionName(line))
		}
	}
	flush()
	return lines.Err()
}

// functionName returns the name of a function without type arguments and the path of the module.
func functionName(line string) string {
	name := strings.TrimSuffix(strings.TrimSpace(line), " (inline)")
	if from, to := strings.Index(name, "["), strings.LastIndex(name, "]"); 0 <= from && from < to {
		name = name[:from] + name[to+1:]
	}
	return strings.TrimPrefix(name, "github.com/otlog/otlog/")
}

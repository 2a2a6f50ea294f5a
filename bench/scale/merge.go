package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/otlog/otlog/bench/lab"
	"github.com/otlog/otlog/bench/layout"
)

// division scans one log in more and more shards. Its lines are divided by time, as a log that is rotated, or
// in turn, as hosts write them: then each session is in many shards.
func (j *job) division() error {
	g, err := j.Generate(inputOf("app"), j.size, layout.Raw)
	if err != nil {
		return err
	}
	defer os.Remove(g.Path)
	gb := float64(g.Truth.Totals.Bytes) / 1e9
	fmt.Fprint(j.out, "\nOne application log in many shards:\n\n"+
		"| shards | lines are divided | partials (MB/GB), with zstd | merge, wall (s/GB) | merge, CPU (s/GB) | peak memory (MB) | merged partial (MB/GB), with zstd |\n"+
		"|--:|---|--:|--:|--:|--:|--:|\n")
	for _, n := range []int{1, 8, 64} {
		for _, how := range []string{"by time", "in turn"} {
			if n == 1 && how == "in turn" {
				continue
			}
			dir := j.At("division")
			if err := divide(g.Path, dir, n, how == "in turn"); err != nil {
				return err
			}
			all, err := j.scanAll(dir)
			if err != nil {
				return err
			}
			args := append([]string{"--expect", filepath.Join(dir, "shards.txt"), filepath.Join(dir, "parts")}, lab.ReportArgs...)
			if err := j.Answer(j.otlog(args...), g.CheckReport); err != nil {
				return fmt.Errorf("%d shards, %s: %w", n, how, err)
			}
			wall, cpu, peak, err := j.median(j.merge("merged.arrow", filepath.Join(dir, "parts")))
			if err != nil {
				return err
			}
			merged, _, err := j.sizes("merged.arrow", "merged.arrow")
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(j.out, "| %d | %s | %.2f | %.2f | %.2f | %.0f | %.2f |\n", n, how, all/1e6/gb, wall/gb, cpu/gb, peak, merged/1e6/gb); err != nil {
				return err
			}
			if err := os.RemoveAll(dir); err != nil {
				return err
			}
		}
	}
	return nil
}

func (j *job) merge(to string, args ...string) lab.Command {
	return j.otlog(append([]string{"merge", "--compress", "zstd", "-o", j.At(to)}, args...)...)
}

// divide writes the lines of a log into n files in dir: a run of them each, or in turn.
func divide(log, dir string, n int, turns bool) (err error) {
	f, err := os.Open(log)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "parts"), 0o755); err != nil {
		return err
	}
	var writers []*bufio.Writer
	for i := range n {
		out, err := os.Create(filepath.Join(dir, fmt.Sprintf("%03d.jsonl", i)))
		if err != nil {
			return err
		}
		w := bufio.NewWriter(out)
		writers = append(writers, w)
		defer func() { err = errors.Join(err, w.Flush(), out.Close()) }()
	}
	lines := bufio.NewReaderSize(f, 1<<20)
	var at int64
	for k := 0; ; k++ {
		line, err := lines.ReadSlice('\n')
		i := k % n
		if !turns {
			i = int(at * int64(n) / info.Size())
		}
		if len(line) > 0 {
			if _, err := writers[i].Write(line); err != nil {
				return err
			}
		}
		at += int64(len(line))
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// scanAll scans each log of a directory into its folder parts, lists their names in shards.txt, and returns the
// bytes of the partials.
func (j *job) scanAll(dir string) (bytes float64, err error) {
	logs, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil {
		return 0, err
	}
	for i, log := range logs {
		part := filepath.Join(dir, "parts", fmt.Sprintf("%06d.arrow", i))
		if _, err := j.otlog("scan", "--compress", "zstd", "-o", part, log).Run(j.Ctx); err != nil {
			return 0, err
		}
		info, err := os.Stat(part)
		if err != nil {
			return 0, err
		}
		bytes += float64(info.Size())
	}
	return bytes, os.WriteFile(filepath.Join(dir, "shards.txt"), []byte(strings.Join(logs, "\n")), 0o644)
}

// merged is what it costs to add up partials, with zstd, on all cores.
type merged struct{ cpu float64 } // seconds of a report, for each MB of partials

// merges adds up more and more partials of different logs.
func (j *job) merges() (out merged, err error) {
	fmt.Fprintf(j.out, "\nPartials of application logs of %s each, with zstd, on %d cores:\n\n"+
		"| partials | MB | sessions | --memory | merge, wall (s) | merge, CPU (s) | peak memory (MB) | report, wall (s) | report, CPU (s) | peak memory (MB) |\n"+
		"|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|\n", j.each, runtime.NumCPU())
	parts := j.At("parts")
	if err := os.MkdirAll(parts, 0o755); err != nil {
		return out, err
	}
	made, bytes, sessions := 0, 0.0, int64(0)
	for _, n := range j.partials {
		for ; made < n; made++ {
			size, seen, err := j.part(made)
			if err != nil {
				return out, err
			}
			bytes, sessions = bytes+size, sessions+seen
		}
		if err := j.checkSessions(parts, sessions); err != nil {
			return out, fmt.Errorf("%d partials: %w", n, err)
		}
		for _, memory := range []string{"1GiB", "64MiB"} {
			wall, cpu, peak, err := j.median(j.merge("merged.arrow", "--memory", memory, parts))
			if err != nil {
				return out, err
			}
			rwall, rcpu, rpeak, err := j.median(j.otlog("report", "--format", "json", "--window", "1d", "--memory", memory, parts))
			if err != nil {
				return out, err
			}
			if memory == "1GiB" {
				out = merged{rcpu / (bytes / 1e6)}
			}
			if _, err := fmt.Fprintf(j.out, "| %d | %.1f | %d | %s | %.2f | %.2f | %.0f | %.2f | %.2f | %.0f |\n", n, bytes/1e6, sessions, memory, wall, cpu, peak, rwall, rcpu, rpeak); err != nil {
				return out, err
			}
		}
	}
	return out, j.tree(parts, made)
}

// part scans a log of another seed. It returns the bytes of the partial, and the sessions in it.
func (j *job) part(i int) (bytes float64, sessions int64, err error) {
	in := inputOf("app")
	in.Args = append([]string{"-seed", strconv.Itoa(i + 1)}, in.Args...)
	g, err := j.Generate(in, j.each, layout.Raw)
	if err != nil {
		return 0, 0, err
	}
	defer os.Remove(g.Path)
	part := filepath.Join("parts", fmt.Sprintf("%06d.arrow", i))
	if _, err := j.otlog("scan", "--compress", "zstd", "--name", fmt.Sprint("shard-", i), "-o", j.At(part), g.Path).Run(j.Ctx); err != nil {
		return 0, 0, err
	}
	bytes, _, err = j.sizes(part, part)
	return bytes, g.Truth.Totals.Sessions, err
}

// checkSessions compares the sessions of the report of partials with those of their logs.
func (j *job) checkSessions(parts string, want int64) error {
	return j.Answer(j.otlog("report", "--format", "json", parts), func(r io.Reader) error {
		var report struct {
			Totals struct{ Sessions int64 }
		}
		if err := json.NewDecoder(r).Decode(&report); err != nil {
			return err
		}
		if report.Totals.Sessions != want {
			return fmt.Errorf("the report has %d sessions, the logs %d", report.Totals.Sessions, want)
		}
		return nil
	})
}

// tree merges partials in groups, and then the results: the last step decides how long that takes, since groups
// are merged side by side on other machines.
func (j *job) tree(parts string, n int) error {
	group := 1
	for group*group < n {
		group++
	}
	files, err := filepath.Glob(filepath.Join(parts, "*.arrow"))
	if err != nil {
		return err
	}
	var groups []string
	longest, cpu := 0.0, 0.0
	for i := 0; i < len(files); i += group {
		to := fmt.Sprintf("group-%04d.arrow", len(groups))
		cost, err := j.merge(to, files[i:min(i+group, len(files))]...).Run(j.Ctx)
		if err != nil {
			return err
		}
		groups = append(groups, j.At(to))
		longest, cpu = max(longest, cost.Wall.Seconds()), cpu+cost.CPU.Seconds()
	}
	wall, last, peak, err := j.median(j.merge("merged.arrow", groups...))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(j.out, "\nIn groups of %d: the longest merge of a group takes %.2f s, that of the %d results %.2f s and %.0f MB; all of them take %.2f s of CPU time.\n",
		group, longest, len(groups), wall, peak, cpu+last)
	return err
}

package main

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/otlog/otlog/bench/corpus"
	"github.com/otlog/otlog/bench/lab"
	"github.com/otlog/otlog/bench/layout"
)

// A program is one that otlog is measured against.
type program struct {
	name string
	task task

	// find returns the path of the program, or what its command line begins with.
	find    func(j *job) (string, error)
	version string // arguments that print the version

	// line returns the command line that reads a log, "" if the program does not read its layout.
	line func(j *job, found string, g *log) string
}

func (p program) String() string { return p.name }

// A task is what a program does.
type task uint8

const (
	counts  task = iota // records by day and error name
	lines               // counts lines
	decodes             // writes the text
	reports             // is otlog
)

var programs = []program{
	{
		name: "otlog-1-core", task: reports, version: "version",
		find: func(j *job) (string, error) { return quote(j.At("otlog")), nil },
		line: func(j *job, found string, g *log) string {
			if g.Layout != layout.Raw {
				return ""
			}
			return "GOMAXPROCS=1 " + found + " " + strings.Join(lab.ReportArgs, " ") + " " + quote(g.Path)
		},
	},
	{
		name: "wc", task: lines, find: onPath("wc"), version: "--version",
		line: func(_ *job, found string, g *log) string {
			if g.Layout != layout.Raw {
				return ""
			}
			return found + " -l " + quote(g.Path)
		},
	},
	{name: "zstd", task: decodes, find: onPath("zstd"), version: "--version", line: decoder(".zst")},
	{name: "gzip", task: decodes, find: onPath("gzip"), version: "--version", line: decoder(".gz")},
	{name: "igzip", task: decodes, find: onPath("igzip"), version: "--version", line: decoder(".gz")},
	{
		// The first ripgrep only finds lines, which is faster than to match the expression everywhere.
		name: "ripgrep", task: counts, find: ripgrep, version: "--version",
		line: func(j *job, found string, g *log) string {
			rg := found + " --no-config -N --no-unicode "
			first := rg + "-F -e OT_ -e PROXY_URL"
			if g.Layout == layout.Raw {
				first += " " + quote(g.Path)
			} else {
				first = j.decoded(g) + " | " + first + " -"
			}
			return first + " | " + rg + "-o -r '${1}${2}' " + quote(timeText+"|"+nameText) + " - | " + counter
		},
	},
	{name: "duckdb", task: counts, find: script("duckdb.mjs", "@duckdb/node-api"), line: scriptLine},
	{name: "clickhouse", task: counts, find: script("clickhouse.mjs", "chdb"), line: scriptLine},
	{
		name: "rare", task: counts, find: onPath("rare"), version: "--version",
		line: func(j *job, found string, g *log) string {
			rare := found + " --nocolor filter -m " + quote(timeText+".*?"+nameText) + " -e '{1} {2}'"
			switch g.Layout.Ext() {
			case "":
				rare += " " + quote(g.Path)
			case ".gz":
				rare += " -z " + quote(g.Path)
			default:
				rare = j.decoded(g) + " | " + rare
			}
			return rare + ` | tr ' ' '\n' | ` + counter
		},
	},
}

// The expressions have one group each. A program finds an expression faster than it matches a whole
// line, so most programs are given both.
var (
	// timeText finds the time of a record: a date, or milliseconds since 1970.
	timeText = `(?:^|time(?:stamp)?": ?"|clientSystemTime":)(\d{4}-\d\d-\d\d|\d{13})`

	// nameText finds an error name. The characters before it are not part of a word: they are an escape
	// of JSON, a colour, a directive, or no letter at all.
	nameText = `(?:[^0-9A-Za-z_]|\\[nt]|\[\d*m|%c)(` + strings.Join(corpus.Names(), "|") + `)(?:[^0-9A-Za-z_]|$)`
)

// counter counts pairs of lines, a time and a name. A time without a name does not count. Times in
// milliseconds become days since 1970.
const counter = `awk '/^[0-9]/ { t = $1; next } { if (length(t) == 13) t = int(t / 86400000); n[t " " $1]++ } END { for (k in n) print k, n[k] }'`

func decoder(ext string) func(*job, string, *log) string {
	return func(_ *job, found string, g *log) string {
		if g.Layout.Ext() != ext {
			return ""
		}
		return found + " -dc " + quote(g.Path)
	}
}

// decoded is the command line that writes the text of a log: of gzip with the fastest decoder there
// is.
func (j *job) decoded(g *log) string {
	if g.Layout.Ext() == ".zst" {
		return "zstd -dc " + quote(g.Path)
	}
	if path, err := exec.LookPath("igzip"); err == nil {
		return quote(path) + " -dc " + quote(g.Path)
	}
	return "gzip -dc " + quote(g.Path)
}

func onPath(name string) func(*job) (string, error) {
	return func(*job) (string, error) {
		path, err := exec.LookPath(name)
		return quote(path), err
	}
}

// peers is the directory of scripts and packages.
func (j *job) peers() string { return filepath.Join(j.Root, "bench", "peers") }

// script finds a script whose package is installed.
func script(name, pkg string) func(*job) (string, error) {
	return func(j *job) (string, error) {
		node, err := exec.LookPath("node")
		if err != nil {
			return "", err
		}
		found, err := filepath.Glob(filepath.Join(j.peers(), "node_modules", filepath.FromSlash(pkg), "package.json"))
		if err != nil || len(found) == 0 {
			return "", errors.Join(fmt.Errorf("the package %s is missing in bench/peers: %w", pkg, exec.ErrNotFound), err)
		}
		return quote(node) + " " + quote(filepath.Join(j.peers(), name)), nil
	}
}

func scriptLine(_ *job, found string, g *log) string {
	return found + " " + quote(g.Path) + " " + quote(timeText) + " " + quote(nameText)
}

// ripgrep finds the newest ripgrep, on the path or among the packages.
func ripgrep(j *job) (string, error) {
	found, _ := filepath.Glob(filepath.Join(j.peers(), "node_modules", "@vscode", "ripgrep-"+runtime.GOOS+"-*", "bin", "rg"))
	if path, err := exec.LookPath("rg"); err == nil {
		found = append(found, path)
	}
	var newest string
	var version [3]int
	for _, path := range found {
		text, err := j.Output("", path, "--version")
		if err != nil {
			continue
		}
		var v [3]int
		fmt.Sscanf(text, "ripgrep %d.%d.%d", &v[0], &v[1], &v[2])
		if newest == "" || slices.Compare(v[:], version[:]) > 0 {
			newest, version = quote(path), v
		}
	}
	if newest == "" {
		return "", exec.ErrNotFound
	}
	return newest, nil
}

// A peer is a program that is installed.
type peer struct {
	program
	found   string
	version string
}

// installed finds the programs, and names those that are not installed.
func (j *job) installed() (peers []peer) {
	for _, p := range j.programs {
		found, err := p.find(j)
		if err != nil {
			fmt.Fprintf(j.Stderr, "%s: not installed\n", p.name)
			continue
		}
		text, err := j.Output("", "sh", "-c", strings.TrimSpace(found+" "+p.version))
		if err != nil {
			fmt.Fprintf(j.Stderr, "%s: left out, because it does not print its version: %v\n", p.name, err)
			continue
		}
		text, _, _ = strings.Cut(text, "\n")
		peers = append(peers, peer{p, found, strings.TrimSpace(text)})
	}
	return peers
}

// quote quotes text for sh.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

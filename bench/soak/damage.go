package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// portion is how many damaged inputs one process checks. The library of commands keeps some memory of each
// run of the command.
const portion = 5000

var (
	headLine = regexp.MustCompile(`(?m)^ *(\| .*\|)\n *\|---`)
	rowLine  = regexp.MustCompile(`(?m)^ *\| ([^|]+) ((?:\| \d+ )+)\|$`)
)

// checkDamaged runs the test of damaged inputs, and prints the sums of its tables. The error says how many
// portions failed.
func checkDamaged(ctx context.Context, root string, cases int, stdout, log io.Writer) error {
	dir, err := os.MkdirTemp("", "otlog-soak-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) // a binary
	binary := filepath.Join(dir, "otlog.test")
	build := exec.CommandContext(ctx, "go", "test", "-c", "-o", binary, "./cmd/otlog")
	build.Dir, build.Stdout, build.Stderr = root, log, log
	if err := build.Run(); err != nil {
		return fmt.Errorf("compiling the tests: %w", err)
	}
	var sum tables
	failed := 0
	for from := 0; from < cases && ctx.Err() == nil; from += portion {
		n := min(portion, cases-from)
		test := exec.CommandContext(ctx, binary, "-test.run=^TestDamagedInputs$", "-test.v", "-damage-from", strconv.Itoa(from), "-damage", strconv.Itoa(n))
		test.Dir = filepath.Join(root, "cmd", "otlog")
		var printed bytes.Buffer
		test.Stdout, test.Stderr = &printed, &printed
		if err := test.Run(); err != nil {
			failed++
			fmt.Fprintf(log, "%v\n%s", err, printed.Bytes())
		}
		sum.add(printed.String())
		fmt.Fprintf(log, "%d of %d\n", from+n, cases)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, err := io.WriteString(stdout, sum.String()); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d portions of %d inputs failed", failed, portion)
	}
	return nil
}

// tables are tables in Markdown, with a name and numbers in each row.
type tables struct {
	heads []string
	rows  [][]string           // names, by table
	sums  []map[string][]int64 // by table and name
}

// add adds the numbers of a text with the same tables.
func (s *tables) add(text string) {
	for i, part := range headLine.FindAllStringSubmatchIndex(text, -1) {
		if i == len(s.heads) {
			s.heads = append(s.heads, text[part[2]:part[3]])
			s.rows, s.sums = append(s.rows, nil), append(s.sums, map[string][]int64{})
		}
		rest := text[part[1]:]
		if next := headLine.FindStringIndex(rest); next != nil {
			rest = rest[:next[0]]
		}
		for _, row := range rowLine.FindAllStringSubmatch(rest, -1) {
			name, cells := row[1], strings.Split(strings.Trim(row[2], "| "), " | ")
			if s.sums[i][name] == nil {
				s.rows[i] = append(s.rows[i], name)
				s.sums[i][name] = make([]int64, len(cells))
			}
			for k, cell := range cells {
				n, _ := strconv.ParseInt(cell, 10, 64) // digits
				s.sums[i][name][k] += n
			}
		}
	}
}

func (s *tables) String() string {
	var b strings.Builder
	for i, head := range s.heads {
		columns := strings.Count(head, "|") - 2
		fmt.Fprintf(&b, "%s\n|---|%s\n", head, strings.Repeat("--:|", columns))
		all := make([]int64, columns)
		row := func(name string, numbers []int64) {
			fmt.Fprintf(&b, "| %s |", name)
			for _, n := range numbers {
				fmt.Fprintf(&b, " %s |", grouped(int(n)))
			}
			b.WriteByte('\n')
		}
		slices.Sort(s.rows[i])
		for _, name := range s.rows[i] {
			numbers := s.sums[i][name]
			row(name, numbers)
			for k, n := range numbers {
				all[k] += n
			}
		}
		row("**all**", all)
		b.WriteByte('\n')
	}
	return b.String()
}

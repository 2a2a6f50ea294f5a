package main

import (
	"bufio"
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

// checker returns the check of a task's output.
func (g *log) checker(t task) func(io.Reader) error {
	switch t {
	case lines:
		return g.checkLines
	case decodes:
		return g.checkText
	case reports:
		return g.CheckReport
	}
	return g.checkCounts
}

func (g *log) checkLines(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	if want := strconv.FormatInt(g.Truth.Totals.Lines, 10); first != want {
		return fmt.Errorf("counted %q lines, want %s", first, want)
	}
	return nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checkText compares a text with the generated one by size and checksum.
func (g *log) checkText(r io.Reader) error {
	sum := crc32.New(castagnoli)
	n, err := io.Copy(sum, r)
	if err != nil {
		return err
	}
	if n != g.Truth.Totals.Bytes || sum.Sum32() != g.sum {
		return fmt.Errorf("%d bytes with the checksum %08x, want %d with %08x", n, sum.Sum32(), g.Truth.Totals.Bytes, g.sum)
	}
	return nil
}

// checksum returns the checksum of a file.
func checksum(name string) (uint32, error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	sum := crc32.New(castagnoli)
	_, err = io.Copy(sum, f)
	return sum.Sum32(), err
}

// A count is of the records of one day that spell an error name.
type count struct{ day, name string }

// checkCounts compares counts with the truth.
func (g *log) checkCounts(r io.Reader) error {
	got, err := readCounts(r)
	if err != nil {
		return err
	}
	var wrong []string
	for _, n := range g.Truth.Names {
		c := count{n.Day, n.Name}
		if got[c] != n.Records {
			wrong = append(wrong, fmt.Sprintf("%s %s: %d records, want %d", n.Day, n.Name, got[c], n.Records))
		}
		delete(got, c)
	}
	for c, n := range got {
		wrong = append(wrong, fmt.Sprintf("%s %s: %d records, want none", c.day, c.name, n))
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%d differences from the truth, among them: %s", len(wrong), wrong[0])
	}
	return nil
}

// readCounts reads lines of a day, a name and a number. A day is a date or a number of days since
// 1970; lines with the same day and name are added.
func readCounts(r io.Reader) (map[count]int64, error) {
	counts := map[count]int64{}
	for scan := bufio.NewScanner(r); ; {
		if !scan.Scan() {
			return counts, scan.Err()
		}
		f := bytes.Fields(scan.Bytes())
		if len(f) != 3 {
			return nil, fmt.Errorf("expected a day, a name and a number, found %q", scan.Text())
		}
		day := string(f[0])
		if days, err := strconv.Atoi(day); err == nil {
			day = time.Unix(int64(days)*86400, 0).UTC().Format(time.DateOnly)
		} else if _, err := time.Parse(time.DateOnly, day); err != nil {
			return nil, fmt.Errorf("expected a day, found %q", day)
		}
		n, err := strconv.ParseInt(string(f[2]), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("expected a number of records: %w", err)
		}
		counts[count{day, string(f[1])}] += n
	}
}

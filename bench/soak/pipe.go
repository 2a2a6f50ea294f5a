package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/otlog/otlog/bench/corpus"
	"github.com/otlog/otlog/bench/lab"
)

// blockSize is the size of the log that is repeated with other identities.
const blockSize = 64 << 20

// A block is a log whose identities can be changed in place.
type block struct {
	text     []byte
	sessions []int // offsets of four characters of each session ID
	others   []int // offsets of four digits of each other ID
}

var (
	sessionID = regexp.MustCompile(`[12]_MX[A-Za-z0-9_~-]{40,}`)
	otherID   = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
)

// newBlock finds the identities in a log.
func newBlock(text []byte) *block {
	b := &block{text: text}
	for _, m := range sessionID.FindAllIndex(text, -1) {
		// Four characters of base64 are three of the random part, which ends the ID.
		const groups = 9
		b.sessions = append(b.sessions, m[0]+2+4*groups)
	}
	for _, m := range otherID.FindAllIndex(text, -1) {
		b.others = append(b.others, m[0])
	}
	return b
}

// number changes the identities to those of a copy. The same number gives the same text.
func (b *block) number(n int) {
	const digits = "0123456789abcdefghijklmnopqrstuvwxyz"
	three := []byte{digits[n/36/36%36], digits[n/36%36], digits[n%36]}
	session := base64.StdEncoding.EncodeToString(three)
	other := fmt.Sprintf("%04x", n%(1<<16))
	for _, at := range b.sessions {
		copy(b.text[at:], session)
	}
	for _, at := range b.others {
		copy(b.text[at:], other)
	}
}

// maxCopies is the number of different copies of a block.
const maxCopies = 36 * 36 * 36

// counts are the numbers of a report that must be those of the block, times the number of copies.
type counts struct {
	Totals struct {
		Bytes, Lines, Sessions, Failures, Recovered int64
		Sessionless                                 int64 `json:"sessionless_failures"`
		SessionsFailed                              int64 `json:"sessions_failed"`
		Records                                     struct{ Classified, Clean, Telemetry, Skipped int64 }
	}
	Errors []struct {
		Window, Method string
		Error          *string
		Lines          int64
	}
}

func readCounts(report []byte) (*counts, error) {
	c := &counts{}
	return c, json.Unmarshal(report, c)
}

// times returns the counts of n copies. The few failures without a session are at the same instants in all
// copies, so they remain as many.
func (c *counts) times(n int64) *counts {
	out := *c
	t := &out.Totals
	t.Failures = (t.Failures-t.Sessionless)*n + t.Sessionless
	for _, x := range []*int64{&t.Bytes, &t.Lines, &t.Sessions, &t.Recovered, &t.SessionsFailed, &t.Records.Classified, &t.Records.Clean, &t.Records.Telemetry, &t.Records.Skipped} {
		*x *= n
	}
	out.Errors = nil
	for _, e := range c.Errors {
		e.Lines *= n
		out.Errors = append(out.Errors, e)
	}
	return &out
}

// pipe sends a log of so many bytes through a pipe to the command, and checks its report and its memory.
func pipe(ctx context.Context, root string, size int64, memory string, stdout, log io.Writer) error {
	dir, err := os.MkdirTemp("", "otlog-soak-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) // the program
	program := filepath.Join(dir, "otlog")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, "./cmd/otlog")
	build.Dir, build.Stderr = root, log
	if err := build.Run(); err != nil {
		return fmt.Errorf("building otlog: %w", err)
	}
	limit, err := corpus.ParseSize(strings.NewReplacer("MiB", "MB", "GiB", "GB").Replace(memory))
	if err != nil {
		return fmt.Errorf("-memory: %w", err)
	}
	var text bytes.Buffer
	truth, err := corpus.Generate(&text, corpus.Options{Format: corpus.App, Size: min(size, blockSize), Seed: 17, ErrorRate: 0.02, Phrases: lab.Phrases()})
	if err != nil {
		return err
	}
	b := newBlock(text.Bytes())
	copies := int((size + int64(len(b.text)) - 1) / int64(len(b.text)))
	if copies > maxCopies {
		return fmt.Errorf("-bytes: at most %d copies of %d bytes are different", maxCopies, len(b.text))
	}
	p := &piped{ctx: ctx, program: program, args: []string{"--format", "json", "--window", "1d", "--no-progress", "--memory", memory}, block: b, log: log}
	report, _, err := p.run(1)
	if err != nil {
		return err
	}
	wrong, err := truth.Check(bytes.NewReader(report))
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return fmt.Errorf("one block: %d differences from the truth, the first: %s", len(wrong), wrong[0])
	}
	one, err := readCounts(report)
	if err != nil {
		return err
	}
	began := time.Now()
	report, samples, err := p.run(copies)
	if err != nil {
		return err
	}
	took := time.Since(began)
	got, err := readCounts(report)
	if err != nil {
		return err
	}
	want, gotText := mustJSON(one.times(int64(copies))), mustJSON(got)
	fmt.Fprintf(stdout, "%s bytes in %s copies of a block, %s sessions, --memory %s, %.0f MB/s\n\n", grouped(int(got.Totals.Bytes)), grouped(copies), grouped(int(got.Totals.Sessions)), memory, float64(got.Totals.Bytes)/1e6/took.Seconds())
	most := int64(0)
	fmt.Fprint(stdout, "| share of the input | peak of memory (MB) |\n|--:|--:|\n")
	for i, n := range samples {
		name := strconv.Itoa(10*(i+1)) + "%"
		if i == len(samples)-1 {
			name = "after the end"
		}
		fmt.Fprintf(stdout, "| %s | %d |\n", name, n/1e6)
		most = max(most, n)
	}
	fmt.Fprintln(stdout)
	switch {
	case want != gotText:
		return fmt.Errorf("the report differs from the truth:\n got %.3000s\nwant %.3000s", gotText, want)
	case most > 0 && most > limit+100e6:
		return fmt.Errorf("the peak of memory is %d MB with --memory %s", most/1e6, memory)
	}
	fmt.Fprintln(stdout, "The report equals the truth.")
	return nil
}

func mustJSON(c *counts) string {
	text, err := json.Marshal(c)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// piped runs the command on copies of a block.
type piped struct {
	ctx     context.Context
	program string
	args    []string
	block   *block
	log     io.Writer
}

// run returns the report of n copies, and the peaks of memory in each tenth of the input and after it.
func (p *piped) run(n int) (report []byte, peaks []int64, err error) {
	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.program, p.args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, p.log
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	peaks = make([]int64, 11)
	var mu sync.Mutex
	tenth := 0
	done := make(chan struct{})
	var sampling sync.WaitGroup
	sampling.Go(func() {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				resident := residentOf(cmd.Process.Pid)
				mu.Lock()
				peaks[tenth] = max(peaks[tenth], resident)
				mu.Unlock()
			}
		}
	})
	var written error
	for i := range n {
		mu.Lock()
		tenth = 10 * i / n
		mu.Unlock()
		p.block.number(i)
		if _, written = in.Write(p.block.text); written != nil {
			break
		}
	}
	mu.Lock()
	tenth = 10
	mu.Unlock()
	written = errors.Join(written, in.Close())
	err = cmd.Wait()
	close(done)
	sampling.Wait()
	if err = errors.Join(err, written); err != nil {
		return nil, nil, fmt.Errorf("otlog: %w", err)
	}
	return out.Bytes(), peaks, nil
}

// residentOf returns the resident memory of a process in bytes, 0 where the system does not show it.
func residentOf(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kB, err := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
			if err != nil {
				return 0
			}
			return kB * 1024
		}
	}
	return 0
}

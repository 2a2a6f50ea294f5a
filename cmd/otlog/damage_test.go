package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"cmp"
	"compress/bzip2"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"

	"github.com/otlog/otlog/internal/damage"
	"github.com/otlog/otlog/internal/leak"
)

var (
	damagedCases = flag.Int("damage", 400, "number of damaged inputs of TestDamagedInputs")
	damagedFrom  = flag.Int("damage-from", 0, "number of the first damaged input")
)

// A sample is a file that tests damage.
type sample struct {
	name    string // of the file
	kind    string
	content []byte

	// Of a log of lines, packed or not:
	text   []byte
	unpack func([]byte) []byte // a second opinion on what a damaged file holds, nil for the text itself
	before []int               // the records with an error or of telemetry in the first lines of the text, by the number of lines
}

// samples returns the files of testdata that are small, and a small log packed in many ways.
func samples(t testing.TB) []*sample {
	var all []*sample
	for _, pattern := range []string{"logs/*", "native/*", "shapes/*", "exports/*", "numbers/*"} {
		paths, err := filepath.Glob("../../testdata/" + pattern)
		if err != nil || len(paths) == 0 {
			t.Fatal(pattern, err)
		}
		for _, path := range paths {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if len(content) > 0 && len(content) <= 48<<10 {
				all = append(all, &sample{name: filepath.Base(path), kind: strings.TrimPrefix(filepath.Ext(path), "."), content: content})
			}
		}
	}
	log := smallLog(t)
	lines := func(name, kind string, content []byte, unpack func([]byte) []byte) {
		all = append(all, &sample{name: name, kind: kind, content: content, text: log, unpack: unpack})
	}
	lines("a.jsonl", "NDJSON", log, nil)
	lines("a.jsonl.gz", "gzip", packedBy(t, log, gzipWriter), byGzip)
	lines("a.jsonl.bgz", "bgzip", bgzip(t, log), byGzip)
	lines("a.jsonl.zst", "zstd", packedBy(t, log, zstdWriter), byZstd)
	lines("a.zip", "zip", zipOf(t, zip.Deflate, log), byZip)
	lines("b.zip", "zip stored", zipOf(t, zip.Store, log), byZip)
	lines("a.tar", "tar", tarballOf(t, log), byTar)
	lines("a.tar.gz", "tar in gzip", packedBy(t, tarballOf(t, log), gzipWriter), func(b []byte) []byte { return byTar(byGzip(b)) })
	other := func(name, kind string, content []byte) {
		all = append(all, &sample{name: name, kind: kind, content: content})
	}
	other("a.jsonl.lz4", "lz4", packedBy(t, log, func(w io.Writer) (io.WriteCloser, error) { return lz4.NewWriter(w), nil }))
	other("a.jsonl.xz", "xz", packedBy(t, log, func(w io.Writer) (io.WriteCloser, error) { return xz.NewWriter(w) }))
	other("a.jsonl.br", "brotli", packedBy(t, log, func(w io.Writer) (io.WriteCloser, error) { return brotli.NewWriter(w), nil }))
	other("a.b64", "base64", []byte(base64.StdEncoding.EncodeToString(log)))
	other("a.eml", "mail", []byte("From: a@b.example\nTo: c@d.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nsee the log\n--x\n"+
		"Content-Type: text/plain; name=a.jsonl\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=a.jsonl\n\n"+base64.StdEncoding.EncodeToString(log)+"\n--x--\n"))
	bz2, err := os.ReadFile("../../parse/unpack/testdata/log.bz2")
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(bzip2.NewReader(bytes.NewReader(bz2)))
	if err != nil {
		t.Fatal(err)
	}
	all = append(all, &sample{name: "a.log.bz2", kind: "bzip2", content: bz2, text: plain, unpack: byBzip2})
	dir := t.TempDir()
	path := filepath.Join(dir, "a.jsonl")
	if err := os.WriteFile(path, log, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, how := range []string{"none", "zstd"} {
		other(how+".arrow", "partial", commandOutput(t, "scan", "--compress", how, path))
	}
	for _, table := range []string{"errors", "sessions"} {
		other(table+".parquet", "own Parquet", commandOutput(t, "--format", "parquet", "--table", table, path))
	}
	for _, s := range all {
		if s.text != nil {
			s.count(t, dir)
		}
	}
	return all
}

// smallLog returns the first lines of a sample log.
func smallLog(t testing.TB) []byte {
	f, err := os.Open("../../testdata/logs/console-sdk-2.20.3.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	log, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(log, []byte("\n"))
	return bytes.Join(lines[:30], nil)
}

// count sets s.before.
func (s *sample) count(t testing.TB, dir string) {
	path := filepath.Join(dir, "text.log")
	if err := os.WriteFile(path, s.text, 0o644); err != nil {
		t.Fatal(err)
	}
	s.before = make([]int, bytes.Count(s.text, []byte("\n"))+2)
	for line := range bytes.Lines(commandOutput(t, "events", "--once", path)) {
		var event struct{ Line int }
		if err := json.Unmarshal(line, &event); err != nil {
			t.Fatal(err)
		}
		s.before[event.Line]++
	}
	for i := range s.before[1:] {
		s.before[i+1] += s.before[i]
	}
}

// owed returns how many records a reader must find in a damaged copy: those in the lines that the second
// opinion reads as they were.
func (s *sample) owed(damaged []byte) int {
	if s.text == nil {
		return 0
	}
	text := damaged
	if s.unpack != nil {
		text = s.unpack(damaged)
	}
	n := 0
	for n < len(text) && n < len(s.text) && text[n] == s.text[n] {
		n++
	}
	lines := bytes.Count(s.text[:n], []byte("\n"))
	return s.before[max(lines-1, 0)] // what follows may be a part of the last line
}

func commandOutput(t testing.TB, args ...string) []byte {
	var out, errs bytes.Buffer
	if status := run(args, streams{in: os.Stdin, out: &out, err: &errs}); status != exitDone {
		t.Fatalf("otlog %s: exit status %d: %s", strings.Join(args, " "), status, errs.String())
	}
	return out.Bytes()
}

func gzipWriter(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil }

func zstdWriter(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) }

func packedBy(t testing.TB, content []byte, pack func(io.Writer) (io.WriteCloser, error)) []byte {
	var b bytes.Buffer
	w, err := pack(&b)
	if err == nil {
		_, err = w.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bgzip packs in members of few kilobytes, with their sizes in an extra field.
func bgzip(t testing.TB, content []byte) []byte {
	var out []byte
	for chunk := range slices.Chunk(content, 4<<10) {
		member := packedBy(t, chunk, func(w io.Writer) (io.WriteCloser, error) {
			z := gzip.NewWriter(w)
			z.Extra = []byte("BC\x02\x00\x00\x00")
			return z, nil
		})
		size := len(member) - 1
		member[16], member[17] = byte(size), byte(size>>8)
		out = append(out, member...)
	}
	return out
}

func zipOf(t testing.TB, method uint16, content []byte) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"a.jsonl", "logs/b.jsonl"} {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(content); err != nil {
			t.Fatal(err)
		}
		content = bytes.ReplaceAll(content, []byte(":49:"), []byte(":50:"))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarballOf(t testing.TB, content []byte) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range []string{"a.jsonl", "logs/b.jsonl"} {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
		content = bytes.ReplaceAll(content, []byte(":49:"), []byte(":50:"))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Second opinions: what the standard library, or the library alone, reads of a damaged file. What they
// read is a part of their last block, so a reader that checks a block as a whole owes less.

func byGzip(b []byte) []byte {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	out, _ := io.ReadAll(r)
	return out
}

func byBzip2(b []byte) []byte {
	out, _ := io.ReadAll(bzip2.NewReader(bytes.NewReader(b)))
	return out
}

func byZstd(b []byte) []byte {
	r, err := zstd.NewReader(bytes.NewReader(b), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
	if err != nil {
		return nil
	}
	defer r.Close()
	out, _ := io.ReadAll(r)
	return out
}

// byZip returns the first member, if the directory and its checksum are right.
func byZip(b []byte) []byte {
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(r.File) == 0 || r.File[0].Name != "a.jsonl" {
		return nil
	}
	f, err := r.File[0].Open()
	if err != nil {
		return nil
	}
	defer f.Close()
	out, err := io.ReadAll(io.LimitReader(f, 1<<20))
	if err != nil {
		return nil
	}
	return out
}

// byTar returns the first member.
func byTar(b []byte) []byte {
	r := tar.NewReader(bytes.NewReader(b))
	if h, err := r.Next(); err != nil || h.Name != "a.jsonl" || h.Typeflag != tar.TypeReg {
		return nil
	}
	out, _ := io.ReadAll(io.LimitReader(r, 1<<20))
	return out
}

// An account is what a JSON report says of its inputs.
type account struct {
	Totals struct {
		Bytes, Lines int64
		Records      kinds
		Failures     int64
	}
	Sources []struct {
		Name         string
		Bytes, Lines int64
		Records      kinds
		Skipped      map[string]int64
		Damaged      *string
		SameAs       *string `json:"same_as"`
	}
	Warnings []string
}

type kinds struct{ Classified, Clean, Telemetry, Skipped int64 }

func (k kinds) sum() int64 { return k.Classified + k.Clean + k.Telemetry + k.Skipped }

// readAccount reads a JSON report, and checks that its numbers add up and fit the exit status.
func readAccount(report []byte, status int, messages string) (*account, error) {
	a := &account{}
	if err := json.Unmarshal(report, a); err != nil {
		return nil, fmt.Errorf("no JSON report: %w: %.200q", err, report)
	}
	var bytes, lines int64
	var records kinds
	damaged := false
	for _, s := range a.Sources {
		bytes += s.Bytes
		lines += s.Lines
		records = kinds{records.Classified + s.Records.Classified, records.Clean + s.Records.Clean, records.Telemetry + s.Records.Telemetry, records.Skipped + s.Records.Skipped}
		var skipped int64
		for _, n := range s.Skipped {
			skipped += n
		}
		if skipped != s.Records.Skipped {
			return a, fmt.Errorf("%s: %d skipped by reason, %d records", s.Name, skipped, s.Records.Skipped)
		}
		if s.Records.sum() > s.Bytes && s.Bytes > 0 {
			return a, fmt.Errorf("%s: %d records in %d bytes", s.Name, s.Records.sum(), s.Bytes)
		}
		damaged = damaged || s.Damaged != nil || skipped > 0 || s.SameAs != nil
	}
	switch {
	case bytes != a.Totals.Bytes || lines != a.Totals.Lines || records != a.Totals.Records:
		return a, fmt.Errorf("the sources sum to %d bytes, %d lines, %+v, and the totals are %+v", bytes, lines, records, a.Totals)
	case strings.Contains(string(report)+messages, "report this as a bug"):
		return a, fmt.Errorf("bytes do not add up: %s", messages)
	case status == exitDone && damaged:
		return a, fmt.Errorf("exit status 0, but: %s", messages)
	case status == exitDamaged && !damaged:
		return a, fmt.Errorf("exit status 3 without damage: %s", messages)
	case status != exitDone && messages == "":
		return a, fmt.Errorf("exit status %d without a message", status)
	}
	return a, nil
}

// outcomes counts what became of damaged inputs.
type outcomes struct{ cases, whole, salvaged, refused, owed int }

// TestDamagedInputs damages files, and checks what the command says of them: it does not panic, its
// numbers add up, the exit status is not 0 if anything is missing, what a second opinion reads counts,
// and an output file is complete or absent. With -v it prints tables for docs/reliability.md.
func TestDamagedInputs(t *testing.T) {
	byKinds, faults := map[string][]*sample{}, damage.Faults()
	for _, s := range samples(t) {
		byKinds[s.kind] = append(byKinds[s.kind], s)
	}
	kinds := slices.Sorted(maps.Keys(byKinds))
	pick := func(r *rand.Rand) *sample {
		all := byKinds[kinds[r.IntN(len(kinds))]]
		return all[r.IntN(len(all))]
	}
	byFault, byKind := map[string]*outcomes{}, map[string]*outcomes{}
	dir := t.TempDir()
	// Each run leaves much garbage, and the heap is small.
	defer debug.SetGCPercent(debug.SetGCPercent(800))
	failed := 0
	for i := *damagedFrom; i < *damagedFrom+*damagedCases && failed < 20; i++ {
		r := rand.New(rand.NewPCG(17, uint64(i)))
		s, other, fault := pick(r), pick(r), faults[i%len(faults)]
		damaged, _ := fault.Do(r, s.content, other.content)
		path := filepath.Join(dir, s.name)
		if err := os.WriteFile(path, damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		for _, m := range []map[string]*outcomes{byFault, byKind} {
			m[fault.Name], m[s.kind] = cmp.Or(m[fault.Name], &outcomes{}), cmp.Or(m[s.kind], &outcomes{})
		}
		if err := checkDamaged(dir, path, s.owed(damaged), r, byFault[fault.Name], byKind[s.kind]); err != nil {
			failed++
			t.Errorf("-damage-from %d -damage 1: %s, %s: %v", i, s.name, fault.Name, err)
			if kept := os.Getenv("OTLOG_DAMAGE_DIR"); kept != "" {
				_ = os.WriteFile(filepath.Join(kept, fmt.Sprintf("%d-%s", i, s.name)), damaged, 0o644)
			}
		}
		if i%20 == 0 && s.kind != "partial" {
			// All outputs agree on damaged inputs, too.
			if err := checkAgree(path, i/20%comparisons); err != nil {
				failed++
				t.Errorf("-damage-from %d -damage 1: %s, %s: %v", i, s.name, fault.Name, err)
			}
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if left := leak.Goroutines(); len(left) > 0 {
		t.Errorf("%d goroutines remain:\n%s", len(left), strings.Join(left, "\n\n"))
	}
	for _, table := range []struct {
		head string
		of   map[string]*outcomes
	}{{"Fault", byFault}, {"Kind of file", byKind}} {
		var b strings.Builder
		for _, name := range slices.Sorted(maps.Keys(table.of)) {
			if o := table.of[name]; o.cases > 0 {
				fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d |\n", name, o.cases, o.whole, o.salvaged, o.refused, o.owed)
			}
		}
		t.Logf("\n| %s | Cases | No damage found | Read in part | Refused | Records that must be found |\n|---|--:|--:|--:|--:|--:|\n%s", table.head, b.String())
	}
}

// checkDamaged runs the command on a damaged file, in which owed records must be found.
func checkDamaged(dir, path string, owed int, r *rand.Rand, counts ...*outcomes) error {
	out := filepath.Join(dir, "report.json")
	args := []string{"--format", "json", "--no-progress", "--jobs", fmt.Sprint(1 + r.IntN(3))}
	toFile := r.IntN(8) == 0
	if toFile {
		args = append(args, "-o", out)
	}
	var stdout, stderr bytes.Buffer
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	status := run(append(args, path), streams{in: os.Stdin, out: &stdout, err: &stderr})
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<30 {
		return fmt.Errorf("%d MiB were allocated", n>>20)
	}
	report := stdout.Bytes()
	if toFile {
		var err error
		if report, err = os.ReadFile(out); err == nil {
			err = os.Remove(out)
		}
		if err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	for _, o := range counts {
		o.cases++
		o.owed += owed
	}
	if status != exitDone && status != exitFailed && status != exitDamaged {
		return fmt.Errorf("exit status %d: %s", status, stderr.String())
	}
	var a *account
	if len(report) > 0 || status != exitFailed {
		var err error
		if a, err = readAccount(report, status, stderr.String()); err != nil {
			return err
		}
	}
	found := int64(0)
	if a != nil {
		found = a.Totals.Records.Classified + a.Totals.Records.Telemetry
	}
	for _, o := range counts {
		switch {
		case status == exitDone:
			o.whole++
		case a != nil && a.Totals.Records.sum() > a.Totals.Records.Skipped:
			o.salvaged++
		default:
			o.refused++
		}
	}
	if found < int64(owed) {
		return fmt.Errorf("%d records are found, of at least %d: %s", found, owed, stderr.String())
	}
	return nil
}

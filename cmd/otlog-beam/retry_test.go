package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/aggregate/partial"
)

// testOptions are those that flags without values give.
func testOptions(t *testing.T) *options {
	t.Helper()
	o, err := (&flags{output: "x", memory: "1GiB", o: options{Zone: "UTC", MaxExpansion: 1000}}).resolve(time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// smallShards returns a plan of many files in shards of one file each.
func smallShards(t *testing.T, o *options, files int) (*plan, string) {
	t.Helper()
	dir := t.TempDir()
	for i := range files {
		write(t, filepath.Join(dir, fmt.Sprintf("%03d.log", i)), []byte(strings.Repeat(line(i%7, i)+line(i, 2*i), 3)))
	}
	p, err := makePlan(context.Background(), o, []string{dir})
	if err != nil {
		t.Fatal(err)
	}
	var shards []shard
	for _, s := range p.shards {
		for _, f := range s.Files {
			shards = append(shards, shard{int64(len(shards)), []file{f}})
		}
	}
	p.shards = shards
	return p, dir
}

// TestMergeTree runs a job of so many shards that blocks are merged twice, in the process of the test.
func TestMergeTree(t *testing.T) {
	o := testOptions(t)
	p, dir := smallShards(t, o, fan*2+5)
	name := filepath.Join(t.TempDir(), "out.arrow")
	if err := run(context.Background(), o, p, name, false); err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(t.TempDir(), "want.arrow")
	call(t, "", "otlog", "scan", "-o", want, dir)
	if !bytes.Equal(read(t, name), read(t, want)) {
		t.Error("the partial is not that of otlog scan")
	}
}

// An attempt is what one run of a step emitted.
type attempt struct {
	shard  int64
	pieces [][]byte
	whole  bool // all of its pieces arrive as they were sent
}

// TestRetriesNeverCountTwice delivers pieces of several attempts in any order, some of them twice, some not
// at all, and some changed. The sum must be that of one complete attempt for each shard, or an error.
func TestRetriesNeverCountTwice(t *testing.T) {
	defer func(n int) { pieceBytes = n }(pieceBytes)
	pieceBytes = 1000
	o := testOptions(t)
	const shards = 3
	p, _ := smallShards(t, o, shards)
	scan := func(n int64) *attempt {
		a := &attempt{shard: n, whole: true}
		if err := o.scan(context.Background(), &p.shards[n], func(piece []byte) { a.pieces = append(a.pieces, piece) }); err != nil {
			t.Fatal(err)
		}
		return a
	}
	sumOf := func(pieces [][]byte) (sum []byte, err error) {
		next := 0
		err = o.mergePieces(span{fan, shards}, 0, func(piece *[]byte) bool {
			if next == len(pieces) {
				return false
			}
			*piece = pieces[next]
			next++
			return true
		}, func(b *block) error {
			var w bytes.Buffer
			defer func() { sum = w.Bytes() }()
			return partial.Write(&w, b.file, false)
		})
		return sum, err
	}
	var all [][]byte
	for n := range int64(shards) {
		all = append(all, scan(n).pieces...)
	}
	want, err := sumOf(all)
	if err != nil || len(all) < 2*shards {
		t.Fatalf("%d pieces: %v", len(all), err)
	}
	failed, added := 0, 0
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 18))
		var delivered [][]byte
		complete := map[int64]bool{}
		changed := false
		for n := range int64(shards) {
			for range 1 + r.IntN(3) {
				a := scan(n)
				lose, change := r.IntN(3) == 0, r.IntN(10) == 0
				for i, piece := range a.pieces {
					if lose && (i == 0 || r.IntN(2) == 0) {
						a.whole = false
						continue
					}
					if change && i == 0 {
						piece = slices.Clone(piece)
						piece[r.IntN(len(piece))] ^= 1 << r.IntN(8)
						a.whole, changed = false, true
					}
					for range 1 + r.IntN(2) {
						delivered = append(delivered, piece)
					}
				}
				complete[n] = complete[n] || a.whole
			}
		}
		r.Shuffle(len(delivered), func(i, j int) { delivered[i], delivered[j] = delivered[j], delivered[i] })
		got, err := sumOf(delivered)
		switch {
		case err == nil && !bytes.Equal(got, want):
			t.Fatalf("seed %d: the sum is another one", seed)
		case err != nil && len(complete) == shards && complete[0] && complete[1] && complete[2] && !changed:
			t.Fatalf("seed %d: every shard arrived, and: %v", seed, err)
		case err != nil:
			failed++
		default:
			added++
		}
	}
	if failed < 20 || added < 20 {
		t.Errorf("%d deliveries failed and %d were added up: the test does not try both", failed, added)
	}
}

// TestShardIsMissing checks that a merge names the shard that it lacks.
func TestShardIsMissing(t *testing.T) {
	o := testOptions(t)
	p, _ := smallShards(t, o, 3)
	var pieces [][]byte
	for _, n := range []int64{0, 2} {
		if err := o.scan(context.Background(), &p.shards[n], func(piece []byte) { pieces = append(pieces, piece) }); err != nil {
			t.Fatal(err)
		}
	}
	next := 0
	err := o.mergePieces(span{fan, 3}, 0, func(piece *[]byte) bool {
		if next == len(pieces) {
			return false
		}
		*piece, next = pieces[next], next+1
		return true
	}, func(*block) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "the result of shard 1 is missing") {
		t.Errorf("got %v", err)
	}
}

// TestOtherVersionIsRefused checks that a worker of another version counts nothing.
func TestOtherVersionIsRefused(t *testing.T) {
	o := testOptions(t)
	p, _ := smallShards(t, o, 1)
	o.Catalogue = "another"
	err := o.scan(context.Background(), &p.shards[0], func([]byte) { t.Error("a piece was emitted") })
	if err == nil || !strings.Contains(err.Error(), "install the same otlog-beam on all hosts") {
		t.Errorf("got %v", err)
	}
}

// TestFileChangesMeanwhile checks that a range of a file that is not the planned one fails.
func TestFileChangesMeanwhile(t *testing.T) {
	o := testOptions(t)
	o.RangeBytes = 10_000
	dir := t.TempDir()
	name := filepath.Join(dir, "app.log")
	text := strings.Repeat(line(1, 1), 1000)
	write(t, name, []byte(text))
	p, err := makePlan(context.Background(), o, []string{name})
	if err != nil || len(p.shards) < 10 {
		t.Fatalf("%d shards, %v", len(p.shards), err)
	}
	write(t, name, []byte(text[:len(text)-100]))
	err = o.scan(context.Background(), &p.shards[3], func([]byte) { t.Error("a piece was emitted") })
	if err == nil || !strings.Contains(err.Error(), "was written to meanwhile") {
		t.Errorf("got %v", err)
	}
}

// FuzzPieces gives the merge arbitrary pieces: it fails, and does not panic.
func FuzzPieces(f *testing.F) {
	head := func(h pieceHead, data string) []byte {
		b, err := binary.Append(nil, binary.LittleEndian, &h)
		if err != nil {
			f.Fatal(err)
		}
		return append(b, data...)
	}
	extra, err := json.Marshal(extra{})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(head(pieceHead{Pieces: 1}, "\x00\x00\x00\x00"), []byte{})
	f.Add(head(pieceHead{Pieces: 1}, fmt.Sprintf("%c\x00\x00\x00%s", len(extra), extra)), head(pieceHead{Number: -1}, "x"))
	f.Add(head(pieceHead{Number: 1 << 40, Pieces: 2}, ""), head(pieceHead{First: -5, Last: 7}, "abc"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		g := &gathering{}
		defer g.close()
		for _, piece := range [][]byte{a, b} {
			if err := g.add(piece); err != nil {
				return
			}
		}
		if _, err := g.take(0, 1); err == nil {
			t.Error("arbitrary bytes are a result")
		}
	})
}

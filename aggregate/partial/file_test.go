package partial

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/digest"
	"github.com/otlog/otlog/parse/sieve"
	"github.com/otlog/otlog/parse/timestamp"
)

// sources returns sources in which every field is set.
func sources() []*aggregate.Source {
	read := &aggregate.Source{
		Name: "a.log.gz/b \x1b[31m.log", ID: 1<<64 - 2, Identity: digest.Identity{Size: 1 << 40, Head: 1<<64 - 1, Tail: 3},
		Format: "text", Compression: "gzip", Content: digest.Content{Bytes: 1<<41 - 3, CRC: 1<<32 - 1},
		Account: aggregate.Account{
			Bytes: 1 << 41, Lines: 17, Records: aggregate.Records{Telemetry: 3, Clean: 3, Skipped: 6, Native: 4},
			Blank: 2, Levels: 5,
			Skipped: [3]int64{parse.Oversize: 1, parse.Damaged: 2, parse.Undecodable: 3},
		},
		Damage: errors.New("byte 9: it broke off"),
		Shown: []*parse.SyntaxError{
			{Reason: parse.Oversize, Offset: 0, Bytes: 5 << 20, Lines: 1, Cause: "longer than 4 MiB"},
			{Reason: parse.Undecodable, Offset: 9, Bytes: 1, Lines: 0, Cause: "not text"},
		},
	}
	read.Doubts[timestamp.ZoneName].Records, read.Doubts[timestamp.ZoneName].Example = 4, "10:00 BST"
	return []*aggregate.Source{
		read,
		{Name: "none.log", ID: 5, Failed: errors.New("no such file")},
		{Name: "empty.log", ID: 6, Empty: true},
	}
}

func TestFilesTravel(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 2))
		want := fileOf(randomRecords(r, r.IntN(200)))
		const later = at + 86400e9
		want.Part.Coverage = append(want.Part.Coverage, aggregate.Coverage{Bucket: aggregate.BucketOf(later), First: later, Last: later})
		for _, s := range sources() {
			want.Sources = append(want.Sources, s)
			covered := s.Account.Records
			covered.Skipped = 0
			want.Part.Coverage[len(want.Part.Coverage)-1].Records.Add(covered)
		}
		want.Missing = []string{"b.log: no such file", "*.txt matches nothing"}
		want.Catalogues = []string{"1", "2"}
		want.LeftOut[sieve.NotText] = sieve.Files{Count: 7, Names: []string{"a.png", "b.png"}}
		want.LeftOut[sieve.NoContent] = sieve.Files{Count: 1, Names: []string{"_SUCCESS"}}
		if seed == 0 {
			want = &File{Part: aggregate.Merge()} // nothing
		}
		for _, compress := range []bool{false, true} {
			b := written(t, want, compress)
			got, err := opened(b)
			if err != nil {
				t.Fatal(err)
			}
			checkFile(t, got, want)
			if again := written(t, got, compress); !bytes.Equal(again, b) {
				t.Errorf("seed %d: the file changes when it is read and written", seed)
			}
		}
	}
}

func checkFile(t *testing.T, got, want *File) {
	t.Helper()
	for _, f := range []struct{ got, want any }{
		{got.ToolVersion, want.ToolVersion}, {got.Catalogues, want.Catalogues}, {got.Missing, want.Missing}, {got.LeftOut, want.LeftOut},
		{got.Sources, want.Sources},
		{got.Part.Posts, want.Part.Posts}, {len(got.Part.Coverage), len(want.Part.Coverage)},
		{got.Part.Origins.Sources(), want.Part.Origins.Sources()}, {got.Part.Names, want.Part.Names},
	} {
		if !reflect.DeepEqual(f.got, f.want) {
			t.Errorf("got  %+v\nwant %+v", f.got, f.want)
		}
	}
	if !slices.Equal(got.Part.Coverage, want.Part.Coverage) {
		t.Errorf("got  %+v\nwant %+v", got.Part.Coverage, want.Part.Coverage)
	}
	have, err := contents(got.Part)
	if err != nil {
		t.Fatal(err)
	}
	if truth, err := contents(want.Part); err != nil || !slices.Equal(have, truth) {
		t.Errorf("got  %s\nwant %s", strings.Join(have, "\n     "), strings.Join(truth, "\n     "))
	}
}

// TestSplitDoesNotMatterToBytes checks that a file depends only on the set of records.
func TestSplitDoesNotMatterToBytes(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 3))
		records := randomRecords(r, r.IntN(150))
		want := fileOf(records)
		var parts []*aggregate.Part
		r.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		for len(records) > 0 {
			n := 1 + r.IntN(len(records))
			parts = append(parts, tallied(records[:n]).Parts()...)
			records = records[n:]
			if r.IntN(2) == 0 {
				f, err := opened(written(t, crafted(t, aggregate.Merge(parts...)), r.IntN(2) == 0))
				if err != nil {
					t.Fatal(err)
				}
				parts = []*aggregate.Part{f.Part}
			}
		}
		got := *want
		got.Part = aggregate.Merge(parts...)
		for _, compress := range []bool{false, true} {
			if !bytes.Equal(written(t, &got, compress), written(t, want, compress)) {
				t.Fatalf("seed %d: the bytes differ (compressed: %v)", seed, compress)
			}
		}
	}
}

// TestManyBatches reads a file of several batches, with an entry that is longer than a batch.
func TestManyBatches(t *testing.T) {
	records := randomRecords(rand.New(rand.NewPCG(1, 4)), 12_000)
	for i := range records {
		if x := &records[i]; i%2 == 0 {
			x.event.Session = fmt.Appendf(nil, "session %d", i)
			x.event.Time = at + int64(i)*1e9
		}
	}
	want := fileOf(records)
	for _, compress := range []bool{false, true} {
		b := written(t, want, compress)
		if n := batchesIn(t, b); n < 5 {
			t.Errorf("%d batches", n)
		}
		got, err := opened(b)
		if err != nil {
			t.Fatal(err)
		}
		checkFile(t, got, want)
	}
}

func batchesIn(t *testing.T, b []byte) (n int) {
	t.Helper()
	r, err := ipc.NewReader(bytes.NewReader(b)) // as other programs read it
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	for r.Next() {
		if err := array.ValidateRecordFull(r.RecordBatch()); err != nil {
			t.Error(err)
		}
		n++
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return n
}

func TestEveryTruncationIsReported(t *testing.T) {
	for _, compress := range []bool{false, true} {
		b := written(t, small(), compress)
		for n := range b {
			_, err := opened(b[:n])
			want := fmt.Sprintf("truncated at byte %d: the end is missing", n)
			if n < 4 {
				want = "not a partial"
			}
			if err == nil || err.Error() != want {
				t.Fatalf("%d of %d bytes: got %v, want %s", n, len(b), err, want)
			}
		}
	}
}

func TestEveryFlippedBitIsReported(t *testing.T) {
	x := plain()
	b := written(t, crafted(t, entries(aggregate.Entry{ID: id(1), Evidence: []aggregate.Evidence{x, x}})), true)
	for i := range b {
		for bit := range 8 {
			b[i] ^= 1 << bit
			if _, err := opened(b); err == nil {
				t.Errorf("bit %d of byte %d of %d was changed without an error", bit, i, len(b))
			}
			b[i] ^= 1 << bit
		}
	}
	for _, at := range []int{len(b) / 2, len(b) - endBytes, len(b) - 1} {
		b[at] ^= 4
		if _, err := opened(b); err == nil || err.Error() != damaged {
			t.Errorf("byte %d of %d: got %v", at, len(b), err)
		}
		b[at] ^= 4
	}
}

// foreignStream returns an Arrow stream with the metadata of another program.
func foreignStream(t *testing.T) []byte {
	t.Helper()
	metadata := arrow.NewMetadata([]string{"pandas"}, []string{"{}"})
	schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.BinaryTypes.LargeString}}, &metadata)
	var b bytes.Buffer
	w := ipc.NewWriter(&b, ipc.WithSchema(schema))
	column := array.NewLargeStringBuilder(memory.DefaultAllocator)
	column.Append("x")
	if err := w.Write(array.NewRecordBatch(schema, []arrow.Array{column.NewArray()}, 1)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestNotAPartial(t *testing.T) {
	other := foreignStream(t)
	whole := written(t, small(), false)
	version := func(b []byte) []byte {
		return made(t, small(), func(m map[string]string) { m[keyFormat], m[keyTool] = "1", "9.9" })
	}(whole)
	for _, test := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "not a partial"},
		{"text", []byte("OT_TIMEOUT\n"), "not a partial"},
		{"an Arrow file", []byte("ARROW1\x00\x00 and so on"), "not a partial"},
		{"a stream of another program", other, foreign},
		{"a stream of another program with the end of a partial", sealed(other), foreign},
		{"a partial without its format", made(t, small(), func(m map[string]string) { delete(m, keyFormat) }), foreign},
		{"with bytes after the end", append(slices.Clone(whole), "garbage"...), "7 bytes after the end"},
		{"with a long tail", append(slices.Clone(whole), make([]byte, 1000)...), "1000 bytes after the end"},
		{"twice", append(slices.Clone(whole), whole...), damaged},
		{"of another version", version, `version "1" of the format of partials is not supported`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := opened(test.file)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
	_, err := opened(version)
	var of *VersionError
	if !errors.As(err, &of) || of.Version != "1" || of.Tool != "9.9" {
		t.Errorf("got %v", err)
	}
}

// TestAnotherVersionMayHaveOtherColumns checks that the version is checked first.
func TestAnotherVersionMayHaveOtherColumns(t *testing.T) {
	metadata := arrow.NewMetadata([]string{keyFormat, keyTool}, []string{"1", "9.9"})
	var b bytes.Buffer
	w := ipc.NewWriter(&b, ipc.WithSchema(arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.PrimitiveTypes.Date64}}, &metadata)))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := opened(sealed(b.Bytes()))
	var of *VersionError
	if !errors.As(err, &of) {
		t.Errorf("got %v", err)
	}
}

// TestChangedWhileRead changes a file after it was opened.
func TestChangedWhileRead(t *testing.T) {
	b := written(t, small(), false)
	for _, test := range []struct {
		name  string
		after []byte
		want  string
	}{
		{"flipped", flipped(b), ""},
		{"cut", b[:len(b)/2], "truncated while it was read"},
		{"gone", nil, "truncated while it was read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := &changing{now: b}
			f, err := Open(r, int64(len(b)))
			if err != nil {
				t.Fatal(err)
			}
			if err := walk(f.Part); err != nil {
				t.Fatal(err)
			}
			r.now = test.after
			if err := walk(f.Part); err == nil || test.want != "" && err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// flipped returns a file with one changed bit in the last SDK version of the last entry, so
// that the file is still well-formed.
func flipped(b []byte) []byte {
	out := slices.Clone(b)
	out[bytes.LastIndex(out, []byte("2.35.2"))] ^= 1
	return out
}

// A changing file can be replaced while it is read.
type changing struct{ now []byte }

func (c *changing) ReadAt(p []byte, at int64) (int, error) {
	return bytes.NewReader(c.now).ReadAt(p, at)
}

package columnar_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"

	_ "github.com/otlog/otlog/internal/testgc"
	"github.com/otlog/otlog/parse/columnar"
)

func same(name string) string { return name }

// parquetLines returns the rows of a file, group by group.
func parquetLines(b []byte) (string, error) {
	r := bytes.NewReader(b)
	p, err := columnar.OpenParquet(r, int64(len(b)), same)
	if err != nil {
		return "", err
	}
	var all strings.Builder
	var errs []error
	for g := range p.Groups() {
		p.Extent(g)
		if _, err := io.Copy(&all, io.LimitReader(p.Rows(g, r), 1<<20)); err != nil {
			errs = append(errs, err)
		}
	}
	return all.String(), errors.Join(errs...)
}

func arrowLines(b []byte) (string, error) {
	r, err := columnar.OpenArrow(bytes.NewReader(b), same)
	if err != nil {
		return "", err
	}
	var all strings.Builder
	_, err = io.Copy(&all, io.LimitReader(r, 1<<20))
	return all.String(), err
}

type inner struct {
	Text  string   `parquet:"text,delta" json:"text"`
	Count *int32   `parquet:"count,optional" json:"count,omitempty"`
	Tags  []string `parquet:"tags,list" json:"tags"`
}

type record struct {
	Bool    bool              `parquet:"bool" json:"bool"`
	Int     int32             `parquet:"int,delta" json:"int"`
	Long    int64             `parquet:"long,delta" json:"long"`
	Word    string            `parquet:"word,dict" json:"word"`
	Lengths string            `parquet:"lengths,delta" json:"lengths"`
	Float   float32           `parquet:"float,split" json:"float"`
	Double  float64           `parquet:"double,split" json:"double"`
	Maybe   *string           `parquet:"maybe,optional" json:"maybe,omitempty"`
	Uint    uint64            `parquet:"uint" json:"uint"`
	Numbers []int64           `parquet:"numbers,list" json:"numbers"`
	Inner   *inner            `parquet:"inner,optional" json:"inner,omitempty"`
	Inners  []inner           `parquet:"inners,list" json:"inners"`
	Map     map[string]string `parquet:"map" json:"map"`
	Old     []int32           `parquet:"old" json:"old,omitempty"`
}

func randomText(r *rand.Rand) string {
	return strings.Repeat("opentok ", r.IntN(3)) + []string{"", "a", "über", "say \"no\"\n\tnow", "\x00\\"}[r.IntN(5)] + fmt.Sprint(r.IntN(50))
}

func randomInner(r *rand.Rand) inner {
	in := inner{Text: randomText(r), Tags: []string{}}
	if r.IntN(2) == 0 {
		n := r.Int32() - 1<<30
		in.Count = &n
	}
	for range r.IntN(4) {
		in.Tags = append(in.Tags, randomText(r))
	}
	return in
}

func randomRecord(r *rand.Rand) record {
	rec := record{
		Bool: r.IntN(2) == 0, Int: int32(r.Uint32()), Long: int64(r.Uint64()) >> r.IntN(64), Word: randomText(r), Lengths: randomText(r),
		Float: r.Float32(), Double: r.NormFloat64(), Uint: r.Uint64(), Numbers: []int64{}, Inners: []inner{}, Map: map[string]string{},
	}
	if r.IntN(3) > 0 {
		s := randomText(r)
		rec.Maybe = &s
	}
	for range r.IntN(5) {
		rec.Numbers = append(rec.Numbers, r.Int64N(1000)-500)
		rec.Old = append(rec.Old, r.Int32N(9))
	}
	if r.IntN(3) > 0 {
		in := randomInner(r)
		rec.Inner = &in
	}
	for range r.IntN(3) {
		rec.Inners = append(rec.Inners, randomInner(r))
	}
	for range r.IntN(3) {
		rec.Map[fmt.Sprint("key", r.IntN(5))] = randomText(r)
	}
	return rec
}

// TestRandomParquet compares files of random records, written by a library, with the records: in
// all encodings and compressions, with pages and row groups of any size.
func TestRandomParquet(t *testing.T) {
	codecs := []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Brotli, &parquet.Zstd, &parquet.Lz4Raw}
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 14))
		var b, want bytes.Buffer
		w := parquet.NewGenericWriter[record](&b,
			parquet.Compression(codecs[int(seed)%len(codecs)]), parquet.DataPageVersion(1+int(seed/6)%2),
			parquet.PageBufferSize(1<<(4+r.IntN(12))), parquet.MaxRowsPerRowGroup(1+r.Int64N(300)))
		enc := json.NewEncoder(&want)
		for range r.IntN(400) {
			rec := randomRecord(r)
			if _, err := w.Write([]record{rec}); err != nil {
				t.Fatal(err)
			}
			if err := enc.Encode(rec); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		got, err := parquetLines(b.Bytes())
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		compare(t, seed, got, want.String())
	}
}

// compare compares lines of JSON.
func compare(t *testing.T, seed uint64, got, want string) {
	t.Helper()
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
	if len(gotLines) != len(wantLines) {
		t.Fatalf("seed %d: %d lines, want %d", seed, len(gotLines), len(wantLines))
	}
	for i := range gotLines[:len(gotLines)-1] {
		var g, w any
		if err := json.Unmarshal([]byte(gotLines[i]), &g); err != nil {
			t.Fatalf("seed %d: %v: %s", seed, err, gotLines[i])
		}
		if err := json.Unmarshal([]byte(wantLines[i]), &w); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(g, w) {
			t.Fatalf("seed %d: row %d is\n%s\nwant\n%s", seed, i+1, gotLines[i], wantLines[i])
		}
	}
}

// TestTypes checks how values are written.
func TestTypes(t *testing.T) {
	type row struct {
		Millis  time.Time `parquet:"millis,timestamp(millisecond)"`
		Micros  time.Time `parquet:"micros,timestamp(microsecond)"`
		Nanos   time.Time `parquet:"nanos,timestamp(nanosecond)"`
		Local   int64     `parquet:"local,timestamp(millisecond:local)"`
		Date    int32     `parquet:"date,date"`
		Clock   int32     `parquet:"clock,time(millisecond)"`
		Decimal int64     `parquet:"decimal,decimal(2:18)"`
		UUID    [16]byte  `parquet:"uuid,uuid"`
		Binary  []byte    `parquet:"binary"`
	}
	at := time.Date(2026, 11, 23, 10, 44, 25, 972_000_123, time.UTC)
	var b bytes.Buffer
	w := parquet.NewGenericWriter[row](&b)
	if _, err := w.Write([]row{{at, at, at, at.UnixMilli(), 20780, 38665972, -1205, [16]byte{0xab, 15: 1}, []byte{0xff, 0xfe}}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := parquetLines(b.Bytes())
	want := `{"millis":"2026-11-23T10:44:25.972Z","micros":"2026-11-23T10:44:25.972000Z","nanos":"2026-11-23T10:44:25.972000123Z",` +
		`"local":"2026-11-23T10:44:25.972","date":"2026-11-23","clock":"10:44:25.972","decimal":-12.05,"uuid":"ab000000-0000-0000-0000-000000000001","binary":"//4="}` + "\n"
	if err != nil || got != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}

// TestManyBatches reads more batches than the limit of memory holds at a time.
func TestManyBatches(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "text", Type: arrow.BinaryTypes.String}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	text := strings.Repeat("x", 8<<20)
	b.Field(0).(*array.StringBuilder).Append(text)
	batch := b.NewRecordBatch()
	in, out := io.Pipe()
	go func() {
		w := ipc.NewWriter(out, ipc.WithSchema(schema), ipc.WithZstd())
		for range 80 {
			if err := w.Write(batch); err != nil {
				t.Error(err)
			}
		}
		out.CloseWithError(w.Close())
	}()
	r, err := columnar.OpenArrow(in, same)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, r)
	if want := int64(80 * (len(text) + len("{\"text\":\"\"}\n"))); err != nil || n != want {
		t.Errorf("%d bytes, %v, want %d", n, err, want)
	}
}

// seeds are small files of all kinds.
func seeds(t testing.TB) (all [][]byte) {
	names, err := filepath.Glob("../../testdata/exports/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		switch filepath.Ext(name) {
		case ".parquet", ".arrow", ".arrows", ".feather":
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, b)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Zstd} {
		var b bytes.Buffer
		w := parquet.NewGenericWriter[record](&b, parquet.Compression(codec), parquet.MaxRowsPerRowGroup(3))
		for range 5 {
			if _, err := w.Write([]record{randomRecord(r)}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		all = append(all, b.Bytes())
	}
	return all
}

// read reads a file of any kind. Its lines are JSON, whatever the file contains.
func read(t *testing.T, b []byte) {
	t.Helper()
	for _, lines := range []func([]byte) (string, error){parquetLines, arrowLines} {
		got, _ := lines(b)
		if n := strings.LastIndexByte(got, '\n'); n >= 0 {
			for line := range strings.Lines(got[:n+1]) {
				if !json.Valid([]byte(line)) {
					t.Fatalf("not JSON: %q", line)
				}
			}
		}
	}
}

// TestDamageIsHarmless reads files with damage in any place. It ends without a panic, and with
// little memory.
func TestDamageIsHarmless(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var before, after runtime.MemStats
	for _, seed := range seeds(t) {
		for range 300 {
			b := bytes.Clone(seed)
			for range 1 + r.IntN(4) {
				b[r.IntN(len(b))] = []byte{0, 1, 0x7f, 0x80, 0xff, byte(r.Uint32())}[r.IntN(6)]
			}
			if r.IntN(10) == 0 {
				b = b[:r.IntN(len(b))]
			}
			runtime.ReadMemStats(&before)
			read(t, b)
			runtime.ReadMemStats(&after)
			if n := after.TotalAlloc - before.TotalAlloc; n > 1<<30 {
				t.Fatalf("%d MiB were allocated for %d bytes", n>>20, len(b))
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, b := range seeds(f) {
		f.Add(b)
	}
	f.Fuzz(read)
}

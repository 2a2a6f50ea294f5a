package partial

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/texts"
)

// columnsOf returns the names of the columns of a file, as any reader of Arrow sees them.
func columnsOf(t *testing.T, file []byte) (out []string) {
	t.Helper()
	r, err := ipc.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	for _, f := range r.Schema().Fields() {
		out = append(out, f.Name)
	}
	return out
}

// TestIDsTravel writes and reads parts with session IDs, and without.
func TestIDsTravel(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 12))
		plain := fileOf(randomRecords(r, 60))
		for _, hasIDs := range []bool{false, true} {
			f := *plain
			if hasIDs {
				f.Part = withIDs(f.Part)
			}
			want, err := contents(f.Part)
			if err != nil {
				t.Fatal(err)
			}
			file := written(t, &f, seed%2 == 0)
			if got := slices.Contains(columnsOf(t, file), "id_text"); got != hasIDs {
				t.Errorf("IDs: %v, but a column: %v", hasIDs, got)
			}
			read, err := opened(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := contents(read.Part)
			if err != nil || read.Part.HasIDs != hasIDs || !slices.Equal(got, want) {
				t.Errorf("IDs: %v, %v\n got %s\nwant %s", hasIDs, err, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
			}
			if said := strings.Contains(strings.Join(got, "\n"), ` session "s1" `); said != hasIDs {
				t.Errorf("IDs: %v, but in the file: %v", hasIDs, said)
			}
		}
	}
}

// TestMergeWithAndWithoutIDs adds up a part with session IDs and one without, in both orders, and
// writes the sum.
func TestMergeWithAndWithoutIDs(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 12))
	some, others := randomRecords(r, 60), randomRecords(r, 60)
	with, without := withIDs(fileOf(some).Part), fileOf(others).Part
	both := fileOf(some).Part
	want, err := contents(withIDs(both), withIDs(without))
	if err != nil {
		t.Fatal(err)
	}
	for _, parts := range [][]*aggregate.Part{{with, without}, {without, with}} {
		merged := aggregate.Merge(parts...)
		read, err := opened(written(t, crafted(t, merged), false))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range [][]*aggregate.Part{parts, {merged}, {read.Part}} {
			if got, err := contents(p...); err != nil || !slices.Equal(got, want) {
				t.Errorf("%v\n got %s\nwant %s", err, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
			}
		}
		if !read.Part.HasIDs {
			t.Error("the sum has no IDs")
		}
	}
}

// TestCraftedIDs reads texts that are not the ID of their session.
func TestCraftedIDs(t *testing.T) {
	session := func(id, text string) aggregate.Entry {
		return aggregate.Entry{ID: aggregate.NewSessionID([]byte(id)), Text: text}
	}
	one := func(edit func(*aggregate.Entry)) aggregate.Entry {
		e := session("a", "a")
		edit(&e)
		return e
	}
	long := strings.Repeat("x", texts.Longest+1)
	const other = "the text of an ID is not that of its session"
	for _, test := range []struct {
		name  string
		entry aggregate.Entry
		want  string
	}{
		{"an ID", session("a", "a"), ""},
		{"no ID", session("a", ""), ""},
		{"the longest ID", session(long[1:], long[1:]), ""},
		{"with control characters", session("\x1b[31m\n", "\x1b[31m\n"), ""},
		{"of another session", session("a", "b"), other},
		{"too long", session(long, long), other},
		{"a token", session("T1==abc", "T1==abc"), other},
		{"not UTF-8", session("\xff", "\xff"), "not valid utf8"},
		{"of a connection", one(func(e *aggregate.Entry) { e.From = aggregate.FromConnection }), other},
		{"of a client", one(func(e *aggregate.Entry) { e.From = aggregate.FromClient }), other},
		{"of no session", aggregate.Entry{From: aggregate.FromSource, Text: "a"}, other},
	} {
		t.Run(test.name, func(t *testing.T) {
			part := entries(test.entry)
			part.HasIDs = true
			for _, options := range [][]ipc.Option{nil, {ipc.WithZstd()}} {
				file := made(t, crafted(t, part), nil, options...)
				if test.want != "" {
					rejected(t, file, test.want)
				} else if _, err := use(file); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestCraftedColumns reads files whose last columns are not those of a partial.
func TestCraftedColumns(t *testing.T) {
	id := schemaWithIDs.Field(colText)
	named, required := id, id
	named.Name, required.Nullable = "text", false
	texts := func(values ...string) arrow.Array {
		b := array.NewStringBuilder(memory.DefaultAllocator)
		b.AppendValues(values, nil)
		return b.NewArray()
	}
	numbers := array.NewInt64Builder(memory.DefaultAllocator)
	numbers.Append(7)
	const columns = "the columns are not those of a partial"
	for _, test := range []struct {
		name   string
		fields []arrow.Field
		last   []arrow.Array
		want   string
	}{
		{"an ID", []arrow.Field{id}, []arrow.Array{texts("a")}, ""},
		{"an empty ID", []arrow.Field{id}, []arrow.Array{texts("")}, "the text of an ID is not that of its session"},
		{"another name", []arrow.Field{named}, []arrow.Array{texts("a")}, columns},
		{"required", []arrow.Field{required}, []arrow.Array{texts("a")}, columns},
		{"numbers", []arrow.Field{{Name: id.Name, Type: arrow.PrimitiveTypes.Int64, Nullable: true}}, []arrow.Array{numbers.NewArray()}, columns},
		{"twice", []arrow.Field{id, id}, []arrow.Array{texts("a"), texts("a")}, columns},
	} {
		t.Run(test.name, func(t *testing.T) {
			part := entries(aggregate.Entry{ID: aggregate.NewSessionID([]byte("a"))})
			f := crafted(t, part)
			metadata, err := f.metadata()
			if err != nil {
				t.Fatal(err)
			}
			var rows entryColumns
			rows.add(&aggregate.Entry{ID: aggregate.NewSessionID([]byte("a"))})
			all := slices.Concat(rows.batch(schema, newDictionaries(part.Names)).Columns(), test.last)
			described := arrow.NewSchema(slices.Concat(schema.Fields(), test.fields), &metadata)
			var b bytes.Buffer
			w := ipc.NewWriter(&b, ipc.WithSchema(described))
			if err := w.Write(array.NewRecordBatch(described, all, 1)); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if test.want != "" {
				rejected(t, sealed(b.Bytes()), test.want)
			} else if _, err := use(sealed(b.Bytes())); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestWriteIsTheSameWithoutIDs checks that a part whose entries have texts is written without them
// unless it says that it has IDs.
func TestWriteIsTheSameWithoutIDs(t *testing.T) {
	f := smallWithIDs()
	f.Part.HasIDs = false
	if !bytes.Equal(written(t, f, false), written(t, small(), false)) {
		t.Error("the files differ")
	}
}

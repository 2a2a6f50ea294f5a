package columns_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/otlog/otlog/aggregate/columns"
)

// TestNulls compares both ways to make a bitmap, value by value, with what Arrow reads.
func TestNulls(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 40 {
		values := make([]int64, n)
		var added columns.Nulls
		missing := 0
		for i := range values {
			values[i] = r.Int64N(3) - 1
			added.Add(values[i] == -1)
			if values[i] == -1 {
				missing++
			}
		}
		for _, nulls := range []*columns.Nulls{columns.NullsOf(values, -1), &added} {
			a := columns.New(arrow.PrimitiveTypes.Int64, n, arrow.GetBytes(values), nulls).(*array.Int64)
			if a.NullN() != missing || a.Len() != n {
				t.Fatalf("%d values: got %d nulls of %d, want %d", n, a.NullN(), a.Len(), missing)
			}
			for i, v := range values {
				if a.IsNull(i) != (v == -1) || v != -1 && a.Value(i) != v {
					t.Fatalf("value %d of %v: got %d, null %v", i, values, a.Value(i), a.IsNull(i))
				}
			}
		}
	}
}

// TestArraysShareMemory holds that values come back as the slice that they were made of.
func TestArraysShareMemory(t *testing.T) {
	values := []int32{7, 8, 9}
	back := columns.Values[int32](columns.New(arrow.PrimitiveTypes.Int32, len(values), arrow.GetBytes(values), nil))
	if !slices.Equal(back, values) || &back[0] != &values[0] {
		t.Errorf("got %v, a copy: %v", back, &back[0] != &values[0])
	}
	names := columns.Indexed(columns.Dictionary([]string{"", "a", "b"}), []uint16{2, 0, 1}, columns.NullsOf([]uint16{2, 0, 1}, 0))
	if got := names.String(); got == "" || names.ValueStr(0) != "b" || !names.IsNull(1) || !slices.Equal(columns.Values[uint16](names), []uint16{2, 0, 1}) {
		t.Errorf("got %s", got)
	}
	texts := columns.Texts([]byte("abc"), []int32{0, 2, 3}, nil)
	if texts.Len() != 2 || texts.ValueStr(0) != "ab" || texts.ValueStr(1) != "c" {
		t.Errorf("got %s", texts)
	}
	if empty := columns.New(columns.ID, 0, nil, nil); columns.Bytes(empty) != nil || columns.Values[int64](empty) != nil {
		t.Error("an empty array has values")
	}
}

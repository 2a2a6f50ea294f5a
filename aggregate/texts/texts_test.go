package texts

import (
	"fmt"
	"strings"
	"testing"

	_ "github.com/otlog/otlog/internal/testgc"
)

// TestSort keeps more IDs than a chunk holds, and reads them in another order.
func TestSort(t *testing.T) {
	ids := IDs{Keep: true}
	const n = 3000
	place := make([]uint32, 2*n+1)
	for i := range uint32(n) {
		number := 2*i + 1 // others have no session
		place[number] = uint32(2*n) - number
		ids.Add(number, fmt.Appendf(nil, "session %d", i))
	}
	if got := ids.Size(); got < 12*n || got > 100*n {
		t.Errorf("%d IDs take %d bytes", n, got)
	}
	sorted := ids.Sort(place)
	for i := range uint32(n) {
		if got, want := sorted.At(int(2*n-2*i-1)), fmt.Sprint("session ", i); got != want {
			t.Fatalf("ID %d: got %q, want %q", i, got, want)
		}
		if got := sorted.At(int(2 * i)); got != "" {
			t.Fatalf("place %d has %q", 2*i, got)
		}
	}
	ids.Clear()
	if ids.Size() != 0 || !ids.Keep || ids.Sort(place) != nil {
		t.Error("not cleared")
	}
}

// TestWhatFits adds IDs that cannot be kept, and some that can.
func TestWhatFits(t *testing.T) {
	for _, test := range []struct {
		id   string
		want bool
	}{
		{"", false},
		{"1_MX40NTAxMjM0NX5-MTc2MzcxMDAyNzAwMH5ReDI3eUwyWmJSdzh-Zmc-", true},
		{"Zoë\n", true},
		{"not\xff UTF-8", false},
		{"T1==cGFydG5lcl9pZD00NQ", false},
		{"Bearer eyJ0eXAiOiJKV1QifQ.eyJzdWIi.c2ln", false},
		{"1_MXeyJ0", true},
		{strings.Repeat("x", Longest), true},
		{strings.Repeat("x", Longest+1), false},
	} {
		ids := IDs{Keep: true}
		ids.Add(1, []byte(test.id))
		if got := ids.Sort([]uint32{0, 1}).At(1); Fits([]byte(test.id)) != test.want || (got == test.id) != (test.want || test.id == "") {
			t.Errorf("%.20q: got %.20q", test.id, got)
		}
	}
}

// TestNothingIsKept checks that IDs which are not asked for take no memory.
func TestNothingIsKept(t *testing.T) {
	var ids IDs
	id := []byte("a session")
	if n := testing.AllocsPerRun(100, func() { ids.Add(1, id) }); n > 0 || ids.Size() != 0 || ids.Sort([]uint32{0, 1}).At(1) != "" {
		t.Errorf("%v allocations, %d bytes", n, ids.Size())
	}
}

package streams

import (
	"slices"
	"testing"
)

// all are IDs of two streams and two subscribers, each also not stated.
func all() (out []IDs) {
	for _, stream := range []string{"", "s", "t"} {
		for _, subscriber := range []string{"", "u", "v"} {
			out = append(out, Of([]byte(stream), []byte(subscriber)))
		}
	}
	return out
}

func TestOf(t *testing.T) {
	if i := Of(nil, []byte{}); i != (IDs{}) {
		t.Errorf("empty IDs have the hashes %v", i)
	}
	if i := Of([]byte("s"), []byte("s")); i.Stream == 0 || i.Stream != i.Subscriber {
		t.Errorf("one ID has the hashes %v", i)
	}
}

func TestRelations(t *testing.T) {
	for _, test := range []struct {
		name  string
		a, b  IDs
		apart bool
		alike int
		or    IDs
	}{
		{"nothing", IDs{}, IDs{}, false, 0, IDs{}},
		{"one states nothing", IDs{1, 2}, IDs{}, false, 0, IDs{1, 2}},
		{"a stream, and a subscriber", IDs{1, 0}, IDs{0, 2}, false, 0, IDs{1, 2}},
		{"the same stream, one subscriber", IDs{1, 0}, IDs{1, 2}, false, 1, IDs{1, 2}},
		{"the same subscriber, one stream", IDs{0, 2}, IDs{1, 2}, false, 2, IDs{1, 2}},
		{"the same of both", IDs{1, 2}, IDs{1, 2}, false, 3, IDs{1, 2}},
		{"other streams", IDs{1, 0}, IDs{3, 2}, true, 0, IDs{1, 2}},
		{"other subscribers of a stream", IDs{1, 2}, IDs{1, 3}, true, 1, IDs{1, 2}},
		{"a stream that is a subscriber elsewhere", IDs{1, 0}, IDs{0, 1}, false, 0, IDs{1, 1}},
	} {
		if got := test.a.Apart(test.b); got != test.apart || test.b.Apart(test.a) != got {
			t.Errorf("%s: apart %v", test.name, got)
		}
		if got := test.a.Alike(test.b); got != test.alike || test.b.Alike(test.a) != got {
			t.Errorf("%s: alike %d, want %d", test.name, got, test.alike)
		}
		if got := test.a.Or(test.b); got != test.or {
			t.Errorf("%s: together %v, want %v", test.name, got, test.or)
		}
	}
}

// TestLike checks that the keys of some IDs find exactly the IDs that are not apart from them, once
// each and the most alike first.
func TestLike(t *testing.T) {
	for _, i := range all() {
		found := map[IDs]int{}
		last := 3
		for key := range i.Like {
			for _, other := range all() {
				keys := other.Keys()
				holds := slices.Contains(keys[:], key)
				if key.Holds(other) != holds {
					t.Errorf("%v is kept under %v: %v", other, key, holds)
				}
				if !holds {
					continue
				}
				found[other]++
				if alike := i.Alike(other); alike > last {
					t.Errorf("%v follows IDs that are less like %v", other, i)
				} else {
					last = alike
				}
			}
		}
		for _, other := range all() {
			want := 1
			if i.Apart(other) {
				want = 0
			}
			if found[other] != want {
				t.Errorf("%v finds %v %d times, want %d", i, other, found[other], want)
			}
		}
		for range i.Like {
			break // the other keys are not asked for
		}
	}
}

func TestCompareAndHash(t *testing.T) {
	ordered := all()
	slices.SortFunc(ordered, IDs.Compare)
	hashes := map[uint32]Key{}
	for n, i := range ordered {
		if n > 0 && ordered[n-1].Compare(i) >= 0 {
			t.Errorf("%v and %v have no order", ordered[n-1], i)
		}
		for _, key := range i.Keys() {
			if other, ok := hashes[key.Hash()]; ok && other != key {
				t.Errorf("%v and %v have one hash", other, key)
			}
			hashes[key.Hash()] = key
		}
	}
}

package aggregate_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/partial"
)

// travelled returns a part that was written and read back.
func travelled(t *testing.T, p *aggregate.Part) *aggregate.Part {
	t.Helper()
	var b bytes.Buffer
	if err := (partial.Codec{}).Write(&b, p); err != nil {
		t.Fatal(err)
	}
	out, err := partial.Codec{}.Read(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	out.Names.Limit = p.Names.Limit
	out.Origins, out.Tenancies, out.Coverage, out.Posts = p.Origins, p.Tenancies, p.Coverage, p.Posts
	return out
}

func everything(t *testing.T, parts ...*aggregate.Part) []string {
	t.Helper()
	c, err := aggregate.Settle(nil, parts...)
	if err != nil {
		t.Fatal(err)
	}
	return aggregate.Everything(c)
}

// TestSumsTravel checks that parts have the same sum in any order and grouping, whether they
// are written and read in between, and whether they are spilled; an empty part adds nothing.
func TestSumsTravel(t *testing.T) {
	travel(t, func(seed uint64) ([]*aggregate.Tally, *aggregate.Tally) { return aggregate.RandomTallies(seed) })
}

// TestManyNamesTravel is TestSumsTravel for more names than are kept: which of them are depends on the
// records alone.
func TestManyNamesTravel(t *testing.T) {
	others := 0
	travel(t, func(seed uint64) ([]*aggregate.Tally, *aggregate.Tally) {
		parts, whole := aggregate.RandomTalliesOfNames(seed, 1+int(seed%6))
		for _, p := range whole.Parts() {
			if len(p.Names.Warnings()) > 0 {
				others++
			}
		}
		return parts, whole
	})
	if others < 100 {
		t.Errorf("%d sets with too many names are too few for this test", others)
	}
}

func travel(t *testing.T, random func(seed uint64) ([]*aggregate.Tally, *aggregate.Tally)) {
	t.Helper()
	dir := t.TempDir()
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 42))
		tallies, whole := random(seed)
		want := everything(t, whole.Parts()...)

		space := aggregate.NewSpace(dir, 1<<20, partial.Codec{})
		parts := []*aggregate.Part{aggregate.Merge()}
		for _, tally := range tallies {
			if r.IntN(3) == 0 {
				if err := tally.Spill(space); err != nil {
					t.Fatal(err)
				}
			}
			parts = append(parts, tally.Parts()...)
		}
		for steps := r.IntN(2 * len(parts)); steps > 0; steps-- {
			r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
			if r.IntN(2) == 0 {
				parts[0] = travelled(t, parts[0])
			} else if len(parts) > 1 {
				n := 2 + r.IntN(len(parts)-1)
				parts = append([]*aggregate.Part{aggregate.Merge(parts[:n]...)}, parts[n:]...)
			}
		}
		if got := everything(t, parts...); !slices.Equal(got, want) {
			for i := range min(len(got), len(want)) {
				if got[i] != want[i] {
					t.Errorf("got  %s\nwant %s", got[i], want[i])
				}
			}
			t.Fatalf("seed %d: %d lines, want %d", seed, len(got), len(want))
		}
		if err := space.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

package names

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// texts returns the texts that a table keeps, sorted, and Other if it left any out.
func texts(t *Table) []string {
	out := slices.Clone(t.others)
	slices.SortFunc(out, Compare)
	return slices.Compact(out)
}

// TestKeptNamesDependOnTheSet adds names in random orders, to any number of tables that are joined in any
// order: the same names are kept.
func TestKeptNamesDependOnTheSet(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 3))
		limit := 1 + r.IntN(8)
		all := make([]string, r.IntN(40))
		for i := range all {
			all[i] = fmt.Sprint("OT_", r.IntN(30))
		}
		want := slices.Clone(all)
		slices.Sort(want)
		if want = slices.Compact(want); len(want) > limit {
			want = append(want[:limit], Other)
		}
		var parts []*Texts
		for range 1 + r.IntN(5) {
			d := &Dictionary{Errors(), Methods(), Labels()}
			d.Errors.Limit, d.Methods.Limit, d.Labels.Limit = limit, limit, limit
			parts = append(parts, &Texts{Limit: limit, Errors: []string{""}, Methods: []string{""}})
			for _, i := range r.Perm(len(all)) {
				if len(all) > 0 && i%(1+len(parts)) != 0 {
					continue
				}
				d.Labels.Add([]byte(all[i]))
				if r.IntN(20) == 0 {
					d.Labels.Compact()
				}
			}
			parts[len(parts)-1].Labels = d.Texts().Labels
		}
		rest := &Table{known: 1, Limit: limit}
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, text := range all {
			no := rest.Add([]byte(text))
			if kept := rest.Text(no); kept != text && kept != Other {
				t.Fatalf("seed %d: %s is %s", seed, text, kept)
			}
		}
		parts = append(parts, &Texts{Limit: limit, Errors: []string{""}, Methods: []string{""}, Labels: append([]string{""}, rest.others...)})
		r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		d := NewDictionary()
		d.Learn(parts)
		if got := texts(&d.Labels); !slices.Equal(got, want) {
			t.Fatalf("seed %d, at most %d: got %q, want %q", seed, limit, got, want)
		}
		if got := len(d.Texts().Warnings()); got > 0 != slices.Contains(want, Other) {
			t.Errorf("seed %d: %d warnings", seed, got)
		}
	}
}

// TestLongNamesAreCut checks that long names are bounded, and that different ones stay different.
func TestLongNamesAreCut(t *testing.T) {
	table := Labels()
	head := strings.Repeat("\u00e9", 10_000)
	a, b := table.Add([]byte(head+"a")), table.Add([]byte(head+"b"))
	if a == b {
		t.Error("two names became one")
	}
	for _, no := range []Name{a, b} {
		if text := table.Text(no); len(text) > MaxLength || !utf8.ValidString(text) || !isCut(text) || table.Add([]byte(text)) != no {
			t.Errorf("%d bytes: %q", len(text), text)
		}
	}
	if table.Add([]byte(head+"a")) != a || table.Number([]byte(head+"b")) != b {
		t.Error("a long name is not found")
	}
	for _, text := range []string{strings.Repeat("x", MaxLength), "2.35.2", "\u20260123456789abcdef"} {
		if got := table.Text(table.Add([]byte(text))); got != text || isCut(text) {
			t.Errorf("%q became %q", text, got)
		}
	}
	d := Dictionary{Errors(), Methods(), table}
	if got := d.Texts().Warnings(); len(got) != 1 || !strings.Contains(got[0], ": 2 of") {
		t.Errorf("warnings: %q", got)
	}
	if n := testing.AllocsPerRun(100, func() { table.Add([]byte("2.35.2")) }); n > 0 {
		t.Errorf("%v allocations for a known name", n)
	}
}

// TestNumbersNeverRunOut adds names each of which sorts before all others, so that every one replaces
// another.
func TestNumbersNeverRunOut(t *testing.T) {
	table := Labels()
	table.Limit = 10
	for i := 300_000; i > 0; i-- {
		if table.Crowded() {
			table.Compact()
		}
		text := fmt.Sprintf("%06d", i)
		if got := table.Text(table.Add([]byte(text))); got != text {
			t.Fatalf("%s became %s", text, got)
		}
	}
	if got := texts(&table); len(got) != 11 || got[0] != "000001" || got[9] != "000010" || got[10] != Other {
		t.Errorf("got %q", got)
	}
}

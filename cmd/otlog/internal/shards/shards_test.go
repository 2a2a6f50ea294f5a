package shards

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/parse/digest"
)

func listOf(t *testing.T, names ...string) *List {
	t.Helper()
	l, err := Parse("list", strings.NewReader(strings.Join(names, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// input returns an input whose content is a version of it.
func input(name string, version int) *aggregate.Source {
	s := &aggregate.Source{Name: name, Format: "jsonl", Content: digest.Content{Bytes: 100, CRC: uint32(version)}}
	s.Account.Bytes, s.Account.Records.Clean = 100, 1
	return s
}

func file(name string, sources ...*aggregate.Source) *partial.File {
	return &partial.File{Name: name, Sources: sources, Part: &aggregate.Part{}}
}

// TestEachShardCountsOnce draws partials of some shards, with retries and tries that read something else. What
// passes holds each shard exactly once, and nothing passes or fails by the order of the partials.
func TestEachShardCountsOnce(t *testing.T) {
	passed, failed := 0, 0
	for seed := range uint64(5000) {
		r := rand.New(rand.NewPCG(seed, 1))
		var names []string
		for i := range 1 + r.IntN(4) {
			names = append(names, fmt.Sprint("shard-", i))
		}
		list := listOf(t, names...)
		var files []*partial.File
		for i := range 1 + r.IntN(5) {
			f := file(fmt.Sprint("part-", i))
			for _, n := range r.Perm(len(names) + 1)[:1+r.IntN(2)] {
				version := 0
				if r.IntN(12) == 0 {
					version = 1
				}
				if n == len(names) && r.IntN(10) > 0 {
					continue // seldom an input that is no shard
				}
				f.Sources = append(f.Sources, input(fmt.Sprint("shard-", n), version))
			}
			files = append(files, f)
		}
		check := func(files []*partial.File) ([]string, error) {
			once, copies := list.Once(files)
			if len(once)+len(copies) != len(files) {
				t.Fatalf("seed %d: of %d partials %d and %d are left", seed, len(files), len(once), len(copies))
			}
			var held []string
			for _, f := range once {
				for _, s := range f.Sources {
					held = append(held, fmt.Sprint(s.Name, " ", s.Content.CRC))
				}
			}
			slices.Sort(held)
			return held, list.Check(once, nil, nil)
		}
		held, err := check(files)
		r.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
		again, err2 := check(files)
		if (err == nil) != (err2 == nil) {
			t.Fatalf("seed %d: one order: %v; another: %v", seed, err, err2)
		}
		if err != nil {
			failed++
			continue
		}
		passed++
		var bare []string
		for _, h := range held {
			bare = append(bare, strings.Fields(h)[0])
		}
		if !slices.Equal(bare, names) || !slices.Equal(held, again) {
			t.Fatalf("seed %d: %v passes, and in another order %v; want each of %v once", seed, held, again, names)
		}
	}
	if passed < 200 || failed < 200 {
		t.Errorf("%d passed and %d failed: too few to show anything", passed, failed)
	}
}

func TestInputsOfFoldersAndArchives(t *testing.T) {
	list := listOf(t, "day/1.tar", "day/2/", "s3://b/3")
	whole := []*partial.File{
		file("a", input("day/1.tar/x.log", 1), input("day/1.tar/y/z.log", 2)), file("b", input("day/2/x.log", 3)), file("c", input("s3://b/3", 4)),
	}
	if err := list.Check(whole, nil, nil); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		file *partial.File
		want string
	}{
		{file("d", input("day/1.tar.old/x.log", 5)), "list: not in the list: day/1.tar.old/x.log, of d\n"},
		{file("d", input("s3://b/33", 5)), "list: not in the list: s3://b/33, of d\n"},
		{file("d", input("s3://b", 5)), "list: not in the list: s3://b, of d\n"},
		{file("d", input("day/2/other.log", 5)), "day/2 is in b and in d, and must not count twice\n"},
	} {
		if err := list.Check(append(slices.Clone(whole), c.file), nil, nil); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

func TestAShardThatCouldNotBeOpenedIsMissing(t *testing.T) {
	list := listOf(t, "one", "folder")
	closed := input("folder/b", 3)
	closed.Failed = errors.New("permission denied")
	err := list.Check([]*partial.File{file("a", input("one", 1), input("folder/a", 2), closed)}, nil, nil)
	const want = "list:2: missing: folder: permission denied\nlist: 1 of 2 shards is missing: nothing was written"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %q", err, want)
	}
}

func TestManyUnexpectedInputsAreLimited(t *testing.T) {
	var all []*aggregate.Source
	for i := range 205 {
		all = append(all, input(fmt.Sprint("extra-", i), i))
	}
	err := listOf(t, "one").Check(nil, append(all, input("one", 1)), nil)
	if err == nil || strings.Count(err.Error(), "\n") != mostNamed+1 || !strings.Contains(err.Error(), "list: not in the list: 105 more\n") {
		t.Errorf("got %v", err)
	}
}

func TestNamesThatNoLineCanBe(t *testing.T) {
	for name, ok := range map[string]bool{"s3://b/x y": true, "a#b": true, "ü": true, "#a": false, " a": false, "a\n": false, "a\nb": false, "a\x00": false} {
		if err := CheckName(name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestWhatIsTheSame changes one property of an input at a time.
func TestWhatIsTheSame(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*aggregate.Source)
		same   bool
	}{
		"nothing":     {func(*aggregate.Source) {}, true},
		"compression": {func(s *aggregate.Source) { s.Compression, s.Identity = "gzip", digest.Identity{Size: 7, Head: 1} }, true},
		"content":     {func(s *aggregate.Source) { s.Content.CRC++ }, false},
		"the middle":  {func(s *aggregate.Source) { s.Content.CRC++ }, false}, // the start and the end of the file are the same
		"unknown":     {func(s *aggregate.Source) { s.Content, s.Identity = digest.Content{}, digest.Identity{} }, false},
		"format":      {func(s *aggregate.Source) { s.Format = "console" }, false},
		"records":     {func(s *aggregate.Source) { s.Account.Records.Classified++ }, false},
		"damage":      {func(s *aggregate.Source) { s.Damage = errors.New("cut") }, false},
	} {
		a, b := input("x", 1), input("x", 1)
		a.Identity = digest.Identity{Size: 100, Head: 1}
		b.Identity = a.Identity
		test.change(b)
		if same(a, b) != test.same || same(b, a) != test.same {
			t.Errorf("%s: got %v", name, same(a, b))
		}
		list := listOf(t, "x")
		once, copies := list.Once([]*partial.File{file("1", a), file("2", b)})
		if (len(copies) == 1) != test.same || (list.Check(once, nil, nil) == nil) != test.same {
			t.Errorf("%s: %d are left", name, len(once))
		}
	}
	// A copy that lacks an input says something that the other one does not.
	lacking := file("2", input("x", 1))
	lacking.Missing = []string{"y: no such file"}
	if once, _ := listOf(t, "x").Once([]*partial.File{file("1", input("x", 1)), lacking}); len(once) != 2 {
		t.Error("a message of a partial is lost")
	}
}

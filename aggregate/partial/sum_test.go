package partial

import (
	"slices"
	"strings"
	"testing"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse/digest"
)

// shard is a file that holds the named sources, which are alike but for their names.
func shard(name string, catalogues []string, sum byte, sources ...string) *File {
	f := &File{Name: name, Catalogues: catalogues, Digest: [16]byte{sum}}
	for _, s := range sources {
		f.Sources = append(f.Sources, &aggregate.Source{Name: s, Identity: digest.Identity{Size: 9, Head: 1, Tail: 2}})
	}
	return f
}

func TestCheckVersions(t *testing.T) {
	own, other := []string{catalogue.Version}, []string{"another"}
	both := []string{"another", catalogue.Version}
	for _, test := range []struct {
		name        string
		files       []*File
		want        string // without force; "": accepted
		evenByForce bool   // also rejected with force
	}{
		{"none", nil, "", false},
		{"this catalogue", []*File{shard("a", own, 1), shard("b", own, 2)}, "", false},
		{"another catalogue", []*File{shard("a", own, 1), shard("b", other, 2)}, "b was classified with catalogue [another], and this otlog has " + catalogue.Version, false},
		{"two catalogues", []*File{shard("a", both, 1)}, "a was classified with catalogue [another " + catalogue.Version + "]", false},
		{"no catalogue", []*File{shard("a", nil, 1)}, "a was classified with catalogue []", false},
		{"strange names", []*File{shard("a\x1b", []string{"\x1b[31m"}, 1)}, "a\ufffd was classified with catalogue [\ufffd[31m]", false},
		{"the same file", []*File{shard("a", own, 1), shard("b", own, 1)}, "a and b are the same partial", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			checkRefusal(t, CheckVersions(test.files, false), test.want)
			if !test.evenByForce {
				test.want = ""
			}
			checkRefusal(t, CheckVersions(test.files, true), test.want)
		})
	}
}

func TestCheckInputs(t *testing.T) {
	logs := shard("", nil, 0, "c.log").Sources
	for _, test := range []struct {
		name  string
		files []*File
		want  string
	}{
		{"logs only", nil, ""},
		{"different names", []*File{shard("a", nil, 1, "a.log"), shard("b", nil, 2, "b.log")}, ""},
		{"in two files", []*File{shard("a", nil, 1, "x/a.log"), shard("b", nil, 2, "y/a.log")}, "y/a.log is in a and in b"},
		{"in the logs", []*File{shard("a", nil, 1, "old/c.log")}, "old/c.log is in the logs and in a"},
		{"twice in one file", []*File{shard("a", nil, 1, "x/a.log", "y/a.log")}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			checkRefusal(t, CheckInputs(test.files, logs, false), test.want)
			checkRefusal(t, CheckInputs(test.files, logs, true), "")
		})
	}
	// Inputs without a known size are never the same.
	empty := []*File{shard("a", nil, 1, "a.log"), shard("b", nil, 2, "a.log")}
	for _, f := range empty {
		f.Sources[0].Identity = digest.Identity{}
	}
	checkRefusal(t, CheckInputs(empty, nil, false), "")
}

// TestCheckContents does the same with inputs of other names.
func TestCheckContents(t *testing.T) {
	content := func(crc uint32, files ...*File) []*File {
		for i, f := range files {
			for _, s := range f.Sources {
				s.Identity.Size += int64(i) // compressed otherwise
				s.Content = digest.Content{Bytes: 9, CRC: crc}
				s.Account.Records.Classified = 1
			}
		}
		return files
	}
	logs := content(7, shard("", nil, 0, "c.log"))[0].Sources
	for _, test := range []struct {
		name  string
		files []*File
		want  string
	}{
		{"another content", content(8, shard("a", nil, 1, "a.log")), ""},
		{"in the logs", content(7, shard("a", nil, 1, "a.log.gz")), "a.log.gz in a has the same content as c.log in the logs, and must not count twice"},
		{"in two files", content(8, shard("a\x1b", nil, 1, "a.log"), shard("b", nil, 2, "x.zip/b.log")), "x.zip/b.log in b has the same content as a.log in a\ufffd"},
		{"twice in one file", content(8, shard("a", nil, 1, "a.log", "b.log")), ""},
		{"twice in one file, and in another", content(8, shard("a", nil, 1, "a.log", "b.log"), shard("b", nil, 2, "c.log")), "c.log in b has the same content as a.log in a"},
	} {
		t.Run(test.name, func(t *testing.T) {
			checkRefusal(t, CheckInputs(test.files, logs, false), test.want)
			checkRefusal(t, CheckInputs(test.files, logs, true), "")
		})
	}
}

// checkRefusal compares the start of an error, "" for none.
func checkRefusal(t *testing.T, err error, want string) {
	t.Helper()
	if (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

func TestCatalogues(t *testing.T) {
	got := Catalogues([]*File{shard("a", []string{"~ later"}, 1), shard("b", []string{catalogue.Version, " earlier"}, 2)})
	if want := []string{" earlier", catalogue.Version, "~ later"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

package partial

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse/digest"
)

// CheckVersions returns an error if files must not be added up: the same file is given
// twice, or, unless force is set, the records of a file were classified by another
// catalogue than that of this otlog.
func CheckVersions(files []*File, force bool) error {
	names := map[[16]byte]string{}
	for _, f := range files {
		name := printable(f.Name)
		if before, twice := names[f.Digest]; twice {
			return fmt.Errorf("%s and %s are the same partial, which must not count twice\nhint: leave one of them out", before, name)
		}
		names[f.Digest] = name
		if !force && !slices.Equal(f.Catalogues, []string{catalogue.Version}) {
			return fmt.Errorf("%s was classified with catalogue %s, and this otlog has %s: errors may have other names\nhint: scan its logs again, or add it up as it is with --force",
				name, printable(fmt.Sprint(f.Catalogues)), catalogue.Version)
		}
	}
	return nil
}

// CheckInputs returns an error, unless force is set, if an input would count twice: it is
// in two files, or in a file and among the scanned logs. Inputs are the same if they have
// the same content, or the same base name, size, and first and last bytes.
func CheckInputs(files []*File, scanned []*aggregate.Source, force bool) error {
	if force || len(files) == 0 {
		return nil
	}
	type input struct {
		name string
		digest.Identity
	}
	holder := map[input]int{} // into shards
	shards := [][]*aggregate.Source{scanned}
	names := []string{"the logs"}
	for _, f := range files {
		shards, names = append(shards, f.Sources), append(names, printable(f.Name))
	}
	for i, sources := range shards {
		for _, s := range sources {
			if s.Identity.Size == 0 {
				continue
			}
			key := input{filepath.Base(s.Name), s.Identity}
			if before, held := holder[key]; held && before != i {
				return fmt.Errorf("%s is in %s and in %s, and must not count twice\nhint: leave one of them out, or add up both with --force if they are two logs that look alike",
					printable(s.Name), names[before], names[i])
			}
			holder[key] = i
		}
	}
	return checkContents(shards, names)
}

// checkContents returns an error if an input in one shard has the same content as an input in
// another.
func checkContents(shards [][]*aggregate.Source, names []string) error {
	all := slices.Concat(shards...)
	repeats := aggregate.Repeats(all)
	shard := map[*aggregate.Source]int{}
	for i, sources := range shards {
		for _, s := range sources {
			shard[s] = i
		}
	}
	for _, s := range all {
		if first := repeats[s]; first != nil && shard[first] != shard[s] {
			return fmt.Errorf("%s in %s has the same content as %s in %s, and must not count twice\nhint: leave one of them out, or add up both with --force if they are two logs that look alike",
				printable(s.Name), names[shard[s]], printable(first.Name), names[shard[first]])
		}
	}
	return nil
}

// Catalogues returns the versions of the catalogue by which the records of files, and of
// logs that this otlog scans, are classified.
func Catalogues(files []*File) []string {
	out := []string{catalogue.Version}
	for _, f := range files {
		out = append(out, f.Catalogues...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

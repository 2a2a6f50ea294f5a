package lookup

import (
	"cmp"
	"slices"
	"strings"

	"github.com/otlog/otlog/classify/catalogue"
)

// Near returns up to three errors and methods of the catalogue that are spelled like query,
// the nearest first.
func Near(query string) []string {
	type candidate struct {
		name     string
		distance int
	}
	var all []candidate
	query = strings.ToUpper(query)
	consider := func(name, prefix string) {
		upper := strings.ToUpper(name)
		most := 1 + len(upper)/5
		d := min(within(most, query, upper), within(most, prefix+query, upper))
		if containsWords(upper, query) {
			d = min(d, 1)
		}
		if d <= most {
			all = append(all, candidate{name, d})
		}
	}
	for _, e := range catalogue.Errors()[1:] {
		consider(e.Name, "OT_")
	}
	for _, m := range catalogue.Methods()[1:] {
		class, _, _ := strings.Cut(m.Name, ".")
		consider(m.Name, strings.ToUpper(class)+".")
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	var out []string
	for _, c := range all[:min(len(all), 3)] {
		out = append(out, c.name)
	}
	return out
}

// containsWords reports whether name contains every word of query.
func containsWords(name, query string) bool {
	for word := range strings.SplitSeq(query, "_") {
		if !strings.Contains(name, word) {
			return false
		}
	}
	return true
}

// Alike reports whether typed is probably a misspelling of meant, which is in lower case. Most
// letters of a short word must match: 2d is not taken for 1h.
func Alike(typed, meant string) bool {
	return distance(strings.ToLower(typed), meant) <= min(2, len(meant)-2)
}

// Nearest returns the words that typed is probably a misspelling of: the nearest ones, or else
// the words that begin with it.
func Nearest(typed string, words []string) []string {
	var out []string
	least := 2 // the largest distance that Alike accepts
	for _, w := range words {
		d := distance(strings.ToLower(typed), w)
		if d > least || !Alike(typed, w) {
			continue
		}
		if d < least {
			least, out = d, nil
		}
		out = append(out, w)
	}
	if len(out) == 0 && len(typed) > 1 {
		out = slices.DeleteFunc(slices.Clone(words), func(w string) bool { return !strings.HasPrefix(w, typed) })
	}
	return out
}

// distance returns the Levenshtein distance of a and b, in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

// within returns the distance of a and b, or more than most if their lengths differ by more than that.
func within(most int, a, b string) int {
	if n := len(a) - len(b); n > most || -n > most {
		return most + 1
	}
	return distance(a, b)
}

// DidYouMean returns a hint for the end of an error message, "" if nothing is near.
func DidYouMean(near []string) string {
	if len(near) == 0 {
		return ""
	}
	return "\nhint: did you mean " + strings.Join(near, " or ") + "?"
}

package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/parse/sieve"
	"github.com/otlog/otlog/report/words"
)

// LeftOutWords says how many of how many files were read, and why the others were not; "" if none
// was left out.
func LeftOutWords(sources []*aggregate.Source, left *sieve.LeftOut) string {
	n := left.Files()
	if n == 0 {
		return ""
	}
	unread := 0
	for _, s := range sources {
		if s.Format == "" && !s.Empty {
			unread++
		}
	}
	var why []string
	for i, f := range left {
		if f.Count == 0 {
			continue
		}
		names := slices.Clone(f.Names)
		for i := range names {
			names[i] = words.Printable(names[i])
		}
		if f.Count > int64(len(names)) {
			names = append(names, "…")
		}
		why = append(why, fmt.Sprintf("%s %s (%s)", words.Number(f.Count), sieve.Why(i).Words(), strings.Join(names, ", ")))
	}
	out := fmt.Sprintf("read %s of %s; left out %s: %s", words.Number(len(sources)-unread), words.Count(int64(len(sources))+n, "file"), words.Number(n), strings.Join(why, ", "))
	if unread > 0 {
		out += fmt.Sprintf("; could not read %s", words.Number(unread))
	}
	return out
}

// A jsonLeftOut is a sieve.LeftOut.
type jsonLeftOut struct {
	Count   int64                      `json:"count"`
	Reasons map[string]jsonLeftOutFile `json:"reasons"`
}

type jsonLeftOutFile struct {
	Count int64    `json:"count"`
	Names []string `json:"names"` // the first few
}

func (r *Report) jsonLeftOut() jsonLeftOut {
	out := jsonLeftOut{Count: r.LeftOut.Files(), Reasons: map[string]jsonLeftOutFile{}}
	for i, f := range r.LeftOut {
		if f.Count > 0 {
			out.Reasons[sieve.Why(i).String()] = jsonLeftOutFile{f.Count, f.Names}
		}
	}
	return out
}

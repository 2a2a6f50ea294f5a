// Package ranges joins what several scans have read of one source, each some of its sections.
//
// Scans of other processes know a source by its partial. A partial has no place for what only matters until
// the source has been joined, and that is a [Range].
package ranges

import (
	"fmt"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/account"
	"github.com/otlog/otlog/parse"
)

// A Range says which sections of an open source were read, and what a partial does not say of it.
type Range struct {
	From, To, Of int   // the first section, the one after the last, and how many the source has
	Size         int64 // of the source

	Cut   account.Cut
	Shown []*parse.SyntaxError // offsets are those in the source, so the bytes of a range do not contain them
}

// Take moves what a partial does not say from an open source to the range.
func (r *Range) Take(s *aggregate.Source) {
	r.Cut, r.Shown = s.Cut, s.Shown
	s.Cut, s.Shown = account.Cut{}, nil
}

// Join adds what was read of the sections that follow: next of the source, n of the range. It numbers the
// records of the part of next as those of the source, which Merge then adds.
func (r *Range) Join(s *aggregate.Source, n *Range, next *aggregate.Source, part *aggregate.Part) error {
	switch {
	case s.Name != next.Name || s.Identity != next.Identity || s.Format != next.Format || r.Size != n.Size || r.Of != n.Of:
		return fmt.Errorf("%s: the file was written to while it was read: sections %d to %d are of another one", s.Name, n.From+1, n.To)
	case r.To != n.From:
		return fmt.Errorf("%s: section %d is followed by section %d", s.Name, r.To, n.From+1)
	}
	for _, piece := range part.Origins.Pieces {
		if *piece.Source == s.ID {
			piece.First = s.Account.Records.Total()
		}
	}
	s.Account.Add(&next.Account)
	s.Content.Join(next.Content)
	s.Doubts.Add(&next.Doubts)
	if s.Damage == nil {
		s.Damage = next.Damage
	}
	r.To = n.To
	r.Cut.Add(&n.Cut)
	r.Shown = append(r.Shown, n.Shown...)
	r.Shown = r.Shown[:min(len(r.Shown), aggregate.MaxShown)]
	return nil
}

// End ends a source all of whose sections were joined.
func (r *Range) End(s *aggregate.Source) error {
	if r.From != 0 || r.To != r.Of {
		return fmt.Errorf("%s: sections %d to %d of %d were read", s.Name, r.From+1, r.To, r.Of)
	}
	s.Cut, s.Shown, s.Open = r.Cut, r.Shown, false
	s.End(r.Size)
	return nil
}

package aggregate

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/zeebo/xxh3"

	"github.com/otlog/otlog/aggregate/account"
	"github.com/otlog/otlog/aggregate/origins"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/digest"
	"github.com/otlog/otlog/parse/timestamp"
)

// A Source is the account of one parse.Input.
type Source struct {
	Name        string
	ID          SourceID
	Identity    digest.Identity // of the file: the members of an archive share it
	Content     digest.Content
	Format      string // "" if nothing could be read
	Compression string // as in parse.Input
	Account     Account

	Failed error // why the source could not be opened, if it could not
	Damage error // why the source could not be read to its end, if it could not
	Empty  bool  // the source has no bytes
	Open   bool  // only some of its sections were read: package ranges joins the others and ends it

	Shown  []*parse.SyntaxError // the first few skipped records
	Doubts timestamp.Doubts
	Cut    account.Cut // of the records that count though their end is missing; Damage says it in the end

	Learned parse.Learned // about the fields of its records

	mu sync.Mutex
}

// Records and Account are those of package account.
type (
	Records = account.Records
	Account = account.Account

	// A CutError is the Damage of a source in which only records with an error were cut.
	CutError = account.CutError
)

// MaxShown is the number of skipped records in Source.Shown.
const MaxShown = 3

// newSource returns the source of an input before anything was read. err is the error of
// opening it, if any.
func newSource(in *parse.Input, id digest.Identity, err error) *Source {
	s := &Source{Name: in.Name, Format: in.Format.Name, Compression: in.Compression, Learned: in.Learned}
	s.identify(id)
	if err != nil {
		s.refuse(err)
	}
	return s
}

// refuse notes why a source could not be opened.
func (s *Source) refuse(err error) {
	var damage *parse.DamageError
	var unread *parse.UnreadableError
	switch {
	case errors.Is(err, parse.ErrEmpty):
		s.Empty = true
	case errors.As(err, &damage):
		s.Damage = err
	case errors.As(err, &unread):
		s.Damage = err
		// The bytes that were read count as one unreadable record.
		s.Account.Bytes = unread.Bytes
		s.Account.Records.Skipped = 1
		s.Account.Skipped[parse.Undecodable] = 1
	default:
		s.Failed = err
	}
}

// add adds what one worker read of the source.
func (s *Source) add(a *Account, skipped []*parse.SyntaxError, doubts *timestamp.Doubts, cut *account.Cut) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Account.Add(a)
	s.Doubts.Add(doubts)
	s.Cut.Add(cut)
	if len(skipped) == 0 {
		return
	}
	// Workers end in any order: keep the first records of the source.
	s.Shown = append(s.Shown, skipped...)
	slices.SortFunc(s.Shown, func(a, b *parse.SyntaxError) int { return cmp.Compare(a.Offset, b.Offset) })
	s.Shown = s.Shown[:min(len(s.Shown), MaxShown)]
}

// breakOff notes that a reader of the source broke off.
func (s *Source) breakOff(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Damage == nil || parse.Precedes(err, s.Damage) {
		s.Damage = err
	}
}

// end notes what the readers of an input have read.
func (s *Source) end(in *parse.Input) {
	if s.Content = in.Content(); !s.Open {
		s.End(in.Decoded())
	}
}

// End notes that all of the source has been read. Every decoded byte must belong to a record.
func (s *Source) End(decoded int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Account.Bytes != decoded && s.Damage == nil {
		s.Damage = fmt.Errorf("%d bytes were read, but records account for %d: please report this as a bug in otlog, unless the file was written to meanwhile", decoded, s.Account.Bytes)
	}
	if s.Damage == nil { // else that of the reader is the cause
		s.Damage = s.Cut.Err()
	}
	s.Account.ForgetFewLevels()
}

// now returns a copy of the source while it is being read.
func (s *Source) now() *Source {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := &Source{
		Name: s.Name, Format: s.Format, Compression: s.Compression, Account: s.Account,
		Failed: s.Failed, Damage: s.Damage, Empty: s.Empty, Shown: slices.Clone(s.Shown),
		Doubts: s.Doubts, Learned: s.Learned,
	}
	now.Account.ForgetFewLevels()
	return now
}

// Trouble returns the error that kept the source from being read in full, if any.
func (s *Source) Trouble() error {
	if s.Failed != nil {
		return s.Failed
	}
	return s.Damage
}

// Damaged reports whether a part of the source could not be read.
func (s *Source) Damaged() bool { return s.Damage != nil || s.Account.Records.Skipped > 0 }

// Repeats returns the sources that have the same content as an earlier one, each with the first
// such source. The name and the compression of a source do not matter, nor does the format that it
// is read as.
//
// A source with a single clean record, blank ones aside, repeats nothing: many exports are an
// empty list, or the header of a table.
func Repeats(sources []*Source) map[*Source]*Source {
	first, out := map[digest.Content]*Source{}, map[*Source]*Source{}
	for _, s := range sources {
		a := &s.Account
		if others := a.Records.Total() - a.Records.Clean; s.Content.Bytes == 0 || others == 0 && a.Records.Clean-a.Blank <= 1 {
			continue
		}
		if earlier := first[s.Content]; earlier != nil {
			out[s] = earlier
		} else {
			first[s.Content] = s
		}
	}
	return out
}

// foundSources are the sources found so far.
type foundSources struct {
	mu     sync.Mutex
	inputs [][]*Source // by argument
}

func (f *foundSources) add(argument int, s *Source) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.inputs[argument] = append(f.inputs[argument], s)
}

func (f *foundSources) all() []*Source {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Concat(f.inputs...)
}

// identify returns the identity of a regular file; other streams have none before they end.
func identify(f *parse.File) digest.Identity {
	r, size, ok := f.Regular()
	if !ok {
		return digest.Identity{}
	}
	return digest.Identify(r, size, f.Head())
}

// A SourceID identifies a source by a 64-bit XXH3 hash of its name and identity.
type SourceID = origins.ID

func sourceID(name string, id digest.Identity) SourceID {
	return SourceID(xxh3.HashString(fmt.Sprint(name, "\x00", id.Size, id.Head, id.Tail)))
}

// identify sets the identity of the source, and with it the ID.
func (s *Source) identify(id digest.Identity) { s.Identity, s.ID = id, sourceID(s.Name, id) }

// Origins are the pieces of sources that contain the evidence of a part.
type Origins = origins.List

// NewOrigins returns whole sources as origins.
func NewOrigins(sources []SourceID) *Origins { return origins.New(sources) }

// A Tenancy says which sessions a source shows, as far as that decides whether the source is
// one session: a console that was saved from one browser tab. Records of such a source that
// have no ID belong to the session.
type Tenancy struct {
	Source     SourceID
	Several    bool        // sessions, or records with a wrapper: the source is not a session
	Session    SessionID   // the only session ID; zero: none
	Surrogates []SessionID // of records without a session ID, sorted

	// Records without any ID.
	Buckets []Bucket // sorted
	Extent  Extent
}

// The most surrogate IDs and quarter-hours of a Tenancy. A browser tab has fewer. A source with
// more is not a session.
const (
	maxSurrogates = 64
	maxBuckets    = 1 << 12
)

// note adds a record: the ID of its session, else its surrogate ID, zero for neither.
func (t *Tenancy) note(e *parse.Event, id SessionID, at instant) {
	switch {
	case e.Wrapped:
		t.end()
	case len(e.Session) > 0:
		t.addSession(id)
	case id.IsZero():
		t.addBucket(at.bucket)
		t.Extent.Add(at.extent)
	default:
		t.addSurrogate(id)
	}
}

// end notes that the source is not a session, and frees what is not needed then.
func (t *Tenancy) end() { *t = Tenancy{Source: t.Source, Several: true} }

func (t *Tenancy) addSession(id SessionID) {
	if t.Session.IsZero() {
		t.Session = id
	} else if t.Session != id {
		t.end()
	}
}

func (t *Tenancy) addSurrogate(id SessionID) {
	i, ok := slices.BinarySearchFunc(t.Surrogates, id, SessionID.Compare)
	if !ok && len(t.Surrogates) == maxSurrogates {
		t.end()
	} else if !ok {
		t.Surrogates = slices.Insert(t.Surrogates, i, id)
	}
}

func (t *Tenancy) addBucket(b Bucket) {
	i, ok := slices.BinarySearch(t.Buckets, b)
	if !ok && len(t.Buckets) == maxBuckets {
		t.end()
	} else if !ok {
		t.Buckets = slices.Insert(t.Buckets, i, b)
	}
}

// add adds the records of another part of the source.
func (t *Tenancy) add(other *Tenancy) {
	if !other.Session.IsZero() {
		t.addSession(other.Session)
	}
	for _, id := range other.Surrogates {
		t.addSurrogate(id)
	}
	for _, b := range other.Buckets {
		t.addBucket(b)
	}
	t.Extent.Add(other.Extent)
	if t.Several || other.Several {
		t.end()
	}
}

// tenanciesOf adds up tenancies by source.
type tenanciesOf map[SourceID]*Tenancy

func (all tenanciesOf) add(t *Tenancy) {
	if all[t.Source] == nil {
		all[t.Source] = &Tenancy{Source: t.Source}
	}
	all[t.Source].add(t)
}

func (all tenanciesOf) sorted() []*Tenancy {
	out := make([]*Tenancy, 0, len(all))
	for _, source := range slices.Sorted(maps.Keys(all)) {
		out = append(out, all[source])
	}
	return out
}

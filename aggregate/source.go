package aggregate

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

// Records counts the records of a source by kind. Each record is of one kind.
type Records struct {
	Classified int64 // evidence of an error
	Telemetry  int64 // other telemetry
	Clean      int64 // anything else that could be read
	Skipped    int64 // could not be read
}

// Total returns the number of records.
func (r Records) Total() int64 { return r.Classified + r.Telemetry + r.Clean + r.Skipped }

func (r *Records) add(other Records) {
	r.Classified += other.Classified
	r.Telemetry += other.Telemetry
	r.Clean += other.Clean
	r.Skipped += other.Skipped
}

// reasons is the number of reasons to skip a record.
const reasons = len(parse.Reasons)

// An Account says what became of a source's bytes: the bytes of its records,
// separators included, sum to what was decoded.
type Account struct {
	Bytes   int64 // decoded
	Lines   int64 // physical lines
	Records Records
	Skipped [reasons]int64 // records, by parse.Reason
}

// Add adds what became of the bytes of another source or part.
func (a *Account) Add(other *Account) {
	a.Bytes += other.Bytes
	a.Lines += other.Lines
	a.Records.add(other.Records)
	for i := range a.Skipped {
		a.Skipped[i] += other.Skipped[i]
	}
}

// maxShown is how many skipped records of one source are told in words.
const maxShown = 3

// Doubts tells of the records whose time leaves something open, by timestamp.Doubt.
type Doubts [timestamp.NumDoubts]Doubt

// A Doubt is one kind of Doubts.
type Doubt struct {
	Records int64
	Example string // the time of the first one, as it stands there
	offset  int64  // of that record
}

// note adds a record.
func (d *Doubts) note(e *parse.Event) {
	of := &d[e.Doubt]
	if of.Records++; of.Records == 1 {
		of.Example, of.offset = string(e.Doubted), e.Offset
	}
}

// add adds the records of another part of the source.
func (d *Doubts) add(other *Doubts) {
	for i := range d {
		of, more := &d[i], &other[i]
		if more.Records > 0 && (of.Records == 0 || more.offset < of.offset) {
			of.Example, of.offset = more.Example, more.offset
		}
		of.Records += more.Records
	}
}

// A Source is what was read from one parse.Input.
type Source struct {
	Name        string
	ID          SourceID
	Identity    Identity // of what the input was found in: an archive is that of its members
	Format      string   // "" if nothing could be read
	Compression string   // as in parse.Input
	Account     Account

	// Failed is why the source could not be opened, Damage why it could not be
	// read to its end, Empty whether it has no byte.
	Failed error
	Damage error
	Empty  bool

	// Shown holds the first few skipped records.
	Shown []*parse.SyntaxError

	Doubts Doubts

	mu sync.Mutex
}

// newSource returns a source of which nothing has been read yet. err is why nothing
// can be.
func newSource(in *parse.Input, id Identity, err error) *Source {
	s := &Source{Name: in.Name, Format: in.Format.Name, Compression: in.Compression}
	s.identify(id)
	if err != nil {
		s.refuse(err)
	}
	return s
}

// foundSources are the sources that have been found so far.
type foundSources struct {
	mu sync.Mutex
	of [][]*Source // each argument
}

func (f *foundSources) add(argument int, s *Source) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.of[argument] = append(f.of[argument], s)
}

func (f *foundSources) all() []*Source {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Concat(f.of...)
}

// now returns the source as it is.
func (s *Source) now() *Source {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Source{
		Name: s.Name, Format: s.Format, Compression: s.Compression, Account: s.Account,
		Failed: s.Failed, Damage: s.Damage, Empty: s.Empty, Shown: slices.Clone(s.Shown),
		Doubts: s.Doubts,
	}
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
		// What was looked at is one record that nobody can read.
		s.Account.Bytes = unread.Bytes
		s.Account.Records.Skipped = 1
		s.Account.Skipped[parse.Undecodable] = 1
	default:
		s.Failed = err
	}
}

// add adds what one worker made of a part of the source.
func (s *Source) add(a *Account, skipped []*parse.SyntaxError, doubts *Doubts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Account.Add(a)
	s.Doubts.add(doubts)
	if len(skipped) == 0 {
		return
	}
	// Workers end in any order: keep the first by place, not by time.
	s.Shown = append(s.Shown, skipped...)
	slices.SortFunc(s.Shown, func(a, b *parse.SyntaxError) int { return cmp.Compare(a.Offset, b.Offset) })
	s.Shown = s.Shown[:min(len(s.Shown), maxShown)]
}

// breakOff notes that a reader of the source broke off.
func (s *Source) breakOff(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Damage == nil {
		s.Damage = err
	}
}

// checkSum holds the law that every decoded byte belongs to a record.
func (s *Source) checkSum(decoded int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Account.Bytes != decoded && s.Damage == nil {
		s.Damage = fmt.Errorf("%d bytes were read, but records account for %d: please report this as a bug in otlog, unless the file was written to meanwhile", decoded, s.Account.Bytes)
	}
}

// Trouble returns why the source was not read from its first byte to its last,
// nil if it was.
func (s *Source) Trouble() error {
	if s.Failed != nil {
		return s.Failed
	}
	return s.Damage
}

// Damaged reports whether something in the source could not be read.
func (s *Source) Damaged() bool { return s.Damage != nil || s.Account.Records.Skipped > 0 }

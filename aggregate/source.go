package aggregate

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/otlog/otlog/parse"
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

// A Source is what was read from one parse.Source.
type Source struct {
	Name        string
	Format      string // "" if nothing could be read
	Compression string // "" if plain
	Account     Account

	// Failed is why the source could not be opened, Damage why it could not be
	// read to its end, Empty whether it has no byte.
	Failed error
	Damage error
	Empty  bool

	// Shown holds the first few skipped records.
	Shown []*parse.SyntaxError

	mu sync.Mutex
}

func newSource(from parse.Source) *Source {
	if from.Path == "-" {
		return &Source{Name: "stdin"}
	}
	return &Source{Name: from.Path}
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

// settle adds what one worker made of a part of the source.
func (s *Source) settle(a *Account, skipped []*parse.SyntaxError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Account.Add(a)
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

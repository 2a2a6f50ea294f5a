package parse

import (
	"bytes"
	"math"
	"slices"
	"time"

	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/level"
	"github.com/otlog/otlog/parse/outline"
	"github.com/otlog/otlog/parse/textline"
	"github.com/otlog/otlog/parse/timestamp"
)

// Learned is what the first records of an input say about its fields.
type Learned struct {
	Time        string   // key of the time, found by its values; "" if it has a known name, or none was found
	Times       []string // keys that may be a time, if no record has one
	Identifiers []string // keys that may identify people, rooms or calls
	Missing     []string // keys that the user gave, but none of the first records has
}

const (
	mostLearned = 300 // records that are looked at
	fewRecords  = 20  // too few to say what a source never states
)

// learn reads the first bytes of an input, and adds what its records say to the format and to how
// times are read.
func (in *Input) learn(head []byte, whole bool, given field.Names) {
	f := &in.Format
	if given != (field.Names{}) {
		f.roles = &field.Roles{Given: given}
	}
	f.wraps = field.HasWrappers(head)
	s := in.sample(head, whole)
	if order := timestamp.OrderOf(s.dates); order != timestamp.NoOrder {
		in.Times.Order = order
		s = in.sample(head, whole)
	}
	f.levelless = s.records >= fewRecords && s.leveled*4 < s.records
	in.sampled, in.timed = s.records, s.timed
	if f.headings = f.stacks && s.timed*4 < len(s.lines)*3 && textline.HasTimeLines(head); f.headings {
		in.timed = in.sampled
	} else if f.stacks && s.timed*2 < len(s.lines) && len(s.dates) == 0 {
		if in.findTimes(s, head, whole) {
			in.timed = in.sampled
		} else {
			in.skipsProse = true
			if records := in.sample(head, whole); records.records >= fewest {
				in.findTimes(records, head, whole)
			}
			in.skipsProse = false
		}
	}
	if s.records == mostLearned && len(s.objects)*2 < s.records {
		in.skipsProse = true
		defer func() { in.skipsProse = false }()
		s = in.sample(head, whole)
	}
	if f.kind == byRow && s.timed == 0 {
		// Spreadsheets count days.
		in.Times.Serial = true
		if serial := in.sample(head, whole); serial.timed*2 >= serial.records {
			s, in.timed = serial, serial.timed
		} else if key, _ := in.guess(serial).Time(); !field.NamedTime(key) {
			in.Times.Serial = false
		}
	}
	guess := in.guess(s)
	l := &in.Learned
	l.Identifiers, l.Missing = guess.Identifiers(), given.Missing(append(slices.Clip(s.objects), s.around...), s.lines)
	if given.Time != "" {
		return
	}
	if s.timed*2 >= s.records {
		if s.isConstant() || s.leadsText() {
			in.findLeads(head, whole, s)
		}
		return
	}
	key, dates := guess.Time()
	if (key == "" || guess.IsConstant(key)) && in.findLeads(head, whole, nil) {
		in.timed = in.sampled
		return
	}
	if key == "" {
		key, dates = in.guess(&sample{objects: s.around}).Time()
	}
	if key == "" {
		if s.timed == 0 {
			l.Times = guess.Times()
		}
		return
	}
	l.Time, in.timed = key, in.sampled
	f.roles = &field.Roles{Given: given, Learned: field.Names{Time: key}}
	if order := timestamp.OrderOf(dates); order != timestamp.NoOrder {
		in.Times.Order = order
	}
}

// findLeads adds to the format that the time of an object is at the start of one of its texts, if
// that is so in nearly all objects. If they have another time, as outer has them, it must be that of a
// store: constant, or ahead of the text's by more at one time than at another. findLeads reports whether it
// is so.
func (in *Input) findLeads(head []byte, whole bool, outer *sample) bool {
	in.Format.leads = true
	s := in.sample(head, whole)
	in.Format.leads = s.led > 0 && s.led*10 >= len(s.objects)*8 && !s.isConstant() && (outer == nil || outer.isConstant() || outer.drifts(s))
	return in.Format.leads
}

// drifts reports whether the times of objects go another way than those of the same objects in another
// sample: their distance changes by more than lines of one failure are apart.
func (s *sample) drifts(from *sample) bool {
	const most = int64(2 * time.Second)
	least, longest := int64(math.MaxInt64), int64(math.MinInt64)
	for i := range min(len(s.times), len(from.times)) {
		if s.times[i] != timestamp.NoTime && from.times[i] != timestamp.NoTime {
			least, longest = min(least, s.times[i]-from.times[i]), max(longest, s.times[i]-from.times[i])
		}
	}
	return longest > least && longest-least > most
}

// leadsText reports whether nearly all objects have a text that starts with a time.
func (s *sample) leadsText() bool {
	n := 0
	for _, object := range s.objects {
		if textline.LeadsText(object) {
			n++
		}
	}
	return n > 2 && n*10 >= len(s.objects)*8
}

// guess looks at the keys of the objects in a sample.
func (in *Input) guess(s *sample) *field.Guess {
	guess := &field.Guess{Clock: timestamp.NewClock(in.Times)}
	for _, record := range s.objects {
		guess.Add(record)
	}
	return guess
}

// fewest is how many records must look like records after prose.
const fewest = 3

// findTimes finds where the records of text that s holds have their times, and adds it to the
// format. It reports false if that is unknown.
func (in *Input) findTimes(s *sample, head []byte, whole bool) bool {
	f := &in.Format
	// Indented records look like a part of the one before them until it is known how they start.
	if f.words = textline.WordsBeforeTime(s.lines, in.Times); f.words == 0 || s.stamps*5 > s.records*6 {
		if stamped, ok := in.stamped(head, whole); ok {
			*f = stamped
		}
	}
	if f.words == 0 && !f.inline {
		f.epoch = textline.FindEpoch(s.texts)
	}
	return f.words > 0 || f.inline || f.epoch != nil
}

// A sample holds the first records of an input.
type sample struct {
	records, timed int
	undated        int      // part of timed: with only a time of day
	sessions       int      // records that state a session
	leveled        int      // records that state a level
	led            int      // objects with a text that starts with a time
	instant        int64    // the first time
	varied         bool     // others differ from it
	borders        int      // records of text that say nothing
	stamps         int      // lines of text with a date and a time of day
	objects        [][]byte // records that are objects
	times          []int64  // of these
	around         [][]byte // what is around these, or around lines
	lines          [][]byte // the first lines of records of text
	texts          [][]byte // these records
	dates          [][]byte // times whose order of day and month is unknown
}

// sample reads the first records of an input.
func (in *Input) sample(head []byte, whole bool) *sample {
	f := in.Format
	f.named = true
	if !whole && f.kind == byLine {
		head = head[:bytes.LastIndexByte(head, '\n')+1]
	}
	r := newReader(bytes.NewReader(head), f)
	for r.limits.block = 1 << 10; r.limits.block <= len(head) && r.limits.block < BlockSize; { // one block
		r.limits.block *= 2
	}
	var d Decoder
	d.SetTimes(in.Times)
	s := &sample{}
	for s.records < mostLearned {
		b := &Block{} // s keeps parts of it
		if r.Next(b) != nil {
			break
		}
		for e, skipped := range d.Events(b, noFinder{}) {
			if skipped != nil || s.records == mostLearned {
				continue
			}
			text := textline.Unframed(recordText(b, e))
			switch {
			case len(text) == 0:
				continue
			case jsontext.OpensObject(text):
				if e.Blank {
					s.around = append(s.around, text)
					break
				}
				s.times = append(s.times, e.Time)
				if s.objects = append(s.objects, text); d.walk.lead != timestamp.NoTime {
					s.led++
				}
			case in.skipsProse && len(e.Session) == 0 && !outline.IsSDKText(text):
				continue
			default:
				line, _, _ := bytes.Cut(text, lineFeed)
				s.lines, s.texts = append(s.lines, line), append(s.texts, text)
				s.stamps += textline.Stamps(text, mostLearned)
				if textline.IsBorder(line) {
					s.borders++
				}
			}
			s.records++
			if e.Level != level.Unknown {
				s.leveled++
			}
			if e.Time != timestamp.NoTime && s.instant == 0 {
				s.instant = e.Time
			}
			s.varied = s.varied || e.Time != timestamp.NoTime && e.Time != s.instant
			if e.Time != timestamp.NoTime || e.OfDay != timestamp.NoTime {
				if s.timed++; e.Time == timestamp.NoTime {
					s.undated++
				}
			}
			if len(e.Session) > 0 {
				s.sessions++
			}
			if e.Doubt == timestamp.DayMonth {
				s.dates = append(s.dates, bytes.Clone(e.Doubted))
			}
		}
	}
	return s
}

// isConstant reports whether all times are the same, as that of an export is.
func (s *sample) isConstant() bool { return s.timed > 2 && !s.varied }

// recordText returns the text of an event in its block.
func recordText(b *Block, e *Event) []byte {
	if b.Format.kind == byLine {
		from := int(e.Offset - b.Offset)
		return bytes.TrimSpace(b.Data[from : from+e.Bytes])
	}
	offset := b.Offset
	for i := range b.Records {
		if s := &b.Records[i]; offset == e.Offset {
			return bytes.TrimSpace(b.Data[s.Start:s.End])
		}
		offset += b.Records[i].Bytes
	}
	return nil
}

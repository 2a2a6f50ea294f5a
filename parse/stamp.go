package parse

import "github.com/otlog/otlog/parse/textline"

// A timing is a way to find the times of records that are not at the start.
type timing struct {
	sample *sample
	format Format
}

// timed reports whether nearly all records of a timing have a time. Headings and the count of rows
// below a table have none.
func (l *timing) timed() bool {
	const headings = 3
	s, records := l.sample, l.sample.records-l.sample.borders
	return s.timed*10 >= (records-headings)*8 && s.timed*2 > records
}

// fewTimes is how many times a record may have, such as when it was made and when it was stored. A
// record with more may be several records of the input.
const fewTimes = 4

// whole reports whether records of a timing are not several records of the input: they have one
// time each.
func (l *timing) whole() bool { return l.sample.stamps*5 <= l.sample.records*6 }

// stamped returns the format for records whose time is not at their start, nor after a number of
// words. It reports false if there is none.
func (in *Input) stamped(head []byte, whole bool) (Format, bool) {
	if textline.Stamps(head, 1) == 0 {
		return Format{}, false
	}
	try := func(change func(*Format)) *timing {
		f := in.Format
		f.words, f.inline = 0, true
		change(&f)
		other := Input{Format: f, Times: in.Times, skipsProse: in.skipsProse}
		return &timing{other.sample(head, whole), f}
	}
	plain := try(func(*Format) {})
	if plain.timed() && plain.whole() {
		return plain.format, true
	}
	if indent := textline.ListIndent(head); indent > in.Format.indent {
		if list := try(func(f *Format) { f.indent = indent }); list.timed() && list.whole() {
			return list.format, true
		}
	}
	lines := try(func(f *Format) { f.inlineLines = true })
	switch {
	case lines.timed() && lines.sample.stamps*plain.sample.records < plain.sample.stamps*lines.sample.records:
		return lines.format, true
	case plain.timed() && plain.sample.timed > 1 && plain.sample.stamps <= fewTimes*plain.sample.records:
		return plain.format, true
	}
	return Format{}, false
}

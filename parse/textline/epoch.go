package textline

import (
	"bytes"
	"slices"
	"strings"

	"github.com/otlog/otlog/parse/timestamp"
)

// An Epoch is where the records of a source state their time as a Unix time: after a key, or in a
// field that a delimiter separates.
type Epoch struct {
	key       string // with what is between it and the number, such as "CreateTime:"; "" if it is a field
	delimiter byte
	field     int // counted from 1, from the end if it is negative
}

const (
	maxEpochs = 12  // Unix times that are looked at in a record
	maxFields = 30  // fields before or after a Unix time
	epochHead = 512 // where a Unix time is looked for: in the first and last bytes of a record
)

// delimiters are those of fields.
var delimiters = []byte("\t|,;: ")

// keyEnds are the bytes that may be between a key and a Unix time.
const keyEnds = "=:(\"'[< "

// Time returns the time of a record. It reports false if the record has none at this place.
func (p *Epoch) Time(record []byte) (nanos int64, ok bool) {
	if p.key != "" {
		return afterKey(record, p.key)
	}
	n := p.field
	if n < 0 {
		n = -n
	}
	for ; n > 0 && record != nil; n-- {
		var field []byte
		if p.field > 0 {
			field, record, ok = bytes.Cut(record[:min(len(record), MaxFrame)], []byte{p.delimiter})
			if !ok {
				record = nil
			}
			if p.delimiter == ' ' && len(field) == 0 && ok {
				n++ // several spaces
			}
		} else if at := bytes.LastIndexByte(record, p.delimiter); at >= 0 {
			field, record = record[at+1:], record[:at]
		} else {
			field, record = record, nil
		}
		if n == 1 {
			return wholeEpoch(field)
		}
	}
	return 0, false
}

// afterKey returns the first Unix time after a key.
func afterKey(record []byte, key string) (nanos int64, ok bool) {
	head := record[:min(len(record), MaxFrame)]
	for from := 0; ; {
		n := bytes.Index(head[from:], []byte(key))
		if n < 0 {
			return 0, false
		}
		at := from + n
		from = at + len(key)
		if at > 0 && isWord(head[at-1]) {
			continue
		}
		if nanos, width := timestamp.Epoch(head[from:]); width > 0 {
			return nanos, true
		}
	}
}

// wholeEpoch reads a field that is a Unix time, but for quotes, brackets and the like around it.
func wholeEpoch(field []byte) (nanos int64, ok bool) {
	const around = " \t\r\n\"'[](){}<>:,;"
	field = bytes.Trim(field, around)
	nanos, n := timestamp.Epoch(field)
	return nanos, n > 0 && n == len(field)
}

// An epochPlace is what the records of a source have at a place.
type epochPlace struct {
	Epoch
	order  int
	values []int64 // by record; 0: none
	seen   int
}

// FindEpoch returns the place at which nearly all records have their time as a Unix time: it grows
// or falls from record to record. It returns nil if there is none. Of several places, that whose
// times differ most counts, then that of the earliest times: events come before their ingestion.
func FindEpoch(records [][]byte) *Epoch {
	places := map[Epoch]*epochPlace{}
	var order []*epochPlace
	note := func(i int, p Epoch, nanos int64) {
		x := places[p]
		if x == nil {
			if len(places) == 200 {
				return
			}
			x = &epochPlace{Epoch: p, order: len(order), values: make([]int64, len(records))}
			places[p] = x
			order = append(order, x)
		}
		if x.values[i] == 0 {
			x.values[i] = nanos
			x.seen++
		}
	}
	total := 0
	for i, record := range records {
		if !IsBorder(record) {
			total++
		}
		epochsIn(record, func(p Epoch, nanos int64) { note(i, p, nanos) })
	}
	var best *epochPlace
	const headings = 3
	for _, x := range order {
		if x.seen*10 < (total-headings)*8 || x.seen*2 <= total || !x.isTime() {
			continue
		}
		if best == nil || x.compare(best) < 0 {
			best = x
		}
	}
	if best == nil {
		return nil
	}
	return &best.Epoch
}

// epochsIn calls yield for each place of a Unix time in a record.
func epochsIn(record []byte, yield func(Epoch, int64)) {
	head := record[:min(len(record), MaxFrame)]
	found := 0
	for at := 0; at < len(head) && found < maxEpochs; at++ {
		if !isDigit(head[at]) {
			continue
		}
		start := at
		for at < len(head) && (isDigit(head[at]) || head[at] == '.') {
			at++
		}
		nanos, n := timestamp.Epoch(head[start:])
		if n == 0 || start > 0 && (isWord(head[start-1]) || head[start-1] == '.' || head[start-1] == '-') {
			continue
		}
		found++
		if key := keyBefore(head[:start]); key != "" {
			yield(Epoch{key: key}, nanos)
		}
		for _, d := range delimiters {
			if start <= epochHead {
				before := fieldsIn(head[:start], d)
				p := Epoch{delimiter: d, field: before + 1}
				if t, ok := p.Time(record); before < maxFields && ok && t == nanos {
					yield(p, nanos)
				}
			}
			if len(record)-start <= epochHead {
				p := Epoch{delimiter: d, field: -1 - bytes.Count(record[start:], []byte{d})}
				if t, ok := p.Time(record); p.field >= -maxFields && ok && t == nanos {
					yield(p, nanos)
				}
			}
		}
	}
}

// fieldsIn counts the delimiters in a text. Several spaces are one, and those before the text none.
func fieldsIn(text []byte, delimiter byte) int {
	if delimiter != ' ' {
		return bytes.Count(text, []byte{delimiter})
	}
	n := len(bytes.FieldsFunc(text, func(r rune) bool { return r == ' ' }))
	if len(text) > 0 && text[len(text)-1] != ' ' {
		n--
	}
	return n
}

// keyBefore returns the key at the end of a text, with the bytes after it, "" if there is none. A
// key whose name says that it is an identifier or an end is none.
func keyBefore(text []byte) string {
	end := len(bytes.TrimRight(text, keyEnds))
	if end == len(text) || len(text)-end > 3 {
		return ""
	}
	start := end
	for start > 0 && (isWord(text[start-1]) || text[start-1] == '@') {
		start--
	}
	if start == end || end-start > MaxKey || isDigit(text[start]) {
		return ""
	}
	name := strings.ToLower(string(text[start:end]))
	if strings.HasSuffix(name, "id") || slices.ContainsFunc([]string{"expir", "exp", "until", "ttl", "offset", "seq", "size", "bytes", "port"}, func(s string) bool { return strings.HasPrefix(name, s) || len(s) > 3 && strings.Contains(name, s) }) {
		return ""
	}
	return string(text[start:])
}

// MaxKey is the length of the longest key before a Unix time.
const MaxKey = 40

// isTime reports whether the times of a place differ, and grow or fall.
func (x *epochPlace) isTime() bool {
	const fewest = 3
	rising, falling := 0, 0
	last := int64(0)
	for _, t := range x.values {
		if t == 0 {
			continue
		}
		if last == 0 || t >= last {
			rising++
		}
		if last == 0 || t <= last {
			falling++
		}
		last = t
	}
	return x.seen >= fewest && max(rising, falling)*10 >= x.seen*8 && rising+falling < 2*x.seen
}

// compare orders places by how likely they are that of the time, the likeliest first.
func (x *epochPlace) compare(y *epochPlace) int {
	if a, b := x.distinct(), y.distinct(); a >= 2*b || b >= 2*a {
		return b - a
	}
	earlier := 0
	for i, t := range x.values {
		switch u := y.values[i]; {
		case t == 0 || u == 0:
		case t < u:
			earlier--
		case t > u:
			earlier++
		}
	}
	if earlier != 0 {
		return earlier
	}
	return x.order - y.order
}

func (x *epochPlace) distinct() int {
	times := slices.Clone(x.values)
	slices.Sort(times)
	return len(slices.Compact(times))
}

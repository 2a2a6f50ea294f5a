package events

import (
	"bufio"
	"cmp"
	"fmt"
	"os"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/spill"
)

// written has session IDs as the log has them. They are in a file if there are many.
type written struct {
	dir    *spill.Dir
	few    []byte // the IDs, without a file
	file   *os.File
	out    *bufio.Writer
	size   int64
	recent map[aggregate.SessionID]bool // were added; others may be added again
	places spill.Set[place]
	table  *spill.Table[place]
	err    error
}

// A place is where an ID is in the file.
type place struct {
	id       aggregate.SessionID
	from, to int64
}

// Compare and Rank implement spill.Value.
func (p place) Compare(other place) int {
	return cmp.Or(p.id.Compare(other.id), cmp.Compare(p.from, other.from), cmp.Compare(p.to, other.to))
}
func (p place) Rank() uint64 { return p.id.Hi }

// mostRecent is how many IDs are not added again, placeBytes how much memory their places take, and fewBytes
// how much memory the IDs take without a file.
const (
	mostRecent = 1 << 14
	placeBytes = 4 << 20
	fewBytes   = 1 << 20
)

func newWritten(dir *spill.Dir) *written {
	w := &written{dir: dir, recent: map[aggregate.SessionID]bool{}}
	w.places.Bound(1, 0, dir, placeBytes)
	return w
}

// add adds an ID. It may be a token.
func (w *written) add(id aggregate.SessionID, text []byte) error {
	if w.recent[id] {
		return nil
	}
	if len(w.recent) == mostRecent {
		clear(w.recent)
	}
	w.recent[id] = true
	w.places.Add(place{id, w.size, w.size + int64(len(text))})
	w.size += int64(len(text))
	if w.file == nil && w.size <= fewBytes {
		w.few = append(w.few, text...)
		return nil
	}
	if err := w.spill(); err != nil {
		return err
	}
	_, err := w.out.Write(text)
	return explain(err)
}

// spill moves the IDs to a file.
func (w *written) spill() error {
	if w.file != nil {
		return nil
	}
	file, err := w.dir.Create()
	if err != nil {
		return err
	}
	w.file, w.out = file, bufio.NewWriter(file)
	_, err = w.out.Write(w.few)
	w.few = nil
	return explain(err)
}

// end ends adding.
func (w *written) end() (err error) {
	w.recent = nil
	if w.out != nil {
		err = explain(w.out.Flush())
	}
	if err != nil {
		return err
	}
	w.table, err = spill.TableOf(w.dir, &w.places)
	return err
}

// text returns an ID as it was written, "" if it is not known.
func (w *written) text(id aggregate.SessionID) string {
	at, ok, err := w.table.Last(func(p *place) int { return p.id.Compare(id) })
	if err != nil || !ok || at.id != id {
		w.err = cmp.Or(w.err, err)
		return ""
	}
	if w.file == nil {
		return string(w.few[at.from:at.to])
	}
	text := make([]byte, at.to-at.from)
	if _, err := w.file.ReadAt(text, at.from); err != nil {
		w.err = cmp.Or(w.err, explain(err))
	}
	return string(text)
}

// close returns the error of reading back, if any.
func (w *written) close() error { return cmp.Or(w.err, w.table.Close()) }

func explain(err error) error {
	if err != nil {
		err = fmt.Errorf("keeping session IDs on disk: %w", err)
	}
	return err
}

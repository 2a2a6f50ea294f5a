package columnar

import (
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// ParquetMagic begins and ends a Parquet file.
const ParquetMagic = "PAR1"

// A Parquet is an open file.
type Parquet struct {
	groups []group
	root   *node
	leaves []*leaf
}

// OpenParquet reads the metadata of a file, which is at its end. The error is ErrOwn if otlog
// has written the file.
func OpenParquet(r io.ReaderAt, size int64, rename Rename) (*Parquet, error) {
	m, err := readMetadata(r, size)
	if err != nil {
		return nil, err
	}
	p := &Parquet{groups: m.groups}
	t := &tree{elements: m.schema}
	p.root = t.root(rename)
	p.leaves = t.leaves
	return p, nil
}

// Groups returns the number of row groups.
func (p *Parquet) Groups() int { return len(p.groups) }

// Extent returns where a row group begins, and the size of its data.
func (p *Parquet) Extent(group int) (from, size int64) {
	chunks := p.groups[group].chunks
	for i := range chunks {
		if start := chunks[i].from(); i == 0 || start < from {
			from = start
		}
		size += chunks[i].size
	}
	return from, size
}

// A GroupError is the error of a row group that breaks off.
type GroupError struct {
	Group, Groups int   // its number, from 1, and how many there are
	Rows          int64 // that were read
	Err           error
}

func (e *GroupError) Error() string {
	return fmt.Sprintf("row group %d of %d: %v", e.Group, e.Groups, e.Err)
}

func (e *GroupError) Unwrap() error { return e.Err }

// Rows returns a reader of the rows of a row group, whose errors are GroupErrors. r is the
// file. Readers are independent of each other.
func (p *Parquet) Rows(group int, r io.ReaderAt) io.Reader {
	g := &groupRows{Parquet: p, group: group, r: r}
	return &rows{next: g.next}
}

// groupRows reads a row group.
type groupRows struct {
	*Parquet
	group   int
	r       io.ReaderAt
	columns []column // nil before the first row
	done    int64    // rows
}

// next appends rows until there are enough of them.
func (g *groupRows) next(dst []byte) (out []byte, err error) {
	whole := len(dst)
	err = guard(func() error {
		if g.columns == nil {
			g.open()
		}
		for len(dst) < chunk {
			if g.done == g.groups[g.group].rows {
				return io.EOF
			}
			size := 0
			for i := range g.columns {
				c := &g.columns[i]
				if err := c.next(); err != nil {
					return fmt.Errorf("column %s: %w", shortened(c.of.path), unexpected(err))
				}
				if size += c.size; size > maxRow {
					return errLongRow
				}
			}
			dst = append(g.root.content(dst, g.columns), '\n')
			for i := range g.columns {
				if c := &g.columns[i]; c.taken != len(c.row) {
					return errUneven
				}
			}
			whole = len(dst)
			g.done++
		}
		return nil
	})
	if err != nil {
		g.columns = nil // their pages
		if err != io.EOF {
			err = &GroupError{g.group + 1, g.Groups(), g.done, err}
		}
	}
	return dst[:whole], err
}

func (g *groupRows) open() {
	// A decoder without goroutines of its own. The options are valid.
	d, _ := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxPage), zstd.WithDecoderLowmem(true))
	room := int64(maxHeld)
	g.columns = make([]column, len(g.leaves))
	for i, of := range g.leaves {
		c := &g.groups[g.group].chunks[i]
		g.columns[i].of = of
		g.columns[i].pages = pages{r: g.r, at: c.from(), end: c.from() + c.size, codec: c.codec, zstd: d, room: &room, keep: of.rep > 0}
	}
}

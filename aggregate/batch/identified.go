package batch

import (
	"math"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/columns"
)

// SessionID is the name of the column of session IDs, which is the last one.
const SessionID = "session_id"

// An identified table has a last column: the session ID as the logs have it, if it was kept.
type identified struct {
	table
	ids textColumn
}

func (t *identified) add(s *aggregate.Session) {
	t.table.add(s)
	for t.ids.len() < t.len() {
		t.ids.add(s.Text)
	}
}

func (t *identified) columns() []column { return append(t.table.columns(), &t.ids) }

// A textColumn holds session IDs as the logs have them; the empty one is null.
type textColumn struct {
	text  []byte
	ends  []int32 // after the 0 where the first one begins
	nulls columns.Nulls
}

func (c *textColumn) add(s string) {
	if len(c.text)+len(s) > math.MaxInt32 { // millions of rows of one session
		s = ""
	}
	if len(c.ends) == 0 {
		c.ends = append(c.ends, 0)
	}
	c.text = append(c.text, s...)
	c.ends = append(c.ends, int32(len(c.text)))
	c.nulls.Add(s == "")
}

func (c *textColumn) len() int { return c.nulls.Len() }
func (c *textColumn) reset()   { c.text, c.ends, c.nulls = c.text[:0], c.ends[:0], c.nulls.Empty() }
func (c *textColumn) field() arrow.Field {
	return arrow.Field{Name: SessionID, Type: arrow.BinaryTypes.String, Nullable: true}
}

func (c *textColumn) array() arrow.Array {
	if len(c.ends) == 0 {
		c.ends = append(c.ends, 0)
	}
	return columns.Texts(c.text, c.ends, &c.nulls)
}

package account

import "fmt"

// A Cut counts records whose end is missing, and that count all the same, by an error in their rest.
type Cut struct {
	Records int64
	Offset  int64  // of the first one
	Cause   string // likewise
}

// Note counts a record.
func (c *Cut) Note(offset int64, cause string) { c.Add(&Cut{1, offset, cause}) }

// Add adds the records of another part of the same source.
func (c *Cut) Add(other *Cut) {
	if other.Records == 0 {
		return
	}
	if c.Records == 0 || other.Offset < c.Offset {
		c.Offset, c.Cause = other.Offset, other.Cause
	}
	c.Records += other.Records
}

// Err returns a *CutError, nil if no record is cut.
func (c *Cut) Err() error {
	if c.Records == 0 {
		return nil
	}
	return &CutError{*c}
}

// A CutError says of what a part is missing.
type CutError struct{ Cut }

func (e *CutError) Error() string {
	text := fmt.Sprintf("offset %d: %s: it counts by the error in it, and the rest of it is missing", e.Offset, e.Cause)
	if e.Records > 1 {
		text += fmt.Sprintf(", as of %d records in all", e.Records)
	}
	return text
}

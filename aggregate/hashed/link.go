package hashed

// A Link is the ID that a surrogate ID was seen with. The zero Link is none. A surrogate ID
// that was seen with several IDs belongs to none of them.
type Link struct {
	ID      ID
	Several bool
}

// One reports whether there is exactly one ID.
func (l Link) One() bool { return !l.ID.IsZero() }

// Any reports whether there is at least one ID.
func (l Link) Any() bool { return l.One() || l.Several }

// Add adds a link of the same surrogate ID.
func (l *Link) Add(other Link) {
	switch {
	case !l.Any():
		*l = other
	case other.Any() && *l != other:
		*l = Link{Several: true}
	}
}

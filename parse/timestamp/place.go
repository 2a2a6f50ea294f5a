package timestamp

import (
	"bytes"
	"sync"
	"time"
)

// A place is a zone that a time states by its name in the IANA database, such as Europe/Berlin.
type place struct {
	name string
	walls
}

// readPlace reads the name of a place at the start of b, after a space or not, and with brackets or not:
// " Europe/Berlin", "[Europe/Berlin]". It returns the width of all, 0 if there is no such name, and
// false if the database does not have the name. The place is then c.place.
func (c *Clock) readPlace(b []byte) (width int, known bool) {
	n := 0
	if n < len(b) && b[n] == ' ' {
		n++
	}
	bracket := n < len(b) && b[n] == '['
	if bracket {
		n++
		if n < len(b) && b[n] == '!' { // critical, in RFC 9557
			n++
		}
	}
	start := n
	if n == 0 || n == len(b) || b[n] < 'A' || b[n] > 'U' {
		return 0, false
	}
	slash := 0
	for n < len(b) && (isWord(b[n]) || b[n] == '/' || b[n] == '-' || b[n] == '+') {
		if b[n] == '/' && slash == 0 {
			slash = n
		}
		n++
	}
	if slash == 0 || !isArea(b[start:slash]) {
		return 0, false
	}
	name := b[start:n]
	if bracket {
		if n == len(b) || b[n] != ']' {
			return 0, false
		}
		n++
	}
	if string(name) != c.place.name {
		location := locations.of(name)
		if location == nil {
			return n, false
		}
		c.place = place{name: string(name), walls: walls{zone: location}}
	}
	return n, true
}

// isArea reports whether names of zones begin with a word and a slash.
func isArea(word []byte) bool {
	switch string(word) {
	case "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Brazil", "Canada", "Chile", "Etc", "Europe",
		"Indian", "Mexico", "Pacific", "US":
		return true
	}
	return false
}

// locations are the zones that logs have named so far.
var locations = zones{byName: map[string]*time.Location{}}

// zones are zones by name, nil for a name that has none. Many Clocks may use them at the same time.
type zones struct {
	mu     sync.Mutex
	byName map[string]*time.Location
}

// maxZones is more than the database has. A log that names more of them is garbage.
const maxZones = 1000

// of returns the zone of a name, nil if there is none.
func (z *zones) of(name []byte) *time.Location {
	z.mu.Lock()
	defer z.mu.Unlock()
	location, ok := z.byName[string(name)]
	if !ok && len(z.byName) < maxZones && len(name) <= maxTime {
		location, _ = time.LoadLocation(string(name))
		z.byName[string(name)] = location
	}
	return location
}

// isTags reports whether b is what RFC 9557 adds to a time: [Europe/Berlin], [u-ca=gregory].
func isTags(b []byte) bool {
	b = bytes.TrimPrefix(b, []byte(" "))
	if len(b) == 0 {
		return false
	}
	for len(b) > 0 {
		n := bytes.IndexByte(b, ']')
		if n < len("[UTC") || b[0] != '[' || !letter(b[1]) && b[1] != '!' {
			return false
		}
		b = b[n+1:]
	}
	return true
}

// IsZone reports whether text is a zone as it may follow a time: UTC, +01:00, PST, Europe/Berlin.
func IsZone(text []byte) bool {
	const longest = 40
	if len(text) == 0 || len(text) > longest {
		return false
	}
	if ambiguous := string(text); ambiguous == "BST" || ambiguous == "IST" {
		return true
	}
	var c Clock
	return c.Value(append([]byte("2006-01-02 15:04:05 "), text...)) != NoTime && letterOrSign(text[0])
}

// letterOrSign reports whether a zone may begin with c.
func letterOrSign(c byte) bool { return 'A' <= c && c <= 'Z' || c == '+' || c == '-' || c == minus[0] }

// IsUnzoned reports whether b, the value of a time field, is a date and time without a zone.
func (c *Clock) IsUnzoned(b []byte) bool {
	if c.Value(b) == NoTime && c.doubt != DayMonth {
		return false
	}
	if c.doubt != DayMonth && c.Value(append(bytes.Clone(b), " +01:00"...)) == NoTime {
		return false // a number, or a time with a zone
	}
	return c.doubt != ZoneName
}

package table

import (
	"bytes"

	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/timestamp"
)

// Zones returns the zones that the cells of a header state in brackets, such as Time (PST) and
// Zeit (UTC+01:00): "" for a column that states none. It returns nil if no column states one.
func Zones(header [][]byte) (zones []string) {
	for i, cell := range header {
		cell = bytes.TrimRight(cell, "\" \r\n")
		start := bytes.LastIndexAny(cell, "([")
		if start <= 0 || cell[len(cell)-1] != cell[start]+1 && cell[len(cell)-1] != cell[start]+2 {
			continue
		}
		if zone := cell[start+1 : len(cell)-1]; timestamp.IsZone(zone) {
			if zones == nil {
				zones = make([]string, len(header))
			}
			zones[i] = string(zone)
		}
	}
	return zones
}

// AppendCell appends the cell of a column as a JSON string. A time without a zone gets the zone that the
// header states.
func (f *Form) AppendCell(dst []byte, column int, cell []byte) []byte {
	if column < len(f.Zones) && f.Zones[column] != "" {
		var clock timestamp.Clock
		if clock.IsUnzoned(cell) {
			return jsontext.AppendQuoted(dst, append(append(bytes.Clone(cell), ' '), f.Zones[column]...))
		}
	}
	return jsontext.AppendQuoted(dst, cell)
}

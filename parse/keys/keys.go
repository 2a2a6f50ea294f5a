// Package keys says what the keys and texts of a JSON document mean, to the packages that know no product.
package keys

import (
	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/sessionid"
)

// Keys are the keys of one source.
type Keys struct {
	Roles *field.Roles
	Named bool // columns keep their names
}

// IsTime reports whether a key is made for a time.
func (Keys) IsTime(key []byte) bool { return is(key, field.Time) }

// IsMessage reports whether a key is made for a message.
func (Keys) IsMessage(key []byte) bool { return is(key, field.Message) }

// IsAction reports whether a key is made for the action of telemetry.
func (Keys) IsAction(key []byte) bool { return is(key, field.Action) }

func is(key []byte, want field.Field) bool {
	f, _ := field.Of(key)
	return f == want
}

// Key returns the key of a column, nil if its cells are not read.
func (k Keys) Key(column []byte) []byte {
	key := field.Key(string(column))
	switch {
	case k.Roles.Has(string(column)), key == "" && k.Named:
		return column
	case key != "":
		return []byte(key)
	}
	return nil
}

// Session returns the first session ID in a text, nil if there is none.
func (Keys) Session(text []byte) []byte {
	if start, end := sessionid.Next(text); start >= 0 {
		return text[start:end]
	}
	return nil
}

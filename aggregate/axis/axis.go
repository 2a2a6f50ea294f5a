// Package axis has what a mark of evidence holds in one byte: on which scale its records are, why their
// error was raised, and whether they are late.
package axis

import "github.com/otlog/otlog/classify/catalogue"

// An Axis is the scale on which the distance of two records is measured.
type Axis uint8

// The axes.
const (
	Dated  Axis = iota // time, in Unix nanoseconds
	Clock              // time of day, in nanoseconds: the date is unknown
	Placed             // index of the record in its origin: the time is unknown
)

// All lists every axis.
var All = [...]Axis{Dated, Clock, Placed}

// String returns the axis's name in partials.
func (a Axis) String() string { return [...]string{"time", "time_of_day", "record"}[a] }

// Flags are the axis in bits 0 and 1, the reason in bits 2 to 6, and late in bit 7.
type Flags uint8

const (
	late     Flags = 1 << 7
	reasonAt       = 2
	reasons  Flags = 1<<7 - 1<<reasonAt
)

// New returns flags.
func New(a Axis, reason catalogue.ReasonID, isLate bool) Flags {
	f := Flags(a) | Flags(reason)<<reasonAt&reasons
	if isLate {
		f |= late
	}
	return f
}

// Axis returns the axis of the records' positions.
func (f Flags) Axis() Axis { return Axis(f & (1<<reasonAt - 1)) }

// Late reports whether the records come from the timer of a destroyed publisher.
func (f Flags) Late() bool { return f&late != 0 }

// Reason returns why the error was raised, as the records say; 0 if they do not.
func (f Flags) Reason() catalogue.ReasonID { return catalogue.ReasonID(f & reasons >> reasonAt) }

// WithoutReason returns the flags without the reason.
func (f Flags) WithoutReason() Flags { return f &^ reasons }

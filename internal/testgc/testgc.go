// Package testgc lets the garbage collector wait. Tests import it for its effect where they
// leave much garbage beside little that stays.
package testgc

import "runtime/debug"

func init() { debug.SetGCPercent(400) }

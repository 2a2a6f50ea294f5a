package layout

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// A Run is what neighbouring lines share: IDs of a session, client and connection, one after the other,
// with the joints between them. One comparison recognizes all of them.
type Run struct {
	Values []Value // with places from the start of the run

	// Owner and OwnerIs are for the caller, 0 in a new run.
	Owner   uint32
	OwnerIs uint64

	text     []byte // up to the quote after the last ID
	from, to int32  // the nodes of the first and the last ID
}

// runs are the runs that were seen last.
type runs struct {
	all  *[1 << runBits]Run
	open *Run  // the run that is being read; nil: none
	from int   // where it starts
	last int   // where the quote after its last ID is
	node int32 // of its last ID
}

const (
	runBits  = 9
	maxRun   = 384 // bytes; all runs take 400 KiB at most
	idsOfRun = 4   // at most; lines seldom state more than a session, a connection and a client
)

// find returns the run that may start at data[i], nil if there is no room for it.
func (r *runs) find(data []byte, i int) *Run {
	if i+48 > len(data) {
		return nil
	}
	if r.all == nil {
		r.all = new([1 << runBits]Run)
	}
	// Session IDs differ in the middle, others at the start.
	s := data[i : i+48]
	x := binary.LittleEndian.Uint64(s) + 3*binary.LittleEndian.Uint64(s[16:]) + 5*binary.LittleEndian.Uint64(s[28:]) + 7*binary.LittleEndian.Uint64(s[40:])
	return &r.all[x*0x9e3779b97f4a7c15>>(64-runBits)]
}

// matches reports whether the run is at the start of rest, whose first value is of a node.
func (r *Run) matches(rest []byte, node int32) bool {
	return r.from == node && len(r.text) > 0 && bytes.HasPrefix(rest, r.text)
}

// used reports whether a run is among the values of the line.
func used(values []Value, run *Run) bool {
	return slices.ContainsFunc(values, func(v Value) bool { return v.Run == run })
}

// begin starts to learn a run whose first ID is of a node and starts at i.
func (r *runs) begin(run *Run, node int32, i int) {
	r.open, r.from = run, i
	if run.text == nil {
		run.text, run.Values = make([]byte, 0, maxRun), make([]Value, 0, idsOfRun)
	}
	run.from, run.text, run.Values = node, run.text[:0], run.Values[:0]
	run.Owner, run.OwnerIs = 0, 0
}

// add adds an ID of a node that ends at the quote data[end].
func (r *runs) add(v Value, node int32, end int) {
	if len(r.open.Values) == idsOfRun {
		r.open = nil // it is none
		return
	}
	v.Start, v.End = v.Start-r.from, v.End-r.from
	r.open.Values = append(r.open.Values, v)
	r.last, r.node = end, node
}

// end ends the run, after which other values follow.
func (r *runs) end(data []byte) {
	run := r.open
	r.open = nil
	if text := data[r.from : r.last+1]; len(text) <= maxRun {
		run.text, run.to = append(run.text, text...), r.node
	}
}

package sessionid

import (
	"bytes"
	"encoding/binary"
)

// A Memo finds session IDs, and remembers them: neighbouring records share one, and to compare an ID is
// faster than to find where it ends. The zero Memo is empty. It is not safe for concurrent use.
type Memo struct {
	ids [1 << memoBits][]byte
}

const (
	memoBits = 8
	maxMemo  = 128 // bytes of an ID that is remembered; all take 32 KiB at most
)

// Next does what the function [Next] does.
func (m *Memo) Next(data []byte) (start, end int) {
	start = bytes.Index(data, Mark) - 1
	if start < 0 || start+48 > len(data) || endsInWord(data[:start]) {
		return Next(data)
	}
	// What is random in an ID is there.
	slot := &m.ids[binary.LittleEndian.Uint64(data[start+40:])*0x9e3779b97f4a7c15>>(64-memoBits)]
	if id := *slot; len(id) > 0 && bytes.HasPrefix(data[start:], id) {
		if end = start + len(id); end == len(data) || !inSessionID[data[end]] && !isCutOff(data[end:]) {
			return start, end
		}
	}
	if start, end = Next(data); start >= 0 && end-start <= maxMemo {
		if *slot == nil {
			*slot = make([]byte, 0, maxMemo)
		}
		*slot = append((*slot)[:0], data[start:end]...)
	}
	return start, end
}

package field

import (
	"bytes"
	"slices"
	"strings"

	"github.com/otlog/otlog/parse/jsontext"
)

// SDKVersion returns the version in "v2.35.2" or "js-2.35.2", nil for any other text.
func SDKVersion(s []byte) []byte {
	v, ok := bytes.CutPrefix(s, []byte("js-"))
	if !ok {
		v, ok = bytes.CutPrefix(s, []byte("v"))
	}
	if !ok || len(v) == 0 || !isDigit(v[0]) {
		return nil
	}
	return v
}

// CodeOf reads an error code. It returns 0 if s is not one.
func CodeOf(s []byte) int32 {
	var n int32
	if len(s) > 6 {
		return 0
	}
	for _, c := range s {
		if !isDigit(c) {
			return 0
		}
		n = n*10 + int32(c-'0')
	}
	return n
}

// The variations of events that make attempts, as Session Inspector writes them.
var inspectedVariations = [][]byte{[]byte("attempt"), []byte("success"), []byte("failure"), []byte("cancel")}

// IsInspected reports whether the name of an event is one of Session Inspector, which names client
// events by their action and variation: connect_attempt.
func IsInspected(name []byte) bool {
	_, variation, ok := bytes.Cut(name, []byte{'_'})
	return ok && slices.ContainsFunc(inspectedVariations, func(v []byte) bool { return bytes.Equal(v, variation) })
}

// IsInspectorEvent reports whether an object is an event of Session Inspector. What such a file says
// around its events is a note, no record of a log.
func IsInspectorEvent(object []byte) bool {
	named, placed := false, false
	for key := range jsontext.Members(object) {
		named, placed = named || string(key) == "eventName", placed || string(key) == "component"
	}
	return named && placed
}

// nativeClients are the beginnings of clientVersion in the telemetry of native SDKs: ios-2.27.1.
var nativeClients = [][]byte{[]byte("ios-"), []byte("android-"), []byte("linux-"), []byte("windows-"), []byte("macos-")}

// IsNativeVersion reports whether s is the version of a native SDK.
func IsNativeVersion(s []byte) bool {
	for _, client := range nativeClients {
		if v, ok := bytes.CutPrefix(s, client); ok {
			return len(v) > 0 && isDigit(v[0])
		}
	}
	return false
}

// Missing returns the given keys that are in none of the objects and lines, in which they may be quoted.
func (n Names) Missing(objects, lines [][]byte) (out []string) {
	for _, name := range []string{n.Time, n.Session, n.Message} {
		has := func(record []byte) bool {
			for key := range strings.SplitSeq(name, ".") {
				if !bytes.Contains(record, []byte(key)) {
					return false
				}
			}
			return true
		}
		if len(objects)+len(lines) > 0 && !slices.ContainsFunc(objects, has) && !slices.ContainsFunc(lines, has) {
			out = append(out, name)
		}
	}
	return out
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

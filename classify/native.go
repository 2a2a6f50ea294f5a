package classify

import (
	"bytes"
	"slices"
	"strings"
)

// The native SDKs (iOS, Android, React Native, Linux, Windows) share the JavaScript SDK's numbers
// with other meanings, and have no error names. Their records are recognized only by texts that
// nothing else writes.

// A nativeMark decides whether a text that a Finder searches for is, at text[start:end], written
// by a native SDK.
type nativeMark func(text []byte, start, end int) bool

// nativeMarks are the marks of native records. The files of the core are found by their underscore
// instead (isCoreFile).
func nativeMarks() []mark {
	out := []mark{
		{text: "SessionErrorDomain", native: isErrorDomain},
		{text: "PublisherErrorDomain", native: isErrorDomain},
		{text: "SubscriberErrorDomain", native: isErrorDomain},
		{text: "com.opentok.android.", native: startsWord},
		{text: "com.opentokreactnative", native: isWholeWord},
		{text: "OTRN JS: There was an error", native: isWholeWord}, // by the wrapper for React Native
	}
	// Tags of the Android SDK. Web applications have elements with the same names.
	for _, tag := range []string{"session", "publisher", "subscriber", "nativerenderer", "videorenderer", "videocapturer", "basevideocapturer", "defaultaudiodevice"} {
		name := "opentok-" + tag
		if len(name) >= window {
			out = append(out, mark{text: name, native: isLogcatTag})
			continue
		}
		out = append(out, mark{text: "/" + name, native: isLogcatTag}, mark{text: " " + name, native: isLogcatTag})
	}
	// Where systems print the name of the library: in the stack of a crash, and if it is missing.
	for _, before := range []string{"/arm64/", "/arm64-v8a/", "/arm/", "/armeabi-v7a/", "/x86/", "/x86_64/", "/lib/", "-linux-gnu/", `library "`, `library \"`, `find "`, `find \"`} {
		out = append(out, mark{text: before + "libopentok.so", native: endsWord})
	}
	for i := range out {
		out[i].role = isNative
	}
	slices.SortFunc(out, func(a, b mark) int { return strings.Compare(a.text, b.text) })
	return out
}

func startsWord(text []byte, start, _ int) bool { return !joined(text, start) }

func endsWord(text []byte, _, end int) bool { return !joined(text, end) }

func isWholeWord(text []byte, start, end int) bool {
	return startsWord(text, start, end) && endsWord(text, start, end)
}

// isErrorDomain reports whether a word is the domain of an error: OTSessionErrorDomain on iOS. On
// Android it is SessionErrorDomain, a name that other programs have, too; there it counts only as
// the vendor's samples log it: "SessionErrorDomain : ConnectionFailed - …".
func isErrorDomain(text []byte, start, end int) bool {
	if joined(text, end) {
		return false
	}
	if start >= 2 && string(text[start-2:start]) == "OT" {
		return !joined(text, start-2)
	}
	if joined(text, start) {
		return false
	}
	rest, ok := bytes.CutPrefix(text[end:], []byte(" : "))
	name := wordEnd(rest, 0)
	return ok && name > 0 && 'A' <= rest[0] && rest[0] <= 'Z' && bytes.HasPrefix(rest[name:], []byte(" - "))
}

// logcatLevels are the letters of Android's log levels.
const logcatLevels = "VDIWEFA"

// isLogcatTag reports whether text[start:end] begins a tag in a line of Android's log: after its
// level ("I/opentok-session: …", "1234  5678 I opentok-session: …"), or before the package and the
// level in the columns of Android Studio ("1234-5678  opentok-session  com.example  I  …").
func isLogcatTag(text []byte, start, end int) bool {
	if !isWord(text[start]) {
		start++ // searched for with the byte before it
	}
	if start < len("I/") {
		return false
	}
	level, separator := text[start-2], text[start-1]
	isLevel := strings.IndexByte(logcatLevels, level) >= 0 && !joined(text, start-2)
	rest := text[wordEnd(text, end):]
	after := bytes.TrimLeft(rest, " ")
	if bytes.HasPrefix(after, []byte{':'}) || bytes.HasPrefix(after, []byte{'('}) {
		return isLevel && (separator == '/' || separator == ' ' && start >= len("1 I ") && text[start-3] == ' ' && isDigit(text[start-4]))
	}
	return separator == ' ' && len(after) < len(rest) && isStudioColumn(after)
}

// isStudioColumn reports whether text begins with a package and a level, as the lines of Android
// Studio do after their tag.
func isStudioColumn(text []byte) bool {
	end, dots := 0, 0
	for end < len(text) && (isWord(text[end]) || text[end] == '.') {
		if text[end] == '.' {
			dots++
		}
		end++
	}
	level := bytes.TrimLeft(text[end:], " ")
	return dots > 0 && len(level) >= len("I  ") && len(level) < len(text)-end &&
		strings.IndexByte(logcatLevels, level[0]) >= 0 && level[1] == ' ' && level[2] == ' '
}

// corePrefixes are the beginnings of the names of the source files of the core, which all native
// SDKs share.
var corePrefixes = [][]byte{[]byte("otk_"), []byte("rumor_client"), []byte("raptor_message")}

// endsCorePrefix reports whether text ends like the first word of a corePrefix.
func endsCorePrefix(text []byte) bool {
	return bytes.HasSuffix(text, []byte("otk")) || bytes.HasSuffix(text, []byte("rumor")) || bytes.HasSuffix(text, []byte("raptor"))
}

// isCoreFile reports whether a word and the text after it are a source file of the core with the
// number of a line, which the native SDKs print before their messages: otk_session.c:812.
func isCoreFile(word, rest []byte) bool {
	for _, prefix := range corePrefixes {
		if !bytes.HasPrefix(word, prefix) {
			continue
		}
		for _, extension := range []string{".c:", ".cc:", ".cpp:", ".h:", ".m:", ".mm:"} {
			if line, ok := bytes.CutPrefix(rest, []byte(extension)); ok {
				return len(line) > 0 && isDigit(line[0])
			}
		}
	}
	return false
}

package outline

import "bytes"

// IsError reports whether a text looks like evidence of an error. It decides only whether a list
// may be part of a record.
func IsError(text []byte) bool {
	for rest := text; ; {
		n := bytes.Index(rest, []byte("OT_"))
		if n < 0 {
			break
		}
		if rest = rest[n+3:]; len(rest) > 0 && 'A' <= rest[0] && rest[0] <= 'Z' {
			return true
		}
	}
	for rest := text; ; { // a code: (1004)
		n := bytes.Index(rest, []byte("(1"))
		if n < 0 {
			break
		}
		if rest = rest[n+2:]; len(rest) > 3 && rest[3] == ')' && isDigit(rest[0]) && isDigit(rest[1]) && isDigit(rest[2]) {
			return true
		}
	}
	for _, mark := range errorMarks {
		if bytes.Contains(text, mark) {
			return true
		}
	}
	return false
}

// errorMarks are texts that the SDK writes only with errors.
var errorMarks = [][]byte{[]byte("OT.exception"), []byte("tb.exception."), []byte(`"Failure"`), []byte(`\"Failure\"`)}

// IsSDKText reports whether a text is one of the SDK, or looks like evidence of an error.
func IsSDKText(text []byte) bool { return bytes.Contains(text, sdkLogger) || IsError(text) }

// IsSDKLine reports whether a text is a line of the SDK, whatever a console put before it.
func IsSDKLine(text []byte) bool {
	line, _, _ := bytes.Cut(text, []byte{'\n'})
	return bytes.Contains(line, sdkLogger)
}

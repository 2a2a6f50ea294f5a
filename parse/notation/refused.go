package notation

import "bytes"

// Refused returns why a text that is not rewritten cannot be divided into records, "" if it may be.
func Refused(head []byte) string {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, utf8BOM), " \t\r\n")
	for _, k := range refusedFormats {
		if len(head) >= len(k.start) && bytes.EqualFold(head[:len(k.start)], []byte(k.start)) {
			return "not a log: " + k.what + " is not supported" + k.unless + " (otlog formats lists what is" + k.advice + ")"
		}
	}
	return ""
}

// refusedFormats are formats that sometimes contain logs, but are not supported, or only if package
// notation finds a log in them.
var refusedFormats = []struct{ start, what, unless, advice string }{
	{"<?xml", "XML", " unless its first 4 MiB contain records of the SDK with times", asText},
	{"<!doctype html", "an HTML page", unlessLines, asText},
	{"<html", "an HTML page", unlessLines, asText},
	{"%PDF-", "PDF", "", "; copy the text out of it"},
	{"{\\rtf", "RTF", unlessLines, asText},
}

const asText = "; --input-format console reads it line by line"

const unlessLines = " unless its first 4 MiB contain lines of the SDK with times"

package outline

import (
	"bytes"
	"html"

	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/pattern"
)

// Lines returns the lines in a text that people or programs have wrapped: it may be a JSON string,
// have its line feeds escaped, be HTML, or be marked as code in a ticket. It returns any other text
// as it is.
func Lines(text []byte) []byte {
	text = unquote(text)
	if opensDocument(bytes.TrimSpace(text)) {
		return text
	}
	if bytes.IndexByte(text, '\n') < 0 && bytes.Contains(text, []byte(`\n`)) {
		text = jsontext.AppendUnescaped(nil, text)
	}
	if isHTML(text) {
		text = htmlCell.ReplaceAll(htmlBreak.ReplaceAll(text, []byte("\n")), []byte(" "))
		text = htmlTag.ReplaceAll(htmlGap.ReplaceAll(text, []byte("$1 $2")), nil)
		text = []byte(html.UnescapeString(string(text)))
	}
	if bytes.Contains(text, []byte("{code")) || bytes.Contains(text, []byte("{noformat")) || bytes.Contains(text, []byte("```")) {
		text = codeMark.ReplaceAll(text, []byte("\n"))
	}
	return text
}

// isHTML reports whether a text contains elements that end a line.
func isHTML(text []byte) bool { return bytes.IndexByte(text, '<') >= 0 && htmlBreak.Match(text) }

var (
	htmlBreak = pattern.New(`(?i)<(?:br */?|/p|/div|/li|/dd|/tr|/pre|/h[1-6])>\n?`)
	htmlCell  = pattern.New(`(?i)</(?:td|th|dt)>`)
	// htmlGap matches adjacent elements that join words or a session ID.
	htmlGap  = pattern.New(`(\w|[\w~-]{6}[-=]+)(?:</[A-Za-z]+>)+(?:<[A-Za-z][^<>\n]*>)+([\w%])`)
	htmlTag  = pattern.New(`</?[A-Za-z][^<>\n]*>`)
	codeMark = pattern.New("\\{(?:code|noformat)(?::[^}\n]*)?\\}\n?|```(?:[a-z]+\n)?\n?")
)

// unquote returns the text in a text that is a JSON string, which may be nested in other strings.
// It returns any other text as it is.
func unquote(text []byte) []byte {
	for range maxStrings {
		s := bytes.TrimSpace(text)
		if len(s) < 2 || s[0] != '"' {
			break
		}
		if end, _ := jsontext.StringEnd(s, 1); end != len(s)-1 {
			break
		}
		text = jsontext.AppendUnescaped(nil, s[1:len(s)-1])
	}
	return text
}

package classify

import (
	"bytes"

	"github.com/otlog/otlog/classify/catalogue"
)

// reasonOf returns the reason that a text says for an error, 0 if it says none, or several. Most errors
// have no reasons, and then the text is not read.
func reasonOf(text []byte, id catalogue.ID) (reason catalogue.ReasonID) {
	var longest []byte // the text that says the reason
	for _, t := range catalogue.ReasonTexts(id) {
		switch {
		case t.Reason == reason, reason != 0 && bytes.Contains(longest, t.Text), !says(text, t.Text):
		case reason != 0:
			return 0
		default:
			reason, longest = t.Reason, t.Text
		}
	}
	return reason
}

// says reports whether a text contains a phrase as whole words.
func says(text, phrase []byte) bool {
	for from := 0; ; {
		i := bytes.Index(text[from:], phrase)
		if i < 0 {
			return false
		}
		at := from + i
		if !joined(text, at) && !joined(text, at+len(phrase)) {
			return true
		}
		from = at + 1
	}
}

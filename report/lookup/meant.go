package lookup

import (
	"strings"

	"github.com/otlog/otlog/classify/catalogue"
)

// Errors returns the errors of the catalogue that a word or a short text means. Case does not matter,
// OT_ may be missing, and spaces may take the place of underscores: "hardware unavailable" is
// OT_HARDWARE_UNAVAILABLE. The name of a browser's error means the error that the SDK makes of it:
// NotAllowedError is OT_USER_MEDIA_ACCESS_DENIED.
func Errors(s string) []catalogue.ID {
	name := strings.Join(strings.Fields(s), "_")
	var out []catalogue.ID
	for i := range catalogue.Errors() {
		e := catalogue.ID(i).Get()
		if i > 0 && (strings.EqualFold(name, e.Name) || strings.EqualFold("OT_"+name, e.Name)) {
			out = append(out, catalogue.ID(i))
		}
	}
	if id := BrowserError(s); len(out) == 0 && id != 0 {
		out = append(out, id)
	}
	return out
}

// BrowserError returns the error that the SDK makes of an error of getUserMedia, 0 if there is none or
// more than one. Case does not matter.
func BrowserError(name string) catalogue.ID {
	for _, p := range catalogue.Phrases() {
		if of, ok := strings.CutPrefix(p.Text, "(getUserMedia error: "); ok && strings.EqualFold(of, name) {
			return p.Error
		}
	}
	return 0
}

// Methods returns the methods of the catalogue that a word means. Case does not matter, and the class may
// be missing: publish is Session.publish, getStats is a method of two classes.
func Methods(s string) []catalogue.MethodID {
	var out []catalogue.MethodID
	for i, m := range catalogue.Methods() {
		_, bare, _ := strings.Cut(m.Name, ".")
		if i > 0 && (strings.EqualFold(s, m.Name) || strings.EqualFold(s, bare)) {
			out = append(out, catalogue.MethodID(i))
		}
	}
	return out
}

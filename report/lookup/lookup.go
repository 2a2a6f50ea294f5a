// Package lookup finds the errors and methods that a user means: in any case, with or
// without a prefix, and with a hint where a name is misspelled.
package lookup

import (
	"strings"

	"github.com/otlog/otlog/classify/catalogue"
)

// CallMethods are the methods that every call uses, in the order in which a call uses them.
var CallMethods = [...]string{"Session.connect", "Session.publish", "Session.subscribe"}

// UnknownMethod is the name that reports use where no record shows the method.
var UnknownMethod = catalogue.MethodID(0).Name()

const nameBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$0123456789"

// IsName reports whether a word can be part of a name. Such a word is safe to print.
func IsName(s string) bool { return s != "" && strings.Trim(s, nameBytes) == "" }

// KnownError reports whether the catalogue has an error of exactly that name.
func KnownError(name string) bool { return catalogue.Lookup([]byte(name)) != 0 }

// KnownMethod reports whether the catalogue has a method of exactly that name.
func KnownMethod(name string) bool {
	return name == UnknownMethod || catalogue.LookupMethod([]byte(name)) != 0
}

// Method returns the method that a word means. name is what reports call it; text is the
// short form of one of [CallMethods] if the word is one, else also the name. Both are "" if
// the word cannot be a method. Logs may contain methods that the catalogue lacks, so any
// Class.function is one.
func Method(s string) (text, name string) {
	for _, m := range CallMethods {
		if bare := m[strings.IndexByte(m, '.')+1:]; strings.EqualFold(s, bare) {
			return bare, m
		}
	}
	for i := range catalogue.Methods() {
		if name := catalogue.MethodID(i).Name(); strings.EqualFold(s, name) {
			return name, name
		}
	}
	class, function, ok := strings.Cut(s, ".")
	if !ok || !IsName(class) || !IsName(function) {
		return "", ""
	}
	return s, s
}

// Error returns the name of the error that a word means. ok is false if the word cannot be
// an error. Logs may contain errors that the catalogue lacks, so any OT_ name is one.
func Error(s string) (name string, ok bool) {
	for _, e := range catalogue.Errors()[1:] {
		if strings.EqualFold(s, e.Name) {
			return e.Name, true
		}
	}
	name = strings.ToUpper(s)
	if bare, prefixed := strings.CutPrefix(name, "OT_"); !prefixed || !IsName(bare) {
		return "", false
	}
	return name, true
}

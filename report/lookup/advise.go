package lookup

import (
	"slices"

	"github.com/otlog/otlog/classify/catalogue"
)

// Advise returns what the catalogue says about an error of a method, or about its code if the
// error has no name. All results are zero if the catalogue has no such entry.
func Advise(method, name string, number int32) (meaning, remedy string, owner catalogue.Owner, link string) {
	of := catalogue.LookupMethod([]byte(method))
	if id := catalogue.Lookup([]byte(name)); id != 0 {
		e := id.Get()
		uses := slices.DeleteFunc(slices.Clone(e.Uses), func(u catalogue.Use) bool { return u.Method != of })
		// If the error has two meanings in the method, only the error's own applies to both.
		if len(uses) == 1 {
			return uses[0].Meaning, uses[0].Remedy, uses[0].Owner, e.Link
		}
		return e.Meaning, e.Remedy, e.Owner, e.Link
	}
	entry := catalogue.LookupCode(number)
	if name != "" || number == 0 || entry == nil {
		return "", "", 0, ""
	}
	for _, u := range entry.Uses {
		if u.Method == of && !u.General {
			return u.Meaning, u.Remedy, u.Owner, entry.Link
		}
	}
	return entry.Meaning, entry.Remedy, entry.Owner, entry.Link
}

// ReasonWords returns the reason with a name in words, "" if the catalogue has no such reason.
func ReasonWords(name string) string { return catalogue.LookupReason(name).Get().Words }

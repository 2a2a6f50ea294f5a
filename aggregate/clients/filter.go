package clients

import "strings"

// Names are what [Labels] are numbers of; "" is unknown.
type Names struct{ SDK, Browser, OS string }

// Names returns the texts of labels.
func (l Labels) Names(texts []string) Names {
	return Names{texts[l.SDK], texts[l.Browser], texts[l.OS]}
}

// A Filter selects clients by SDK version, browser and operating system; "" selects any.
type Filter Names

// Includes reports whether a name is wanted: the whole name, or one that goes on after the parts of
// a version or the words that are wanted. 2.35 includes 2.35.2, Chrome includes Chrome 142. Case does
// not matter.
func Includes(wanted, name string) bool {
	if len(name) < len(wanted) || !strings.EqualFold(name[:len(wanted)], wanted) {
		return false
	}
	rest := name[len(wanted):]
	return rest == "" || rest[0] == '.' || rest[0] == ' '
}

// Takes reports whether a client is selected.
func (f Filter) Takes(n Names) bool {
	return takes(f.SDK, n.SDK) && takes(f.Browser, n.Browser) && takes(f.OS, n.OS)
}

func takes(wanted, name string) bool { return wanted == "" || Includes(wanted, name) }

// A Selection is a Filter in numbers of labels.
type Selection struct{ sdk, browser, os []bool } // by label; nil: any

// In returns a Filter for the numbers of texts.
func (f Filter) In(texts []string) Selection {
	in := func(wanted string) []bool {
		if wanted == "" {
			return nil
		}
		out := make([]bool, len(texts))
		for i, text := range texts {
			out[i] = Includes(wanted, text)
		}
		return out
	}
	return Selection{in(f.SDK), in(f.Browser), in(f.OS)}
}

// Any reports whether all clients are selected.
func (s *Selection) Any() bool { return s.sdk == nil && s.browser == nil && s.os == nil }

// Takes reports whether a client is selected.
func (s *Selection) Takes(l Labels) bool {
	return (s.sdk == nil || s.sdk[l.SDK]) && (s.browser == nil || s.browser[l.Browser]) && (s.os == nil || s.os[l.OS])
}

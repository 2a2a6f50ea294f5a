// Package catalogue contains what is known about the errors of the OpenTok / Vonage Video
// client SDK: their names and codes, the methods that raise them, what they mean and what to
// do.
//
// The tables are compiled in. The path of a fact:
//
//  1. It is written in catalogue.txt, and nowhere else.
//  2. Package read parses that text and checks it.
//  3. Program gen writes tables_gen.go from it; a test fails if the file is out of date.
//  4. Errors, Methods, Codes and Phrases return the tables; Lookup, LookupMethod and LookupCode
//     find a row by the text in a log.
//
// Names and codes in the vendor's error reference are documented. The tables also contain, and
// mark, others that the SDK uses.
//
// The tables describe the JavaScript SDK. The native SDKs have no names and give some of the same
// numbers another meaning; native.go lists their codes.
package catalogue

import "slices"

//go:generate go run ./gen

// An ID is the index of an error in Errors. 0 means no name.
//
// IDs are never written to a file, because an edit of the catalogue may change them.
type ID uint16

// A MethodID is the index of a method in Methods. 0 means unknown. It is never written to a
// file either.
type MethodID uint8

// An Owner is who can do something about an error.
type Owner uint8

const (
	_           Owner = iota
	Application       // whoever builds and runs the application
	EndUser           // the person in front of the browser
	Network           // between the browser and the service
	Service           // the vendor
)

// String returns "application", "end user", "network" or "service", and "" for the zero Owner.
func (o Owner) String() string {
	switch o {
	case Application:
		return "application"
	case EndUser:
		return "end user"
	case Network:
		return "network"
	case Service:
		return "service"
	}
	return ""
}

// An Error is what is known about one error name.
//
// In each of the Samples a matcher must find the error, by its name or by a phrase; in each of
// the NearMisses it must not.
type Error struct {
	Name                string
	Documented          bool // listed in the reference, for at least one method
	Owner               Owner
	Meaning, Remedy     string
	Link                string
	Uses                []Use      // in the order of the catalogue; may be empty if not Documented
	Reasons             []ReasonID // in the order of the catalogue
	Samples, NearMisses []string
}

// A Use is a method that an error belongs to.
//
// A method may occur twice in Error.Uses, with two meanings. Owner, Meaning and Remedy are
// never empty: if the pair has none of its own, they are the error's.
type Use struct {
	Method          MethodID
	Documented      bool    // in the reference; otherwise only raised by the SDK
	When            string  // calling, after, any or promise: the reference's group
	Codes           []int32 // that the SDK states with it, the usual one first; may be empty
	Owner           Owner
	Meaning, Remedy string
}

// A Method is a method of the SDK, named as in Session.publish.
type Method struct {
	Name          string
	Documented    bool // the error reference lists errors for it
	Summary, Link string
}

// A Code is the number of an error, or a range of such numbers.
//
// Low and High are equal unless Text is a range. Title is what the SDK prints beside the
// number, "" if it prints undefined.
type Code struct {
	Text            string // as the reference writes it: 1500, 0009, 3001-3007
	Low, High       int32
	Title           string
	Documented      bool
	Owner           Owner
	Meaning, Remedy string
	Link            string
	Uses            []CodeUse // may be empty if not Documented
}

// A CodeUse is a method that a code belongs to. Like a Use, it inherits Owner, Meaning and
// Remedy.
type CodeUse struct {
	Method          MethodID // 0 if General
	General         bool     // in the reference's group for all methods
	When            string
	Documented      bool
	Owner           Owner
	Meaning, Remedy string
}

// A Phrase is a text that belongs to exactly one error.
//
// It identifies the error where it occurs in decoded text, in the same case and as whole words:
// a letter, digit or _ at one of its ends must not be next to another one. It has at least 16
// bytes, which are printable ASCII other than quotes, backslashes and %.
//
// Method is 0 if several methods use the text.
type Phrase struct {
	Text   string
	Error  ID
	Method MethodID
}

var (
	byName    map[string]ID
	byMethod  map[string]MethodID
	byCode    map[int32][]raised
	subscribe MethodID
)

// raised is a method that raises an error with a code.
type raised struct {
	error  ID
	method MethodID
}

func init() {
	byName = make(map[string]ID, len(errorTable))
	byCode = make(map[int32][]raised, len(codeTable))
	for i := 1; i < len(errorTable); i++ {
		e := &errorTable[i]
		byName[e.Name] = ID(i)
		for j := range e.Uses {
			u := &e.Uses[j]
			inherit(&u.Owner, &u.Meaning, &u.Remedy, e.Owner, e.Meaning, e.Remedy)
			for _, code := range u.Codes {
				byCode[code] = append(byCode[code], raised{ID(i), u.Method})
			}
		}
	}
	byMethod = make(map[string]MethodID, len(methodTable))
	for i := 1; i < len(methodTable); i++ {
		byMethod[methodTable[i].Name] = MethodID(i)
	}
	subscribe = byMethod["Session.subscribe"]
	for i := range codeTable {
		c := &codeTable[i]
		for j := range c.Uses {
			u := &c.Uses[j]
			inherit(&u.Owner, &u.Meaning, &u.Remedy, c.Owner, c.Meaning, c.Remedy)
		}
	}
}

func inherit(owner *Owner, meaning, remedy *string, o Owner, m, r string) {
	if *owner == 0 {
		*owner = o
	}
	if *meaning == "" {
		*meaning = m
	}
	if *remedy == "" {
		*remedy = r
	}
}

// Errors returns the table of errors, indexed by ID. Element 0 is the zero Error. The table is
// shared and must not be changed.
func Errors() []Error { return errorTable }

// Methods returns the table of methods, indexed by MethodID. Element 0 is the zero Method. The
// table is shared and must not be changed.
func Methods() []Method { return methodTable }

// Codes returns the table of codes, sorted by Low, without overlaps. The table is shared and
// must not be changed.
func Codes() []Code { return codeTable }

// Phrases returns the table of phrases, longest first and then by text, so that a phrase
// precedes those that it contains. Phrases of different errors do not contain each other. The
// table is shared and must not be changed.
func Phrases() []Phrase { return phraseTable }

// Lookup returns the error with a name, or 0. It does not allocate.
func Lookup(name []byte) ID { return byName[string(name)] }

// LookupMethod returns the method with a name, or 0. It does not allocate.
func LookupMethod(name []byte) MethodID { return byMethod[string(name)] }

// LookupCode returns the code that is n or has n in its range, nil if there is none. It does
// not allocate. The row is shared and must not be changed.
func LookupCode(n int32) *Code {
	i, found := slices.BinarySearchFunc(codeTable, n, func(c Code, n int32) int {
		switch {
		case c.High < n:
			return -1
		case c.Low > n:
			return 1
		}
		return 0
	})
	if !found {
		return nil
	}
	return &codeTable[i]
}

// Name returns the error's name, "" for 0.
func (id ID) Name() string { return errorTable[id].Name }

// Get returns the error's row in the table, the zero Error for 0. The row is shared and must
// not be changed.
func (id ID) Get() *Error { return &errorTable[id] }

// Name returns the method's name, "unknown" for 0.
func (id MethodID) Name() string {
	if id == 0 {
		return "unknown"
	}
	return methodTable[id].Name
}

// FirstCode returns the usual code of an error in a method. If there is none, or the method is
// 0, it returns the first code of the error in any method, 0 if it has none.
func FirstCode(id ID, m MethodID) int32 {
	var first int32
	for i := range errorTable[id].Uses {
		u := &errorTable[id].Uses[i]
		if len(u.Codes) == 0 {
			continue
		}
		if u.Method == m {
			return u.Codes[0]
		}
		if first == 0 {
			first = u.Codes[0]
		}
	}
	return first
}

// Documented returns "yes" if the reference lists the error for the method, "elsewhere" if it
// lists the error only for other methods or m is 0, and "no" if it lacks the error or id is 0.
func Documented(id ID, m MethodID) string {
	if !errorTable[id].Documented {
		return "no"
	}
	for i := range errorTable[id].Uses {
		u := &errorTable[id].Uses[i]
		if u.Documented && u.Method == m {
			return "yes"
		}
	}
	return "elsewhere"
}

// OnlyMethod returns the method that the reference lists for the error or in which the SDK
// raises it, if there is exactly one, otherwise 0.
func OnlyMethod(id ID) MethodID {
	var only MethodID
	for i := range errorTable[id].Uses {
		m := errorTable[id].Uses[i].Method
		if only != 0 && m != only {
			return 0
		}
		only = m
	}
	return only
}

// OnlyMethodWith returns the OnlyMethod of an error that was stated with a code, or with none
// if code is 0. If the catalogue lists the code with the error, only the methods with that code count; id 0
// means any error then.
func OnlyMethodWith(id ID, code int32) MethodID {
	first, more := methodsWith(id, code)
	if first != 0 && !more {
		return first
	}
	if more {
		return 0
	}
	return OnlyMethod(id)
}

// methodsWith returns the first method for which the catalogue lists the code with the error,
// or with any error if id is 0, and whether there are more.
func methodsWith(id ID, code int32) (first MethodID, more bool) {
	for _, r := range byCode[code] {
		switch {
		case id != 0 && id != r.error || first == r.method:
		case first != 0:
			return first, true
		default:
			first = r.method
		}
	}
	return first, false
}

// IsRaised reports whether the SDK raises any error with a code.
func IsRaised(code int32) bool { return len(byCode[code]) > 0 }

// OfMethod reports whether the code is listed for a particular method.
func (c *Code) OfMethod() bool {
	return slices.ContainsFunc(c.Uses, func(u CodeUse) bool { return !u.General })
}

// OneName returns the only error with a code in a method, or in any method if m is 0. It
// returns 0 if there is none, or more than one.
func OneName(code int32, m MethodID) ID {
	var one ID
	for _, r := range byCode[code] {
		switch {
		case m != 0 && m != r.method || one == r.error:
		case one != 0:
			return 0
		default:
			one = r.error
		}
	}
	return one
}

// subscribeFailure is the code in the telemetry of every failed subscription, whatever the code
// of the error is.
const subscribeFailure = 1013

// Raises reports whether the SDK may state the code when it raises the error in the method. 0
// means any method, and any code. A method for which the catalogue does not list the error
// means any method, too.
func Raises(id ID, m MethodID, code int32) bool {
	switch {
	case code == 0 || GoesWith(id, m, code):
		return true
	case m != 0 && !Lists(id, m):
		return Raises(id, 0, code)
	case code == subscribeFailure && (m == 0 || m == subscribe):
		return Lists(id, subscribe)
	}
	return false
}

// Lists reports whether the catalogue lists the error for the method.
func Lists(id ID, m MethodID) bool {
	return slices.ContainsFunc(errorTable[id].Uses, func(u Use) bool { return u.Method == m })
}

// GoesWith reports whether the catalogue lists the code with the error for the method. 0 means
// any error, and any method.
func GoesWith(id ID, m MethodID, code int32) bool {
	return slices.ContainsFunc(byCode[code], func(r raised) bool {
		return (id == 0 || r.error == id) && (m == 0 || r.method == m)
	})
}

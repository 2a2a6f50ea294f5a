// Package catalogue holds what is known about the errors of the OpenTok /
// Vonage Video client SDK: their names and codes, the methods that raise them,
// what they mean and what to do.
//
// The tables are compiled in. The path of a fact:
//
//  1. catalogue.txt is where it is written, and the only place.
//  2. Package read reads that text and checks it.
//  3. Program gen writes tables_gen.go from it; a test fails while the file
//     is stale.
//  4. Errors, Methods, Codes and Phrases give the tables; Lookup and
//     LookupMethod find a row by the name in a log.
//
// The names and codes that the vendor's error reference lists are documented;
// those that the SDK was seen to use beside it are in the tables too, and say
// so.
//
// Limitations: the tables describe the JavaScript SDK. The native SDKs use
// other codes and no names, and only a few of their codes are mentioned.
package catalogue

//go:generate go run ./gen

// An ID is the index of an error in Errors. 0 is "no name".
//
// IDs are those of one build: an edit of the catalogue may move them, so they
// are never written to a file.
type ID uint16

// A MethodID is the index of a method in Methods. 0 is "unknown". Like an ID
// it is good within one build.
type MethodID uint8

// An Owner is the one who can do something about an error.
type Owner uint8

const (
	_           Owner = iota
	Application       // whoever builds and runs the application
	EndUser           // the person in front of the browser
	Network           // what lies between the browser and the service
	Service           // the vendor
)

// String returns "application", "end user", "network" or "service", and "" for
// the zero Owner.
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

// An Error is one error name and all that is known about it.
//
// Samples are lines in which a matcher must find the error, by its name or by
// one of its phrases, NearMisses lines in which it must not.
type Error struct {
	Name                string
	Documented          bool // listed in the reference, for at least one method
	Owner               Owner
	Meaning, Remedy     string
	Link                string
	Uses                []Use // in the order of the catalogue; may be empty if not Documented
	Samples, NearMisses []string
}

// A Use is a method that an error belongs to.
//
// A method can occur twice in Error.Uses, with two meanings. Owner, Meaning
// and Remedy are never empty: where the pair has none of its own they are the
// error's.
type Use struct {
	Method          MethodID
	Documented      bool    // listed in the reference; otherwise only raised by the SDK
	When            string  // calling, after, any or promise: the reference's group
	Codes           []int32 // that the SDK gives with it, the usual one first; may be empty
	Owner           Owner
	Meaning, Remedy string
}

// A Method is a method of the SDK, named as in Session.publish.
type Method struct {
	Name          string
	Documented    bool // the error reference lists errors for it
	Summary, Link string
}

// A Code is a number that stands for an error, or a range of them.
//
// Low and High are equal unless Text is a range. Title is what the SDK prints
// beside the number, empty where it prints undefined.
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

// A CodeUse is a method that a code belongs to. Like a Use it inherits what it
// does not say.
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
// It stands for the error where it is found in decoded text as it is, case
// included, as a whole: where one of its ends is a letter, a digit or _, none
// of these may stand beside it. It has at least 16 bytes, all of them printable
// ASCII, and neither quotes nor backslashes nor %.
//
// Method is 0 where several methods use the text.
type Phrase struct {
	Text   string
	Error  ID
	Method MethodID
}

var (
	byName   map[string]ID
	byMethod map[string]MethodID
)

func init() {
	byName = make(map[string]ID, len(errorTable))
	for i := 1; i < len(errorTable); i++ {
		e := &errorTable[i]
		byName[e.Name] = ID(i)
		for j := range e.Uses {
			u := &e.Uses[j]
			inherit(&u.Owner, &u.Meaning, &u.Remedy, e.Owner, e.Meaning, e.Remedy)
		}
	}
	byMethod = make(map[string]MethodID, len(methodTable))
	for i := 1; i < len(methodTable); i++ {
		byMethod[methodTable[i].Name] = MethodID(i)
	}
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

// Errors returns the table of errors, indexed by ID. Element 0 is the zero
// Error. The table is shared: do not change it.
func Errors() []Error { return errorTable }

// Methods returns the table of methods, indexed by MethodID. Element 0 is the
// zero Method. The table is shared: do not change it.
func Methods() []Method { return methodTable }

// Codes returns the table of codes, sorted by Low; no two overlap. The table
// is shared: do not change it.
func Codes() []Code { return codeTable }

// Phrases returns the table of phrases, longest first and then by text, so that
// one which holds another comes before it. Phrases of different errors never
// hold one another. The table is shared: do not change it.
func Phrases() []Phrase { return phraseTable }

// Lookup returns the error whose name is exactly name, or 0. It does not
// allocate.
func Lookup(name []byte) ID { return byName[string(name)] }

// LookupMethod returns the method whose name is exactly name, or 0. It does not
// allocate.
func LookupMethod(name []byte) MethodID { return byMethod[string(name)] }

// Name returns the error's name, "" for 0.
func (id ID) Name() string { return errorTable[id].Name }

// Get returns the error's row in the table, for 0 the zero Error. The row is
// shared: do not change it.
func (id ID) Get() *Error { return &errorTable[id] }

// Name returns the method's name, "unknown" for 0.
func (id MethodID) Name() string {
	if id == 0 {
		return "unknown"
	}
	return methodTable[id].Name
}

// FirstCode returns the code that usually comes with the error in that method.
// Where the method has none for it, or is 0, it is the first code that the
// error has in any method; 0 if it never has one.
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

// Documented tells what the reference says of the error in that method: "yes"
// if it lists the pair, "elsewhere" if it lists the error for other methods
// only (always when m is 0), "no" if it lacks the error or id is 0.
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

// OnlyMethod returns the method that the reference lists the error for, if it
// lists exactly one, else 0. For an error that the reference lacks, it is the
// only one in which the SDK was seen to raise it.
func OnlyMethod(id ID) MethodID {
	var only MethodID
	e := &errorTable[id]
	for i := range e.Uses {
		u := &e.Uses[i]
		switch {
		case u.Documented != e.Documented || u.Method == only:
		case only != 0:
			return 0
		default:
			only = u.Method
		}
	}
	return only
}

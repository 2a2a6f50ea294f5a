package catalogue

import (
	"cmp"
	"slices"
)

// A ReasonID is the index of a reason in Reasons. 0 means that none is known. IDs have 5 bits, and
// are never written to a file.
type ReasonID uint8

// A Reason is why an error was raised, where the message says so. In each of the Samples a matcher
// must find the error and the reason.
type Reason struct {
	Name    string // one word: token_expired
	Error   ID     // that it is a reason of
	Owner   Owner
	Words   string // for people: token expired
	Remedy  string
	Texts   []string // of which each says the reason
	Samples []string
}

// A ReasonText is a text that says a reason.
type ReasonText struct {
	Text   []byte
	Reason ReasonID
}

// reasonTexts are the texts of the reasons of each error, the longest first.
var reasonTexts [][]ReasonText

var byReason map[string]ReasonID

func init() {
	reasonTexts = make([][]ReasonText, len(errorTable))
	byReason = make(map[string]ReasonID, len(reasonTable))
	for i := 1; i < len(reasonTable); i++ {
		r, id := &reasonTable[i], ReasonID(i)
		byReason[r.Name] = id
		errorTable[r.Error].Reasons = append(errorTable[r.Error].Reasons, id)
		for _, text := range r.Texts {
			reasonTexts[r.Error] = append(reasonTexts[r.Error], ReasonText{[]byte(text), id})
		}
	}
	for _, texts := range reasonTexts {
		slices.SortStableFunc(texts, func(a, b ReasonText) int { return cmp.Compare(len(b.Text), len(a.Text)) })
	}
}

// Reasons returns the table of reasons, indexed by ReasonID. Element 0 is the zero Reason. The table is
// shared and must not be changed.
func Reasons() []Reason { return reasonTable }

// ReasonTexts returns the texts that say a reason of an error, the longest first. The list is shared and
// must not be changed.
func ReasonTexts(id ID) []ReasonText { return reasonTexts[id] }

// LookupReason returns the reason with a name, or 0.
func LookupReason(name string) ReasonID { return byReason[name] }

// Get returns the reason's row in the table, the zero Reason for 0. The row is shared and must not be
// changed.
func (id ReasonID) Get() *Reason { return &reasonTable[id] }

// String returns the reason's name, "" for 0.
func (id ReasonID) String() string { return reasonTable[id].Name }

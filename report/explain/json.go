package explain

import (
	"encoding/json"
	"io"
	"strconv"
	"time"

	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/report/words"
)

// A Document is what one command explains, as JSON: entries of the catalogue, and lines. The names of its
// fields are an interface and do not change.
type Document struct {
	SchemaVersion int               `json:"schema_version"`
	ToolVersion   string            `json:"tool_version"`
	Errors        []jsonError       `json:"errors"`
	Codes         []jsonCode        `json:"codes"`
	Methods       []jsonMethod      `json:"methods"`
	Explanations  []jsonExplanation `json:"explanations"` // of lines
	// LeftOut is the number of records whose explanation is not among the first MostExplained of a text.
	LeftOut int `json:"records_left_out"`
}

// NewDocument returns a document without entries, written by a version of otlog.
func NewDocument(toolVersion string) *Document {
	return &Document{
		SchemaVersion: 1, ToolVersion: toolVersion,
		Errors: []jsonError{}, Codes: []jsonCode{}, Methods: []jsonMethod{}, Explanations: []jsonExplanation{},
	}
}

// advised is what the catalogue says about an entry, or about its use in a method.
type advised struct {
	Documented bool   `json:"documented"` // in the vendor's error reference
	Meaning    string `json:"meaning"`
	Remedy     string `json:"remedy"`
	Owner      string `json:"owner"`
}

type jsonError struct {
	Query string `json:"query"` // as typed
	Error string `json:"error"`
	advised
	Link    string    `json:"link"`
	Methods []jsonUse `json:"methods"`
	Samples []string  `json:"samples"`
}

// A jsonUse is an error in a method.
type jsonUse struct {
	Error  string  `json:"error,omitempty"`  // of a method
	Method string  `json:"method,omitempty"` // of an error
	Codes  []int32 `json:"codes"`
	advised
}

type jsonCode struct {
	Query string  `json:"query"`
	Code  string  `json:"code"` // as the reference writes it: 1500, 0009, 3001-3007
	Low   int32   `json:"low"`
	High  int32   `json:"high"`
	Title *string `json:"title"` // that the SDK prints beside it
	advised
	Link    string        `json:"link"`
	Methods []jsonCodeUse `json:"methods"`
	// Native is what the code means in the native SDKs, null if they do not have it. NativeOnly reports that
	// only they have it.
	Native     *string `json:"native"`
	NativeOnly bool    `json:"native_only"`
}

// A jsonCodeUse is a code in a method.
type jsonCodeUse struct {
	Method *string  `json:"method"` // null: any
	After  bool     `json:"after"`  // in a session that the method has joined
	Errors []string `json:"errors"` // that the code goes with
	advised
}

type jsonMethod struct {
	Query      string    `json:"query"`
	Method     string    `json:"method"`
	Documented bool      `json:"documented"`
	Summary    string    `json:"summary"`
	Link       string    `json:"link"`
	Errors     []jsonUse `json:"errors"`
}

// A jsonExplanation explains lines.
type jsonExplanation struct {
	Argument int        `json:"argument"` // where their text begins, from 1
	Lines    [][2]int64 `json:"lines"`    // first and last, the first ranges of them
	Records  int        `json:"records"`
	Text     string     `json:"text"` // of the first record, as are the others
	Time     *string    `json:"time"`
	Session  *string    `json:"session"`
	APIKey   *string    `json:"api_key"`
	Failure  *string    `json:"failure_id"`
	Explanation
}

// Add adds what the catalogue says about a query, see [Write].
func (d *Document) Add(query string) error {
	f, err := find(query)
	if err != nil {
		return err
	}
	d.add(f)
	return nil
}

// AddAll adds the whole catalogue.
func (d *Document) AddAll() {
	for _, e := range sortedErrors() {
		d.Errors = append(d.Errors, errorOf("", e))
	}
	f := &found{}
	for i := range catalogue.Codes() {
		f.codes = append(f.codes, &catalogue.Codes()[i])
	}
	for i := range catalogue.NativeCodes() {
		if c := &catalogue.NativeCodes()[i]; nativeOnly(c) {
			f.native = append(f.native, c)
		}
	}
	for i := range catalogue.Methods() {
		if i > 0 {
			f.methods = append(f.methods, catalogue.MethodID(i))
		}
	}
	d.add(f)
}

func (d *Document) add(f *found) {
	for _, id := range f.errors {
		d.Errors = append(d.Errors, errorOf(f.query, id.Get()))
	}
	for _, c := range f.codes {
		d.Codes = append(d.Codes, codeOf(f.query, c))
	}
	for _, c := range f.native {
		text := strconv.Itoa(int(c.Code))
		d.Codes = append(d.Codes, jsonCode{Query: f.query, Code: text, Low: c.Code, High: c.Code, advised: advised{Meaning: c.Meaning}, Link: catalogue.NativeLink, Methods: []jsonCodeUse{}, Native: &c.Meaning, NativeOnly: true})
	}
	for _, id := range f.methods {
		d.Methods = append(d.Methods, methodOf(f.query, id))
	}
}

func errorOf(query string, e *catalogue.Error) jsonError {
	out := jsonError{
		Query: query, Error: e.Name, advised: advised{e.Documented, e.Meaning, e.Remedy, e.Owner.String()}, Link: e.Link,
		Methods: []jsonUse{}, Samples: append([]string{}, e.Samples...),
	}
	for i := range e.Uses {
		u := useOf(&e.Uses[i])
		u.Method = e.Uses[i].Method.Name()
		out.Methods = append(out.Methods, u)
	}
	return out
}

func useOf(u *catalogue.Use) jsonUse {
	return jsonUse{Codes: append([]int32{}, u.Codes...), advised: advised{u.Documented, u.Meaning, u.Remedy, u.Owner.String()}}
}

func codeOf(query string, c *catalogue.Code) jsonCode {
	out := jsonCode{
		Query: query, Code: c.Text, Low: c.Low, High: c.High, advised: advised{c.Documented, c.Meaning, c.Remedy, c.Owner.String()}, Link: c.Link,
		Methods: []jsonCodeUse{},
	}
	set(&out.Title, c.Title)
	for i := range c.Uses {
		u := &c.Uses[i]
		use := jsonCodeUse{After: u.When == "after", Errors: errorsWith(c, u), advised: advised{u.Documented, u.Meaning, u.Remedy, u.Owner.String()}}
		if !u.General {
			set(&use.Method, u.Method.Name())
		}
		out.Methods = append(out.Methods, use)
	}
	if n := catalogue.LookupNative(c.Low); n != nil && c.Low == c.High {
		meaning := n.Meaning
		if n.Same {
			meaning = c.Meaning
		}
		out.Native = &meaning
	}
	return out
}

func methodOf(query string, id catalogue.MethodID) jsonMethod {
	m := &catalogue.Methods()[id]
	out := jsonMethod{Query: query, Method: m.Name, Documented: m.Documented, Summary: m.Summary, Link: m.Link, Errors: []jsonUse{}}
	for _, e := range catalogue.Errors() {
		for i := range e.Uses {
			if e.Uses[i].Method == id {
				u := useOf(&e.Uses[i])
				u.Error = e.Name
				out.Errors = append(out.Errors, u)
			}
		}
	}
	return out
}

// AddLines adds the explanations of a text, which begins at an argument of the command, from 1.
func (d *Document) AddLines(p *Pasted, argument int) {
	d.LeftOut += p.rest
	for _, f := range p.folded {
		out := jsonExplanation{Argument: argument, Lines: f.lines.ranges, Records: f.records, Text: f.first.Text, Explanation: f.Explanation}
		if !f.first.Time.IsZero() {
			set(&out.Time, f.first.Time.UTC().Format(time.RFC3339Nano))
		}
		set(&out.Session, f.first.Session)
		set(&out.APIKey, f.first.APIKey)
		if f.first.Failure != nil {
			set(&out.Failure, f.first.Failure.ID)
		}
		d.Explanations = append(d.Explanations, out)
	}
}

// set sets a text, unless it is empty.
func set(to **string, s string) {
	if s != "" {
		*to = &s
	}
}

// Write writes the document as one object.
func (d *Document) Write(w io.Writer) error {
	enc := json.NewEncoder(words.JSON(w))
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(d)
}

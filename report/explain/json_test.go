package explain_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/otlog/otlog/report/explain"
)

// A use is an error or a code in a method, as JSON has it.
type use struct {
	Error, Method, Meaning string
	Codes                  []int32
	Errors                 []string
}

// entries are the entries of the catalogue in a document.
type entries struct {
	Errors []struct {
		Query, Error, Meaning, Remedy, Owner, Link string
		Documented                                 bool
		Methods                                    []use
		Samples                                    []string
	}
	Codes []struct {
		Query, Code, Title, Meaning string
		Low, High                   int32
		Methods                     []use
		Native                      *string
		NativeOnly                  bool `json:"native_only"`
	}
	Methods []struct {
		Query, Method, Summary string
		Errors                 []use
	}
	Explanations []any
}

// entriesOf returns what a document says.
func entriesOf(t *testing.T, d *explain.Document) *entries {
	t.Helper()
	var b strings.Builder
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	out := &entries{}
	if err := json.Unmarshal([]byte(b.String()), out); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), `": null,`+"\n    {") || out.Explanations == nil {
		t.Error("an array is null")
	}
	return out
}

// TestDocument checks what JSON says about a name, a code, a method and a code of native SDKs.
func TestDocument(t *testing.T) {
	d := explain.NewDocument("1.0")
	for _, query := range []string{"timeout", "1500", "publish", "1541", "3004"} {
		if err := d.Add(query); err != nil {
			t.Fatal(err)
		}
	}
	var unknown *explain.UnknownError
	if err := d.Add("OT_TIMEUOT"); !errors.As(err, &unknown) {
		t.Errorf("an unknown name: %v", err)
	}
	x := entriesOf(t, d)
	if len(x.Errors) != 1 || len(x.Codes) != 3 || len(x.Methods) != 1 {
		t.Fatalf("%d errors, %d codes, %d methods", len(x.Errors), len(x.Codes), len(x.Methods))
	}
	if e := x.Errors[0]; e.Query != "timeout" || e.Error != "OT_TIMEOUT" || !e.Documented || e.Meaning == "" || e.Remedy == "" || e.Owner != "network" || e.Link == "" || len(e.Samples) == 0 ||
		!slices.ContainsFunc(e.Methods, func(u use) bool { return u.Method == "Session.publish" && slices.Equal(u.Codes, []int32{1500}) }) {
		t.Errorf("the error: %+v", e)
	}
	if c := x.Codes[0]; c.Code != "1500" || c.Title != "Unable to Publish" || c.NativeOnly || c.Native == nil ||
		!slices.ContainsFunc(c.Methods, func(u use) bool { return slices.Contains(u.Errors, "OT_TIMEOUT") }) {
		t.Errorf("the code: %+v", c)
	}
	if c := x.Codes[1]; c.Code != "1541" || !c.NativeOnly || c.Meaning == "" {
		t.Errorf("the native code: %+v", c)
	}
	if c := x.Codes[2]; c.Query != "3004" || c.Code != "3001-3007" || c.Low != 3001 || c.High != 3007 {
		t.Errorf("the range: %+v", c)
	}
	if m := x.Methods[0]; m.Query != "publish" || m.Method != "Session.publish" || m.Summary == "" ||
		!slices.ContainsFunc(m.Errors, func(u use) bool { return u.Error == "OT_TIMEOUT" }) {
		t.Errorf("the method: %+v", m)
	}
}

// TestDocumentOfAll checks that JSON has what the text about the whole catalogue has.
func TestDocumentOfAll(t *testing.T) {
	d := explain.NewDocument("1.0")
	d.AddAll()
	x := entriesOf(t, d)
	var text strings.Builder
	if err := explain.WriteAll(&text, 0); err != nil {
		t.Fatal(err)
	}
	for _, e := range x.Errors {
		if !strings.Contains("\n"+text.String(), "\n"+e.Error) {
			t.Errorf("the text lacks %s", e.Error)
		}
	}
	if n := strings.Count("\n"+text.String(), "\nCode "); n != len(x.Codes) || len(x.Errors) < 70 || len(x.Methods) < 20 {
		t.Errorf("%d codes in text, %d in JSON; %d errors, %d methods", n, len(x.Codes), len(x.Errors), len(x.Methods))
	}
}

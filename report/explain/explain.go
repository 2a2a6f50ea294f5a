// Package explain writes what the catalogue says about errors, codes and methods.
package explain

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/report/lookup"
)

// An UnknownError is a query without an entry in the catalogue.
type UnknownError struct {
	Query string
	Near  []string // entries of which Query is probably a misspelling
}

func (e *UnknownError) Error() string {
	return fmt.Sprintf("%q is not an error name, code or method in the catalogue", e.Query)
}

// Write writes what the catalogue says about an error name, a code, its title or a method, for a terminal of
// some width in columns (0: unknown). Case does not matter, and OT_ and the class may be missing: timeout is
// OT_TIMEOUT, publish is Session.publish. The error is a [*UnknownError] if there is no such entry.
func Write(w io.Writer, query string, width int) error {
	f, err := find(query)
	if err != nil {
		return err
	}
	out := newText(width)
	for _, id := range f.errors {
		if lookup.BrowserError(f.query) == id {
			out.title(f.query + " is an error of the browser. The SDK reports it as")
		}
		explainError(out, id.Get())
	}
	for _, c := range f.codes {
		explainCode(out, c)
	}
	for _, c := range f.native {
		explainNative(out, c)
	}
	for _, id := range f.methods {
		explainMethod(out, id, &catalogue.Methods()[id])
	}
	return out.print(w)
}

// found are the entries of the catalogue that a query means.
type found struct {
	query   string
	errors  []catalogue.ID
	codes   []*catalogue.Code
	native  []*catalogue.NativeCode // that only the native SDKs have
	methods []catalogue.MethodID
}

// find returns the entries that a query means. The error is a [*UnknownError] if there are none.
func find(query string) (*found, error) {
	query = strings.TrimSpace(query)
	f := &found{query: query, errors: lookup.Errors(query), methods: lookup.Methods(query)}
	n, err := strconv.ParseInt(query, 10, 32)
	number := err == nil
	for i := range catalogue.Codes() {
		c := &catalogue.Codes()[i]
		if number && c.Low <= int32(n) && int32(n) <= c.High ||
			c.Title != "" && strings.EqualFold(strings.TrimRight(query, "."), strings.TrimRight(c.Title, ".")) {
			f.codes = append(f.codes, c)
		}
	}
	if number {
		if c := catalogue.LookupNative(int32(n)); c != nil && nativeOnly(c) {
			f.native = append(f.native, c)
		}
	}
	if len(f.errors)+len(f.codes)+len(f.native)+len(f.methods) == 0 {
		return nil, &UnknownError{Query: query, Near: lookup.Near(query)}
	}
	return f, nil
}

func explainError(b *text, e *catalogue.Error) {
	b.title(e.Name + undocumented(e.Documented))
	b.paragraph("Meaning", e.Meaning)
	b.paragraph("Remedy", e.Remedy)
	b.paragraph("Owner", e.Owner.String())
	if len(e.Uses) > 0 {
		rows := [][]string{{"  Method", "Codes", ""}}
		for _, u := range e.Uses {
			var codes []string
			for _, c := range u.Codes {
				codes = append(codes, strconv.Itoa(int(c)))
			}
			rows = append(rows, []string{"  " + u.Method.Name(), cmp.Or(strings.Join(codes, ", "), "-"), strings.TrimSpace(undocumented(u.Documented))})
		}
		b.table(rows)
	}
	for _, u := range e.Uses {
		if u.Meaning != e.Meaning || u.Remedy != e.Remedy || u.Owner != e.Owner {
			fmt.Fprintf(b, "\n  In %s\n", u.Method.Name())
			difference(b, u.Meaning, e.Meaning, u.Remedy, e.Remedy, u.Owner, e.Owner)
		}
	}
	for _, id := range e.Reasons {
		r := id.Get()
		b.WriteByte('\n')
		b.quote("  ", "Reason "+r.Name+": "+r.Words)
		difference(b, e.Meaning, e.Meaning, r.Remedy, e.Remedy, r.Owner, e.Owner)
	}
	if len(e.Samples) > 0 {
		fmt.Fprintf(b, "\n  Looks like\n")
		for _, s := range e.Samples {
			b.quote("    ", s)
		}
	}
	fmt.Fprintf(b, "\n  See %s\n", e.Link)
}

func explainCode(b *text, c *catalogue.Code) {
	title := ""
	if c.Title != "" {
		title = ": " + c.Title
	}
	b.title("Code " + c.Text + title + undocumented(c.Documented))
	b.paragraph("Meaning", c.Meaning)
	b.paragraph("Remedy", c.Remedy)
	b.paragraph("Owner", c.Owner.String())
	for _, u := range c.Uses {
		where := u.Method.Name()
		if u.General {
			where = "any method"
		}
		if u.When == "after" {
			where = "a session that " + where + " has joined"
		}
		b.WriteByte('\n')
		b.line("  ", "In "+where+undocumented(u.Documented), widest)
		difference(b, u.Meaning, c.Meaning, u.Remedy, c.Remedy, u.Owner, c.Owner)
		for _, name := range errorsWith(c, &u) {
			b.line("    ", "goes with "+name, widest)
		}
	}
	if c.Low == c.High {
		if n := catalogue.LookupNative(c.Low); n != nil {
			b.WriteByte('\n')
			b.line("  ", "In "+nativeSDKs, widest)
			b.paragraph("Meaning", nativeMeaning(n))
		}
	}
	fmt.Fprintf(b, "\n  See %s\n", c.Link)
}

// errorsWith returns the names of the errors that a code goes with in a method.
func errorsWith(c *catalogue.Code, u *catalogue.CodeUse) []string {
	out := []string{}
	for _, e := range catalogue.Errors() {
		if !u.General && slices.ContainsFunc(e.Uses, func(eu catalogue.Use) bool {
			return eu.Method == u.Method && slices.ContainsFunc(eu.Codes, func(n int32) bool { return c.Low <= n && n <= c.High })
		}) {
			out = append(out, e.Name)
		}
	}
	return out
}

const nativeSDKs = "the native SDKs (iOS, Android, React Native, Linux, Windows)"

// nativeOnly reports whether the JavaScript SDK does not have a native code.
func nativeOnly(c *catalogue.NativeCode) bool { return catalogue.LookupCode(c.Code) == nil }

// nativeMeaning returns the meaning of a code that the JavaScript SDK has, too.
func nativeMeaning(c *catalogue.NativeCode) string {
	if c.Same {
		return "The same."
	}
	return "Not the same: " + strings.ToLower(c.Meaning[:1]) + c.Meaning[1:]
}

// explainNative explains a code that only the native SDKs have.
func explainNative(b *text, c *catalogue.NativeCode) {
	b.title(fmt.Sprintf("Code %d: only in %s", c.Code, nativeSDKs))
	b.paragraph("Meaning", c.Meaning)
	b.paragraph("Counted", "No. otlog reports how many records native SDKs wrote, but counts the failures of the JavaScript SDK only.")
	fmt.Fprintf(b, "\n  See %s\n", catalogue.NativeLink)
}

func explainMethod(b *text, id catalogue.MethodID, m *catalogue.Method) {
	b.title(m.Name + undocumented(m.Documented))
	b.paragraph("", m.Summary)
	rows := [][]string{{"  Error", "Codes", "Owner", ""}}
	for _, e := range catalogue.Errors() {
		for _, u := range e.Uses {
			if u.Method != id {
				continue
			}
			var codes []string
			for _, c := range u.Codes {
				codes = append(codes, strconv.Itoa(int(c)))
			}
			rows = append(rows, []string{"  " + e.Name, cmp.Or(strings.Join(codes, ", "), "-"), u.Owner.String(), strings.TrimSpace(undocumented(u.Documented))})
		}
	}
	if len(rows) > 1 {
		b.table(rows)
	}
	fmt.Fprintf(b, "\n  See %s\n", m.Link)
}

// difference prints the parts of a use that differ from its entry.
func difference(b *text, meaning, ofEntry, remedy, remedyOfEntry string, owner, ownerOfEntry catalogue.Owner) {
	if meaning != ofEntry {
		b.paragraph("Meaning", meaning)
	}
	if remedy != remedyOfEntry {
		b.paragraph("Remedy", remedy)
	}
	if owner != ownerOfEntry {
		b.paragraph("Owner", owner.String())
	}
}

func undocumented(documented bool) string {
	if documented {
		return ""
	}
	return " (not in the vendor's error reference)"
}

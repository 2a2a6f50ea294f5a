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
	"github.com/otlog/otlog/report/words"
)

// An UnknownError is a query without an entry in the catalogue.
type UnknownError struct {
	Query string
	Near  []string // entries of which Query is probably a misspelling
}

func (e *UnknownError) Error() string {
	return fmt.Sprintf("%q is not an error name, code or method in the catalogue", e.Query)
}

// Write writes what the catalogue says about an error name, a code, its title or a method. Case does
// not matter, and OT_ and the class may be missing: timeout is OT_TIMEOUT, publish is
// Session.publish. The error is a [*UnknownError] if there is no such entry.
func Write(w io.Writer, query string) error {
	query = strings.TrimSpace(query)
	var out strings.Builder
	for _, id := range lookup.Errors(query) {
		if lookup.BrowserError(query) == id {
			fmt.Fprintf(&out, "\n%s is an error of the browser. The SDK reports it as\n", query)
		}
		explainError(&out, id.Get())
	}
	if n, err := strconv.ParseInt(query, 10, 32); err == nil {
		for _, c := range catalogue.Codes() {
			if c.Low <= int32(n) && int32(n) <= c.High {
				explainCode(&out, &c)
			}
		}
		if c := catalogue.LookupNative(int32(n)); c != nil && nativeOnly(c) {
			explainNative(&out, c)
		}
	}
	for _, c := range catalogue.Codes() {
		if c.Title != "" && strings.EqualFold(strings.TrimRight(query, "."), strings.TrimRight(c.Title, ".")) {
			explainCode(&out, &c)
		}
	}
	for _, id := range lookup.Methods(query) {
		explainMethod(&out, id, &catalogue.Methods()[id])
	}
	if out.Len() == 0 {
		return &UnknownError{Query: query, Near: lookup.Near(query)}
	}
	_, err := io.WriteString(w, strings.TrimPrefix(out.String(), "\n"))
	return err
}

func explainError(b *strings.Builder, e *catalogue.Error) {
	fmt.Fprintf(b, "\n%s%s\n", e.Name, undocumented(e.Documented))
	paragraph(b, "Meaning", e.Meaning)
	paragraph(b, "Remedy", e.Remedy)
	paragraph(b, "Owner", e.Owner.String())
	if len(e.Uses) > 0 {
		rows := [][]string{{"  Method", "Codes", ""}}
		for _, u := range e.Uses {
			var codes []string
			for _, c := range u.Codes {
				codes = append(codes, strconv.Itoa(int(c)))
			}
			rows = append(rows, []string{"  " + u.Method.Name(), cmp.Or(strings.Join(codes, ", "), "-"), strings.TrimSpace(undocumented(u.Documented))})
		}
		b.WriteByte('\n')
		b.WriteString(words.Columns(rows))
	}
	for _, u := range e.Uses {
		if u.Meaning != e.Meaning || u.Remedy != e.Remedy || u.Owner != e.Owner {
			fmt.Fprintf(b, "\n  In %s\n", u.Method.Name())
			difference(b, u.Meaning, e.Meaning, u.Remedy, e.Remedy, u.Owner, e.Owner)
		}
	}
	for _, id := range e.Reasons {
		r := id.Get()
		fmt.Fprintf(b, "\n  Reason %s: %s\n", r.Name, r.Words)
		difference(b, e.Meaning, e.Meaning, r.Remedy, e.Remedy, r.Owner, e.Owner)
	}
	if len(e.Samples) > 0 {
		fmt.Fprintf(b, "\n  Looks like\n")
		for _, s := range e.Samples {
			fmt.Fprintf(b, "    %s\n", s)
		}
	}
	fmt.Fprintf(b, "\n  See %s\n", e.Link)
}

func explainCode(b *strings.Builder, c *catalogue.Code) {
	title := ""
	if c.Title != "" {
		title = ": " + c.Title
	}
	fmt.Fprintf(b, "\nCode %s%s%s\n", c.Text, title, undocumented(c.Documented))
	paragraph(b, "Meaning", c.Meaning)
	paragraph(b, "Remedy", c.Remedy)
	paragraph(b, "Owner", c.Owner.String())
	for _, u := range c.Uses {
		where := u.Method.Name()
		if u.General {
			where = "any method"
		}
		if u.When == "after" {
			where = "a session that " + where + " has joined"
		}
		fmt.Fprintf(b, "\n  In %s%s\n", where, undocumented(u.Documented))
		difference(b, u.Meaning, c.Meaning, u.Remedy, c.Remedy, u.Owner, c.Owner)
		for _, e := range catalogue.Errors() {
			for _, eu := range e.Uses {
				if !u.General && eu.Method == u.Method && slices.ContainsFunc(eu.Codes, func(n int32) bool { return c.Low <= n && n <= c.High }) {
					fmt.Fprintf(b, "    goes with %s\n", e.Name)
					break
				}
			}
		}
	}
	if c.Low == c.High {
		if n := catalogue.LookupNative(c.Low); n != nil {
			fmt.Fprintf(b, "\n  In %s\n", nativeSDKs)
			paragraph(b, "Meaning", nativeMeaning(n))
		}
	}
	fmt.Fprintf(b, "\n  See %s\n", c.Link)
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
func explainNative(b *strings.Builder, c *catalogue.NativeCode) {
	fmt.Fprintf(b, "\nCode %d: only in %s\n", c.Code, nativeSDKs)
	paragraph(b, "Meaning", c.Meaning)
	paragraph(b, "Counted", "No. otlog reports how many records native SDKs wrote, but counts the failures of the JavaScript SDK only.")
	fmt.Fprintf(b, "\n  See %s\n", catalogue.NativeLink)
}

func explainMethod(b *strings.Builder, id catalogue.MethodID, m *catalogue.Method) {
	fmt.Fprintf(b, "\n%s%s\n", m.Name, undocumented(m.Documented))
	paragraph(b, "", m.Summary)
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
		b.WriteByte('\n')
		b.WriteString(words.Columns(rows))
	}
	fmt.Fprintf(b, "\n  See %s\n", m.Link)
}

// difference prints the parts of a use that differ from its entry.
func difference(b *strings.Builder, meaning, ofEntry, remedy, remedyOfEntry string, owner, ownerOfEntry catalogue.Owner) {
	if meaning != ofEntry {
		paragraph(b, "Meaning", meaning)
	}
	if remedy != remedyOfEntry {
		paragraph(b, "Remedy", remedy)
	}
	if owner != ownerOfEntry {
		paragraph(b, "Owner", owner.String())
	}
}

func undocumented(documented bool) string {
	if documented {
		return ""
	}
	return " (not in the vendor's error reference)"
}

// paragraph prints text beside a head, at most 88 columns wide.
func paragraph(b *strings.Builder, head, text string) {
	const indent, width = 12, 88
	line := fmt.Sprintf("  %-*s", indent-2, head)
	column := indent
	for i, word := range strings.Fields(text) {
		if i > 0 && column+1+len(word) > width {
			line += "\n" + strings.Repeat(" ", indent)
			column = indent
		} else if i > 0 {
			line += " "
			column++
		}
		line += word
		column += len(word)
	}
	b.WriteString(line + "\n")
}

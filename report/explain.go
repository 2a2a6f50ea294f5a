package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/otlog/otlog/classify/catalogue"
)

// An UnknownError is a query that the catalogue has no entry for.
type UnknownError struct {
	Query string
	Near  []string // entries that are spelled like it
}

func (e *UnknownError) Error() string {
	return fmt.Sprintf("%q is no error name, code or method in the catalogue", e.Query)
}

// Explain writes what the catalogue knows of an error name, a code or a method.
// Case does not matter, and neither does a missing OT_ or class: timeout is
// OT_TIMEOUT, publish is Session.publish. The error is an *UnknownError if
// there is no such entry.
func Explain(w io.Writer, query string) error {
	var out strings.Builder
	for i := range catalogue.Errors() {
		if e := catalogue.ID(i).Get(); i > 0 && names(query, e.Name, "OT_") {
			explainError(&out, e)
		}
	}
	if n, err := strconv.ParseInt(query, 10, 32); err == nil {
		for _, c := range catalogue.Codes() {
			if c.Low <= int32(n) && int32(n) <= c.High {
				explainCode(&out, &c)
			}
		}
	}
	for i, m := range catalogue.Methods() {
		_, bare, _ := strings.Cut(m.Name, ".")
		if i > 0 && (names(query, m.Name, "") || names(query, bare, "")) {
			explainMethod(&out, catalogue.MethodID(i), &m)
		}
	}
	if out.Len() == 0 {
		return &UnknownError{Query: query, Near: Near(query)}
	}
	_, err := io.WriteString(w, strings.TrimPrefix(out.String(), "\n"))
	return err
}

// names reports whether query is name, with or without its prefix.
func names(query, name, prefix string) bool {
	return strings.EqualFold(query, name) || prefix != "" && strings.EqualFold(prefix+query, name)
}

func explainError(b *strings.Builder, e *catalogue.Error) {
	fmt.Fprintf(b, "\n%s%s\n", e.Name, undocumented(e.Documented))
	paragraph(b, "Meaning", e.Meaning)
	paragraph(b, "Remedy", e.Remedy)
	paragraph(b, "Owner", e.Owner.String())
	if len(e.Uses) > 0 {
		table := newTable("  Method", "Codes", "")
		for _, u := range e.Uses {
			var codes []string
			for _, c := range u.Codes {
				codes = append(codes, strconv.Itoa(int(c)))
			}
			table.row("  "+u.Method.Name(), cmp.Or(strings.Join(codes, ", "), "-"), strings.TrimSpace(undocumented(u.Documented)))
		}
		b.WriteByte('\n')
		table.write(b)
	}
	for _, u := range e.Uses {
		if u.Meaning != e.Meaning || u.Remedy != e.Remedy || u.Owner != e.Owner {
			fmt.Fprintf(b, "\n  In %s\n", u.Method.Name())
			difference(b, u.Meaning, e.Meaning, u.Remedy, e.Remedy, u.Owner, e.Owner)
		}
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
	fmt.Fprintf(b, "\n  See %s\n", c.Link)
}

func explainMethod(b *strings.Builder, id catalogue.MethodID, m *catalogue.Method) {
	fmt.Fprintf(b, "\n%s%s\n", m.Name, undocumented(m.Documented))
	paragraph(b, "", m.Summary)
	table := newTable("  Error", "Codes", "Owner", "")
	for _, e := range catalogue.Errors() {
		for _, u := range e.Uses {
			if u.Method != id {
				continue
			}
			var codes []string
			for _, c := range u.Codes {
				codes = append(codes, strconv.Itoa(int(c)))
			}
			table.row("  "+e.Name, cmp.Or(strings.Join(codes, ", "), "-"), u.Owner.String(), strings.TrimSpace(undocumented(u.Documented)))
		}
	}
	if len(table.rows) > 1 {
		b.WriteByte('\n')
		table.write(b)
	}
	fmt.Fprintf(b, "\n  See %s\n", m.Link)
}

// difference prints what a use says otherwise than its entry.
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

// paragraph prints text below a head, at most 88 columns wide.
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

// Near returns the entries that are spelled most like query.
func Near(query string) []string {
	type candidate struct {
		name     string
		distance int
	}
	var all []candidate
	query = strings.ToUpper(query)
	consider := func(name, prefix string) {
		upper := strings.ToUpper(name)
		d := min(distance(query, upper), distance(prefix+query, upper))
		if containsWords(upper, query) {
			d = min(d, 1)
		}
		if d <= 1+len(upper)/5 {
			all = append(all, candidate{name, d})
		}
	}
	for _, e := range catalogue.Errors()[1:] {
		consider(e.Name, "OT_")
	}
	for _, m := range catalogue.Methods()[1:] {
		class, _, _ := strings.Cut(m.Name, ".")
		consider(m.Name, strings.ToUpper(class)+".")
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	var out []string
	for _, c := range limit(all, 3) {
		out = append(out, c.name)
	}
	return out
}

// containsWords reports whether name holds all the words of query.
func containsWords(name, query string) bool {
	for word := range strings.SplitSeq(query, "_") {
		if !strings.Contains(name, word) {
			return false
		}
	}
	return true
}

// Alike reports whether a word was probably meant for another one. Of a short word most
// letters have to be right: 2d is no 1h.
func Alike(typed, meant string) bool {
	return distance(strings.ToLower(typed), meant) <= min(2, len(meant)-2)
}

// Nearest returns those of words that typed was probably meant for: those that are
// spelled most like it, else those that begin with it.
func Nearest(typed string, words []string) []string {
	var out []string
	least := 2 // Alike lets no more pass
	for _, w := range words {
		d := distance(strings.ToLower(typed), w)
		if d > least || !Alike(typed, w) {
			continue
		}
		if d < least {
			least, out = d, nil
		}
		out = append(out, w)
	}
	if len(out) == 0 && len(typed) > 1 {
		out = slices.DeleteFunc(slices.Clone(words), func(w string) bool { return !strings.HasPrefix(w, typed) })
	}
	return out
}

// distance is the Levenshtein distance of a and b, in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

package explain

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/otlog/otlog/classify/catalogue"
)

// WriteAll writes what the catalogue says about all errors and codes, each as [Write] does.
func WriteAll(w io.Writer, width int) error {
	out := newText(width)
	for _, e := range sortedErrors() {
		explainError(out, e)
	}
	for _, c := range catalogue.Codes() {
		explainCode(out, &c)
	}
	for _, c := range catalogue.NativeCodes() {
		if nativeOnly(&c) {
			explainNative(out, &c)
		}
	}
	return out.print(w)
}

// WriteAllMarkdown writes the same as Markdown, with headings to link to.
func WriteAllMarkdown(w io.Writer) error {
	var out strings.Builder
	out.WriteString(`# Errors

Look up what an error of the OpenTok / Vonage Video client SDK means, and what to do about it. Owner is who can fix the
cause. ` + "`otlog explain --all --format markdown`" + ` writes this page, and a test keeps it up to date.

## By name

`)
	for _, e := range sortedErrors() {
		markdownError(&out, e)
	}
	out.WriteString("## By code\n\n")
	for _, c := range catalogue.Codes() {
		markdownCode(&out, &c)
	}
	markdownNative(&out)
	_, err := io.WriteString(w, out.String())
	return err
}

// sortedErrors returns the errors of the catalogue by name.
func sortedErrors() []*catalogue.Error {
	var out []*catalogue.Error
	for i := range catalogue.Errors() {
		if i > 0 {
			out = append(out, catalogue.ID(i).Get())
		}
	}
	slices.SortFunc(out, func(a, b *catalogue.Error) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func markdownError(b *strings.Builder, e *catalogue.Error) {
	fmt.Fprintf(b, "### %s\n\n", e.Name)
	markdownAdvice(b, e.Meaning, e.Remedy, e.Owner, e.Documented)
	for _, u := range e.Uses {
		var codes []string
		for _, c := range u.Codes {
			codes = append(codes, strconv.Itoa(int(c)))
		}
		fmt.Fprintf(b, "- %s", markdownText(u.Method.Name()))
		if len(codes) > 0 {
			fmt.Fprintf(b, " (%s)", strings.Join(codes, ", "))
		}
		b.WriteString(markdownText(undocumented(u.Documented)))
		markdownDifference(b, u.Meaning, e.Meaning, u.Remedy, e.Remedy, u.Owner, e.Owner)
		b.WriteByte('\n')
	}
	if len(e.Uses) > 0 {
		b.WriteByte('\n')
	}
	markdownReasons(b, e)
	if len(e.Samples) > 0 {
		// No sample contains a fence of four.
		fmt.Fprintf(b, "````text\n%s\n````\n\n", strings.Join(e.Samples, "\n"))
	}
	fmt.Fprintf(b, "[Reference](%s)\n\n", e.Link)
}

// markdownReasons lists the reasons of an error, with the texts that state them.
func markdownReasons(b *strings.Builder, e *catalogue.Error) {
	if len(e.Reasons) == 0 {
		return
	}
	b.WriteString("Reasons, where the message states one:\n\n")
	for _, id := range e.Reasons {
		r := id.Get()
		var texts []string
		for _, text := range r.Texts {
			texts = append(texts, "`"+text+"`")
		}
		fmt.Fprintf(b, "- `%s`, %s (%s)", r.Name, markdownText(r.Words), strings.Join(texts, ", "))
		markdownDifference(b, e.Meaning, e.Meaning, r.Remedy, e.Remedy, r.Owner, e.Owner)
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
}

func markdownCode(b *strings.Builder, c *catalogue.Code) {
	fmt.Fprintf(b, "### %s\n\n", c.Text)
	if c.Title != "" {
		fmt.Fprintf(b, "*%s.* ", markdownText(strings.TrimSuffix(c.Title, ".")))
	}
	markdownAdvice(b, c.Meaning, c.Remedy, c.Owner, c.Documented)
	for _, u := range c.Uses {
		where := u.Method.Name()
		if u.General {
			where = "any method"
		}
		if u.When == "after" {
			where = "a session that " + where + " has joined"
		}
		fmt.Fprintf(b, "- %s%s", markdownText(where), markdownText(undocumented(u.Documented)))
		markdownDifference(b, u.Meaning, c.Meaning, u.Remedy, c.Remedy, u.Owner, c.Owner)
		b.WriteByte('\n')
	}
	if c.Low == c.High {
		if n := catalogue.LookupNative(c.Low); n != nil {
			fmt.Fprintf(b, "- %s: %s\n", nativeSDKs, markdownText(nativeMeaning(n)))
		}
	}
	fmt.Fprintf(b, "\n[Reference](%s)\n\n", c.Link)
}

// markdownNative lists the codes that only the native SDKs have.
func markdownNative(b *strings.Builder) {
	fmt.Fprintf(b, "## Codes of native SDKs only\n\n"+
		"These codes exist only in %s.\n"+
		"otlog reports how many records native SDKs wrote, but counts the failures of the JavaScript SDK only.\n\n| code | meaning |\n|---|---|\n", nativeSDKs)
	for _, c := range catalogue.NativeCodes() {
		if nativeOnly(&c) {
			fmt.Fprintf(b, "| %d | %s |\n", c.Code, markdownText(c.Meaning))
		}
	}
	fmt.Fprintf(b, "\n[Reference](%s)\n", catalogue.NativeLink)
}

// markdownAdvice writes a meaning, its remedy and its owner.
func markdownAdvice(b *strings.Builder, meaning, remedy string, owner catalogue.Owner, documented bool) {
	fmt.Fprintf(b, "%s%s\n\n", markdownText(meaning), markdownText(undocumented(documented)))
	if remedy != "" {
		fmt.Fprintf(b, "**Remedy:** %s\n\n", markdownText(remedy))
	}
	fmt.Fprintf(b, "**Owner:** %s\n\n", owner)
}

// markdownDifference writes the parts of a use that differ from its entry.
func markdownDifference(b *strings.Builder, meaning, ofEntry, remedy, remedyOfEntry string, owner, ownerOfEntry catalogue.Owner) {
	var parts []string
	if meaning != ofEntry {
		parts = append(parts, markdownText(meaning))
	}
	if remedy != remedyOfEntry && remedy != "" {
		parts = append(parts, "**Remedy:** "+markdownText(remedy))
	}
	if owner != ownerOfEntry {
		parts = append(parts, "**Owner:** "+owner.String())
	}
	if len(parts) > 0 {
		fmt.Fprintf(b, ": %s", strings.Join(parts, " "))
	}
}

// markdownText escapes Markdown and HTML.
func markdownText(s string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "|", `\|`).Replace(s)
}

package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/report/lookup"
	"github.com/otlog/otlog/report/words"
)

// An Explanation says what a record is and what to do about it. Equal explanations of several records are
// written once. The names of its fields in JSON are an interface and do not change.
type Explanation struct {
	// Verdict is failure, part of a failure, recovered, background, late, cancelled, no failure, harmless,
	// perhaps a cause, native, or unknown.
	Verdict string `json:"verdict"`
	Summary string `json:"summary"` // the verdict in a few words
	What    string `json:"what"`    // kind of record

	Error      string `json:"error,omitempty"`
	ErrorFrom  string `json:"error_from,omitempty"` // evidence, in words
	Documented string `json:"documented,omitempty"` // yes, elsewhere, no
	Reason     string `json:"reason,omitempty"`     // why the error was raised
	Code       int32  `json:"code,omitempty"`
	CodeTitle  string `json:"code_title,omitempty"`
	Method     string `json:"method,omitempty"`
	MethodFrom string `json:"method_from,omitempty"` // evidence, in words

	Counted string `json:"counted,omitempty"` // how a report counts it
	Meaning string `json:"meaning,omitempty"`
	Remedy  string `json:"remedy,omitempty"`
	Owner   string `json:"owner,omitempty"`
	Link    string `json:"link,omitempty"`
}

// explain returns the explanation of a record.
func (r *Record) explain() Explanation {
	v := &r.Verdict
	x := Explanation{What: r.what()}
	switch {
	case v.Native:
		x.native(r)
	case v.Failure:
		x.evidence(r)
		x.failure(r)
	case r.Telemetry != nil:
		x.telemetry(r)
	case r.Noise != nil:
		x.noise(r)
	default:
		x.unknown(r)
	}
	return x
}

// what says which kind of record it is.
func (r *Record) what() string {
	switch {
	case r.Verdict.Native && r.Telemetry != nil:
		return "telemetry of a native SDK"
	case r.Verdict.Native:
		return "a record of a native SDK (iOS, Android, React Native, Linux, Windows)"
	case r.Telemetry != nil:
		return "telemetry of the SDK: " + r.Telemetry.String()
	case r.Noise != nil:
		return "a line of " + r.Noise.From.String()
	case r.Exception:
		return "an exception line of the SDK"
	case r.Logger != "":
		return "a line of the SDK, by its logger " + r.Logger
	case r.Object && r.Verdict.Failure:
		return "an object that shows an error"
	case r.Verdict.Failure:
		return "a line that shows an error, of the application or of an early version of the SDK"
	}
	return "not a line that otlog knows"
}

// String returns the action, the variation and the reason of an event.
func (t *Telemetry) String() string {
	out := strings.TrimSpace(t.Action + " " + t.Variation)
	if t.Reason != "" {
		out += " (" + t.Reason + ")"
	}
	return out
}

// evidence sets error, code and method of a record that shows an error, with the evidence for each.
func (x *Explanation) evidence(r *Record) {
	v := &r.Verdict
	x.Error, x.Code, x.Method = r.errorName(), v.Code, r.methodName()
	if c := catalogue.LookupCode(v.Code); c != nil && c.Low == c.High {
		x.CodeTitle = c.Title
	}
	x.ErrorFrom, x.MethodFrom = r.errorFrom(), r.methodFrom()
	if x.Error != "" {
		x.Documented = catalogue.Documented(v.Error, v.Method)
	}
	var owner catalogue.Owner
	x.Meaning, x.Remedy, owner, x.Link = lookup.Advise(x.Method, x.Error, x.Code)
	x.Owner = owner.String()
	if v.Reason != 0 {
		reason := v.Reason.Get()
		x.Reason, x.Remedy, x.Owner = reason.Name, reason.Remedy, reason.Owner.String()
	}
}

// errorFrom says how the error was identified.
func (r *Record) errorFrom() string {
	v := &r.Verdict
	switch {
	case v.Evidence == classify.ByName && r.InField:
		return "named in a field for it"
	case v.Evidence == classify.ByName:
		return "named in the line"
	case v.Evidence == classify.ByPhrase && r.Phrase != "":
		return fmt.Sprintf("by a text that only this error prints: %q", r.Phrase)
	case v.Evidence == classify.ByPhrase:
		return "by telemetry that says that access was denied"
	case v.Evidence == classify.ByCode && v.Weight == classify.Weak && v.Code != 0:
		return fmt.Sprintf("by code %d with a text that the SDK prints when publishing takes too long", v.Code)
	case v.Evidence == classify.ByCode && v.Method != 0 && catalogue.OneName(v.Code, 0) == 0:
		return fmt.Sprintf("by code %d, which with this method means one error", v.Code)
	case v.Evidence == classify.ByCode && v.Code != 0:
		return fmt.Sprintf("by code %d, which belongs to one error", v.Code)
	case v.Evidence == classify.ByCode:
		return "by what the record says about a timeout"
	}
	if of := goWith(v.Code, v.Method); len(of) > 0 {
		return fmt.Sprintf("not named; code %d goes with %s", v.Code, words.List(of))
	}
	return "not named in the line"
}

// goWith returns the errors that go with a code in a method, or in any method if m is 0.
func goWith(code int32, m catalogue.MethodID) []string {
	var out []string
	if code == 0 {
		return nil
	}
	for i, e := range catalogue.Errors() {
		if i > 0 && slices.ContainsFunc(e.Uses, func(u catalogue.Use) bool {
			return (m == 0 || u.Method == m) && slices.Contains(u.Codes, code)
		}) {
			out = append(out, e.Name)
		}
	}
	return out
}

// methodFrom says how the method was identified.
func (r *Record) methodFrom() string {
	switch r.Verdict.MethodFrom {
	case classify.MethodSpelled:
		if r.Telemetry != nil {
			return fmt.Sprintf("by the action %s of telemetry", r.Telemetry.Action)
		}
		return "spelled out in the line"
	case classify.MethodFunction:
		return "by the name of a function in the line"
	case classify.MethodPhrase:
		return "by a text that only this method prints"
	case classify.MethodComponent:
		if r.Logger != "" {
			return "by the logger " + r.Logger
		}
		return "by the handler that the line names"
	case classify.MethodOnly:
		return "the only method with this error"
	}
	return "not stated in the line"
}

// failure sets the verdict of a record that shows an error.
func (x *Explanation) failure(r *Record) {
	v := &r.Verdict
	of := x.Error
	switch {
	case of == "" && x.Code != 0:
		of = fmt.Sprintf("code %d", x.Code)
	case of == "":
		of = "an error without a name"
	}
	if x.Method != "" {
		of += " in " + x.Method
	}
	const strong = "as a failure, together with the other lines about it: those of its session within 2 s, or within 20 records if times are missing"
	switch {
	case v.Late:
		x.Verdict, x.Summary = "late", "No failure by itself: the timer of a publisher that was destroyed"
		x.Counted = "only together with other lines about the same failure"
		x.Meaning = "A publisher that the application destroyed still fires its timer after 15 s. " + x.Meaning
	case r.Failure != nil && r.Failure.Recovered:
		x.Verdict, x.Summary = "recovered", "Recovered: "+of+", in a call that succeeded in the end"
		x.Counted = "as recovered, not as a failure"
	case v.Weight == classify.Aside:
		x.Verdict, x.Summary = "background", "Background error: failed no call of the application"
		x.Counted = "not at all, unless its session has lines of a failure next to it"
	case v.Weight == classify.Socket:
		x.Verdict, x.Summary = "part of a failure", "Part of a failure to connect: a try of the signalling socket"
		x.Counted = "with the failure to connect that follows in its session within 10 s, since the SDK tries again by itself; as a failure of its own if none follows"
	case x.Error == cancel:
		x.Verdict, x.Summary = "cancelled", "Cancelled by the application: "+of
		x.Counted = "as a failure of " + cancel + "; list it in a file for --ignore to set it apart"
	case v.Weight == classify.Weak:
		x.Verdict, x.Summary = "part of a failure", "Part of a failure: weak evidence, "+of
		x.Counted = "with the nearest failure of its session within 2 s, or within 20 records if times are missing, that can be raised with it; as a failure of its own if there is none"
	default:
		x.Verdict, x.Summary, x.Counted = "failure", "A failure: "+of, strong
	}
}

const cancel = "OT_CANCEL"

// telemetry sets the verdict of telemetry that shows no error.
func (x *Explanation) telemetry(r *Record) {
	t := r.Telemetry
	x.Verdict, x.Method = "no failure", r.methodName()
	if x.Method != "" {
		x.MethodFrom = r.methodFrom()
	}
	switch {
	case t.Failed:
		x.Summary = "No failure that otlog counts"
	case t.Variation == "Failure" || t.Variation == "Failed":
		x.Summary = "No failure: the SDK went on by itself (" + t.Reason + ")"
	case x.Method == "":
		x.Summary = "No failure: telemetry about something else than a call that otlog counts"
	case t.Variation == "Attempt":
		x.Summary = "No failure: " + x.Method + " was called"
		x.Counted = "as an attempt: the denominator of failure rates"
	case t.Variation == "Attempting":
		x.Summary = "No failure: " + x.Method + " is still trying"
		x.Counted = "not as another attempt"
	case t.Variation == "Success":
		x.Summary = "No failure: " + x.Method + " succeeded"
		x.Counted = "as the end of its attempt"
	case t.Variation == "Cancel":
		x.Verdict, x.Summary = "cancelled", "Cancelled by the application, no failure: "+x.Method
		x.Counted = "as the end of its attempt, not as a failure; after a Failure of the same attempt it does not count"
	default:
		x.Summary = "No failure: telemetry about " + x.Method
	}
}

// noise sets the verdict of a line that is known to show no failure.
func (x *Explanation) noise(r *Record) {
	k := r.Noise
	x.Verdict, x.Summary = "harmless", "Harmless: "+k.Name
	x.Counted = "in no failure"
	if k.Cause {
		x.Verdict, x.Summary = "perhaps a cause", "No failure by itself, but perhaps the cause of one: "+k.Name
		x.Counted += "; look for failures right after it"
	}
	x.Meaning, x.Remedy = k.Meaning, k.Remedy
}

// native sets the verdict of a record of a native SDK.
func (x *Explanation) native(r *Record) {
	x.Verdict, x.Summary, x.Link = "native", "Not counted: written by a native SDK", catalogue.NativeLink
	x.Counted = "in no failure and no rate: otlog counts the failures of the JavaScript SDK, and reports how many records native SDKs wrote"
	if r.Noise != nil {
		x.Meaning, x.Remedy = r.Noise.Meaning, r.Noise.Remedy
		return
	}
	c := catalogue.LookupNative(r.NativeCode)
	if c == nil {
		x.Meaning = "The native SDKs have codes, but no error names. A message in words is mostly beside the code."
		return
	}
	x.Code = c.Code
	x.Meaning = c.Meaning
	if js := catalogue.LookupCode(c.Code); c.Same && js != nil {
		x.Meaning, x.Remedy = js.Meaning, js.Remedy
	} else if js != nil {
		x.Meaning += " The code means something else in the JavaScript SDK."
	}
}

// unknown says what to try with a line that otlog does not know.
func (x *Explanation) unknown(r *Record) {
	x.Verdict, x.Summary = "unknown", "Unknown: otlog finds nothing in this line"
	x.Counted = "in no failure"
	x.Meaning = "It names no error of the SDK, contains no text or code that belongs to one, and is no message of the SDK or of a browser that otlog knows."
	switch {
	case r.UnknownName != "":
		x.Meaning = r.UnknownName + " looks like the name of an error, but is none that otlog knows."
		x.Remedy = "Paste the line together with the lines before and after it."
		if near := lookup.Near(r.UnknownName); len(near) > 0 {
			x.Remedy = "Did you mean " + strings.Join(near, " or ") + "? Otherwise paste the line together with the lines before and after it."
		}
	case r.BrowserError != "":
		id := lookup.BrowserError(r.BrowserError)
		x.Meaning += fmt.Sprintf(" %s is an error of the browser. From getUserMedia, the SDK reports it as %s; other calls of the page raise it, too.", r.BrowserError, id.Name())
		x.Remedy = "See otlog explain " + r.BrowserError + ", and look at the lines before and after it."
	case r.Logger != "" && r.Level == "error":
		x.Remedy = "The SDK printed it as an error. Paste it together with the lines before and after it, with their times."
	default:
		x.Remedy = "Paste it together with the lines before and after it, with their times. If you have a name or a code: otlog explain NAME."
	}
}

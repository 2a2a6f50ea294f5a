package corpus

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// An evidence says what identifies the error of a classified record.
type evidence uint8

const (
	unclassified evidence = iota
	byNothing             // an error without a name
	byCode
	byPhrase
	byName
	evidences
)

var evidenceNames = [evidences]string{"", "none", "code", "phrase", "name"}

// A source says what identifies the method of a record, weakest first.
type source uint8

const (
	fromNothing source = iota
	fromName           // the only method of the error's name
	fromPart
	fromPhrase
	fromFunction
	fromSpelling // or a telemetry action
)

// A verdict is what a record states.
type verdict struct {
	evidence evidence
	name     string // of the error, "" for none
	method   string
	source   source
	socket   bool // a try of the socket, which the SDK repeats
}

// A construct is the part of a line that decides its verdict: everything except times, IDs and
// random numbers.
type construct struct {
	shape       shape
	part        part
	act         action
	bare        bool
	spell, call method
	name, said  int16
	msg, reason string
}

// judge sets the verdict of l, which has just been written.
func (g *generator) judge(l *line) {
	if !l.shape.telling() {
		return // see checkPhrases
	}
	c := construct{l.shape, l.part, l.act, l.bare, l.spell, l.call, l.name, l.said, l.msg, l.reason}
	v, ok := g.verdicts[c]
	if !ok {
		v = g.verdict(l)
		g.verdicts[c] = v
	}
	l.verdict = v
}

// verdict applies the order of evidence for errors and for methods.
func (g *generator) verdict(l *line) verdict {
	phrases := phrasesIn(g.o.Phrases, g.decoded(l))
	v := verdict{method: unknown.String(), socket: l.socket()}
	switch {
	case l.name != noName:
		v.evidence, v.name = byName, errorName(l.name)
	case l.shape == postDenied:
		v.evidence, v.name = byPhrase, errorName(denied)
	case len(phrases) > 0:
		v.evidence, v.name = byPhrase, phrases[0].Error
	case l.shape == weakText && !v.socket:
		return v // only a phrase could identify it
	}
	v.spoken(l, phrases)
	if v.name == "" {
		v.evidence = byNothing
		if v.name = nameByCode(l, v.method); v.name != "" {
			v.evidence = byCode
		}
	}
	if m := onlyMethod(v.name, l.said); v.source == fromNothing && m != unknown.String() {
		v.method, v.source = m, fromName
	}
	return v
}

// spoken sets the method that l itself states.
func (v *verdict) spoken(l *line, phrases []Phrase) {
	said := ""
	for _, phrase := range phrases {
		if phrase.Error == v.name && phrase.Method != "" {
			said = phrase.Method
			break
		}
	}
	switch {
	case l.act == actPublish && l.bare:
		v.method, v.source = initPublisher.String(), fromSpelling
	case l.act != actOther:
		v.method, v.source = actions[l.act].method.String(), fromSpelling
	case l.spell != unknown:
		v.method, v.source = l.spell.String(), fromSpelling
	case l.call != unknown:
		v.method, v.source = l.call.String(), fromFunction
	case said != "":
		v.method, v.source = said, fromPhrase
	case v.ofUserMedia(l, phrases):
		v.method, v.source = initPublisher.String(), fromPhrase
	case finalCode(l.msg) != 0 && (v.name == "" || raised(v.name, finalCode(l.msg), connect.String())):
		v.method, v.source = connect.String(), fromPhrase
	case parts[l.part].method != unknown:
		v.method, v.source = parts[l.part].method.String(), fromPart
	}
}

// ofUserMedia reports whether an application logged a message of getUserMedia
// without the name of Session.publish before it.
func (v *verdict) ofUserMedia(l *line, phrases []Phrase) bool {
	switch l.shape {
	case appNested, appEscaped, appNewline, appTab, appANSI, appDirective, appPlain, appPreview:
	default:
		return false
	}
	return len(phrases) > 0 && phrases[0].Error == v.name && phrases[0].Method == "" &&
		raised(v.name, 1500, initPublisher.String()) && raised(v.name, 1500, publish.String())
}

// nameByCode returns the name that the code of l identifies, "" if it identifies none.
func nameByCode(l *line, method string) string {
	if l.said == 0 {
		return ""
	}
	if l.shape == weakException && l.said == 1500 && l.msg == workflow {
		// The SDK prints this when its publish timer expires.
		return errorName(timeout)
	}
	return oneName(l.said, method)
}

// workflow is the message of exception lines about calls without media.
const workflow = "ICEWorkflow"

// socket reports whether l is a try of the socket.
func (l *line) socket() bool {
	if l.shape == postFailure {
		return l.act == actConnect && (l.reason == "WebSocketConnection" || l.reason == "ConnectToSession")
	}
	return !l.shape.telemetry() && (l.part == partRumor || l.part == partRaptor)
}

// onlyMethod returns the one method that a name is documented for and raised in, else unknown.
// Among several methods, a code selects those that raise the name with it; without a name, those
// that raise the code.
func onlyMethod(name string, code int16) string {
	only := unknown.String()
	for i := range names {
		if names[i].text == name && !slices.Contains(alsoRaised[:], name) {
			only = names[i].only.String()
		}
	}
	var list []string
	for i := range raises {
		r := &raises[i]
		if (name == "" || r.name == name) && slices.Contains(r.codes, code) && !slices.Contains(list, r.method) {
			list = append(list, r.method)
		}
	}
	switch {
	case len(list) == 1:
		return list[0]
	case len(list) > 1:
		return unknown.String()
	}
	return only
}

// directives are removed from a text before it is judged.
var directives = strings.NewReplacer("%c", "", "%O", "", "\x1b[31m", "", "\x1b[0m", "")

// decoded returns the text of l as a reader decodes it, without texts that contain no phrases, such
// as IDs.
func (g *generator) decoded(l *line) string {
	switch {
	case l.shape.telemetry():
		return string(appendMessage(nil, l)) + "\n" + l.reason
	case l.shape == appNested:
		return string(g.text) + "\n" + string(appendMessage(nil, l))
	}
	return directives.Replace(string(g.text))
}

// phrasesIn returns the phrases in text by their starts; of phrases with the same start, the longest
// comes first.
func phrasesIn(phrases []Phrase, text string) []Phrase {
	type place struct {
		start int
		Phrase
	}
	var places []place
	for _, p := range phrases {
		for start := 0; ; start++ {
			n := strings.Index(text[start:], p.Text)
			if n < 0 {
				break
			}
			start += n
			if whole(text, start, start+len(p.Text)) {
				places = append(places, place{start, p})
			}
		}
	}
	slices.SortStableFunc(places, func(a, b place) int {
		return cmp.Or(a.start-b.start, len(b.Text)-len(a.Text))
	})
	var list []Phrase
	for _, p := range places {
		list = append(list, p.Phrase)
	}
	return list
}

// whole reports whether text[start:end] consists of whole words.
func whole(text string, start, end int) bool {
	cut := func(i int) bool { return i > 0 && i < len(text) && wordByte(text[i-1]) && wordByte(text[i]) }
	return !cut(start) && !cut(end)
}

func wordByte(c byte) bool { return c == '_' || strings.IndexByte(letters, c) >= 0 }

// checkPhrases refuses phrases without a text or an error, and phrases in harmless texts, whose
// records are counted without a look at their text.
func checkPhrases(phrases []Phrase) error {
	for _, p := range phrases {
		if p.Text == "" || p.Error == "" {
			return fmt.Errorf("corpus: phrase: expected a text and an error, found %q and %q", p.Text, p.Error)
		}
	}
	if len(phrases) == 0 {
		return nil
	}
	for _, text := range harmless {
		if list := phrasesIn(phrases, text); len(list) > 0 {
			return fmt.Errorf("corpus: the harmless text %q holds a phrase of %s: %q", text, list[0].Error, list[0].Text)
		}
	}
	return nil
}

// harmless has the texts that must contain no phrase, with numbers in their holes.
var harmless = func() (list []string) {
	for _, n := range noises {
		list = append(list, n.msg+n.rest)
	}
	for _, o := range others {
		list = append(list, o.payload)
	}
	list = append(append(list, browserNoise...), nativeNoise, "unpublish", "Unknown")
	for _, stack := range stacks {
		list = append(list, stack...)
	}
	for _, templates := range append([][]template{chat}, nearTexts[:]...) {
		for _, t := range templates {
			text := ""
			for _, p := range t {
				text += p.text
				if p.hole != 0 {
					text += "0"
				}
			}
			list = append(list, text)
		}
	}
	return
}()

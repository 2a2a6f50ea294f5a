package corpus

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// An evidence is what tells the error of a classified record.
type evidence uint8

const (
	unclassified evidence = iota
	byNothing             // a telemetry failure
	byPhrase
	byName
	evidences
)

var evidenceNames = [evidences]string{"", "none", "phrase", "name"}

// A verdict is what a record says.
type verdict struct {
	evidence evidence
	name     string // of the error, empty for none
	method   string
}

// A construct is all of a line that its verdict depends on. Times, IDs and
// numbers drawn when it is written are not.
type construct struct {
	shape       shape
	part        part
	other       uint8
	act         action
	bare        bool
	spell, call method
	name, said  int16
	msg, reason string
}

// judge gives l, which has just been written, its verdict.
func (g *generator) judge(l *line) {
	switch l.shape {
	case cleanApp, cleanBlank, nearMiss:
		return // see checkPhrases
	}
	c := construct{l.shape, l.part, l.other, l.act, l.bare, l.spell, l.call, l.name, l.said, l.msg, l.reason}
	v, ok := g.verdicts[c]
	if !ok {
		v = g.verdict(l)
		g.verdicts[c] = v
	}
	l.verdict = v
}

// verdict applies the orders of evidence for an error and for a method.
func (g *generator) verdict(l *line) verdict {
	phrases := phrasesIn(g.o.Phrases, g.decoded(l))
	var v verdict
	switch {
	case l.name != noName:
		v.evidence, v.name = byName, errorName(l.name)
	case l.shape == postDenied:
		v.evidence, v.name = byPhrase, errorName(denied)
	case len(phrases) > 0:
		v.evidence, v.name = byPhrase, phrases[0].Error
	case l.shape == postFailure:
		v.evidence = byNothing
	default:
		return v
	}
	p := l.part
	if l.shape == noiseSDK {
		p = noises[l.other].part
	}
	said := ""
	for _, phrase := range phrases {
		if phrase.Error == v.name && phrase.Method != "" {
			said = phrase.Method
			break
		}
	}
	switch {
	case l.act == actPublish && l.bare:
		v.method = initPublisher.String()
	case l.act != actOther:
		v.method = actions[l.act].method.String()
	case l.spell != unknown:
		v.method = l.spell.String()
	case l.call != unknown:
		v.method = l.call.String()
	case said != "":
		v.method = said
	case parts[p].method != unknown:
		v.method = parts[p].method.String()
	default:
		v.method = onlyMethod(v.name).String()
	}
	return v
}

// onlyMethod is the one method that a name is documented for, else unknown.
func onlyMethod(name string) method {
	for i := range names {
		if names[i].text == name {
			return names[i].only
		}
	}
	return unknown
}

// directives are what a reader takes out of a text before he looks at it.
var directives = strings.NewReplacer("%c", "", "%O", "", "\x1b[31m", "", "\x1b[0m", "")

// decoded is the text of l as its reader sees it. Texts in which no phrase can
// be, such as IDs, are left out.
func (g *generator) decoded(l *line) string {
	switch {
	case l.shape == postOther:
		return others[l.other].payload
	case l.shape.telemetry():
		return string(appendMessage(nil, l)) + "\n" + l.reason
	case l.shape == appNested:
		return string(g.text) + "\n" + string(appendMessage(nil, l))
	}
	return directives.Replace(string(g.text))
}

// phrasesIn returns the phrases that text holds: the first first, of those that
// start together the longest.
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

// whole reports whether text[start:end] breaks no word.
func whole(text string, start, end int) bool {
	cut := func(i int) bool { return i > 0 && i < len(text) && wordByte(text[i-1]) && wordByte(text[i]) }
	return !cut(start) && !cut(end)
}

func wordByte(c byte) bool { return c == '_' || strings.IndexByte(letters, c) >= 0 }

// checkPhrases refuses phrases that are in the harmless texts, which are counted
// as clean unseen, and phrases without a text or an error.
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

// harmless holds the texts that are clean whatever phrases there are. Their
// holes are replaced by numbers.
var harmless = func() (list []string) {
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

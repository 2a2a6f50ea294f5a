package lab

import (
	"github.com/otlog/otlog/bench/corpus"
	"github.com/otlog/otlog/classify/catalogue"
)

// Phrases returns the phrases of otlog's catalogue.
func Phrases() []corpus.Phrase {
	var list []corpus.Phrase
	for _, p := range catalogue.Phrases() {
		phrase := corpus.Phrase{Text: p.Text, Error: p.Error.Name()}
		if p.Method != 0 {
			phrase.Method = p.Method.Name()
		}
		list = append(list, phrase)
	}
	return list
}

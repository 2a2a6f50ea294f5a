package textline

import (
	"bytes"

	"github.com/otlog/otlog/parse/timestamp"
)

// maxWords is how many words may precede the time of a line: a host, a program, a container.
const maxWords = 4

// WordsBeforeTime returns how many words precede the time of nearly all lines, 0 if that is not
// known.
func WordsBeforeTime(lines [][]byte, times timestamp.Times) int {
	clock := timestamp.NewClock(times)
	for words := 1; words <= maxWords; words++ {
		timed := 0
		for _, line := range lines {
			if t, _ := clock.Line(AfterWords(line, words)); t != timestamp.NoTime {
				timed++
			}
		}
		if timed*10 >= len(lines)*8 {
			return words
		}
	}
	return 0
}

// AfterWords returns what follows the first n words of a line, nil if it has fewer.
func AfterWords(line []byte, n int) []byte {
	for ; n > 0; n-- {
		end := bytes.IndexByte(line[:min(len(line), MaxFrame)], ' ')
		if end < 0 {
			return nil
		}
		line = bytes.TrimLeft(line[end:], " ")
	}
	return line
}

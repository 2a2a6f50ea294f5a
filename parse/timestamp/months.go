package timestamp

import "bytes"

// monthWord reads the name of a month after its day, also in German, French, Spanish, Italian,
// Portuguese and Dutch, in full or as it is abbreviated, with or without a point.
func monthWord(b []byte) (month int64, width int) {
	if month, width = monthName(b); width == 0 || width < len(b) && b[width] >= 0x80 {
		n := 0
		for n < len(b) && (letter(b[n]) || b[n] >= 0x80) && b[n] != 0xc2 {
			n++
		}
		if month = foreignMonth(b[:n]); month == 0 {
			return 0, 0
		}
		width = n
	}
	if width+1 < len(b) && b[width] == '.' && (b[width+1] == ' ' || b[width+1] == '-') {
		width++
	}
	return month, width
}

// foreignMonths are names of the months from January, each between spaces.
var foreignMonths = [12][]byte{
	[]byte(" januar jänner jän janvier janv enero ene gennaio gen janeiro januari "),
	[]byte(" februar février fevrier févr fév febrero febbraio fevereiro fev februari "),
	[]byte(" märz maerz mär mrz mars marzo março maart mrt "),
	[]byte(" avril avr abril abr aprile "),
	[]byte(" mai mayo maggio mag maio mei "),
	[]byte(" juni juin junio giugno giu junho "),
	[]byte(" juli juillet juil julio luglio lug julho "),
	[]byte(" août aout agosto ago augustus "),
	[]byte(" sept septembre septiembre settembre set setembro "),
	[]byte(" oktober okt octobre octubre ottobre ott outubro out "),
	[]byte(" novembre noviembre novembro "),
	[]byte(" dezember dez décembre decembre déc diciembre dic dicembre dezembro "),
}

// foreignMonth returns the month with a name of foreignMonths, 0 if there is none.
func foreignMonth(word []byte) int64 {
	const longest = len("septiembre")
	if len(word) < 3 || len(word) > longest {
		return 0
	}
	var name [longest + 2]byte
	name[0] = ' '
	for i, c := range word {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		name[i+1] = c
	}
	name[len(word)+1] = ' '
	for i, names := range foreignMonths {
		if bytes.Contains(names, name[:len(word)+2]) {
			return int64(i) + 1
		}
	}
	return 0
}

package columnar

import (
	"encoding/base64"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/otlog/otlog/parse/jsontext"
)

// appendText appends bytes: as text if they are UTF-8, otherwise in base64.
func appendText(dst, s []byte) []byte {
	if utf8.Valid(s) {
		return jsontext.AppendQuoted(dst, s)
	}
	return append(base64.StdEncoding.AppendEncode(append(dst, '"'), s), '"')
}

// appendFloat appends a number. JSON has no infinite ones: they are null.
func appendFloat(dst []byte, f float64, bits int) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return dst
	}
	return strconv.AppendFloat(dst, f, 'g', -1, bits)
}

// layouts of instants, by the nanoseconds of their unit.
var layouts = map[int64]string{
	int64(time.Second):      "2006-01-02T15:04:05",
	int64(time.Millisecond): "2006-01-02T15:04:05.000",
	int64(time.Microsecond): "2006-01-02T15:04:05.000000",
	int64(time.Nanosecond):  "2006-01-02T15:04:05.000000000",
}

// appendInstant appends an instant in its unit as RFC 3339, without a zone if it has none. An
// instant that has no such form is a number.
func appendInstant(dst []byte, n, unit int64, utc bool) []byte {
	perSecond := int64(time.Second) / unit
	seconds, rest := n/perSecond, n%perSecond
	t := time.Unix(seconds, rest*unit).UTC()
	if y := t.Year(); y < 0 || y > 9999 {
		return strconv.AppendInt(dst, n, 10)
	}
	dst = t.AppendFormat(append(dst, '"'), layouts[unit])
	if utc {
		dst = append(dst, 'Z')
	}
	return append(dst, '"')
}

// appendDate appends a date, given in days since 1970.
func appendDate(dst []byte, days int64) []byte {
	t := time.Unix(days*86400, 0).UTC()
	if y := t.Year(); y < 0 || y > 9999 {
		return strconv.AppendInt(dst, days, 10)
	}
	return append(t.AppendFormat(append(dst, '"'), time.DateOnly), '"')
}

// appendTimeOfDay appends a time of day in its unit.
func appendTimeOfDay(dst []byte, n, unit int64) []byte {
	perSecond := int64(time.Second) / unit
	t := time.Unix(n/perSecond, n%perSecond*unit).UTC()
	return append(t.AppendFormat(append(dst, '"'), layouts[unit][len("2006-01-02T"):]), '"')
}

// maxScale bounds the length of a decimal number.
const maxScale = 100

// appendDecimal appends a decimal number with a scale.
func appendDecimal(dst []byte, n *big.Int, scale int) []byte {
	if scale < -maxScale || scale > maxScale {
		return dst
	}
	digits := n.String()
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	dst = append(dst, sign...)
	if scale <= 0 {
		if digits == "0" {
			scale = 0
		}
		return append(append(dst, digits...), strings.Repeat("0", -scale)...)
	}
	if missing := scale + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) - scale
	return append(append(append(dst, digits[:point]...), '.'), digits[point:]...)
}

// bigEndian returns a two's complement number.
func bigEndian(b []byte) *big.Int {
	n := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return n
}

// Package digest recognizes the same input wherever it is stored: a file by its bytes ([Identity]),
// a text also if it is compressed or converted ([Content]).
package digest

import "hash/crc32"

// A Content identifies a text. Two different texts of the same size have the same CRC in 1 of 4
// billion cases. The zero Content is that of an empty text, or unknown.
type Content struct {
	Bytes int64
	CRC   uint32 // CRC-32, as in gzip and zip: it takes about 1% of the time of a scan
}

// Add adds the text that follows.
func (c *Content) Add(text []byte) {
	c.Bytes += int64(len(text))
	c.CRC = crc32.Update(c.CRC, crc32.IEEETable, text)
}

// Join adds the Content of the text that follows.
func (c *Content) Join(next Content) {
	c.Bytes += next.Bytes
	c.CRC = multiply(c.CRC, power(next.Bytes)) ^ next.CRC
}

// A CRC is a polynomial over GF(2), modulo crc32.IEEE. Its highest bit is the coefficient of 1.
// A byte that follows multiplies the CRC of a text by x^8.

// power returns x^8n.
func power(n int64) uint32 {
	p, square := uint32(1)<<31, uint32(1)<<(31-8)
	for ; n > 0; n >>= 1 {
		if n&1 > 0 {
			p = multiply(p, square)
		}
		square = multiply(square, square)
	}
	return p
}

// multiply returns the product of two polynomials.
func multiply(a, b uint32) uint32 {
	var p uint32
	for ; a > 0; a <<= 1 {
		if a>>31 > 0 {
			p ^= b
		}
		carry := b & 1 // of x^31, which becomes x^32
		b = b>>1 ^ carry*crc32.IEEE
	}
	return p
}

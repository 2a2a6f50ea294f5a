package parse

import (
	"bytes"
	"hash/crc32"
)

// A Content identifies the decoded text of an input, wherever and however it is stored. A byte
// order mark does not belong to it, so a log in UTF-8 and its copy in UTF-16 have the same
// Content. Two different texts of the same size have the same CRC in 1 of 4 billion cases.
//
// The zero Content is unknown, or that of an empty text.
type Content struct {
	Bytes int64
	CRC   uint32 // CRC-32, as in gzip and zip: its computation costs a hundredth of a scan
}

// add adds the text that follows.
func (c *Content) add(text []byte) {
	c.Bytes += int64(len(text))
	c.CRC = crc32.Update(c.CRC, crc32.IEEETable, text)
}

// join adds the Content of the text that follows.
func (c *Content) join(next Content) {
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

// digest adds data, which starts at r.offset, to the content of a Reader.
func (r *Reader) digest(data []byte) {
	if r.offset == 0 && r.content == (Content{}) {
		data = bytes.TrimPrefix(data, utf8BOM)
	}
	r.content.add(data)
}

// Content returns the content of an input whose readers have ended. It does not depend on the
// number of readers, nor on the size of blocks.
func (in *Input) Content() Content {
	var c Content
	for _, r := range in.readers {
		c.join(r.content)
	}
	return c
}

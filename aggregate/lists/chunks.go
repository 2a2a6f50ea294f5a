package lists

// Chunks is a list that grows by chunks, so that it has little spare capacity.
type Chunks[T any] struct{ chunks [][]T }

const chunkLength = 1 << 10

// Len returns the number of values.
func (s *Chunks[T]) Len() int {
	if len(s.chunks) == 0 {
		return 0
	}
	return (len(s.chunks)-1)*chunkLength + len(s.chunks[len(s.chunks)-1])
}

// At returns a value by its index.
func (s *Chunks[T]) At(i int) *T { return &s.chunks[i/chunkLength][i%chunkLength] }

// Add appends a value.
func (s *Chunks[T]) Add(x *T) {
	n := len(s.chunks)
	if n == 0 || len(s.chunks[n-1]) == chunkLength {
		s.chunks = append(s.chunks, make([]T, 0, chunkLength))
		n++
	}
	s.chunks[n-1] = append(s.chunks[n-1], *x)
}

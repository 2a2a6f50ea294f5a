package unpack_test

import (
	"testing"

	"github.com/otlog/otlog/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

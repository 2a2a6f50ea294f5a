//go:build !linux && !windows

package unnamed

import "os"

func create(dir string) (*os.File, error) { return createAndUnlink(dir) }

package main

import (
	"fmt"
	"os"
)

// boundedFile keeps what was refused, for the maintainers, up to a size: what comes from
// outside must not fill the disk.
type boundedFile struct {
	name string
	most int64 // bytes
}

// Write appends one piece; beyond the bound it is refused.
func (b *boundedFile) Write(p []byte) (int, error) {
	f, err := os.OpenFile(b.name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if info.Size()+int64(len(p)) > b.most {
		return 0, fmt.Errorf("%s has reached %d bytes: look at it and move it away", b.name, b.most)
	}
	return f.Write(p)
}

//go:build unix

package cel

import (
	"os"
	"syscall"
)

// inode is the file's number on its disk; 0 when there is none.
func inode(info os.FileInfo) uint64 {
	if info == nil {
		return 0
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Ino)
	}
	return 0
}

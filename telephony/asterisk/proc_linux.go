package asterisk

import "syscall"

// ownGroup puts the process into a group of its own, so that Ctrl-C on the terminal reaches
// only us, and has the kernel end it (tidily, with SIGTERM) should we die without a word.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}

//go:build !linux

package asterisk

import "syscall"

// ownGroup puts the process into a group of its own, so that Ctrl-C on the terminal reaches only us.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

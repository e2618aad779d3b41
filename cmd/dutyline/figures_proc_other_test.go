//go:build !linux

package main_test

import "syscall"

// endsWithUs can be asked of no other kernel: there a process that outlives us is to be ended by hand.
func endsWithUs() *syscall.SysProcAttr { return nil }

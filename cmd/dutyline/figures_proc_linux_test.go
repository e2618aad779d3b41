package main_test

import "syscall"

// endsWithUs has the kernel end a process should we die without a word.
func endsWithUs() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} }

//go:build !linux

package main

import "os"

// hideTyping cannot switch the echo off here: pipe the password in.
func hideTyping(*os.File) (show func(), terminal bool) { return func() {}, false }

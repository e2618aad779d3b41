//go:build !profile

package main

// profiled does nothing: only a binary of the tag "profile" says where its time goes.
func profiled() (stop func()) { return func() {} }

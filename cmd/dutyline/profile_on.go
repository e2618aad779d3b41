//go:build profile

package main

import (
	"os"
	"runtime/pprof"
)

// profileFile names where the profile of the CPU goes. Only the bench builds such a
// binary: a file that somebody names in the environment is written with the daemon's rights.
const profileFile = "DUTYLINE_CPU_PROFILE"

// profiled writes a profile from now on until it is stopped.
func profiled() (stop func()) {
	f, err := os.Create(os.Getenv(profileFile))
	if err != nil {
		panic("name a file in " + profileFile + ": " + err.Error())
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		panic(err)
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close() // what is missing, the reader of the profile says
	}
}

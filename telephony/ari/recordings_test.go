package ari_test

import (
	"os"
	"path/filepath"
	"testing"

	"dutyline/recorder"
	"dutyline/recorder/recordertest"
	"dutyline/telephony/ari"
)

// TestARIKeepsThePromisesOfASwitch runs the suite that every switch must pass on a real one.
func TestARIKeepsThePromisesOfASwitch(t *testing.T) {
	t.Parallel()
	p := startQuick(t)
	recordertest.SwitchSuite(t, func(t *testing.T) (recorder.Switch, func(string, []byte)) {
		put := func(name string, content []byte) {
			if err := os.WriteFile(filepath.Join(p.Settings.Recording(), name+".wav"), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return ari.New(configOf(p), nil), put
	})
}

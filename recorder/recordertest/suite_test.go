package recordertest_test

import (
	"testing"

	"dutyline/recorder"
	"dutyline/recorder/recordertest"
)

func TestStore(t *testing.T) {
	recordertest.StoreSuite(t, func(*testing.T, []string) recorder.Store { return &recordertest.Store{} })
}

func TestSwitch(t *testing.T) {
	recordertest.SwitchSuite(t, func(*testing.T) (recorder.Switch, func(string, []byte)) {
		s := &recordertest.Switch{}
		return s, s.Put
	})
}

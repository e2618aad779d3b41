package main

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dutyline/config"
	"dutyline/telephony/asterisk"
)

// The other commands are told exactly what the daemon of the practice line is told.
func TestThePracticeLinesConfigurationIsWhatItsDaemonIsTold(t *testing.T) {
	r := &practiceRun{flags: practiceFlags{dir: t.TempDir()}, ports: practicePorts{page: "127.0.0.1:8480", sip: "127.0.0.1:5160"}}
	told := r.config(asterisk.Settings{Dir: r.flags.dir, DutyUser: "duty", Trunk: "trunk", HTTPAddress: "127.0.0.1:8488", ARIUser: "dutyline", ARIPassword: "not a word of it"})
	if err := r.writeConfig(told, nil); err != nil {
		t.Fatal(err)
	}
	read, err := config.Load(r.configFile())
	if err != nil {
		t.Fatal(err)
	}
	read.ARI.PasswordFile = told.ARI.PasswordFile
	if diff := cmp.Diff(told, read); diff != "" {
		t.Errorf("(-told +written):\n%s", diff)
	}
	if info, err := os.Stat(r.configFile()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dutyline/config"
)

// A month stays open until the officers had their days and the supervisor at least one, and not for ever.
func TestHowLongAMonthStaysOpen(t *testing.T) {
	if got := config.Default().Figures.FreezeAfter; got != 10 {
		t.Errorf("a month stays open for %d working days, want 10", got)
	}
	shipped, err := os.ReadFile(filepath.Join("..", "deploy", "dutyline.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for text, wrong := range map[string]bool{"-1": true, "0": true, "3": true, "4": false, "10": false, "40": false, "41": true} { // of officers who have three
		file := filepath.Join(t.TempDir(), "dutyline.yaml")
		changed := strings.Replace(string(shipped), "freeze_after: 10", "freeze_after: "+text, 1)
		if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := config.Load(file)
		if said := err != nil && strings.Contains(err.Error(), "figures.freeze_after"); said != wrong {
			t.Errorf("%s working days: %v", text, errors.Unwrap(err))
		}
	}
}

package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dutyline/config"
)

// A month may stay open for no day at all, and for no more than a month of working days.
func TestHowLongAMonthStaysOpen(t *testing.T) {
	if got := config.Default().Figures.FreezeAfter; got != 3 {
		t.Errorf("a month stays open for %d working days, want 3", got)
	}
	shipped, err := os.ReadFile(filepath.Join("..", "deploy", "dutyline.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for text, wrong := range map[string]bool{"0": false, "3": false, "20": false, "21": true, "-1": true} {
		file := filepath.Join(t.TempDir(), "dutyline.yaml")
		changed := strings.Replace(string(shipped), "freeze_after: 3", "freeze_after: "+text, 1)
		if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := config.Load(file)
		if said := err != nil && strings.Contains(err.Error(), "figures.freeze_after"); said != wrong {
			t.Errorf("%s working days: %v", text, errors.Unwrap(err))
		}
	}
}

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dutyline/alerts/phone"
	"dutyline/config"
)

// What is missing is synthesised, what a site recorded stays, and doctor says what is missing.
func TestPromptsAreMadeWhereTheyAreMissing(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "prompts")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(folder, "alert.wav")
	if err := os.WriteFile(own, []byte("recorded here"), 0o600); err != nil {
		t.Fatal(err)
	}
	some := []phone.Prompt{{Name: "alert", Text: "值班电话告警。"}, {Name: "test", Text: "这是告警通道测试，不是告警。"}, {Name: "n-25", Text: "二十五"}}
	made, kept, err := makePrompts(t.Context(), folder, some)
	if err != nil || made != 2 || kept != 1 {
		t.Fatalf("%d made, %d kept, %v", made, kept, err)
	}
	speech, err := os.ReadFile(filepath.Join(folder, "test.alaw"))
	if err != nil || len(speech) < 8000 || len(speech) > 8*8000 {
		t.Errorf("%d bytes of A-law, %v: 1 to 8 s were expected", len(speech), err)
	}
	if b, err := os.ReadFile(own); string(b) != "recorded here" || err != nil {
		t.Errorf("a recording of the site was changed: %q, %v", b, err)
	}
	if made, kept, err := makePrompts(t.Context(), folder, some); made != 0 || kept != 3 || err != nil {
		t.Errorf("again: %d made, %d kept, %v", made, kept, err)
	}
	c := config.Default()
	if checks := checkPrompts(c); len(checks) > 0 {
		t.Errorf("without a phone channel: %+v", checks)
	}
	c.Alerts.Channels = []config.Channel{{Name: "call", Phone: &phone.Config{Prompts: folder}}}
	if got := checkPrompts(c)[0]; got.OK || !strings.Contains(got.Detail, "sound files are not in "+folder) || !strings.Contains(got.Remedy, "dutyline alerts prompts "+folder) {
		t.Errorf("%+v", got)
	}
	for _, p := range phone.Prompts(c.TelephonyLines()) {
		if err := os.WriteFile(filepath.Join(folder, p.File()), speech, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := checkPrompts(c)[0]; !got.OK {
		t.Errorf("%+v", got)
	}
	c.Alerts.Channels[0].Phone.Prompts = folder + "/none"
	if got := checkPrompts(c)[0]; got.OK || !strings.Contains(got.Detail, "there are none") {
		t.Errorf("%+v", got)
	}
}

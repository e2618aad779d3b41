package config_test

import (
	"fmt"
	"strings"
	"testing"

	"dutyline/config"
)

func TestHowLongTheOfficerHasTheFirstWord(t *testing.T) {
	t.Setenv("DUTYLINE_ARI_PASSWORD", "secret")
	for days, taken := range map[int]bool{-1: false, 0: false, 1: true, 5: true, 30: true, 31: false} {
		c, err := config.Load(write(t, small+fmt.Sprintf("\nfigures: {freeze_after: 31}\nreview: {officer_days: %d}\n", days)))
		if taken && (err != nil || c.Review.OfficerDays != days) {
			t.Errorf("%d: %+v, %v", days, c.Review, err)
		}
		if !taken && (err == nil || !strings.Contains(err.Error(), "review.officer_days")) {
			t.Errorf("%d is taken: %v", days, err)
		}
	}
	if _, err := config.Load(write(t, small+"\nreview: {officer_days: 10}\n")); err == nil || !strings.Contains(err.Error(), "figures.freeze_after") || !strings.Contains(err.Error(), "write 11 or more, usually 17") {
		t.Errorf("a month is closed when the officers' days end: %v", err)
	}
	if c, err := config.Load(write(t, small)); err != nil || c.Review.OfficerDays != 3 {
		t.Errorf("where the file says nothing: %+v, %v", c.Review, err)
	}
}

package alerts_test

import (
	"testing"

	"dutyline/alerts"
)

// Only what is sure as a rule says that it is not sure this time: a line that is silent is never proved.
func TestTheTitleSaysWhatIsNotSure(t *testing.T) {
	for _, c := range []struct {
		reason    alerts.Reason
		certainty alerts.Certainty
		want      string
	}{
		{alerts.ReasonFeatureForward, alerts.Certain, "交换机把来电转走（设有呼叫转移）"},
		{alerts.ReasonFeatureForward, alerts.Weak, "疑似交换机把来电转走（设有呼叫转移）"},
		{alerts.ReasonMissed, alerts.Weak, "疑似来电未接"},
		{alerts.ReasonUnknown, alerts.Weak, "有一次来电未能看到全过程"},
		{alerts.ReasonSilentLine, alerts.Weak, alerts.ReasonSilentLine.Title()},
	} {
		a := alerts.Alert{Reason: c.reason, Certainty: c.certainty}
		if got := a.Title(); got != c.want {
			t.Errorf("%s, %s: %q, want %q", c.reason, c.certainty, got, c.want)
		}
		if got := (alerts.Delivery{Alert: a}).Notice().Title; got != c.want {
			t.Errorf("%s, %s goes out as %q, want %q", c.reason, c.certainty, got, c.want)
		}
	}
}

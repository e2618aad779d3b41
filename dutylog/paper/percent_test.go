package paper

import "testing"

func TestNoShareIsRoundedToAllOrNone(t *testing.T) {
	for share, want := range map[float64]string{0: "0.0%", 0.00001: "0.1%", 1999.0 / 2000: "99.9%", 0.99999: "99.9%", 1: "100.0%", 2.0 / 3: "66.7%", 0.95: "95.0%"} {
		if got := rateWords(share); got != want {
			t.Errorf("%v is written %s, want %s", share, got, want)
		}
	}
}

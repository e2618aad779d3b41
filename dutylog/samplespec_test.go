package dutylog_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"dutyline/dutylog"
)

// bySpec draws by what README says, and by nothing of the program: the SHA-256 of seed, month and call id, each
// on a line of its own, the last without an end of line; the first calls of each officer are taken.
func bySpec(seed, month string, n int, calls []dutylog.Listenable) map[string][]string {
	of := map[string][]string{}
	for _, c := range calls {
		of[c.Officer] = append(of[c.Officer], c.CallID)
	}
	place := func(id string) []byte {
		sum := sha256.Sum256([]byte(seed + "\n" + month + "\n" + id))
		return sum[:]
	}
	for officer, ids := range of {
		sort.Slice(ids, func(i, j int) bool { return bytes.Compare(place(ids[i]), place(ids[j])) < 0 })
		of[officer] = ids[:min(n, len(ids))]
	}
	return of
}

// Whoever has the seed and the calls draws the same ones without this program.
func TestAnybodyDrawsTheSameSample(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 40 {
		calls := monthOfCalls(r.IntN(90))
		seed, n := fmt.Sprintf("%x", r.Uint64()), 1+r.IntN(6)
		want := bySpec(seed, "2026-10", n, calls)
		got := dutylog.Sample(seed, "2026-10", n, calls)
		if len(got) != len(want) {
			t.Fatalf("round %d: %d officers, want %d", round, len(got), len(want))
		}
		for _, s := range got {
			if !slices.Equal(s.Calls, want[s.Officer]) {
				t.Fatalf("round %d, %s: %v, want %v", round, s.Officer, s.Calls, want[s.Officer])
			}
		}
	}
}

// A larger sample has the smaller one within it, in its order: an inspector who wants more hears no other calls.
func TestALargerSampleHoldsTheSmaller(t *testing.T) {
	calls := monthOfCalls(140)
	for n := 1; n < dutylog.MostPerOfficer; n++ {
		few, more := dutylog.Sample("x", "2026-10", n, calls), dutylog.Sample("x", "2026-10", n+1, calls)
		for i := range few {
			if !slices.Equal(few[i].Calls, more[i].Calls[:len(few[i].Calls)]) || few[i].Population != more[i].Population {
				t.Fatalf("%d of %s: %v, one more: %v", n, few[i].Officer, few[i].Calls, more[i].Calls)
			}
		}
	}
}

// Nobody is drawn twice, and nobody who is not in the month.
func FuzzASampleIsOfItsMonth(f *testing.F) {
	f.Add("检查组", 40, 3)
	f.Add("", 0, 1)
	f.Fuzz(func(t *testing.T, seed string, calls, n int) {
		if calls < 0 || calls > 300 || n < 0 || n > dutylog.MostPerOfficer {
			return
		}
		all := monthOfCalls(calls)
		seen, population := map[string]bool{}, 0
		for _, s := range dutylog.Sample(seed, "2026-10", n, all) {
			population += s.Population
			if len(s.Calls) != min(n, s.Population) {
				t.Errorf("%d of %d calls, %d wanted", len(s.Calls), s.Population, n)
			}
			for _, id := range s.Calls {
				if seen[id] || !slices.Contains(all, dutylog.Listenable{CallID: id, Officer: s.Officer}) {
					t.Errorf("%s is drawn twice, or is nobody's", id)
				}
				seen[id] = true
			}
		}
		if population != calls {
			t.Errorf("%d calls became %d", calls, population)
		}
	})
}

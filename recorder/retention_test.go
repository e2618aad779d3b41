package recorder_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/recorder"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file in testdata.
func golden(t *testing.T, name string, got any) {
	t.Helper()
	text, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	if *update {
		if err := os.WriteFile("testdata/"+name, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(text)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

var today = time.Date(2026, 11, 26, 3, 30, 0, 0, time.UTC)

// usual is an object that may go as soon as it is old enough.
func usual(kind recorder.Kind, name string, daysOld int, change ...func(*recorder.Object)) recorder.Object {
	o := recorder.Object{Kind: kind, Name: name, At: today.AddDate(0, 0, -daysOld), Bytes: 1000, Verified: true, BackedUpAt: today.AddDate(0, 0, -daysOld+1)}
	for _, c := range change {
		c(&o)
	}
	return o
}

func TestRetentionIsWrittenDown(t *testing.T) {
	p := recorder.Retention{RequireBackup: true, Bounds: map[recorder.Kind]recorder.Bound{
		recorder.KindRecording: {Days: 3650}, recorder.KindTape: {Days: 30, Bytes: 2500}, recorder.KindEntry: {Days: 1}}}
	held := func(o *recorder.Object) { o.Held = true }
	unverified := func(o *recorder.Object) { o.Verified = false }
	alone := func(o *recorder.Object) { o.BackedUpAt = time.Time{} }
	inUse := func(o *recorder.Object) { o.InUse = true }
	all := []recorder.Object{
		usual(recorder.KindRecording, "old", 4000), usual(recorder.KindRecording, "on the day", 3652),
		usual(recorder.KindRecording, "the day before", 3650-3), usual(recorder.KindRecording, "young", 3),
		usual(recorder.KindRecording, "old, held", 4000, held), usual(recorder.KindRecording, "old, unverified", 4000, unverified),
		usual(recorder.KindRecording, "old, in no backup", 4000, alone), usual(recorder.KindRecording, "old, held and altered", 4000, held, unverified, alone),
		usual(recorder.KindRecording, "from the future", -400), usual(recorder.KindRecording, "without a time", 0, func(o *recorder.Object) { o.At = time.Time{} }),
		usual(recorder.KindTape, "old.jsonl", 31), usual(recorder.KindTape, "held.jsonl", 40, held),
		usual(recorder.KindTape, "too much.jsonl", 3), usual(recorder.KindTape, "fits.jsonl", 2), usual(recorder.KindTape, "today.jsonl", 0, inUse),
		usual(recorder.KindJournal, "kept for ever", 9000),
		usual(recorder.KindEntry, "e-1", 9000), usual(recorder.KindSettlement, "1", 9000), usual(recorder.KindRecord, "0", 9000),
	}
	type line struct {
		Kind recorder.Kind `json:"kind"`
		Name string        `json:"name"`
		Goes bool          `json:"goes"`
		Why  recorder.Why  `json:"why"`
		Due  string        `json:"due,omitempty"`
	}
	var lines []line
	for _, r := range p.Decide(all, today) {
		due := ""
		if !r.Due.IsZero() {
			due = r.Due.Format(time.DateOnly)
		}
		lines = append(lines, line{r.Kind, r.Name, r.Expire, r.Why, due})
	}
	golden(t, "retention.golden.json", lines)
	p.RequireBackup = false
	for _, r := range p.Decide([]recorder.Object{usual(recorder.KindRecording, "alone", 4000, alone)}, today) {
		if !r.Expire || r.Why != recorder.TooOld {
			t.Errorf("without the need of a backup: %+v", r)
		}
	}
}

// FuzzRetention: whatever the rule and the objects, nothing goes that must not.
func FuzzRetention(f *testing.F) {
	f.Add(uint8(1), 3650, 4000, int64(0), uint8(0b11))
	f.Add(uint8(2), 30, 1, int64(500), uint8(0b01))
	f.Fuzz(func(t *testing.T, kind uint8, days, age int, most int64, flags uint8) {
		kinds := []recorder.Kind{recorder.KindEntry, recorder.KindRecording, recorder.KindTape, recorder.KindJournal, recorder.KindSettlement, recorder.KindRecord, "other"}
		k := kinds[int(kind)%len(kinds)]
		p := recorder.Retention{RequireBackup: true, Bounds: map[recorder.Kind]recorder.Bound{k: {Days: days % 100_000, Bytes: most}}}
		var all []recorder.Object
		for i := range 5 {
			o := usual(k, fmt.Sprint(i), age%100_000+i)
			o.Held, o.Verified, o.InUse = flags&4 != 0, flags&1 != 0, flags&8 != 0
			if flags&2 == 0 {
				o.BackedUpAt = time.Time{}
			}
			all = append(all, o)
		}
		got := p.Decide(all, today)
		if len(got) != len(all) {
			t.Fatalf("%d rulings on %d objects", len(got), len(all))
		}
		for _, r := range got {
			mayGo := slices.Contains(kinds[1:4], k) && !r.Held && r.Verified && !r.InUse && !r.BackedUpAt.IsZero() && !r.At.After(today)
			if r.Expire && !mayGo || r.Why == "" {
				t.Fatalf("%+v", r)
			}
		}
	})
}

func TestForecastIsWrittenDown(t *testing.T) {
	const gb = 1 << 30
	days := func(kind recorder.Kind, from, perDay int64, n int) (all []recorder.Usage) {
		for i := range n {
			all = append(all, recorder.Usage{Kind: kind, Day: today.AddDate(0, 0, i-n+1).Truncate(24 * time.Hour), Bytes: from + int64(i)*perDay})
		}
		return all
	}
	quiet := append(days(recorder.KindRecording, 50*gb, 100<<20, 30), days(recorder.KindTape, 2*gb, -10<<20, 10)...)
	type scene struct {
		Name    string           `json:"name"`
		Outlook recorder.Outlook `json:"outlook"`
	}
	var all []scene
	for _, c := range []struct {
		name   string
		usages []recorder.Usage
		free   int64
	}{
		{"a new system", nil, 100 * gb},
		{"one look", days(recorder.KindRecording, gb, 0, 1), 100 * gb},
		{"years left", quiet, 1000 * gb},
		{"two weeks left", quiet, gb/2 + 14*100<<20},
		{"it does not grow", days(recorder.KindTape, 2*gb, 0, 10), 3 * gb},
		{"below the reserve", quiet, gb / 4},
		{"below the reserve on the first day", nil, gb / 4},
		{"what was long ago does not count", []recorder.Usage{{Kind: recorder.KindRecording, Day: today.AddDate(0, -2, 0), Bytes: gb}, {Kind: recorder.KindRecording, Day: today, Bytes: 90 * gb}}, 10 * gb},
	} {
		all = append(all, scene{c.name, recorder.Forecast(c.usages, c.free, gb/2, 30, today)})
	}
	golden(t, "forecast.golden.json", all)
}

package alerts_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dutyline/alerts"
	"dutyline/dutylog"
	"dutyline/recorder"
	"dutyline/telephony"
)

// wellLine is a line on which all is good.
func wellLine() alerts.LineFacts {
	return alerts.LineFacts{
		Line: telephony.Line{Name: "duty"}, State: telephony.LineState{Line: "duty", State: telephony.Idle, Since: noon.Add(-time.Hour)},
		Trunks: []alerts.TrunkFacts{{Name: "PJSIP/trunk", Qualified: true, Known: true, Online: true}},
		SIP:    alerts.SIPFacts{Wanted: true, Heard: true},
		Log:    &alerts.LineLog{Recent: []dutylog.Call{rang(telephony.Inbound, 10*time.Minute)}},
	}
}

// rang is a call of some time ago that was answered and recorded.
func rang(d telephony.Direction, ago time.Duration) dutylog.Call {
	at := noon.Add(-ago)
	c := telephony.Call{ID: "1.0", Line: "duty", Direction: d, OfferedAt: at, RangAt: at, AnsweredAt: at.Add(5 * time.Second), EndedAt: at.Add(time.Minute), Outcome: telephony.AnsweredInTime}
	return dutylog.Call{Call: c, Recording: recorder.Recording{Status: recorder.Sealed}}
}

// sealed is a recording of that length, with what was found in it.
func sealed(length time.Duration, found ...telephony.Finding) recorder.Recording {
	return recorder.Recording{Status: recorder.Sealed, Talk: length, Duration: length, Findings: found}
}

func with(c dutylog.Call, change func(*dutylog.Call)) dutylog.Call { change(&c); return c }

func wellHouse() alerts.HouseFacts {
	return alerts.HouseFacts{Journal: alerts.JournalFacts{Configured: true, OK: true}, Disk: recorder.RoomPlenty, Clock: alerts.ClockFacts{Known: true, Kept: true},
		Pages: []alerts.OpenPage{{Login: "wang", Name: "王值班", Role: dutylog.Officer, Sounds: true}}, Rostered: "王值班",
		Beat: alerts.BeatFacts{Wanted: true, Last: noon}}
}

func TestAllLampsOfAWellHouseAreGood(t *testing.T) {
	rule := alerts.DefaultHealth()
	book := alerts.NewLampBook("duty", rule, nil)
	for _, a := range book.Take(append(rule.OfLine(wellLine(), noon), rule.OfHouse(wellHouse())...), noon) {
		if len(a.Ends) == 0 {
			t.Errorf("an alert: %+v", a)
		}
	}
	lamps := book.Lamps()
	if len(lamps) != 13 {
		t.Errorf("%d lamps, want 13", len(lamps))
	}
	for _, l := range lamps {
		if l.Condition() != alerts.Good || l.Why() == "" || l.Since.IsZero() {
			t.Errorf("%s is %s since %v: %s", l.Lamp(), l.Condition(), l.Since, l.Why())
		}
	}
}

// lampCases is what makes each lamp of a well line other than good.
var lampCases = map[alerts.Cause]func(*alerts.LineFacts){
	alerts.PhoneAway:        func(f *alerts.LineFacts) { f.State.State = telephony.LineUnreachable },
	alerts.PhoneMissing:     func(f *alerts.LineFacts) { f.Faults = []telephony.Finding{telephony.EndpointMissing} },
	alerts.PhoneUnqualified: func(f *alerts.LineFacts) { f.Faults = []telephony.Finding{telephony.QualifyOff} },
	alerts.PhoneUnseen:      func(f *alerts.LineFacts) { f.State.State = telephony.LineStateUnknown },
	alerts.HookUnseen:       func(f *alerts.LineFacts) { f.State.State = telephony.LineStateUnknown },
	alerts.HookOff: func(f *alerts.LineFacts) {
		f.Log.Recent = []dutylog.Call{with(rang(telephony.Outbound, 2*time.Minute), func(c *dutylog.Call) { c.AnsweredAt, c.EndedAt = time.Time{}, time.Time{} })}
	},
	alerts.HookRefuses: func(f *alerts.LineFacts) {
		f.Log.Recent = []dutylog.Call{with(rang(telephony.Inbound, time.Minute), func(c *dutylog.Call) {
			c.RangAt, c.AnsweredAt, c.Outcome, c.Findings = time.Time{}, time.Time{}, telephony.Engaged, []telephony.Finding{telephony.BusyWithoutCall}
		}), rang(telephony.Inbound, time.Hour)}
	},
	alerts.EngagedRefused: func(f *alerts.LineFacts) {
		f.Log.Open = []alerts.Alert{{Reason: alerts.ReasonEngagedRefused, At: noon.Add(-time.Minute)}}
	},
	alerts.EngagedUnseen: func(f *alerts.LineFacts) { f.Log = nil },
	alerts.DeviceStrange: func(f *alerts.LineFacts) {
		f.Log.Open = []alerts.Alert{{Reason: alerts.ReasonMoved, At: noon}, {Reason: alerts.ReasonWrongDevice, At: noon}}
	},
	alerts.DeviceMoved:  func(f *alerts.LineFacts) { f.Log.Open = []alerts.Alert{{Reason: alerts.ReasonMoved, At: noon}} },
	alerts.DeviceNoSIP:  func(f *alerts.LineFacts) { f.SIP = alerts.SIPFacts{} },
	alerts.DeviceUnseen: func(f *alerts.LineFacts) { f.SIP.Heard = false },
	alerts.TrunkAway: func(f *alerts.LineFacts) {
		f.Trunks = append(f.Trunks, alerts.TrunkFacts{Name: "PJSIP/other", Qualified: true, Known: true})
	},
	alerts.TrunkUnqualified: func(f *alerts.LineFacts) { f.Trunks[0].Qualified = false },
	alerts.TrunkUnseen:      func(f *alerts.LineFacts) { f.Trunks[0].Known = false },
	alerts.ProofTest:        func(f *alerts.LineFacts) { f.Log.Recent[0].Tags = []telephony.Tag{telephony.TagTest} },
	alerts.ProofSilent:      func(f *alerts.LineFacts) { f.Log.Silent = true },
	alerts.ProofNever:       func(f *alerts.LineFacts) { f.Log.Recent[0].Direction = telephony.Outbound },
	alerts.ProofUnseen:      func(f *alerts.LineFacts) { f.Log = nil },
	alerts.RecordWaits: func(f *alerts.LineFacts) {
		f.Log.Recent[0].Recording = recorder.Recording{Status: recorder.Pending, Reason: "the switch is away"}
	},
	alerts.RecordNone:   func(f *alerts.LineFacts) { f.Log.Recent[0].Recording.Status = recorder.Missing },
	alerts.RecordUnseen: func(f *alerts.LineFacts) { f.Log.Recent = nil },
	alerts.RecordNoOfficer: func(f *alerts.LineFacts) {
		f.Log.Recent[0].Recording = sealed(time.Minute, telephony.SilentOfficerSide)
	},
	alerts.RecordNoCaller: func(f *alerts.LineFacts) {
		f.Log.Recent[0].Recording = sealed(time.Minute, telephony.SilentCallerSide)
	},
	alerts.RecordNoVoice: func(f *alerts.LineFacts) {
		f.Log.Recent[0].Recording = sealed(time.Minute, telephony.SilentCallerSide, telephony.SilentOfficerSide)
	},
}

var houseCases = map[alerts.Cause]func(*alerts.HouseFacts){
	alerts.JournalDown:     func(f *alerts.HouseFacts) { f.Journal.OK = false },
	alerts.JournalNone:     func(f *alerts.HouseFacts) { f.Journal = alerts.JournalFacts{} },
	alerts.DiskSoon:        func(f *alerts.HouseFacts) { f.Disk = recorder.RoomSoon },
	alerts.DiskEdge:        func(f *alerts.HouseFacts) { f.Disk = recorder.RoomEdge },
	alerts.DiskUnseen:      func(f *alerts.HouseFacts) { f.Disk = "" },
	alerts.ClockFree:       func(f *alerts.HouseFacts) { f.Clock.Kept = false },
	alerts.ClockUnseen:     func(f *alerts.HouseFacts) { f.Clock = alerts.ClockFacts{} },
	alerts.PageSilent:      func(f *alerts.HouseFacts) { f.Pages[0].Sounds = false },
	alerts.PageNone:        func(f *alerts.HouseFacts) { f.Pages[0].Role = dutylog.Supervisor },
	alerts.OfficerOther:    func(f *alerts.HouseFacts) { f.Pages[0].Name = "李值班" },
	alerts.OfficerNobody:   func(f *alerts.HouseFacts) { f.Pages = nil },
	alerts.OfficerNoRoster: func(f *alerts.HouseFacts) { f.Rostered = "" },
	alerts.BeatFailed:      func(f *alerts.HouseFacts) { f.Beat.Failed = "it answered 500" },
	alerts.BeatHeld:        func(f *alerts.HouseFacts) { f.Beat.Held = "the switch is away" },
	alerts.BeatFirst:       func(f *alerts.HouseFacts) { f.Beat.Last = time.Time{} },
	alerts.BeatNone:        func(f *alerts.HouseFacts) { f.Beat = alerts.BeatFacts{} },
}

// Each cause is found from its facts. A bad lamp raises the alert of its reason under one key when
// it has lasted, once, and the alert is over when the lamp is good again; what is not known is
// never shown as good, and ends nothing.
func TestEachLampIsJudgedAndTold(t *testing.T) {
	rule := alerts.DefaultHealth()
	seen := map[alerts.Cause]bool{alerts.OfficerUnasked: true}
	try := func(cause alerts.Cause, judge func(bad bool, at time.Time) []alerts.Judgement) {
		t.Run(string(cause), func(t *testing.T) {
			book := alerts.NewLampBook("duty", rule, nil)
			book.Take(judge(false, noon), noon)
			for _, l := range book.Lamps() {
				seen[l.Cause] = true
			}
			later := noon.Add(time.Second)
			told := raisedOf(book.Take(judge(true, later), later))
			i := slices.IndexFunc(book.Lamps(), func(l alerts.LampState) bool { return l.Cause == cause })
			if i < 0 {
				t.Fatalf("the cause is not found: %+v", book.Lamps())
			}
			lamp := book.Lamps()[i]
			seen[cause] = true
			told = append(told, raisedOf(book.Take(judge(true, later.Add(time.Hour)), later.Add(time.Hour)))...)
			over := book.Take(judge(false, later.Add(2*time.Hour)), later.Add(2*time.Hour))
			switch {
			case lamp.Condition() != alerts.Bad && lamp.Severity() != "":
				t.Errorf("%s is %s and yet %s", cause, lamp.Condition(), lamp.Severity())
			case lamp.Condition() == alerts.Bad && lamp.Severity() == "":
				t.Errorf("%s is bad without a severity", cause)
			}
			own := slices.DeleteFunc(told, func(a alerts.Alert) bool {
				return !strings.HasSuffix(string(cause), a.Key[strings.LastIndex(a.Key, "/")+1:])
			})
			if len(own) == 0 {
				return
			}
			if a := own[0]; len(own) != 1 || a.Line != "duty" || a.Severity != lamp.Severity() || a.Certainty == "" || a.At.IsZero() || !a.Reason.Lasts() {
				t.Errorf("it is told as %+v", own)
			}
			if !slices.ContainsFunc(over, func(a alerts.Alert) bool { return slices.Contains(a.Ends, own[0].Key) }) {
				t.Errorf("%s is not over when the lamp is good again: %+v", own[0].Key, over)
			}
		})
	}
	for cause, change := range lampCases {
		try(cause, func(bad bool, at time.Time) []alerts.Judgement {
			f := wellLine()
			if bad {
				change(&f)
			}
			return rule.OfLine(f, at)
		})
	}
	for cause, change := range houseCases {
		try(cause, func(bad bool, _ time.Time) []alerts.Judgement {
			f := wellHouse()
			if bad {
				change(&f)
			}
			return rule.OfHouse(f)
		})
	}
	for _, c := range alerts.Causes() {
		if !seen[c] {
			t.Errorf("no case shows %s", c)
		}
	}
}

func raisedOf(told []alerts.Alert) []alerts.Alert {
	return slices.DeleteFunc(told, func(a alerts.Alert) bool { return len(a.Ends) > 0 })
}

// steps of a page that is away, on synthetic time: nothing for two minutes, one alert then, and
// nothing more until it is back.
func TestLampWaitsBeforeItIsAnAlert(t *testing.T) {
	rule := alerts.DefaultHealth()
	book := alerts.NewLampBook("duty", rule, nil)
	var story []string
	for s := 0; s <= 300; s += 10 {
		f := wellHouse()
		if s >= 30 && s < 250 {
			f.Pages = nil
		}
		at := noon.Add(time.Duration(s) * time.Second)
		for _, a := range book.Take(rule.OfHouse(f), at) {
			if a.Reason == alerts.ReasonPage {
				story = append(story, fmt.Sprintf("%ds raised, since %v", s, a.At.Sub(noon)))
			} else if slices.Contains(a.Ends, "page_away/duty/none") && s > 0 {
				story = append(story, fmt.Sprintf("%ds over", s))
			}
		}
	}
	if diff := cmp.Diff([]string{"150s raised, since 30s", "250s over"}, story); diff != "" {
		t.Error(diff)
	}
}

// A restart forgets nothing and repeats nothing: what stood began before it, and what is good again
// by then is over. What cannot be told yet is left as it is.
func TestLampsAfterARestart(t *testing.T) {
	rule := alerts.DefaultHealth()
	began := noon.Add(-time.Hour)
	standing := []alerts.Alert{{Key: "trunk_unreachable/duty/offline", At: began}, {Key: "page_away/duty/none", At: began}}
	book := alerts.NewLampBook("duty", rule, standing)
	blind, away := wellLine(), wellLine()
	blind.State.State = telephony.LineStateUnknown
	away.Trunks[0].Online = false
	told := book.Take(rule.OfLine(blind, noon), noon)
	if slices.ContainsFunc(told, func(a alerts.Alert) bool { return slices.Contains(a.Ends, "trunk_unreachable/duty/offline") }) {
		t.Error("the trunk's alert is over although nothing can be seen")
	}
	told = book.Take(append(rule.OfLine(away, noon), rule.OfHouse(wellHouse())...), noon.Add(time.Second))
	raised := raisedOf(slices.Clone(told))
	if len(raised) > 1 || len(raised) == 1 && raised[0].Key != "trunk_unreachable/duty/offline" {
		t.Errorf("told anew: %+v", raised)
	}
	if !slices.ContainsFunc(told, func(a alerts.Alert) bool { return slices.Contains(a.Ends, "page_away/duty/none") }) {
		t.Error("the page is there again and its alert stands")
	}
}

// What could not be kept is told again.
func TestUntoldIsToldAgain(t *testing.T) {
	rule := alerts.DefaultHealth()
	book := alerts.NewLampBook("duty", rule, nil)
	f := wellHouse()
	f.Disk = recorder.RoomEdge
	for turn := range 2 {
		told := raisedOf(book.Take(rule.OfHouse(f), noon))
		if len(told) != 1 || told[0].Key != "disk_low/duty/edge" {
			t.Fatalf("turn %d tells %+v", turn, told)
		}
		book.Untold(told[0])
	}
}

func TestLampAsTheAPICarriesIt(t *testing.T) {
	book := alerts.NewLampBook("duty", alerts.DefaultHealth(), nil)
	book.Take([]alerts.Judgement{{Cause: alerts.DiskSoon, Detail: "12 GB"}}, noon)
	got, err := json.Marshal(book.Lamps()[0])
	want := `{"lamp":"disk","state":"bad","severity":"warning","since":"2026-11-23T04:17:59.603Z","cause":"disk_soon","detail":"12 GB","why":"the disk will be full soon: make room, shorten retention or move archive.folder"}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
}

// Whatever happens, and in whatever order: an alert is raised at most once until it is over, what is
// not known ends nothing, a lamp that is good has no alert standing, and since never lies ahead.
func TestLampsKeepTheirPromises(t *testing.T) {
	rule := alerts.DefaultHealth()
	for seed := range uint64(200) {
		chance := rand.New(rand.NewPCG(seed, 2))
		book := alerts.NewLampBook("duty", rule, nil)
		stands := map[string]alerts.Reason{}
		now := noon
		for range 60 {
			now = now.Add(time.Duration(chance.IntN(600)) * time.Second)
			line, house := wellLine(), wellHouse()
			line.Log.Recent = nil
			for _, change := range lampCases {
				if line.Log != nil && len(line.Log.Recent) == 0 {
					line.Log.Recent = []dutylog.Call{rang(telephony.Inbound, time.Hour)}
				}
				if line.Log != nil && chance.IntN(12) == 0 {
					change(&line)
				}
			}
			if chance.IntN(4) == 0 {
				house = alerts.HouseFacts{}
			} else if chance.IntN(2) == 0 {
				house.Pages, house.Disk, house.Clock.Kept = nil, recorder.RoomEdge, false
			}
			before := maps.Clone(stands)
			for _, a := range book.Take(append(rule.OfLine(line, now), rule.OfHouse(house)...), now) {
				if a.Key != "" {
					if _, there := stands[a.Key]; there {
						t.Fatalf("seed %d: %s is raised twice", seed, a.Key)
					}
					stands[a.Key] = a.Reason
				}
				for _, key := range a.Ends {
					delete(stands, key)
				}
			}
			for _, l := range book.Lamps() {
				if l.Since.After(now) {
					t.Fatalf("seed %d: %s since %v, which lies ahead of %v", seed, l.Cause, l.Since, now)
				}
				for key := range before {
					_, still := stands[key]
					mine := keyOf[l.Lamp()] != "" && strings.HasPrefix(key, string(keyOf[l.Lamp()])+"/")
					if mine && l.Condition() == alerts.NotKnown && !still {
						t.Fatalf("seed %d: %s is over although %s is not known", seed, key, l.Lamp())
					}
					if mine && l.Condition() == alerts.Good && still {
						t.Fatalf("seed %d: %s stands although %s is good", seed, key, l.Lamp())
					}
				}
			}
		}
	}
}

// keyOf is the reason under which a lamp is told.
var keyOf = map[alerts.Lamp]alerts.Reason{
	alerts.LampHook: alerts.ReasonOffHook, alerts.LampTrunk: alerts.ReasonTrunk, alerts.LampProof: alerts.ReasonSilentLine, alerts.LampRecord: alerts.ReasonRecorder,
	alerts.LampJournal: alerts.ReasonJournal, alerts.LampDisk: alerts.ReasonDisk, alerts.LampClock: alerts.ReasonClock, alerts.LampPage: alerts.ReasonPage,
	alerts.LampOfficer: alerts.ReasonOfficer, alerts.LampBeat: alerts.ReasonBeat,
}

// What a handset did last decides; what a switch cannot know of it is not claimed.
func TestTheHandsetIsJudgedByWhatWasSeenLast(t *testing.T) {
	rule := alerts.DefaultHealth()
	open := func(ago time.Duration) dutylog.Call {
		return with(rang(telephony.Outbound, ago), func(c *dutylog.Call) {
			c.RangAt, c.AnsweredAt, c.EndedAt, c.Outcome = time.Time{}, time.Time{}, time.Time{}, ""
		})
	}
	busy := with(rang(telephony.Inbound, 10*time.Minute), func(c *dutylog.Call) {
		c.RangAt, c.AnsweredAt, c.Findings = time.Time{}, time.Time{}, []telephony.Finding{telephony.BusyWithoutCall}
	})
	refused := with(rang(telephony.Inbound, 5*time.Minute), func(c *dutylog.Call) {
		c.RangAt, c.AnsweredAt, c.Outcome = time.Time{}, time.Time{}, telephony.Engaged // another call was on
	})
	test := with(rang(telephony.Inbound, time.Minute), func(c *dutylog.Call) { c.Tags = []telephony.Tag{telephony.TagTest} })
	for what, c := range map[string]struct {
		calls []dutylog.Call
		want  alerts.Cause
	}{
		"nothing ever":                     {nil, alerts.HookWell},
		"dials just now":                   {[]dutylog.Call{open(10 * time.Second), busy}, alerts.HookWell},
		"dials for long":                   {[]dutylog.Call{open(2 * time.Minute)}, alerts.HookOff},
		"talks for long":                   {[]dutylog.Call{with(open(time.Hour), func(c *dutylog.Call) { c.AnsweredAt = c.OfferedAt.Add(time.Second) })}, alerts.HookWell},
		"busy without a call":              {[]dutylog.Call{busy, rang(telephony.Inbound, time.Hour)}, alerts.HookRefuses},
		"busy, and refused since":          {[]dutylog.Call{refused, busy}, alerts.HookRefuses},
		"busy, and rang since":             {[]dutylog.Call{rang(telephony.Inbound, time.Minute), busy}, alerts.HookWell},
		"busy, and dialled since":          {[]dutylog.Call{rang(telephony.Outbound, time.Minute), busy}, alerts.HookWell},
		"busy, and a test call rang since": {[]dutylog.Call{test, busy}, alerts.HookWell},
	} {
		f := wellLine()
		f.Log.Recent = c.calls
		if got := rule.OfLine(f, noon)[1]; got.Cause != c.want {
			t.Errorf("%s: %s, want %s", what, got.Cause, c.want)
		}
	}
	f := wellLine()
	f.Line.Supervision, f.Log.Recent = telephony.SupervisionNone, []dutylog.Call{open(time.Hour)}
	if got := rule.OfLine(f, noon)[1]; got.Cause != alerts.HookWell {
		t.Errorf("a trunk that shows no answer: %s", got.Cause)
	}
}

// The proof of life is the newest call that rang or was answered here, a real or a test one.
func TestTheLastProofOfLife(t *testing.T) {
	unheard := with(rang(telephony.Inbound, time.Minute), func(c *dutylog.Call) {
		c.RangAt, c.AnsweredAt, c.Outcome = time.Time{}, time.Time{}, telephony.Unreachable
	})
	instant := with(rang(telephony.Inbound, 2*time.Minute), func(c *dutylog.Call) { c.RangAt = time.Time{} })
	away := with(instant, func(c *dutylog.Call) { c.Outcome = telephony.AnsweredElsewhere })
	test := with(rang(telephony.Inbound, 3*time.Minute), func(c *dutylog.Call) { c.Tags = []telephony.Tag{telephony.TagTest} })
	ours := with(test, func(c *dutylog.Call) { c.Tags = []telephony.Tag{telephony.TagSystem} })
	for what, c := range map[string]struct {
		calls []dutylog.Call
		ago   time.Duration // 0: none
		test  bool
	}{
		"none":                        {nil, 0, false},
		"only outgoing":               {[]dutylog.Call{rang(telephony.Outbound, time.Minute)}, 0, false},
		"it could not ring":           {[]dutylog.Call{unheard, rang(telephony.Inbound, time.Hour)}, time.Hour, false},
		"answered without a bell":     {[]dutylog.Call{unheard, instant}, 2 * time.Minute, false},
		"answered somewhere else":     {[]dutylog.Call{away, rang(telephony.Inbound, time.Hour)}, time.Hour, false},
		"a test call":                 {[]dutylog.Call{unheard, test, instant}, 3 * time.Minute, true},
		"a call of the product's own": {[]dutylog.Call{ours}, 0, false},
	} {
		got, ok := alerts.LastProof(c.calls)
		if ok != (c.ago > 0) || ok && (!got.At.Equal(noon.Add(-c.ago)) || got.Test != c.test) {
			t.Errorf("%s: %+v %v", what, got, ok)
		}
	}
}

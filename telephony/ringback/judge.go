package ringback

import (
	"fmt"
	"math"
)

const (
	otherFor    = 1.2  // s of other sound make it custom: no click and no gap lasts so long
	otherShare  = 0.08 // of all, likewise
	clicks      = 0.3  // s of other sound beside a tone that may be anything
	silentFor   = 6.0  // s: the longest pause of a ring-back is 5 s
	swingsLeast = 4    // by chance, a lost packet may look like one
)

// judge is a pure function of the frames: the same sound gives the same verdict.
func judge(frames []frame) Verdict {
	if len(frames) == 0 {
		return Verdict{Reason: "nothing was heard yet"}
	}
	tones := findTones(frames)
	end := at(len(frames)-1) + float64(window/2)/sampleRate
	groups := families(tones)
	strange := listenBeside(frames, tones)
	for _, g := range groups[min(1, len(groups)):] {
		strange.addNotes(g)
	}
	switch {
	case informs(bridged(tones, maxHole)):
		return Verdict{Kind: Special, Name: "special information", Certainty: Sure, Tone: measured(groups[0], nil),
			Reason: "three tones going up: the exchange announces that the call failed"}
	case keys(tones) && strange.other < clicks:
		return Verdict{Kind: Special, Name: "keys", Certainty: Likely, Tone: measured(groups[0], nil), Reason: "keys are pressed"}
	case strange.all() >= otherFor && strange.all() >= otherShare*end:
		return custom(frames, strange)
	case strange.all() > clicks:
		return Verdict{Reason: fmt.Sprintf("%.1f s of another sound were heard, too little to name it", strange.all())}
	case len(groups) == 0:
		return toneless(strange, end)
	case swings(frames, tones) >= int(max(swingsLeast, total(tones))):
		return swinging(groups[0])
	}
	return single(groups[0], end)
}

// custom names music or speech, unless a known tone was heard before it began.
func custom(frames []frame, r residue) Verdict {
	if before := int(r.first*sampleRate/hop) - window/hop; before > 0 && before < len(frames) {
		if v := judge(frames[:before]); v.Tone.Periods > 0 {
			return Verdict{Tone: v.Tone, Reason: fmt.Sprintf("%s, and from %.1f s on another sound: an announcement, or the call was answered", v.Reason, r.first)}
		}
	}
	v := Verdict{Kind: Custom, Certainty: Likely}
	if r.all() >= 2*otherFor {
		v.Name, v.Certainty = r.name(), Sure
	}
	what := v.Name
	if what == "" {
		what = "music or speech"
	}
	v.Reason = fmt.Sprintf("%.1f s of %s", r.all(), what)
	return v
}

// swinging is a note that is held. Speech over a tone would also disturb it: only when it
// lasts it is called music.
func swinging(notes []tone) Verdict {
	v := Verdict{Kind: Custom, Certainty: Likely, Reason: fmt.Sprintf("a tone near %.0f Hz that swings in pitch or loudness", notes[0].low)}
	if total(notes) >= 2*otherFor {
		v.Name = "music"
	}
	return v
}

func toneless(r residue, end float64) Verdict {
	switch {
	case r.loud > otherFor:
		return Verdict{Reason: fmt.Sprintf("%.1f s of loud noise would hide a tone", r.loud)}
	case end < silentFor:
		return Verdict{Reason: fmt.Sprintf("%.1f s of silence may be a pause", end)}
	case r.noise > 0:
		return Verdict{Kind: Silence, Certainty: Sure, Reason: fmt.Sprintf("%.1f s of silence with faint noise", end)}
	}
	return Verdict{Kind: Silence, Certainty: Sure, Reason: fmt.Sprintf("%.1f s of silence", end)}
}

// single judges bursts of one tone: the cadence says which signal it is.
func single(tones []tone, end float64) Verdict {
	possible := ""
	for _, s := range catalogue {
		if !s.has(average(tones)) || s.cadence == nil {
			continue
		}
		all := bridged(tones, s.hole())
		beats := beatsOf(all, end)
		fits, ok := s.follows(beats, 1)
		switch {
		case ok && fits >= s.needs:
			return named(s, fits, measured(all, beats))
		case ok && possible == "":
			possible = s.String()
		}
	}
	all := bridged(tones, maxHole)
	beats := beatsOf(all, end)
	t := measured(all, beats)
	torn := total(tones) < (1-fewHoles)*total(all)
	switch {
	case len(all) == 1 && all[0].length() >= continuous && !torn:
		return unbroken(all[0], t)
	case possible != "":
		return Verdict{Tone: t, Reason: fmt.Sprintf("%s may become %s, but too little was heard", t, possible)}
	}
	return unknown(beats, t, torn)
}

// unknown tells what is certain about a tone that follows no listed cadence. torn: the holes
// in it may be its cadence.
func unknown(beats []beat, t Tone, torn bool) Verdict {
	for _, s := range catalogue {
		if s.cadence == nil || !s.has(tone{low: t.Hz, high: t.Second}) {
			continue
		}
		if _, ok := s.follows(beats, nearly); ok {
			return Verdict{Tone: t, Reason: fmt.Sprintf("%s is nearly %s", t, s)}
		}
	}
	heard := 0.0
	for _, b := range beats {
		heard += b.length
	}
	if regular(beats) && heard >= unlisted && !torn {
		return Verdict{Kind: OtherTone, Certainty: Likely, Tone: t, Reason: fmt.Sprintf("%s is on no list", t)}
	}
	return Verdict{Tone: t, Reason: fmt.Sprintf("%s follows no known cadence", t)}
}

func named(s signal, fits int, t Tone) Verdict {
	t.Periods = fits / len(s.cadence)
	if s.kind == CannotTell {
		return Verdict{Tone: t, Reason: fmt.Sprintf("%s is %s", t, s.name)}
	}
	v := Verdict{Kind: s.kind, Name: s.name, Certainty: Likely, Tone: t, Reason: fmt.Sprintf("%s is %s", t, s)}
	if fits > s.needs {
		v.Certainty = Sure
	}
	return v
}

func unbroken(burst tone, t Tone) Verdict {
	for _, s := range catalogue {
		if s.cadence == nil && s.has(burst) {
			return Verdict{Kind: s.kind, Name: s.name, Certainty: Likely, Tone: t, Reason: fmt.Sprintf("%.0f Hz without a pause for %.1f s: %s", t.Hz, burst.length(), s.name)}
		}
	}
	return Verdict{Kind: OtherTone, Certainty: Likely, Tone: t, Reason: fmt.Sprintf("%.0f Hz without a pause for %.1f s", t.Hz, burst.length())}
}

// String tells pitch and cadence: "450 Hz 1.00/4.00 s".
func (t Tone) String() string {
	pitch := fmt.Sprintf("%.0f", t.Hz)
	if t.Second > 0 {
		pitch += fmt.Sprintf("+%.0f", t.Second)
	}
	if t.OnFor == 0 || t.OffFor == 0 {
		return pitch + " Hz"
	}
	return fmt.Sprintf("%s Hz %.2f/%.2f s", pitch, t.OnFor.Seconds(), t.OffFor.Seconds())
}

func measured(tones []tone, beats []beat) Tone {
	a := average(tones)
	on, off := medians(beats)
	return Tone{Hz: math.Round(a.low*10) / 10, Second: math.Round(a.high*10) / 10, OnFor: duration(on), OffFor: duration(off)}
}

// average frequencies, each tone by its length.
func average(tones []tone) (a tone) {
	all := total(tones)
	for _, t := range tones {
		a.low += t.low * t.length() / all
		a.high += t.high * t.length() / all
	}
	return a
}

// informs looks for the special information tone anywhere: what follows it is the
// exchange's own announcement.
func informs(tones []tone) bool {
	for i := 0; i+len(information) <= len(tones); i++ {
		n := 0
		for j, want := range information {
			if t := tones[i+j]; t.high == 0 && math.Abs(t.low-want) <= 50 && t.length() > 0.2 && t.length() < 0.5 {
				n++
			}
		}
		if n == len(information) {
			return true
		}
	}
	return false
}

// keys says that every tone is one of a telephone's keys.
func keys(tones []tone) bool {
	for _, t := range tones {
		if !oneOf(keyLow, t.low) || !oneOf(keyHigh, t.high) {
			return false
		}
	}
	return len(tones) > 0
}

func oneOf(all [4]float64, hz float64) bool {
	for _, f := range all {
		if math.Abs(hz-f) <= 0.018*f {
			return true
		}
	}
	return false
}

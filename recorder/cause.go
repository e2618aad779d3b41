package recorder

import "strings"

// How the sentences begin that Assess says. A row keeps the sentence, and Causes knows it again,
// also in rows that an older program wrote.
const (
	saysNeverCame = "the switch stored no recording"
	saysNoAudio   = "the switch's recording has no audio"
	saysGrowing   = "the switch is still writing the recording"
	saysOneSide   = "the switch recorded nothing"
	saysCut       = "the recording was cut on the switch"
	saysTooSoon   = saysNoAudio + ", or there was none: its files were looked at before anybody knew that the call had been answered; check the media path (codecs, NAT, firewall) between switch, trunk and phone, and that the switch can write its recording folder"
	saysAdopted   = "the recording was sealed before the duty log knew of it (the log was restored from an older backup, or the file was put there by hand); it was taken over as it lies in the archive"
	saysPerhaps   = "nobody saw whether this call was answered, and the switch has no sound of it"
)

// SaysCut and SaysOneSide begin the reasons of sealed recordings of which a part is not there; the
// duty log finds such rows by them.
const (
	SaysCut     = saysCut
	SaysOneSide = saysOneSide
)

// Cause is why a recording is not as it should be, read from its reason: one of CauseNeverCame,
// CauseNoAudio, CauseGrowing, CauseOneSide and CauseSalvaged; empty when it is another one.
func (r Recording) Cause() Cause {
	for _, c := range []struct {
		begin string
		cause Cause
	}{
		{saysNeverCame, CauseNeverCame}, {saysNoAudio, CauseNoAudio}, {saysGrowing, CauseGrowing},
		{saysOneSide, CauseOneSide}, {saysCut, CauseSalvaged},
	} {
		if strings.HasPrefix(r.Reason, c.begin) {
			return c.cause
		}
	}
	return ""
}

// EmptySide is the side of which nothing was recorded; empty unless the cause is CauseOneSide.
func (r Recording) EmptySide() Side {
	if r.Cause() != CauseOneSide {
		return ""
	}
	if strings.HasPrefix(r.Reason, saysOneSide+" of the "+emptySide(Received{})) {
		return Far
	}
	return Officer
}

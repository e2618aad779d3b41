package dutylog

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dutyline/recorder"
	"dutyline/telephony"
)

const (
	ledgerSettles = time.Minute      // so long after a call nothing is said about it: its rows are being written
	ledgerWaits   = 10 * time.Minute // a recording that is not there by then is an item
	ledgerYoung   = 5 * time.Minute  // a file of a call that began so lately may be of one that still comes into the log
	ledgerPart    = 24 * time.Hour   // a temporary file of the archive that is older was left behind
	longestName   = 255              // of a recording, in bytes: what is longer is told apart by its checksum
)

// CheckCall says what does not agree about a call.
func CheckCall(c BookedCall, now time.Time) (found []Discrepancy) {
	say := func(kind LedgerKind, why LedgerWhy, cause string) {
		found = append(found, Discrepancy{Key: string(kind) + ":" + escaped(c.ID), Kind: kind, Why: why, CallID: c.ID, EntryID: c.EntryID, Cause: cause})
	}
	if !c.Entered && OpensEntry(c.Call.Call) && now.Sub(c.OfferedAt).Abs() >= ledgerSettles {
		say(CallWithoutEntry, NoEntry, "the call has no entry in the duty log, though it should have opened one: run dutyline verify, for an entry may have been deleted behind the log's back")
	}
	age := now.Sub(c.EndedAt)
	if !c.Ended() || age.Abs() < ledgerSettles {
		return found
	}
	r := c.Recording
	waits := r.Status == recorder.Pending || r.Status == recorder.None
	switch cause := r.Cause(); {
	case r.Status == "":
		if !c.AnsweredAt.IsZero() {
			say(CallWithoutRecording, NoRow, "the call was answered, and the duty log knows of no recording: run dutyline verify, for its row may have been deleted behind the log's back")
		}
	case r.Status == recorder.Missing && cause == recorder.CauseNoAudio:
		say(HeaderOnly, NoAudio, r.Reason)
	case r.Status == recorder.Missing:
		say(CallWithoutRecording, NeverStored, r.Reason)
	case r.Status == recorder.Failed:
		say(CallWithoutRecording, NotSealed, "the recording could not be sealed: "+r.Reason)
	case waits && !r.NextTry.IsZero() && cause == recorder.CauseGrowing:
		say(StillGrowing, StillWritten, strings.SplitN(r.Reason, ";", 2)[0]+" though the call is over: look at the channel and its MixMonitor on the switch, and at the switch's disk")
	case r.Status == recorder.Pending && age >= ledgerWaits:
		say(CallWithoutRecording, WaitsLong, "the recording is still not here: "+orNothing(r.Reason))
	case r.Status == recorder.Sealed:
		checkSealed(r, say)
	}
	return found
}

// checkSealed says what is wrong with a recording that is there.
func checkSealed(r recorder.Recording, say func(LedgerKind, LedgerWhy, string)) {
	caller, officer := r.Unheard()
	const media = "the recorder on the switch may have lost a voice that was heard in the talk, or none came: call from another phone, listen to the recording," +
		" and check the switch's MixMonitor and the media path (codecs, NAT, firewall, handset)"
	switch cause := r.Cause(); {
	case cause == recorder.CauseOneSide && r.EmptySide() == recorder.Far:
		say(OneSided, CallerMissing, r.Reason)
	case cause == recorder.CauseOneSide:
		say(OneSided, OfficerMissing, r.Reason)
	case caller && officer:
		say(Silent, NothingHeard, "nobody is heard in the recording: "+media)
	case caller:
		say(OneSided, CallerSilent, "the caller is not heard in the recording: "+media)
	case officer:
		say(OneSided, OfficerSilent, "the officer is not heard in the recording: "+media)
	}
	if r.Cause() == recorder.CauseSalvaged {
		say(Truncated, CutOnSwitch, r.Reason)
	}
	if slices.Contains(r.Findings, telephony.RecordingShort) {
		say(TooShort, ShorterThan, fmt.Sprintf("the recording has %s of a talk of %s: look whether the switch's disk was full or Asterisk was killed then",
			r.Duration.Round(time.Second/10), r.Talk.Round(time.Second/10)))
	}
}

func orNothing(reason string) string {
	if reason == "" {
		return "nothing is known of why; look at the daemon's log"
	}
	return reason
}

// CheckEntry says whether an entry lacks its call. Only an entry of the kind duty may stand for
// itself: what was reported may have come another way than by telephone. A late entry may be of any kind:
// that its call was not seen is why it is one.
func CheckEntry(e BookedEntry, now time.Time) []Discrepancy {
	d := Discrepancy{Key: string(EntryWithoutCall) + ":" + escaped(e.ID), Kind: EntryWithoutCall, EntryID: e.ID, CallID: e.CallID}
	switch {
	case e.Known, now.Sub(e.At).Abs() < ledgerSettles, e.CallID == "" && (e.Late || e.Kind == KindDuty):
		return nil
	case e.CallID == "":
		d.Why, d.Cause = NoCallNamed, fmt.Sprintf("the entry is of the kind %s and names no call: choose another kind, or say in it where it came from", e.Kind)
	default:
		d.Why, d.Cause = NoCallRow, "the entry's call is not in the duty log: run dutyline verify, for the call may have been deleted behind the log's back"
	}
	return []Discrepancy{d}
}

// CheckStored says whether a recording on the switch belongs to a call. claims are the calls of
// the log that have the id in its name, also when the switch gave that id more than once.
func CheckStored(f recorder.StoredFile, claims []Claim, unseen []telephony.Interval, now time.Time) []Discrepancy {
	id, _, ours := recorder.CallOfStored(f.Name)
	d := fileItem(RecordingWithoutCall, storedSubject, f.Name)
	switch {
	case len(claims) > 0:
		for _, c := range claims {
			switch r := c.Recording; {
			case c.Running, !r.NextTry.IsZero(), r.Status == recorder.Failed, r.Status == recorder.Missing, r.Status == "":
				return nil // it is fetched or removed yet, or the call's own item says it
			}
		}
		d.CallID = claims[0].CallID
		d.Why, d.Cause = LeftOver, fmt.Sprintf("the call's recording is settled (%s), and yet the switch has a file of its name%s: listen to it there, then delete it there", claims[0].Recording.Status, soundOf(f))
	case !ours || !recorder.Plain(f.Name):
		d.Why, d.Cause = ForeignName, "no dialplan of ours gives such a name: whoever made it must look after it; it is neither fetched nor deleted"
	default:
		began := recorder.BeganAt(id)
		if now.Sub(began).Abs() < ledgerYoung {
			return nil
		}
		d.Why, d.Cause = NoSuchCall, fmt.Sprintf("the duty log has no call %s%s: look into the switch's journal of that time; keep the file until that is clear", id, soundOf(f))
		for _, i := range unseen {
			if !began.IsZero() && i.Overlaps(began, began) && (i.Kind == telephony.BlindInterval || i.Kind == telephony.SwitchDown) {
				d.Why, d.Cause = UnseenCall, fmt.Sprintf("the call of this recording came while nothing was seen (%s)%s: listen to it, and write an entry about it", i.Cause, soundOf(f))
			}
		}
	}
	return []Discrepancy{d}
}

// soundOf is what was seen of a recording that somebody looked into.
func soundOf(f recorder.StoredFile) string {
	s := f.Sound
	switch {
	case !f.Looked:
		return ""
	case s.State == "":
		return fmt.Sprintf(" (%d bytes, no WAV recording of ours)", s.Bytes)
	case s.Samples == 0:
		return fmt.Sprintf(" (%d bytes, only a header)", s.Bytes)
	case s.State == recorder.Unfinished:
		return fmt.Sprintf(" (%d bytes; its header does not agree: it was cut, is still written or lies)", s.Bytes)
	}
	return fmt.Sprintf(" (%s of audio)", (time.Duration(s.Samples) * time.Second / recorder.SampleRate).Round(time.Second/10))
}

// CheckFile says whether something in the archive belongs to a call; claim is nil when the log
// does not have the call in its name.
func CheckFile(f recorder.ArchivedFile, claim *Claim, now time.Time) []Discrepancy {
	id, ours := recorder.CallOfFile(f.Name)
	d := fileItem(RecordingWithoutCall, fileSubject, f.Name)
	if base := f.Name[strings.LastIndexByte(f.Name, '/')+1:]; strings.HasPrefix(base, ".") && strings.HasSuffix(base, ".part") && now.Sub(f.At) < ledgerPart {
		return nil // being sealed
	}
	if !ours || f.Folder {
		d.Why, d.Cause = ForeignName, "this is no sealed recording of ours: whoever put it into the archive's folder must look after it; it is never read"
		return []Discrepancy{d}
	}
	d.CallID = id
	if claim == nil {
		d.CallID = ""
		if now.Sub(f.At).Abs() < ledgerYoung {
			return nil
		}
		d.Why, d.Cause = NoSuchCall, fmt.Sprintf("the duty log has no call %s (%d bytes are here): was the log restored from an older backup? Keep the file and run dutyline verify", Printable(id), f.Size)
		return []Discrepancy{d}
	}
	r := claim.Recording
	switch named := f.Name == r.Path || f.Name == r.Path+recorder.EncryptedSuffix; {
	case r.Status == recorder.Sealed && f.Name == r.File():
		return nil
	case named && (r.Status == recorder.Pending || r.Status == recorder.None) && !r.NextTry.IsZero():
		return nil // its row is about to say so
	case r.Status == recorder.Expired || r.Status == recorder.Erased:
		d.Why, d.Cause = DecidedAway, fmt.Sprintf("decision %d took this recording (%s), and yet its file is here: delete it, and look who brought it back", r.Decision, r.Status)
	default:
		d.Why, d.Cause = LeftOver, fmt.Sprintf("the call's row does not point to this file (status %s, %s): listen to it, then move it away by hand", orUnknown(r.Status), orNoFile(r))
	}
	return []Discrepancy{d}
}

// CheckKept says whether a sealed recording's file is in the archive and as long as it was sealed. What is
// in it is for dutyline verify to say. Its item is the file's: that a person took something else
// of the call as it is says nothing of it.
func CheckKept(r recorder.Recording, size int64, there bool) []Discrepancy {
	item := func(kind LedgerKind, why LedgerWhy, cause string) []Discrepancy {
		d := fileItem(kind, fileSubject, r.File())
		d.Why, d.CallID, d.Cause = why, r.CallID, cause
		return []Discrepancy{d}
	}
	switch {
	case !there:
		return item(CallWithoutRecording, FileGone, "the recording was sealed, and its file is not in the archive: put it back from the backup, and look who took it away")
	case size != r.FileBytes():
		return item(Truncated, OtherSize, fmt.Sprintf("the recording's file has %d bytes, and %d were sealed: move it away, put it back from the backup,"+
			" and look whether the disk fails (smartctl, kernel log)", size, r.FileBytes()))
	}
	return nil
}

func orNoFile(r recorder.Recording) string {
	if r.Status == recorder.Sealed {
		return r.File()
	}
	return "no file"
}

func orUnknown(s recorder.Status) recorder.Status {
	if s == "" {
		return "not in the log"
	}
	return s
}

// fileItem names a file for people and for the ledger. The name is anybody's: it is shown, and
// never used to reach something.
func fileItem(kind LedgerKind, where, name string) Discrepancy {
	return Discrepancy{Key: string(kind) + ":" + where + escaped(name), Kind: kind, Name: Printable(name)}
}

// Printable makes a name or id fit to be shown: what is not is written as %XX, and a long one is cut.
func Printable(name string) string {
	const most = 200
	var b strings.Builder
	for i, r := range name {
		if b.Len() >= most {
			b.WriteString("…")
			break
		}
		if _, size := utf8.DecodeRuneInString(name[i:]); r == utf8.RuneError && size == 1 || !unicode.IsPrint(r) {
			for _, c := range []byte(name[i : i+size]) {
				fmt.Fprintf(&b, "%%%02X", c)
			}
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// escaped writes an id or a name so that it can be typed: letters, digits and ._-/~ stand for
// themselves, everything else is %XX. A very long one is cut and told apart by its checksum.
func escaped(name string) string {
	cut := name[:min(len(name), longestName)]
	var b strings.Builder
	for _, c := range []byte(cut) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("._-/~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	if len(cut) < len(name) {
		sum := uint64(14695981039346656037) // FNV-1a
		for _, c := range []byte(name) {
			sum = (sum ^ uint64(c)) * 1099511628211
		}
		fmt.Fprintf(&b, "%%%016x", sum)
	}
	return b.String()
}

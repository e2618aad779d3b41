package hep

import (
	"slices"
	"time"
)

// Limits bound what a View keeps. Zero means the default.
type Limits struct {
	Dialogs      int           // Call-IDs; default 1024
	Messages     int           // of one dialog; default 64. Of a longer one the beginning is kept
	Facts        int           // of one dialog; default 32
	Bytes        int           // of all messages together; default 32 MiB
	Questions    int           // REGISTER and OPTIONS that wait for an answer; default 256
	Keep         time.Duration // after the last message of a dialog that is over; default 10 min
	KeepOpen     time.Duration // after the last message of one that is not; default 12 h, longer than any talk
	AnswerWithin time.Duration // for an OPTIONS; default 4 s. Asterisk's qualify_timeout of ours is 3 s
}

// Stats count what a View has and what it had to let go.
type Stats struct {
	Dialogs, Messages, Bytes int
	Evicted                  uint64 // dialogs that went before their time, for others
	Aged                     uint64 // dialogs that went in time
	Dropped                  uint64 // messages, facts and questions that found no place
	Ignored                  uint64 // messages of no call, registration or OPTIONS of ours
}

// View joins messages to calls. It reads no clock and is not safe for concurrent use: who owns
// it passes the uptime in, which nobody can set, unlike the switch's clock in the messages.
type View struct {
	limits   Limits
	patterns []string
	phones   map[string]*phone // by SIP user
	dialogs  map[string]*dialog
	asked    map[string]question // by Call-ID
	swept    time.Duration
	stats    Stats
}

// NewView is a view of all calls, and of the registrations of these duty phones: their SIP users
// (AORs), as in telephony.Line.Endpoints without "PJSIP/". A trailing * means all that begin so.
func NewView(phones []string, l Limits) *View {
	for _, d := range []struct {
		field *int
		value int
	}{{&l.Dialogs, 1024}, {&l.Messages, 64}, {&l.Facts, 32}, {&l.Bytes, 32 << 20}, {&l.Questions, 256}} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{{&l.Keep, 10 * time.Minute}, {&l.KeepOpen, 12 * time.Hour}, {&l.AnswerWithin, 4 * time.Second}} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	return &View{limits: l, patterns: slices.Clone(phones), phones: map[string]*phone{}, dialogs: map[string]*dialog{}, asked: map[string]question{}}
}

// Take adds one message and returns what it proves, and which phones were silent until then.
func (v *View) Take(m Message) []Fact {
	facts := v.Tick(m.Up)
	d := v.dialogs[m.CallID]
	switch {
	case d != nil: // whatever it is, an OPTIONS within a call, too
	case m.Method == "REGISTER":
		return append(facts, v.register(&m)...)
	case m.Method == "OPTIONS":
		return append(facts, v.options(&m)...)
	case !slices.Contains(methodsOfCalls, m.Method):
		v.stats.Ignored++
		return facts
	default:
		d = v.begin(m.CallID)
	}
	if f, ok := v.add(d, &m); ok {
		facts = append(facts, f)
	}
	v.shrink(d)
	return facts
}

// methodsOfCalls begin a dialog here. Only INVITE does so in SIP; the others do when the daemon
// was started, or the mirror was lost, in the middle of a call.
var methodsOfCalls = []string{"INVITE", "ACK", "BYE", "CANCEL", "UPDATE", "PRACK", "INFO", "REFER"}

func (v *View) begin(callID string) *dialog {
	d := &dialog{}
	v.dialogs[callID] = d
	v.stats.Dialogs++
	return d
}

// add puts a message into its dialog.
func (v *View) add(d *dialog, m *Message) (Fact, bool) {
	d.touched = m.Up
	if before := d.again(m); before != nil {
		before.Repeats++
		return Fact{}, false
	}
	f, ok := d.learn(m)
	kept := len(d.messages) < v.limits.Messages
	if kept {
		d.messages = append(d.messages, *m)
		v.stats.Messages++
		v.grow(d, m.size())
	} else {
		v.stats.Dropped++
	}
	if !ok {
		return Fact{}, false
	}
	f.Evidence = *m
	if len(d.facts) >= v.limits.Facts {
		v.stats.Dropped++
		return f, true // said now, but not kept
	}
	d.facts = append(d.facts, f)
	v.grow(d, 512) // its evidence is the message, which counts once
	if !kept {
		v.grow(d, m.size())
	}
	return f, true
}

func (v *View) grow(d *dialog, by int) {
	d.bytes += by
	v.stats.Bytes += by
}

// Tick says which phones were silent until now, and lets go what is old.
func (v *View) Tick(up time.Duration) []Fact {
	facts := v.giveUp(up)
	if up-v.swept < min(v.limits.Keep, time.Minute) {
		return facts
	}
	v.swept = up
	for id, d := range v.dialogs {
		if age := up - d.touched; age > v.limits.KeepOpen || d.over && age > v.limits.Keep {
			v.forget(id, d)
			v.stats.Aged++
		}
	}
	return facts
}

// Deadline is the uptime at which Tick has something to say; 0 when it has not.
func (v *View) Deadline() time.Duration {
	var next time.Duration
	for _, q := range v.asked {
		if next == 0 || q.until < next {
			next = q.until
		}
	}
	return next
}

// shrink makes room. Dialogs that are over go first, then those that were silent longest, so
// that a flood of refused calls does not push out the one on which somebody talks.
func (v *View) shrink(keep *dialog) {
	for len(v.dialogs) > v.limits.Dialogs || v.stats.Bytes > v.limits.Bytes {
		var id string
		var worst *dialog
		for i, d := range v.dialogs {
			if d != keep && (worst == nil || d.over && !worst.over || d.over == worst.over && d.touched < worst.touched) {
				id, worst = i, d
			}
		}
		if worst == nil {
			return
		}
		v.forget(id, worst)
		v.stats.Evicted++
	}
}

func (v *View) forget(id string, d *dialog) {
	delete(v.dialogs, id)
	v.stats.Dialogs--
	v.stats.Messages -= len(d.messages)
	v.stats.Bytes -= d.bytes
}

// Messages are those of one dialog in the order in which they came: the Call-ID is that of
// telephony.Channel.SIPCallID. They are the caller's to keep.
func (v *View) Messages(callID string) []Message {
	if d := v.dialogs[callID]; d != nil {
		return slices.Clone(d.messages)
	}
	return nil
}

// Facts are what the messages of one dialog prove, in order.
func (v *View) Facts(callID string) []Fact {
	if d := v.dialogs[callID]; d != nil {
		return slices.Clone(d.facts)
	}
	return nil
}

// SentOn is the first proof that the called side had the call rung elsewhere. Asked with the
// Call-ID of the duty phone's channel it says that the phone forwarded the call, also where
// redirect_method=uri_pjsip shows ARI an ordinary answer.
func (v *View) SentOn(callID string) (Fact, bool) {
	for _, f := range v.Facts(callID) {
		if f.Kind == Moved || f.Kind == SendingOn || f.Kind == Followed {
			return f, true
		}
	}
	return Fact{}, false
}

// Home is where a phone is registered: where several devices hold its account at once, the one that
// did first. It is false as long as no registration was seen.
func (v *View) Home(user string) (Binding, bool) {
	p := v.phones[user]
	if p == nil || len(p.known) == 0 {
		return Binding{}, false
	}
	return p.known[0], true
}

// Stats count what is kept and what was let go.
func (v *View) Stats() Stats { return v.stats }

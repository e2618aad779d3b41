package practice

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"dutyline/telephony"
)

// ownUser marks the simulated phone's contact: what it registered in an earlier life is its own too.
const ownUser = "dutyline-practice"

// registration times. The switch forgets a phone that died after bindingTime.
const (
	bindingTime   = 60 * time.Second
	registerLimit = 2 * time.Second // for one exchange with the switch
)

// registrar keeps the simulated phone registered and lets a real one take its place. It asks
// for the bindings before every registration of its own, so that it takes nothing away.
type registrar struct {
	agent    *agent
	aor      sip.Uri // the duty phone's address at the switch
	password string
	every    time.Duration
	tell     func(Note)
	log      *slog.Logger
	ready    func()                                            // called once there is a phone, ours or a real one
	sees     func(context.Context) (telephony.Endpoint, error) // how the switch sees the duty phone; nil: nobody can tell
	patience time.Duration                                     // with a real phone that the switch does not reach

	id    sip.CallIDHeader
	seq   uint32
	tag   string
	state NoteKind
	due   time.Time // when our binding is to be renewed

	silent      string    // the address of a real phone that is registered and not reached
	silentSince time.Time // since the first look at which it was so
}

// verdict is what to do about the bindings that the switch has.
type verdict string

const (
	stay    verdict = "stay"    // ours is there and fresh
	bind    verdict = "bind"    // none is there, or ours is to be renewed
	aside   verdict = "aside"   // another phone's is there
	retreat verdict = "retreat" // another phone's is there beside ours
)

// judge looks at the bindings: own is our address, due whether our binding needs renewal, gone
// whether another phone's binding outlived its phone: that one cannot ring, so it counts no more.
func judge(bindings []sip.Uri, own sip.Uri, due, gone bool) verdict {
	mine, foreign := false, false
	for _, b := range bindings {
		switch {
		case b.User != own.User:
			foreign = foreign || !gone
		case b.Host == own.Host && b.Port == own.Port:
			mine = true
		}
	}
	switch {
	case foreign && mine:
		return retreat
	case foreign:
		return aside
	case mine && !due:
		return stay
	}
	return bind
}

// run looks after the registration until ctx ends, then gives it back.
func (r *registrar) run(ctx context.Context) {
	r.id, r.tag = sip.CallIDHeader(sip.GenerateTagN(24)), sip.GenerateTagN(16)
	tick := time.NewTicker(r.every)
	defer tick.Stop()
	for {
		if err := r.look(ctx); err != nil && ctx.Err() == nil {
			r.enter(PhoneUnregistered, err.Error())
		}
		select {
		case <-ctx.Done():
			r.leave()
			return
		case <-tick.C:
		}
	}
}

// look is one round: ask, judge, act.
func (r *registrar) look(ctx context.Context) error {
	bindings, err := r.register(ctx, "query the registered phones", -1)
	if err != nil {
		return err
	}
	gone := r.gone(ctx, address(bindings))
	switch judge(bindings, r.own(), time.Now().After(r.due), gone) {
	case stay: // perhaps the switch was away and has remembered us
		r.enter(PhoneRegistered, "the simulated duty phone is registered")
	case aside:
		r.enter(PhoneAside, fmt.Sprintf("a real phone (%s) is registered: it rings instead of the simulated one", address(bindings)))
	case retreat:
		if _, err := r.register(ctx, "give the registration back", 0); err != nil {
			return err
		}
		r.enter(PhoneAside, "a real phone is registered: it rings instead of the simulated one")
	case bind:
		if _, err := r.register(ctx, "register the simulated phone", bindingTime); err != nil {
			return err
		}
		r.due = time.Now().Add(bindingTime / 2)
		text := "the simulated duty phone is registered"
		if gone {
			text = fmt.Sprintf("the real phone (%s) does not answer the switch any more: %s; let the real one register anew when it is back", address(bindings), text)
		}
		r.enter(PhoneRegistered, text)
	}
	return nil
}

// gone reports whether the switch has not reached the real phone at this address for so long
// that it is not there any more, though its registration has not run out. A phone that has just
// registered counts as not reached until it has answered once: one look is not enough.
func (r *registrar) gone(ctx context.Context, phone string) bool {
	if phone == "" || r.sees == nil || r.reached(ctx) {
		r.silent = ""
		return false
	}
	if phone != r.silent {
		r.silent, r.silentSince = phone, time.Now()
	}
	return time.Since(r.silentSince) >= r.patience
}

// reached is also true when the switch does not tell: then what is registered counts.
func (r *registrar) reached(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, registerLimit)
	defer cancel()
	phone, err := r.sees(ctx)
	return err != nil || !phone.Known || phone.Online
}

// address is where the real phone is; empty when none is registered.
func address(bindings []sip.Uri) string {
	for _, b := range bindings {
		if b.User != ownUser {
			return b.HostPort()
		}
	}
	return ""
}

// leave gives our binding back, if it is still ours.
func (r *registrar) leave() {
	if r.state != PhoneRegistered {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), registerLimit)
	defer cancel()
	if _, err := r.register(ctx, "give the registration back", 0); err != nil {
		r.log.Debug("un-register", "error", err)
	}
	r.enter(PhoneUnregistered, "the simulated duty phone is gone")
}

func (r *registrar) enter(state NoteKind, text string) {
	if r.state == state {
		return
	}
	r.state = state
	r.tell(Note{At: time.Now(), Kind: state, Text: text})
	if state != PhoneUnregistered {
		r.ready()
	}
}

func (r *registrar) own() sip.Uri { return r.agent.contact(ownUser).Address }

// register sends one REGISTER and answers the challenge: with a time to bind, 0 to unbind,
// less to ask only. It returns the bindings that the switch has afterwards.
func (r *registrar) register(ctx context.Context, what string, binding time.Duration) ([]sip.Uri, error) {
	ctx, cancel := context.WithTimeout(ctx, registerLimit)
	defer cancel()
	req := r.request(binding)
	res, err := r.agent.client.Do(ctx, req)
	if err == nil && (res.StatusCode == sip.StatusUnauthorized || res.StatusCode == sip.StatusProxyAuthRequired) {
		res, err = r.agent.client.DoDigestAuth(ctx, req, res, sipgo.DigestAuth{Username: r.aor.User, Password: r.password})
		r.seq++
	}
	if err != nil {
		return nil, fmt.Errorf("%s: the switch at %s does not answer (%w); is it running?", what, r.aor.HostPort(), err)
	}
	switch {
	case res.StatusCode == sip.StatusUnauthorized || res.StatusCode == sip.StatusForbidden:
		return nil, fmt.Errorf("%s: the switch at %s refuses user %s (SIP %d); check the duty phone's name and password", what, r.aor.HostPort(), r.aor.User, res.StatusCode)
	case !res.IsSuccess():
		return nil, fmt.Errorf("%s: the switch at %s answers SIP %d %s; look at its log", what, r.aor.HostPort(), res.StatusCode, res.Reason)
	}
	var bindings []sip.Uri
	for _, h := range res.GetHeaders("Contact") {
		if c, ok := h.(*sip.ContactHeader); ok {
			bindings = append(bindings, c.Address)
		}
	}
	return bindings, nil
}

func (r *registrar) request(binding time.Duration) *sip.Request {
	registrarURI := r.aor
	registrarURI.User = ""
	req := sip.NewRequest(sip.REGISTER, registrarURI)
	from := sip.FromHeader{Address: r.aor, Params: sip.NewParams()}
	from.Params.Add("tag", r.tag)
	req.AppendHeader(&from)
	req.AppendHeader(&sip.ToHeader{Address: r.aor})
	id := r.id
	req.AppendHeader(&id)
	r.seq++
	req.AppendHeader(&sip.CSeqHeader{SeqNo: r.seq, MethodName: sip.REGISTER})
	if binding >= 0 {
		contact := r.agent.contact(ownUser)
		req.AppendHeader(&contact)
		expires := sip.ExpiresHeader(binding / time.Second)
		req.AppendHeader(&expires)
	}
	return req
}

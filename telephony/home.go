package telephony

import (
	"slices"
	"strings"
	"time"
)

// HomeEye says by what it is known where a phone is registered. Behind a router the two may name
// different hosts for one place, so each is compared with itself only.
type HomeEye string

// The two of them.
const (
	HomeByContact HomeEye = "contact" // the contact that the switch keeps of it
	HomeBySIP     HomeEye = "sip"     // where its registration came from
)

// Home is where a duty phone is registered.
type Home struct {
	Phone string // its SIP user: the endpoint without "PJSIP/"
	Eye   HomeEye
	Host  string
	URI   string // of the contact; tells apart two of one host. The log does not keep it
}

// bothEyes is how far the two eyes may be apart on one move.
const bothEyes = 10 * time.Second

// Homes knows where the duty phones are registered, from run to run. A host counts, not its port: a
// phone that starts again may choose another one. It is a pure value, not safe for use by two
// goroutines at once.
type Homes struct {
	last  map[homeKey]string  // where each was registered last
	here  map[homeKey][]Home  // of this run: where it is registered now
	moved map[string]toldMove // of a phone, as it was told last
}

type toldMove struct {
	eye HomeEye
	at  time.Time
}

type homeKey struct {
	eye   HomeEye
	phone string
}

// NewHomes begins with what the log knows from earlier runs.
func NewHomes(known []Home) *Homes {
	h := &Homes{last: map[homeKey]string{}, here: map[homeKey][]Home{}, moved: map[string]toldMove{}}
	for _, k := range known {
		h.last[homeKey{k.Eye, k.Phone}] = k.Host
	}
	return h
}

// Seen takes that a phone is registered somewhere. It reports whether that is to be kept, and from
// where the phone moved there; empty when it did not, or the other eye told of it.
func (h *Homes) Seen(home Home, at time.Time) (from string, news bool) {
	key := homeKey{home.Eye, home.Phone}
	last, known := h.last[key]
	if home.Host == "" || !known && len(h.last) >= maxPhones || slices.Contains(h.here[key], home) {
		return "", false // the last: one of several that share an account, or the same again
	}
	h.here[key] = append(h.here[key], home)
	if home.Eye == HomeBySIP || len(h.here[key]) > maxHomes { // of a REGISTER only the newest counts
		h.here[key] = []Home{home}
	}
	h.last[key] = home.Host
	if !known || last == home.Host {
		return "", !known
	}
	if told, ok := h.moved[home.Phone]; ok && told.eye != home.Eye && at.Sub(told.at).Abs() < bothEyes {
		return "", true
	}
	h.moved[home.Phone] = toldMove{home.Eye, at}
	return last, true
}

// maxHomes bounds from how many places one account is remembered to be registered at once.
const maxHomes = 16

// Among takes all the places where a phone is registered now, as the switch answered, and gives those
// that are to be taken by Seen. Where it was before is among them as a rule: then it did not move, and
// others that share its account are told as they come, not at each start.
func (h *Homes) Among(homes []Home) []Home {
	for _, home := range homes {
		key := homeKey{home.Eye, home.Phone}
		if last, known := h.last[key]; !known || last != home.Host {
			continue
		}
		for _, other := range homes {
			if !slices.Contains(h.here[key], other) && len(h.here[key]) < maxHomes {
				h.here[key] = append(h.here[key], other)
			}
		}
		return nil
	}
	return homes
}

// Gone takes that a registration ended. Where the phone was stays known.
func (h *Homes) Gone(home Home) {
	key := homeKey{home.Eye, home.Phone}
	h.here[key] = slices.DeleteFunc(h.here[key], func(o Home) bool { return o == home })
}

// Of is where a phone registers by SIP, if this run has proof of it: it saw it register, or the
// switch keeps the contact that the log knows it by.
func (h *Homes) Of(phone string) (host string, proved bool) {
	last, known := h.last[homeKey{HomeBySIP, phone}]
	proved = known && (h.Anywhere(phone, HomeBySIP) ||
		slices.ContainsFunc(h.here[homeKey{HomeByContact, phone}], func(o Home) bool { return o.Host == last }))
	return last, proved
}

// Anywhere reports whether this run knows of a place where a phone is registered now.
func (h *Homes) Anywhere(phone string, eye HomeEye) bool { return len(h.here[homeKey{eye, phone}]) > 0 }

// ContactHost is the host of a contact such as "sip:duty@192.0.2.20:5060;transport=udp"; empty when
// it has none.
func ContactHost(uri string) string {
	uri = strings.TrimPrefix(strings.TrimSpace(uri), "<")
	scheme, rest, ok := strings.Cut(uri, ":")
	if !ok || scheme != "sip" && scheme != "sips" {
		return ""
	}
	if end := strings.IndexAny(rest, ";?>"); end >= 0 {
		rest = rest[:end]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	if after, v6 := strings.CutPrefix(rest, "["); v6 {
		rest, _, _ = strings.Cut(after, "]")
	} else {
		rest, _, _ = strings.Cut(rest, ":")
	}
	return printable(strings.ToLower(rest), maxNumber)
}

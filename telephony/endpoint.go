package telephony

import "strings"

// EndpointOf takes the endpoint out of a channel's name: "PJSIP/duty-0000001a" is a
// channel of "PJSIP/duty". Names without the switch's counter are returned as they are.
func EndpointOf(channel string) string {
	cut := strings.LastIndexByte(channel, '-')
	if cut < 0 || len(channel)-cut-1 < 8 {
		return channel
	}
	for _, c := range []byte(channel[cut+1:]) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return channel
		}
	}
	return channel[:cut]
}

// MatchEndpoint reports whether an endpoint is meant by a pattern: the same name, or,
// where the pattern ends in "*", a name that begins like it. "PJSIP/duty" does not
// mean "PJSIP/dutyroom2"; "PJSIP/duty*" does.
func MatchEndpoint(pattern, endpoint string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(endpoint, prefix)
	}
	return pattern == endpoint
}

// IsDuty reports whether an endpoint is one of the line's duty phones.
func (l Line) IsDuty(endpoint string) bool { return matchAny(l.Endpoints, endpoint) }

// IsTrunk reports whether an endpoint is one of the line's trunks.
func (l Line) IsTrunk(endpoint string) bool { return matchAny(l.Trunks, endpoint) }

func matchAny(patterns []string, endpoint string) bool {
	for _, p := range patterns {
		if MatchEndpoint(p, endpoint) {
			return true
		}
	}
	return false
}

// localPair splits the name of a Local channel, "Local/12350@ctx-00000014;1", into what
// its two halves share and which half it is.
func localPair(name string) (base string, second, ok bool) {
	if !strings.HasPrefix(name, "Local/") {
		return "", false, false
	}
	if base, ok = strings.CutSuffix(name, ";1"); ok {
		return base, false, true
	}
	base, ok = strings.CutSuffix(name, ";2")
	return base, true, ok
}

// dialsEndpoint reports whether the argument of the dialplan application Dial names a
// duty phone of the line: "PJSIP/duty&PJSIP/201,30". It tells of an attempt even when
// the switch makes no channel for it, as with a phone that is not registered.
func (l Line) dialsEndpoint(appData string) bool {
	targets, _, _ := strings.Cut(appData, ",")
	for target := range strings.SplitSeq(targets, "&") {
		if l.IsDuty(target) {
			return true
		}
		// "PJSIP/duty/sip:duty@192.0.2.7" names the endpoint and one of its contacts.
		if parts := strings.SplitN(target, "/", 3); len(parts) == 3 && l.IsDuty(parts[0]+"/"+parts[1]) {
			return true
		}
	}
	return false
}

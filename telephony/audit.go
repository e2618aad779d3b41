package telephony

// Fault is a configuration of the switch that would hide something or keep the phone from
// ringing.
type Fault struct {
	Line    string
	Finding Finding
	Detail  string // the endpoint, what follows from it, and the remedy
}

// EndpointSettings is what an audit reads of a duty endpoint's configuration.
type EndpointSettings struct {
	Known            bool   // the switch knows the endpoint
	RedirectMethod   string // "user", "uri_core" or "uri_pjsip"
	QualifyFrequency string // seconds; "0" or "" is off
}

// AuditEndpoint says what is wrong with a duty endpoint's configuration.
func AuditEndpoint(line, endpoint string, s EndpointSettings) []Fault {
	if !s.Known {
		return []Fault{{line, EndpointMissing, endpoint + " is not known to the switch, so it cannot ring: add it to pjsip.conf or correct the line's endpoints"}}
	}
	var faults []Fault
	if s.RedirectMethod == "uri_pjsip" {
		faults = append(faults, Fault{line, RedirectURIPJSIP, endpoint + " has redirect_method=uri_pjsip, which hides a redirect by the phone: set redirect_method=user in pjsip.conf"})
	}
	if !Qualifies(s.QualifyFrequency) {
		faults = append(faults, Fault{line, QualifyOff, endpoint + " has no qualify_frequency, so a dead phone would still read as online: set qualify_frequency=10 in its aor"})
	}
	return faults
}

// Qualifies reports whether a qualify_frequency, as the switch gives it, makes it ask.
func Qualifies(frequency string) bool {
	return frequency != "" && frequency != "0" && frequency != "0.0"
}

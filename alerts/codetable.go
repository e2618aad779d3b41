package alerts

import "slices"

// Styles of the shipped codes.
const (
	ExchangeStyle = "exchange" // program-controlled exchanges in China (程控新业务)
	MobileStyle   = "mobile"   // GSM supplementary services (3GPP TS 22.030), as also some exchanges and gateways take them
	PBXStyle      = "pbx"      // vertical service codes of common PBX systems
)

// ShippedCodes is the table where the site says nothing else. That a code is in it does not mean
// that this line's exchange knows it: what was dialled is certain, what it did there is not.
func ShippedCodes() Codes {
	codes, err := NewCodes(slices.Concat(shippedCodes, mobileCodes()))
	if err != nil {
		panic(err) // a mistake in the table below; a test reads it
	}
	return codes
}

// mobileServices are the services of forwarding, in 3GPP TS 22.030 annex B.
var mobileServices = []struct {
	code  string
	means Meaning
}{{"21", ForwardsAll}, {"002", ForwardsAll}, {"67", ForwardsBusy}, {"61", ForwardsNoAnswer}, {"62", ForwardsUnreachable}, {"004", ForwardsUnreachable}}

// mobileCodes are *…# to set, **…# to register, #…# and ##…# to cancel and *#…# to ask, of every
// service. Behind the number may stand the basic service (11 is speech) and how long it rings first,
// in seconds: **61*N*11*20#, **61*N**20#.
func mobileCodes() (out []Code) {
	for _, s := range mobileServices {
		for _, stars := range []string{"*", "**"} {
			out = append(out, Code{stars + s.code + "#", s.means, MobileStyle}) // to the number that was registered before
			for _, tail := range []string{"", "*B", "**B", "*B*B"} {
				out = append(out, Code{stars + s.code + "*N" + tail + "#", s.means, MobileStyle})
			}
		}
		for _, tail := range []string{"", "*B", "**B", "*B*B", "**B*B"} {
			out = append(out, Code{"#" + s.code + tail + "#", CancelsForward, MobileStyle},
				Code{"##" + s.code + tail + "#", CancelsForward, MobileStyle}, Code{"*#" + s.code + tail + "#", QueriesForward, MobileStyle})
		}
	}
	return out
}

// The exchange's codes are those of carriers' printed instructions.
var shippedCodes = []Code{
	{"*57*N#", ForwardsAll, ExchangeStyle},
	{"#57#", CancelsForward, ExchangeStyle},
	{"*#57#", QueriesForward, ExchangeStyle},
	{"*40*N#", ForwardsBusy, ExchangeStyle},
	{"#40#", CancelsForward, ExchangeStyle},
	{"*#40#", QueriesForward, ExchangeStyle},
	{"*41*N#", ForwardsNoAnswer, ExchangeStyle},
	{"#41#", CancelsForward, ExchangeStyle},
	{"*#41#", QueriesForward, ExchangeStyle},
	{"*56#", DoNotDisturb, ExchangeStyle},
	{"#56#", OtherService, ExchangeStyle},
	{"*55*T#", Alarm, ExchangeStyle},
	{"#55#", OtherService, ExchangeStyle},
	{"*52*N#", Hotline, ExchangeStyle},
	{"*521*N#", Hotline, ExchangeStyle},
	{"#52#", OtherService, ExchangeStyle},
	{"*54*N#", BarsOutgoing, ExchangeStyle},
	{"#54*N#", OtherService, ExchangeStyle},
	{"*#54#", OtherService, ExchangeStyle},

	{"*21N", ForwardsAll, PBXStyle},
	{"*71", ForwardsNoAnswer, PBXStyle},
	{"*71N", ForwardsNoAnswer, PBXStyle},
	{"*71*N#", ForwardsNoAnswer, PBXStyle},
	{"*72", ForwardsAll, PBXStyle},
	{"*72N", ForwardsAll, PBXStyle},
	{"*72*N#", ForwardsAll, PBXStyle},
	{"*73", CancelsForward, PBXStyle},
	{"*73N", CancelsForward, PBXStyle},
	{"*74", CancelsForward, PBXStyle},
	{"*74N", CancelsForward, PBXStyle},
	{"*90", ForwardsBusy, PBXStyle},
	{"*90N", ForwardsBusy, PBXStyle},
	{"*90*N#", ForwardsBusy, PBXStyle},
	{"*91", CancelsForward, PBXStyle},
	{"*52", ForwardsUnreachable, PBXStyle},
	{"*52N", ForwardsUnreachable, PBXStyle},
	{"*53", CancelsForward, PBXStyle},
	{"*78", DoNotDisturb, PBXStyle},
	{"*79", OtherService, PBXStyle},
	{"*76", OtherService, PBXStyle},
	{"*8", OtherService, PBXStyle}, // picks up a call that rings elsewhere
	{"*8N", OtherService, PBXStyle},
	{"**N", OtherService, PBXStyle},
}

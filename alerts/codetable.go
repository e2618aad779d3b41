package alerts

// Styles of the shipped codes.
const (
	ExchangeStyle = "exchange" // program-controlled exchanges in China (程控新业务)
	MobileStyle   = "mobile"   // GSM supplementary services (3GPP TS 22.030), as also some exchanges and gateways take them
	PBXStyle      = "pbx"      // vertical service codes of common PBX systems
)

// ShippedCodes is the table where the site says nothing else. That a code is in it does not mean
// that this line's exchange knows it: what was dialled is certain, what it did there is not.
func ShippedCodes() Codes {
	codes, err := NewCodes(shippedCodes)
	if err != nil {
		panic(err) // a mistake in the table below; a test reads it
	}
	return codes
}

// The exchange's codes are those of carriers' printed instructions; the mobile ones follow the
// services 21 (all), 67 (busy), 61 (no answer), 62 (unreachable), 002 (every) and 004 (the
// conditional ones) with *…# to set, **…# to register, #…# and ##…# to cancel, *#…# to ask.
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

	{"*21*N#", ForwardsAll, MobileStyle},
	{"**21*N#", ForwardsAll, MobileStyle},
	{"*21#", ForwardsAll, MobileStyle}, // to the number that was registered before
	{"*002*N#", ForwardsAll, MobileStyle},
	{"**002*N#", ForwardsAll, MobileStyle},
	{"*67*N#", ForwardsBusy, MobileStyle},
	{"**67*N#", ForwardsBusy, MobileStyle},
	{"*61*N#", ForwardsNoAnswer, MobileStyle},
	{"**61*N#", ForwardsNoAnswer, MobileStyle},
	{"*62*N#", ForwardsUnreachable, MobileStyle},
	{"**62*N#", ForwardsUnreachable, MobileStyle},
	{"*004*N#", ForwardsUnreachable, MobileStyle},
	{"**004*N#", ForwardsUnreachable, MobileStyle},
	{"#21#", CancelsForward, MobileStyle},
	{"##21#", CancelsForward, MobileStyle},
	{"#67#", CancelsForward, MobileStyle},
	{"##67#", CancelsForward, MobileStyle},
	{"#61#", CancelsForward, MobileStyle},
	{"##61#", CancelsForward, MobileStyle},
	{"#62#", CancelsForward, MobileStyle},
	{"##62#", CancelsForward, MobileStyle},
	{"##002#", CancelsForward, MobileStyle},
	{"##004#", CancelsForward, MobileStyle},
	{"*#21#", QueriesForward, MobileStyle},
	{"*#67#", QueriesForward, MobileStyle},
	{"*#61#", QueriesForward, MobileStyle},
	{"*#62#", QueriesForward, MobileStyle},
	{"*#002#", QueriesForward, MobileStyle},
	{"*#004#", QueriesForward, MobileStyle},

	{"*71N", ForwardsNoAnswer, PBXStyle},
	{"*72", ForwardsAll, PBXStyle},
	{"*72N", ForwardsAll, PBXStyle},
	{"*72*N#", ForwardsAll, PBXStyle},
	{"*73", CancelsForward, PBXStyle},
	{"*73N", CancelsForward, PBXStyle},
	{"*74", CancelsForward, PBXStyle},
	{"*90", ForwardsBusy, PBXStyle},
	{"*90N", ForwardsBusy, PBXStyle},
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

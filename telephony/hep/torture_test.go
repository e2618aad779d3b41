package hep_test

import (
	"strings"
	"testing"

	"dutyline/telephony/hep"
)

// torment is a message after RFC 4475, in short: what it tests is as there, what surrounds it is not.
type torment struct {
	name    string
	payload []byte
	want    hep.Reason // empty: it is read
	check   func(m hep.Message) bool
}

// torments keeps the RFC's names and order: messages that are valid, then those that are not.
var torments = []torment{
	{"wsinv: folding, odd spaces, compact and full names, any case", lines(
		"INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0",
		"TO :", " sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n",
		`from   : "J Rosenberg \\\""       <sip:jdrosen@example.com>`, "  ;", "  tag = 98asjd8",
		"MaX-fOrWaRdS: 0068", "Call-ID: wsinv.ndaksdj@192.0.2.1", "Content-Length   : 150",
		"cseq: 0009", "  INVITE", "Via  : SIP  /   2.0", " /UDP", "    192.0.2.2;branch=390skdjuw",
		"s :", "NewFangledHeader:   newfangled value", " continued newfangled value",
		"UnknownHeaderWithUnusualValue: ;;,,;;,;", "Content-Type: application/sdp",
		"v:  SIP  / 2.0  / TCP     spindle.example.com   ;", "  branch  =   z9hG4bK9ikj8  ,", " SIP  /    2.0   / UDP  192.168.255.111   ; branch=", " z9hG4bK30239",
		`m:"Quoted string \"\"" <sip:jdrosen@example.com> ; newparam =`, "      newvalue ;", "  secondparam ; q = 0.33",
		"", "v=0"), "", func(m hep.Message) bool {
		return m.CSeq == 9 && m.Method == "INVITE" && m.FromTag == "98asjd8" && m.ToTag == "1918181833n" && m.SDP && len(m.Contacts) == 1
	}},
	{"intmeth: every character that a method and a value may have", lines(
		"!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0",
		"Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK-.!%66*_+`'~",
		`To: "BEL:\ NUL:\ DEL:\" <sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com>`,
		"From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%=\"работающий\";tag=_token~1'+`*%!-.",
		"Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{", "CSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~"), "",
		func(m hep.Message) bool {
			return m.FromUser == "mundane" && m.CallID == "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{" && m.CSeq == 139122385
		}},
	{"esc01: an escaped address as a user", lines(
		"INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0", "To: sip:%75se%72@example.com", "From: <sip:I%20have%20spaces@example.net>;tag=938",
		"CSeq: 234234 INVITE", "Call-ID: esc01.239409asdfakjkn23onasd0-3234", "Via: SIP/2.0/UDP host5.example.net;branch=z9hG4bKkdjuw"), "",
		func(m hep.Message) bool {
			return m.URI == "sip:sips%3Auser%40example.com@example.net" && m.FromUser == "I%20have%20spaces"
		}},
	{"escnull: an escaped null stays escaped", lines(
		"REGISTER sip:example.com SIP/2.0", "To: sip:null-%00-null@example.com", "From: sip:null-%00-null@example.com;tag=839923423",
		"Call-ID: escnull.39203ndfvkjdasfkq3w4otrq0adsfdfnavd", "CSeq: 14398234 REGISTER", "Contact: <sip:%00@host5.example.com>", "Contact: <sip:%00%00@host5.example.com>"), "",
		func(m hep.Message) bool {
			return m.ToUser == "null-%00-null" && len(m.Contacts) == 2 && m.FromTag == "839923423"
		}},
	{"esc02: percent signs that escape nothing", lines(
		"RE%47IST%45R sip:registrar.example.com SIP/2.0", `To: "%Z%45" <sip:resource@example.com>`, `From: "%Z%45" <sip:resource@example.com>;tag=f232jadfj23`,
		"Call-ID: esc02.asdfnqwo34rq23i34jrjasdcnl23nrlknsdf", "CSeq: 29344 RE%47IST%45R"), "",
		func(m hep.Message) bool { return m.Method == "RE%47IST%45R" }},
	{"lwsdisp: no space between name and address", lines(
		"OPTIONS sip:user@example.com SIP/2.0", "To: sip:user@example.com", "From: caller<sip:caller@example.com>;tag=323", "Call-ID: lwsdisp.1234abcd@funky.example.com", "CSeq: 60 OPTIONS"), "",
		func(m hep.Message) bool { return m.FromUser == "caller" && m.FromTag == "323" }},
	{"longreq: long values", lines(
		"INVITE sip:user@example.com SIP/2.0", `To: "I have a user name of `+strings.Repeat("extreme ", 30)+`proportion"<sip:user@example.com:6000;unknownparam1=very`+strings.Repeat("long", 40)+`value>`,
		"F: sip:"+strings.Repeat("amazinglylongcallername", 8)+"@example.net;tag=12982"+strings.Repeat("424", 50)+";unknownheaderparam"+strings.Repeat("name", 40)+"=1",
		"Call-ID: longreq.one"+strings.Repeat("really", 20)+"longcallid", "CSeq: 3882340 INVITE",
		"Via: SIP/2.0/TCP sip33.example.com;received=192.0.2.33;branch=verylong"+strings.Repeat("branch", 40)+"value"), "",
		func(m hep.Message) bool { return len(m.CallID) == 141 && len(m.FromTag) == 155 && m.CSeq == 3882340 }},
	{"dblreq: another message behind the first", append(ask("REGISTER sip:example.com SIP/2.0", "Content-Length: 0"),
		ask("INVITE sip:joe@example.com SIP/2.0", "Call-ID: another")...), "",
		func(m hep.Message) bool { return m.Method == "REGISTER" && m.CallID == "c" && !m.SDP }},
	{"semiuri: semicolons in the user", ask("OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0", "To: sip:j_user@example.com"), "",
		func(m hep.Message) bool {
			return m.URI == "sip:user;par=u%40example.net@example.com" && m.ToUser == "j_user"
		}},
	{"transports: any transport in Via", ask("OPTIONS sip:user@example.com SIP/2.0", "Via: SIP/2.0/UNKNOWN t6.example.com;branch=z9hG4bKzz12"), "",
		func(m hep.Message) bool { return m.Branch == "z9hG4bKzz12" }},
	{"unreason: any reason phrase", ask("SIP/2.0 200 = 2**3 * 5**2 но сто девяносто девять - простое", "CSeq: 35 INVITE"), "",
		func(m hep.Message) bool { return m.Status == 200 && m.Method == "INVITE" }},
	{"noreason: no reason phrase", ask("SIP/2.0 100 ", "CSeq: 35 INVITE"), "", func(m hep.Message) bool { return m.Status == 100 }},

	{"badinv01: stray separators", ask("INVITE sip:user@example.com SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.15;;,;,,", `Contact: "Joe" <sip:joe@example.org>;;;;`), "",
		func(m hep.Message) bool { return m.Contacts[0].URI == "sip:joe@example.org" }},
	{"clerr: a body shorter than announced", append(ask("INVITE sip:user@example.com SIP/2.0", "Content-Type: application/sdp", "Content-Length: 9999"), "v=0\r\n"...), "",
		func(m hep.Message) bool { return m.SDP }},
	{"ncl: a negative length", ask("INVITE sip:user@example.com SIP/2.0", "Content-Length: -999"), "", nil},
	{"scalar02: numbers beyond all bounds", ask("REGISTER sip:example.com SIP/2.0", "CSeq: 36893488147419103232 REGISTER"), hep.NotSIP, nil},
	{"scalar02: times beyond all bounds", ask("REGISTER sip:example.com SIP/2.0", "Expires: 1"+strings.Repeat("0", 100), "Contact: <sip:user@host129.example.com>;expires=280297596632815"), "",
		func(m hep.Message) bool { return m.Expires == -1 && m.Contacts[0].Expires == -1 }},
	{"quotbal: a name that does not end", ask("INVITE sip:user@example.com SIP/2.0", `To: "Mr. J. User <sip:j.user@example.com>`), "",
		func(m hep.Message) bool { return m.ToUser == "" && m.FromUser == "1" }},
	{"ltgtruri: brackets around the request's address", ask("INVITE <sip:user@example.com> SIP/2.0"), hep.NotSIP, nil},
	{"lwsruri: spaces in the request's address", ask("INVITE sip:user@example.com; lr SIP/2.0"), hep.NotSIP, nil},
	{"lwsstart: two spaces in the first line", ask("INVITE  sip:user@example.com  SIP/2.0"), hep.NotSIP, nil},
	{"trws: a space at the end of the first line", ask("OPTIONS sip:remote-target@example.com SIP/2.0  "), hep.NotSIP, nil},
	{"escruri: headers in the request's address", ask("INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0"), "", nil},
	{"regbadct: a contact with headers but no brackets", ask("REGISTER sip:example.com SIP/2.0", "Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E"), "",
		func(m hep.Message) bool { return len(m.Contacts) == 1 && m.Contacts[0].Host == "example.com" }},
	{"badaspec: spaces within brackets", ask("OPTIONS sip:user@example.org SIP/2.0", `To: "Watson, Thomas" < sip:t.watson@example.org >`), "", nil},
	{"baddn: a name that needs quotes", ask("OPTIONS sip:t.watson@example.org SIP/2.0", "From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43"), "", func(m hep.Message) bool { return m.FromTag == "43" }},
	{"mismatch01: a CSeq of another method", ask("OPTIONS sip:user@example.com SIP/2.0", "CSeq: 8 INVITE"), hep.NotSIP, nil},
	{"bigcode: a status beyond all bounds", ask("SIP/2.0 4294967301 better not break the receiver", "CSeq: 353494 INVITE"), hep.NotSIP, nil},
	{"badbranch: only the magic cookie", ask("OPTIONS sip:user@example.com SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK"), "", func(m hep.Message) bool { return m.Branch == "z9hG4bK" }},
	{"insuf: no From, To, Call-ID", ask("INVITE sip:user@example.com SIP/2.0", "From", "To", "Call-ID"), hep.NotSIP, nil},
	{"unkscm: a scheme that nobody knows", ask("OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0"), "", func(m hep.Message) bool {
		return strings.EqualFold(m.URI, "nobodyKnowsThisScheme:totallyopaquecontent")
	}},
	{"multi01: headers twice that may stand once", ask("INVITE sip:user@company.com SIP/2.0", "X: 1", "call-id: second", "CSEQ: 5 INVITE", "FROM: <sip:other@h>;tag=2"), "",
		func(m hep.Message) bool { return m.CallID == "c" && m.CSeq == 1 && m.FromTag == "f" }},
	{"zeromf, cparam01, inv2543: nothing of it matters here", ask("INVITE sip:user@example.com SIP/2.0", "Via: SIP/2.0/UDP iftgw.example.com", "From: <sip:+15551234@example.com>", "Max-Forwards: 0",
		"Contact: sip:user@example.com;unknownparam"), "", func(m hep.Message) bool { return m.Branch == "" && m.FromTag == "" && m.FromUser == "+15551234" }},
}

func TestTormentsAreReadOrRefused(t *testing.T) {
	for _, c := range torments {
		m, err := read(encode(packet(pbx, desk, c.payload)))
		if got := reasonOf(t, err); got != c.want {
			t.Errorf("%s: %q, want %q (%v)", c.name, got, c.want, err)
		} else if err == nil && c.check != nil && !c.check(m) {
			t.Errorf("%s: read as %+v", c.name, m)
		}
	}
}

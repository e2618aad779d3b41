package alerts

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// saidLimit is how much of a receiver's answer is told, in bytes.
const saidLimit = 160

// Place is the scheme and the host of an address. The rest of a webhook's address lets everybody
// write who knows it: errors name the place only.
func Place(address string) string {
	at := strings.Index(address, "://")
	if at < 0 {
		return "an address without a scheme"
	}
	host := address[at+3:]
	if end := strings.IndexAny(host, "/?#"); end >= 0 {
		host = host[:end]
	}
	return address[:at+3] + host[strings.LastIndexByte(host, '@')+1:]
}

// Said is what a receiver answered, fit for an error: one line, short, without the secrets,
// which receivers like to repeat when they refuse them.
func Said(answer string, secrets ...string) string {
	for _, s := range secrets {
		if len(s) < 4 { // no secret, and it would take common words out
			continue
		}
		quoted := strconv.Quote(s) // libraries quote what they could not read
		inJSON, _ := json.Marshal(s)
		for _, form := range []string{s, quoted[1 : len(quoted)-1], string(inJSON[1 : len(inJSON)-1])} {
			answer = strings.ReplaceAll(answer, form, "***")
		}
	}
	answer = oneLine(answer)
	if len(answer) <= saidLimit {
		return answer
	}
	end := saidLimit
	for !utf8.RuneStart(answer[end]) {
		end--
	}
	return answer[:end] + "…"
}

// StatusError says what an HTTP status means for a message: nil when it was taken, ErrNever when
// another try is pointless. SAID is the answer's beginning, without secrets.
func StatusError(status int, said string) error {
	answer := fmt.Sprintf("it answered %d", status)
	if said != "" {
		answer += fmt.Sprintf(" %q", said)
	}
	never := func(remedy string) error { return fmt.Errorf("%s: %s: %w", answer, remedy, ErrNever) }
	switch {
	case status/100 == 2:
		return nil
	case status == 301, status == 308:
		return never("the address has moved for good; write the new one into the configuration")
	case status == 401, status == 403:
		return never("check the token, password or key of this channel, and whether the receiver admits this machine")
	case status == 404, status == 410:
		return never("check the address of this channel")
	case status == 408, status == 425, status == 429:
		return fmt.Errorf("%s: it wants to be asked again later", answer)
	case status/100 == 4:
		return never("it does not take this message; check method, headers and template of this channel")
	case status/100 == 3:
		return fmt.Errorf("%s: it points elsewhere for the time being, which is not followed; look whether a proxy or a login page is in between", answer)
	default:
		return fmt.Errorf("%s: the fault is on its side; ask its operator if it stays so", answer)
	}
}

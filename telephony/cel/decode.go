package cel

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"dutyline/telephony"
)

// kinds says what each of Asterisk's record types is to us. What is listed as ignored is
// known and tells nothing about a duty line.
var kinds = map[string]telephony.RowKind{
	"CHAN_START":       telephony.RowChanStart,
	"CHAN_END":         telephony.RowChanEnd,
	"ANSWER":           telephony.RowAnswer,
	"HANGUP":           telephony.RowHangup,
	"BRIDGE_ENTER":     telephony.RowBridgeEnter,
	"BRIDGE_EXIT":      telephony.RowBridgeExit,
	"APP_START":        telephony.RowAppStart,
	"APP_END":          telephony.RowAppEnd,
	"BLINDTRANSFER":    telephony.RowBlindTransfer,
	"ATTENDEDTRANSFER": telephony.RowAttendedTransfer,
	"PICKUP":           telephony.RowPickup,
	"FORWARD":          telephony.RowForward,
	"LINKEDID_END":     telephony.RowLinkedEnd,
	"USER_DEFINED":     telephony.RowUser,

	"PARK_START": telephony.RowIgnored, "PARK_END": telephony.RowIgnored, "LOCAL_OPTIMIZE": telephony.RowIgnored,
	"LOCAL_OPTIMIZE_BEGIN": telephony.RowIgnored, "STREAM_BEGIN": telephony.RowIgnored, "STREAM_END": telephony.RowIgnored,
	"DTMF": telephony.RowIgnored,
}

// ourMarks begin the names of our own dialplan's user events: what tells them from an
// unknown type where the journal has no member eventenum.
const ourMarks = "DL_"

// Decode reads one record of the journal, of a switch in this machine's zone. A type that
// is not known gives RowUnknown with its name; that is no error.
func Decode(record []byte) (telephony.Row, error) { return DecodeIn(record, time.Local) }

// DecodeIn is Decode of a journal whose times say no zone, from a switch in another one.
func DecodeIn(record []byte, zone *time.Location) (telephony.Row, error) {
	m, err := fields(bytes.TrimSpace(record))
	if err != nil {
		return telephony.Row{}, fmt.Errorf("not a record of the switch's journal: %w", err)
	}
	word := m["eventenum"]
	if word == "" {
		word = m["eventtype"]
	}
	if word == "" {
		return telephony.Row{}, errors.New("not a record of the switch's journal: it has no eventtype")
	}
	row := telephony.Row{
		Channel: m["channame"], UniqueID: m["uniqueid"], LinkedID: m["linkedid"], Number: m["num"], CallerName: telephony.DisplayName(m["name"]),
		RDNIS: m["rdnis"], DNID: m["dnid"], Exten: m["exten"], Context: m["context"], App: m["appname"], AppData: m["appdata"],
		Peer: m["peer"],
	}
	row.Kind, row.User = kindOf(word, m)
	if row.At, err = parseTime(m["eventtime"], zone); err != nil {
		return telephony.Row{}, fmt.Errorf("journal record %.40q: %w", word, err)
	}
	if row.Kind > telephony.RowUnknown && (row.UniqueID == "" || row.LinkedID == "") {
		return telephony.Row{}, fmt.Errorf("journal record %.40q has no uniqueid or no linkedid: it is cut, or cel_custom.conf lacks the fields UniqueID and LinkedID", word)
	}
	row.Extra = extra(m["eventextra"], row.Kind)
	return row.Bounded(), nil
}

func kindOf(word string, m map[string]string) (telephony.RowKind, string) {
	kind, known := kinds[word]
	switch {
	case kind == telephony.RowUser:
		name := m["userdeftype"]
		if name == "" {
			name = m["eventtype"]
		}
		return kind, name
	case known:
		return kind, ""
	case m["eventenum"] == "" && (word == m["userdeftype"] || strings.HasPrefix(word, ourMarks)):
		return telephony.RowUser, word
	}
	return telephony.RowUnknown, word
}

// extra reads the JSON object of a record. Our own marks carry key=value&… in its only
// member; of a key that comes twice the first counts, because the last ones are what a caller sent.
func extra(text string, kind telephony.RowKind) map[string]string {
	if text == "" {
		return nil
	}
	var object map[string]any
	if json.Unmarshal([]byte(text), &object) != nil {
		object = map[string]any{"extra": text}
	}
	out := texts(object)
	if len(out) == 0 {
		return nil
	}
	pairs, ok := out["extra"]
	if !ok || kind != telephony.RowUser || !strings.Contains(pairs, "=") {
		return out
	}
	out = map[string]string{}
	for pair := range strings.SplitSeq(pairs, "&") {
		if k, v, ok := strings.Cut(pair, "="); ok && k != "" {
			if _, twice := out[k]; !twice {
				out[k] = v
			}
		}
	}
	return out
}

// layouts are the forms of a time that carry no zone, and those that do.
var (
	localLayouts = []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05"}
	zonedLayouts = []string{"2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05Z0700", "2006-01-02 15:04:05 Z0700"}
)

// maxEpoch is the last second whose year has four digits, as the product's form of a time needs.
const maxEpoch = 253402300799

// parseTime reads what cel.conf's dateformat writes: ours (%FT%T.%6q%z), the one without
// a zone (%F %T.%6q), or seconds since 1970 when it is empty. Parsing accepts any fraction.
func parseTime(s string, zone *time.Location) (time.Time, error) {
	if t, ok := parseEpoch(s); ok {
		return t, nil
	}
	for _, layout := range zonedLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return inRange(t, s)
		}
	}
	for _, layout := range localLayouts {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return inRange(t, s)
		}
	}
	return time.Time{}, fmt.Errorf("its eventtime %.64q is no time: set dateformat in cel.conf as in deploy/asterisk/cel.conf.tmpl", s)
}

func inRange(t time.Time, s string) (time.Time, error) {
	t = t.UTC().Truncate(time.Microsecond)
	if t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}, fmt.Errorf("its eventtime %.64q is outside the years 1 to 9999", s)
	}
	return t, nil
}

func parseEpoch(s string) (time.Time, bool) {
	if strings.Contains(s, "-") {
		return time.Time{}, false
	}
	whole, fraction, _ := strings.Cut(s, ".")
	sec, err := strconv.ParseUint(whole, 10, 63)
	if err != nil || sec > maxEpoch || len(fraction) > 9 {
		return time.Time{}, false
	}
	nano := uint64(0)
	if fraction != "" {
		if nano, err = strconv.ParseUint(fraction+"000000000"[len(fraction):], 10, 63); err != nil {
			return time.Time{}, false
		}
	}
	return time.Unix(int64(sec), int64(nano)).UTC().Truncate(time.Microsecond), true
}

package telephony_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutyline/telephony"
)

// TestDump is a scratch.
func TestDump(t *testing.T) {
	files, _ := filepath.Glob("testdata/journal/*.jsonl")
	for _, f := range files {
		t.Log(filepath.Base(f))
		for _, c := range telephony.Settle(lines(), scratchRows(t, f), time.Time{}) {
			ring, _ := c.RingFor()
			t.Logf("    %s %s reason=%s by=%s rings=%d ring=%v to=%s from=%s caller=%s name=%s called=%s %v %v", c.Direction, c.Outcome, c.Reason, c.HangupBy, c.Rings, ring, c.ForwardedTo, c.RedirectedFrom, c.Caller.Raw, c.CallerName, c.Called.Raw, c.Findings, c.Tags)
		}
	}
}

func scratchRows(t *testing.T, f string) []telephony.Row {
	data, err := os.ReadFile(f)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]telephony.RowKind{"CHAN_START": telephony.RowChanStart, "CHAN_END": telephony.RowChanEnd, "ANSWER": telephony.RowAnswer, "HANGUP": telephony.RowHangup, "BRIDGE_ENTER": telephony.RowBridgeEnter, "BRIDGE_EXIT": telephony.RowBridgeExit, "APP_START": telephony.RowAppStart, "APP_END": telephony.RowAppEnd, "FORWARD": telephony.RowForward, "LINKEDID_END": telephony.RowLinkedEnd, "USER_DEFINED": telephony.RowUser}
	var rows []telephony.Row
	for _, l := range bytes.Split(data, []byte("\n")) {
		if len(l) == 0 {
			continue
		}
		var m map[string]string
		if err := json.Unmarshal(l, &m); err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse("2006-01-02 15:04:05.999999", m["eventtime"])
		if err != nil {
			t.Fatal(err)
		}
		r := telephony.Row{Kind: kinds[m["eventenum"]], At: at, User: m["userdeftype"], Channel: m["channame"], UniqueID: m["uniqueid"], LinkedID: m["linkedid"], Number: m["num"], CallerName: m["name"], RDNIS: m["rdnis"], Exten: m["exten"], App: m["appname"], AppData: m["appdata"], Extra: map[string]string{}}
		var ex map[string]any
		json.Unmarshal([]byte(m["eventextra"]), &ex)
		for k, v := range ex {
			s, ok := v.(string)
			if !ok {
				b, _ := json.Marshal(v)
				s = string(b)
			}
			r.Extra[k] = s
		}
		for _, kv := range strings.Split(r.Extra["extra"], "&") {
			k, v, _ := strings.Cut(kv, "=")
			r.Extra[k] = v
		}
		rows = append(rows, r)
	}
	return rows
}

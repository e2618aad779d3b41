package paper

import (
	"cmp"
	"slices"
	"strings"

	"dutyline/dutylog"
	"dutyline/recorder"
	"dutyline/telephony"
)

// Single is one entry with all that its sheet shows.
type Single struct {
	Entry     dutylog.Entry
	Call      dutylog.Call // zero: the entry has none
	Revisions []dutylog.Revision
	Attached  []dutylog.Attachment
}

// The widths of a form: name and value, twice.
var formColumns = []Column{{Width: 28}, {Width: 65}, {Width: 28}, {Width: 65}}

const (
	shortValue = 28 // half-width characters: what is longer gets a row of its own
	roomToRead = 8  // lines that the content has at least
)

// pair is a name and what stands beside it.
type pair struct {
	name, value string
	wide        bool
	room        int // lines
}

// Entry is the sheet of one entry: 值班电话记录, or what else its kind is called.
func Entry(f Frame, x Single) Sheet {
	e := x.Entry
	s := Sheet{Name: "值班记录-" + e.EntryNumber.String(), Unit: f.Unit, Title: titleOf(e), Size: 11, Signatures: signers(), Foot: f.foot(),
		Under: []string{"编号：" + e.EntryNumber.String()}}
	pairs := append(headPairs(f, x), fieldPairs(f, x)...)
	pairs = append(pairs, handlingPairs(f, x)...)
	pairs = append(pairs, callPairs(f, x.Call)...)
	pairs = append(pairs, attachedPairs(f, x.Attached)...)
	pairs = append(pairs, revisionPairs(f, x)...)
	s.Tables = []Table{{Name: s.Title, Columns: formColumns, Form: true, Rows: formRows(pairs)}}
	for _, d := range e.Erased {
		s.Notes = append(s.Notes, "依第 "+count(d.Decision)+" 号删除决定（"+f.minute(d.At)+"）抹去："+erasedWords(e.Kind, d))
	}
	if e.State != dutylog.Complete {
		s.Notes = append(s.Notes, "打印时本条记录尚未完成。")
	}
	return s
}

func headPairs(f Frame, x Single) []pair {
	_, when, of := Head(x.Entry, x.Call.Direction == telephony.Outbound)
	number := numberText(x.Entry.Number)
	if whollyErased(x.Entry) {
		number = "（已抹去）"
	}
	kind := Word(KindNames, x.Entry.Kind) + "（" + Word(StateNames, x.Entry.State) + "）"
	if x.Entry.Late != nil {
		kind = "补录　" + kind
		number = cmp.Or(x.Entry.Number.Raw, "—") // no switch showed one
	}
	pairs := []pair{
		{name: "类型", value: kind},
		{name: "值班专线", value: cmp.Or(f.Lines[x.Entry.Line], x.Entry.Line)},
		{name: when, value: f.minute(at(x.Entry))},
	}
	if of != "" {
		pairs = append(pairs, pair{name: of, value: number})
	}
	if x.Entry.Late != nil {
		pairs = append(pairs, pair{name: "补录时间", value: f.minute(x.Entry.OpenedAt)}, pair{name: "所补时段", value: cmp.Or(f.covers(x.Entry), "—")})
		if slices.Contains(x.Entry.Missing(), dutylog.PaperScan) {
			pairs = append(pairs, pair{name: Word(FieldNames, dutylog.PaperScan), value: "未附"})
		}
	}
	return pairs
}

// covers is the blind interval of a late entry; empty: it names none.
func (f Frame) covers(e dutylog.Entry) string {
	if e.Late.Blind.IsZero() {
		return ""
	}
	return f.minute(e.Late.Blind) + " 起的盲区"
}

// fieldPairs are what people filled in, and what the kind requires even where it is still empty.
func fieldPairs(f Frame, x Single) []pair {
	e := x.Entry
	var pairs []pair
	for _, field := range dutylog.Fields() {
		p := pair{name: FieldName(e.Kind, field), value: f.said(e, field)}
		if field == dutylog.ReadBack && e.ReadBackBy != "" {
			p.value += "（" + nameOf(e.ReadBackBy, x.Revisions) + "　" + f.minute(e.ReadBackAt) + "）"
			if e.ChangedAfterReadBack {
				p.value += "，复述后有改动"
			}
		}
		if field == dutylog.Content {
			p.wide, p.room = true, roomToRead
		}
		if p.value != "" || slices.Contains(dutylog.Required(e.Kind), field) {
			pairs = append(pairs, p)
		}
	}
	return append(pairs, pair{name: "值班员", value: officer(e)})
}

// nameOf is the name of a login that wrote the entry.
func nameOf(login string, revisions []dutylog.Revision) string {
	for _, r := range revisions {
		if r.By.Login == login {
			return r.By.Name
		}
	}
	return login
}

// callPairs say how the call went, as the switch showed it, and what is kept of its sound.
func callPairs(f Frame, c dutylog.Call) []pair {
	if c.ID == "" {
		return nil
	}
	outcome := "通话尚未结束"
	if c.Ended() {
		outcome = Word(OutcomeNames, c.Outcome)
	}
	if ring, ok := c.RingFor(); ok && c.Direction == telephony.Inbound {
		outcome += "，响铃 " + count(c.Rings) + " 声（" + lasting(ring) + "）"
	}
	pairs := []pair{{name: "接听情况", value: outcome}, {name: "接听时间", value: f.second(c.AnsweredAt)}, {name: "结束时间", value: f.second(c.EndedAt)}}
	talk := "—"
	if d, ok := c.TalkFor(); ok {
		talk = lasting(d)
	}
	pairs = append(pairs, pair{name: "通话时长", value: talk})
	recording := Word(RecordingNames, c.Recording.Status)
	if c.Recording.Status == recorder.Sealed {
		recording += "，SHA-256：" + string(c.Recording.Digest)
	}
	return append(pairs, pair{name: "录音", value: recording, wide: true})
}

// attachedPairs list what is attached, with the digest by which a file can be told to be the one.
func attachedPairs(f Frame, list []dutylog.Attachment) []pair {
	var rows []string
	for i, a := range list {
		text := a.Name + "（" + count((a.Size+1023)/1024) + " KB，SHA-256：" + string(a.Digest) + "）"
		if a.Reason != "" {
			text += "（完成后由" + nameOr(a.By) + "于 " + f.minute(a.At) + " 补附，原因：" + a.Reason + "）"
		}
		if a.State == dutylog.AttachmentExpired {
			text = a.Name + "（已到保存期限，按规定删除）"
		}
		if a.State == dutylog.AttachmentErased {
			text = "（已依第 " + count(a.Decision) + " 号删除决定抹去）"
		}
		rows = append(rows, count(i+1)+". "+text)
	}
	if rows == nil {
		return nil
	}
	return []pair{{name: "附件", value: strings.Join(rows, "\n"), wide: true}}
}

// revisionPairs say how often and by whom the entry was written: who reads the paper can ask for
// what stood there before.
func revisionPairs(f Frame, x Single) []pair {
	if len(x.Revisions) == 0 {
		return nil
	}
	last := x.Revisions[len(x.Revisions)-1]
	var names []string
	for _, r := range x.Revisions {
		if !r.Entry.BySystem && !slices.Contains(names, r.By.Name) {
			names = append(names, r.By.Name)
		}
	}
	text := "共 " + count(len(x.Revisions)) + " 版，末次修改 " + f.minute(last.At)
	if names != nil {
		text += "，填写人：" + strings.Join(names, "、")
	}
	return []pair{{name: "修改情况", value: text, wide: true}}
}

func erasedWords(kind dutylog.Kind, d dutylog.Erasure) string {
	if len(d.Fields) == 0 {
		return "全部内容"
	}
	names := make([]string, len(d.Fields))
	for i, f := range d.Fields {
		names[i] = FieldName(kind, f)
	}
	return strings.Join(names, "、")
}

// formRows sets two short pairs side by side, and long ones across.
func formRows(pairs []pair) []Row {
	var rows []Row
	var waiting *pair
	flush := func() {
		if waiting != nil {
			rows = append(rows, Row{Cells: []string{waiting.name, waiting.value}})
			waiting = nil
		}
	}
	for _, p := range pairs {
		switch {
		case p.wide || halves(p.value) > shortValue || strings.Contains(p.value, "\n"):
			flush()
			rows = append(rows, Row{Cells: []string{p.name, p.value}, MinLines: p.room})
		case waiting != nil:
			rows = append(rows, Row{Cells: []string{waiting.name, waiting.value, p.name, p.value}})
			waiting = nil
		default:
			waiting = &p
		}
	}
	flush()
	return rows
}

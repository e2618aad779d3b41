package dutylog

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Phrase is a text that officers insert by a key 常用语, in one version: a change is the next one. A
// text with blanks 〔…〕 is a template: the officer goes from blank to blank.
type Phrase struct {
	ID       int64  // of the version
	Phrase   int64  // the id of its first version; 0: a new one
	Seed     string // the name of one that the product brings along
	Field    Field  // into which it is inserted
	Category string // what the matter is about; empty: whatever it is
	Code     string // a few letters by which it is inserted
	Title    string // on the key
	Text     string
	Ended    bool // nobody is offered it any more
	By       Actor
	At       time.Time
}

// PhraseFields are the fields that have phrases, in the order of the page.
func PhraseFields() []Field { return []Field{Content, CallBackResult, CheckResult, CalledWhy} }

const titleText = 12 // characters that a key has room for

var phraseCode = regexp.MustCompile(`^[a-z][a-z0-9]{1,5}$`)

// Check cleans a phrase and refuses one that could not be offered.
func (p Phrase) Check() (Phrase, error) {
	var err error
	if p.Title, err = cleanField("title", strings.TrimSpace(p.Title), titleText); err != nil {
		return p, err
	}
	if p.Text, err = cleanField("text", p.Text, middleText); err != nil {
		return p, err
	}
	p.Code = strings.ToLower(strings.TrimSpace(p.Code))
	switch {
	case !slices.Contains(PhraseFields(), p.Field):
		return p, &InvalidError{Field: "field", Reason: fmt.Sprintf("%.40q has no phrases: choose %s", p.Field, orList(PhraseFields()))}
	case p.Category != "" && (p.Field != Content || !slices.Contains(Categories(), p.Category)):
		return p, &InvalidError{Field: "category", Reason: "choose one of the categories, and that for the content only"}
	case !phraseCode.MatchString(p.Code):
		return p, &InvalidError{Field: "code", Reason: "give two to six letters or digits, a letter first, for instance hz"}
	case blank(p.Title):
		return p, &InvalidError{Field: "title", Reason: "say in a few characters what it is"}
	case blank(p.Text):
		return p, &InvalidError{Field: "text", Reason: "say what is inserted"}
	}
	return p, p.checkBlanks()
}

// checkBlanks refuses a template in which a blank is left open: the officer would never come to it.
func (p Phrase) checkBlanks() error {
	open := false
	for _, r := range p.Text {
		if r == '〔' && open || r == '〕' && !open {
			return &InvalidError{Field: "text", Reason: "each blank begins with 〔 and ends with 〕, and none is within another"}
		}
		open = r == '〔' || open && r != '〕'
	}
	if open {
		return &InvalidError{Field: "text", Reason: "the last blank is not closed: write 〕 behind it"}
	}
	return nil
}

// Clashes reports whether another phrase that is offered has the code already, where both can be meant.
func (p Phrase) Clashes(others []Phrase) (Phrase, bool) {
	for _, o := range others {
		if o.Phrase != p.Phrase && !o.Ended && !p.Ended && o.Field == p.Field && o.Code == p.Code {
			return o, true
		}
	}
	return Phrase{}, false
}

// PhraseStore keeps the phrases by their versions. Nothing deletes one; each version is evidence.
type PhraseStore interface {
	// Phrases lists the newest version of every phrase, in the order in which they were made.
	Phrases(ctx context.Context) ([]Phrase, error)
	// SavePhrase keeps a new phrase (Phrase is 0), or the next version of one: ID is then the version that
	// was read, and ErrExists says that there is a newer one.
	SavePhrase(ctx context.Context, p Phrase, by Actor) (Phrase, error)
}

// SeededPhrases are those that the product brings along. What is asked of each category is what the
// regulation asks to be reported (Art. 13, 18).
func SeededPhrases() []Phrase {
	content := func(seed, category, code, title, text string) Phrase {
		return Phrase{Seed: seed, Field: Content, Category: category, Code: code, Title: title, Text: text}
	}
	of := func(field Field, seed, code, title, text string) Phrase {
		return Phrase{Seed: seed, Field: field, Code: code, Title: title, Text: text}
	}
	return []Phrase{
		content("incident", "突发事件", "tf", "突发事件", "〔时间〕，〔地点〕发生〔事件〕。原因：〔初步原因〕；伤亡：〔伤亡情况〕；损失：〔损失情况〕；已采取措施：〔现场处置〕；发展趋势：〔趋势〕；需要支援：〔需求〕。"),
		content("fire", "突发事件", "hz", "火灾", "〔时间〕，〔地点〕发生火灾，燃烧物为〔燃烧物〕，过火面积约〔面积〕；伤亡：〔伤亡情况〕；被困：〔被困人数〕；〔到场力量〕已到场处置。"),
		content("traffic", "突发事件", "jt", "交通事故", "〔时间〕，〔路段〕发生〔车辆〕交通事故；伤亡：〔伤亡情况〕；是否危化品车辆：〔是否〕；道路通行：〔通行情况〕；〔到场力量〕正在处置。"),
		content("utility", "突发事件", "ts", "停水停电", "〔时间〕起，〔范围〕〔停水或停电〕，影响约〔户数〕户；原因：〔原因〕；预计〔时间〕恢复；抢修：〔抢修情况〕。"),
		content("report", "信息报送", "xb", "信息报送", "报送《〔标题〕》，〔初报或续报〕第〔编号〕期，共〔页数〕页；要求：〔要求〕；已通过〔渠道〕发送。"),
		content("daily", "信息报送", "pa", "平安报告", "〔单位〕报告：〔日期〕值班值守情况正常，领导在岗，无突发事件。"),
		content("weather", "预警信息", "yj", "气象预警", "〔发布单位〕〔时间〕发布〔灾种〕〔级别〕预警：〔预警内容〕，有效期至〔时间〕；要求：〔要求〕。"),
		content("instruction", "指示批示", "ps", "领导批示", "〔领导姓名、职务〕〔时间〕批示：〔批示内容〕；要求〔承办单位〕于〔时限〕前反馈。"),
		content("enquiry", "业务咨询", "zx", "咨询答复", "咨询〔事项〕，已答复：〔答复内容〕。"),
		content("transfer", "业务咨询", "zj", "转业务科室", "咨询〔事项〕，已告知联系〔科室〕，电话〔电话〕。"),
		content("notice", "通知传达", "tz", "会议通知", "〔发文单位〕通知：〔时间〕在〔地点〕召开〔会议名称〕，请〔参会人员〕参加；要求：〔要求〕；〔时限〕前报送参会名单。"),
		content("noted", "通知传达", "cd", "通知已传达", "接〔单位〕通知：〔内容〕，已传达至〔对象〕。"),
		content("going", "", "xc", "正在核实", "有关情况正在进一步核实，将及时续报。"),
		content("casualties", "", "sw", "暂无伤亡", "暂无人员伤亡。"),
		content("arrived", "", "dc", "力量到场", "公安、消防、卫健等部门已到场处置。"),
		of(CallBackResult, "back_answered", "jt", "已回拨接通", "已回拨，对方接听，来电事由：〔事由〕。"),
		of(CallBackResult, "back_silent", "wr", "无人接听", "已回拨〔次数〕次，均无人接听。"),
		of(CallBackResult, "back_wrong", "wb", "误拨", "已回拨，对方表示误拨，无事。"),
		of(CallBackResult, "back_withheld", "wh", "号码未显示", "对方号码未显示，无法回拨。"),
		of(CheckResult, "check_good", "zc", "在岗在位", "值班人员在岗在位，通信畅通，记录完整。"),
		of(CheckResult, "check_patrol", "xl", "巡查正常", "巡查值班室设备、线路及周边环境，一切正常。"),
		of(CalledWhy, "why_report", "sb", "上报", "上报〔事项〕。"),
		of(CalledWhy, "why_convey", "cd", "传达批示", "传达〔领导〕关于〔事项〕的批示要求。"),
		of(CalledWhy, "why_verify", "hs", "核实情况", "核实〔事项〕有关情况。"),
		of(CalledWhy, "why_check", "cc", "抽查在岗", "抽查值班在岗情况，〔结果〕。"),
	}
}

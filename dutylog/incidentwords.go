package dutylog

import (
	"cmp"
	"slices"
	"strings"
)

// Element is one thing that a report of an incident has to say (Art. 18).
type Element string

// The closed set of elements, in the order of the regulation.
const (
	ElementUnit       Element = "unit"
	ElementTime       Element = "time"
	ElementPlace      Element = "place"
	ElementCause      Element = "cause"
	ElementNature     Element = "nature"
	ElementLosses     Element = "losses"
	ElementCasualties Element = "casualties"
	ElementMeasures   Element = "measures"
	ElementTrend      Element = "trend"
)

// Word is one of a closed set: its code in the API, and the words of the regulation.
type Word struct {
	Code  string `json:"code"`
	Words string `json:"words" doc:"In the words of the regulation"`
	Short string `json:"short" doc:"For a title or a narrow column"`
}

// Elements are those of Art. 18, in its words and its order.
func Elements() []Word {
	return []Word{
		{"unit", "发生的单位", "单位"},
		{"time", "时间", "时间"},
		{"place", "地点", "地点"},
		{"cause", "起因", "起因"},
		{"nature", "事件性质", "性质"},
		{"losses", "物资损失情况", "物资损失"},
		{"casualties", "人员伤亡情况", "人员伤亡"},
		{"measures", "已采取的措施", "已采取措施"},
		{"trend", "事件发展态势", "发展态势"},
	}
}

// IncidentCategories are the ten of Art. 19, in its words and its order.
func IncidentCategories() []Word {
	return []Word{
		{"work_safety", "生产经营单位（工矿商贸企业）发生亡人的生产安全事故", "生产安全事故"},
		{"dangerous_goods", "危险化学品、城镇燃气等泄漏、燃烧或爆炸事故", "危化品、燃气事故"},
		{"collapse", "影响较大的道路坍塌、建筑施工坍塌等事故", "坍塌事故"},
		{"road", "有人员死亡或重大财产损失的道路运输事故", "道路运输事故"},
		{"fire", "商业街区、居民聚居区、森林(草原)、生产经营单位等发生的有人员伤亡或重大财产损失、易引发舆情炒作的火灾事故", "火灾事故"},
		{"special_equipment", "锅炉、压力容器(含气瓶)、压力管道、电梯、起重机械、客运索道、大型游乐设施等涉及人员伤亡、救援的特种设备事故", "特种设备事故"},
		{"crowd", "人员密集场所、大型集会发生的拥挤踩踏事故", "拥挤踩踏事故"},
		{"natural", "重要河流堤坝、水库溃决或泥石流、山体滑坡、暴雨、暴雪、台风、地震等涉及预警、人员伤亡、救援的自然灾害类事故", "自然灾害"},
		{"supply", "涉及大面积停水、停电、停气、停暖等有关停供类突发事件", "停水停电停气停暖"},
		{"other", "需要领导及时了解掌握的其他突发事件等", "其他突发事件"},
	}
}

// IncidentTriggers are why something is reported whatever its extent (Art. 18); none needs to hold.
func IncidentTriggers() []Word {
	return []Word{
		{"sensitive_event", "事件本身比较敏感", "事件敏感"},
		{"sensitive_place", "发生在敏感部位", "敏感部位"},
		{"sensitive_time", "发生在敏感时间", "敏感时间"},
	}
}

// TriggerCodes are the codes of the triggers of an incident: of several one after the other, with commas.
func TriggerCodes(trigger string) []string {
	return strings.FieldsFunc(trigger, func(r rune) bool { return r == ',' || r == '，' || r == ' ' })
}

// tidyTriggers has each of them once, in the order of the regulation; what is none comes last, to be refused.
func tidyTriggers(trigger string) string {
	place := func(code string) int {
		at := slices.IndexFunc(IncidentTriggers(), func(w Word) bool { return w.Code == code })
		if at < 0 {
			return len(IncidentTriggers())
		}
		return at
	}
	codes := TriggerCodes(trigger)
	slices.SortStableFunc(codes, func(a, b string) int { return cmp.Compare(place(a), place(b)) })
	return strings.Join(slices.Compact(codes), ",")
}

// Recipients are to whom incidents are reported (Art. 18, 20).
func Recipients() []Word {
	return []Word{
		{"superior_bureau", "上级应急管理部门", "上级应急局"},
		{"party_committee", "本级党委", "党委"},
		{"government", "本级政府", "政府"},
	}
}

// UsualRecipient is whose getting a report stops its clock where the site's rules name nobody else (Art. 20), and did
// so for incidents that were opened before they could. Who else has to get it is shown until they did.
const UsualRecipient = "superior_bureau"

// channelPhone is the way of a report that a call was.
const channelPhone = "phone"

// ChannelName is what a way is called in short; empty for none.
func ChannelName(code string) string {
	w, _ := wordOf(Channels(), code)
	return w.Short
}

// Channels are the ways by which a report goes, all alike (Art. 20).
func Channels() []Word {
	return []Word{
		{"phone", "电话", "电话"},
		{"wechat", "微信", "微信"},
		{"fax", "传真", "传真"},
		{"system", "国家应急指挥综合业务系统", "国家系统"},
	}
}

// IsChannel reports whether a code is that of a channel.
func IsChannel(code string) bool {
	return slices.ContainsFunc(Channels(), func(w Word) bool { return w.Code == code })
}

// CalloutRoles are whom the duty room tells inside of the unit (Art. 15, 16).
func CalloutRoles() []Word {
	return []Word{
		{"head", "本单位主要领导", "主要领导"},
		{"deputy", "分管领导", "分管领导"},
		{"section", "相关业务科室", "业务科室"},
		{"other", "其他相关人员", "其他"},
	}
}

// CalloutResults are what came of it.
func CalloutResults() []Word {
	return []Word{
		{"reached", "已通知到本人", "已通知"},
		{"passed_on", "由他人转告", "转告"},
		{"no_answer", "无人接听", "未接通"},
	}
}

// SceneKinds are what is told of who went to the scene (Art. 15, 16).
func SceneKinds() []Word {
	return []Word{
		{"on_scene", "到达现场", "到场"},
		{"feedback", "现场反馈", "反馈"},
		{"back", "从现场返回", "返回"},
	}
}

// wordOf finds a word of a set by its code.
func wordOf(set []Word, code string) (Word, bool) {
	at := slices.IndexFunc(set, func(w Word) bool { return w.Code == code })
	if at < 0 {
		return Word{}, false
	}
	return set[at], true
}

// checkCode says which codes there are, where one is none of them.
func checkCode(field string, set []Word, code string) error {
	if _, ok := wordOf(set, code); ok {
		return nil
	}
	codes := make([]string, len(set))
	for i, w := range set {
		codes[i] = w.Code + "（" + w.Short + "）"
	}
	if code == "" {
		return &InvalidError{Field: field, Reason: "is missing: choose " + orList(codes)}
	}
	return &InvalidError{Field: field, Reason: "is none: choose " + orList(codes)}
}

package dutylog

import (
	"regexp"
	"strings"
)

// localNumber is a landline without its area code in two groups: 8888-7709, 2273 0001 is two figures.
var localNumber = regexp.MustCompile(`^([2-8２-８][0-9０-９]{2,3})[-－‐‑–·.]([0-9０-９]{4})`)

// localEnd is where such a number ends with which a text begins; 0 where none does. A range of years, of
// amounts, or a part of a longer number is none.
func localEnd(text string) int {
	m := localNumber.FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	rest := text[len(m[0]):]
	year := func(group string) bool {
		group = narrowDigits(group)
		return len(group) == 4 && (strings.HasPrefix(group, "19") || strings.HasPrefix(group, "20"))
	}
	switch {
	case year(m[1]) && year(m[2]), strings.HasPrefix(rest, "年"), unitFollows(rest), rest != "" && isDigit([]rune(rest)[0]):
		return 0
	}
	return len(m[0])
}

// aUnit is a unit of measure behind the digits of an amount. Where a unit of one character may begin another
// word (元宝区, 人民路, 户部, 立即) it is one only if no word goes on, or one that speaks of an amount: a number
// that is hidden in vain harms less than one that is shown.
var aUnit = regexp.MustCompile(`^[ \x{a0}\x{3000}]?[百千]?[万亿]{0,2}(?:平方(?:米|公里|千米)|立方米|公里|公斤|公顷|公吨|千瓦|千米|千克` +
	`|(?:[元吨人户亩]|平方|立方|[万亿])(?:$|[^\p{L}]|次|整|左右|以上|以下|以内|人民币|受灾|受困|受伤|被困|死亡|失联|失踪|转移|停电|停水|居民))`)

// unitFollows reports whether the text behind digits says that they are an amount.
func unitFollows(text string) bool { return aUnit.MatchString(text) }

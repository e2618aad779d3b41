package main

import "testing"

// later1d is a chain in which nobody is told for a day; the group is told at once.
const later1d = `chain: {steps: [{post: supervisor, channels: [officer, leader, chief], after: 24h}]}`

// A phone that sends calls on is one problem: told once, however many calls there are, and told anew
// when it goes on although somebody has taken it on.
func TestStoryOfAPhoneThatSendsCallsOn(t *testing.T) {
	play(t, later1d, `
		at 0s: call 1 is sent on to 13800001111
		between 0s and 1s: group gets 值班话机把来电转走
		at 1m: call 2 is sent on to 13800001111
		at 2m: call 3 is sent on to 13800001111
		at 3m: call 4 is sent on to 13800001111
		at 3m30s: phone_redirect is open, 4 calls, next supervisor at 24h0m0s
		at 4m: li takes on phone_redirect
		at 4m30s: call 5 is sent on to 13800001111
		at 4m31s: phone_redirect is open, came back 1 times, 5 calls
		between 5m and 5m1s: group gets 仍未处理：值班话机把来电转走
		at 20m: li takes on phone_redirect
		at 21m: the log proves open; once_more; once_more; once_more; acknowledged li; reopened; acknowledged li
		# Much later it is a problem of its own.
		at 1h: call 6 is sent on to 13800001111
		between 1h and 1h1s: group gets 值班话机把来电转走
		at 1h1m: phone_redirect is open, next supervisor at 25h0m0s
		until 3h`)
}

// Callers who find the line engaged are one problem, too; the missed ones are each owed a call back.
func TestStoryOfAnEngagedLine(t *testing.T) {
	play(t, later1d, `
		at 0s: call 1 is engaged
		between 0s and 1s: group gets 来电遇忙，未能打入
		at 10s: call 2 is engaged
		at 20s: engaged_refused is open, 2 calls, next supervisor at 24h0m0s
		at 1m: the journal says that call 3 of 30s was missed
		at 1m: the journal says that call 4 of 31s was missed
		between 1m and 1m2s: group gets 来电未接（事后查明）
		between 1m and 1m2s: group gets 来电未接（事后查明）
		until 1h`)
}

// Killed for a while: what the journal says of that time is told, old stories are not.
func TestStoryOfWhatIsFoundAfterwards(t *testing.T) {
	play(t, later1d, `
		at 1m: the daemon is killed
		at 26h: the daemon starts
		at 26h: the journal says that call 1 of 1h was missed
		at 26h: the journal says that call 2 of 25h was missed
		between 26h and 26h2s: group gets 来电未接（事后查明）
		at 26h1m: missed is open, next supervisor at 50h0m0s
		until 27h`)
}

// The chain of a problem that comes back goes on by the time for which it stood: whose turn it was when
// it went away is not told at once because meanwhile their time has passed.
func TestStoryOfAChainThatGoesOn(t *testing.T) {
	play(t, `chain: {steps: [{post: duty_officer, channels: [officer, chief], after: 0s}, {post: duty_leader, channels: [leader], after: 4m}]}`, `
		at 0s: the phone goes offline
		between 0s and 1s: group gets 值班话机离线，来电打不进来
		between 0s and 1s: officer gets 值班话机离线，来电打不进来
		between 0s and 1s: chief gets 值班话机离线，来电打不进来
		at 10s: the phone is back
		at 4m50s: the phone goes offline
		at 5m: phone_unreachable is open, came back 1 times, told duty_officer, next duty_leader at 8m40s
		between 8m40s and 8m41s: leader gets 尚无人处理，报带班领导：值班话机离线，来电打不进来
		until 9m`)
}

// The daemon is started again and again: nobody is told, and no chain climbs. A switch that is truly
// away is told soon, and a problem that stood before the start stands.
func TestStoryOfManyStarts(t *testing.T) {
	play(t, `chain: {steps: [{post: duty_officer, channels: [officer], after: 0s}, {post: duty_leader, channels: [leader, chief], after: 1m}]}`, `
		at 0s: the switch was not seen yet
		at 2s: the phone is back
		at 1m: the daemon is killed
		at 2m: the daemon starts
		at 2m: the switch was not seen yet
		at 2m2s: the phone is back
		at 5m: the daemon is killed
		at 6m: the daemon starts
		at 6m: the switch was not seen yet
		at 6m10s: the switch cannot be seen
		between 6m10s and 6m11s: group gets 看不到交换机，线路状况不明
		between 6m10s and 6m11s: officer gets 看不到交换机，线路状况不明
		at 6m30s: the daemon is killed
		at 7m: the daemon starts
		at 7m: the switch was not seen yet
		between 7m10s and 7m12s: leader gets 尚无人处理，报带班领导：看不到交换机，线路状况不明
		between 7m10s and 7m12s: chief gets 尚无人处理，报带班领导：看不到交换机，线路状况不明
		at 8m: line_unknown is open, told duty_leader
		until 8m30s`)
}

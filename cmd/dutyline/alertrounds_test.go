package main

import "testing"

// The night of a phone that sends each call away: whoever was told hears of further calls, but not of each
// one, and at once when one goes to another number.
func TestStoryOfANightOfCallsThatGoAway(t *testing.T) {
	play(t, ``, `
		at 2h: call 1 is sent on to 13800001111
		between 2h and 2h1s: group gets 值班话机把来电转走
		between 2h and 2h1s: officer gets 值班话机把来电转走
		between 2h and 2h1s: leader gets 值班话机把来电转走
		between 2h and 2h1s: chief gets 值班话机把来电转走
		at 2h1m: call 2 is sent on to 13800001111
		at 2h2m: call 3 is sent on to 13800001111
		at 2h20m: call 4 is sent on to 13800001111
		between 2h20m and 2h20m1s: group gets 仍未处理：值班话机把来电转走
		between 2h20m and 2h20m1s: officer gets 仍未处理：值班话机把来电转走
		between 2h20m and 2h20m1s: leader gets 仍未处理：值班话机把来电转走
		between 2h20m and 2h20m1s: chief gets 仍未处理：值班话机把来电转走
		at 2h21m: call 5 is sent on to 13900002222
		between 2h21m and 2h21m1s: group gets 仍未处理：值班话机把来电转走
		between 2h21m and 2h21m1s: officer gets 仍未处理：值班话机把来电转走
		between 2h21m and 2h21m1s: leader gets 仍未处理：值班话机把来电转走
		between 2h21m and 2h21m1s: chief gets 仍未处理：值班话机把来电转走
		at 2h22m: call 6 is sent on to 13800001111
		at 2h23m: phone_redirect is open, 6 calls
		until 9h`)
}

// A chain that climbs goes on climbing however many calls come; who was told already hears of them, too.
// When it is at its end, a further call begins it again.
func TestStoryOfFurtherCallsAndAChain(t *testing.T) {
	play(t, `chain: {steps: [{post: duty_officer, channels: [officer], after: 0s}, {post: duty_section_chief, channels: [chief], after: 7m}, {post: duty_leader, channels: [leader], after: 7m}]}`, `
		at 0s: call 1 is sent on to 13800001111
		between 0s and 1s: group gets 值班话机把来电转走
		between 0s and 1s: officer gets 值班话机把来电转走
		at 6m: call 2 is sent on to 13800001111
		between 6m and 6m1s: group gets 仍未处理：值班话机把来电转走
		between 6m and 6m1s: officer gets 仍未处理：值班话机把来电转走
		between 7m and 7m1s: chief gets 尚无人处理，报值班处（科）领导：值班话机把来电转走
		at 8m: phone_redirect is open, 2 calls, told duty_section_chief, next duty_leader at 14m0s
		at 11m: call 3 is sent on to 13800001111
		at 13m: call 4 is sent on to 13800001111
		between 13m and 13m1s: group gets 仍未处理：值班话机把来电转走
		between 13m and 13m1s: officer gets 仍未处理：值班话机把来电转走
		between 13m and 13m1s: chief gets 尚无人处理，报值班处（科）领导：值班话机把来电转走
		between 14m and 14m1s: leader gets 尚无人处理，报带班领导：值班话机把来电转走
		at 2h: call 5 is sent on to 13800001111
		between 2h and 2h1s: group gets 仍未处理：值班话机把来电转走
		between 2h and 2h1s: officer gets 仍未处理：值班话机把来电转走
		at 2h1m: phone_redirect is open, 5 calls, told duty_officer, next duty_section_chief at 2h7m0s
		at 2h2m: li takes on phone_redirect
		until 9h`)
}

// Somebody has taken it on: a call to another number is told at once all the same.
func TestStoryOfACallElsewhereAfterItWasTakenOn(t *testing.T) {
	play(t, later1d, `
		at 0s: call 1 is sent on to 13800001111
		between 0s and 1s: group gets 值班话机把来电转走
		at 1m: li takes on phone_redirect
		at 2m: call 2 is sent on to 13900002222
		between 2m and 2m1s: group gets 仍未处理：值班话机把来电转走
		at 2m1s: phone_redirect is open, came back 1 times, 2 calls, next supervisor at 24h2m0s
		until 1h`)
}

// A receiver that is away gets one message when it is back, not one for each call.
func TestStoryOfFurtherCallsWhileAReceiverIsAway(t *testing.T) {
	play(t, later1d, `
		at 0s: group is down
		at 0s: call 1 is sent on to 13800001111
		at 10m: call 2 is sent on to 13800001111
		at 20m: call 3 is sent on to 13900002222
		at 30m: call 4 is sent on to 13800001111
		at 40m: group is up
		between 40m and 1h20m: group gets 仍未处理：值班话机把来电转走
		at 1h30m: call 5 is sent on to 13800001111
		between 1h30m and 1h30m1s: group gets 仍未处理：值班话机把来电转走
		until 2h`)
}

// A receiver that is away for longer than the alert is told again has messages of several rounds waiting: a
// further call is told with one of them, and nothing of it is lost.
func TestStoryOfAFurtherCallAfterRoundsThatNobodyHeard(t *testing.T) {
	play(t, `chain: {again: 10m, steps: [{post: duty_officer, channels: [officer], after: 0s}]}`, `
		at 0s: group is down
		at 0s: officer is down
		at 0s: chief is down
		at 0s: leader is down
		at 0s: call 1 is sent on to 13800001111
		at 15m: call 2 is sent on to 13900002222
		at 26m: call 3 is sent on to 13700003333
		at 27m: group is up
		between 27m and 45m: group gets 仍未处理：值班话机把来电转走
		between 27m and 45m: group gets 仍未处理：值班话机把来电转走
		until 45m`)
}

// The phone's place is taken, the officer takes it on and gets it back, and it is taken again on the same day.
func TestStoryOfAPhoneThatIsTakenAgain(t *testing.T) {
	play(t, later1d, `
		at 0s: the phone registers from 10.0.0.66
		between 0s and 1s: group gets 值班话机从另一个地址注册
		at 1m: li takes on registration_moved
		at 2m: the phone registers from 10.0.0.66
		at 2m1s: registration_moved is open, came back 1 times, 2 calls
		between 5m and 5m1s: group gets 仍未处理：值班话机从另一个地址注册
		at 6m: li takes on registration_moved
		at 2h: the phone registers from 10.0.0.66
		between 2h and 2h1s: group gets 值班话机从另一个地址注册
		at 2h1m: registration_moved is open, next supervisor at 26h0m0s
		# Nobody takes it on: it is told again, but not within the hour.
		at 2h30m: the phone registers from 10.0.0.66
		at 4h: the phone registers from 10.0.0.66
		between 4h and 4h1s: group gets 仍未处理：值班话机从另一个地址注册
		at 4h1m: registration_moved is open, 3 calls, next supervisor at 26h0m0s
		until 5h`)
}

// Two devices take the phone's place from one another all night: each way is told once.
func TestStoryOfTwoDevicesOnOneAccount(t *testing.T) {
	play(t, later1d, `
		at 0s: the phone is taken to and fro every 30s for 8h
		between 0s and 1s: group gets 值班话机从另一个地址注册
		between 30s and 31s: group gets 仍未处理：值班话机从另一个地址注册
		at 9h: registration_moved is open, 960 calls, next supervisor at 24h0m0s
		until 10h`)
}

// Killed in mid-call: what is made of the rest of it waits for the switch's journal, and is taken back when
// that says otherwise.
func TestStoryOfACallThatWasSeenInPart(t *testing.T) {
	play(t, later1d, `
		at 0s: call 1 is seen in part, as forwarded
		at 1s: feature_forward is open, next supervisor at 24h0m0s
		at 1s: feature_forward is weak
		at 3s: the journal says that call 1 was answered in time
		at 4s: feature_forward is resolved
		# It is as it was seen: told as soon as that is sure.
		at 1m: call 2 is seen in part, as forwarded
		at 1m3s: the journal says that call 2 was forwarded
		between 1m3s and 1m4s: group gets 交换机把来电转走（设有呼叫转移）
		at 1m4s: feature_forward is open, next supervisor at 24h1m0s
		at 1m4s: feature_forward is certain
		at 2m: call 3 is seen in part, as missed
		at 2m3s: the journal says that call 3 was missed
		between 2m3s and 2m4s: group gets 来电未接
		at 2m4s: missed is certain
		until 1h`)
}

// Where there is no journal it is told after a while, and stays unsure; a late word of the journal takes it
// back from those who were told.
func TestStoryOfACallThatWasSeenInPartWithoutAJournal(t *testing.T) {
	play(t, later1d, `
		at 0s: call 1 is seen in part, as forwarded
		between 15s and 16s: group gets 疑似交换机把来电转走（设有呼叫转移）
		at 1h: feature_forward is open, next supervisor at 24h0m0s
		at 1h: feature_forward is weak
		at 2h: the journal says that call 1 was answered in time
		at 2h1m: feature_forward is resolved
		between 2h5m and 2h5m1s: group gets 已解除：疑似交换机把来电转走（设有呼叫转移）
		until 3h`)
}

// A redirect that leads nowhere is told as one, also of a further call.
func TestStoryOfAPhoneThatSendsCallsNowhere(t *testing.T) {
	play(t, later1d, `
		at 0s: call 1 is sent on to nowhere
		between 0s and 2s: group gets 值班话机把来电转走
		between 0s and 2s: group gets 来电时值班话机响不了
		at 10m: call 2 is sent on to nowhere
		between 10m and 10m2s: group gets 仍未处理：值班话机把来电转走
		between 10m and 10m2s: group gets 来电时值班话机响不了
		at 11m: phone_redirect is open, 2 calls, next supervisor at 24h0m0s
		until 1h`)
}

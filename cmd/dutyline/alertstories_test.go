package main

import "testing"

// upward is a chain with all four posts. The group is told at once, for it is in no step.
const upward = `chain: {again: 1h, steps: [
       {post: duty_officer, channels: [officer], after: 0s},
       {post: duty_section_chief, channels: [chief], after: 5m, live: 10s},
       {post: duty_leader, name: 李主任, channels: [leader], after: 10m, live: 10s},
       {post: supervisor, channels: [leader], after: 15m}]}`

// Nobody takes it on: it goes up one step after another, and stops when somebody does.
func TestStoryOfAChain(t *testing.T) {
	play(t, upward, `
		at 0s: the roster has 陈刚 13900000001 on duty_officer from 0s to 12h
		at 0s: the roster has 王敏 13900000002 on duty_section_chief from 0s to 12h
		at 1m: the phone goes offline
		between 1m and 1m1s: group gets 值班话机离线，来电打不进来
		between 1m and 1m1s: officer gets 值班话机离线，来电打不进来
		at 2m: phone_unreachable is open, told duty_officer 陈刚, next duty_section_chief at 6m0s
		between 6m and 6m1s: chief gets 尚无人处理，报值班处（科）领导：值班话机离线，来电打不进来
		at 7m: phone_unreachable is open, told duty_section_chief 王敏, next duty_leader at 16m0s
		between 16m and 16m1s: leader gets 尚无人处理，报带班领导：值班话机离线，来电打不进来
		at 17m: li takes on phone_unreachable
		at 18m: phone_unreachable is acknowledged, told duty_leader 李主任
		at 1h: the phone is back
		between 1h5m and 1h5m2s: group gets 已解除：值班话机离线，来电打不进来
		between 1h5m and 1h5m2s: officer gets 已解除：值班话机离线，来电打不进来
		between 1h5m and 1h5m2s: chief gets 已解除：值班话机离线，来电打不进来
		between 1h5m and 1h5m2s: leader gets 已解除：值班话机离线，来电打不进来
		at 2h: the log proves open; told duty_officer 陈刚; told duty_section_chief 王敏; told duty_leader 李主任; acknowledged li; resolved
		until 6h`)
}

// The chain begins once more after its last step; an old story is not told for ever.
func TestStoryOfNobody(t *testing.T) {
	play(t, `chain: {again: 12h, steps: [{post: duty_officer, channels: [officer], after: 0s}, {post: duty_leader, channels: [leader, chief], after: 10m}]}`, `
		at 0s: call 1 rings
		between 10s and 11s: group gets 正在响第三声，尚未接听
		between 15s and 16s: group gets 已超过三声，仍未接听
		between 15s and 16s: officer gets 已超过三声，仍未接听
		at 20s: call 1 is missed
		between 20s and 24s: group gets 已解除：正在响第三声，尚未接听
		between 20s and 24s: group gets 已解除：已超过三声，仍未接听
		between 20s and 24s: group gets 来电未接
		between 20s and 22s: officer gets 已解除：已超过三声，仍未接听
		between 20s and 22s: officer gets 来电未接
		between 10m20s and 10m21s: leader gets 尚无人处理，报带班领导：来电未接
		between 10m20s and 10m21s: chief gets 尚无人处理，报带班领导：来电未接
		at 1h: missed is open, told duty_leader, next duty_officer at 12h10m20s
		between 12h10m20s and 12h10m22s: group gets 仍未处理：来电未接
		between 12h10m20s and 12h10m22s: officer gets 仍未处理：来电未接
		between 12h20m20s and 12h20m22s: leader gets 尚无人处理，报带班领导：来电未接
		between 12h20m20s and 12h20m22s: chief gets 尚无人处理，报带班领导：来电未接
		at 30h: missed is open, told duty_leader
		until 60h`)
}

// While it rings past the limit minutes are too long.
func TestStoryOfALiveCall(t *testing.T) {
	play(t, upward, `
		at 0s: call 1 rings
		between 10s and 11s: group gets 正在响第三声，尚未接听
		between 15s and 16s: group gets 已超过三声，仍未接听
		between 15s and 16s: officer gets 已超过三声，仍未接听
		between 25s and 26s: chief gets 尚无人处理，报值班处（科）领导：已超过三声，仍未接听
		at 30s: limit_passed is open, told duty_section_chief, next duty_leader at 35s
		at 31s: call 1 is answered
		between 31s and 33s: group gets 已解除：正在响第三声，尚未接听
		between 31s and 33s: group gets 已解除：已超过三声，仍未接听
		between 31s and 33s: officer gets 已解除：已超过三声，仍未接听
		between 31s and 33s: chief gets 已解除：已超过三声，仍未接听
		until 2h`)
}

// A call that rings now does not wait behind what a receiver refuses to take.
func TestStoryOfALiveCallBehindAnOldFault(t *testing.T) {
	play(t, ``, `
		at 0s: officer is broken
		at 0s: the phone goes offline
		between 0s and 1s: group gets 值班话机离线，来电打不进来
		between 0s and 1s: leader gets 值班话机离线，来电打不进来
		between 0s and 1s: chief gets 值班话机离线，来电打不进来
		at 59m: officer is up
		at 1h: call 1 rings
		between 1h10s and 1h11s: group gets 正在响第三声，尚未接听
		between 1h10s and 1h11s: chief gets 正在响第三声，尚未接听
		between 1h15s and 1h16s: group gets 已超过三声，仍未接听
		between 1h15s and 1h16s: chief gets 已超过三声，仍未接听
		between 1h15s and 1h16s: leader gets 已超过三声，仍未接听
		between 1h15s and 1h16s: officer gets 已超过三声，仍未接听
		between 1h15s and 1h20m: officer gets 值班话机离线，来电打不进来
		until 1h20m`)
}

// A phone that comes and goes is one alert: told when it begins and when it has stayed away.
func TestStoryOfALoosePlug(t *testing.T) {
	play(t, ``, `
		at 0s: the phone comes and goes every 20s for 30m
		between 0s and 1s: group gets 值班话机离线，来电打不进来
		between 0s and 1s: officer gets 值班话机离线，来电打不进来
		between 0s and 1s: leader gets 值班话机离线，来电打不进来
		between 0s and 1s: chief gets 值班话机离线，来电打不进来
		at 29m50s: phone_unreachable is resolved, came back 44 times
		between 34m40s and 34m41s: group gets 已解除：值班话机离线，来电打不进来
		between 34m40s and 34m41s: officer gets 已解除：值班话机离线，来电打不进来
		between 34m40s and 34m41s: leader gets 已解除：值班话机离线，来电打不进来
		between 34m40s and 34m41s: chief gets 已解除：值班话机离线，来电打不进来
		# Then it is a new one.
		at 50m: the phone goes offline
		between 50m and 50m1s: group gets 值班话机离线，来电打不进来
		between 50m and 50m1s: officer gets 值班话机离线，来电打不进来
		between 50m and 50m1s: leader gets 值班话机离线，来电打不进来
		between 50m and 50m1s: chief gets 值班话机离线，来电打不进来
		at 51m: phone_unreachable is open
		until 3h`)
}

// Nobody takes on a phone that comes and goes: it goes up the chain by the time for which it stood,
// and does not begin anew with each turn.
func TestStoryOfALoosePlugThatNobodyTakesOn(t *testing.T) {
	play(t, upward, `
		at 0s: the phone comes and goes every 40s for 32m
		between 0s and 1s: group gets 值班话机离线，来电打不进来
		between 0s and 1s: officer gets 值班话机离线，来电打不进来
		at 9m21s: phone_unreachable is open, came back 7 times, told duty_officer, next duty_section_chief at 9m40s
		# Seven times 40 s and 20 s of the eighth are five minutes.
		between 9m40s and 9m41s: chief gets 尚无人处理，报值班处（科）领导：值班话机离线，来电打不进来
		at 20m: phone_unreachable is resolved, came back 14 times, told duty_section_chief
		between 29m40s and 29m41s: leader gets 尚无人处理，报带班领导：值班话机离线，来电打不进来
		at 29m50s: phone_unreachable is open, came back 22 times, told duty_leader 李主任, next supervisor at 44m40s
		between 36m20s and 36m22s: group gets 已解除：值班话机离线，来电打不进来
		between 36m20s and 36m22s: officer gets 已解除：值班话机离线，来电打不进来
		between 36m20s and 36m22s: chief gets 已解除：值班话机离线，来电打不进来
		between 36m20s and 36m22s: leader gets 已解除：值班话机离线，来电打不进来
		until 3h`)
}

// One that comes back shortly before its end would have been told does not climb at once.
func TestStoryOfAProblemThatComesBackAfterMinutes(t *testing.T) {
	play(t, upward, `
		at 0s: the phone goes offline
		between 0s and 1s: group gets 值班话机离线，来电打不进来
		between 0s and 1s: officer gets 值班话机离线，来电打不进来
		at 10s: the phone is back
		at 5m: the phone goes offline
		at 5m1s: phone_unreachable is open, came back 1 times, told duty_officer, next duty_section_chief at 9m50s
		between 9m50s and 9m51s: chief gets 尚无人处理，报值班处（科）领导：值班话机离线，来电打不进来
		at 9m55s: li takes on phone_unreachable
		until 3h`)
}

// Who took on a phone that comes and goes again is told once in a damping window, not each time.
func TestStoryOfALoosePlugThatIsTakenOn(t *testing.T) {
	play(t, `chain: {steps: [{post: duty_officer, channels: [officer, leader, chief], after: 24h}]}`, `
		at 0s: the phone comes and goes every 1m for 11m
		between 0s and 1s: group gets 值班话机离线，来电打不进来
		at 30s: li takes on phone_unreachable
		at 2m30s: phone_unreachable is open, came back 1 times
		at 2m31s: li takes on phone_unreachable
		at 4m30s: li takes on phone_unreachable
		at 6m30s: the log proves open; acknowledged li; resolved; reopened; acknowledged li; resolved; reopened; acknowledged li; resolved; reopened
		between 10m and 10m1s: group gets 仍未处理：值班话机离线，来电打不进来
		at 10m30s: phone_unreachable is open, came back 5 times, next duty_officer at 24h10m0s
		between 16m and 16m1s: group gets 已解除：值班话机离线，来电打不进来
		until 3h`)
}

// At night only what is critical goes out. The rest waits until the morning, and goes if it stands.
func TestStoryOfANight(t *testing.T) {
	play(t, `quiet: {from: "22:00", to: "06:30"}`, `
		at 1h59m: the phone registers from 10.0.0.9
		between 1h59m and 1h59m1s: group gets 值班话机从另一个地址注册
		between 1h59m and 1h59m1s: chief gets 值班话机从另一个地址注册
		at 2h30m: the phone registers from 10.0.0.10
		at 3h: the configuration hides calls
		at 4h: the configuration is mended
		at 5h: the phone goes offline
		between 5h and 5h1s: group gets 值班话机离线，来电打不进来
		between 5h and 5h1s: officer gets 值班话机离线，来电打不进来
		between 5h and 5h1s: leader gets 值班话机离线，来电打不进来
		between 5h and 5h1s: chief gets 值班话机离线，来电打不进来
		at 3h: registration_moved is open, 2 calls
		between 10h30m and 10h30m1s: group gets 仍未处理：值班话机从另一个地址注册
		between 10h30m and 10h30m1s: chief gets 仍未处理：值班话机从另一个地址注册
		until 20h`)
}

// A step of the chain waits for the morning, too, and the next one for it.
func TestStoryOfAChainAtNight(t *testing.T) {
	play(t, `quiet: {from: "20:00", to: "06:30"}, chain: {steps: [{post: duty_section_chief, channels: [chief], after: 10m}, {post: duty_leader, channels: [group], after: 20m}]}`, `
		at 0s: the phone registers from 10.0.0.9
		at 1h: registration_moved is open, next duty_section_chief at 10h30m0s
		between 10h30m and 10h30m1s: chief gets 尚无人处理，报值班处（科）领导：值班话机从另一个地址注册
		between 10h50m and 10h50m1s: group gets 尚无人处理，报带班领导：值班话机从另一个地址注册
		until 20h`)
}

// What is muted goes out by no channel, comes back muted, and is told anew at the end if it stands.
func TestStoryOfAMute(t *testing.T) {
	play(t, upward, `
		at 0s: the phone goes offline
		between 0s and 1s: group gets 值班话机离线，来电打不进来
		between 0s and 1s: officer gets 值班话机离线，来电打不进来
		at 1m: li mutes phone_unreachable until 2h: 话机检修
		at 2m: phone_unreachable is open, told duty_officer, muted until 2h0m0s by li: 话机检修
		at 30m: the phone is back
		at 50m: the phone goes offline
		at 51m: phone_unreachable is open, came back 1 times, told duty_officer, muted until 2h0m0s by li: 话机检修
		between 2h and 2h2s: group gets 仍未处理：值班话机离线，来电打不进来
		between 2h and 2h2s: officer gets 仍未处理：值班话机离线，来电打不进来
		at 2h1m: phone_unreachable is open, came back 1 times, told duty_officer, next duty_section_chief at 2h5m0s
		at 2h2m: li takes on phone_unreachable
		at 3h: the phone is back
		between 3h5m and 3h5m3s: group gets 已解除：值班话机离线，来电打不进来
		between 3h5m and 3h5m3s: officer gets 已解除：值班话机离线，来电打不进来
		at 4h: the log proves open; told duty_officer; muted li; resolved; reopened; unmuted; told duty_officer; acknowledged li; resolved
		until 6h`)
}

// What waits for a receiver that is away is not told while it is muted, though it comes and goes.
func TestStoryOfAMuteWhileTheReceiverIsAway(t *testing.T) {
	play(t, `chain: {steps: [{post: supervisor, channels: [officer, leader, chief], after: 24h}]}`, `
		at 0s: group is down
		at 0s: the phone goes offline
		at 10s: li mutes phone_unreachable until 1h: 话机检修
		at 1m: group is up
		at 2m: the phone comes and goes every 1m for 20m
		at 30m: the phone goes offline
		at 31m: phone_unreachable is open, came back 10 times, muted until 1h0m0s by li: 话机检修
		between 1h and 1h1s: group gets 仍未处理：值班话机离线，来电打不进来
		until 3h`)
}

// A mute of a rule holds for what comes; ended early, what stands is told.
func TestStoryOfAMutedRule(t *testing.T) {
	play(t, `chain: {steps: [{post: supervisor, channels: [officer, leader, chief], after: 24h}]}`, `
		at 0s: call 1 rings
		between 10s and 11s: group gets 正在响第三声，尚未接听
		between 15s and 16s: group gets 已超过三声，仍未接听
		at 20s: call 1 is missed
		between 20s and 24s: group gets 已解除：正在响第三声，尚未接听
		between 20s and 24s: group gets 已解除：已超过三声，仍未接听
		between 20s and 24s: group gets 来电未接
		at 1m: li mutes all of missed until 10h: 演练
		at 1h: call 2 rings
		between 1h10s and 1h11s: group gets 正在响第三声，尚未接听
		between 1h15s and 1h16s: group gets 已超过三声，仍未接听
		at 1h20s: call 2 is missed
		between 1h20s and 1h24s: group gets 已解除：正在响第三声，尚未接听
		between 1h20s and 1h24s: group gets 已解除：已超过三声，仍未接听
		at 1h1m: missed is open, muted until 10h0m0s by li: 演练
		at 2h: wang unmutes missed
		between 2h and 2h2s: group gets 仍未处理：来电未接
		between 2h and 2h2s: group gets 仍未处理：来电未接
		at 3h: missed is open, next supervisor at 26h0m0s
		until 5h`)
}

// A receiver that is away, answers that it is broken, talks rubbish or says nothing gets everything
// once it is well, and the others do not wait for it. It is asked less and less often.
func TestStoryOfBadReceivers(t *testing.T) {
	play(t, `chain: {steps: [{post: supervisor, channels: [chief], after: 5m}]}`, `
		at 0s: group is down
		at 0s: officer is broken
		at 0s: leader is talking rubbish
		at 0s: chief is down
		at 0s: the phone goes offline
		at 2m: officer is silent
		at 5m: the phone registers from 10.0.0.9
		at 40m: group is up
		at 40m: officer is up
		at 40m: leader is slow
		at 40m: chief is up
		between 40m and 1h11m: group gets 值班话机离线，来电打不进来
		between 40m and 1h11m: group gets 值班话机从另一个地址注册
		between 40m and 1h11m: officer gets 值班话机离线，来电打不进来
		between 40m and 1h11m: leader gets 值班话机离线，来电打不进来
		between 40m and 1h11m: chief gets 尚无人处理，报督查人员：值班话机离线，来电打不进来
		between 40m and 1h11m: chief gets 尚无人处理，报督查人员：值班话机从另一个地址注册
		at 40m: officer was asked 6 times
		until 3h`)
}

// What a receiver refuses is said again from time to time, until somebody has mended it: in its order.
func TestStoryOfARefusal(t *testing.T) {
	play(t, `chain: {steps: [{post: supervisor, channels: [chief, officer], after: 24h}]}`, `
		at 0s: leader is refusing
		at 0s: the phone goes offline
		between 0s and 1s: group gets 值班话机离线，来电打不进来
		at 59m: leader was asked 2 times
		at 2h: leader is up
		at 2h: the phone is back
		between 2h and 2h30m: leader gets 值班话机离线，来电打不进来
		between 2h5m and 2h30m2s: leader gets 已解除：值班话机离线，来电打不进来
		between 2h5m and 2h5m1s: group gets 已解除：值班话机离线，来电打不进来
		until 5h`)
}

// A receiver that was away all the time is not told what was over meanwhile and never reached it.
func TestStoryOfWhatNeedNotBeTold(t *testing.T) {
	play(t, `chain: {steps: [{post: duty_section_chief, channels: [chief, officer, leader], after: 5m}]}`, `
		at 0s: chief is down
		at 0s: the phone goes offline
		between 0s and 1s: group gets 值班话机离线，来电打不进来
		between 5m and 5m1s: officer gets 尚无人处理，报值班处（科）领导：值班话机离线，来电打不进来
		between 5m and 5m1s: leader gets 尚无人处理，报值班处（科）领导：值班话机离线，来电打不进来
		at 30m: li takes on phone_unreachable
		at 40m: chief is up
		until 3h`)
}

// A kill between a message and the note that it went out repeats the message; nothing else is
// repeated, and nothing is lost: the chain goes on where it was.
func TestStoryOfAKill(t *testing.T) {
	play(t, upward, `
		at 0s: the daemon is killed while it tells officer
		at 0s: the phone goes offline
		between 0s and 0s: group gets 值班话机离线，来电打不进来
		between 0s and 0s: officer gets 值班话机离线，来电打不进来
		at 2m: the daemon starts
		between 2m and 2m1s: officer gets 值班话机离线，来电打不进来
		at 2m1s: phone_unreachable is open, told duty_officer, next duty_section_chief at 5m0s
		between 5m and 5m1s: chief gets 尚无人处理，报值班处（科）领导：值班话机离线，来电打不进来
		at 6m: the daemon is killed
		# Two steps were due meanwhile: one after the other, not both at once.
		at 2h: the daemon starts
		between 2h and 2h1s: leader gets 尚无人处理，报带班领导：值班话机离线，来电打不进来
		between 2h15m and 2h15m1s: leader gets 尚无人处理，报督查人员：值班话机离线，来电打不进来
		at 2h20m: li takes on phone_unreachable
		at 2h21m: the log proves open; told duty_officer; told duty_section_chief; told duty_leader 李主任; told supervisor; acknowledged li
		until 24h`)
}

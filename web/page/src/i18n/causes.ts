// The daemon says in English why a recording is not as it should be, for logs and for whoever
// repairs it. At the desk the known causes are said in the page's language; the English
// sentence stays within reach as a tooltip.
import type { Call } from '@/api/types'
import { lang, t, word, type Key } from './index'

const SIDES: [RegExp, 'caller' | 'officer'][] = [[/caller's side|far side/, 'caller'], [/officer's side|officer side/, 'officer']]

/** Known causes by a mark in the English sentence, what somebody can act on before what was tried. */
const CAUSES: [RegExp, Key][] = [
  [/disk is full/, 'cause.full'],
  [/less than the reserve/, 'cause.reserve'],
  [/the key is not here/, 'cause.noKey'],
  [/folder cannot be written/, 'cause.readonly'],
  [/disk fails/, 'cause.disk'],
  [/stored no recording/, 'cause.never'],
  [/has no audio: the switch crashed/, 'cause.crashed'],
  [/has no audio/, 'cause.silent'],
  [/still writing/, 'cause.growing'],
  [/has not stored both sides/, 'cause.notYet'],
  [/was taken over as it lies in the archive/, 'cause.adopted'],
  [/was cut on the switch/, 'cause.cut'],
  [/nobody saw whether this call was answered/, 'cause.perhaps'],
  [/sealed file was altered/, 'cause.altered'],
  [/different sealed file/, 'cause.conflict'],
  [/gave (the id of this call|this call the id)/, 'cause.sameId'],
  [/not a recording of the duty line/, 'cause.corrupt'],
  [/took too long/, 'cause.slow'],
  [/could not be read or saved/, 'cause.state'],
  [/^fetch the recording/, 'cause.fetch'],
  [/^seal the recording/, 'cause.seal'],
  [/^verify the sealed/, 'cause.verify'],
  [/^remove the /, 'cause.remove'],
]

/** The causes in a sentence of the daemon; empty when none is known. */
function known(reason: string): string[] {
  const out: string[] = []
  const nothing = /recorded nothing of the (caller's|officer's) side/.exec(reason)
  if (nothing) out.push(t('cause.oneSide', { side: sideOf(nothing[0]) }))
  for (const [mark, key] of CAUSES) {
    if (!mark.test(reason)) continue
    out.push(t(key))
    break
  }
  const padded = /the (?:caller's|officer's) side ended ([\d.hmµs]+) earlier/.exec(reason)
  if (padded) out.push(t('cause.padded', { side: sideOf(padded[0]), time: lasting(padded[1]) }))
  return out
}

/** 1m2.5s or 350ms in the page's words. */
function lasting(duration: string): string {
  const m = /^(?:(\d+)m(?!s))?([\d.]+)(ms|s)$/.exec(duration)
  if (!m) return duration
  const s = Number(m[1] || 0) * 60 + Number(m[2]) / (m[3] === 'ms' ? 1000 : 1)
  return t('common.sec', { s: Math.round(s * 10) / 10 })
}

function sideOf(text: string): string {
  for (const [mark, side] of SIDES) if (mark.test(text)) return t(('cause.side.' + side) as Key)
  return ''
}

/** A sentence of the daemon about recordings in the page's language; English stays as it is. */
export function causeText(reason: string): string {
  if (!reason || lang.value === 'en') return reason
  return known(reason).join(t('list.semicolon')) || t('cause.other')
}

const OF_RECORDING = ['silent_caller_side', 'silent_officer_side', 'recording_short', 'recording_missing']

/** Why the recording of a call is not as it should be, by its reason and otherwise by its findings. */
export function recordingCause(call: Call): string {
  const reason = (call.recording && call.recording.reason) || ''
  if (lang.value === 'en' && reason) return reason
  const said = known(reason)
  const found = call.findings.filter((f) => OF_RECORDING.indexOf(f) >= 0)
  if (said.length) return said.join(t('list.semicolon'))
  if (found.length) return found.map((f) => word('finding', f)).join(t('list.semicolon'))
  return reason ? t('cause.other') : ''
}

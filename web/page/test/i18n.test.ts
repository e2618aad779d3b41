import { describe, expect, it } from 'vitest'
import { fill } from '@/i18n'
import { alertLifeEn, alertLifeZh } from '@/i18n/alertlife'
import { alertCallsEn, alertCallsZh } from '@/i18n/alertcalls'
import { alertsEn, alertsZh } from '@/i18n/alerts'
import { directoryEn, directoryZh } from '@/i18n/directory'
import { dutiesEn, dutiesZh } from '@/i18n/duties'
import { handoverEn, handoverZh } from '@/i18n/handover'
import { en as deskEn } from '@/i18n/en'
import { findingsZh } from '@/i18n/findings'
import { matterEn, matterZh } from '@/i18n/matter'
import { lampsEn, lampsZh } from '@/i18n/lamps'
import { reconcileEn, reconcileZh } from '@/i18n/reconcile'
import { rosterEn, rosterZh } from '@/i18n/roster'
import { sidesEn, sidesZh } from '@/i18n/sides'
import { testsEn, testsZh } from '@/i18n/tests'
import { sightZh } from '@/i18n/sight'
import { zh as deskZh } from '@/i18n/zh'
import reasons from '../../../alerts/reason.go?raw'
import titles from '../../../alerts/title.go?raw'
import placed from '../../../alerts/call.go?raw'
import directoryCore from '../../../dutylog/directory.go?raw'
import directoryTable from '../../../dutylog/directory_table.go?raw'
import directoryPlan from '../../../dutylog/directory_plan.go?raw'
import contactNumbers from '../../../dutylog/contactnumber.go?raw'
import sheets from '../../../dutylog/sheet.go?raw'
import notices from '../../../alerts/notice.go?raw'
import calls from '../../../telephony/call.go?raw'
import outcomes from '../../../telephony/outcome.go?raw'

const zh = { ...deskZh, ...reconcileZh, ...alertsZh, ...alertLifeZh, ...alertCallsZh, ...sidesZh, ...lampsZh, ...matterZh, ...testsZh, ...directoryZh, ...rosterZh, ...dutiesZh, ...handoverZh }
const en = { ...deskEn, ...reconcileEn, ...alertsEn, ...alertLifeEn, ...alertCallsEn, ...sidesEn, ...lampsEn, ...matterEn, ...testsEn, ...directoryEn, ...rosterEn, ...dutiesEn, ...handoverEn }

const holes = (text: string) => (text.match(/\{\w+\}/g) || []).sort()

/** The values of a type's constants in a Go file. */
const constants = (source: string, type: string): string[] =>
  (source.match(new RegExp(`^\\s+\\w+\\s+${type}\\s*= "\\w+"`, 'gm')) || []).map((line) => line.replace(/^.*"(\w+)"$/s, '$1'))

/** Every source file of the page, by path. */
const sources = import.meta.glob<string>('../src/**/*.{ts,vue,css}', { query: '?raw', import: 'default', eager: true })
const paths = Object.keys(sources)

describe('two languages', () => {
  it('are looked for in all sources', () => expect(paths.length).toBeGreaterThan(30))

  it('have the same keys, none empty', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort())
    for (const table of [zh, en] as Record<string, string>[]) {
      for (const key of Object.keys(table)) expect(table[key], key).not.toBe('')
    }
  })

  it('fill the same values into each text', () => {
    const missing = Object.keys(zh).filter((key) => {
      const a = holes(zh[key as keyof typeof zh])
      const b = holes(en[key as keyof typeof zh])
      return a.join() !== b.join()
    })
    expect(missing).toEqual([])
  })

  it('write Chinese with Chinese punctuation', () => {
    const wrong = Object.keys(zh).filter((key) => /[\u4e00-\u9fff][,;:!]|[,;:!][\u4e00-\u9fff]/.test(zh[key as keyof typeof zh]))
    expect(wrong).toEqual([])
  })

  it('have every word that the API may say', () => {
    const want = [
      ...['idle', 'ringing', 'talking', 'unreachable', 'unknown'].map((w) => 'line.' + w),
      ...['duty', 'missed', 'wrong_number', 'nuisance', 'spot_check', 'outgoing'].map((w) => 'kind.' + w),
      ...['not_given', 'refused', 'not_possible'].map((w) => 'gap.' + w),
      ...['test', 'spot_check', 'superior', 'wrong_number', 'nuisance', 'withheld', 'system'].map((w) => 'tag.' + w),
      ...['none', 'pending', 'missing', 'failed'].map((w) => 'rec.' + w),
      ...constants(placed, 'CallOutcome').map((w) => 'callOutcome.' + w), 'callOutcome.',
      ...[
        'answered_in_time', 'answered_late', 'missed', 'abandoned_early', 'engaged', 'rejected', 'unreachable', 'forwarded',
        'answered_elsewhere', 'answered_by_machine', 'unknown', 'placed_answered', 'placed_unanswered', 'placed_failed',
      ].map((w) => 'outcome.' + w),
      ...[
        'call_without_recording', 'recording_without_call', 'header_only', 'silent', 'one_sided', 'too_short', 'still_growing', 'truncated',
        'entry_without_call', 'call_without_entry',
      ].map((w) => 'ledger.kind.' + w),
      ...[
        'never_stored', 'not_sealed', 'waits_long', 'no_row', 'no_audio', 'nothing_heard', 'caller_side_silent', 'officer_side_silent',
        'caller_side_missing', 'officer_side_missing', 'shorter_than_talk', 'still_written', 'cut_on_switch', 'file_gone', 'other_size',
        'no_such_call', 'unseen_call',
        'foreign_name', 'left_over', 'decided_away', 'no_call_named', 'no_call_row', 'no_entry',
      ].map((w) => 'ledger.why.' + w),
    ]
    expect(want.filter((key) => !(key in zh))).toEqual([])
  })

  it('say every finding of telephony/outcome.go, and no other', () => {
    const named = constants(outcomes, 'Finding').map((name) => 'finding.' + name)
    expect(named.length).toBeGreaterThan(30)
    expect(Object.keys(findingsZh).sort()).toEqual(named.sort())
  })

  it('say every reason, certainty and severity of the alerts, and no other', () => {
    const of = (area: string) => Object.keys(alertsZh).filter((k) => k.indexOf(area + '.') === 0).map((k) => k.slice(area.length + 1)).sort()
    expect(constants(reasons, 'Reason').length).toBeGreaterThan(15)
    expect(of('reason')).toEqual(constants(reasons, 'Reason').sort())
    expect(of('certainty')).toEqual(constants(reasons, 'Certainty').sort())
    expect(of('severity')).toEqual(constants(notices, 'Severity').sort())
  })

  it('say every word of the directory: kinds, fields, changes, reasons and faults, and no other', () => {
    const of = (area: string) => Object.keys(directoryZh).filter((k) => k.indexOf(area + '.') === 0).map((k) => k.slice(area.length + 1)).sort()
    expect(of('phone')).toEqual(constants(directoryCore, 'NumberKind').sort())
    expect(of('contact')).toEqual([...constants(directoryCore, 'ContactField'), ...constants(directoryCore, 'NumberKind')].sort())
    expect(of('contactHow')).toEqual(constants(directoryCore, 'ChangeHow').sort())
    expect(of('planReason')).toEqual(constants(directoryPlan, 'PlanReason').sort())
    expect(of('rowFault')).toEqual([...constants(directoryTable, 'RowFault'), ...constants(contactNumbers, 'numberFault')].sort())
    expect(of('fileFault')).toEqual(constants(sheets, 'FileFault').sort())
  })

  it('call an alert as the messages do that leave the building', () => {
    const said = (titles.match(/^\s+Reason\w+:\s+"[^"]+"/gm) || []).map((line) => line.replace(/^.*"([^"]+)"$/, '$1'))
    expect(said.sort()).toEqual(Object.entries(alertsZh).filter(([k]) => k.indexOf('reason.') === 0).map(([, text]) => text).sort())
  })

  it('say whose word a call is, whatever the daemon may answer', () => {
    expect(constants(calls, 'Settler').sort()).toEqual(['ari', 'journal']) // settledHow knows these
    expect(Object.keys(sightZh).filter((k) => k.indexOf('settled.') === 0)).toHaveLength(6)
  })

  it('leave no Chinese text in the components', () => {
    const stray = paths.filter((path) => {
      if (/i18n\//.test(path)) return false
      const text = sources[path].replace(/<!--[\s\S]*?-->|\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
      // The practice call's example name is data, not a text of the page.
      return /[\u4e00-\u9fff]/.test(text.replace(/沈河区应急局/g, ''))
    })
    expect(stray).toEqual([])
  })

  it('show an unknown hole as it is', () => {
    expect(fill('第 {ring} 声 {x}', { ring: 2 })).toBe('第 2 声 {x}')
  })

  it.each([[1, '1 ring'], [2, '2 rings'], [0, '0 rings']])('say %i in the plural when it is one', (n, want) => {
    expect(fill(en['calls.rings'], { n })).toBe(want)
  })

  it('have one Chinese word for ringing', () => {
    expect(Object.keys(zh).filter((key) => zh[key as keyof typeof zh].indexOf('振铃') >= 0)).toEqual([])
  })
})

describe('Chromium 78', () => {
  it('is asked for nothing that it does not know', () => {
    const newer = /\.(at|replaceAll|findLast|findLastIndex|hasOwn|toSorted|toReversed|flatMapAsync)\(|structuredClone|Object\.hasOwn|Promise\.any|WeakRef|randomUUID|AbortSignal\.timeout|Intl\.ListFormat/
    const bad = paths.filter((path) => newer.test(sources[path]))
    expect(bad).toEqual([])
  })

  it('gets no flexbox gap, inset, aspect-ratio or :is() of ours', () => {
    const newer = /(^|[\s;{])(gap|row-gap|column-gap|inset|aspect-ratio)\s*:|:is\(|:where\(|:has\(/m
    const bad = paths.filter((path) => {
      const style = /\.css$/.test(path) ? ['', sources[path]] : /<style[^>]*>([\s\S]*)<\/style>/.exec(sources[path])
      return !!style && newer.test(style[1])
    })
    expect(bad).toEqual([])
  })
})

// The tables are laid over one another: a key that two files have would show the words of the other one.
it('no key stands in two files', () => {
  const parts = import.meta.glob('../src/i18n/*.ts', { query: '?raw', import: 'default', eager: true }) as Record<string, string>
  const keys = Object.entries(parts).flatMap(([file, text]) => {
    const own = (text.match(/^\s+'[\w.-]+':/gm) || []).map((m) => m.trim().slice(1, -2))
    return [...new Set(own)].map((key) => [key, /(?:\/|incidents)en\.ts$/.test(file) ? 'en' : 'zh'] as const)
  })
  const seen = new Set<string>()
  const twice = keys.filter(([key, half]) => { const is = seen.has(half + key); seen.add(half + key); return is }).map(([key]) => key)
  expect(keys.length).toBeGreaterThan(1000)
  expect(twice).toEqual([])
})

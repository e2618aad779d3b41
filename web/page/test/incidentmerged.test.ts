// What an incident that was merged into another one still asks for, and where a form begins.
import { describe, expect, it } from 'vitest'
import type { CallOffer, IncidentRow, Report } from '@/api/incidents'
import { firstOf, type DeedField } from '@/logic/deeds'
import { elsewhereAt, stageAt, talkOf, waitingOf, waitsElsewhere } from '@/logic/incidents'

const waiting = { incident: 1, report: 4, fact: 7, part: 'sign' as const, login: 'zhao', name: '赵振华', at: '2026-11-27T14:00:00Z' }
const row = (id: number) => ({ id, waiting: [waiting] } as unknown as IncidentRow)

describe('an approval that was noted in a merged incident', () => {
  it('is asked once, where it was noted', () => {
    expect(waitingOf([row(2), row(1)], 'Zhao').map((x) => x.waiting.incident)).toEqual([1])
    expect(waitsElsewhere(row(2))).toEqual([waiting])
    expect(waitsElsewhere(row(1))).toEqual([])
  })
  it('names its report by the number', () => {
    expect([1, 2, 3, 4, 5, 8, 7].map(stageAt)).toEqual([{ stage: 'first', nth: 1 }, { stage: 'written', nth: 1 }, { stage: 'detailed', nth: 1 }, { stage: 'follow_up', nth: 1 }, { stage: 'final', nth: 1 }, { stage: 'follow_up', nth: 3 }, { stage: 'final', nth: 2 }])
  })
})

it('shows to whom a merged incident sent a report', () => {
  const sent = { incident: 1, recipient: 'government' as const, channel: 'fax' as const, at: '2026-11-27T14:00:00Z' }
  const r = { sent_elsewhere: [sent] } as unknown as Report
  expect([elsewhereAt(r, 'government', 'fax'), elsewhereAt(r, 'government', 'phone'), elsewhereAt({} as Report, 'government', 'fax')]).toEqual([[sent], [], []])
})

it('tells how long an offered call was', () => {
  expect([talkOf({ talk_seconds: 3.4 } as CallOffer), talkOf({ talk_seconds: 83 } as CallOffer), talkOf({ talk_seconds: 0 } as CallOffer), talkOf({} as CallOffer)]).toEqual(['0:03', '1:23', '', ''])
})

it('begins with the first field that is needed, else with the first that is written', () => {
  const fields = [{ name: 'to', kind: 'choice', required: true }, { name: 'who', kind: 'line', required: true }, { name: 'evidence', kind: 'line' }] as DeedField[]
  expect(firstOf(fields, { to: 'a', who: '周敏', evidence: '' })).toBe('who')
  expect(firstOf(fields, { to: 'a' })).toBe('who')
  expect(firstOf(fields, { who: '周敏' })).toBe('to')
})

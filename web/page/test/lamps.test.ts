import { describe, expect, it } from 'vitest'
import type { Lamp, Lamps } from '@/api/types'
import { badLamps, lampTone, lampsNow, unknownLamps } from '@/logic/lamps'
import { lampCausesZh, lampsZh } from '@/i18n/lamps'
import lampKinds from '../../../alerts/lamp.go?raw'
import lampCauses from '../../../alerts/lampcause.go?raw'

const lamp = (name: string, state: Lamp['state'], severity: Lamp['severity'] = ''): Lamp => ({ lamp: name, state, severity, since: null, cause: '', detail: '', why: '' })
const at = '2026-11-26T19:12:00.000Z'
const all: Lamps = { line: 'duty', state: 'bad', at, now: at, lamps: [lamp('disk', 'bad', 'warning'), lamp('trunk', 'unknown'), lamp('phone', 'bad', 'critical'), lamp('clock', 'good')] }

describe('the lamps of the line', () => {
  it('are not shown when they were not judged lately', () => {
    expect(lampsNow(all, Date.parse(at) + 29_000)).toHaveLength(4)
    expect(lampsNow(all, Date.parse(at) + 31_000)).toEqual([])
    expect(lampsNow({ ...all, at: null }, Date.parse(at))).toEqual([])
    expect(lampsNow(null, 0)).toEqual([])
  })

  it('are told with the worst first', () => {
    expect(badLamps(all.lamps).map((l) => l.lamp)).toEqual(['phone', 'disk'])
    expect(unknownLamps(all.lamps)).toBe(1)
  })

  it('are green only when they are good', () => expect(all.lamps.map(lampTone)).toEqual(['warn', 'unknown', 'bad', 'good']))

  it('have a word each, and each cause a sentence', () => {
    const values = (source: string, type: string) => (source.match(new RegExp(`\\s${type}\\s*= "\\w+"`, 'g')) || []).map((m) => m.replace(/^.*"(\w+)"$/s, '$1'))
    const kinds = values(lampKinds, 'Lamp')
    const causes = values(lampCauses, 'Cause')
    expect(kinds).toHaveLength(13)
    expect(kinds.filter((k) => !('lamp.' + k in lampsZh))).toEqual([])
    expect(causes.length).toBeGreaterThan(40)
    expect(causes.filter((c) => !lampCausesZh[c])).toEqual([])
    expect(Object.keys(lampCausesZh).filter((c) => causes.indexOf(c) < 0)).toEqual([])
  })
})

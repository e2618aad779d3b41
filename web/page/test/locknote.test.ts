import { describe, expect, it } from 'vitest'
import { acknowledged, inSight, parseNotes, renewed, sendDelay, sending, taken, typed, unsent, untaken, type LockNote } from '@/logic/locknote'

const one = (more: Partial<LockNote> = {}): LockNote => ({ key: 'k1', line: 'duty', begun: 1000, edit: 1, kept: 0, text: '沈', ...more })

describe('notes of the locked screen', () => {
  it('keep every character in their order', () => {
    let notes: LockNote[] = []
    const text = '沈阳路起火，无伤亡'
    for (let n = 1; n <= text.length; n++) notes = typed(notes, 'k1', 'duty', text.slice(0, n), 1000 + n)
    expect(notes).toEqual([one({ begun: 1001, edit: text.length, text })])
    expect(typed(notes, 'k1', 'other', text, 9999)).toBe(notes) // nothing new
    notes = typed(notes, 'k2', 'fire', '又来电', 5000)
    expect(notes.map((n) => [n.key, n.line, n.begun, n.text])).toEqual([['k1', 'duty', 1001, text], ['k2', 'fire', 5000, '又来电']])
    expect(typed([], 'k3', 'duty', '', 1)).toEqual([]) // nothing was typed yet
    expect(typed(notes, 'k1', 'duty', '', 1)[0]).toMatchObject({ text: '', edit: text.length + 1 }) // all of it was deleted by hand
  })

  it('know what the daemon has, whatever order its answers come in', () => {
    let notes = [one({ edit: 5 }), one({ key: 'k2', edit: 2, kept: 2 })]
    expect(unsent(notes).map((n) => n.key)).toEqual(['k1'])
    notes = acknowledged(notes, 'k1', 4)
    expect(unsent(notes)).toHaveLength(1) // typed on meanwhile
    notes = acknowledged(acknowledged(notes, 'k1', 5), 'k1', 3)
    expect(unsent(notes)).toEqual([])
    expect(notes[0].kept).toBe(5)
  })

  it('go only when an entry has all of them, and what was typed since stays', () => {
    const notes = [one({ edit: 7 }), one({ key: 'k2' })]
    expect(taken(notes, 'k1', 6).map((n) => n.key)).toEqual(['k1', 'k2'])
    expect(taken(notes, 'k1', 7).map((n) => n.key)).toEqual(['k2'])
    expect(taken(notes, 'none', 99)).toHaveLength(2)
  })

  it('go on under a key of their own with the lines that no entry has yet', () => {
    const before = sending([one({ edit: 3, text: '甲\n乙' })], 'k1')
    const now = typed(before, 'k1', 'duty', '甲\n乙\n丙', 5000)
    const [more] = renewed(now, now[0], 3, 'k2')
    expect(more).toEqual({ key: 'k2', line: 'duty', begun: 1000, edit: 4, kept: 0, text: '甲\n乙\n丙', base: '甲\n乙' })
    expect(untaken(more)).toBe('丙')
    expect(['甲\n乙改\n丙', '丁', '', '甲\n乙'].map((text) => untaken({ ...more, text }))).toEqual(['乙改\n丙', '丁', '', ''])
    expect(unsent(renewed(before, before[0], 3, 'k2'))).toEqual([]) // nothing of it is new
    expect(untaken(renewed(now, now[0], 2, 'k2')[0])).toBe('甲\n乙\n丙') // of that edit nobody knows what it was
    expect(renewed(now, one({ key: 'k9' }), 3, 'k2')).toEqual(now)
  })

  it('come back from the browser as they were, and nonsense is passed over', () => {
    const notes = [one(), one({ key: 'k2', text: '含"引号"\n换行' })]
    expect(parseNotes(JSON.stringify(notes))).toEqual(notes)
    for (const raw of [null, '', '{', '{}', '"x"', '[1,null,{"key":"k"}]', '[{"key":"k","text":"x","line":"","begun":"1","edit":1,"kept":0}]']) expect(parseNotes(raw), String(raw)).toEqual([])
    expect(parseNotes(JSON.stringify([null, one()]))).toEqual([one()])
  })

  it('are out of sight a minute after the last key, once nobody rings or talks', () => {
    expect(inSight(true, 1000, 10_000_000)).toBe(true)
    expect(inSight(false, 1000, 60_999)).toBe(true)
    expect(inSight(false, 1000, 61_000)).toBe(false)
    expect(inSight(true, 0, 1000)).toBe(false) // nothing was typed: what an earlier visitor wrote is not shown
    expect(inSight(false, 0, 0)).toBe(false)
  })

  it('are sent soon, and seldom while nobody answers', () => {
    expect(sendDelay(0)).toBe(700)
    expect([1, 2, 3, 20].map(sendDelay)).toEqual([1000, 2000, 4000, 10_000])
  })
})

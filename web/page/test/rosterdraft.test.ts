import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { ApiError } from '@/api/client'
import { rosterApi, type Person, type RosterMonth, type Shift } from '@/api/roster'
import { lang } from '@/i18n'
import { clashText } from '@/i18n/rosterwords'
import { cellAt, cellKey, DEFAULT_SLOTS, draftCells, shiftAt, slotKey, slotsWith } from '@/logic/roster'
import page from '../src/components/RosterPage.vue?raw'
import topBar from '../src/components/TopBar.vue?raw'

const stored: Record<string, string> = {}
vi.stubGlobal('localStorage', Object.defineProperties(stored, { // its keys are those of what is kept
  getItem: { value: (k: string) => (k in stored ? stored[k] : null) },
  setItem: { value: (k: string, v: string) => { stored[k] = v } },
  removeItem: { value: (k: string) => { delete stored[k] } },
}))
const { RosterDraft, flushRoster, keptMonths } = await import('@/state/roster-draft')
const { session } = await import('@/state/session')

type User = NonNullable<typeof session.user>
const signIn = (username: string) => { session.user = username ? ({ username, name: username } as unknown as User) : null }
const officer = DEFAULT_SLOTS[2]
const cell = (day: string) => cellKey(day, officer)
const FIRST = cell('2026-12-01')
const SECOND = cell('2026-12-02')
const at = (day: string, name: string): Shift => shiftAt(day, officer, { name, phone: '139' })
const refused = (status: number) => new ApiError(status, 'no', 'no', {}, 'roster')

/** The daemon's draft of December 2026; away: it does not answer. */
const daemon = { revision: 0, shifts: [] as Shift[], force: [] as Shift[], away: false, lost: false }
const answer = (): RosterMonth => ({
  month: '2026-12', days: ['2026-12-01', '2026-12-02', '2026-12-03'].map((date) => ({ date, kind: 'workday', name: '', periods: [] })), known: true, source: '',
  shifts: daemon.force, findings: [], counts: [], rest: { night: 1, weekend: 1, holiday: 3 }, draft: { revision: daemon.revision, at: null, by: '', shifts: daemon.shifts, findings: [], wants_reason: false },
})
function save(_: string, revision: number, shifts: Shift[]): Promise<RosterMonth> {
  if (daemon.away) return Promise.reject(refused(0))
  if (revision !== daemon.revision) return Promise.reject(refused(409))
  Object.assign(daemon, { revision: revision + 1, shifts })
  return daemon.lost ? Promise.reject(refused(504)) : Promise.resolve(answer())
}
const names = () => daemon.shifts.map((s) => s.name)

/** The page of the month as somebody opens it. */
function open() {
  const month = ref<RosterMonth | null>(answer())
  const draft = new RosterDraft(() => ({ month: month.value, people: [] as Person[] }), (m) => { month.value = m })
  draft.begin()
  const type = (key: string, name: string) => {
    draft.state.cells[key] = { name, phone: '' }
    draft.typed()
  }
  return { draft, type, reads: () => { month.value = answer(); draft.follow() }, name: (key: string) => (draft.state.cells[key] || { name: '' }).name }
}

beforeEach(() => {
  vi.useFakeTimers()
  Object.keys(stored).forEach((k) => delete stored[k])
  Object.assign(daemon, { revision: 4, shifts: [at('2026-12-01', '张伟'), at('2026-12-02', '李娜')], force: [], away: false, lost: false })
  vi.spyOn(rosterApi, 'saveDraft').mockImplementation(save)
  vi.spyOn(rosterApi, 'month').mockImplementation(() => (daemon.away ? Promise.reject(refused(0)) : Promise.resolve(answer())))
  signIn('zhou')
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('what is typed into a month', () => {
  it('is saved by itself, and nothing of it is left on this PC then', async () => {
    const p = open()
    p.type(FIRST, '王强')
    expect([p.draft.state.saving, keptMonths()]).toEqual(['saving', ['2026-12']])
    await vi.advanceTimersByTimeAsync(1000)
    expect([p.draft.state.saving, names(), keptMonths()]).toEqual(['saved', ['王强', '李娜'], []])
  })

  it('stays while the daemon is away, and is sent when it is there again', async () => {
    const p = open()
    daemon.away = true
    p.type(FIRST, '王强')
    expect(await p.draft.save()).toBe(false)
    expect([p.draft.state.saving, p.name(FIRST), keptMonths()]).toEqual(['failed', '王强', ['2026-12']])
    daemon.away = false
    p.draft.again()
    await vi.advanceTimersByTimeAsync(0)
    expect([p.draft.state.saving, names(), keptMonths()]).toEqual(['saved', ['王强', '李娜'], []])
  })

  it('is there again after another page, a lock or a restart, and saved when nobody changed the draft meanwhile', async () => {
    const p = open()
    daemon.away = true
    p.type(FIRST, '王强')
    p.type(SECOND, '') // nobody
    p.draft.leave()
    await vi.advanceTimersByTimeAsync(0)
    daemon.away = false
    signIn('') // the lock
    signIn('zhou')
    const again = open()
    expect([again.name(FIRST), again.name(SECOND)]).toEqual(['王强', ''])
    await vi.advanceTimersByTimeAsync(1000)
    expect([again.draft.state.saving, names(), keptMonths()]).toEqual(['saved', ['王强'], []])
  })

  it('is nobody else\'s', () => {
    open().type(FIRST, '王强')
    signIn('li')
    expect([keptMonths(), open().name(FIRST)]).toEqual([[], '张伟'])
  })

  it('that was spoiled on this PC is none', () => {
    stored['dutyline.roster.zhou/2026-12'] = '{"base":4,"cells":{"2026-12-01 duty_officer/480/1200":{"name":7},"x":{"name":"a","was":"b"}}}'
    expect(open().draft.unsaved).toBe(0)
  })

  it('makes who leaves the page be asked while the daemon does not have it', async () => {
    const p = open()
    expect(await flushRoster()).toBe(true)
    p.type(FIRST, '王强')
    expect([await flushRoster(), names()[0]]).toEqual([true, '王强'])
    daemon.away = true
    p.type(FIRST, '刘芳')
    expect(await flushRoster()).toBe(false)
    p.draft.leave() // another page is shown
    await vi.advanceTimersByTimeAsync(0)
    expect(await flushRoster()).toBe(false)
    expect(topBar).toMatch(/askLeave && keptMonths\(\)\.length/)
  })

  it('goes in one saving after the other, so that nobody is told of somebody else', async () => {
    const p = open()
    p.type(FIRST, '王强')
    const first = p.draft.save()
    p.type(SECOND, '刘芳')
    await Promise.all([first, p.draft.save()])
    expect([p.draft.state.saving, names(), daemon.revision]).toEqual(['saved', ['王强', '刘芳'], 6])
  })
})

describe('a draft that somebody else changed meanwhile', () => {
  const theirs = () => Object.assign(daemon, { revision: daemon.revision + 1, shifts: [at('2026-12-01', '刘芳'), at('2026-12-02', '李娜'), at('2026-12-03', '赵敏')] })

  it('has what was typed here laid on it, names the cells of both, and saves it when somebody says so', async () => {
    const p = open()
    theirs()
    p.type(FIRST, '王强')
    p.type(SECOND, '张伟')
    expect(await p.draft.save()).toBe(false)
    expect([p.draft.state.saving, p.draft.unsaved, p.name(FIRST), p.name(SECOND), p.name(cell('2026-12-03'))]).toEqual(['stale', 2, '王强', '张伟', '赵敏'])
    lang.value = 'zh'
    expect(p.draft.state.clashes.map(clashText)).toEqual(['12-01 08:00 值班员：现为 刘芳，您填的是 王强'])
    p.type(SECOND, '张伟伟')
    await vi.advanceTimersByTimeAsync(5000)
    expect(names()).toEqual(['刘芳', '李娜', '赵敏']) // nothing goes over it by itself
    expect(await p.draft.agree()).toBe(true)
    expect([p.draft.state.saving, names(), keptMonths()]).toEqual(['saved', ['王强', '张伟伟', '赵敏'], []])
  })

  it('is shown as it stands when what was typed here is thrown away', async () => {
    const p = open()
    theirs()
    p.type(FIRST, '王强')
    await p.draft.save()
    p.draft.discard()
    expect([p.name(FIRST), p.draft.unsaved, keptMonths(), await p.draft.save()]).toEqual(['刘芳', 0, [], true])
  })

  it('asks also after the page was left and opened again, as often as it is', async () => {
    const p = open()
    daemon.away = true
    p.type(FIRST, '王强')
    await p.draft.save()
    daemon.away = false
    theirs()
    for (let i = 0; i < 2; i++) {
      const again = open()
      await vi.advanceTimersByTimeAsync(5000)
      expect([again.draft.state.saving, again.draft.state.clashes, names()[0]]).toEqual(['stale', [{ key: FIRST, now: '刘芳', mine: '王强' }], '刘芳'])
    }
  })

  it('is no other one when it was this saving, whose answer was lost', async () => {
    const p = open()
    daemon.lost = true
    p.type(FIRST, '王强')
    expect(await p.draft.save()).toBe(false)
    daemon.lost = false
    expect(await p.draft.save()).toBe(true)
    expect([p.draft.state.saving, p.draft.unsaved, keptMonths()]).toEqual(['saved', 0, []])
  })

  it('is shown when the month is read anew, and never saved over with what stood here', async () => {
    const p = open()
    theirs()
    p.reads()
    expect([p.name(FIRST), p.draft.state.saving]).toEqual(['刘芳', 'saved'])
    theirs()
    p.type(SECOND, '张伟')
    p.reads()
    expect(p.draft.state.saving).toBe('stale')
    await p.draft.agree()
    expect(names()).toEqual(['刘芳', '张伟', '赵敏'])
  })
})

describe('cells', () => {
  it('say their day and slot, and those that are none say so', () => {
    expect(cellAt(FIRST)).toEqual({ day: '2026-12-01', slot: officer })
    expect([cellAt('2026-12-01 duty_cook/480/1200'), cellAt('')]).toEqual([null, null])
  })

  it('keep their column where the draft has it no more', () => {
    const odd = '2026-12-01 duty_officer/600/1200'
    expect(slotsWith(DEFAULT_SLOTS, { [odd]: { name: '王强', phone: '', was: '' } }).map(slotKey)).toContain('duty_officer/600/1200')
    expect(Object.keys(draftCells(daemon.shifts))).toEqual([FIRST, SECOND])
  })
})

describe('the page', () => {
  it('leaves no month whose cells are not saved, and sends them when the connection is there again', () => {
    expect(page).toMatch(/async function go\(m: string\): Promise<void> \{\s+if \(!\(await draft\.save\(\)\)\) \{/)
    expect(page).toMatch(/on\('connected', \(\) => \{\s+if \(editing\.value\) draft\.again\(\)/)
    expect(page).toMatch(/onBeforeUnmount\(\(\) => \{\s+stop\(\)\s+draft\.leave\(\)/)
  })
})

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, ref, type EffectScope } from 'vue'
import type { Contact } from '@/api/directory'
import type { TaskRule } from '@/api/duties'
import type { Person } from '@/api/roster'
import type { Call } from '@/api/types'

vi.stubGlobal('window', globalThis)
vi.stubGlobal('document', { documentElement: {}, addEventListener: () => undefined, querySelectorAll: () => [], activeElement: null })
vi.stubGlobal('history', { pushState: () => undefined, replaceState: () => undefined, state: null })
vi.stubGlobal('location', { hash: '', pathname: '/', search: '' })
/** As little of localStorage as the page uses. */
const stored: Record<string, string> = {}
vi.stubGlobal('localStorage', Object.defineProperties(stored, { // its keys are those of what is kept
  getItem: { value: (k: string) => (k in stored ? stored[k] : null) },
  setItem: { value: (k: string, v: string) => { stored[k] = v } },
  removeItem: { value: (k: string) => { delete stored[k] } },
}))

const { useCard, useCorrection, useHolidayTable, useLateForm, useNewPeriod, useNewPerson, useRemarks, useRule } = await import('@/state/form-drafts')
const { dropErasedAsked, useAsked, useAskedOnce, useAskedUntil } = await import('@/state/ask-drafts')
const { session } = await import('@/state/session')
const { wentToCall } = await import('@/state/aside')
const { desk, switchToWaiting } = await import('@/state/desk')

type User = NonNullable<typeof session.user>
const signIn = (username: string) => { session.user = username ? ({ username, name: username, roles: [] } as unknown as User) : null }

/** A page that is shown until it is left. */
function page<T>(setup: () => T): { got: T; leave: () => void } {
  const scope: EffectScope = effectScope()
  return { got: scope.run(setup) as T, leave: () => scope.stop() }
}

beforeEach(() => {
  Object.keys(stored).forEach((k) => delete stored[k])
  signIn('wang')
})

describe('交班备注', () => {
  it('is there again after another page was looked at', () => {
    const first = page(useRemarks)
    first.got.text = '2 号线路维修至 14:00，' // and half a sentence
    first.leave()
    expect(page(useRemarks).got.text).toBe('2 号线路维修至 14:00，')
  })

  it('is not shown to who signs in next, and comes back to who wrote it', () => {
    const p = page(useRemarks)
    p.got.text = '王值班写的'
    signIn('') // the idle lock
    expect(p.got.text).toBe('')
    signIn('li')
    expect(p.got.text).toBe('')
    p.got.text = '李娜写的'
    signIn('wang')
    expect(p.got.text).toBe('王值班写的')
    signIn('li')
    expect(p.got.text).toBe('李娜写的')
  })

  it('is gone when it was handed over', () => {
    const p = page(useRemarks)
    p.got.text = '交接清楚'
    p.got.text = ''
    expect(page(useRemarks).got.text).toBe('')
    expect(Object.keys(stored)).toEqual([])
  })

  it('that cannot be read is none', () => {
    stored['dutyline.remarks.wang/'] = '{"text":'
    expect(page(useRemarks).got.text).toBe('')
    stored['dutyline.remarks.wang/'] = '{"text":7}'
    expect(page(useRemarks).got.text).toBe('')
  })
})

describe('a table of public holidays', () => {
  const fresh = () => ({ year: 2027, source: '', table: '' })
  const form = () => page(() => useHolidayTable(fresh))

  it('stays on this PC while it is being typed, and goes when it was saved', () => {
    const first = form()
    first.got.table = '元旦,2027-01-01,2027-01-03,放假'
    first.leave()
    const again = form()
    expect(again.got).toEqual({ ...fresh(), table: '元旦,2027-01-01,2027-01-03,放假' })
    Object.assign(again.got, { source: '', table: '' })
    expect(Object.keys(stored)).toEqual([])
    expect(form().got).toEqual(fresh())
  })

  it('is kept though the box of the year is empty at the moment', () => {
    const first = form()
    Object.assign(first.got, { year: '', source: '国办发明电〔2026〕8号', table: '元旦，2027-01-01' })
    first.leave()
    expect(form().got).toEqual({ year: '', source: '国办发明电〔2026〕8号', table: '元旦，2027-01-01' })
  })
})

describe('the lists of the roster', () => {
  it('keep a person and a period that are being typed, and forget them when they were entered', () => {
    const person = page(useNewPerson)
    Object.assign(person.got.form, { name: '赵敏', phone: '024-8659', standing: 'temporary' })
    const period = page(useNewPeriod)
    Object.assign(period.got.form, { name: '全国两会', first: '2027-03-03', extra: '备勤两人' })
    person.leave()
    period.leave()
    const [p, q] = [page(useNewPerson), page(useNewPeriod)]
    expect(p.got.form).toEqual({ name: '赵敏', phone: '024-8659', standing: 'temporary' })
    expect(q.got.form).toEqual({ name: '全国两会', first: '2027-03-03', last: '', notice: '', extra: '备勤两人', ended: '' })
    p.got.clear()
    q.got.clear()
    expect(Object.keys(stored)).toEqual([])
    expect(page(useNewPerson).got.form.name).toBe('')
  })
})

describe('a card of the directory', () => {
  const contact = { id: 7, change: 3, unit: '区水务局', person: '孙刚', title: '', numbers: [{ kind: 'office', number: '024-22730001' }], superior: false, remark: '', last_confirmed: '', confirmed_by: '', stale: false } as Contact
  const card = (c: Contact | null) => page(() => useCard(c))

  it('has again what was typed into it when a call took it away, and says so', () => {
    const first = card(contact)
    expect(first.got.left.value).toBe('')
    first.got.form.fields.numbers.push({ kind: 'mobile', number: '13900001111' })
    first.got.form.fields.remark = '节假日打手机'
    first.leave()
    const again = card(contact)
    expect([again.got.form.fields.numbers.length, again.got.form.fields.remark, again.got.left.value]).toEqual([2, '节假日打手机', 'same'])
    expect([card(null).got.form.fields.unit, card({ ...contact, id: 8 }).got.form.fields.remark]).toEqual(['', ''])
    expect(card({ ...contact, change: 4 }).got.left.value).toBe('moved')
    again.got.drop()
    expect([card(contact).got.form.fields.remark, Object.keys(stored)]).toEqual(['', []])
  })

  it('of a new contact and the number that an officer adds are kept, and what says nothing new is not', () => {
    const first = card(null)
    first.got.form.fields.unit = '区气象局'
    const officer = card(contact)
    officer.got.form.more.number = '24120'
    expect([card(null).got.form.fields.unit, card(contact).got.form.more.number]).toEqual(['区气象局', '24120'])
    first.got.form.fields.unit = ''
    officer.got.form.more.number = ''
    expect(Object.keys(stored)).toEqual([])
  })

  it('that was spoiled on this PC is none', () => {
    stored['dutyline.card.wang/7'] = '{"fields":{"unit":"x"},"more":null}'
    expect(card(contact).got.form.fields.unit).toBe('区水务局')
  })
})

describe('a rule of dated duties', () => {
  it('has again what was typed into it, of the rule that is shown', () => {
    const shown = ref<TaskRule | null>({ rule: 5, version: 2, title: '月度抽查', post: 'duty_leader', every: 'month', day: 3, lead_minutes: 720 })
    const first = page(() => useRule(() => shown.value))
    Object.assign(first.got.form, { title: '月度抽查（含夜间）', lead: 24 })
    const rule = shown.value
    shown.value = null // somebody went to a call
    shown.value = { ...rule!, rule: 6, title: '值班表报备' }
    expect([first.got.form.title, first.got.left.value]).toEqual(['值班表报备', ''])
    shown.value = rule
    expect([first.got.form.title, first.got.form.lead, first.got.form.day, first.got.left.value]).toEqual(['月度抽查（含夜间）', 24, 3, 'same'])
    first.got.drop() // it was saved
    shown.value = null
    shown.value = rule
    expect([first.got.form.title, first.got.left.value, Object.keys(stored)]).toEqual(['月度抽查', '', []])
  })
})

describe('a correction in the list of people', () => {
  it('begins with what the list says, is kept, and tells when the list says something else meanwhile', () => {
    const row: Person = { name: '赵敏', phone: '', login: '', standing: 'regular', left: null, version: 4 }
    const shown = ref<Person | null>(null)
    const form = page(() => useCorrection(() => shown.value)).got
    shown.value = row
    expect(form.form).toEqual({ version: 4, phone: '', standing: 'regular' })
    form.form.phone = '13900001111'
    shown.value = null // another page
    shown.value = { ...row, version: 5, standing: 'rehired' }
    expect([form.form.phone, form.left.value]).toEqual(['13900001111', 'moved'])
    form.drop()
    shown.value = null
    shown.value = row
    expect([form.form.phone, form.left.value]).toEqual(['', ''])
  })
})

describe('补录', () => {
  const shown = ref(true)
  const dialog = () => page(() => useLateForm(shown))
  const fill = { kind: 'fax' as const, at: '2026-11-27T03:10:00Z', blind: '2026-11-27T03:00:00Z', reason: '值班系统停机', sheet: '000012' }

  it('keeps its fields when it is shut and opened again', () => {
    shown.value = true
    const { got } = dialog()
    Object.assign(got.form, fill)
    shown.value = false // Esc
    shown.value = true
    expect(got.form).toMatchObject(fill)
  })

  it('keeps its fields over a reload, and the key with them: what was sent and not answered is not opened twice', () => {
    const before = dialog()
    Object.assign(before.got.form, fill)
    const key = before.got.form.key
    before.leave()
    expect(key).toMatch(/^[0-9a-f]{24}$/)
    expect(dialog().got.form).toEqual({ ...fill, key })
  })

  it('begins afresh with a key of its own once it was sent or thrown away', () => {
    const { got } = dialog()
    Object.assign(got.form, fill)
    const key = got.form.key
    got.clear()
    expect(got.form).toMatchObject({ kind: 'duty', at: '', blind: '', reason: '', sheet: '' })
    expect(got.form.key).not.toBe(key)
    expect(Object.keys(stored)).toEqual([])
  })

  it('goes on under a key of its own once the entry of its key was opened: the next matter that is typed over it is not refused', () => {
    shown.value = true
    const { got } = dialog()
    Object.assign(got.form, fill)
    const key = got.form.key
    got.another('w-' + 'f'.repeat(24)) // of a form that was sent long ago
    expect(got.form.key).toBe(key)
    got.another('w-' + key)
    shown.value = false
    shown.value = true
    const renewed = got.form.key
    expect(renewed).toMatch(/^[0-9a-f]{24}$/)
    expect(renewed).not.toBe(key)
    expect(got.form).toMatchObject(fill)
    expect(dialog().got.form.key).toBe(renewed) // also after a reload
  })

  it('is nobody else\'s', () => {
    const { got } = dialog()
    Object.assign(got.form, fill)
    signIn('li')
    expect(got.form.reason).toBe('')
  })

  it('steps aside when F2 brings a ringing call up, and loses nothing', () => {
    shown.value = true
    const { got } = dialog()
    Object.assign(got.form, fill)
    desk.calls.c1 = { id: 'c1', entry_id: 'e-1', direction: 'in', offered_at: '2026-11-27T04:00:00Z', ended_at: null, answered_at: null } as unknown as Call
    desk.waiting = ['c1']
    const before = wentToCall.value
    switchToWaiting()
    expect([wentToCall.value, shown.value]).toEqual([before + 1, false])
    shown.value = true
    expect(got.form).toMatchObject(fill)
  })

  it('stays where it is while no call waits', () => {
    shown.value = true
    dialog()
    desk.waiting = []
    switchToWaiting()
    expect(shown.value).toBe(true)
  })
})

describe('the words of a small box', () => {
  it('are there again after Esc, a call or another page, each where they belong', () => {
    const about = ref('missed/1')
    const first = page(() => useAsked(() => about.value))
    first.got.value = '三次回拨无人'
    about.value = 'missed/2' // another line of the list
    expect(first.got.value).toBe('')
    first.got.value = '已发微信'
    about.value = '' // Esc
    expect(first.got.value).toBe('')
    first.leave()
    const again = page(() => useAsked(() => 'missed/1'))
    expect(again.got.value).toBe('三次回拨无人')
    again.got.value = '' // it was sent
    expect(page(() => useAsked(() => 'missed/1')).got.value).toBe('')
    expect(page(() => useAsked(() => 'missed/2')).got.value).toBe('已发微信')
  })

  it('are of who typed them', () => {
    const box = page(() => useAsked(() => 'e-1/correct-why')).got
    box.value = '单位写错'
    signIn('li')
    expect(box.value).toBe('')
    box.value = '号码写错'
    signIn('wang')
    expect(box.value).toBe('单位写错')
  })

  it('go when they were taken, and stay when they were not', () => {
    const of = () => 'e-1/correct-why'
    const left = page(() => useAskedOnce(of))
    left.got.box.value = '补记伤亡'
    left.leave() // Esc, or F2 while a call rings
    const sent = page(() => useAskedOnce(of))
    expect(sent.got.box.value).toBe('补记伤亡')
    sent.got.taken()
    expect(sent.got.box.value).toBe('补记伤亡') // until the daemon has it
    sent.got.box.value += '情况' // it was refused, and somebody goes on
    sent.leave()
    const last = page(() => useAskedOnce(of))
    expect(last.got.box.value).toBe('补记伤亡情况')
    last.got.taken()
    last.leave()
    expect(page(() => useAskedOnce(of)).got.box.value).toBe('')
  })

  it('that are sent stay until the daemon has them, whatever page is shown meanwhile', async () => {
    const of = () => 'e-3/attach-why'
    const answers = [false, true]
    const ask = () => page(() => useAskedUntil(of, async () => answers.shift()))
    const first = ask()
    first.got.box.value = '传真后到'
    const sending = first.got.go()
    first.leave() // a call that rang was answered
    await sending
    const again = ask()
    expect(again.got.box.value).toBe('传真后到')
    await again.got.go()
    expect(again.got.box.value).toBe('')
    expect(ask().got.box.value).toBe('')
  })

  it('about an entry that was erased since are dropped', () => {
    page(() => useAsked(() => 'e-1/correct-why')).got.value = '王立新的号码写错'
    page(() => useAsked(() => 'e-12/correct-why')).got.value = '另一条'
    dropErasedAsked('e-1', Date.now() - 60_000)
    expect(page(() => useAsked(() => 'e-1/correct-why')).got.value).toBe('王立新的号码写错') // typed afterwards
    dropErasedAsked('e-1', Date.now() + 60_000)
    expect(page(() => useAsked(() => 'e-1/correct-why')).got.value).toBe('')
    expect(page(() => useAsked(() => 'e-12/correct-why')).got.value).toBe('另一条')
  })
})

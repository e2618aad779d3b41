// The month as the table shows it: days down, shifts across. Instants stay UTC; days and clocks
// are those of Shanghai.
import type { Post } from '@/api/types'
import type { Finding, HolidayYear, Person, RosterChange, RosterDay, Shift } from '@/api/roster'
import { DAY_MS, date, dayOf, parse, weekday } from './time'

export const POSTS: Post[] = ['duty_leader', 'duty_section_chief', 'duty_officer'] // as the paper has them

/** A column: one post from one time of day to another, in minutes since midnight. */
export interface Slot { post: Post; from: number; to: number }

const MIN = 60_000

/** Two shifts by day and night for the officer, whole days for those above. */
export const DEFAULT_SLOTS: Slot[] = [
  { post: 'duty_leader', from: 480, to: 1920 }, { post: 'duty_section_chief', from: 480, to: 1920 },
  { post: 'duty_officer', from: 480, to: 1200 }, { post: 'duty_officer', from: 1200, to: 1920 },
]
/** One shift of 24 hours for everybody. */
export const WHOLE_SLOTS: Slot[] = POSTS.map((post) => ({ post, from: 480, to: 1920 }))

export const slotKey = (s: Slot) => `${s.post}/${s.from}/${s.to}`

const clockText = (minutes: number) => {
  const m = minutes % 1440
  return `${m < 600 ? '0' : ''}${Math.floor(m / 60)}:${m % 60 < 10 ? '0' : ''}${m % 60}`
}
export const slotFrom = (s: Slot) => clockText(s.from)
export const slotTo = (s: Slot) => (s.to === 1440 ? '24:00' : clockText(s.to))
export const overNight = (s: Slot) => s.to > 1440

/** Cuts a shift of several days at the time of day at which it begins. */
export function partsOf(s: Shift): Shift[] {
  const parts: Shift[] = []
  const end = parse(s.to)
  for (let from = parse(s.from); from < end; from += DAY_MS) {
    parts.push({ ...s, from: new Date(from).toISOString(), to: new Date(Math.min(end, from + DAY_MS)).toISOString() })
  }
  return parts
}

export const slotOf = (s: Shift): Slot => {
  const from = parse(s.from)
  const start = (from - dayOf(date(from))) / MIN
  return { post: s.post, from: start, to: start + (parse(s.to) - from) / MIN }
}

/** The columns that these shifts need; the usual ones when a post has none or only such: half a draft has the other half to be typed. */
export function slotsOf(shifts: Shift[], usual: Slot[] = DEFAULT_SLOTS): Slot[] {
  const count: Record<string, { slot: Slot; n: number }> = {}
  for (const s of shifts) {
    for (const part of partsOf(s)) {
      const slot = slotOf(part)
      const key = slotKey(slot)
      count[key] = { slot, n: (count[key] ? count[key].n : 0) + 1 }
    }
  }
  const slots: Slot[] = []
  for (const post of POSTS) {
    const own = Object.keys(count).map((k) => count[k].slot).filter((s) => s.post === post)
    const has = usual.filter((s) => s.post === post)
    slots.push(...(own.every((s) => has.some((x) => slotKey(x) === slotKey(s))) ? has : own))
  }
  return slots.sort(inOrder)
}
const inOrder = (a: Slot, b: Slot): number => POSTS.indexOf(a.post) - POSTS.indexOf(b.post) || a.from - b.from || a.to - b.to

/** Shifts that begin in the month; one that comes over from the month before is not its own. */
export const ownShifts = (shifts: Shift[], month: string): Shift[] => shifts.filter((s) => date(parse(s.from)).slice(0, 7) === month)

export interface Cell { name: string; phone: string }

/** Who stands in a cell, by day and slot; several only where the roster has a fault. */
export function cellsOf(shifts: Shift[]): Record<string, Shift[]> {
  const cells: Record<string, Shift[]> = {}
  for (const s of shifts) {
    for (const part of partsOf(s)) {
      const key = date(parse(part.from)) + ' ' + slotKey(slotOf(part))
      ;(cells[key] = cells[key] || []).push(part)
    }
  }
  return cells
}

export const cellKey = (day: string, slot: Slot) => day + ' ' + slotKey(slot)

/** The day and the slot of a cell; null when it is none. */
export function cellAt(key: string): { day: string; slot: Slot } | null {
  const m = /^(\d{4}-\d\d-\d\d) (duty_[a-z_]+)\/(\d+)\/(\d+)$/.exec(key)
  return m && POSTS.indexOf(m[2] as Post) >= 0 ? { day: m[1], slot: { post: m[2] as Post, from: Number(m[3]), to: Number(m[4]) } } : null
}

/** Who stands in each cell of a draft. */
export function draftCells(shifts: Shift[]): Record<string, Cell> {
  const all = cellsOf(shifts)
  const cells: Record<string, Cell> = {}
  for (const key of Object.keys(all)) cells[key] = { name: all[key][0].name, phone: all[key][0].phone }
  return cells
}

/** A cell that was typed into: who shall stand there (empty: nobody), and who stood there before. */
export interface TypedCell extends Cell { was: string }
export type TypedCells = Record<string, TypedCell>

const nameIn = (cell?: Cell): string => (cell ? cell.name.trim() : '')
const sameName = (a: string, b: string): boolean => a.replace(/\s+/g, '') === b.replace(/\s+/g, '')

/** What was typed into the cells since they stood as they are stored. */
export function typedCells(stored: Record<string, Cell>, cells: Record<string, Cell>): TypedCells {
  const typed: TypedCells = {}
  for (const key of Object.keys({ ...stored, ...cells })) {
    const was = nameIn(stored[key])
    const name = nameIn(cells[key])
    if (!sameName(was, name)) typed[key] = { name, phone: cells[key] ? cells[key].phone : '', was }
  }
  return typed
}

/** A cell into which two people typed: what stands there now, and what was typed here. */
export interface Clash { key: string; now: string; mine: string }

/** Puts what was typed onto the cells that stand now; the answer names those that somebody else changed meanwhile. */
export function layOn(cells: Record<string, Cell>, typed: TypedCells): Clash[] {
  const clashes: Clash[] = []
  for (const key of Object.keys(typed)) {
    const { name, phone, was } = typed[key]
    const now = nameIn(cells[key])
    if (sameName(now, name)) continue
    if (!sameName(now, was)) clashes.push({ key, now, mine: name })
    cells[key] = { name, phone }
  }
  return clashes.sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** The columns, with those that these cells need besides. */
export function slotsWith(slots: Slot[], typed: TypedCells): Slot[] {
  const all = slots.slice()
  for (const key of Object.keys(typed)) {
    const at = typed[key].name ? cellAt(key) : null
    if (at && !all.some((s) => slotKey(s) === slotKey(at.slot))) all.push(at.slot)
  }
  return all.sort(inOrder)
}

export function shiftAt(day: string, slot: Slot, cell: Cell): Shift {
  const start = dayOf(day)
  return { from: new Date(start + slot.from * MIN).toISOString(), to: new Date(start + slot.to * MIN).toISOString(), post: slot.post, name: cell.name.trim(), phone: cell.phone }
}

/** The person of a name, however it is set apart or marked: 王 强（代） is 王强. The daemon decides; this finds who is meant. */
export const personOf = (name: string): string => name.replace(/\s+/g, '').replace(/[（(【[][^（）()【】[\]]*[）)】\]]$/, '')

/** Who has this name in the list of people; null: nobody. */
export const personNamed = (people: Person[], name: string): Person | null => people.find((p) => personOf(p.name) === personOf(name)) || null

/** What the rules say about one cell: gaps of its time, and findings about its person. */
export function findingsAt(findings: Finding[], day: string, slot: Slot, name: string): Finding[] {
  const from = dayOf(day) + slot.from * MIN
  const to = dayOf(day) + slot.to * MIN
  return findings.filter((f) => {
    if (parse(f.from) >= to || parse(f.to) <= from) return false
    if (f.reason === 'gap') return f.post === slot.post && !name
    if (f.reason === 'two_posts') return personOf(f.name) === personOf(name)
    return personOf(f.name) === personOf(name) && (f.post === slot.post || !f.post)
  })
}

/** When a shift that ran already changed hands; empty: it did so as a whole. */
export const cutAt = (before: Shift, after?: Shift): string => (after && after.from !== before.from ? after.from : '')

/** Who has a shift after a change: of a swap one for one, else who came to its post in its time. */
export const nowHas = (c: Pick<RosterChange, 'kind' | 'before' | 'after'>, i: number): Shift | undefined => (c.kind === 'swap' ? c.after[i]
  : c.after.filter((s) => s.post === c.before[i].post && s.from < c.before[i].to && s.to > c.before[i].from)[0])

/** Fills empty cells with who stood there some days before, so that a week goes on and on. */
export function continuePattern(cells: Record<string, Cell>, before: Record<string, Cell>, days: string[], slots: Slot[], period: number): number {
  let filled = 0
  for (const day of days) {
    const model = date(dayOf(day) - period * DAY_MS)
    for (const slot of slots) {
      const key = cellKey(day, slot)
      const from = cells[cellKey(model, slot)] || before[cellKey(model, slot)]
      if ((!cells[key] || !cells[key].name) && from && from.name) {
        cells[key] = { ...from }
        filled++
      }
    }
  }
  return filled
}

/** The number that belongs to a name: of the list of people, else as the roster had it. */
export function phoneOf(name: string, people: Person[], known: Shift[]): string {
  const person = personNamed(people, name)
  if (person && person.phone) return person.phone
  const shift = known.find((s) => personOf(s.name) === personOf(name) && s.phone)
  return shift ? shift.phone : ''
}

export function otherMonth(month: string, by: number): string {
  const n = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + by
  const m = (n % 12) + 1
  return `${Math.floor(n / 12)}-${m < 10 ? '0' : ''}${m}`
}

/** Shifts that may be taken for one that is given: of others, not over yet, month by month as they come, each once. */
export function swappable(shifts: Shift[], give: Shift, now: number): { month: string; shifts: Shift[] }[] {
  const months: { month: string; shifts: Shift[] }[] = []
  const seen: Record<string, true> = {}
  for (const s of shifts.slice().sort((a, b) => parse(a.from) - parse(b.from))) {
    const key = [s.from, s.post, s.name].join('/') // a shift over the end of a month is told with both
    if (seen[key] || personOf(s.name) === personOf(give.name) || parse(s.to) <= now) continue
    seen[key] = true
    const month = date(parse(s.from)).slice(0, 7)
    const last = months[months.length - 1]
    if (last && last.month === month) last.shifts.push(s)
    else months.push({ month, shifts: [s] })
  }
  return months
}

/** The content of a file as the API takes it. */
export function base64(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...Array.from(bytes.subarray(i, i + 0x8000)))
  return btoa(text)
}

/** Days that follow one another and are one holiday, or one make-up of it. */
export interface HolidaySpan { name: string; from: string; to: string; days: number; kind: 'holiday' | 'make_up' }
export function holidaySpans(days: HolidayYear['days']): HolidaySpan[] {
  const spans: HolidaySpan[] = []
  for (const d of days) {
    const last = spans[spans.length - 1]
    if (last && last.name === d.name && last.kind === d.kind && dayOf(last.to) + DAY_MS === dayOf(d.date)) {
      last.to = d.date
      last.days++
    } else spans.push({ name: d.name, from: d.date, to: d.date, days: 1, kind: d.kind })
  }
  return spans
}

/** A Saturday or Sunday is one, though nobody entered which holidays the year has. */
export const weekendAnyway = (d: RosterDay): boolean => d.kind === 'not_known' && (weekday(dayOf(d.date)) === 0 || weekday(dayOf(d.date)) === 6)

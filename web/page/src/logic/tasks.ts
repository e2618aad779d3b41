// What the page 定期事项 says about a duty and about a rule.
import type { Check, CheckState, Every, Task, TaskRule, TaskState } from '@/api/duties'
import type { Post } from '@/api/types'
import { t, word } from '@/i18n'
import { minute, nearDay, parse, weekday } from './time'

export function taskTone(s: TaskState): 'good' | 'warn' | 'bad' | 'plain' {
  if (s === 'overdue' || s === 'missed') return 'bad'
  if (s === 'due' || s === 'done_late') return 'warn'
  return s === 'done' ? 'good' : 'plain'
}

/** By which an address names a duty: duties of several rules have the same key when they are due on the same day. */
export const taskID = (x: Pick<Task, 'rule' | 'key'>): string => x.rule + '/' + x.key

export const waits = (s: TaskState) => s === 'due' || s === 'overdue'
/** How many of what one rule asks for later are shown. */
const COMING = 2

/** The list as it is read: what waits comes first, the oldest on top; of what one rule asks for later only the next ones. */
export function inOrder(tasks: Task[]): Task[] {
  const coming: Record<number, number> = {}
  const rest = tasks.filter((x) => {
    if (waits(x.state)) return false
    if (x.state !== 'coming') return true
    coming[x.rule] = (coming[x.rule] || 0) + 1
    return coming[x.rule] <= COMING
  })
  return tasks.filter((x) => waits(x.state)).concat(rest)
}
/** Whether a filing of the roster ended it: nobody takes that back here. */
export const filed = (x: Task) => !!x.filing && (x.state === 'done' || x.state === 'done_late')
/** Whether somebody said how it ended, and can take that back. */
export const marked = (x: Task) => !!x.mark && x.mark.says !== 'open' && !filed(x) && (!x.filing || x.state === 'not_needed')

/** Whether nobody can have done it yet: what it is about has not happened, or its shift is far. */
export const tooSoon = (x: Task, now: number) => (x.state === 'coming' || x.state === 'due') && !!x.not_before && now < parse(x.not_before)

/** When it is due, as people say it: what is filed before a day begins is due the day before at 24:00. */
export function dueOf(x: Task, now: number): { day: string; clock: string } {
  const at = parse(x.due_at)
  const before = x.filing && minute(at) === '00:00'
  const shown = before ? at - 1 : at
  return { day: nearDay(shown, now) + ' ' + t('weekday').split('|')[weekday(shown)], clock: before ? '24:00' : minute(at) }
}

/** How a duty was done, in one text. */
export function howDone(x: Task): string {
  const m = x.mark
  if (x.filing && (filed(x) || (x.state === 'due' && x.filing.state === 'supplement'))) {
    return t(filed(x) ? 'duties.filed' : 'duties.supplement', { state: word('filing.state', x.filing.state), n: x.filing.filing })
  }
  if (!m) return x.filing && x.filing.due_presumed ? t('duties.presumed') : ''
  if (m.says === 'open') return t('duties.reopened', { name: m.by.name, why: m.text })
  const bad = m.checks.filter((c) => c.state !== 'good').map((c) => c.item + word('checkState', c.state) + (c.remark ? t('punct.colon') + c.remark : ''))
  const checks = m.checks.length ? [bad.length ? bad.join(t('list.comma')) : t('duties.allGood')] : []
  return checks.concat(m.text || [], m.entry || []).join(' · ')
}

/** When a rule asks for something. */
export function whenOf(r: TaskRule): string {
  const every = word('every', r.every)
  const clock = r.clock || ''
  switch (r.every) {
    case 'week': return t('duties.when.week', { weekday: t('weekday').split('|')[r.weekday || 0], clock })
    case 'month': return t('duties.when.month', { day: r.day || 1, clock })
    case 'once': return t('duties.when.once', { date: r.date || '', clock })
    case 'before_special': return t('duties.when.before', { every, day: r.day || 1, clock })
    case 'month_filing':
    case 'special_filing': return every
    case 'shift':
    case 'absence': return t('duties.when.after', { every, n: r.after_minutes || 0 })
    default: return t('duties.when.clock', { every, clock })
  }
}

export const usesClock = (e: Every) => e !== 'shift' && e !== 'absence' && !usesFiling(e)
export const usesFiling = (e: Every) => e === 'month_filing' || e === 'special_filing'
export const usesDay = (e: Every) => e === 'month' || e === 'before_special'

/** The items of a check as they are ticked first: nothing is good that nobody looked at. */
export function freshChecks(items: string[]): { item: string; state: CheckState | ''; remark: string }[] {
  return items.map((item) => ({ item, state: '' as const, remark: '' }))
}

/** Whether every item has a state, and each fault a word. */
export function allTicked(checks: { state: string; remark: string }[]): boolean {
  return checks.every((c) => c.state && (c.state !== 'faulty' || c.remark.trim()))
}

export function toChecks(checks: { item: string; state: CheckState | ''; remark: string }[]): Check[] {
  return checks.map((c) => ({ item: c.item, state: c.state as CheckState, remark: c.remark.trim() || undefined }))
}

/** Checks as somebody left them, as far as the list is still the same one. */
export function keptChecks(fresh: ReturnType<typeof freshChecks>, left: string): ReturnType<typeof freshChecks> {
  let kept: ReturnType<typeof freshChecks> = []
  try {
    kept = left ? (JSON.parse(left) as ReturnType<typeof freshChecks>) : []
  } catch {
    // Somebody spoiled it: the list begins anew.
  }
  return fresh.map((c) => kept.filter((k) => k.item === c.item)[0] || c)
}

/** A rule as its form has it: lead in hours, checks one a line. */
export type RuleFields = ReturnType<typeof ruleFields>
export function ruleFields(r: TaskRule | null) {
  const x: Partial<TaskRule> = r || {}
  return {
    title: x.title || '', basis: x.basis || '', post: x.post || 'duty_officer' as Post, every: x.every || 'once' as Every, clock: x.clock || '14:00', date: x.date || '', day: x.day || 1,
    weekday: x.weekday || 0, after: x.after_minutes || 0, lead: (x.lead_minutes || 0) / 60, checks: (x.checks || []).join('\n'),
  }
}

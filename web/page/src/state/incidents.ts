// Which incidents are open, and what is offered: for the strip, the badge, the bar on an entry, and the page.
import { computed, ref, shallowRef, watch } from 'vue'
import { incidents, type CallOffer, type Incident, type IncidentRow } from '@/api/incidents'
import { t, word } from '@/i18n'
import { problemDetail, problemText } from '@/i18n/problems'
import { byDue, proofMarks, talkOf, unsigned, waitingOf } from '@/logic/incidents'
import { newKey } from '@/logic/late'
import { minute, parse } from '@/logic/time'
import { connection, on } from './live'
import { notify } from './notices'
import { canApprove, canSeeIncidents, canWrite, session } from './session'

const rows = ref<IncidentRow[]>([])
/** Open ones, what is due first on top. */
export const openIncidents = computed(() => byDue(rows.value))
/** Closed ones in which something waits for whoever is signed in: an approval by telephone for their word, a report for
 * their signature. */
export const closedWaiting = ref<IncidentRow[]>([])
export const offeredCalls = ref<CallOffer[]>([])
/** Calls of which somebody at this desk said that they were no report. */
const declined = ref<string[]>(keptDeclined())
export const callOffers = computed(() => offeredCalls.value.filter((o) => declined.value.indexOf(o.call_id) < 0))
/** One that was just changed here or elsewhere: whoever shows it reads it again. */
export const changedIncident = shallowRef<{ id: number }>({ id: 0 })

const DECLINED = 'dutyline.offers.declined'
const MOST_DECLINED = 100
function keptDeclined(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(DECLINED) || '[]')
    return Array.isArray(kept) ? kept.filter((x) => typeof x === 'string') : []
  } catch {
    return []
  }
}
/** The call was no report: it is not offered as one at this desk any more, and can still be chosen by hand. */
export function declineOffer(callId: string): void {
  declined.value = declined.value.filter((id) => id !== callId).concat(callId).slice(-MOST_DECLINED)
  try {
    localStorage.setItem(DECLINED, JSON.stringify(declined.value))
  } catch {
    // Without storage it lasts until the reload.
  }
}

const GATHER_MS = 300
let timer: ReturnType<typeof setTimeout> | undefined

export async function loadIncidents(): Promise<void> {
  timer = undefined
  const who = session.user
  if (!canSeeIncidents.value) {
    rows.value = []
    offeredCalls.value = []
    closedWaiting.value = []
    return
  }
  if (!connection.live) return
  try {
    if (canWrite.value) {
      const offers = await incidents.offers()
      if (who !== session.user) return
      rows.value = offers.incidents
      offeredCalls.value = offers.calls
    } else {
      const list = (await incidents.list('open')).items
      if (who === session.user) rows.value = list
    }
    const ended = canApprove.value ? (await incidents.list('closed')).items : []
    if (who === session.user) closedWaiting.value = ended.filter((i) => !!who && (waitingOf([i], who.username).length > 0 || unsigned(i, who.role)))
  } catch {
    // The connection bar tells; the last list and its clocks stay.
  }
}
function soon(): void {
  if (!timer) timer = setTimeout(() => void loadIncidents(), GATHER_MS)
}

/** What a deed gave back is known at once. */
export function learn(i: Incident): void {
  rows.value = rows.value.filter((r) => r.id !== i.id).concat(i.state === 'open' ? [i] : [])
  offeredCalls.value = offeredCalls.value.filter((o) => o.incident !== i.id || i.state === 'open' && !i.facts.some((f) => f.body.call_id === o.call_id && f.kind !== 'report_signed' && f.kind !== 'report_reviewed'))
  changedIncident.value = { id: i.id }
  soon()
}

export const stageName = (x: { stage: string; nth: number }): string =>
  x.stage === 'follow_up' || x.nth > 1 ? t('inc.nth', { stage: word('inc.stage', x.stage), n: x.nth }) : word('inc.stage', x.stage)

/** An incident as people call it: its number, what kind it is, and where. */
export const incidentName = (i: Pick<IncidentRow, 'number' | 'category' | 'title'>): string => [i.number, word('inc.cat', i.category), i.title].filter((x) => x).join(' ')

/** The incident that an offered report is of, as people call it. */
export function offerName(o: CallOffer): string {
  const i = rows.value.filter((r) => r.id === o.incident)[0]
  return i ? incidentName(i) : [o.incident_number, o.title].filter((x) => x).join(' ')
}
/** To whom an offered report went, as far as that can be told. */
export const offeredTo = (o: CallOffer): string => (o.recipient ? word('inc.to', o.recipient) : t('inc.recipientUnknown'))

/** How long an offered call lasted, and that it was too short to prove anything; empty: it is not over. */
export const talkText = (o: CallOffer): string => (talkOf(o) ? t(o.too_short ? 'inc.talkShort' : 'inc.talk', { time: talkOf(o), n: Math.floor(o.talk_seconds || 0) }) : '')

/** What is lacking of a proof, in words. */
export const proofText = (i: Incident, x: { fact: number; call_id: string; call_with?: string; call_reason?: string; unproved?: boolean }, spoken: boolean): string => proofMarks(i, x, spoken).map((m) => word('inc.proof', m)).join(' · ')

/** Who did not get the reports that went out, in words, of one report or of all; empty: everybody did. */
export const lackingText = (i: IncidentRow, report = 0): string => (i.lacking || []).filter((l) => !report || l.report === report)
  .map((l) => (report ? '' : stageName(l) + t('punct.colon')) + l.recipients.map((to) => word('inc.to', to)).join(t('list.comma'))).join('；')

const refused = (e: unknown) => notify(() => t('common.error', { reason: problemText(e) }), 'bad', undefined, undefined, undefined, problemDetail(e))
// The same deed that was not answered keeps its key, so that doing it again does it once.
const keys = new Map<string, string>()

/** Does something with an incident that needs no form; tells what came of it. */
export async function deed(what: string, send: (key: string) => Promise<Incident>, done: (i: Incident) => string): Promise<Incident | null> {
  const key = keys.get(what) || newKey()
  keys.set(what, key)
  try {
    const i = await send(key)
    keys.delete(what)
    learn(i)
    notify(() => done(i), 'good')
    return i
  } catch (e) {
    if (!(e as { offline?: boolean }).offline) keys.delete(what)
    refused(e)
    return null
  }
}

export const linkEntry = (to: IncidentRow, entry: string): Promise<Incident | null> =>
  deed('link ' + to.id + ' ' + entry, (key) => incidents.link(to.id, key, entry), () => t('inc.linked', { number: to.number }))

export const openIncident = (entry: string, category: string, trigger: string): Promise<Incident | null> =>
  deed('open ' + entry, (key) => incidents.open(key, entry, category, trigger), (i) => t('inc.opened', { number: i.number, time: i.next_due ? minute(parse(i.next_due.due_at)) : '' }))

export function startIncidents(): void {
  watch(() => [session.user && session.user.username, canSeeIncidents.value, connection.live], () => void loadIncidents(), { immediate: true })
  on('incident', (i) => {
    changedIncident.value = { id: i.id }
    soon()
  })
  on('call', (c) => { if (rows.value.length && c.direction === 'out') soon() })
  setInterval(() => { if (rows.value.length) void loadIncidents() }, 60_000)
}

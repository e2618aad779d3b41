// Intakes and deadlines are by the switch's clock, and so is what counts down to them: page and alerts mean one moment.
import { createSSRApp, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { expect, it, vi } from 'vitest'
import type { Incident } from '@/api/incidents'

const components = import.meta.glob<string>('../src/components/*.vue', { eager: true, query: '?raw', import: 'default' })
const slow = { timeout: 20_000 } // ms; the page's clock ticks each half second

it('a deadline counts down by the switch\'s clock', async () => {
  const send: ((text: string) => void)[] = []
  const body = () => new ReadableStream({ start: (c) => void send.push((text) => c.enqueue(new TextEncoder().encode(text))) })
  vi.stubGlobal('window', Object.assign(new EventTarget(), { setTimeout, clearTimeout }))
  const live = await import('@/state/live')
  const { learn } = await import('@/state/incidents')
  const { default: IncidentStrip } = await import('@/components/IncidentStrip.vue')
  vi.stubGlobal('document', Object.assign(new EventTarget(), { hidden: false }))
  vi.stubGlobal('fetch', async (url: string) => {
    if (/events/.test(url)) return new Response(body())
    throw new TypeError('nothing but the stream answers')
  })
  live.startLive()
  await vi.waitFor(() => expect(send).not.toHaveLength(0), slow)
  const ours = Date.now()
  const iso = (ms: number) => new Date(ms).toISOString()
  const line = { line: 'duty', state: 'idle', since: iso(ours), call_id: '', rang_at: null, ring: null, limit: 3, rule: {}, now: iso(ours) }
  const told = (more: object) => send[0](`event: line\ndata: ${JSON.stringify({ ...line, ...more })}\n\n`)
  const aheadOf = () => Math.round((live.switchNow.value - live.now.value) / 1000)
  told({ switch_now: iso(ours + 300_000) })
  await vi.waitFor(() => expect(aheadOf()).toBe(300), slow)
  const due = iso(ours + 300_000 + 570_000)
  learn({ id: 1, number: 'T2026-001', state: 'open', category: 'fire', trigger: '', title: '火灾', next_due: { number: 1, stage: 'first', nth: 1, due_at: due, late: false }, waiting: [], facts: [] } as unknown as Incident)
  expect(await renderToString(createSSRApp({ render: () => h(IncidentStrip as never) }))).toMatch(/data-test="strip-count"[^>]*>[5-9]:\d\d</)
  told({})
  await vi.waitFor(() => expect(aheadOf()).toBe(0), slow) // an older daemon does not say how its clock stands to the switch's
}, 60_000)

it('no component counts a deadline of an incident by another clock', () => {
  for (const path of Object.keys(components)) {
    for (const use of components[path].match(/(?:leftOf|stateOf|changing)\((?:[^()]|\([^()]*\))*\)/g) || []) {
      if (/now/i.test(use)) expect(use, path).toMatch(/switchNow/)
    }
  }
})

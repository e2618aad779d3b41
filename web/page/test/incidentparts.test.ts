// Parts of the page of incidents, drawn without a browser.
import { createSSRApp, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Incident } from '@/api/incidents'
import { lang } from '@/i18n'

// Of Element Plus no more than a button is drawn here.
vi.mock('element-plus', async () => {
  const { h } = await import('vue')
  const part = (_: object, { attrs, slots }: { attrs: object; slots: { default?: () => unknown } }) => h('button', { ...attrs }, (slots.default ? slots.default() : []) as never)
  return { ElButton: part, ElInput: part }
})
vi.stubGlobal('fetch', async () => ({ ok: true, status: 200, text: async () => '{"items":[]}' }))
const { default: IncidentUnit } = await import('@/components/IncidentUnit.vue')

const at = (clock: string) => `2026-11-27T${clock}:00.000Z`
const incident = (change: Partial<Incident> = {}): Incident => ({
  id: 1, number: 'T2026-001', state: 'open', category: 'fire', trigger: '', title: '火灾', clock_start: at('14:10'), clock_natural: at('14:10'), clock_reason: '', next_due: null, waiting: [], ended_at: null, merged_into: 0,
  elements: {}, entries: [], differences: [], reports: [], callouts: [], scene: [], instructions: [], facts: [], end_reason: '', ...change,
})
const drawn = (part: Parameters<typeof h>[0], props: object) => renderToString(createSSRApp({ render: () => h(part as never, props) }))
const tests = (html: string) => (html.match(/data-test="[\w-]+"/g) || []).map((m) => m.slice(11, -1))

describe('instructions', () => {
  beforeEach(() => { lang.value = 'zh' })
  const open = { number: 14, whom: '区长', at: at('14:45'), text: '全力救治', attachment: null, due: null, overdue: false, conveyed: [], feedback: [], closed_at: null, closed_text: '' }

  it('that are open can be followed up when the incident is closed, and no new one is given then', async () => {
    const seen = async (state: Incident['state'], writable = true, closed_at: string | null = null) => tests(await drawn(IncidentUnit, { incident: incident({ state, instructions: [{ ...open, closed_at }] }), writable, part: 'instructions' }))
    expect(await seen('open')).toEqual(['instructions', 'add-instruction', 'instruction', 'step-conveyed', 'step-fed_back', 'step-closed'])
    expect(await seen('closed')).toEqual(['instructions', 'instruction', 'step-conveyed', 'step-fed_back', 'step-closed'])
    expect(await seen('closed', false)).toEqual(['instructions', 'instruction'])
    expect(await seen('closed', true, at('15:00'))).toEqual(['instructions', 'instruction'])
  })

  it('are followed up as told, what happened is not written into a closed incident', async () => {
    const seen = async (state: Incident['state']) => tests(await drawn(IncidentUnit, { incident: incident({ state }), writable: true, part: 'unit' })).filter((x) => /^add-/.test(x))
    expect(await seen('open')).toEqual(['add-callout', 'add-scene'])
    expect(await seen('closed')).toEqual([])
  })
})

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick, ref } from 'vue'
import type { Incident } from '@/api/incidents'
import type { Session } from '@/api/types'
import { incidentFiles, named, useNamedFiles } from '@/state/incidentfiles'
import { closedWaiting, learn, loadIncidents, openIncidents } from '@/state/incidents'
import { connection } from '@/state/live'
import { session } from '@/state/session'

const kept = (id: number, name: string, state = 'kept') => ({ id, name, type: 'image/png', size: 70, sha256: '', by: '李娜', at: '2026-11-27T14:10:00.000Z', state, decision: 0 })
const lists: Record<string, ReturnType<typeof kept>[]> = {}
const asked: string[] = []
const incident = (change: Partial<Incident> = {}): Incident => ({
  id: 1, entries: [{ id: 'e-1', entry_number: '2026-000001' }, { id: 'e-2', entry_number: '2026-000002' }], reports: [], instructions: [], waiting: [], state: 'open', next_due: null, ...change,
}) as unknown as Incident
const photoOf = (attachment: number) => [{ number: 9, attachment }] as unknown as Incident['instructions']
const respond = (body: unknown) => ({ ok: true, status: 200, text: async () => JSON.stringify(body) })

describe('files of an incident', () => {
  beforeEach(() => {
    asked.length = 0
    for (const k of Object.keys(lists)) delete lists[k]
    vi.stubGlobal('fetch', async (url: string, how?: { method?: string }) => {
      asked.push(((how && how.method) || 'GET') + ' ' + url.replace('/api/v1', ''))
      if (how && how.method === 'POST') return respond(kept(30, '截图.png'))
      const entry = /entries\/([^/]+)\/attachments/.exec(url)
      return respond({ items: (entry && lists[entry[1]]) || [] })
    })
  })
  afterEach(() => vi.unstubAllGlobals())

  it('are those of all linked entries that are still there, each with where it is', async () => {
    lists['e-1'] = [kept(5, '批示.jpg'), kept(6, '旧.jpg', 'erased')]
    lists['e-2'] = [kept(7, '回执.pdf')]
    const files = await incidentFiles(incident())
    expect(files.options.map((o) => [o.code, o.label, o.note])).toEqual([['5', '批示.jpg', '2026-000001 11-27 22:10'], ['7', '回执.pdf', '2026-000002 11-27 22:10']])
  })

  it('that are added go to the first entry, and a picture without a name gets one', async () => {
    const files = await incidentFiles(incident())
    expect((await files.upload(new File(['x'], 'image.png'))).code).toBe('30')
    expect(asked[asked.length - 1]).toMatch(/^POST \/entries\/e-1\/attachments\?name=%E6%88%AA%E5%9B%BE-\d{14}\.png&reason=/)
    await files.upload(new File(['x'], '传真.pdf'))
    expect(decodeURIComponent(asked[asked.length - 1])).toMatch(/name=传真\.pdf&reason=/)
  })

  it('are looked up only when the incident names one', async () => {
    lists['e-2'] = [kept(7, '回执.pdf')]
    const i = ref(incident())
    const files = useNamedFiles(() => i.value as Incident)
    await nextTick()
    expect(asked).toEqual([])
    i.value = incident({ instructions: photoOf(7) }) as never
    await vi.waitFor(() => expect(files.value[7]).toEqual({ id: 7, name: '回执.pdf', entry: 'e-2' }))
    expect(named(i.value as Incident)).toEqual([7])
    i.value = incident({ instructions: photoOf(7), state: 'closed' }) as never
    await nextTick()
    expect(asked.length).toBe(2)
  })

  it('of an entry that cannot be read are left out, and nothing else', async () => {
    vi.stubGlobal('fetch', async (url: string) => (url.indexOf('e-1') > 0 ? { ok: false, status: 403, text: async () => '{}' } : respond({ items: [kept(7, '回执.pdf')] })))
    expect((await incidentFiles(incident())).options.map((o) => o.label)).toEqual(['回执.pdf'])
  })
})

describe('what waits for whoever signs in', () => {
  const rowOf = (id: number, login: string, state = 'open') => ({ ...incident(), id, state, waiting: login ? [{ report: 1, fact: 9, part: 'sign', login, name: '陈刚', at: '2026-11-27T14:10:00.000Z' }] : [] })
  beforeEach(() => {
    connection.live = true
    vi.stubGlobal('fetch', async (url: string) => {
      if (/offers/.test(url)) return respond({ incidents: [rowOf(1, 'chen')], calls: [] })
      return respond({ items: /state=closed/.test(url) ? [rowOf(2, 'chen', 'closed'), rowOf(3, 'zhou', 'closed'), rowOf(4, '', 'closed')] : [] })
    })
  })
  afterEach(() => {
    vi.unstubAllGlobals()
    session.user = null
    connection.live = false
  })
  const as = (username: string, role: string) => { session.user = { username, name: username, role, must_change_password: false } as unknown as Session }

  it('is found in closed incidents, too, by whoever approves', async () => {
    as('chen', 'leader')
    await loadIncidents()
    expect([openIncidents.value.map((i) => i.id), closedWaiting.value.map((i) => i.id)]).toEqual([[1], [2]])
  })

  it('is nobody else’s', async () => {
    as('li', 'officer')
    await loadIncidents()
    expect(closedWaiting.value).toEqual([])
    session.user = null
    await loadIncidents()
    expect([openIncidents.value, closedWaiting.value]).toEqual([[], []])
  })

  it('goes from the list of open ones as soon as it is closed', async () => {
    as('chen', 'leader')
    await loadIncidents()
    learn({ ...incident(), id: 1, state: 'closed' } as Incident)
    expect(openIncidents.value).toEqual([])
  })
})

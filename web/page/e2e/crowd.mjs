// Many callers of one event: each is a real call, and one key says that it is the event that runs already.
import assert from 'node:assert/strict'
import { until } from './lib.mjs'

/** From where, whose words, and what they say of place and casualties: no two of them quite the same. */
export const CALLERS = [
  ['13904011101', '路过司机', '南京北街12号', '不清楚'],
  ['13904011102', '12号楼住户', '和平区南京北街12号', '2人受伤'],
  ['13904011103', '12号楼住户', '和平区南京北街12号3单元', '3人受伤'],
  ['13904011104', '南京北街社区', '和平区南京北街12号', '2人受伤'],
  ['13904011105', '对面商户', '南京北街14号', ''],
  ['13904011106', '12号楼住户', '和平区南京北街12号', '有人被困'],
  ['13904011107', '物业公司', '和平区南京北街12号', '3人受伤'],
  ['13904011108', '出租车司机', '南京北街', ''],
  ['13904011109', '南京北街派出所', '和平区南京北街12号', '3人受伤'],
]

/** Changes an entry as it stands, however often the log changes it meanwhile. */
export function amend(desk, entry, change) {
  return until('the entry is amended', async () => {
    const { revision } = await desk.entry(entry)
    const { status, body } = await desk.api('/entries/' + encodeURIComponent(entry), 'PATCH', { revision, ...change })
    assert.ok(status === 200 || status === 409, JSON.stringify(body))
    return status === 200
  })
}

/** Every caller rings, is heard and linked by one key. While one is written down, the next one rings already. */
export async function crowd(desk) {
  for (const [from, unit, place, casualties] of CALLERS) {
    const call = await desk.call(from, '', 100, 400)
    const entry = await desk.bringUp(call)
    await amend(desk, entry, { caller_unit: unit, place, casualties, happened_at: '2026-11-27T00:05:00Z', content: place + '起火' + (casualties ? '，' + casualties : '') + '。' })
    await desk.at('entry', `[data-entry="${entry}"]`).locator('[data-test=same-event]').waitFor()
    await desk.key('Alt+KeyV')
    await desk.at('entry', `[data-entry="${entry}"]`).locator('[data-test=entry-incident]').waitFor()
  }
}

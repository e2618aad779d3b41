import assert from 'node:assert/strict'
import { browser } from './desk.mjs'
import { incident } from './incident.mjs'
import { finish, practice, check, recoverBy } from './lib.mjs'
const { url, users } = practice()
const desk = await browser('desk', url)
recoverBy(async (n) => desk.shot('failed-' + n))
const phone = await browser('phone', url)
const o = users.find((u) => u.role === 'officer')
await desk.api('/session', 'POST', { username: o.name, password: o.password })
for (const i of ((await desk.api('/incidents?state=open')).body.items || [])) console.log(i.id, (await desk.api('/incidents/' + i.id, 'PATCH', { key: 'close-' + Date.now(), state: 'closed', reason: 'x' })).status)
await desk.api('/session', 'DELETE')
await desk.page.reload()
const began = Date.now()
await incident(desk, phone, users)
console.log((Date.now() - began) / 1000)
await check('problems', async () => assert.deepEqual(desk.problems, []))
finish()

// One incident from the ringing telephone to the final report, and two officers at one incident, in a present Chromium, on a practice line.
import assert from 'node:assert/strict'
import { browser } from './desk.mjs'
import { incident } from './incident.mjs'
import { check, finish, practice, recoverBy } from './lib.mjs'
import { officers } from './officers.mjs'

const { url, officer, users } = practice()
const [desk, phone] = await Promise.all(['incident', 'phone'].map((name) => browser(name, url)))
recoverBy(async (n) => {
  await desk.shot('incident-failed-' + n)
  await desk.recover(officer)
})
await incident(desk, phone, users)
await officers(desk, phone, users)
await check('no error in the window of the other officer', async () => assert.deepEqual(phone.problems, []))
await check('no error in the window of the incident', async () => assert.deepEqual(desk.problems, []))
await Promise.all([desk, phone].map((d) => d.context.close()))
finish()

// The pages beside the desk, in a present Chromium, on the practice line on which shift.mjs was played.
import assert from 'node:assert/strict'
import { access } from './access.mjs'
import { attachments } from './attachments.mjs'
import { browser } from './desk.mjs'
import { directory } from './directory.mjs'
import { entryChecks, openLists } from './entry.mjs'
import { late } from './late.mjs'
import { check, finish, practice, recoverBy } from './lib.mjs'
import { papers } from './papers.mjs'
import { quick } from './quick.mjs'

const { url, officer, users } = practice()
const desk = await browser('rooms', url)
const recoverAs = (user) => recoverBy(async (n) => {
  await desk.shot('rooms-failed-' + n)
  await desk.recover(user)
})
recoverAs(officer)
await desk.logIn(officer)
await desk.idle()
const told = (await desk.api('/entries?limit=50')).body.items.find((e) => e.kind === 'duty' && e.state === 'complete' && e.call_id)
assert.ok(told, 'no complete entry of a call is there: let shift.mjs play on this line first')

await papers(desk, officer, told.id)
await late(desk, officer)
await attachments(desk, told.id)
await entryChecks(desk, officer)
await openLists(desk)
await access(desk, users, told.id)
await quick(desk, users)
const admin = users.find((u) => u.role === 'admin')
await desk.logIn(admin)
recoverAs(admin)
await directory(desk)
await check('no error in the window of the rooms', async () => assert.deepEqual(desk.problems, []))
await desk.context.close()
finish()

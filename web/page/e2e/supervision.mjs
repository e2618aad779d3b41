// What supervisors and leaders work with, in a present Chromium, on a practice line with some calls.
import assert from 'node:assert/strict'
import { assessment } from './assessment.mjs'
import { browser } from './desk.mjs'
import { figures } from './figures.mjs'
import { check, finish, practice } from './lib.mjs'
import { listening } from './listening.mjs'
import { reviews } from './reviews.mjs'
import { roster } from './roster.mjs'
import { spotChecks } from './spotchecks.mjs'

const { url, officer, users } = practice()
await check('supervision: an officer is responsible for the calls that follow', async () => {
  const desk = await browser('supervision', url)
  await desk.logIn(officer)
  const { status, body } = await desk.api('/handovers', 'POST', { sheet_digest: (await desk.api('/handover')).body.sheet_digest })
  assert.equal(status, 200, JSON.stringify(body))
  await desk.context.close()
})
await figures(url, users)
await reviews(url, users)
await listening(url, users)
await assessment(url, users)
await roster(url, users)
await spotChecks(url, users)
finish()

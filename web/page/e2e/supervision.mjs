// What supervisors and leaders work with, in a present Chromium, on a practice line with some calls.
import { assessment } from './assessment.mjs'
import { figures } from './figures.mjs'
import { finish, practice } from './lib.mjs'
import { listening } from './listening.mjs'
import { reviews } from './reviews.mjs'
import { roster } from './roster.mjs'
import { spotChecks } from './spotchecks.mjs'

const { url, users } = practice()
await figures(url, users)
await reviews(url, users)
await listening(url, users)
await assessment(url, users)
await roster(url, users)
await spotChecks(url, users)
finish()

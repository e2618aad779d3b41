// Shared by the browser tests: where the daemon is, who may log in, and a small way to check.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const results = fileURLToPath(new URL('../test-results', import.meta.url))
mkdirSync(results, { recursive: true })

export const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
]

/** The address and the accounts: from practice.json, whose url an argument may replace. */
export function practice() {
  const args = process.argv.slice(2)
  const file = practiceFile()
  const url = args.find((a) => /^https?:/.test(a))
  if (!file) throw new Error('which daemon? Give practice.json: npm run e2e -- [URL] PATH, or set DUTYLINE_PRACTICE=PATH')
  const found = JSON.parse(readFileSync(file, 'utf8'))
  const officer = found.users.find((u) => u.role === 'officer')
  assert.ok(officer, `${file} names no account with role officer`)
  return { url: (url || found.url).replace(/\/$/, ''), officer, users: found.users }
}

function practiceFile() {
  return process.argv.slice(2).find((a) => a.endsWith('.json')) || process.env.DUTYLINE_PRACTICE
}

/** Runs `dutyline simulate call` with these arguments, for what the page's button cannot place; it ends with the call. */
export function simulate(...args) {
  const file = practiceFile()
  const near = ['bin', '../bin'].map((d) => join(dirname(file), d, 'dutyline'))
  const program = [process.env.DUTYLINE, ...near].find((p) => p && existsSync(p))
  assert.ok(program, `no dutyline program at ${near.join(' or ')}: build it (make build) or set DUTYLINE=PATH`)
  return new Promise((done, failed) => execFile(program, ['simulate', 'call', '--practice', file, ...args], (error, _out, said) => {
    if (error) failed(new Error(said || String(error)))
    else done()
  }))
}

/** A folder that goes with the process. */
export function scratch(name) {
  const dir = mkdtempSync(join(tmpdir(), `dutyline-${name}-`))
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** What a test waits for may come late on a busy machine; how fast it comes is judged by no check. */
export const PATIENCE_MS = 60_000

const witnesses = []
/** Told when a check fails; what it answers is printed with the failure. */
export function witness(says) {
  witnesses.push(says)
}

let failures = 0
let afterFailure = async () => {}
/** What to do after a failed check, so that those after it are judged by themselves. */
export function recoverBy(body) {
  afterFailure = body
}

export async function check(name, body) {
  const began = Date.now()
  try {
    await body()
    console.log(`ok   ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`)
  } catch (error) {
    failures++
    console.log(`FAIL ${name}\n     ${String((error && error.stack) || error).split('\n').slice(0, 12).join('\n     ')}`)
    for (const says of witnesses) {
      const said = await says().catch((e) => e.message)
      if (said) console.log(`     seen at ${said}`)
    }
    await afterFailure(failures).catch((e) => console.log(`     and no known state was reached again: ${e.message}`))
    return false
  }
  return true
}

/** Checks that go on with one call: after a failure the rest of them would say nothing, and it says so. */
export function story() {
  let broken = ''
  return async (name, body) => {
    if (broken) console.log(`--   ${name}: not judged, because this failed: ${broken}`)
    else if (!(await check(name, body))) broken = name
    return !broken
  }
}

export function finish() {
  console.log(failures ? `${failures} failed` : 'all passed')
  process.exit(failures ? 1 : 0)
}

/** Waits until the question is answered with something true, asking again every 100 ms. */
export async function until(what, ask, ms = PATIENCE_MS) {
  const end = Date.now() + ms
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > end) throw new Error(`after ${ms / 1000} s still not: ${what}`)
    await new Promise((r) => setTimeout(r, 100))
  }
}

/** Runs in the page: the API with the page's own session. */
export function apiInPage(path, method, body) {
  return fetch('/api/v1' + path, {
    method: method || 'GET',
    headers: body ? { 'Content-Type': 'application/json' } : {},
    body: body ? JSON.stringify(body) : undefined,
  }).then(async (r) => {
    const text = await r.text()
    return { status: r.status, body: text ? JSON.parse(text) : null }
  })
}

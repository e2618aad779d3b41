// The same core path in Chromium 78, by keys alone: log in, pop, complete, play.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import puppeteer from 'puppeteer-core'
import { unpackChromium78 } from './chromium78.mjs'
import { pagesOf, wrongOnPaper } from './papers.mjs'
import { apiInPage, check, finish, FLAGS, PATIENCE_MS, practice, results, scratch, until } from './lib.mjs'

const { url, officer } = practice()
const dir = scratch('chromium78')
const profile = join(dir, 'profile')
mkdirSync(profile)
const browser = await puppeteer.launch({
  executablePath: unpackChromium78(dir), userDataDir: profile, headless: true, ignoreHTTPSErrors: true,
  args: ['--headless', '--single-process', ...FLAGS], defaultViewport: { width: 1366, height: 768 },
})
const problems = []
const page = await browser.newPage()
page.setDefaultTimeout(PATIENCE_MS)
page.on('pageerror', (e) => problems.push(e.message))
page.on('console', (m) => {
  if (m.type() === 'error' && !/401|AudioContext/.test(m.text())) problems.push(m.text())
})
const api = (path, method, body) =>
  page.evaluate(
    (source, ...args) => new Function('return (' + source + ')')()(...args), apiInPage.toString(), path, method || 'GET', body || null,
  )
const at = (test, rest = '') => `[data-test="${test}"]${rest}`
const keys = async (held, key) => {
  await page.keyboard.down(held)
  await page.keyboard.press(key)
  await page.keyboard.up(held)
}
const shot = (name) => page.screenshot({ path: join(results, name + '.png') })
let entry = ''

await check('Chromium 78 it is', async () => {
  assert.match(await browser.version(), /Chrome\/78\./)
})

await check('78: log in', async () => {
  await page.goto(url + '/')
  await page.waitForSelector('input[name=username]')
  await until('the user name has the focus', () => page.evaluate(() => document.activeElement.getAttribute('name') === 'username'))
  await page.keyboard.type(officer.name)
  await page.keyboard.press('Tab')
  await page.keyboard.type(officer.password)
  await page.keyboard.press('Enter')
  await page.waitForSelector(at('on-duty'))
  await page.waitForSelector(at('line', '[data-state="idle"]'), { timeout: 90_000 })
  await shot('78-1-desk')
})

await check('78: a call rings and opens its entry', async () => {
  const placed = await api('/practice/calls', 'POST', { from: '02423860012', name: '和平区应急局', answer_after_ms: 13_000, talk_ms: 6000 })
  assert.equal(placed.status, 202, JSON.stringify(placed.body))
  await page.waitForSelector(at('line', '[data-state="ringing"]'))
  const { body } = await api('/line')
  entry = 'e-' + body.call_id
  await page.waitForSelector(at('entry', `[data-entry="${entry}"]`))
  await until('a further ring', () => page.$eval(at('ring'), (e) => /第 [23] 声/.test(e.innerText)))
  await shot('78-2-ringing')
})

await check('78: complete by keyboard', async () => {
  await page.waitForSelector(at('candidates'))
  const offered = await page.$eval(at('candidates') + ' button', (b) => b.innerText) // whom entries named last comes first
  assert.match(offered, /和平区应急局\s+(赵敏|孙国强|吴倩)/)
  await page.keyboard.press('1')
  await until('candidate', () => page.$eval('[data-field="caller_person"] input', (i, text) => i.value !== '' && text.includes(i.value), offered))
  await page.keyboard.type('老电脑上的记录')
  await page.waitForSelector(at('read-back', ':not([disabled])')) // nothing is read back to a ringing phone
  await page.keyboard.press('F4')
  await keys('Control', 'Enter')
  await page.waitForSelector(at('entry', '[data-state="complete"]'))
  const { body } = await api('/entries/' + encodeURIComponent(entry))
  assert.deepEqual([body.state, body.content, body.read_back], ['complete', '老电脑上的记录', 'done'])
})

await check('78: the entry and the day print on A4, page by page', async () => {
  const sheet = await browser.newPage()
  for (const path of ['/entries/' + encodeURIComponent(entry) + '/sheet', '/sheets/day?day=' + new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10)]) {
    await sheet.goto(url + '/api/v1' + path)
    await sheet.emulateMedia('print')
    assert.deepEqual(await sheet.evaluate(wrongOnPaper), [])
    const pdf = Buffer.from(await sheet.pdf({ preferCSSPageSize: true }))
    assert.equal(pagesOf(pdf), await sheet.$$eval('.page', (all) => all.length))
  }
  await sheet.close()
})

await check('78: play the recording', async () => {
  await page.waitForSelector(at('player', '[data-status="sealed"]'), { timeout: 60_000 })
  const audio = () => page.$eval('audio', (a) => ({ at: a.currentTime, length: a.duration, paused: a.paused, error: a.error && a.error.code }))
  await keys('Alt', 'KeyP')
  await until('it plays', async () => (await audio()).at > 0.8)
  const { length, error } = await audio()
  assert.equal(error, null)
  assert.ok(Math.abs(length - 6) < 2.5, `a talk of 6 s is ${length} s long`)
  await keys('Alt', 'KeyP')
  await until('it stands still', async () => (await audio()).paused)
  await shot('78-3-complete')
})

await check('78: a chart is drawn', async () => {
  await page.evaluate(() => { location.hash = '#/figures' })
  await page.waitForSelector(at('figure-rings', ' canvas'))
  await until('bars are drawn', () => page.evaluate(() => {
    const c = document.querySelector('[data-test=figure-rings] canvas')
    return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((x) => x > 0)
  }))
  await shot('78-5-figures')
  await page.evaluate((id) => { location.hash = '#/entry/' + encodeURIComponent(id) }, entry)
})

await check('78: nothing lost after a reload, no error', async () => {
  await page.reload()
  await page.waitForSelector(at('completed'))
  assert.equal(await page.$eval('[data-field="content"] textarea', (i) => i.value), '老电脑上的记录')
  assert.deepEqual(problems, [])
})

await browser.close().catch(() => undefined)
finish()

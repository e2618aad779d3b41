// What a person does at the desk, in the words of Playwright.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { apiInPage, FLAGS, PATIENCE_MS, results, scratch, until, witness } from './lib.mjs'

const AXE = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')

/** Runs in the page: what WCAG 2.2 at level AA asks for and the page does not give. What fades in or out is passed over. */
async function axeInPage() {
  const fading = ['.is-closing', '[class*="-leave-active"]', '[class*="-enter-active"]']
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
  const { violations } = await window.axe.run({ exclude: fading }, { runOnly: tags, resultTypes: ['violations'] })
  return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')}: ${n.failureSummary}`))
}

const expected = /401|403|404|409|422|ERR_ABORTED|ERR_FAILED|ERR_INTERNET_DISCONNECTED|AudioContext was not allowed/

/**
 * Runs in the page: what is cut off. Text is looked at line by line. What can be scrolled to is not
 * cut off.
 */
function cutOffInPage() {
  const slack = 2
  const out = []
  const scrolls = (e) => /auto|scroll/.test(getComputedStyle(e).overflowY)
  const clips = (style) => /hidden|clip/.test(style.overflowY)
  const seen = (e) => {
    const style = getComputedStyle(e)
    return style.visibility === 'visible' && style.display !== 'none' && +style.opacity > 0
  }
  function judge(what, rect, from) {
    for (let e = from; e && e !== document.documentElement; e = e.parentElement) {
      const style = getComputedStyle(e)
      if (scrolls(e)) return
      if (clips(style)) {
        const box = e.getBoundingClientRect()
        const outside = rect.top >= box.bottom - 1 || rect.bottom <= box.top + 1
        // A clamp leaves out whole lines of its own text; anything else that vanishes is lost.
        if (outside && e === from) return
        if (rect.top < box.top - slack || rect.bottom > box.bottom + slack) {
          out.push(`${what} is cut by ${e.className || e.tagName}`)
          return
        }
      }
      if (style.position === 'fixed') break
    }
    if (rect.top < -slack || rect.bottom > innerHeight + slack) out.push(`${what} is beyond the window`)
  }
  document.querySelectorAll('body *').forEach((e) => {
    const r = e.getBoundingClientRect()
    if (!r.width || !r.height) return
    if (r.right > innerWidth + 1 || r.left < -1) out.push(`${e.className || e.tagName} is beyond the side of the window`)
    if (!seen(e)) return
    if (/^(BUTTON|INPUT|TEXTAREA|CANVAS)$/.test(e.tagName)) judge(e.innerText || e.className || e.tagName, r, e.parentElement)
    e.childNodes.forEach((n) => {
      if (n.nodeType !== 3 || !n.data.trim()) return
      const range = document.createRange()
      range.selectNodeContents(n)
      // The box of a line is higher than its letters: those are as high as the font.
      const half = parseFloat(getComputedStyle(e).fontSize) / 2
      Array.from(range.getClientRects()).forEach((line) => {
        const middle = (line.top + line.bottom) / 2
        judge(`“${n.data.trim().slice(0, 20)}”`, { top: middle - half, bottom: middle + half }, e)
      })
    })
  })
  document.querySelectorAll('table').forEach((table) => {
    const box = table.parentElement
    if (table.offsetWidth > box.clientWidth + 1) out.push('a table is wider than its box')
  })
  return Array.from(new Set(out))
}

/**
 * Runs in the page: writes down each state in which the line is shown. A test that is slower than
 * the telephone finds there what it was too late to see.
 */
function watchLineInPage() {
  const seen = (window.lineSeen = [])
  const look = () => {
    const band = document.querySelector('[data-test="line"]')
    const ring = band && band.querySelector('[data-test="ring"] b')
    const now = band && { state: band.dataset.state, stage: band.dataset.stage, ring: ring ? ring.innerText : '', text: band.innerText }
    const last = seen[seen.length - 1]
    if (now && !(last && last.state === now.state && last.stage === now.stage && last.ring === now.ring)) seen.push(now)
  }
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })
  look()
}

const ENTRY = '**/api/v1/entries/*'
const SEEN_CHARS = 1500

/** A browser of its own with an empty profile: an own PC. */
export async function browser(name, url) {
  const context = await chromium.launchPersistentContext(scratch(name), {
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium', headless: true, viewport: { width: 1366, height: 768 },
    locale: 'zh-CN', timezoneId: 'America/New_York', ignoreHTTPSErrors: true, args: FLAGS,
  })
  context.setDefaultTimeout(PATIENCE_MS)
  const desk = new Desk(context, url)
  await desk.open()
  return desk
}

/** A picture of a page or a part of it. Chromium sometimes takes none of a busy machine, however long it is waited for; the next one it takes. */
async function picture(of, options) {
  try {
    await of.screenshot({ ...options, timeout: 20_000 })
  } catch {
    await of.screenshot(options)
  }
}

export class Desk {
  constructor(context, url) {
    this.context = context
    this.url = url
    this.problems = []
    witness(() => this.seen())
  }
  /** Where the page is and what it says, for the report of a failed check. */
  async seen() {
    if (!this.page || this.page.isClosed()) return ''
    return this.page.url().replace(this.url, '') + ': ' + (await this.text()).replace(/\s+/g, ' ').slice(0, SEEN_CHARS)
  }

  /** Opens a window; the first one is reused. */
  async open(hash = '') {
    const pages = this.context.pages()
    this.page = this.page || pages.length !== 1 ? await this.context.newPage() : pages[0]
    this.page.on('pageerror', (e) => this.problems.push('error: ' + e.message))
    this.page.on('console', (m) => {
      if (m.type() === 'error' && !expected.test(m.text())) this.problems.push('console: ' + m.text())
    })
    await this.page.goto(this.url + '/' + hash)
    return this
  }

  /** Another window of the same person on the same PC. */
  async window(hash) {
    const other = new Desk(this.context, this.url)
    other.problems = this.problems
    other.page = this.page
    return other.open(hash)
  }

  at(test, rest = '') {
    return this.page.locator(`[data-test="${test}"]${rest}`)
  }
  key(...keys) {
    return keys.reduce((p, k) => p.then(() => this.page.keyboard.press(k)), Promise.resolve())
  }
  /** Sends the deed that is asked for. Keys work again when its dialog has gone, which is after the daemon has it. */
  async sendDeed() {
    await this.key('Control+Enter')
    await this.at('deed').waitFor({ state: 'hidden' })
  }
  /**
   * What is worth a picture is also looked at with axe-core: what it finds is a problem like an error of the page, unless
   * it was only there while a colour faded into another one.
   */
  async shot(name) {
    await picture(this.page, { path: join(results, name + '.png') })
    await this.page.evaluate(AXE)
    let found = await this.page.evaluate(axeInPage)
    if (found.length) {
      const again = await this.page.evaluate(axeInPage)
      found = found.filter((f) => again.includes(f))
    }
    this.problems.push(...found.map((f) => `axe: ${name}: ${f}`))
  }
  api(path, method, body) {
    return this.page.evaluate(
      ([source, ...args]) => new Function('return (' + source + ')')()(...args), [apiInPage.toString(), path, method, body],
    )
  }
  async entry(id) {
    return (await this.api('/entries/' + encodeURIComponent(id))).body
  }

  /** Waits until the daemon has of an entry what the test wants. */
  async stored(id, pick, want) {
    let got
    await until('stored', async () => isDeepStrictEqual((got = pick(await this.entry(id))), want))
      .catch(() => assert.deepEqual(got, want))
  }
  /**
   * Answers requests in the daemon's place until what it gives is called. The route itself stays: a request under way
   * could be left hanging when it is taken away.
   */
  async fake(pattern, answer) {
    let on = true
    await this.page.route(pattern, async (route) => {
      // A page that was left meanwhile, or loaded anew, takes its requests along.
      await (on ? answer(route) : route.fallback()).catch(() => route.abort().catch(() => undefined))
    })
    return () => { on = false }
  }
  /** Changes what the daemon answers. */
  fakeAnswer(pattern, change) {
    return this.fake(pattern, async (route) => {
      const response = await route.fetch()
      return route.fulfill({ response, json: change(await response.json()) })
    })
  }
  /** No change of an entry reaches the daemon until the answer is called. */
  failSaves() {
    return this.fake(ENTRY, (route) => (route.request().method() === 'PATCH' ? route.abort() : route.fallback()))
  }
  /** Changes of entries are on their way, and arrive when the answer is called. */
  async holdSaves() {
    let release
    const held = new Promise((r) => (release = r))
    await this.fake(ENTRY, async (route) => {
      if (route.request().method() === 'PATCH') await held
      return route.fallback()
    })
    return release
  }
  /** What lies on this PC because the daemon does not have it. */
  drafts() {
    return this.page.evaluate(() =>
      Object.keys(localStorage).filter((k) => k.indexOf('draft') >= 0).map((k) => localStorage.getItem(k)).join())
  }

  /** Signs in; whoever is signed in by then, as after a failed check, leaves first. */
  async logIn(user) {
    await until('a page', async () => (await this.at('lock-screen').count()) || (await this.at('lock').count()))
    if (!(await this.at('lock-screen').count())) await this.leave()
    await this.page.fill('input[name=username]', user.name)
    await this.page.fill('input[name=password]', user.password)
    await this.key('Enter')
    await this.at('on-duty').waitFor()
  }
  async leave() {
    await this.at('lock').click()
    await this.at('lock-screen').waitFor()
  }

  line(state, ms = PATIENCE_MS) {
    return this.at('line', `[data-state="${state}"]`).waitFor({ timeout: ms })
  }
  async idle() {
    await this.line('idle', 90_000)
  }

  /** Writes down from now on how the line is shown here; a reload ends it. */
  watchLine() {
    return this.page.evaluate(watchLineInPage)
  }
  /** Waits until the line has been shown so, be it only for a moment. */
  async sawLine(what, judge, ms) {
    let seen = []
    await until(what, async () => (seen = await this.page.evaluate(() => window.lineSeen)).some(judge), ms).catch((e) => {
      throw new Error(`${e.message}; the line was shown as ${JSON.stringify(seen)}`)
    })
  }

  /** The newest call, as the daemon has it. */
  async newest() {
    return (await this.api('/calls?limit=1')).body.items[0] || { id: '' }
  }
  /** Places a practice call on an idle line and answers its id. It may be answered by then. */
  async call(from, name, answerAfter, talk) {
    await this.idle()
    const { id } = await this.newest()
    const answer = await this.api('/practice/calls', 'POST', { from, name, answer_after_ms: answerAfter, talk_ms: talk })
    assert.equal(answer.status, 202, JSON.stringify(answer.body))
    return this.nextCall(id)
  }
  /** The id of the call that comes after the one with this id. */
  nextCall(before) {
    return until('a new call', async () => {
      const { id } = await this.newest()
      return id !== before && id
    })
  }
  /** The call has been answered, and the form knows it; it may be over. */
  async answered(id) {
    await until('answered', async () => (await this.api('/calls/' + encodeURIComponent(id))).body.answered_at)
    await until('the form no longer waits for the answer', async () => !(await this.at('read-back-later').count()))
  }
  /** The call is over, and the line shows it. */
  async over(id) {
    await until('over', async () => (await this.api('/calls/' + encodeURIComponent(id))).body.ended_at, 90_000)
    await this.idle()
  }
  /** Has the entry of a call in the form: by itself, or by F2 when the form is in use. */
  async bringUp(id) {
    const shown = () => this.at('entry', `[data-entry="e-${id}"]`).count()
    await until('offered or shown', async () => (await this.at('waiting').count()) || (await shown()))
    if (!(await shown())) await this.key('F2')
    return this.opened(id)
  }

  /** Has this entry in the form. The desk may be offering another one, which is in the form until the address is read. */
  async show(entry) {
    await this.page.goto(this.url + '/#/entry/' + encodeURIComponent(entry))
    await this.at('entry', `[data-entry="${entry}"]`).waitFor()
  }
  async opened(callId) {
    const form = this.at('entry', callId ? `[data-entry="e-${callId}"]` : '')
    await form.waitFor()
    return form.getAttribute('data-entry')
  }
  /** The entry in the form is complete; else what the form says. */
  async completed() {
    await this.at('entry', '[data-state="complete"]').waitFor().catch(async (e) => {
      throw new Error(`${e.message}; the form says: ${(await this.at('entry').first().innerText().catch(String)).replace(/\s+/g, ' ')}`)
    })
  }
  /** One may be gone by itself before a hand reaches it. */
  async putNoticesAway() {
    await until('no notice', () => this.page.evaluate(() => {
      const shown = document.querySelectorAll('[data-test=notice] button.x')
      shown.forEach((b) => b.click())
      return !shown.length
    }))
  }
  field(name) {
    return this.page.locator(`[data-field="${name}"] input, [data-field="${name}"] textarea`).first()
  }
  async sealed() {
    await this.at('player', '[data-status="sealed"]').waitFor()
  }

  /** A picture at each of the two sizes of screen, with nothing cut off, and axe-core at both. */
  async shotBoth(name, top) {
    const look = async (as) => {
      if (top) await top.evaluate((e) => e.scrollIntoView({ block: 'start' })) // what scrolls is not cut through
      await this.nothingCutOff()
      await this.shot(as)
    }
    await look(name)
    await this.page.setViewportSize({ width: 1920, height: 1080 })
    await look(name + '-1920')
    await this.page.setViewportSize({ width: 1366, height: 768 })
  }
  /** Nothing on screen reaches beyond the window's edge, and no line of text or button is cut through. */
  async nothingCutOff() {
    const cut = await this.page.evaluate(cutOffInPage)
    assert.deepEqual(cut, [])
  }
  /** The same on the lowest screen that is supported. */
  async nothingCutOffLow() {
    await this.page.setViewportSize({ width: 1366, height: 641 })
    await this.nothingCutOff()
    await this.page.setViewportSize({ width: 1366, height: 768 })
  }
  /** The field that has the focus, or the tag of what has it. */
  focused() {
    return this.page.evaluate(() => {
      const focus = document.activeElement
      const field = focus.closest('[data-field]')
      return field ? field.dataset.field : focus.dataset.test || focus.tagName
    })
  }
  /** Read back stands whole above the foot and nothing of the form has to be scrolled for it. */
  async readBackInSight() {
    const found = await this.page.evaluate(() => {
      const box = (css) => document.querySelector(css).getBoundingClientRect()
      const row = box('[data-field="read_back"] .tick')
      const text = box('[data-field="content"] textarea')
      return { row: [row.top, row.bottom], foot: box('[data-test="complete"]').top, text: [text.top, text.bottom], most: innerHeight }
    })
    const { row, foot, text, most } = found
    assert.ok(text[1] - text[0] >= 28 && text[1] <= row[0] && row[1] <= foot && foot < most, JSON.stringify(found))
  }
  /** Waits until that field, or what bears that tag or test name, has the focus. */
  async focusIn(name) {
    await until(`the focus is in ${name}`, async () => (await this.focused()) === name)
  }
  text() {
    return this.page.evaluate(() => document.body.innerText)
  }
  /** Waits until the page says it. */
  async says(words, where = this.page.locator('body')) {
    let text = ''
    await until(String(words), async () => words.test((text = await where.innerText()))).catch((e) => {
      throw new Error(`${e.message}; it says ${text}`)
    })
  }
  /** From wherever a failed check left it: one window, connected, in Chinese, signed in, at the desk, the line idle, no entry in use. */
  async recover(user) {
    for (const other of this.context.pages()) if (other !== this.page) await other.close()
    await this.page.unrouteAll({ behavior: 'ignoreErrors' })
    await this.context.setOffline(false)
    await this.page.setViewportSize({ width: 1366, height: 768 })
    await this.page.goto(this.url + '/#/')
    await this.page.evaluate(() => {
      localStorage.setItem('dutyline.lang', 'zh')
      sessionStorage.removeItem('dutyline.held') // nobody works with an entry
      Object.keys(localStorage).filter((k) => k.startsWith('dutyline.draft.')).forEach((k) => localStorage.removeItem(k)) // nor left one unsaved
    })
    await this.page.reload()
    await this.logIn(user)
    await this.idle()
  }
  async value(name) {
    return until(`field ${name}`, async () => this.field(name).inputValue())
  }
}

// What a person does at the desk, in the words of Playwright.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { apiInPage, FLAGS, results, scratch, until } from './lib.mjs'

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

/** A browser of its own with an empty profile: an own PC. */
export async function browser(name, url) {
  const context = await chromium.launchPersistentContext(scratch(name), {
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium', headless: true, viewport: { width: 1366, height: 768 },
    locale: 'zh-CN', timezoneId: 'America/New_York', ignoreHTTPSErrors: true, args: FLAGS,
  })
  context.setDefaultTimeout(20_000)
  const desk = new Desk(context, url)
  await desk.open()
  return desk
}

export class Desk {
  constructor(context, url) {
    this.context = context
    this.url = url
    this.problems = []
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
  shot(name) {
    return this.page.screenshot({ path: join(results, name + '.png') })
  }
  api(path, method, body) {
    return this.page.evaluate(
      ([source, ...args]) => new Function('return (' + source + ')')()(...args), [apiInPage.toString(), path, method, body],
    )
  }
  async entry(id) {
    return (await this.api('/entries/' + encodeURIComponent(id))).body
  }

  async logIn(user) {
    await this.page.fill('input[name=username]', user.name)
    await this.page.fill('input[name=password]', user.password)
    await this.key('Enter')
    await this.at('on-duty').waitFor()
  }

  line(state, ms = 20_000) {
    return this.at('line', `[data-state="${state}"]`).waitFor({ timeout: ms })
  }
  async idle() {
    await this.line('idle', 90_000)
  }

  /** Places a practice call on an idle line and answers its id once it rings here. */
  async call(from, name, answerAfter, talk) {
    await this.idle()
    const answer = await this.api('/practice/calls', 'POST', { from, name, answer_after_ms: answerAfter, talk_ms: talk })
    assert.equal(answer.status, 202, JSON.stringify(answer.body))
    await this.line('ringing')
    return (await this.api('/line')).body.call_id
  }

  async opened(callId) {
    const form = this.at('entry', callId ? `[data-entry="e-${callId}"]` : '')
    await form.waitFor()
    return form.getAttribute('data-entry')
  }
  saved() {
    return this.at('entry', '[data-save="saved"]').waitFor()
  }
  field(name) {
    return this.page.locator(`[data-field="${name}"] input, [data-field="${name}"] textarea`).first()
  }
  async sealed() {
    await this.at('player', '[data-status="sealed"]').waitFor({ timeout: 60_000 })
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
  text() {
    return this.page.evaluate(() => document.body.innerText)
  }
  async value(name) {
    return until(`field ${name}`, async () => this.field(name).inputValue())
  }
}

// 录音抽评 in a browser: a sample by a seed, the short form, and what the officer answers. No practice line is a month
// old, so the sample itself is answered here in the daemon's place; its call and recording are the daemon's own.
import assert from 'node:assert/strict'
import { browser } from './desk.mjs'
import { recoverBy, story, until } from './lib.mjs'

const ITEMS = ['greeting', 'tone', 'precision', 'elements', 'read_back']

/** Keeps a draw as the daemon does: nothing is said twice of the same state, and who may say what changes. */
class Draws {
  constructor(call, officer) {
    Object.assign(this, { call, officer, draw: null, facts: [], asked: [] })
  }
  person(name) {
    return { login: name, name, at: new Date().toISOString() }
  }
  item(officer) {
    const reviewed = this.facts.some((f) => f.says === 'reviewed')
    return { call: this.call, officer: this.officer, facts: this.facts, may: officer ? (reviewed ? ['answered'] : []) : ['reviewed'] }
  }
  answer(method, path, body, officer) {
    if (method === 'POST' && /draws$/.test(path)) {
      this.asked.push(body)
      this.draw = { id: 1, month: body.month, seed: body.seed || '5f0c19aa', named: !!body.seed, per_officer: body.per_officer, officers: [{ officer: this.officer, population: 7, drawn: 1 }], by: this.person('赵督查') }
      return this.draw
    }
    if (method === 'POST') {
      this.facts = this.facts.concat([{ id: this.facts.length + 1, says: body.says, marks: body.marks || null, text: body.text || '', by: this.person(officer ? this.officer : '赵督查') }])
      return this.item(officer)
    }
    return /draws\/1$/.test(path) ? { draw: this.draw, items: [this.item(officer)] } : { items: this.draw ? [this.draw] : [], over: true }
  }
}

export async function listening(url, users) {
  const desk = await browser('listening', url)
  const { page } = desk
  const one = story()
  const at = (name, rest) => desk.at(name, rest)
  const [supervisor, officer] = ['supervisor', 'officer'].map((role) => users.find((u) => u.role === role))
  recoverBy((n) => desk.shot('listening-failed-' + n))
  await desk.logIn(supervisor)
  const month = new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 7)
  const call = (await desk.api('/calls?limit=100')).body.items.find((c) => c.recording && c.recording.status === 'sealed' && c.answered_at && c.direction === 'in')
  const text = () => page.locator('[data-test=listen-text] textarea, textarea[data-test=listen-text]').first()
  let asOfficer = false
  let draws = null

  await one('listening: a month that is not over cannot be drawn from, and the page says so', async () => {
    assert.ok(call, 'no call with a recording is there: let shift.mjs play on this line first')
    await page.evaluate(() => { location.hash = '#/listening' })
    await at('listen-month').fill(month)
    await desk.says(/本月尚未结束，月末之后才能抽取/, at('listen-empty'))
    assert.equal(await at('listen-draw').count(), 0)
    assert.equal((await desk.api('/listening/draws', 'POST', { month, per_officer: 1 })).status, 422)
  })

  await one('listening: a sample is drawn by a seed that an inspector names', async () => {
    draws = new Draws(call, '王值班')
    await desk.fake('**/api/v1/listening/draws**', (route) => {
      const r = route.request()
      return route.fulfill({ json: draws.answer(r.method(), new URL(r.url()).pathname, r.postDataJSON(), asOfficer) })
    })
    await page.reload()
    await at('listen-seed').waitFor()
    await page.locator('input[data-test=listen-seed], [data-test=listen-seed] input').first().fill('检查组 2026')
    await desk.key('Enter')
    await desk.says(/种子 检查组 2026（检查人指定）/, at('listen-drawn'))
    assert.equal(draws.asked[0].seed, '检查组 2026')
    await at('listened', `[data-call="${call.id}"]`).waitFor()
    await at('player', '[data-status="sealed"]').waitFor()
    await desk.shotBoth('95-listening')
  })

  await one('listening: the form asks for every item, and for words where one is poor', async () => {
    for (const i of ITEMS.slice(0, 4)) {
      await at(i + '-' + (i === 'precision' ? 'poor' : 'good')).locator('input').focus()
      await desk.key('Space')
    }
    await text().focus()
    await desk.key('Control+Enter')
    await page.locator('.lacks[data-name=read_back]').waitFor()
    await at('read_back-none').locator('input').focus()
    await desk.key('Space')
    await text().focus()
    await desk.key('Control+Enter')
    await page.locator('.lacks[data-name=text]').waitFor()
    await page.keyboard.type('地名没有说清')
    await desk.key('Control+Enter')
    await desk.says(/表述精准 差[\s\S]*地名没有说清/, at('listen-fact').first())
    assert.deepEqual(draws.facts[0].marks, { greeting: 'good', tone: 'good', precision: 'poor', elements: 'good', read_back: 'none' })
    await desk.shotBoth('96-listening-reviewed')
  })

  await one('listening: the officer sees it and answers', async () => {
    await desk.logIn(officer)
    asOfficer = true
    await page.evaluate(() => { location.hash = '#/listening' })
    await page.reload()
    await desk.says(/地名没有说清/, at('listened'))
    assert.equal(await at('listen-seed').count(), 0, 'an officer draws nothing')
    await text().focus()
    await page.keyboard.type('当时线路有杂音')
    await desk.key('Control+Enter')
    await until('answered', async () => draws.facts.length === 2)
    await desk.says(/本人说明[\s\S]*当时线路有杂音/, at('listen-fact').nth(1))
    await desk.shotBoth('97-listening-answered')
    assert.deepEqual(desk.problems, [])
  })
  await desk.context.close()
}

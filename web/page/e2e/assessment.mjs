// 考核 and 违规登记 in a browser: a month's sheet with what it rests on, who signs it, and a suspicion that two persons decide.
import assert from 'node:assert/strict'
import { browser } from './desk.mjs'
import { check, recoverBy, simulate, until } from './lib.mjs'
import { look, notePrinting, opened, taken } from './papers.mjs'

const A4 = [595.28, 841.89]
const A4_WIDE = [841.89, 595.28]

export async function assessment(url, users) {
  const desk = await browser('assessment', url)
  const { page } = desk
  await notePrinting(desk)
  const at = (name, rest) => desk.at(name, rest)
  const who = (role) => users.find((u) => u.role === role)
  recoverBy(async (n) => {
    await desk.shot('assessment-failed-' + n)
    await desk.recover(who('supervisor'))
  })
  await simulate('--from', '02422730077', '--reject', '--answer-after', '1s') // one call at least stands against somebody
  await desk.logIn(who('supervisor'))

  await check('assessment: one key opens the month, and every item says why', async () => {
    await page.keyboard.press('Alt+Shift+K')
    await at('assessment', '[data-state="running"]').waitFor()
    assert.notEqual(await at('assessment-room').innerText(), '')
    assert.equal(await at('assessment-lines').count(), 0) // the practice room has one line
    await desk.says(/得分 [\d.]+ \/ 应得 [\d.]+/, at('assessment-total'))
    await desk.says(/情况不明 \d+ 个.*都不算未达标/, at('assessment-known'))
    assert.equal(await at('assessment-item').count(), 19)
    await desk.says(/不足 20 件，按件计|，达到 \d|，低于 \d|不计分/, at('assessment-item', '[data-item="on_time"]'))
    await desk.says(/第十二条/, at('assessment-item', '[data-item="on_time"]'))
    await desk.nothingCutOffLow()
    await desk.shotBoth('84-assessment')
  })

  await check('assessment: the persons of Art. 31 are named by keys, and what is typed is kept', async () => {
    const head = at('assessment-head').first()
    const input = page.locator('[data-test="assessment-head"] input, input[data-test="assessment-head"]').first()
    await input.fill('孙志国')
    await page.evaluate(() => { location.hash = '#/calls' })
    await page.keyboard.press('Alt+Shift+K')
    await until('the name is still there', async () => (await input.inputValue()) === '孙志国')
    await input.focus()
    await page.keyboard.press('Control+Enter')
    await until('it is kept', async () => (await desk.api('/assessments/' + (await at('assessment').getAttribute('data-month')))).body.sheet.persons.head === '孙志国')
    assert.ok(await head.isVisible())
  })

  await check('assessment: it prints on A4 and is taken as a workbook', async () => {
    await taken(desk, () => at('export-assessment').click(), /值班值守考核表-\d{4}-\d{2}\.xlsx$/)
    const sheet = await opened(desk, () => at('print-assessment').click())
    await desk.says(/值班值守考核表[\s\S]*值班室[\s\S]*第一责任人[\s\S]*孙志国/, sheet.locator('body'))
    await look(sheet, '84-assessment-paper', A4)
    await sheet.close()
  })

  await check('assessment: a frozen month with a correction, as it is shown', async () => {
    const real = await desk.fakeAnswer('**/api/v1/assessments/2*', (a) => ({ ...a, state: 'frozen', may: ['noted'], frozen_by: { login: 'wu', name: '吴敏', at: a.sheet.persons ? new Date().toISOString() : '' },
      said: [{ id: 1, says: 'signed', digest: '', holds: true, text: '', by: { login: 'wu', name: '吴敏', at: new Date().toISOString() } }, { id: 2, says: 'signed', digest: '', holds: true, text: '', by: { login: 'zhao', name: '赵振华', at: new Date().toISOString() } }],
      sheet: { ...a.sheet, lines: ['duty', 'fire'].map((l) => ({ line: l, calls: 24, unknown: 0, on_time: { numerator: 22, denominator: 23 }, answer_rate: { numerator: 23, denominator: 24 }, called_back: { numerator: 1, denominator: 1 }, entry_complete: { numerator: 24, denominator: 24 } })) },
      corrections: [{ id: 'on_time', title: a.sheet.items[0].title, then: a.sheet.items[0], now: { ...a.sheet.items[0], gets: 9 } }] }))
    await page.reload()
    await at('assessment-corrections').waitFor()
    await desk.says(/[\d-]{8,}\s+24\s+0\s+22\/23\s+23\/24\s+1\/1[\s\S]*fire/, at('assessment-lines'))
    await desk.says(/吴敏 于 .* 定稿/, at('assessment-frozen'))
    await desk.says(/赵振华 已签批/, at('assessment-signs'))
    await desk.shotBoth('85-assessment-frozen')
    await at('assessment-lines').scrollIntoViewIfNeeded()
    await desk.shotBoth('85-assessment-lines')
    real()
    await page.reload()
    await at('assessment', '[data-state="running"]').waitFor()
  })

  await check('assessment: what stands against somebody leads to its page', async () => {
    await at('assessment-evidence').first().click()
    await until('another page', async () => /^#\/(calls|entry)\//.test(await page.evaluate(() => location.hash)))
  })

  await check('violations: one is registered, and not upheld before the duty room had its word', async () => {
    await page.evaluate(() => { location.hash = '#/violations' })
    await at('violation-add').click()
    await page.locator('[data-test="violation-new-text"] textarea, textarea[data-test="violation-new-text"]').first().fill('凌晨抽查无人接听，监控显示值班室无人')
    await desk.shot('86-violation-new')
    await page.keyboard.press('Control+Enter')
    await at('violation', '[data-state="open"]').waitFor()
    await desk.says(/值班人员脱岗、漏岗或非正式人员顶岗的/, at('violation'))
    await desk.says(/说明截止/, at('violation-due'))
    await at('violation-upheld').click()
    await page.locator('[data-test="violation-text"] textarea, textarea[data-test="violation-text"]').first().fill('监控属实')
    await page.keyboard.press('Control+Enter')
    await desk.says(/值班室还没有说明/, at('violation-error'))
    await desk.shotBoth('86-violation')
  })

  await check('violations: the duty room states, a supervisor decides, the leader confirms', async () => {
    const id = await at('violation').getAttribute('data-id')
    const text = page.locator('[data-test="violation-text"] textarea, textarea[data-test="violation-text"]').first()
    const as = async (role) => {
      await desk.logIn(who(role))
      await page.evaluate((n) => { location.hash = '#/violations/' + n }, id)
      await at('violation', `[data-id="${id}"]`).waitFor()
    }
    await as('officer')
    await text.fill('外出取件，约十分钟')
    await page.keyboard.press('Control+Enter')
    await at('violation-fact').waitFor()
    await as('supervisor')
    await at('violation-upheld').click()
    await until('the words are kept', async () => (await text.inputValue()) === '监控属实')
    await text.focus()
    await page.keyboard.press('Control+Enter')
    await at('violation', '[data-state="awaits"]').waitFor()
    await as('leader')
    await at('violation-confirmed').click()
    await text.focus()
    await page.keyboard.press('Control+Enter')
    await at('violation', '[data-state="upheld"]').waitFor()
    await desk.shotBoth('87-violation-upheld')
    await taken(desk, () => at('export-violations').click(), /疑似违规登记表-\d{4}-\d{2}\.xlsx$/)
    const sheet = await opened(desk, () => at('print-violations').click())
    await look(sheet, '87-violations-paper', A4_WIDE)
    await sheet.close()
    assert.deepEqual(desk.problems, [])
  })
  await desk.context.close()
}

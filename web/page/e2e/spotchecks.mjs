// 抽查登记 in a browser: a supervisor starts a spot check, sees it ring and be answered, and registers it.
import assert from 'node:assert/strict'
import { browser } from './desk.mjs'
import { check, recoverBy, until } from './lib.mjs'

export async function spotChecks(url, users) {
  const desk = await browser('spotchecks', url)
  const officerDesk = await browser('spotchecks-officer', url)
  const { page } = desk
  const at = (name, rest) => desk.at(name, rest)
  const supervisor = users.find((u) => u.role === 'supervisor')
  const officer = users.find((u) => u.role === 'officer')
  recoverBy(async (n) => {
    await desk.shot('spot-failed-' + n)
    await desk.recover(supervisor)
    await page.evaluate(() => { location.hash = '#/spotchecks' })
  })
  await officerDesk.logIn(officer)
  await desk.logIn(supervisor)

  await check('spot check: a supervisor starts one; the duty desk sees an ordinary call', async () => {
    await page.evaluate(() => { location.hash = '#/spotchecks' })
    await at('spot-start').waitFor()
    await desk.shotBoth('82-spot-checks')
    await until('the line is free', async () => (await desk.api('/lines')).body.items[0].state === 'idle')
    await at('spot-start').focus()
    await page.keyboard.press('Enter')
    await desk.says(/正在响铃：第 \d+ 声，[\d.]+ 秒/, at('spot-says'))
    await desk.shot('82b-spot-ringing')
    await until('the duty desk sees it ring', async () => /02422739119|024-22739119/.test(await officerDesk.text()))
    assert.ok(!/抽查/.test(await officerDesk.at('line').innerText()), 'the duty desk is told that it is a spot check')
    await at('spot-asked').fill('当班人员、未办结事项')
    await desk.says(/已接听：响了 \d+ 声，[\d.]+ 秒/, at('spot-says'))
    await desk.nothingCutOff()
    await desk.shot('82c-spot-answered')
    await at('spot-hangup').click()
    await until('it is over', async () => (await at('spot-placed').getAttribute('data-state')) === 'over')
    await desk.says(/接听 · 响了 \d+ 声/, at('spot-says'))
  })

  await check('spot check: its result is registered with its call and what was asked', async () => {
    await at('spot-register').click()
    await at('spot-form').waitFor()
    await until('the words are taken over', async () => (await at('spot-form').locator('textarea').first().inputValue()) === '当班人员、未办结事项')
    await at('spot-form').locator('[data-name=unit] input').fill('沈河区应急局')
    await desk.shot('82d-spot-register')
    await at('spot-form').locator('[data-test=spot-save]').click()
    await until('it is in the register', async () => (await at('spot-row').count()) >= 1)
    const first = (await desk.api('/spot-checks')).body.items[0]
    assert.ok(first.call_id, 'it is tied to no call')
    const call = (await desk.api('/calls/' + first.call_id)).body
    assert.deepEqual(call.tags, ['spot_check'])
    await desk.nothingCutOff()
    await desk.shotBoth('82e-spot-registered')
  })
  await check('no error in the windows of the spot check', async () => assert.deepEqual(desk.problems.concat(officerDesk.problems), []))
  await officerDesk.context.close()
  await desk.context.close()
}

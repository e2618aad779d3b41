// 统计 in a browser: what the line did today, charts with a table behind each, and the way from a figure to its calls.
import assert from 'node:assert/strict'
import { browser } from './desk.mjs'
import { check, recoverBy, simulate, until } from './lib.mjs'
import { notePrinting, opened, taken } from './papers.mjs'

export async function figures(url, users) {
  const desk = await browser('figures', url)
  const { page } = desk
  await notePrinting(desk)
  const at = (name, rest) => desk.at(name, rest)
  const supervisor = users.find((u) => u.role === 'supervisor')
  recoverBy(async (n) => {
    await desk.shot('figures-failed-' + n)
    await desk.recover(supervisor)
    await page.evaluate(() => { location.hash = '#/figures' })
  })
  await simulate('--from', '02422730077', '--reject', '--answer-after', '1s') // the list has one call at least
  await desk.logIn(supervisor)

  await check('figures: today at a glance, with how sure it is', async () => {
    await page.evaluate(() => { location.hash = '#/figures' })
    await at('today-calls').waitFor()
    assert.ok(Number(await at('today-calls').locator('.value').innerText()) > 0, 'calls were made before')
    await desk.says(/盲区 [\d.]+ 分钟，情况不明 \d+ 个/, at('figures-sure'))
    await desk.says(/未解除告警 \d+ 项.*未填完条目 \d+\+? 条/, at('figures-open'))
    await until('two charts are drawn', async () => (await page.locator('.drawing canvas').count()) >= 2)
    await desk.says(/已接 \d+ 个：平均/, at('note-rings'))
    await desk.says(/rings-3/, at('today-rules')) // once, beside the cards
    assert.equal(await page.locator('.cards', { hasText: 'rings-' }).count(), 0)
    await desk.says(/\d+\/\d+[\s\S]*盲区 [\d.]+ 分/, at('today-missed'))
    await desk.shotBoth('80-figures')
  })

  await check('figures: one key puts tables in place of the charts', async () => {
    await page.keyboard.press('Alt+b')
    await until('four tables', async () => (await page.locator('[data-test^="figure-"] .rows table').count()) === 4)
    assert.equal(await page.locator('.drawing').count(), 0)
    await desk.says(/10–15[\s\S]*15–20/, at('figure-rings'))
    await desk.shotBoth('81-figure-tables')
    await at('table-heat').click() // one of them alone
    await until('one chart', async () => (await page.locator('.drawing').count()) === 1 && (await page.locator('.drawing canvas').count()) > 0)
    await page.keyboard.press('Alt+b')
    await until('charts again', async () => (await page.locator('[data-test^="figure-"] .rows table').count()) === 0)
  })

  await check('figures: a cell of the week and a bar of ring times lead to their calls, by keys and by click', async () => {
    const back = async () => {
      await page.evaluate(() => { location.hash = '#/figures' })
      await at('today-calls').waitFor()
    }
    for (const [name, words] of [['heat', /仅周[一二三四五六日] \d\d:00 起一小时内的/], ['rings', /仅响铃 \d+–\d+ 秒接听的/]]) {
      await page.keyboard.press('Alt+b') // tables: their cells are reached by keys
      const cell = at('behind-' + name).first()
      const calls = name === 'heat' ? Number((await cell.innerText()).replace(/\D.*/, '')) : 1
      await cell.focus()
      await desk.key('Enter')
      await desk.says(words, at('calls-behind'))
      await until('its calls are listed', async () => (await at('call-row').count()) >= calls && calls > 0)
      await desk.shotBoth('81b-behind-' + name)
      await back()
    }
    await until('charts', async () => (await at('figure-heat').locator('.drawing canvas').count()) > 0)
    const now = new Date(Date.now() + 8 * 3600_000) // of the practice site
    await at('figure-heat').scrollIntoViewIfNeeded()
    const box = await at('figure-heat').locator('.drawing').boundingBox()
    const left = 56, top = 12, width = box.width - left - 12, height = box.height - top - 52
    await page.mouse.click(box.x + left + ((now.getUTCHours() + 0.5) / 24) * width, box.y + top + ((((now.getUTCDay() + 6) % 7) + 0.5) / 7) * height)
    await desk.says(/起一小时内的/, at('calls-behind'))
    await back()
    await at('figures-bad').click() // only what was not in time: a cell leads to just as many
    await page.keyboard.press('Alt+b')
    const late = at('behind-heat').first()
    const few = Number((await late.innerText()).replace(/\D.*/, ''))
    await late.focus()
    await desk.key('Enter')
    await desk.says(/仅复核后未及时接听的/, at('calls-behind'))
    await until('just these are listed', async () => few > 0 && (await at('call-row').count()) === few)
    await desk.shotBoth('81b-behind-late')
    await back()
  })

  await check('figures: how long it took, and a time that is too long for a grouping, are said in words', async () => {
    await desk.says(/接听前响铃[\s\S]*通话结束到日志条目填完[\s\S]*未接来电挂断到联系上对方/, at('figures-took'))
    await desk.says(/95% 不超过/, at('figures-took'))
    await at('figures-took').scrollIntoViewIfNeeded()
    await desk.shotBoth('81c-figure-took')
    await at('choice-quarter').click()
    await at('figures-by').selectOption('hour')
    await desk.says(/一次最多看 8 天，现在选的是 90 天[\s\S]*改为“按日”/, at('groups-too-long'))
    await desk.says(/值班日志自 .* 起才有记录[\s\S]*计入盲区/, at('figures-before-log'))
    assert.equal(await at('print-figures').count(), 0)
    await at('groups-too-long').scrollIntoViewIfNeeded()
    await desk.shotBoth('81d-too-long')
    await at('groups-shorten').click()
    await until('the groups are shown', async () => (await at('figures-group').count()) > 24)
    await at('figures-by').selectOption('officer')
    await at('choice-month').click()
  })

  await check('figures: the printed charts name unit, time and line', async () => {
    await page.emulateMedia({ media: 'print' })
    assert.ok((await at('figures-paper-unit').innerText()).trim() !== '')
    assert.ok(await at('figures-paper-head').isVisible())
    await desk.says(/\d{4}-\d\d-\d\d — \d{4}-\d\d-\d\d/, at('figures-paper-head'))
    await desk.says(/全部线路|线路/, at('figures-paper-line'))
    await desk.shot('81e-charts-on-paper')
    await page.emulateMedia({ media: 'screen' })
    assert.equal(await at('figures-paper-head').isVisible(), false)
  })

  await check('figures: a closed month of which only the blind time changed leads to its correction', async () => {
    const real = await desk.fakeAnswer('**/api/v1/metrics/answering?*', (a) => ({ ...a, frozen: [{ month: a.from.slice(0, 7), zone: 'Asia/Shanghai', calls: 1, digest: '', by: { login: 'wu', name: '吴敏', at: a.from }, changed_days: [], blind_changed: true }] }))
    await page.reload()
    await at('figures-changed').waitFor()
    await desk.says(/此后盲区时间有变化，见更正/, at('figures-changed'))
    assert.equal(await at('trend-changed').count(), 1)
    await real()
    await page.reload()
    await at('today-calls').waitFor()
  })

  await check('figures: how line and recorder are, and what waits, is at hand', async () => {
    await until('the lamps are told', async () => (await at('figures-health').locator('[data-lamp=record]').count()) === 1)
    await at('figures-missed').focus()
    await desk.key('Enter')
    await page.locator('.el-dialog:visible').first().waitFor()
    await desk.key('Escape')
    await until('the dialog is gone', async () => !(await page.locator('.el-dialog:visible').count()))
  })

  await check('figures: each chart, and the other work, is taken as a workbook by keys', async () => {
    for (const [name, title] of [['rings', '接听前响铃时间'], ['heat', '各时段来电'], ['trend', '逐月趋势'], ['officers', '各值班员按时接听率'], ['duty', '值班工作指标']]) {
      await at('export-' + name).focus()
      await taken(desk, () => desk.key('Enter'), new RegExp(title + '-\\d{8}-\\d{8}\\.xlsx$'))
    }
    const noted = (await desk.api('/access?limit=20')).body.items.filter((a) => a.action === 'figures.export')
    assert.ok(noted.length >= 5, JSON.stringify(noted))
  })

  await check('figures: the other work stands with its counts and leads to what is behind it', async () => {
    await at('figures-duty').scrollIntoViewIfNeeded()
    await desk.says(/报告按时[\s\S]*交接班超时[\s\S]*值班表空缺[\s\S]*未接后仍待回拨/, at('figures-duty'))
    const row = at('duty-missed_not_called_back')
    await desk.says(/\d+\/\d+/, row)
    // Who waits was missed, or did not get through otherwise: either leads to its call.
    await page.locator('[data-test=duty-missed_not_called_back] [data-test=duty-behind], [data-test=duty-others_not_called_back] [data-test=duty-behind]').first().focus()
    await desk.key('Enter')
    await desk.shotBoth('82-figure-duty', at('figures-duty'))
    await at('duty-list').locator('button').first().click()
    await until('the call is shown', async () => /^#\/calls\//.test(await page.evaluate(() => location.hash)))
    await page.evaluate(() => { location.hash = '#/figures' })
    await at('today-calls').waitFor()
  })

  await check('figures: what is named by an address stands out on its list, and what is not there is said', async () => {
    const alert = (await desk.api('/alerts?limit=1')).body.items[0]
    await page.evaluate((id) => { location.hash = '#/alerts/' + id }, alert.id)
    await until('the alert stands out', async () => (await page.locator('tr.named[data-test=alert-row]').count()) === 1)
    await page.evaluate(() => { location.hash = '#/handover/' + encodeURIComponent('2020-01-01T00:00:00Z') })
    await desk.says(/没有查到为 2020-01-01 08:00 换班办理的交接/, at('handover-none'))
    await page.evaluate(() => { location.hash = '#/roster/2026-11-15' })
    await until('the day stands out', async () => (await page.locator('tr.named[data-day="2026-11-15"]').count()) === 1)
    await desk.shot('83-roster-day')
    await page.evaluate(() => { location.hash = '#/figures' })
    await at('today-calls').waitFor()
  })

  await check('figures: they print on A4 and are taken as a workbook', async () => {
    await taken(desk, () => at('export-figures').click(), /接听情况统计-\d{8}-\d{8}-按值班员\.xlsx$/)
    const sheet = await opened(desk, () => at('print-figures').click())
    await desk.says(/接听情况统计[\s\S]*按时接听率/, sheet.locator('body'))
    await sheet.close()
    await page.evaluate(() => { window.print = () => { window.printed = true } })
    await at('figures-print').click()
    assert.equal(await page.evaluate(() => window.printed), true)
  })

  await check('figures: a call that nobody took leads to its call', async () => {
    const row = at('figures-call').first()
    await row.waitFor()
    await row.locator('[data-test=figures-to-call]').click()
    await until('the call is shown', async () => /^#\/calls\//.test(await page.evaluate(() => location.hash)))
    assert.deepEqual(desk.problems, [])
  })
  await desk.context.close()
}

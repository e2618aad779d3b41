// 复核 in a browser: the officer has the word first, a supervisor decides, a second one decides again, and both figures stand.
import assert from 'node:assert/strict'
import { browser } from './desk.mjs'
import { recoverBy, simulate, story, until } from './lib.mjs'
import { notePrinting, opened } from './papers.mjs'

export async function reviews(url, users) {
  const desk = await browser('reviews', url)
  const { page } = desk
  const one = story()
  await notePrinting(desk)
  const at = (name, rest) => desk.at(name, rest)
  const user = (role) => users.find((u) => u.role === role)
  recoverBy((n) => desk.shot('reviews-failed-' + n))
  let officer = user('officer')
  let responsible = ''
  await desk.logIn(officer)
  const before = (await desk.newest()).id
  await simulate('--from', '02422730078', '--reject', '--answer-after', '1s')
  const call = await desk.nextCall(before)
  const show = async () => {
    await page.evaluate((id) => { location.hash = '#/reviews/' + encodeURIComponent(id) }, call)
    await at('review', `[data-call="${call}"]`).waitFor()
  }
  const as = async (who) => {
    await desk.logIn(who)
    await show()
  }
  const read = async () => (await desk.api('/reviews/' + encodeURIComponent(call))).body
  const onTime = async (set) => (await desk.api('/metrics/answering?by=line')).body.total[set].on_time
  const state = (s) => at('review', `[data-state="${s}"]`).waitFor()
  /** Picks an option and sends words, by keys alone. */
  async function say(option, words) {
    if (option) {
      await at(option).locator('input').focus()
      await desk.key('Space')
    }
    await page.locator('textarea[data-test=say-text], [data-test=say-text] textarea').first().focus()
    await page.keyboard.type(words)
    await desk.key('Control+Enter')
  }
  await one('reviews: a supervisor cannot decide before the officer had the word', async () => {
    await until('the call is over', async () => (await desk.api('/calls/' + encodeURIComponent(call))).body.ended_at)
    const entry = await desk.entry('e-' + call)
    // Nobody answered: it is whoever's is responsible by now, and nobody moves it by a name.
    assert.equal((await desk.api('/entries/' + encodeURIComponent('e-' + call), 'PATCH', { revision: entry.revision, answered_by: '王值班' })).status, 422)
    responsible = entry.responsible
    officer = users.find((u) => u.name === { 王值班: 'officer', 李值班: 'officer2' }[responsible])
    await desk.logIn(user('supervisor'))
    await page.evaluate((id) => { location.hash = '#/reviews/' + encodeURIComponent(id) }, call)
    await desk.says(/值班员先陈述：本人说明之后即可查看，最迟 .*\d\d:\d\d 起可以查看/, at('review-none'))
    await desk.says(/另有 \d+ 件在值班员陈述期内，最早 .*到期/, at('reviews-held'))
    assert.equal((await desk.api('/reviews/' + encodeURIComponent(call))).status, 403)
    assert.equal((await desk.api('/calls/' + encodeURIComponent(call))).body.outcome, 'rejected')
    assert.equal(await page.locator(`[data-test=review-row][data-call="${call}"]`).count(), 0)
    await desk.says(/\d 个工作日之后或说明之后由督查人员复核/)
    await desk.shotBoth('90-review-supervisor')
  })

  await one('reviews: the officer concerned sees it first and explains by keys', async () => {
    await as(officer)
    await desk.says(/待说明/, at('review'))
    const r = await read()
    assert.deepEqual([r.officer, r.may, r.call.outcome], [responsible, ['explained'], 'rejected'])
    await desk.says(/拒接[\s\S]*还没有人说明[\s\S]*话机振铃[\s\S]*判定规则[\s\S]*时钟偏差[\s\S]*交换机流水/, at('review'))
    await desk.says(/起\s+止[\s\S]*本次来电时[\s\S]*至今[\s\S]*3 声之内[\s\S]*rings-3[\s\S]*PJSIP\//, at('review-settings'))
    await desk.shotBoth('91-review-officer')
    await at('review-settings').scrollIntoViewIfNeeded()
    await desk.shotBoth('91-review-settings')
    await desk.key('Control+Enter') // nothing was said yet
    assert.equal((await read()).facts.length, 0)
    await say('code-other_call', '正在接听 119 转来的电话')
    await state('awaits_supervisor')
    await desk.says(/当班说明：正在接打其他电话[\s\S]*正在接听 119/, at('review-fact').first())
  })

  await one('reviews: what was measured is set aside for a technical cause, and only with its proof', async () => {
    await as(user('supervisor'))
    await at('says-decided').locator('input').focus()
    await desk.key('Space')
    await say('result-set_aside', '')
    await page.locator('.lacks').first().waitFor() // no cause, no proof
    assert.equal((await read()).facts.length, 1)
    await desk.shotBoth('92-review-decide')
    await say('code-phone', '维修单 2026-118')
    await state('decided')
    assert.equal((await read()).result, 'set_aside')
  })

  await one('reviews: both figures are published, measured and after review', async () => {
    const [measured, after] = [await onTime('measured'), await onTime('after_review')]
    assert.deepEqual([after.numerator, after.denominator], [measured.numerator, measured.denominator - 1])
    await page.evaluate(() => { location.hash = '#/figures' })
    await at('figures-today').waitFor()
    await at('figures-all').scrollIntoViewIfNeeded()
    const row = at('figures-all').locator('tbody tr').first()
    const cells = await row.locator('td').allInnerTexts()
    const counts = (s) => s.split('（')[0].split('/').map(Number)
    assert.equal(counts(cells[1])[1] - counts(cells[2])[1], 1, cells.join(' | '))
    const link = at('figures-call').first().locator('[data-test=figures-to-review]')
    await link.click()
    await at('review', `[data-call="${call}"]`).waitFor()
  })

  await one('reviews: the officer asks for a second reviewer, who is somebody else', async () => {
    await as(officer)
    await say('', '请再核一次')
    await state('awaits_second')
    await as(user('supervisor'))
    assert.ok((await read()).may.indexOf('second_decided') < 0, 'who decided first does not decide again')
    await as(user('leader'))
    await say('result-stands', '话机当时正常')
    await state('closed')
    assert.equal((await read()).result, 'stands')
    assert.equal(await at('say').count(), 0, 'nothing comes after')
    await desk.shotBoth('93-review-closed')
    assert.equal((await onTime('after_review')).denominator, (await onTime('measured')).denominator)
  })

  await one('reviews: one is printed with everything by which it was judged', async () => {
    const sheet = await opened(desk, () => at('review-print').click())
    await desk.says(/当班说明[\s\S]*维修单 2026-118[\s\S]*话机当时正常[\s\S]*线路设置沿革[\s\S]*本次来电时[\s\S]*至今/, sheet.locator('body'))
    await sheet.close()
  })

  await one('reviews: a borderline verdict is said so, and may be counted either way', async () => {
    const real = await desk.fakeAnswer('**/api/v1/reviews/*', (r) => ({ ...r, state: 'awaits_supervisor', result: '', facts: [], may: ['commented', 'decided'],
      results: ['counts_late', 'counts_in_time', 'set_aside'], call: { ...r.call, outcome: 'answered_late', findings: ['borderline'] } }))
    await desk.logIn(user('supervisor'))
    await page.reload()
    await show()
    await desk.says(/临界：接听时刻在误差范围之内，认定之前不计为超时/, at('review'))
    await at('result-counts_in_time').waitFor()
    await desk.shotBoth('94-review-borderline')
    real()
    assert.deepEqual(desk.problems, [])
  })
  await desk.context.close()
}

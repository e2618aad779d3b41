// An incident from the ringing telephone to the final report: opened by a key and a digit, a second caller
// of the same event, the report filled in and approved by telephone, the call to the superior recognised as
// the report, the leader's own word and signature on a telephone's screen, a death that makes a report due.
import assert from 'node:assert/strict'
import { check, simulate, story, until } from './lib.mjs'
import { opened, notePrinting, taken } from './papers.mjs'

const SUPERIOR = '02422720100' // 市应急指挥中心 of the practice directory

/** At the lock screen; nobody is signed in afterwards. PHONE is a browser of its own. */
export async function incident(desk, phone, users) {
  const officer = users.find((u) => u.role === 'officer')
  const leader = users.find((u) => u.role === 'leader')
  const one = story()
  let entry = ''
  let id = 0
  let placed = Promise.resolve()
  const get = async () => (await desk.api('/incidents/' + id)).body
  const report = async (stage) => (await get()).reports.find((r) => r.stage === stage)
  const amend = async (e, change) => {
    const { revision } = await desk.entry(e)
    assert.equal((await desk.api('/entries/' + encodeURIComponent(e), 'PATCH', { revision, ...change })).status, 200)
  }
  const input = (test) => desk.page.locator(`[data-test="${test}"] input, [data-test="${test}"] textarea, input[data-test="${test}"], textarea[data-test="${test}"]`).first()
  const element = (name) => desk.page.locator(`[data-element="${name}"] textarea`).first()

  await one('from a call one key and one digit open an incident, and its clock runs where the officer looks', async () => {
    await notePrinting(desk)
    await desk.logIn(officer)
    const call = await desk.call('02423860012', '和平区应急局', 300, 700)
    entry = await desk.bringUp(call)
    await desk.over(call)
    await amend(entry, { caller_unit: '和平区应急局', place: '和平区南京北街12号', casualties: '2人受伤', content: '南京北街12号居民楼起火。' })
    await desk.at('new-incident').waitFor()
    await desk.key('Alt+KeyV')
    await desk.at('categories').waitFor()
    await desk.nothingCutOff()
    await desk.key('Digit5')
    await desk.at('incident-head').waitFor()
    id = Number(/incidents\/(\d+)/.exec(desk.page.url())[1])
    await desk.says(/初报还剩[\s\S]*[89]:\d\d|初报还剩[\s\S]*7:\d\d/, desk.at('incident-head'))
    await desk.at('nav-desk').click()
    await desk.says(/初报还剩/, desk.at('incident-strip'))
  })

  await one('another entry of the same event takes one key; what differs is marked side by side', async () => {
    const fax = (await desk.api('/entries', 'POST', { key: 'e2e-incident-fax-' + id, kind: 'fax', line: 'duty' })).body
    await amend(fax.id, { caller_unit: '市消防救援支队', place: '和平区南京北街12号', casualties: '3人受伤', content: '居民楼三层起火，3人受伤。' })
    await desk.page.evaluate((e) => { location.hash = '#/entry/' + encodeURIComponent(e) }, fax.id)
    await desk.at('entry', `[data-entry="${fax.id}"]`).waitFor()
    await desk.at('same-event').waitFor()
    await desk.nothingCutOff()
    await desk.nothingCutOffLow()
    await desk.shot('71-same-event')
    await desk.key('Alt+KeyV')
    await desk.at('entry-incident').waitFor()
    await desk.key('F6')
    await desk.at('incident-head').waitFor()
    await desk.key('Alt+Digit2')
    await desk.says(/1 项说法不一/, desk.at('differing'))
    assert.equal(await desk.page.locator('[data-element="casualties"]').getAttribute('data-differs'), 'true')
    await desk.at('take-casualties').first().click()
    await until('taken', async () => (await get()).elements.casualties === '3人受伤')
    await desk.key('Alt+Digit1')
  })

  await one('the first report is filled in; what is lacking is said; a key keeps it', async () => {
    await desk.at('stage-first').click()
    assert.match(await element('place').inputValue(), /南京北街12号/)
    assert.match(await input('report-text').inputValue(), /接报：[\s\S]*南京北街12号[\s\S]*后续情况续报/)
    await desk.says(/还缺：发生时间、事件性质/, desk.at('report-lacks'))
    await element('time').fill('今日8时许')
    await element('nature').fill('居民楼火灾')
    await desk.at('refill').click()
    await desk.key('Control+Enter')
    await until('kept', async () => (await report('first')).version === 1)
    await desk.nothingCutOff()
    await desk.shot('73-incident-report')
  })

  await one('the leader approves by telephone: noted with the recorded call, and waits for the leader', async () => {
    await desk.at('phone-sign').click()
    await desk.at('deed').waitFor()
    const named = desk.at('login-leader')
    if (await named.count()) await named.click()
    else await input('deed-login').fill('leader')
    await desk.key('Control+Enter')
    await desk.says(/电话，待本人确认/, desk.at('approvals'))
    const said = (await report('first')).approvals[0]
    assert.ok(said.by_phone && said.call_id && !said.confirmed_at && said.noted_by.login === 'officer')
  })

  await one('the call to the superior is offered as the report, and is the delivery with its time and recording', async () => {
    const before = (await desk.newest()).id
    placed = simulate('--to', SUPERIOR, '--talk', '1s')
    const call = await desk.nextCall(before)
    await desk.at('call-offer-go').click()
    await desk.at('deed').waitFor()
    await input('deed-receiver').fill('王某')
    await desk.key('Control+Enter')
    await desk.at('cell-superior_bureau-phone').locator('.sent').waitFor()
    const sent = (await report('first'))
    assert.deepEqual([sent.state, sent.deliveries[0].call_id, sent.deliveries[0].receiver, sent.deliveries[0].channel], ['sent', call, '王某', 'phone'])
    await desk.nothingCutOff()
    await desk.shot('75-incident-sent')
  })

  await one('papers: the report as a page and as a Word document, the course with its ways', async () => {
    const page = await opened(desk, () => desk.at('print-report').click())
    assert.match(await page.locator('body').innerText(), /突发事件信息报告[\s\S]*初报[\s\S]*南京北街12号[\s\S]*上级应急管理部门：电话[\s\S]*接收人王某/)
    await page.close()
    await taken(desk, () => desk.at('word-report').click(), /^突发事件信息报告-T\d{4}-\d{3}-1\.docx$/)
    const course = await opened(desk, () => desk.at('print-course').click())
    assert.ok((await course.locator('a[href^="/#/calls/"]').count()) >= 2)
    await course.close()
    await placed
  })

  await one('the leader, at a telephone, confirms what was noted and signs the next report', async () => {
    await desk.at('stage-written').click()
    for (const [name, words] of [['unit', '南京北街12号居民楼'], ['measures', '消防4车20人到场，疏散36人']]) await element(name).fill(words)
    await desk.key('Control+Enter')
    await until('kept', async () => (await report('written')).version === 1)
    await phone.page.setViewportSize({ width: 390, height: 780 })
    await phone.page.reload()
    await phone.page.fill('input[name=username]', leader.name)
    await phone.page.fill('input[name=password]', leader.password)
    await phone.key('Enter')
    await phone.at('phone-report').first().waitFor()
    await phone.nothingCutOff()
    await phone.shot('76-telephone')
    await phone.at('confirm-yes').click()
    await until('confirmed', async () => !!(await report('first')).approvals[0].confirmed_at)
    await phone.page.locator('[data-test="phone-report"][data-number="2"] [data-test="phone-approve-sign"]').click()
    await until('signed', async () => !!(await report('written')).approved_at)
    await phone.at('phone-leave').click()
    await desk.says(/签发\s*✓/, desk.at('approvals'))
  })

  await one('sent by fax, a death after it makes a follow-up due; the final report ends it', async () => {
    await desk.at('deliver-government-fax').click()
    await desk.at('deed').waitFor()
    await input('deed-evidence').fill('传真回执')
    await desk.key('Control+Enter')
    await until('sent', async () => (await report('written')).state === 'sent')
    assert.equal((await desk.api('/incidents/' + id, 'PATCH', { key: 'e2e-death-' + id, elements: { casualties: '死亡1人，3人受伤' } })).status, 200)
    await desk.at('stage-follow_up').click()
    await desk.says(/续报第 1 期还剩/, desk.at('incident-head'))
    await desk.page.locator('[data-element="casualties"] [data-test="changed"]').waitFor()
    assert.match(await input('report-text').inputValue(), /续报如下[\s\S]*死亡1人/)
    await desk.shot('77-follow-up')
    await desk.key('Alt+Digit5')
    await desk.at('fact').first().waitFor()
    await desk.key('Alt+Digit4')
    await desk.at('add-instruction').click()
    await input('deed-whom').fill('区长')
    await input('deed-text').fill('全力救治伤员')
    await desk.key('Control+Enter')
    await desk.at('instruction').waitFor()
    await desk.key('Alt+Digit1')
    await desk.at('stage-final').click()
    for (const [name, words] of [['unit', '南京北街12号居民楼'], ['time', '今日8时许'], ['nature', '居民楼火灾'], ['cause', '电气线路故障'], ['losses', '过火面积20平方米'], ['measures', '火已扑灭'], ['trend', '处置结束']]) await element(name).fill(words)
    await desk.key('Control+Enter')
    await until('kept', async () => (await report('final')).version === 1)
    await desk.at('deliver-superior_bureau-system').click()
    await input('deed-evidence').fill('流水号 1')
    await desk.key('Control+Enter')
    await until('the end', async () => (await report('final')).state === 'sent')
    assert.equal((await desk.api('/incidents/' + id, 'PATCH', { key: 'e2e-closing-' + id, state: 'closed', reason: '批示由下一班跟踪' })).status, 200)
    await desk.says(/已办结/, desk.at('incident-head'))
    await desk.at('incident-strip').waitFor({ state: 'hidden' })
  })

  await check('incidents: nothing in the page went wrong', async () => assert.deepEqual(phone.problems, []))
  if (await desk.at('lock').count()) {
    await desk.at('lock').click()
    await desk.at('lock-screen').waitFor()
  }
}

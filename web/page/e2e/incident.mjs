// An incident from the ringing telephone to the final report: opened by a key and a digit, ten callers of the
// same fire, the report approved by the leader, who is away, in a call, the call to the superior recognised as
// the report, the duty handed over in the middle, the leader's own word and signature on a telephone's screen,
// a death that makes a report due, photos as proof and as an instruction, and the papers.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { amend as change, CALLERS, crowd } from './crowd.mjs'
import { check, results, simulate, story, until } from './lib.mjs'
import { opened, notePrinting, taken } from './papers.mjs'

const LEADER = '13940050062' // the leader's own telephone, as the practice roster has it
const BORROWED = '13940059999' // somebody's, whom nobody knows
const PHOTO = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
const SUPERIOR = '02422720100' // 市应急指挥中心 of the practice directory

/** At the lock screen; nobody is signed in afterwards. PHONE is a browser of its own. */
export async function incident(desk, phone, users) {
  let [officer, next] = users.filter((u) => u.role === 'officer')
  const [chief, leader] = ['chief', 'leader'].map((role) => users.find((u) => u.role === role))
  const one = story()
  let entry = ''
  let id = 0
  let placed = Promise.resolve()
  const get = async () => (await desk.api('/incidents/' + id)).body
  const report = async (stage) => (await get()).reports.find((r) => r.stage === stage)
  const amend = (e, what) => change(desk, e, what)
  /** What was told stands over no clock and no button. */
  const coversNothing = async () => assert.deepEqual(await desk.page.evaluate(() => {
    const box = (e) => { // of a line of text its letters, not its whole row
      const range = document.createRange()
      range.selectNodeContents(e)
      return (e.className === 'since num' ? range : e).getBoundingClientRect()
    }
    // Beside a dialog, and until it is gone, a message may stand over what the idle line says of itself.
    const covered = 'button, input, [data-test=countdown], [data-test=ring]' + (document.body.classList.contains('el-popup-parent--hidden') ? '' : ', .since.num')
    const meet = (a, b) => b.width && b.height && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
    return Array.from(document.querySelectorAll('[data-test=notice]')).flatMap((n) =>
      Array.from(document.querySelectorAll(covered)).filter((b) => !n.contains(b) && meet(box(n), box(b))).map((b) => n.innerText + ' covers ' + (b.innerText || b.className)))
  }), [])
  /** The marks of an element stand within its own part of the form, above its field. */
  const marksApart = async () => assert.deepEqual(await desk.page.evaluate(() => Array.from(document.querySelectorAll('[data-test=report-editor] .cell[data-element]')).flatMap((cell) => {
    const [own, field] = [cell, cell.querySelector('textarea')].map((e) => e.getBoundingClientRect())
    return Array.from(cell.querySelectorAll('.badge')).filter((b) => b.getBoundingClientRect().right > own.right || b.getBoundingClientRect().bottom > field.top + 1).map((b) => cell.dataset.element + ': ' + b.innerText)
  })), [])
  const takeTelephone = async (user) => {
    await phone.page.setViewportSize({ width: 390, height: 780 })
    await phone.page.reload()
    await phone.page.fill('input[name=username]', user.name)
    await phone.page.fill('input[name=password]', user.password)
    await phone.key('Enter')
  }
  const input = (test) => desk.page.locator(`[data-test="${test}"] input, [data-test="${test}"] textarea, input[data-test="${test}"], textarea[data-test="${test}"]`).first()
  /** One of the deeds of the incident's menu, by keyboard. */
  const ask = async (what) => {
    const item = desk.at('do-' + what)
    await until('asked: ' + what, async () => { // the menu takes the keyboard for itself when it opens, sooner or later
      if (!(await item.isVisible())) {
        await desk.at('incident-do').focus()
        await desk.page.keyboard.press('Enter')
        await item.waitFor()
      }
      await item.focus()
      await desk.page.keyboard.press('Enter')
      return desk.at('deed').waitFor({ timeout: 1500 }).then(() => true, () => false)
    })
  }
  const element = (name) => desk.page.locator(`[data-element="${name}"] textarea`).first()

  await one('from a call one key and one digit open an incident, and its clock runs where the officer looks', async () => {
    await notePrinting(desk)
    await desk.logIn(officer)
    const { responsible } = (await desk.api('/duty')).body
    if (responsible && responsible.login === next.name) { // it was handed over before: whoever is responsible sits here
      ;[officer, next] = [next, officer]
      await desk.logIn(officer)
    }
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

  await one('nine more callers of the same fire take one key each; what differs is marked side by side', async () => {
    await crowd(desk)
    await coversNothing()
    await desk.nothingCutOff()
    await desk.nothingCutOffLow()
    await desk.shot('71-same-event')
    await desk.key('F6')
    await desk.at('incident-head').waitFor()
    await desk.page.locator('[data-element="casualties"] [data-test="drawn-differs"]').waitFor()
    await marksApart()
    await desk.shot('71b-marks')
    await desk.key('Alt+Digit2')
    await until('all callers', async () => (await desk.at('caller').count()) === CALLERS.length + 1)
    await desk.says(/2 项说法不一/, desk.at('differing'))
    for (const e of ['place', 'casualties']) assert.equal(await desk.page.locator(`th[data-element="${e}"]`).getAttribute('data-differs'), 'true')
    assert.equal(await desk.page.locator('th[data-element="time"]').getAttribute('data-differs'), 'false')
    await desk.shotBoth('72-ten-callers')
    await desk.at('take-casualties').filter({ hasText: '采用' }).last().click()
    await until('taken', async () => (await get()).elements.casualties === '3人受伤')
    assert.equal((await get()).entries.length, 10)
    await desk.key('Alt+Digit1')
  })

  await one('the first report is filled in; what is lacking is said; a key keeps it', async () => {
    await desk.at('stage-first').click()
    assert.equal(await desk.page.locator('[data-element="place"] [data-test="drawn"]').count(), 1)
    assert.equal(await desk.page.locator('[data-element="casualties"] [data-test="drawn"]').count(), 0, 'a person chose it')
    assert.match(await element('place').inputValue(), /南京北街12号/)
    assert.match(await input('report-text').inputValue(), /接报：[\s\S]*南京北街12号[\s\S]*后续情况续报/)
    await desk.says(/还缺：事件性质/, desk.at('report-lacks'))
    assert.match(await element('time').inputValue(), /^11月27日8时05分$/)
    await element('nature').fill('居民楼火灾')
    assert.match(await input('report-text').inputValue(), /南京北街12号，发生居民楼火灾/, 'the text follows the elements')
    await desk.key('Control+Enter')
    await until('kept', async () => (await report('first')).version === 1)
    await desk.at('drawn').first().waitFor({ state: 'detached' })
    const text = await input('report-text').inputValue()
    await input('report-text').fill('长'.repeat(100_000))
    await desk.key('Control+Enter')
    await desk.says(/“报告正文”有 100000 字，最多 20000 字/, desk.at('report-error'))
    await input('report-text').fill(text)
    await desk.at('report-error').waitFor({ state: 'hidden' })
    await desk.nothingCutOff()
    await desk.shot('73-incident-report')
  })

  await one('the leader approves by telephone: noted with the recorded call, and waits for the leader', async () => {
    const before = (await desk.newest()).id
    const away = simulate('--to', LEADER, '--talk', '6s')
    const said = await desk.nextCall(before)
    await away
    await desk.at('phone-sign').click()
    await desk.at('deed').waitFor()
    // The roster has the leader's number: who it was and in which call is filled in.
    assert.ok((await desk.at('login-leader').locator('input').isChecked()) && (await desk.at('call_id-' + said).locator('input').isChecked()))
    await desk.shot('73a-leader-called')
    await desk.sendDeed()
    await desk.says(/电话，本人未确认/, desk.at('approvals'))
    const approval = (await report('first')).approvals[0]
    assert.ok(approval.by_phone && approval.call_id === said && !approval.call_reason && !approval.confirmed_at && approval.noted_by.login === officer.name, JSON.stringify(approval))
  })

  await one('a call with a number that nobody knows takes a reason in words', async () => {
    const before = (await desk.newest()).id
    const away = simulate('--to', BORROWED, '--talk', '6s')
    const said = await desk.nextCall(before)
    await away
    await desk.at('phone-review').click()
    await desk.at('deed').waitFor()
    await desk.at('login-chief').click()
    await desk.at('call_id-' + said).locator('input').check()
    await desk.key('Control+Enter')
    await desk.says(/这次通话的号码 139\d+ 不是“.+”登记的号码/, desk.at('deed-error'))
    const inSight = async (part) => { const box = await part.boundingBox(); return box.y + box.height <= desk.page.viewportSize().height }
    await until('the sentence is in sight', async () => (await inSight(desk.at('deed-error'))) && (await inSight(input('deed-call_reason'))))
    await desk.nothingCutOff()
    await desk.shot('73b-other-number')
    await input('deed-call_reason').fill('haha')
    await desk.key('Control+Enter')
    await desk.says(/不能作为原因[\s\S]*至少两个汉字/, desk.at('deed-error'))
    await input('deed-call_reason').fill('周科长外出，借用同事手机接听')
    await desk.sendDeed()
    await desk.says(/电话，本人未确认[\s\S]*号码不符[\s\S]*借用同事手机接听/, desk.at('approvals'))
  })

  await one('the call to the superior is offered as the report, and is the delivery with its time and recording', async () => {
    const before = (await desk.newest()).id
    placed = simulate('--to', SUPERIOR, '--talk', '6s')
    const call = await desk.nextCall(before)
    await desk.at('stage-written').click() // the call is offered as what is due, whatever is looked at
    await desk.says(/ 初报的电话报告/, desk.at('call-offer'))
    await desk.at('call-offer-go').click()
    await desk.at('deed').waitFor()
    assert.equal(await input('deed-receiver').inputValue(), '值班室 值班长') // as the directory has who takes reports there
    assert.ok(await desk.at('call_id-' + call).locator('input').isChecked())
    await desk.nothingCutOff()
    await desk.shot('74-call-offer')
    await input('deed-receiver').fill('王某')
    await desk.sendDeed()
    await desk.at('cell-superior_bureau-phone').locator('.sent').waitFor()
    const sent = (await report('first'))
    assert.deepEqual([sent.state, sent.deliveries[0].call_id, sent.deliveries[0].receiver, sent.deliveries[0].channel], ['sent', call, '王某', 'phone'])
    await desk.at('notice').first().waitFor()
    await coversNothing()
    await desk.nothingCutOff()
    await desk.shot('75-incident-sent')
  })

  await one('papers: the report as a page and as a Word document, the course with its ways', async () => {
    await desk.at('stage-first').click()
    const page = await opened(desk, () => desk.at('print-report').click())
    assert.match(await page.locator('body').innerText(), /突发事件信息报告[\s\S]*初报[\s\S]*南京北街12号[\s\S]*上级应急管理部门：电话[\s\S]*接收人王某/)
    await page.close()
    await taken(desk, () => desk.at('word-report').click(), /^突发事件信息报告-T\d{4}-\d{3}-1\.docx$/)
    const course = await opened(desk, () => desk.at('print-course').click())
    assert.ok((await course.locator('a[href^="/#/calls/"]').count()) >= 2)
    const broken = () => Array.from(document.querySelectorAll('td')).filter((td) => /^\d{4}-\d{6}$/.test(td.innerText.trim().replace(/\s/g, ''))).filter((td) => {
      const range = document.createRange()
      range.selectNodeContents(td)
      return range.getBoundingClientRect().height > 24 // px: a line is 17
    }).map((td) => td.innerText)
    assert.deepEqual(await course.evaluate(broken), [], 'an entry number stands in one line')
    await course.screenshot({ path: join(results, '75d2-course.png') })
    await course.close()
    await placed
  })

  await one('an instruction comes as a photo; the duty is handed over with its clock, and the next officer sees both', async () => {
    await desk.key('Alt+Digit4')
    await desk.at('add-instruction').click()
    await input('deed-whom').fill('区长')
    await desk.at('deed-file').setInputFiles({ name: '区长批示.png', mimeType: 'image/png', buffer: PHOTO })
    await desk.page.locator('[data-name="attachment"] .on', { hasText: '区长批示.png' }).waitFor()
    await desk.nothingCutOff()
    await desk.shot('75a-photo')
    await desk.sendDeed()
    await desk.at('instruction-photo').waitFor()
    await desk.shot('75b-instruction')
    await desk.key('Alt+KeyH')
    await desk.at('sheet-incident').first().waitFor()
    await desk.says(/T\d{4}-\d{3}[\s\S]*南京北街12号[\s\S]*下一报：书面报告[\s\S]*批示[\s\S]*区长：批示照片/, desk.at('sheet-incidents'))
    assert.match(await desk.at('sheet-countdown').first().innerText(), /^\d+:\d\d$/)
    await desk.shotBoth('75c-sheet')
    const own = (test) => desk.page.locator(`[data-test="${test}"] input, input[data-test="${test}"]`).first()
    await until('the next officer is signed in', async () => {
      if (!(await desk.at('second').isVisible())) await desk.key('Control+Enter')
      if (!(await desk.at('second').waitFor({ timeout: 1500 }).then(() => true, () => false))) return false
      await own('second-user').fill(next.name)
      await own('second-password').fill(next.password)
      await desk.key('Control+Enter')
      await desk.at('second').waitFor({ state: 'hidden', timeout: 1500 }).catch(() => undefined)
      return (await desk.api('/session')).body.username === next.name
    })
    ;[officer, next] = [next, officer]
    const kept = (await desk.api('/handovers?limit=1')).body.items[0]
    const { sheet } = (await desk.api('/handovers/' + kept.id)).body
    assert.deepEqual([sheet.incidents[0].id, sheet.incidents[0].instructions.length, sheet.incidents[0].next], [id, 1, '书面报告（基本情况）'])
    await desk.key('Alt+KeyH')
    await desk.says(/书面报告还剩/, desk.at('incident-strip'))
    await desk.shot('75d-handed-over')
    await desk.key('F6')
    await desk.at('incident-head').waitFor()
    await desk.key('Alt+Digit1')
  })

  await one('the chief, at a telephone, sees what was approved and by which call, and denies it', async () => {
    await takeTelephone(chief)
    await phone.says(/南京北街12号/, phone.at('asked-text'))
    await phone.says(/3人受伤/, phone.at('asked-casualties'))
    await phone.says(/未确认[\s\S]*拨打 139[\s\d]+/, phone.at('asked-report'))
    await phone.says(/号码不符[\s\S]*139\d+[\s\S]*借用同事手机/, phone.at('asked-other'))
    await phone.at('asked-recording').waitFor()
    await phone.nothingCutOff()
    await phone.shot('75e-asked')
    await phone.at('confirm-no').click()
    for (const width of [360, 390, 414]) {
      await phone.page.setViewportSize({ width, height: 780 })
      const boxes = await Promise.all([phone.at('deny-why').locator('input'), phone.at('deny-why').locator('.el-input'), ...(await phone.at('deny-why').locator('button').all())].map((e) => e.boundingBox()))
      assert.ok(boxes[0].width >= 200 && boxes.every((b) => b.x >= 0 && b.x + b.width <= width && b.y + b.height <= 780 && b.height >= 20), width + ': ' + JSON.stringify(boxes))
      await phone.nothingCutOff()
      await phone.shot('75f-deny-' + width)
    }
    await phone.at('deny-why').locator('input').fill('当时没有接到电话')
    await phone.at('deny-why-go').click()
    await phone.says(/周科长 于 [\s\S]*否认电话审核（第 1 版）：当时没有接到电话/, phone.at('phone-denied'))
    assert.ok((await report('first')).approvals.find((a) => a.part === 'review').denied_at)
    await phone.nothingCutOff()
    await phone.shot('75g-denied')
    await phone.at('phone-leave').click()
  })

  await one('the leader, at a telephone, confirms what was noted and signs the next report', async () => {
    await desk.at('stage-written').click()
    for (const [name, words] of [['unit', '南京北街12号居民楼'], ['measures', '消防4车20人到场，疏散36人']]) await element(name).fill(words)
    await desk.key('Control+Enter')
    await until('kept', async () => (await report('written')).version === 1)
    await takeTelephone(leader)
    await phone.at('phone-report').first().waitFor()
    await phone.says(/南京北街12号/, phone.at('asked-text'))
    assert.equal(await phone.at('asked-other').count(), 0)
    await phone.nothingCutOff()
    await phone.shot('76-telephone')
    await phone.page.setViewportSize({ width: 1366, height: 768 })
    await phone.says(/记录您于 \d\d:\d\d 电话签发了初报，请确认是否属实/, phone.at('approval-waits'))
    await phone.shot('76b-asked-at-a-desk')
    await phone.page.setViewportSize({ width: 390, height: 780 })
    await phone.at('confirm-yes').click()
    await until('confirmed', async () => !!(await report('first')).approvals[0].confirmed_at)
    await phone.page.locator('[data-test="phone-report"][data-number="2"] [data-test="phone-approve-sign"]').click()
    await until('signed', async () => !!(await report('written')).approved_at)
    await phone.at('phone-leave').click()
    await desk.says(/签发\s*✓/, desk.at('approvals'))
  })

  await one('sent by fax, a death after it makes a follow-up due; the final report ends it', async () => {
    await desk.at('deliver-superior_bureau-fax').click()
    await desk.at('deed').waitFor()
    await input('deed-evidence').fill('传真回执')
    await desk.sendDeed()
    await until('sent', async () => (await report('written')).state === 'sent')
    await desk.key('Alt+Digit6')
    await desk.at('deed').waitFor()
    await desk.at('element-casualties').locator('input').check()
    const value = desk.page.locator('textarea[data-test="deed-value"], [data-test="deed-value"] textarea').first()
    await value.fill('长'.repeat(100_000))
    await desk.key('Control+Enter')
    await desk.says(/“现在的情况”有 100000 字，最多 2000 字；内容都在/, desk.at('deed-error'))
    assert.equal((await value.inputValue()).length, 100_000)
    await value.fill('死亡1人，3人受伤')
    await desk.at('deed-error').waitFor({ state: 'hidden' })
    await desk.at('essential-yes').locator('input').check()
    await coversNothing()
    await desk.shot('76a-death')
    await desk.sendDeed()
    await desk.says(/续报第 1 期还剩\s*[\s\S]*(9:\d\d|10:00)/, desk.at('incident-head'))
    await desk.at('nav-desk').click()
    await desk.says(/续报第 1 期还剩/, desk.at('incident-strip'))
    await desk.key('F6')
    await desk.at('incident-head').waitFor()
    await desk.at('stage-follow_up').click()
    await desk.says(/续报第 1 期还剩/, desk.at('incident-head'))
    await desk.page.locator('[data-element="casualties"] [data-test="changed"]').waitFor()
    assert.match(await input('report-text').inputValue(), /续报如下[\s\S]*死亡1人/)
    await element('trend').fill('明火已扑灭')
    assert.match(await input('report-text').inputValue(), /事件发展态势：明火已扑灭/)
    await desk.key('Control+Enter')
    await until('kept', async () => (await report('follow_up')).version === 1)
    await desk.shot('77-follow-up')
    await desk.at('deliver-superior_bureau-wechat').click()
    await desk.at('deed').waitFor()
    await desk.at('deed-file').setInputFiles({ name: '微信截图.png', mimeType: 'image/png', buffer: Buffer.concat([PHOTO, Buffer.from('1')]) })
    await desk.page.locator('[data-name="attachment"] .on', { hasText: '微信截图.png' }).waitFor()
    await desk.sendDeed()
    await until('sent', async () => (await report('follow_up')).state === 'sent')
    await desk.at('delivery-file').waitFor()
    await desk.key('Alt+Digit5')
    await desk.at('fact').first().waitFor()
    await desk.shot('78-course')
    await desk.key('Alt+Digit4')
    await desk.at('step-conveyed').first().click()
    await input('deed-whom').fill('街道办主任')
    await desk.sendDeed()
    await desk.says(/传达街道办主任/, desk.at('instructions'))
    await desk.key('Alt+Digit1')
    await desk.at('stage-final').click()
    for (const [name, words] of [['unit', '南京北街12号居民楼'], ['time', '今日8时许'], ['nature', '居民楼火灾'], ['cause', '电气线路故障'], ['losses', '过火面积20平方米'], ['measures', '火已扑灭'], ['trend', '处置结束']]) await element(name).fill(words)
    await desk.key('Control+Enter')
    await until('kept', async () => (await report('final')).version === 1)
    await desk.at('deliver-superior_bureau-system').click()
    await input('deed-evidence').fill('流水号 1')
    await desk.sendDeed()
    await until('the end', async () => (await report('final')).state === 'sent')
    await ask('close')
    await input('deed-reason').fill('批示由下一班跟踪')
    await desk.sendDeed()
    await desk.says(/已办结/, desk.at('incident-head'))
    await desk.shot('79-closed')
    await desk.key('Alt+Digit4')
    await desk.at('step-closed').first().click()
    await input('deed-text').fill('已由下一班办结')
    await desk.sendDeed()
    await desk.says(/办结：已由下一班办结/, desk.at('instructions'))
    assert.equal((await get()).state, 'closed')
    await desk.at('add-instruction').click()
    await input('deed-whom').fill('孙局长')
    await input('deed-text').fill('举一反三，全面排查')
    await desk.sendDeed()
    await desk.says(/孙局长\s*举一反三，全面排查/, desk.at('instructions'))
    await desk.nothingCutOff()
    await desk.shot('79e-instruction-after-the-end')
    await desk.at('incident-strip').waitFor({ state: 'hidden' })
  })

  await one('what was sent unsigned before the end waits on the telephone of whoever leads', async () => {
    await takeTelephone(leader)
    const final = phone.page.locator('[data-test="phone-report"][data-number="5"]')
    await final.waitFor()
    await phone.nothingCutOff()
    await phone.shot('79f-telephone-after-the-end')
    await final.locator('[data-test="phone-approve-sign"]').click()
    await until('signed', async () => !!(await report('final')).approved_at)
    await phone.at('phone-leave').click()
  })

  await one('six incidents at once: each has its clock on the strip, and any is found by typing and taken by a key', async () => {
    const many = []
    for (const [n, e] of (await get()).entries.slice(0, 6).entries()) {
      const { status, body } = await desk.api('/incidents', 'POST', { key: `e2e-many-${id}-${n}`, entry_id: e.id, category: n === 4 ? 'collapse' : 'fire', trigger: 'sensitive_time,sensitive_place' })
      assert.equal(status, 200, JSON.stringify(body))
      many.push(body)
    }
    await desk.at('nav-desk').click()
    await until('all on the strip', async () => (await desk.at('strip-other').count()) === 5)
    await desk.nothingCutOff()
    await desk.shotBoth('79a-many')
    const call = await desk.call('13904011110', '', 100, 400)
    const told = await desk.bringUp(call)
    await desk.at('same-all').waitFor()
    await desk.nothingCutOff()
    await desk.key('Alt+Shift+KeyE')
    await until('the field has the focus', () => desk.page.evaluate(() => !!document.activeElement && !!document.activeElement.closest('[data-test=same-dialog]')))
    await desk.key('ArrowDown')
    await desk.shot('79b-same-event')
    await desk.page.keyboard.insertText('坍塌')
    await until('one is left', async () => (await desk.at('same-row').count()) === 1)
    await desk.key('Enter')
    await until('it is linked', async () => (await desk.api('/incidents/' + many[4].id)).body.entries.some((e) => e.id === told))
    await desk.page.goto(desk.url + '/#/incidents/' + many[1].id)
    await desk.says(new RegExp(many[1].number), desk.at('incident-head'))
    await ask('merge')
    await desk.at('into-' + many[0].id).locator('input').check()
    await input('deed-reason').fill('同一起火灾')
    await desk.shot('79e-merging')
    await desk.sendDeed()
    await desk.says(new RegExp('由 ' + many[0].number + ' 报送'), desk.at('stage-first'))
    await desk.nothingCutOff()
    await desk.shot('79c-merged')
    await desk.page.goto(desk.url + '/#/incidents/' + many[0].id)
    await desk.says(new RegExp(many[0].number), desk.at('incident-head'))
    await desk.key('Alt+Digit5')
    await desk.says(new RegExp('建立事件\\s*原 ' + many[1].number), desk.at('course'))
    await desk.nothingCutOff()
    await desk.shot('79d-merged-course')
    for (const i of many.filter((x) => x !== many[1])) assert.equal((await desk.api('/incidents/' + i.id, 'PATCH', { key: 'e2e-over-' + i.id, state: 'closed', reason: '演练结束' })).status, 200)
    await desk.over(call)
    await desk.at('incident-strip').waitFor({ state: 'hidden' })
  })

  await one('of what was written only afterwards it is marked who got the report late, and who has not though its time is over', async () => {
    const did = async (...what) => {
      const { status, body } = await desk.api(...what)
      assert.equal(status, 200, JSON.stringify(body))
      return body
    }
    const at = new Date(Date.now() - 2 * 3600_000).toISOString()
    const told = await did('/entries', 'POST', { key: 'e2e-told-late-' + id, kind: 'visit', content: '群众到值班室报告：文艺路1号起火', late: { at }, late_reason: '当时停电' })
    const late = await did('/incidents', 'POST', { key: 'e2e-open-late-' + id, entry_id: told.id, category: 'fire' })
    await did(`/incidents/${late.id}/reports`, 'POST', { key: 'e2e-write-late-' + id, stage: 'first', elements: { time: '两小时前', place: '文艺路1号', nature: '火灾' }, text: '情况如下。' })
    await did(`/incidents/${late.id}/reports/1/deliveries`, 'POST', { key: 'e2e-send-late-' + id, recipient: 'superior_bureau', channel: 'fax', evidence: '传真回执' })
    await desk.page.goto(desk.url + '/#/incidents/' + late.id)
    await desk.says(new RegExp(late.number), desk.at('incident-head'))
    await desk.key('Alt+Digit1')
    await desk.at('stage-first').click()
    await desk.says(/超时送达/, desk.at('delivery-late'))
    for (const to of ['party_committee', 'government']) await desk.says(/超时未送达/, desk.at('over-' + to))
    await desk.says(/超时未送达：本级党委/, desk.at('stage-first'))
    await desk.nothingCutOff()
    await desk.shot('79f2-late-recipients')
    await did('/incidents/' + late.id, 'PATCH', { key: 'e2e-close-late-' + id, state: 'closed', reason: '演练结束' })
    await desk.at('incident-strip').waitFor({ state: 'hidden' })
  })

  await check('incidents: nothing in the page went wrong', async () => assert.deepEqual(phone.problems, []))
  if (await desk.at('lock').count()) {
    await desk.at('lock').click()
    await desk.at('lock-screen').waitFor()
  }
}

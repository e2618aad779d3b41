// 交接班 and 定期事项 by keyboard: one officer takes over, another one does it with a login of their own at the same page.
import assert from 'node:assert/strict'
import { check, until } from './lib.mjs'
import { look, notePrinting, opened, taken } from './papers.mjs'
import { plain } from './pdf.mjs'

/** At a page at which anybody is signed in; nobody is afterwards. */
export async function handover(desk, users) {
  const [first, second] = users.filter((u) => u.role === 'officer')
  const chief = users.find((u) => u.role === 'chief')
  const inside = (test, what = 'input, textarea') => desk.at(test).locator(`xpath=self::*[self::input or self::textarea] | .//input | .//textarea`).first()
  const responsible = () => desk.at('handover-responsible').innerText()
  const leave = async () => {
    await desk.at('lock').click()
    await desk.at('lock-screen').waitFor()
  }

  await check('taking over: the first officer takes the desk, and the page says who is responsible', async () => {
    await notePrinting(desk)
    if (await desk.at('lock').count()) await leave()
    await desk.logIn(first)
    await desk.says(/当班责任人\s*未接班/, desk.at('responsible'))
    await desk.key('Alt+KeyH')
    await desk.at('sheet').waitFor()
    await desk.says(/还没有人办理过接班/, desk.at('handover-who'))
    await desk.nothingCutOff()
    await desk.shot('30-take-over')
    // What changes while the sheet is read is shown, and it is asked for again.
    await until('responsible', async () => {
      if (await desk.at('handover-responsible').count()) return /王值班/.test(await responsible())
      await desk.key('Control+Enter')
      await new Promise((r) => setTimeout(r, 1500))
      return false
    }, 30_000)
    await desk.key('Alt+KeyD')
    await desk.at('duties-list').waitFor()
  })

  await check('dated duties: the equipment is checked item by item, and what was done can be taken back with a reason', async () => {
    const waits = desk.at('task', '[data-state=due], [data-test=task][data-state=overdue]')
    await until('the list', async () => (await desk.at('task').count()) > 0)
    await desk.nothingCutOff()
    await desk.shot('31-duties')
    const shiftCheck = desk.page.locator('[data-test=task]', { hasText: '检查值班设备' }).first()
    await shiftCheck.locator('[data-test=task-do]').focus()
    await desk.key('Enter')
    await desk.at('task-form').waitFor()
    assert.equal(await desk.at('task-check').count(), 6)
    assert.ok(await desk.at('task-save').isDisabled(), 'nothing is good that nobody looked at')
    await desk.at('task-all-good').click()
    await desk.at('task-check').nth(3).locator('input[value=faulty]').check()
    assert.ok(await desk.at('task-save').isDisabled(), 'a fault needs a word')
    await desk.at('task-check').nth(3).locator('input').last().fill('卡纸，已报修')
    await desk.shot('32-equipment')
    await desk.at('task-save').click()
    await desk.says(/传真机故障：卡纸，已报修[\s\S]*王值班/, desk.page.locator('[data-test=task]', { hasText: '检查值班设备' }).first())
    await shiftCheck.locator('[data-test=task-undo]').click()
    await inside('task-text').fill('还没看视频系统')
    await desk.key('Tab')
    await desk.at('task-save').click()
    await desk.says(/王值班撤销办理：还没看视频系统/, shiftCheck)
    assert.ok((await waits.count()) >= 0)
    await desk.at('duties-rules').click()
    await until('six rules', async () => (await desk.at('rule').count()) === 6)
    await desk.nothingCutOff()
    await desk.shot('33-rules')
  })

  await check('handing over: the incoming officer confirms with a password of their own and takes the desk with one key', async () => {
    await desk.key('Alt+KeyH')
    await desk.at('sheet').waitFor()
    await inside('handover-remarks').fill('市应急指挥中心来电待复，联系人王某。')
    await desk.key('Control+Enter')
    await desk.at('second').waitFor()
    await until('the user name has the focus', () => desk.page.evaluate(() => document.activeElement && document.activeElement.getAttribute('name') === 'second-user'))
    await desk.page.keyboard.type(second.name)
    await desk.key('Tab')
    await desk.page.keyboard.type('wrong password')
    await desk.key('Enter')
    await desk.says(/对方的用户名或密码不正确/, desk.at('second-error'))
    await desk.shot('34-second-login')
    await inside('second-password').fill(first.password)
    await inside('second-user').fill(first.name)
    await desk.key('Enter')
    await desk.says(/不能是同一个人/, desk.at('second-error'))
    await until('the other one is signed in', async () => {
      if (await desk.at('sheet-changed').count()) await desk.key('Control+Enter')
      await inside('second-user').fill(second.name)
      await inside('second-password').fill(second.password)
      await desk.key('Control+Enter')
      await desk.at('second').waitFor({ state: 'hidden' })
      return (await desk.api('/session')).body.username === second.name
    }, 30_000)
    assert.equal((await desk.api('/duty')).body.responsible.name, '李值班')
    await desk.at('nav-handover').click()
    await until('responsible', async () => (await desk.at('handover-responsible').count()) && /李值班/.test(await responsible()))
    await desk.nothingCutOff()
    await desk.shot('35-handed-over')
  })

  await check('the sheet that was confirmed is read later, and the section chief confirms on the spot', async () => {
    await desk.at('confirm-chief').click()
    await desk.at('second').waitFor()
    await inside('second-user').fill(chief.name)
    await inside('second-password').fill(chief.password)
    await desk.key('Enter')
    await desk.says(/周科长/, desk.page.locator('[data-part=chief]'))
    await desk.at('handover-row').first().click()
    await desk.says(/市应急指挥中心来电待复/, desk.at('sheet-remarks'))
    await desk.nothingCutOff()
    await desk.shot('36-old-sheet')
    const sheet = await opened(desk, () => desk.at('print-handover').click())
    const printed = await look(sheet, '36a-sheet-handover', [595, 842])
    for (const want of ['交接班记录', '市应急指挥中心来电待复,联系人王某', '交班人:王值班', '接班人:李值班', '值班处领导:周科长']) assert.ok(printed.includes(plain(want)), `${want} is not in the PDF: ${printed}`)
    await sheet.close()
    await taken(desk, () => desk.at('export-handover').click(), /^交接班记录-\d+\.xlsx$/)
    await desk.key('Escape')
    await leave()
  })
}

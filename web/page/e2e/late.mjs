// 补录 by keyboard: blank sheets are numbered and printed, and one of them is entered afterwards.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { check, results, until } from './lib.mjs'
import { look, notePrinting, opened } from './papers.mjs'
import { plain } from './pdf.mjs'

/** At a page at which anybody is signed in; nobody is afterwards. */
export async function late(desk, officer) {
  const input = (test) => desk.at(test).locator('xpath=self::input | .//input').first()

  await check('late entry: blank sheets are numbered and printed, and one is entered afterwards', async () => {
    await notePrinting(desk)
    if (!(await desk.at('lock').count())) await desk.logIn(officer)
    await desk.page.goto(desk.url + '/#/')
    await desk.at('today').waitFor()
    await desk.key('Alt+KeyA')
    await desk.at('new-kinds').waitFor()
    await desk.key('Digit6')
    await desk.at('late').waitFor()
    await desk.at('blank-open').click()
    await desk.at('blank-count').fill('2')
    const sheet = await opened(desk, () => desk.at('blank-print').click())
    assert.equal(await sheet.locator('.page').count(), 2)
    assert.equal(await sheet.evaluate(() => Array.from(document.querySelectorAll('.page')).filter((p) => p.getBoundingClientRect().height > 297 * 96 / 25.4).length), 0, 'each is one page of A4')
    await sheet.screenshot({ path: join(results, '28-blank-sheets.png'), fullPage: true })
    await sheet.close()
    await desk.says(/000001—000002/, desk.at('blank-row').first())
    await desk.shot('28a-blank')
    await desk.key('Escape')
    await input('late-at').fill('0:00')
    await desk.key('Tab')
    await input('late-reason').fill('值班系统停机')
    await input('late-sheet').fill('2')
    await desk.shot('28b-late')
    await desk.at('late-do').click()
    await desk.at('late-bar').waitFor()
    await desk.says(/补录.*接报.*纸质单 000002.*值班系统停机.*扫描件/, desk.at('late-bar'))
    await desk.nothingCutOff()
    await desk.shot('28c-late-entry')
    assert.ok(await desk.at('row-late').count(), 'the list says that it is a late one')
    const one = await opened(desk, () => desk.at('print-entry').click())
    const printed = await look(one, '28d-sheet-late', [595, 842])
    for (const want of ['补录', '接报时间', '补录时间', '值班系统停机', '000002']) assert.ok(printed.includes(plain(want)), `${want} is not in the PDF`)
    await one.close()
    await until('it is in the log', async () => (await desk.api('/paper-sheets')).body.items[0].used.length === 1)
  })
}

// What comes out of the printer: pages of A4 with the head of the table on each, nothing cut off.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { check, results, until } from './lib.mjs'
import { plain, textOfPDF } from './pdf.mjs'

/** Runs in a sheet that is shown as on paper: what is wrong with its pages. */
export function wrongOnPaper() {
  const wrong = []
  const pages = Array.from(document.querySelectorAll('.page'))
  const height = (document.body.className.indexOf('wide') >= 0 ? 188 : 275) * 96 / 25.4
  pages.forEach((page, i) => {
    const name = `page ${i + 1}`
    if (page.getBoundingClientRect().height > height) wrong.push(`${name} is longer than the paper`)
    if (page.querySelector('.n').textContent !== `第 ${i + 1} 页 共 ${pages.length} 页`) wrong.push(`${name} has the number ${page.querySelector('.n').textContent}`)
    if (!/签名校验点/.test(page.querySelector('.foot').textContent)) wrong.push(`${name} has no checkpoint at its foot`)
    page.querySelectorAll('table:not(.form)').forEach((t) => { if (!t.tHead) wrong.push(`a table on ${name} has no head`) })
    const foot = page.querySelector('.foot').getBoundingClientRect().top
    Array.from(page.children).slice(0, -1).forEach((e) => { if (e.getBoundingClientRect().bottom > foot + 1) wrong.push(`${e.className || e.tagName} runs into the foot of ${name}`) })
    page.querySelectorAll('td, th').forEach((c) => { if (c.scrollWidth > c.clientWidth + 1) wrong.push(`cut off: ${c.textContent}`) })
  })
  if (document.querySelectorAll('.sign').length !== 1) wrong.push('the lines for the signatures are not there once')
  return wrong
}

export const pagesOf = (pdf) => (pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) || []).length
export const sizesOf = (pdf) => Array.from(new Set(pdf.toString('latin1').match(/\/MediaBox\s*\[[^\]]*\]/g)))

/** Looks at a sheet as the printer does; gives what the printed pages say. */
export async function look(sheet, name, a4) {
  await sheet.emulateMedia({ media: 'print' })
  await sheet.setViewportSize({ width: a4[0] > a4[1] ? 1028 : 703, height: 900 })
  assert.deepEqual(await sheet.evaluate(wrongOnPaper), [])
  await sheet.screenshot({ path: join(results, name + '.png'), fullPage: true })
  const pdf = await sheet.pdf({ preferCSSPageSize: true })
  assert.equal(pagesOf(pdf), await sheet.locator('.page').count(), 'each page of the sheet is one of the PDF')
  const sizes = sizesOf(pdf)
  const [, w, h] = /\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)/.exec(sizes[0])
  assert.equal(sizes.length, 1)
  assert.ok(Math.abs(w - a4[0]) < 2 && Math.abs(h - a4[1]) < 2, `the paper is ${w} by ${h}`)
  const said = textOfPDF(pdf)
  for (const [i, page] of said.entries()) assert.ok(page.includes(plain(`第 ${i + 1} 页 共 ${said.length} 页`)), `page ${i + 1} of the PDF lacks its number`)
  return said.join('')
}

/** Presses something and gives the sheet that opens, once it asked for the printer. */
export async function opened(desk, press) {
  const [sheet] = await Promise.all([desk.context.waitForEvent('page'), press()])
  await sheet.waitForLoadState()
  await until('it asks for the printer', () => sheet.evaluate(() => window.printed === true))
  return sheet
}

/** Presses something and looks at the workbook that comes. */
export async function taken(desk, press, name) {
  const [file] = await Promise.all([desk.page.waitForEvent('download'), press()])
  assert.match(file.suggestedFilename(), name)
  assert.equal(readFileSync(await file.path()).subarray(0, 2).toString(), 'PK')
}

/** Has printing noted in place of a dialog that no script can answer. */
export const notePrinting = (desk) => desk.context.addInitScript(() => { window.print = () => { window.printed = true } })

/** Prints and exports as an officer does; entry is one of today with an answered call. */
export async function papers(desk, officer, entry) {
  const LONG = Array.from({ length: 150 }, (_, i) => `续报 ${i + 1}：现场 36 人已疏散，联系电话 13904011234，请及时反馈。`).join('\n')
  await check('the duty log of a day prints on A4, a long entry over several pages, and is taken as a workbook', async () => {
    await notePrinting(desk)
    await desk.logIn(officer)
    const { revision } = await desk.entry(entry)
    assert.equal((await desk.api('/entries/' + encodeURIComponent(entry), 'PATCH', { revision, content: LONG, reason: '补充全文' })).status, 200)
    await desk.at('nav-calls').click()
    await desk.at('sheets').click()
    await desk.at('print-day').waitFor()
    await until('the menu is open', () => desk.at('print-day').evaluate((e) => e.getBoundingClientRect().height > 15))
    await desk.shot('25-sheet-menu')
    const day = await opened(desk, () => desk.at('print-day').click())
    const printed = await look(day, '25a-sheet-day', [842, 595])
    const cut = LONG.split('\n').filter((line) => !printed.includes(plain(line)))
    assert.ok(cut.length < (await day.locator('.page').count()), `more lines of the entry are not whole in the PDF than pages end: ${cut}`)
    for (const i of [1, 75, 150]) assert.ok(printed.includes(plain(`续报 ${i}：现场 36`)), `line ${i} of the entry is not in the PDF`)
    const text = await day.locator('body').innerText()
    assert.equal((text.match(/续报 \d+：/g) || []).length, 150, 'all of a long text is on paper')
    assert.match(text, /值班员：[\s\S]*盲区时段/)
    await day.close()
    await desk.at('sheets').click()
    await taken(desk, () => desk.at('export-day').click(), /值班日志-\d{4}-\d\d-\d\d\.xlsx$/)
  })

  await check('a month begins with a table of its days', async () => {
    await desk.at('sheets').click()
    const month = await opened(desk, () => desk.at('print-month').click())
    assert.ok((await look(month, '25b-sheet-month', [842, 595])).includes(plain(LONG.split('\n')[149])), 'the entry is in the PDF of the month')
    assert.match(await month.locator('h3').first().innerText(), /汇总/)
    await month.close()
  })

  await check('one entry prints upright', async () => {
    await desk.show(entry)
    await desk.nothingCutOff()
    await desk.shot('25c-entry-head')
    const one = await opened(desk, () => desk.at('print-entry').click())
    const printed = await look(one, '25d-sheet-entry', [595, 842])
    for (const want of ['值班电话记录', '来电号码', '电话内容', LONG.split('\n')[0], LONG.split('\n')[149], 'SHA-256']) assert.ok(printed.includes(plain(want)), `${want} is not in the PDF`)
    await one.close()
    await taken(desk, () => desk.at('export-entry').click(), /值班记录-\d{4}-\d{6}\.xlsx$/)
  })
}

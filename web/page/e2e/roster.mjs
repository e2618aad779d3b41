// 值班表 in a browser, by keyboard where it can be: a month is made, published, swapped and filed.
import assert from 'node:assert/strict'
import { browser } from './desk.mjs'
import { check, recoverBy, until } from './lib.mjs'
import { look, notePrinting, opened, taken } from './papers.mjs'
import { plain } from './pdf.mjs'

/** Two months ahead: the practice roster ends before. */
const TABLE = (year, month) => `日期,星期,带班领导,值班处(科)领导,值班员\n${Array.from({ length: 7 }, (_, i) => {
  const week = '日一二三四五六'[new Date(Date.UTC(year, month - 1, i + 1)).getUTCDay()]
  return `${month}月${i + 1}日,${week},赵振华,杨秀英,${['张伟', '李娜', '王强'][i % 3]}`
}).join('\n')}\n`

export async function roster(url, users) {
  const desk = await browser('roster', url)
  const { page } = desk
  await notePrinting(desk)
  const at = (name, rest) => desk.at(name, rest)
  const cell = (row, column) => page.locator(`[data-cell="${row}/${column}"]`)
  const saved = () => until('the draft is saved', async () => (await at('roster-saved').count()) === 1)
  const now = new Date()
  const ahead = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 3, 1))
  const [year, month] = [ahead.getUTCFullYear(), ahead.getUTCMonth() + 1]
  const name = `${year}-${month < 10 ? '0' : ''}${month}`
  const chief = users.find((u) => u.role === 'chief')
  recoverBy(async (n) => {
    await desk.shot('roster-failed-' + n)
    await desk.recover(chief)
    await page.evaluate(() => { location.hash = '#/roster' })
  })
  await desk.logIn(chief)

  await check('roster: who is on duty stands on every page, with numbers', async () => {
    await page.evaluate(() => { location.hash = '#/roster' })
    await until('three people', async () => (await at('duty-strip').locator('b').count()) === 4)
    await desk.says(/值班员.*024-?22739110[\s\S]*带班领导/, at('duty-strip'))
    await at('roster-table').waitFor()
    await desk.nothingCutOff()
    await desk.shot('50-roster')
  })

  await check('roster: a month is typed by keyboard, its faults are marked, and Art. 8 is kept', async () => {
    for (let i = 0; i < 3; i++) await at('roster-next').click()
    await until('the month', async () => (await at('roster-title').innerText()) === `${year}年${month}月值班表`)
    await at('roster-edit').click()
    await cell(0, 0).focus()
    for (const [i, who] of ['赵振华', '周丽萍'].entries()) {
      await page.keyboard.type(who)
      if (!i) await desk.key('Enter')
    }
    await cell(0, 1).focus()
    await page.keyboard.type('赵振华')
    await saved()
    await until('the fault is told', async () => /赵振华同时承担两个岗位/.test(await at('roster-findings').innerText()))
    assert.equal(await cell(0, 1).getAttribute('aria-invalid'), 'true')
    await desk.nothingCutOff()
    await desk.shot('51-roster-draft')
    await at('roster-publish').click()
    await at('roster-confirm').click()
    await desk.says(/违反规范第七条、第八条/)
    await desk.key('Escape')
  })

  await check('roster: a table is imported as a draft, published and swapped', async () => {
    await page.reload()
    await at('roster-import').waitFor()
    await at('roster-import').click()
    const file = (text) => at('import-file').setInputFiles({ name: '值班表.csv', mimeType: 'text/csv', buffer: Buffer.from(`${year}年${month}月值班表\n` + text) })
    await file(TABLE(year, month).replace('张伟', '张伟、李娜'))
    await desk.says(/单元格 E3 姓名看不懂/, at('import-faults'))
    await desk.shot('52-roster-faults')
    await file(TABLE(year, month))
    await desk.says(/已有 .+ 保存的编制稿，存入后它将被替换/, at('import-draft'))
    await at('import-replace').check()
    await at('import-take').click()
    await until('the draft', async () => (await at('roster-draft').count()) === 1 && (await cell(6, 2).inputValue()) === '张伟')
    await at('roster-fill').click()
    await until('the month is full', async () => (await cell(20, 2).inputValue()) !== '')
    await saved()
    await at('roster-publish').click()
    await at('publish-reason').fill('演练')
    await at('roster-confirm').click()
    await at('roster-edit').waitFor()
    await page.locator(`[data-day="${name}-02"] [data-test=roster-shift]`).last().click()
    await at('swap-by').check()
    await at('swap-name').fill('赵振华')
    await desk.says(/不能这样调班[\s\S]*赵振华同时承担两个岗位/, at('swap-forbidden'))
    await at('swap-name').fill('刘芳')
    await until('it is allowed', async () => (await at('swap-forbidden').count()) === 0)
    await at('swap-reason').fill('临时紧急任务')
    await desk.shot('53-roster-swap')
    await at('swap-go').click()
    await desk.says(/已调班：李娜 → 刘芳/)
    await at('roster-tab-changes').click()
    await desk.says(/调班[\s\S]*李娜 → 刘芳[\s\S]*原因：临时紧急任务[\s\S]*发布/, at('roster-changes'))
    const sheet = await opened(desk, () => at('print-roster').click())
    const way = (await sheet.locator('body').getAttribute('class')).indexOf('wide') >= 0 ? [842, 595] : [595, 842]
    const printed = await look(sheet, '53a-sheet-roster', way)
    for (const want of ['值班表', '带班领导', '值班员', '刘芳', '制表人(签名)']) assert.ok(printed.includes(plain(want)), `${want} is not in the PDF`)
    await sheet.close()
    await taken(desk, () => at('export-roster').click(), /值班表-\d{4}-\d\d\.xlsx$/)
  })

  await check('roster: it is filed with its version; a year without holidays is stated as unknown', async () => {
    await at('roster-tab-filings').click()
    const duty = page.locator(`[data-filing="month/${name}-01"]`)
    await duty.locator('[data-test=filing-open]').click()
    await at('filing-receipt').fill('回执.jpg')
    await desk.shot('54-filing-form')
    await at('filing-go').click()
    await desk.says(/回执：回执\.jpg/, duty)
    await duty.locator('[data-test=filing-version]').click()
    await desk.says(/刘芳/, at('filing-shifts'))
    await desk.key('Escape')
    await desk.nothingCutOff()
    await desk.shot('55-filings')
    await at('roster-tab-counts').click()
    await desk.says(/补休按本单位规则折算/)
    await desk.shot('56-roster-counts')
    await at('roster-tab-lists').click()
    await desk.says(/在编在职[\s\S]*已录入（点开查看）：[\s\S]*2025 年[\s\S]*2026 年/, at('roster-lists'))
    await desk.shot('57-roster-lists')
  })

  await check('roster: the holidays in force can be looked at; what is typed stays over another page, and its faults name the line', async () => {
    await at('holiday-look-2026').click()
    await desk.says(/元旦[\s\S]*2026-01-01[\s\S]*放假[\s\S]*国务院办公厅通知/, at('holiday-shown'))
    await at('holiday-shown').scrollIntoViewIfNeeded()
    await desk.shot('57a-holidays')
    await at('holiday-source').fill('国办发明电〔2026〕8号')
    await at('holiday-table').fill('元旦，2027-01-01，2027-01-03，放假\n春节，2027-02-30，，放假')
    await at('person-name').fill('赵敏')
    await at('period-name').fill('全国两会')
    await at('period-notice').fill('沈应急〔2027〕3号')
    await at('holiday-year').fill('')
    await page.evaluate(() => { location.hash = '#/alerts' })
    await until('another page', async () => !(await at('roster-lists').count()))
    await page.evaluate(() => { location.hash = '#/roster' })
    await at('roster-lists').waitFor()
    assert.deepEqual([await at('holiday-source').inputValue(), await at('person-name').inputValue(), await at('period-name').inputValue(), await at('period-notice').inputValue()], ['国办发明电〔2026〕8号', '赵敏', '全国两会', '沈应急〔2027〕3号'])
    await at('holiday-year').fill('2027')
    await at('holiday-save').click()
    await desk.says(/2027 年的安排没有变[\s\S]*第 2 行“开始”的“2027-02-30”不是日期/, at('holiday-faults'))
    await at('holiday-faults').scrollIntoViewIfNeeded()
    await desk.nothingCutOff()
    await desk.shot('57b-holiday-faults')
    await desk.nothingCutOffLow()
    for (const field of ['holiday-source', 'holiday-table', 'person-name', 'period-name', 'period-notice']) await at(field).fill('')
  })

  await check('roster: no error in its window', async () => assert.deepEqual(desk.problems, []))
  await desk.context.close()
}

// 通讯录: found, edited and confirmed with the keyboard alone; a table is shown before it is taken.
import assert from 'node:assert/strict'
import { check, until } from './lib.mjs'

const csv = (text) => ({ name: '通讯录.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })

/** Goes on with a desk at which somebody is signed in who may change the directory. */
export async function directory(desk) {
  const rows = () => desk.at('contacts-row').count()
  const both = async (name) => {
    await desk.nothingCutOffLow()
    await desk.shotBoth(name)
  }

  await check('the directory is found by key, and a contact as it is typed: initials, a number, Chinese', async () => {
    await desk.key('Alt+KeyT')
    await desk.focusIn('contacts-search')
    await until('all contacts', async () => (await rows()) === 15)
    await both('25-directory')
    for (const [typed, count, words] of [['hpqyjj', 3, /和平区应急局/], ['zhengh', 1, /郑海涛/], ['0062', 1, /市水务局/], ['气象', 1, /何静/]]) {
      await desk.page.keyboard.press('Control+KeyA')
      await desk.page.keyboard.type(typed)
      await until(typed, async () => (await rows()) === count)
      await desk.says(words, desk.at('contacts-row').first())
    }
    await desk.key('Escape')
    await until('all again', async () => (await rows()) === 15)
  })

  await check('a contact is changed by keyboard, and the change is told field by field', async () => {
    await desk.page.keyboard.type('shuiwu')
    await until('found', async () => (await rows()) === 1)
    await desk.key('ArrowDown', 'Enter')
    await desk.at('card').waitFor()
    await desk.focusIn('card-unit')
    await desk.page.locator('[data-test=card-remark] input, input[data-test=card-remark]').first().fill('汛期请打手机')
    await desk.shot('26-contact')
    await desk.nothingCutOff()
    await desk.nothingCutOffLow()
    await desk.key('Enter')
    await desk.at('card').waitFor({ state: 'hidden' })
    await desk.says(/汛期请打手机/, desk.at('contacts-row').first())
    const onTheRow = () => until('the focus is on the row again', () => desk.page.evaluate(() => !!document.activeElement.dataset.contact))
    await onTheRow()
    await desk.key('Enter')
    await desk.says(/管理员 修改[\s\S]*备注：汛期请打手机/, desk.at('card-history'))
    await desk.shot('26b-contact-history')
    await desk.key('Escape')
    await desk.at('card').waitFor({ state: 'hidden' })
    await onTheRow()
    await desk.key('Escape')
    await desk.focusIn('contacts-search')
    await desk.key('Escape')
    assert.equal(await desk.page.locator('[data-test=contacts-search] input, input[data-test=contacts-search]').first().inputValue(), '')
  })

  await check('a table with faults is refused cell by cell, a good one is shown before it is taken', async () => {
    await desk.at('contacts-import').click()
    await desk.at('import').waitFor()
    const file = desk.page.locator('[data-test=import-file]')
    await file.setInputFiles(csv('单位,姓名,电话,确认日期\n市水务局,徐文博,2422730001,2026-11-02\n市教育局,,1.38E+10,去年\n'))
    await desk.says(/有 3 处问题，没有导入任何内容[\s\S]*C2[\s\S]*丢了区号前面的 0[\s\S]*C3[\s\S]*科学计数[\s\S]*D3[\s\S]*不是日期/, desk.at('import'))
    assert.ok(await desk.at('import-go').isDisabled())
    await both('27-import-faults')
    await file.setInputFiles({ name: '值班.xlsm', mimeType: 'application/zip', buffer: Buffer.from('PK\x03\x04 nothing') })
    await desk.says(/“值班.xlsm”已损坏，无法读取/, desk.at('import-refusal'))
    await file.setInputFiles(csv('单位,姓名,职务,电话\n市水务局,徐文博,防汛办主任,13804050062、024-22730001\n市教育局,田野,值班员,22730009\n'))
    await desk.says(/新增 1，修改 1，删除 0；不变 0，文件未提及而保留 14/, desk.at('import-sum'))
    await desk.at('import-changed').click()
    await desk.says(/职务：防汛值班员 → 防汛办主任/, desk.at('import-item').first())
    await both('28-import-preview')
    await desk.at('import-go').click()
    await desk.at('import').waitFor({ state: 'hidden' })
    await desk.focusIn('contacts-search')
    await desk.page.keyboard.type('ty')
    await desk.says(/田野[\s\S]*22730009/, desk.at('contacts-row').first())
    const got = await desk.page.evaluate(() => fetch('/api/v1/directory/export').then(async (r) => [r.status, (await r.arrayBuffer()).byteLength]))
    assert.ok(got[0] === 200 && got[1] > 3000, String(got))
  })

  await check('what nobody confirmed stands apart, until somebody says that it is still right', async () => {
    await desk.key('Escape')
    await desk.at('contacts-stale').click()
    await desk.says(/市教育局[\s\S]*从未核实/, desk.at('contacts-row').first())
    await until('the new contact, and the one that has another number', async () => (await rows()) === 2)
    await desk.shot('29-stale')
    await desk.at('contacts-confirm').first().click()
    await until('one less', async () => (await rows()) === 1)
  })
}

// 访问记录、审批、锁屏: who saw an entry can be asked for; a hold is released by two persons; a locked page keeps what was typed.
import assert from 'node:assert/strict'
import { check, until } from './lib.mjs'

const SAYS_LOCKED = JSON.stringify({ type: '/problems/session-locked', title: 'Unauthorized', status: 401, detail: 'The session is locked.' })

/** At a page at which anybody or nobody is signed in, about an entry that is kept; the officer is signed in afterwards. */
export async function access(desk, users, entry) {
  const who = (role) => users.find((u) => u.role === role)
  const as = async (role) => {
    await desk.logIn(who(role))
    await desk.page.goto(desk.url + '/#/')
  }
  const input = (test) => desk.page.locator(`input[data-test=${test}], [data-test=${test}] input`).first()
  const both = async (name) => {
    await desk.nothingCutOffLow()
    await desk.shotBoth(name)
  }

  await check('a reading account sees who is on duty, by name and by no number', async () => {
    if (!(await desk.at('lock-screen').count())) await desk.leave()
    await desk.page.fill('input[name=username]', who('reader').name)
    await desk.page.fill('input[name=password]', who('reader').password)
    await desk.key('Enter')
    await until('three names', async () => (await desk.at('duty-strip').locator('b').count()) === 4)
    assert.equal(await desk.at('duty-strip').locator('.phone').count(), 0)
    await desk.nothingCutOff()
    await desk.shot('60a-reader')
    await desk.leave()
  })

  await check('who saw an entry is told beside it, and in the access log', async () => {
    await as('supervisor')
    await desk.show(entry)
    await desk.at('who-looked').first().click()
    await desk.says(/查看条目/, desk.at('who-looked-list'))
    await desk.shot('60-who-looked')
    await desk.at('who-looked-all').click()
    await desk.at('access-about').waitFor()
    await until('rows', async () => (await desk.at('access-row').count()) > 0)
    await desk.at('access-clear').click()
    await until('all', async () => (await desk.at('access-row').count()) > 1)
    await both('61-access')
  })

  await check('a hold is set by one person and released by two', async () => {
    await desk.show(entry)
    await desk.at('hold-open').click()
    await input('hold-reason').fill('诉讼保全')
    await desk.shot('62-hold')
    await desk.at('hold-do').click()
    await desk.at('hold-dialog').waitFor({ state: 'hidden' })
    await until('held', async () => (await desk.entry(entry)).hold)
    await desk.at('hold-open').click()
    await desk.says(/已封存：诉讼保全/, desk.at('hold-dialog'))
    await input('hold-reason').fill('案件已结')
    await desk.at('hold-release').click()
    await desk.at('hold-dialog').waitFor({ state: 'hidden' })
    await desk.page.goto(desk.url + '/#/approvals')
    await desk.at('approval-mine').waitFor()
    assert.equal(await desk.at('approve').count(), 0, 'nobody approves what they asked for')
    await as('leader')
    await desk.page.goto(desk.url + '/#/approvals')
    await desk.at('approve').first().waitFor()
    await both('63-approvals')
    await desk.at('approve').first().click()
    await desk.says(/批准解除条目/, desk.at('approval-sure'))
    await desk.at('approval-go').click()
    await desk.at('approvals-none').waitFor()
    assert.equal((await desk.entry(entry)).hold, null)
  })

  await check('the auditor verifies the log at the page', async () => {
    await as('auditor')
    await desk.page.goto(desk.url + '/#/access')
    await desk.at('verify-open').click()
    await desk.at('verify-run').click()
    await desk.at('verify', '[data-verdict="intact"]').waitFor()
    await both('64-verify')
    await desk.at('verify-run').locator('xpath=preceding-sibling::button').click()
  })

  await check('a page that the daemon calls locked shows the line and nothing else; what was typed is there after the password', async () => {
    await as('officer')
    const { id } = (await desk.api('/entries', 'POST', { key: 'locked-' + Date.now(), kind: 'fax', line: '' })).body
    await desk.show(id)
    const release = await desk.failSaves()
    await desk.field('content').fill('锁屏前输入的内容')
    const open = await desk.fake('**/api/v1/health**', (route) => route.fulfill({ status: 401, contentType: 'application/problem+json', body: SAYS_LOCKED }))
    await desk.at('locked').waitFor()
    open()
    release()
    await desk.at('line').waitFor()
    assert.ok(!(await desk.text()).includes('锁屏前输入的内容'), 'a locked page shows what was typed')
    await desk.nothingCutOff()
    await desk.shot('65-locked')
    await desk.page.locator('input[name=password]').click() // it is deaf for a while to who types on, and hears whom it was clicked by
    await desk.page.fill('input[name=password]', 'wrong password')
    await desk.key('Enter')
    await desk.says(/密码不对/)
    await desk.page.fill('input[name=password]', who('officer').password)
    await desk.key('Enter')
    await desk.at('entry', `[data-entry="${id}"]`).waitFor()
    await until('typed', async () => (await desk.field('content').inputValue()) === '锁屏前输入的内容')
    await desk.stored(id, (e) => e.content, '锁屏前输入的内容')
  })
}

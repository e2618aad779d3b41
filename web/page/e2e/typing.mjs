// What is typed stays, key by key, whatever others do meanwhile: two officers in one entry, a leader who comments,
// a network that drops, a daemon that is killed. Each person has a browser of their own.
import assert from 'node:assert/strict'
import { Daemon } from './daemon.mjs'
import { browser } from './desk.mjs'
import { check, finish, recoverBy, until } from './lib.mjs'

const daemon = new Daemon()
const { url, users } = await daemon.start()
const [first, second] = users.filter((u) => u.role === 'officer')
const leader = users.find((u) => u.role === 'leader')
const [anna, bert, lead] = await Promise.all(['typing-first', 'typing-second', 'typing-leader'].map((name) => browser(name, url)))
await Promise.all([anna.logIn(first), bert.logIn(second), lead.logIn(leader)])
recoverBy(async (n) => {
  await Promise.all([anna, bert, lead].map((d, i) => d.shot(`typing-failed-${n}-${i + 1}`)))
  await Promise.all([[anna, first], [bert, second], [lead, leader]].map(([d, user]) => d.recover(user)))
})

const MATTER = '12:40 南塔街 12 号 3 楼起火，户主 024-22730001 报告：明火已扑灭，疏散 36 人，伤 2 人；abc 段道路封闭，请交警支援。'
const OTHERS = '续报：消防 5 车 28 人到场，电力已切断，燃气 (阀门 7) 已关闭，无新增伤亡，社区安置 12 户。'

/** A new entry without a call, in the form of each of these people. */
async function entry(...desks) {
  const made = await anna.api('/entries', 'POST', { key: 'typing-' + Date.now(), kind: 'visit', line: '' })
  assert.ok(made.body && made.body.id, JSON.stringify(made))
  for (const d of desks) {
    await d.show(made.body.id)
  }
  return made.body.id
}
/** Types key by key into a field, as fast as a quick hand; what else happens comes between two keys. */
async function type(desk, field, text, meanwhile = {}) {
  await desk.field(field).click()
  for (const [i, c] of [...text].entries()) {
    if (meanwhile[i]) await meanwhile[i]()
    await desk.page.keyboard.type(c, { delay: 25 })
  }
}
const content = async (desk, id) => (await desk.entry(id)).content

await check('typing: two officers type into one field at once: both texts stay, nothing is overwritten unseen', async () => {
  const id = await entry(anna, bert)
  await Promise.all([type(anna, 'content', MATTER), type(bert, 'content', OTHERS)])
  assert.deepEqual([await anna.value('content'), await bert.value('content')], [MATTER, OTHERS], 'nobody lost a key while they typed')
  const asked = await until('the later one is asked', async () => ((await anna.at('conflict').count()) && anna) || ((await bert.at('conflict').count()) && bert))
  const [earlier, later] = asked === anna ? [OTHERS, MATTER] : [MATTER, OTHERS]
  await anna.stored(id, (e) => e.content, earlier) // what the other one typed last has arrived
  await until('all of it is beside their own', async () => (await asked.at('conflict').innerText()).includes(earlier.slice(-10)))
  await asked.shot('70-two-officers')
  await asked.at('use-both').click()
  await anna.stored(id, (e) => e.content, earlier + '\n' + later)
  for (const d of [anna, bert]) await until('both see both', async () => (await d.value('content')) === earlier + '\n' + later)
})

await check('typing: two officers in two fields of one entry: each text stays, nobody is asked', async () => {
  const id = await entry(anna, bert)
  await Promise.all([type(anna, 'content', MATTER), type(bert, 'caller_unit', '沈河区应急管理局 12 号台')])
  await anna.stored(id, (e) => [e.content, e.caller_unit], [MATTER, '沈河区应急管理局 12 号台'])
  for (const d of [anna, bert]) {
    await until('both see both', async () => (await d.value('content')) === MATTER && (await d.value('caller_unit')) === '沈河区应急管理局 12 号台')
    assert.equal(await d.at('conflict').count(), 0)
  }
})

await check('typing: a leader comments and writes another field while an officer types: the comment is seen, no key is lost, the caret stays', async () => {
  const id = await entry(anna, lead)
  const comment = async () => {
    await lead.key('Alt+b')
    await lead.at('step-add').waitFor()
    await lead.at('step-instructed').click()
    await lead.at('step-whom').locator('xpath=self::input | .//input').first().fill('赵振华')
    await lead.at('step-text').locator('xpath=self::input | .//input').first().fill('立即核实，半小时内续报')
    await lead.key('Enter')
    await until('the comment is there', async () => ((await lead.entry(id)).steps || []).length === 1)
  }
  const write = () => lead.field('caller_person').fill('周科长')
  let leading = null
  const done = []
  await type(anna, 'content', MATTER, {
    5: () => { leading = comment().then(write).then(() => done.push('led')) },
    // The officer types on until all of it has come; then some keys more.
    [MATTER.length - 12]: async () => {
      await leading
      await until('it has come', async () => (await anna.value('caller_person')) === '周科长')
    },
  })
  assert.deepEqual(done, ['led'])
  assert.equal(await anna.value('content'), MATTER, 'each key stands where the caret was')
  assert.equal(await anna.focused(), 'content')
  await anna.stored(id, (e) => [e.content, e.caller_person, e.handling, e.steps[0].text], [MATTER, '周科长', 'instructed', '立即核实，半小时内续报'])
  assert.equal((await anna.at('conflict').count()) + (await lead.at('conflict').count()), 0)
  await anna.key('Alt+b')
  await anna.says(/立即核实，半小时内续报/, anna.at('matter'))
  await anna.shot('71-leader-commented')
  await anna.key('6') // the next step, by its digit: the focus is there, and not on what strikes the leader's one out
  await until('its kind is chosen', async () => (await anna.at('step-fed_back').getAttribute('aria-checked')) === 'true')
  await until('the leader sees what was typed', async () => (await lead.value('content')) === MATTER)
})

await check('typing: a leader changes the very field in which an officer types: the officer is asked, and both texts are there to choose from', async () => {
  const id = await entry(anna, lead)
  await type(anna, 'content', MATTER, {
    8: async () => {
      const release = await anna.holdSaves() // the leader is quicker
      await lead.field('content').fill('带班领导先写了一句。')
      await lead.stored(id, (e) => e.content, '带班领导先写了一句。')
      release()
    },
  })
  assert.equal(await anna.value('content'), MATTER)
  await anna.at('conflict').waitFor()
  await anna.says(/带班领导先写了一句。/, anna.at('conflict'))
  assert.equal(await content(anna, id), '带班领导先写了一句。', 'nothing was overwritten unseen')
  await anna.shot('72-leader-in-the-field')
  await anna.at('use-both').click()
  await anna.stored(id, (e) => e.content, '带班领导先写了一句。\n' + MATTER)
})

await check('typing: one officer completes the entry in which another one types: no key is lost, and a reason makes it a correction', async () => {
  const id = await entry(anna, bert)
  await anna.field('caller_unit').fill('南塔街道办')
  await anna.field('caller_person').fill('周站长')
  await anna.field('contact_number').fill('13804012233')
  await anna.stored(id, (e) => [e.caller_person, e.contact_number], ['周站长', '13804012233'])
  await type(bert, 'content', MATTER, {
    10: async () => {
      await bert.stored(id, (e) => e.content, MATTER.slice(0, 10))
      await until('anna sees it', async () => (await anna.value('content')) === MATTER.slice(0, 10))
      const { revision } = await anna.entry(id)
      const done = await anna.api('/entries/' + encodeURIComponent(id), 'PATCH', { revision, state: 'complete' })
      assert.equal(done.status, 200, JSON.stringify(done.body))
      await bert.completed()
    },
  })
  assert.equal(await bert.value('content'), MATTER)
  assert.equal(await bert.focused(), 'content')
  assert.equal(await content(anna, id), MATTER.slice(0, 10), 'nothing was written behind the completion')
  await bert.says(/您输入时他人完成了本条目/, bert.at('overtaken'))
  await bert.nothingCutOff()
  await bert.shot('74-overtaken')
  await bert.key('Alt+KeyE')
  await bert.at('correct-why').locator('input').fill('补充伤亡和道路情况')
  await bert.key('Enter')
  await bert.stored(id, (e) => [e.content, e.state, e.caller_unit], [MATTER, 'open', '南塔街道办'])
})

await check('typing: a time that nobody understands stays in sight and takes nothing away', async () => {
  const made = await anna.api('/entries', 'POST', { key: 'typing-' + Date.now(), kind: 'warning', line: '' })
  await anna.show(made.body.id)
  await anna.field('valid_until').fill('12-30 18:00')
  await anna.page.keyboard.press('Tab')
  const kept = await until('it is kept', async () => (await anna.entry(made.body.id)).valid_until)
  await anna.field('valid_until').fill('12月30日傍晚六点')
  await anna.page.keyboard.press('Tab')
  await anna.says(/看不懂这个时间[\s\S]*仍为 2026-12-30 18:00/)
  assert.equal((await anna.entry(made.body.id)).valid_until, kept)
  assert.equal(await anna.value('valid_until'), '12月30日傍晚六点')
  await anna.field('valid_until').fill('2099-12-30 18:00')
  await anna.page.keyboard.press('Tab')
  await anna.says(/2099 年太远[\s\S]*仍为 2026-12-30 18:00/)
  assert.equal(await anna.value('valid_until'), '2099-12-30 18:00', 'it does not vanish')
  assert.equal((await anna.entry(made.body.id)).valid_until, kept)
})

await check('typing: the network drops and comes back in mid-word: no key is lost', async () => {
  const id = await entry(anna)
  await type(anna, 'content', MATTER, {
    6: () => anna.context.setOffline(true),
    [MATTER.length - 10]: async () => {
      await anna.at('entry', '[data-save="retry"]').waitFor()
      await anna.context.setOffline(false)
    },
  })
  assert.equal(await anna.value('content'), MATTER)
  await anna.stored(id, (e) => e.content, MATTER)
})

await check('typing: the daemon is killed and started again in mid-word: no key is lost, and nobody has to sign in again', async () => {
  const id = await entry(anna, bert)
  await type(anna, 'content', MATTER, {
    10: () => daemon.kill(),
    25: async () => {
      await anna.at('entry', '[data-save="retry"]').waitFor()
      await anna.shot('73-daemon-away')
      await daemon.start()
    },
  })
  assert.equal(await anna.value('content'), MATTER)
  await anna.stored(id, (e) => e.content, MATTER)
  await until('the other officer follows', async () => (await bert.value('content')) === MATTER)
  assert.equal(await anna.at('lock-screen').count(), 0)
})

await check('typing: what was typed while the daemon was away survives that the window is loaded anew', async () => {
  const id = await entry(anna)
  await daemon.kill()
  await type(anna, 'content', OTHERS)
  await anna.at('entry', '[data-save="retry"]').waitFor()
  await daemon.start()
  await anna.page.reload()
  await anna.stored(id, (e) => e.content, OTHERS)
  await until('it is in the form', async () => (await anna.value('content')) === OTHERS)
})

await check('typing: no error in any window', async () => {
  const away = /Failed to load resource|ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY_RESPONSE/ // the daemon was
  assert.deepEqual([anna, bert, lead].flatMap((d) => d.problems).filter((p) => !away.test(p)), [])
})
await Promise.all([anna, bert, lead].map((d) => d.context.close()))
await daemon.kill()
finish()

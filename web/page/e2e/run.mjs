// The desk in a present Chromium against a running daemon in practice mode; rooms.mjs has the pages beside it.
import assert from 'node:assert/strict'
import { browser } from './desk.mjs'
import { handover } from './handover.mjs'
import { check, finish, practice, recoverBy, simulate, story, until } from './lib.mjs'

const { url, officer, users } = practice()
const SEVERAL = '02423860012' // three people of the practice directory share this number
const NOBODY = '13904011234'
const TEXT = '和平区南京北街一处民房起火，消防已出动，暂无人员伤亡。'

const locked = await browser('locked', url)
const desk = await browser('desk', url)
let first = ''
let second = ''
recoverBy(async (n) => {
  await desk.shot('failed-' + n)
  await desk.recover(officer)
})
/** Has an entry in the form, whichever way the checks before ended. */
async function show(entry) {
  if (!(await desk.at('entry', `[data-entry="${entry}"]`).count())) await desk.page.goto(url + '/#/entry/' + encodeURIComponent(entry))
  await desk.opened(entry.slice(2))
}

await check('the sound is marked as blocked until somebody touches the page', async () => {
  await locked.at('sound-blocked').waitFor()
  await locked.shot('01-locked-sound-blocked')
  assert.match(await locked.text(), /声音被浏览器阻止/)
})

await check('a wrong password is refused in words', async () => {
  await desk.at('lock-screen').waitFor()
  await desk.page.fill('input[name=username]', officer.name)
  await desk.page.fill('input[name=password]', 'wrong password')
  await desk.key('Enter')
  await desk.at('login-error').waitFor()
  await desk.says(/用户名或密码不正确/)
})

await check('log in: line, who is on duty, practice mark', async () => {
  await desk.logIn(officer)
  await desk.idle()
  await desk.says(/演练模式[\s\S]*空闲[\s\S]*当前值班/)
  await until('three posts', async () => (await desk.at('on-duty').locator('b').count()) === 3)
  await desk.nothingCutOff()
  await desk.shot('02-desk-idle')
})

await check('the lamps of the line stand under it and open to a list; what is not known is not green', async () => {
  const lamps = desk.page.locator('[data-test="lamps"] .row .lamp')
  await until('thirteen lamps', async () => (await lamps.count()) === 13)
  await until('the phone is good and this page may sound', async () =>
    (await desk.page.locator('[data-lamp="phone"][data-state="good"]').count()) === 1 && (await desk.page.locator('[data-lamp="page"][data-state="good"]').count()) === 1)
  assert.equal(await desk.page.locator('[data-lamp="trunk"]').getAttribute('data-state'), 'unknown')
  await desk.at('lamps-toggle').click()
  await desk.says(/值班话机在线，有应答[\s\S]*没有配置心跳监视/, desk.at('lamps-list'))
  await desk.shot('02a-lamps')
  await desk.at('lamps-toggle').click()
  assert.equal(await desk.at('lamps-list').count(), 0)
})

await check('what the duty log does not have yet is marked so, until it has', async () => {
  const real = await desk.fakeAnswer('**/api/v1/lines', (lines) => ({ ...lines, items: lines.items.map((l) => ({ ...l, logged: false })) }))
  const ask = () => desk.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await ask()
  await desk.says(/尚未写入日志/, desk.at('unlogged'))
  await desk.nothingCutOff()
  await desk.nothingCutOffLow()
  await desk.shot('02b-not-yet-logged')
  real()
  await ask()
  await desk.at('unlogged').waitFor({ state: 'hidden' })
})

const oneCall = story()
await oneCall('a call rings: counter, pop, candidates; the locked screen shows no caller', async () => {
  await desk.watchLine()
  const id = await desk.call(SEVERAL, '和平区应急局', 14_000, 15_000)
  first = 'e-' + id
  await desk.opened(id)
  assert.match(await desk.at('caller-number').innerText(), /024-23860012/)
  await desk.sawLine('ring 1', (l) => l.state === 'ringing' && /第 1 声[\s\S]*限 3 声/.test(l.text))
  const early = parseFloat(await desk.at('ring-seconds').innerText())
  assert.ok(await desk.at('complete').isDisabled() && await desk.at('read-back').isDisabled())
  assert.match(await desk.text(), /接听后才能复述校对/)
  await desk.key('F4', 'Control+Enter')
  assert.equal(await desk.at('read-back').getAttribute('aria-checked'), 'false')
  await until('the seconds move', async () => parseFloat(await desk.at('ring-seconds').innerText()) > early + 0.5)
  await desk.shot('03-ringing')
  await locked.line('ringing')
  await until('the locked counter', async () => /第 \d 声/.test(await locked.at('ring').innerText()))
  assert.doesNotMatch(await locked.page.content(), /23860012|和平区/)
  await locked.shot('04-locked-ringing')
  await desk.key('2')
  assert.equal(await desk.field('caller_person').inputValue(), '孙国强')
  await desk.page.keyboard.type(TEXT)
  await desk.sawLine('ring 2', (l) => l.ring === '第 2 声')
})

await oneCall('amber at the last allowed ring, then talking', async () => {
  await desk.sawLine('the last ring', (l) => l.stage === 'last' && /请立即接听/.test(l.text))
  await desk.shot('05-last-ring')
  await desk.sawLine('talking', (l) => l.state === 'talking')
  await until('it may be completed', () => desk.at('complete').isEnabled())
  await desk.stored(first, (e) => e.content, TEXT)
  await desk.nothingCutOff()
  await desk.nothingCutOffLow()
  await desk.shot('06-talking')
})

await oneCall('an engaged call in mid-talk leaves the form alone', async () => {
  const answer = await desk.api('/practice/calls', 'POST', { from: '+8613904011234', name: '', answer_after_ms: 1000, talk_ms: 1000 })
  assert.equal(answer.status, 202, JSON.stringify(answer.body))
  await desk.at('waiting').waitFor()
  await until('engaged', async () => /通话中又有来电[\s\S]*占线/.test(await desk.at('waiting').innerText()))
  assert.equal(await desk.opened(), first)
  await desk.shot('06b-engaged-meanwhile')
})

await oneCall('completion asks for what is missing, then completes by keyboard', async () => {
  await desk.key('Control+Enter')
  await desk.page.locator('[data-field="read_back"] .missing').waitFor()
  await desk.shot('07-missing')
  await desk.key('F4', 'Control+Enter')
  await desk.completed()
  const entry = await desk.entry(first)
  assert.deepEqual([entry.state, entry.caller_person, entry.read_back, entry.missing], ['complete', '孙国强', 'done', []])
  assert.ok(entry.read_back_by && entry.completed_at)
})

await oneCall('the recording plays, seeks and shows both sides', async () => {
  await desk.idle()
  await desk.sealed()
  await desk.at('wave', '[data-ready="true"]').waitFor()
  const fetched = []
  desk.page.on('request', (r) => /\/recording$/.test(r.url()) && fetched.push(r.url()))
  await desk.page.reload()
  await desk.sealed()
  await desk.at('wave', '[data-ready="true"]').waitFor()
  assert.match(await desk.at('position').innerText(), /0:00 \/ 0:1[3-7]/)
  await desk.key('Alt+Period')
  assert.deepEqual(fetched, [], 'nothing is fetched before somebody presses play')
  await desk.key('Alt+Comma')
  await desk.at('play').click()
  await until('it is fetched', async () => fetched.length > 0)
  const audio = () => desk.page.$eval('audio', (a) => ({ at: a.currentTime, length: a.duration, error: a.error && a.error.code }))
  await until('it plays', async () => (await audio()).at > 1.2)
  const { length, error } = await audio()
  assert.equal(error, null)
  assert.ok(Math.abs(length - 15) < 2.5, `a talk of 15 s is ${length} s long`)
  await desk.shot('08-complete-playing')
  const before = (await audio()).at
  await desk.key('Alt+Period')
  await until('it jumped', async () => (await audio()).at > Math.min(before + 8, length - 0.5))
  await desk.key('Alt+Comma')
  await until('it jumped back', async () => (await audio()).at < before + 7)
})

await oneCall('after a reload nothing is lost', async () => {
  await desk.page.reload()
  assert.equal(await desk.opened(), first)
  assert.equal(await desk.value('content'), TEXT)
  await desk.at('completed').waitFor()
  await desk.sealed()
  assert.equal(await desk.page.locator(`[data-test="row"][data-entry="${first}"]`).count(), 1)
})

await oneCall('revisions say who changed what', async () => {
  await desk.at('revisions').click()
  await desk.at('revision-list').locator('.change').first().waitFor()
  assert.match(await desk.at('revision-list').innerText(), /第 1 版[\s\S]*系统/)
  await desk.shot('09-revisions')
  await desk.at('revisions').click()
})

await check('a second call opens its entry; gaps by one key with a reason', async () => {
  const id = await desk.call(NOBODY, '', 2000, 4000)
  second = 'e-' + id
  await desk.opened(id)
  await desk.answered(id)
  await desk.field('caller_title').click()
  await desk.key('F8')
  await desk.at('gap-prompt').waitFor()
  await desk.nothingCutOff()
  await desk.key('Escape')
  await desk.at('gap-prompt').waitFor({ state: 'hidden' })
  await desk.field('caller_unit').click()
  await desk.key('F9')
  await desk.at('gap-prompt').waitFor()
  await desk.key('Enter')
  await desk.at('gap-lacking').waitFor()
  await desk.at('gap-confirm').click()
  assert.match(await desk.at('gap-prompt').innerText(), /请说明原因[\s\S]*请说明原因/)
  assert.deepEqual((await desk.entry(second)).gaps, {})
  await desk.shot('10-gap')
  await desk.page.keyboard.type('自称是热心市民')
  await desk.key('Enter')
  await desk.page.locator('[data-field="caller_unit"] [data-test="gap"]').waitFor()
  await desk.stored(second, (e) => e.gaps.caller_unit, { why: 'refused', reason: '自称是热心市民' })
  await desk.focusIn('caller_person')
  await desk.key('F8')
  await desk.at('gap-prompt').waitFor()
  await desk.key('Alt+9', 'Alt+1')
  await desk.at('gap-prompt').waitFor({ state: 'hidden' })
  await desk.focusIn('caller_title')
  await desk.stored(second, (e) => e.gaps.caller_person, { why: 'not_given', reason: '来电人未提供且已追问' })
  await desk.key('F8')
  await desk.at('gap-prompt').waitFor()
  await desk.key('Escape')
  await desk.focusIn('caller_title')
  await desk.at('field-caller_person').locator('button.link').click()
  await desk.focusIn('caller_person')
  await desk.stored(second, (e) => e.gaps.caller_person, undefined)
  await desk.over(id)
})

await check('after a gap digits are digits: no candidate is chosen by accident', async () => {
  const id = await desk.call(SEVERAL, '', 1000, 6000)
  const third = await desk.bringUp(id)
  await desk.answered(id)
  await desk.at('candidates').waitFor()
  await desk.field('caller_person').click()
  await desk.key('F8')
  await desk.at('gap-prompt').waitFor()
  await desk.key('Alt+2')
  await desk.focusIn('caller_title')
  await desk.page.keyboard.type('12')
  await desk.page.evaluate(() => document.activeElement.blur())
  await desk.page.keyboard.type('3')
  assert.deepEqual([await desk.field('caller_title').inputValue(), await desk.field('caller_unit').inputValue()], ['12', ''])
  await desk.key('Alt+KeyK')
  await desk.says(/选择抽查人/, desk.at('candidates'))
  await desk.says(/孙国强[^赵]*上次/, desk.at('candidates')) // the first call's entry named him
  await desk.key('Alt+1')
  assert.deepEqual([await desk.field('inspector').inputValue(), await desk.field('caller_unit').inputValue()], ['孙国强', '和平区应急局'])
  await desk.stored(third, (e) => [e.inspector, e.caller_title, e.caller_person], ['孙国强', '值班科科长', ''])
  assert.equal(await desk.at('kind-outgoing').count(), 0)
  await desk.key('Alt+KeyQ')
  assert.equal(await desk.at('kind-spot_check').getAttribute('aria-checked'), 'true')
  await desk.shot('10b-spot-check')
  await desk.over(id)
})

await check('an outgoing call: whom is chosen by one key, and nothing hidden is written', async () => {
  await desk.idle()
  const before = (await desk.newest()).id
  const placed = simulate('--to', SEVERAL, '--talk', '3s')
  const id = await desk.nextCall(before)
  const entry = await desk.bringUp(id)
  await desk.says(/选择去电对象/, desk.at('candidates'))
  assert.match(await desk.at('field-answered_by').innerText(), /拨打人/)
  await desk.key('Alt+1')
  await desk.stored(entry, (e) => [e.kind, e.called_whom, e.caller_unit, e.caller_person], ['outgoing', '和平区应急局 孙国强 值班科科长', '', ''])
  await desk.field('called_why').focus()
  await desk.key('F9') // nobody can refuse why we called
  assert.equal(await desk.at('gap-prompt').count(), 0)
  await desk.key('F8', 'Alt+1')
  await desk.stored(entry, (e) => [e.gaps.called_why, e.missing], [{ why: 'not_given', reason: '误拨' }, []])
  await desk.shot('10c-outgoing')
  await placed
  await desk.over(id)
})

await check('two windows: both texts are shown side by side, nothing is overwritten', async () => {
  await show(second)
  const other = await desk.window('#/entry/' + encodeURIComponent(second))
  await other.opened()
  const release = await other.holdSaves()
  await other.field('content').fill('乙记录的内容')
  await desk.field('content').fill('甲记录的内容')
  await desk.stored(second, (e) => e.content, '甲记录的内容')
  release()
  await other.at('conflict').waitFor()
  await other.shot('11-conflict')
  assert.match(await other.at('conflict').innerText(), /甲记录的内容/)
  assert.equal(await other.field('content').inputValue(), '乙记录的内容')
  await other.at('use-both').click()
  await until('both kept', async () => (await desk.entry(second)).content === '甲记录的内容\n乙记录的内容')
  await until('the first window follows', async () => (await desk.field('content').inputValue()).includes('乙记录'))
  await other.page.close()
})

await check('connection lost: it is said, and typed text survives and is saved afterwards', async () => {
  await show(second)
  await desk.context.setOffline(true)
  await desk.at('conn-lost').waitFor({ timeout: 45_000 })
  await desk.field('caller_person').fill('断线时输入的姓名')
  await desk.at('entry', '[data-save="retry"]').waitFor()
  await desk.at('line', '[data-state="unknown"]').waitFor({ timeout: 15_000 })
  await desk.shot('12-connection-lost')
  await desk.context.setOffline(false)
  await desk.at('conn-lost').waitFor({ state: 'hidden', timeout: 40_000 })
  await until('saved', async () => (await desk.entry(second)).caller_person === '断线时输入的姓名', 30_000)
  await desk.idle()
})

await check('typed text survives a reload that comes before it was saved', async () => {
  await show(second)
  const goOn = await desk.failSaves()
  await desk.field('caller_title').fill('没来得及保存的职务')
  await desk.at('entry', '[data-save="retry"]').waitFor()
  await desk.page.reload()
  await desk.opened()
  await until('text is back', async () => (await desk.field('caller_title').inputValue()) === '没来得及保存的职务')
  goOn()
  await until('saved', async () => (await desk.entry(second)).caller_title === '没来得及保存的职务', 30_000)
})

await check('read back is in sight on low screens too, with candidates, player and another call', async () => {
  const id = await desk.call(SEVERAL, '', 1200, 2500)
  await desk.bringUp(id)
  await desk.over(id)
  await desk.sealed()
  await desk.at('wave', '[data-ready="true"]').waitFor()
  await desk.field('content').click()
  await desk.page.keyboard.type('正在填写') // so that the form is in use, however long all this took
  const other = await desk.call('', '', 2500, 1000)
  await desk.says(/未显示号码/, desk.at('waiting'))
  assert.doesNotMatch(await desk.text(), /anonymous/i)
  assert.equal(await desk.opened(), 'e-' + id)
  await desk.at('candidates').waitFor()
  for (const height of [768, 641]) {
    await desk.page.setViewportSize({ width: 1366, height })
    await desk.readBackInSight()
    await desk.shot('12b-everything-' + height)
  }
  await desk.page.setViewportSize({ width: 1366, height: 768 })
  await desk.over(other)
  await desk.page.locator(`[data-test="row"][data-entry="${second}"]`).click()
  await desk.at('entry', `[data-entry="${second}"]`).waitFor()
})

await check('a call while writing never takes the form away: F2 switches', async () => {
  await show(second)
  await desk.field('content').click()
  await desk.key('Control+End')
  await desk.page.keyboard.type('，正在输入')
  const id = await desk.call('02422730001', '沈河区应急局', 10_000, 3000)
  await desk.says(/又有来电 024-22730001[\s\S]*响铃中[\s\S]*查看 \(F2\)/, desk.at('waiting'))
  await desk.page.keyboard.type('没有中断')
  await desk.shot('13-second-call-waiting')
  assert.equal(await desk.opened(), second)
  assert.ok((await desk.field('content').inputValue()).endsWith('，正在输入没有中断'))
  await desk.key('F2')
  const third = await desk.opened(id)
  assert.equal(await desk.field('caller_person').inputValue(), '王立新')
  await until('saved behind', async () => (await desk.entry(second)).content.endsWith('没有中断'))
  await desk.over(id)
  await desk.key('Alt+KeyC')
  await desk.completed()
  assert.equal((await desk.entry(third)).kind, 'wrong_number')
  await desk.shot('14-wrong-number')
  await desk.at('undo').click()
  await until('undone', async () => {
    const e = await desk.entry(third)
    return e.state === 'open' && e.kind === 'duty'
  })
})

await check('calls: list, detail with both clocks, rule and digest', async () => {
  await desk.at('nav-calls').click()
  await desk.at('legend').waitFor()
  await desk.at('call-row').last().click()
  await desk.at('call-detail').locator('dl').waitFor()
  await until('digest', async () => /[0-9a-f]{64}/.test(await desk.at('call-detail').innerText()))
  assert.match(await desk.at('call-detail').innerText(), /响铃时长[\s\S]*等候时长[\s\S]*限 3 声/)
  await desk.nothingCutOff()
  await desk.nothingCutOffLow()
  await desk.shot('15-calls')
})

await check('what neither record saw stands beside every list, and what the switch filled in reassures', async () => {
  const midnight = Math.floor((Date.now() + 8 * 3600_000) / 86_400_000) * 86_400_000 - 8 * 3600_000 // of Shenyang
  const at = (minute) => new Date(midnight + 180 * 60_000 + minute * 60_000).toISOString()
  const live = 'the daemon was not running or did not see the switch'
  const journal = "the folder of the switch's journal does not exist, so Asterisk loses every record: /var/log/asterisk/cel-custom"
  const of = (kind, from, to, cause) => ({ kind, from, to, cause, seconds: (Date.parse(to) - Date.parse(from)) / 1000 })
  let items = [
    of('switch_down', at(1), at(3), 'the switch ended and was started again'), of('live_down', at(10), at(15), live),
    of('live_down', at(20), at(32), live), of('journal_down', at(20), at(32), journal), of('blind', at(20), at(32), live + '; ' + journal),
  ]
  let readable = true
  const real = await desk.fake('**/api/v1/intervals*', (route) => (readable ? route.fulfill({ json: { items, next_cursor: '' } }) : route.abort()))
  const healthy = await desk.fakeAnswer('**/api/v1/health', (health) => ({ ...health, journal: { ok: false, configured: true, last_row: at(20), detail: journal } }))
  await desk.page.reload()
  await desk.says(/盲区 12 分钟（两套记录都没有看到）；交换机停机 2 分钟/, desk.at('unseen-sum'))
  await desk.says(/盲区：两套记录都没有看到，期间若有来电无从得知[\s\S]*值班系统停机或看不到交换机、交换机流水的目录不存在$/m, desk.at('unseen-row').first())
  await desk.says(/交换机停机，期间电话打不进来/, desk.at('unseen-row').last())
  await desk.says(/交换机流水未写入或无法读取：通话照常监测和记录/, desk.at('journal-down'))
  await desk.at('call-row').first().click()
  await desk.says(/由交换机流水补记|两套记录|仅实时监测|待由交换机流水核定/, desk.at('settled'))
  await desk.nothingCutOff()
  await desk.nothingCutOffLow()
  await desk.shot('15c-calls-unseen')
  await desk.at('nav-desk').click()
  await desk.says(/盲区 03:20–03:32（12 分钟）：两套记录都没有看到[\s\S]*交换机停机 03:01–03:03（2 分钟）[\s\S]*系统曾中断 03:10–03:15（5 分钟），期间通话已由交换机流水补全/, desk.at('unseen-today'))
  await desk.nothingCutOff()
  await desk.nothingCutOffLow()
  await desk.shot('15d-desk-unseen')
  items = []
  healthy()
  await desk.at('nav-calls').click()
  await desk.at('nothing-unseen').waitFor()
  readable = false
  await desk.page.reload()
  await desk.says(/盲区时段暂时无法读取/, desk.at('unseen-failed'))
  real()
  await desk.at('unseen-failed').locator('button').click()
  await desk.at('unseen-failed').waitFor({ state: 'hidden' })
})

await check('a call while typing in another field, or with a dialog open, only announces itself', async () => {
  await desk.at('nav-search').click()
  await desk.at('search-words', ':focus').waitFor()
  const field = desk.page.locator('[data-test="search-words"] input, input[data-test="search-words"]').first()
  const typed = (async () => { for (const c of 'abcdefghijklmnopqrstuvwxyz') await desk.page.keyboard.type(c, { delay: 200 }) })()
  const placed = simulate('--from', '13912345678', '--answer-after', '2s', '--talk', '2s')
  await desk.at('waiting').waitFor()
  await typed
  assert.equal(await field.inputValue(), 'abcdefghijklmnopqrstuvwxyz')
  await placed
  await field.fill('')
  await desk.key('F2')
  await desk.at('entry-head').waitFor()
  await desk.says(/139 1234 5678/, desk.at('entry-head'))
  await desk.at('nav-calls').click() // the focus leaves the form
})

await check('search: an old matter is found by its words, marked, and opened', async () => {
  await desk.key('/')
  await desk.at('search-words', ':focus').waitFor()
  await desk.page.keyboard.type('和平区')
  await desk.page.keyboard.press('Enter')
  await desk.at('search-row').first().waitFor()
  await desk.says(/和平区/, desk.at('search-row').first().locator('mark').first())
  assert.ok((await desk.at('search-row').first().boundingBox()).height < 90, 'a row of what was found is two lines high or so')
  await desk.nothingCutOff()
  await desk.nothingCutOffLow()
  await desk.shot('15h-search')
  await desk.at('search-row').first().click()
  await desk.opened()
})

await check('reconciliation: what does not agree, by its number, cause and call', async () => {
  const item = { key: 'one_sided:' + first.slice(2), kind: 'one_sided', why: 'officer_side_silent', call_id: first.slice(2), entry_id: first, name: '',
    cause: 'the officer is not heard in the recording', state: 'open', since: new Date().toISOString(), resolved_at: null, accepted: null }
  const mine = { ...item, key: 'recording_without_call:switch/x', kind: 'recording_without_call', why: 'foreign_name', call_id: '', entry_id: '', name: '%1B[2J' + 'x'.repeat(150) }
  const real = await desk.api('/reconciliation?state=open')
  assert.deepEqual([real.status, Array.isArray(real.body.items), typeof real.body.open], [200, true, 'number'], JSON.stringify(real.body))
  const agreed = await desk.fake('**/api/v1/reconciliation?*', (route) => route.fulfill({ json: { items: [item, mine], next_cursor: '', open: 2, looked_at: item.since, problem: 'x' } }))
  await desk.at('nav-more').click()
  await desk.at('nav-reconcile').click()
  await desk.at('ledger-row').first().waitFor()
  await desk.says(/录音单侧无声[\s\S]*听不到值班员[\s\S]*未解决[\s\S]*有录音无通话[\s\S]*交换机上/, desk.at('ledger-row').first().locator('xpath=../..'))
  assert.match(await desk.at('nav-more').innerText(), /\d$/)
  await desk.at('nav-more').click()
  assert.equal(await desk.at('reconcile-count').innerText(), '2')
  await desk.key('Escape')
  assert.equal(await desk.at('nav-menu').count(), 0)
  assert.equal(await desk.at('ledger-run').count(), 0, 'an officer only looks')
  await desk.nothingCutOff()
  await desk.nothingCutOffLow()
  await desk.shot('15e-reconciliation')
  await desk.at('ledger-call').click()
  await desk.at('call-detail').locator('dl').waitFor()
  agreed()
})

await check('alerts: what nobody has taken on, and who has the rest', async () => {
  const open = (await desk.api('/alerts?state=open')).body
  assert.ok(open.items.length > 0 && open.items.some((a) => a.reason === 'engaged_refused'), 'a caller was engaged before: ' + JSON.stringify(open))
  await until('the badge counts them', async () => Number(await desk.at('alerts-count').innerText()) === open.open)
  await desk.at('nav-alerts').click()
  const row = desk.page.locator(`[data-alert="${open.items.find((a) => a.reason === 'engaged_refused').key}"]`)
  await row.waitFor()
  await desk.says(/来电遇忙[\s\S]*确凿[\s\S]*待处理/, row)
  await row.locator('[data-test=alert-begin]').click()
  await row.locator('[data-test=alert-note] input, input[data-test=alert-note]').first().fill('已回拨，对方打错')
  await desk.shot('15f-alerts')
  await row.locator('[data-test=alert-take]').click()
  await until('the badge counts one less', async () => (open.open === 1 ? (await desk.at('alerts-count').count()) === 0 : Number(await desk.at('alerts-count').innerText()) === open.open - 1))
  await desk.at('alerts-all').click()
  await desk.says(/已处理[\s\S]*已回拨，对方打错/, row)
  await desk.nothingCutOff()
  await desk.nothingCutOffLow()
  await row.locator('[data-test=alert-call]').click()
  await desk.at('call-detail').locator('dl').waitFor()
})

await check('test call: the button proves that the line is reachable, and what was heard is played', async () => {
  await desk.at('nav-more').click()
  await desk.at('nav-tests').click()
  const rows = () => desk.at('test-row').count()
  for (let tries = 1; tries <= 3; tries++) {
    const before = await rows()
    await until('the line is free', async () => (await desk.api('/lines')).body.items[0].state === 'idle')
    await desk.at('test-start').click()
    await desk.says(/拨测，不必接听/, desk.at('line'))
    await until('it is over', async () => (await rows()) === before + 1 && (await desk.at('test-row').first().getAttribute('data-verdict')) !== '', 40_000)
    if (!/听得太短/.test(await desk.at('test-last').innerText())) break // a busy machine hears too little of the tone, and says so
  }
  await desk.says(/畅通[\s\S]*值班话机响铃[\s\S]*标准回铃音/, desk.at('test-last'))
  await desk.nothingCutOff()
  await desk.nothingCutOffLow()
  await desk.shot('15g-tests')
  await desk.at('test-play').first().click()
  await until('it plays', async () => desk.page.evaluate(() => { const a = document.querySelector('audio'); return !!a && a.currentTime > 0.2 }))
  await desk.at('nav-calls').click()
})

await check('English by a switch, and back', async () => {
  await desk.at('lang').click()
  await until('English', async () => /Duty desk[\s\S]*Idle/.test(await desk.text()))
  await desk.nothingCutOff()
  await desk.shot('15b-calls-english')
  await desk.at('nav-desk').click()
  await desk.opened()
  await desk.nothingCutOff()
  await desk.shot('16-english')
  const findings = ['silent_caller_side', 'silent_officer_side', 'recording_short'] // all that may be wrong with a recording: the widest bar
  const real = await desk.fakeAnswer('**/api/v1/calls?*', (calls) => ({ ...calls, items: calls.items.map((c) => ({ ...c, findings })) }))
  await desk.page.reload()
  await desk.says(/side is silent/, desk.at('player'))
  await desk.nothingCutOff()
  await desk.shot('16b-english-warnings')
  real()
  await desk.page.reload()
  await desk.opened()
  await desk.at('lang').click()
  await until('Chinese', async () => /值班台/.test(await desk.text()))
})

await check('keys are explained', async () => {
  await desk.key('F1')
  await desk.page.getByText('键盘快捷键').waitFor()
  await desk.shot('17-keys')
  await desk.key('F1')
  await desk.page.getByText('键盘快捷键').waitFor({ state: 'hidden' })
})

await check('the button places a practice call; a missed one is red and asks for the call-back', async () => {
  await desk.idle()
  await desk.at('practice-open').click()
  await desk.page.getByText('模拟一次来电').waitFor()
  await desk.shot('18-practice')
  await desk.page.locator('.el-dialog input').nth(2).fill('')
  await desk.watchLine()
  const before = (await desk.newest()).id
  await desk.at('practice-go').click()
  const missed = await desk.nextCall(before)
  await desk.bringUp(missed)
  await desk.sawLine('over the limit', (l) => l.stage === 'over' && /已超过三声/.test(l.text), 30_000)
  await desk.shot('19-over-limit')
  await desk.over(missed)
  await desk.at('kind-missed', '[aria-checked="true"]').waitFor()
  await desk.page.locator('[data-field="call_back_result"]').waitFor()
  await desk.at('notice').filter({ hasText: /\d\d:\d\d 未接来电 024-22730001/ }).waitFor()
  await desk.shot('20-missed')
})

await check('blindness and a first login are said plainly', async () => {
  const seen = await desk.fakeAnswer('**/api/v1/health', (health) => ({ ...health, switch: { ...health.switch, connected: false } }))
  await desk.at('switch-away').waitFor({ timeout: 15_000 })
  await desk.shot('21-switch-away')
  seen()
  const known = await desk.fakeAnswer('**/api/v1/session', (session) => ({ ...session, must_change_password: true }))
  await desk.page.reload()
  await desk.at('password-change').waitFor()
  await desk.shot('22-first-login')
  known()
  await desk.page.reload()
  await desk.at('on-duty').waitFor()
})

await check('more unfinished entries than one page of the list holds are all counted, earlier days under their own heading', async () => {
  const real = (await desk.api('/entries?state=open')).body.items
  const many = Array.from({ length: 430 }, (_, i) => ({
    ...real[0], id: 'e-old-' + i, call_id: '', state: 'open', call_at: new Date(Date.parse(real[0].call_at) - 30 * 3600_000 - i * 60_000).toISOString(),
  }))
  const few = await desk.fake('**/api/v1/entries?*', async (route) => {
    const query = new URL(route.request().url()).searchParams
    if (query.get('handling') !== 'pending') return route.fallback()
    const at = Number(query.get('cursor') || 0)
    const next = at + Number(query.get('limit'))
    return route.fulfill({ json: { items: real.concat(many).slice(at, next), next_cursor: next < real.length + many.length ? String(next) : '' } })
  })
  await desk.page.reload()
  await until('all are counted', async () => (await desk.at('open-count').innerText()) === `未完成 ${real.length + 430} 条`)
  await desk.at('list-more').click()
  assert.match(await desk.at('today').innerText(), /往日未完成\s+\d\d-\d\d \d\d:\d\d/)
  assert.ok((await desk.at('row').count()) > 200)
  await desk.at('list-part').first().scrollIntoViewIfNeeded()
  await desk.shot('21b-many')
  few()
  await desk.page.reload()
  await desk.opened()
})

await check('what was changed after the read-back asks for another one', async () => {
  const call = await desk.call('02422730001', '沈河区应急局', 1000, 3000)
  const id = await desk.bringUp(call)
  await desk.answered(call)
  await desk.field('content').fill('东陵路积水')
  await desk.key('F4')
  await until('read back', async () => (await desk.entry(id)).read_back === 'done')
  await desk.field('content').fill('东陵路积水，已封路')
  await desk.at('read-back-changed').waitFor()
  await desk.nothingCutOffLow()
  await desk.shot('21c-changed-after-read-back')
  await desk.key('F4')
  await until('read back anew', async () => {
    const e = await desk.entry(id)
    return e.read_back === 'done' && !e.changed_after_read_back
  })
  await desk.at('read-back-changed').waitFor({ state: 'hidden' })
  await desk.over(call)
})

await check('addresses that lead nowhere are said so', async () => {
  for (const hash of ['#/nonsense', '#/entry/nonsense', '#/calls/nonsense']) {
    await desk.page.evaluate((h) => { location.hash = h }, hash)
    await desk.at('notice').filter({ hasText: /没有这(个页面|个条目|条通话)/ }).last().waitFor()
    await until('back', async () => !/nonsense/.test(await desk.page.evaluate(() => location.hash)))
  }
  await desk.at('nav-desk').click()
  await desk.opened()
})

await check('the session ends in mid-word: nothing typed on ends in the user name, what was typed before stays', async () => {
  await show(second)
  const release = await desk.holdSaves() // autosave must not be quicker than the end of the session
  await desk.field('contact_number').click()
  await desk.key('Control+A')
  await desk.page.keyboard.type('02488880000')
  await until('it lies on this PC', async () => /02488880000/.test(await desk.drafts()))
  await desk.page.evaluate(() => fetch('/api/v1/session', { method: 'DELETE' }))
  release()
  // Somebody types on while the lock screen comes, and a little longer.
  for (let n = 0; n < 200 && !(await desk.at('lock-screen').count()); n++) await desk.page.keyboard.press('1', { delay: 20 })
  await desk.at('lock-screen').waitFor()
  await desk.page.keyboard.type('zhao?')
  await desk.says(/登录已失效，请重新登录；已输入的内容已保存在本机/)
  assert.equal(await desk.page.inputValue('input[name=username]'), '')
  assert.equal(await desk.focused(), 'BODY')
  assert.equal(await desk.at('notice').count(), 0)
  await desk.shot('22b-expired')
  const kept = await desk.drafts()
  const typed = (kept.match(/024888800001*/g) || ['nothing']).sort().pop() // with what was typed on before the lock screen came
  assert.match(typed, /^02488880000/, kept)
  assert.doesNotMatch(kept, /zhao|记录的内容|自称是热心市民/)
  await desk.page.locator('input[name=username]').click()
  await desk.logIn(officer)
  await desk.stored(second, (e) => e.contact_number, typed)
})

await check('leaving with unsaved text: said truthfully, saved first', async () => {
  await show(second)
  const goOn = await desk.failSaves()
  await desk.field('content').click()
  await desk.key('Control+End')
  await desk.page.keyboard.type('，临走时补充')
  await desk.at('lock').click()
  await desk.at('leave-save').waitFor()
  await desk.says(/以明文保存在本机浏览器中[\s\S]*公用电脑请先保存/)
  await desk.at('leave-save').click()
  await desk.page.getByText('仍未保存成功').waitFor()
  await desk.shot('22c-leave')
  goOn()
  await desk.at('leave-save').click()
  await desk.at('lock-screen').waitFor()
  await desk.logIn(officer)
})

await check('log out: the locked screen keeps nothing of the log', async () => {
  await desk.opened()
  await desk.leave()
  assert.doesNotMatch(await desk.page.content(), /沈河区|和平区|22730001|孙国强/)
  assert.equal(await desk.drafts(), '')
  assert.equal((await desk.api('/calls')).status, 401)
  await desk.shot('23-locked')
})

await check('a leader mutes an alert with a reason and an end, and ends it early', async () => {
  const leader = users.find((u) => u.role === 'leader')
  await desk.logIn(leader)
  const missed = (await desk.api('/alerts?state=open')).body.items.find((a) => a.reason === 'missed')
  assert.ok(missed, 'a call was missed before')
  await desk.at('nav-alerts').click()
  const row = desk.page.locator(`[data-alert="${missed.key}"]`)
  await row.locator('[data-test=alert-mute]').click()
  assert.ok(await desk.at('mute-go').isDisabled(), 'no mute without a reason')
  await desk.at('mute-8').click()
  await desk.page.locator('[data-test=mute-reason] input, input[data-test=mute-reason]').first().fill('演练')
  await desk.says(/静默期间告警仍显示在本页/, desk.at('mute'))
  await desk.shot('23b-mute')
  await desk.at('mute-go').click()
  await row.locator('[data-test=alert-unmute]').waitFor()
  await desk.says(/待处理[\s\S]*静默至 \d\d[\s\S]* · .+：演练/, row)
  await desk.at('alerts-muted').click()
  await until('only what is muted', async () => (await desk.at('alert-row').count()) === 1)
  await desk.nothingCutOff()
  await desk.nothingCutOffLow()
  await desk.shot('23c-muted')
  await row.locator('[data-test=alert-unmute]').click()
  await desk.says(/没有静默的告警/, desk.at('alerts-empty'))
  await desk.leave()
})

await check('the next person starts at the duty desk; an administrator is told where to go', async () => {
  await desk.page.evaluate(() => { location.hash = '#/calls' })
  await desk.logIn(users.find((u) => u.role === 'admin'))
  await until('at the desk', async () => (await desk.page.evaluate(() => location.hash)) === '#/')
  await desk.says(/管理员不查看值班日志；账号管理请用命令 dutyline user/)
  await desk.shot('24-admin')
})

await handover(desk, users)

await check('no error in any window', async () => {
  assert.deepEqual([...desk.problems, ...locked.problems], [])
})

await Promise.all([desk.context.close(), locked.context.close()])
finish()

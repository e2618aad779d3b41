// One officer's whole shift without a mouse: sign in, take over, seven calls, every entry, an old matter, hand over.
import assert from 'node:assert/strict'
import { browser } from './desk.mjs'
import { Hands, median } from './hands.mjs'
import { check, finish, practice, recoverBy, simulate, story, until } from './lib.mjs'

const MEDIAN = 25 // keys beyond the content text, at most
const BACK = '13900005566'
const { url, users } = practice()
const [first, second] = users.filter((u) => u.role === 'officer')
const desk = await browser('shift', url)
const hands = new Hands(desk)
const one = story()
const counts = []
recoverBy((n) => desk.shot('shift-failed-' + n))
await desk.context.addInitScript(() => addEventListener('mousedown', (e) => e.isTrusted && console.error('a mouse was used'), true))
await desk.page.reload()

const both = (name) => desk.shotBoth('shift-' + name)
/** Counts the keys of a body. */
async function counted(body) {
  const before = hands.keys
  await body()
  counts.push(hands.keys - before)
}
async function signIn(user) {
  await until('the user name has the focus', () => desk.page.evaluate(() => document.activeElement.getAttribute('name') === 'username'))
  await hands.type(user.name)
  await hands.press('Tab')
  await hands.type(user.password)
  await hands.press('Enter')
  await desk.at('on-duty').waitFor()
}
async function takenOver(name) {
  const responsible = async () => {
    const { body } = await desk.api('/duty')
    return body.responsible && body.responsible.name === name
  }
  await until(name + ' is responsible', async () => {
    if (await responsible()) return true
    await hands.press('Control+Enter') // again when the sheet changed while it was read
    return until('responsible', responsible, 1500).catch(() => false)
  })
}
/** A call by whoever the directory knows, completed by keys after it was hung up. */
async function reported(from, name, content, choose) {
  const call = await desk.call(from, name, 500, 2500)
  const id = await desk.bringUp(call)
  await desk.answered(call)
  await counted(async () => {
    if (choose) await hands.press(choose)
    await until('the caller is filled in', async () => (await desk.value('caller_person')) !== '')
    await hands.to('content')
    await hands.content(content)
    await hands.press('F4')
    await desk.over(call)
    await hands.press('Control+Enter')
    await desk.completed()
  })
  return id
}

await one('shift: sign in and take over', async () => {
  await desk.at('lock-screen').waitFor()
  await both('0-sign-in')
  await signIn(first)
  await desk.idle()
  await both('0a-desk')
  await hands.press('Alt+KeyH')
  await desk.at('sheet').waitFor()
  await both('1-take-over')
  await takenOver('王值班')
})

let old = ''
await one('shift: a call from a known number, complete', async () => {
  old = await reported('02422730001', '沈河区应急局', '南塔街沿线路灯杆倾斜，已设警戒，请协调市政处置。')
  await both('2-complete')
})

let open = ''
await one('shift: one of several people, with a matter that stays open', async () => {
  open = await reported('02423860012', '和平区应急局', '南京北街民房起火，消防已到场，续报待定。', '1')
  await hands.press('Alt+KeyB')
  await desk.at('step-add').waitFor()
  await hands.press('2')
  await hands.content('市应急局值班室')
  await hands.press('Enter')
  await until('reported', async () => (await desk.entry(open)).handling === 'reported')
  await both('3-steps')
  await hands.press('Escape')
})

await one('shift: a caller who was missed is in sight, and called back', async () => {
  await desk.idle()
  const ringing = simulate('--from', BACK, '--never-answer', '--give-up-after', '5s')
  await desk.line('ringing')
  await both('3a-ringing')
  await ringing
  await until('one waits', async () => (await desk.at('missed').getAttribute('data-waiting')) === '1')
  await desk.idle()
  const missed = (await desk.newest()).id
  await both('4-missed')
  void simulate('--to', BACK, '--talk', '2s') // as with the receiver of the duty phone
  const out = await desk.nextCall(missed)
  const own = await desk.bringUp(out)
  await desk.at('serves').waitFor()
  await hands.press('Alt+Shift+Digit1')
  await until('it is a step of what was missed', async () => (await desk.entry(own)).step_of === 'e-' + missed)
  await desk.over(out)
  await until('nobody waits any more', async () => (await desk.at('missed').getAttribute('data-waiting')) === '0' || !(await desk.at('missed').count()))
})

await one('shift: a wrong number is one key', async () => {
  const call = await desk.call('13904011234', '', 500, 1500)
  const id = await desk.bringUp(call)
  await desk.answered(call)
  await desk.over(call)
  await counted(async () => {
    await hands.press('Alt+KeyC', 'Control+Enter')
    await desk.completed()
  })
  assert.equal((await desk.entry(id)).kind, 'wrong_number')
  await both('4a-wrong-number')
})

await one('shift: an outgoing call becomes a step of the open matter', async () => {
  const before = (await desk.newest()).id
  void simulate('--to', '02423860012', '--talk', '2s')
  const out = await desk.nextCall(before)
  const own = await desk.bringUp(out)
  await desk.at('serves').waitFor()
  await both('5-serves')
  await hands.press('Alt+Shift+Digit1')
  await until('it is a step', async () => (await desk.entry(own)).kind === 'step')
  assert.equal((await desk.entry(own)).step_of, open)
  await desk.over(out)
})

await one('shift: one more report, and what is not complete is brought up by a key until nothing is left', async () => {
  await reported('02422730001', '沈河区应急局', '辖区平安，无异常情况。')
  await hands.press('Alt+KeyN')
  await until('what was missed', async () => (await desk.entry(await desk.opened())).kind === 'missed')
  await hands.to('call_back_result')
  await hands.content('已回拨，对方为误拨，无事项。')
  await hands.press('Control+Enter')
  await desk.completed()
  await hands.press('Alt+KeyN')
  await both('6-nothing-left')
  const { items } = (await desk.api('/entries?limit=50')).body
  assert.deepEqual(items.map((e) => [e.kind, e.state]).reverse(), [
    ['duty', 'complete'], ['duty', 'complete'], ['missed', 'complete'], ['step', 'complete'], ['wrong_number', 'complete'], ['step', 'complete'], ['duty', 'complete']])
})

await one('shift: an old matter is found and opened', async () => {
  await hands.press('/')
  await desk.at('search-words', ':focus').waitFor()
  await hands.content('路灯杆')
  await hands.press('Enter')
  await desk.at('search-row').first().waitFor()
  await both('7-search')
  await hands.press('ArrowDown', 'ArrowUp', 'ArrowDown', 'Enter') // into what was found, back to the words, and in again
  await desk.at('entry', `[data-entry="${old}"]`).waitFor()
  await both('7a-found')
})

await one('shift: handed over to a second login', async () => {
  await hands.press('Alt+KeyH')
  await desk.at('sheet').waitFor()
  await both('8-hand-over')
  await until('the second login is asked for', async () => {
    await hands.press('Control+Enter')
    return desk.at('second').count()
  })
  await until('the user name has the focus', () => desk.page.evaluate(() => document.activeElement.getAttribute('name') === 'second-user'))
  await both('8a-second-login')
  await hands.type(second.name)
  await hands.press('Tab')
  await hands.type(second.password)
  await hands.press('Control+Enter')
  await until('the second officer is signed in', async () => (await desk.api('/session')).body.username === second.name)
  await takenOver('李值班')
  await both('9-handed-over')
})

await check(`shift: a pre-filled entry takes at most ${MEDIAN} keys beyond its content, in the median`, async () => {
  console.log(`     keys beyond the content: ${counts.join(', ')}; median ${median(counts)}; ${hands.keys} keys in the shift`)
  assert.ok(counts.length >= 4 && median(counts) <= MEDIAN, String(counts))
})
await check('shift: no mouse, no error', async () => assert.deepEqual(desk.problems, []))
await desk.context.close()
finish()

// Two officers at one incident, each in a browser of their own: one writes the report while the other links a caller
// and registers what was told by telephone. Nothing is overwritten unseen, and both see both. Then one call to a
// superior while two incidents are open: it is a report of none until somebody says of which.
import assert from 'node:assert/strict'
import { amend } from './crowd.mjs'
import { simulate, story, until } from './lib.mjs'

const SUPERIOR = '02422720100' // 市应急指挥中心 of the practice directory

/** At the lock screens; nobody is signed in afterwards. */
export async function officers(desk, other, users) {
  const [one, two] = users.filter((u) => u.role === 'officer')
  const it = story()
  let id = 0
  let second = 0
  let caller = ''
  const get = async (n = id) => (await desk.api('/incidents/' + n)).body
  const first = async () => (await get()).reports.find((r) => r.stage === 'first')
  const element = (d, name) => d.page.locator(`[data-element="${name}"] textarea`).first()
  const input = (d, test) => d.page.locator(`[data-test="${test}"] input, [data-test="${test}"] textarea, input[data-test="${test}"], textarea[data-test="${test}"]`).first()
  const show = async (d, n) => {
    await d.page.goto(d.url + '/#/incidents/' + n)
    await d.at('incident-head').waitFor()
  }
  const told = async (from, unit, change) => {
    const call = await desk.call(from, unit, 100, 400)
    await desk.over(call)
    await amend(desk, 'e-' + call, { caller_unit: unit, ...change })
    return 'e-' + call
  }
  const open = async (entry, category) => {
    const { status, body } = await desk.api('/incidents', 'POST', { key: 'e2e-two-' + category, entry_id: entry, category })
    assert.equal(status, 200, JSON.stringify(body))
    return body.id
  }

  await it('one writes a report; the other links a caller and registers the report by telephone', async () => {
    await desk.logIn(one)
    await other.page.setViewportSize({ width: 1366, height: 768 })
    await other.at('line').waitFor() // a telephone's page has none; it goes, with what was typed into it
    await other.logIn(two)
    id = await open(await told('13904012201', '文艺路社区', { place: '文艺路1号', content: '文艺路1号仓库起火。' }), 'fire')
    caller = await told('13904012202', '路过司机', { place: '文艺路3号', content: '文艺路3号起火，有人受伤。' })
    await show(desk, id)
    await element(desk, 'nature').fill('仓库火灾')
    await element(desk, 'time').fill('今日8时')
    await other.show(caller)
    await other.at('same-event').waitFor()
    await other.key('Alt+KeyV')
    await until('linked', async () => (await get()).entries.length === 2)
    await show(other, id)
    await other.at('deliver-superior_bureau-phone').click()
    await other.at('deed').waitFor()
    await other.says(/文艺路1号/, other.at('deed-about'))
    await input(other, 'deed-receiver').fill('周敏')
    await other.sendDeed()
    await other.at('cell-superior_bureau-phone').locator('.sent').waitFor()
    await desk.at('cell-superior_bureau-phone').locator('.sent').waitFor() // without a reload
    await desk.says(/无录音/, desk.at('delivery-proof'))
    assert.equal(await element(desk, 'nature').inputValue(), '仓库火灾') // what is typed stays
    await desk.nothingCutOff()
    await desk.shot('79e-two-officers')
    await desk.key('Control+Enter')
    await until('written', async () => (await first()).version === 1)
    assert.equal((await first()).deliveries.length, 1)
  })

  await it('both write: who is late sees the other version, and nothing of either is lost', async () => {
    await other.says(/第 1 版/, other.at('report-editor'))
    assert.equal(await element(other, 'nature').inputValue(), '仓库火灾')
    await element(other, 'cause').fill('电气线路故障')
    await element(desk, 'measures').fill('消防4车到场')
    await desk.key('Control+Enter')
    await until('the second version', async () => (await first()).version === 2)
    await other.says(/他人已保存第 2 版/, other.at('report-stale'))
    assert.equal(await element(other, 'cause').inputValue(), '电气线路故障')
    await other.nothingCutOff()
    await other.shot('79f-stale')
    assert.equal((await first()).elements.measures, '消防4车到场')
    await other.at('report-stale').locator('button').click()
    assert.equal(await element(other, 'measures').inputValue(), '消防4车到场')
    await desk.key('Alt+Digit2')
    await until('both callers', async () => (await desk.at('caller').count()) === 2)
    await desk.says(/说法不一/, desk.at('differing'))
    await desk.shot('79g-differ')
    await desk.key('Alt+Digit3')
    await desk.says(/尚未通知到：主要领导、分管领导、业务科室/, desk.at('untold'))
    await desk.shot('79h-untold')
    await desk.key('Alt+Digit5')
    await until('the calls of the entries', async () => (await desk.at('fact', '[data-kind="entry_linked"]').locator('[data-test=fact-call]').count()) === 2)
    await desk.key('Alt+Digit1')
  })

  await it('a call after the first report is offered, named and noted as a follow-up, whichever report is open', async () => {
    const before = (await desk.newest()).id
    const placed = simulate('--to', SUPERIOR, '--talk', '6s')
    const call = await desk.nextCall(before)
    await placed
    await desk.at('stage-first').click()
    await desk.says(/续报第 1 期的电话报告/, desk.at('call-offer'))
    await desk.nothingCutOff()
    await desk.shot('79h2-offered')
    await desk.at('call-offer-go').click()
    await desk.says(/登记报送：续报第 1 期/)
    await input(desk, 'deed-receiver').fill('王某')
    await desk.sendDeed()
    await until('noted', async () => (await get()).reports.some((r) => r.number === 4 && r.deliveries.some((d) => d.call_id === call)))
    await desk.at('stage-follow_up').waitFor()
  })

  await it('one call, two incidents: it is a report of none until a digit says of which', async () => {
    second = await open(await told('13904012203', '浑河街道', { place: '浑河站路口', content: '路面坍塌。' }), 'collapse')
    const before = (await desk.newest()).id
    const placed = simulate('--to', SUPERIOR, '--talk', '6s')
    const call = await desk.nextCall(before)
    await placed
    // What the daemon offers for one incident, it offers for each; to whom the number belongs it cannot always tell.
    const real = await desk.fakeAnswer('**/api/v1/incidents/offers', (o) => {
      const of = o.calls.filter((c) => c.call_id === call)[0]
      return of ? { ...o, calls: [id, second].map((incident) => ({ ...of, incident, report: 1, stage: 'first', nth: 1, recipient: incident === id ? 'superior_bureau' : '' })) } : o
    })
    await desk.page.reload()
    await desk.show('e-' + call)
    await desk.says(/现有 2 起事件待报，是哪一起的电话报告/, desk.at('offer-say'))
    await desk.key('Alt+KeyV')
    await desk.at('offer-choices').waitFor()
    await desk.nothingCutOff()
    await desk.shot('79i-which-incident')
    await desk.key('Control+Enter')
    assert.equal(await desk.at('deed').count(), 0)
    await desk.key('Digit2')
    await desk.at('deed').waitFor()
    await desk.says(new RegExp((await get(second)).number + '[\\s\\S]*浑河站路口'), desk.at('deed-about'))
    await desk.key('Control+Enter')
    await desk.says(/请填写：报送对象/, desk.at('deed-missing'))
    await desk.at('recipient-government').click()
    await desk.nothingCutOff()
    await desk.shot('79j-recipient')
    await input(desk, 'deed-receiver').fill('王某')
    await desk.key('Control+Enter')
    await desk.says(/02422720100（市应急指挥中心）[\s\S]*不是“本级政府”登记的号码/, desk.at('deed-error'))
    await input(desk, 'deed-call_reason').fill('市应急指挥中心代转区政府')
    await desk.sendDeed()
    await until('registered', async () => (await get(second)).reports[0].deliveries.length === 1)
    const d = (await get(second)).reports[0].deliveries[0]
    assert.deepEqual([d.recipient, d.channel, d.call_id], ['government', 'phone', call])
    assert.equal((await first()).deliveries.length, 1) // nothing of it at the other incident
    real()
    for (const n of [id, second]) assert.equal((await desk.api('/incidents/' + n, 'PATCH', { key: 'e2e-two-over-' + n, state: 'closed', reason: '演练结束' })).status, 200)
    await desk.over(call)
    await Promise.all([desk.leave(), other.leave()])
  })
}

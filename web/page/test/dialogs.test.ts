import { describe, expect, it } from 'vitest'

import app from '../src/App.vue?raw'

const components = import.meta.glob('../src/components/*.vue', { eager: true, query: '?raw', import: 'default' }) as Record<string, string>
const named = (name: string) => components['../src/components/' + name + '.vue']

describe('dialogs', () => {
  it('are of one make, which steps aside for a call', () => {
    const others = Object.keys(components).filter((p) => /<ElDialog/.test(components[p]))
    expect(others).toEqual(['../src/components/DutyDialog.vue'])
    expect(named('DutyDialog')).toMatch(/watch\(wentToCall, \(\) => \{ shown\.value = false \}/)
    expect(Object.values(components).filter((text) => /<DutyDialog/.test(text)).length).toBeGreaterThan(20)
  })

  it('begin below what tells of a call', () => {
    expect(app).toMatch(/keepInSight\(/)
    expect(app).toMatch(/data-test="line"\], \[data-test="waiting"\]/)
    expect(named('LineBand')).toMatch(/data-test="line"/)
    expect(named('WaitingBar')).toMatch(/data-test="waiting"/)
  })

  it('have the digits for themselves: the bar of an outgoing call takes none that was meant for one', () => {
    expect(named('ServeBar')).toMatch(/useKeys\(\(key\) => \{\s+if \(dialogOpen\(\)\) return false/)
  })

  it('and small boxes keep what was typed into them', () => {
    for (const name of ['HandoverPage', 'MissedDialog', 'TaskDialog', 'SwapDialog', 'AbsenceDialog', 'FilingPanel', 'HoldDialog', 'MuteDialog', 'AlertsPage', 'SpotCheckDialog', 'ReviewForm', 'ListeningForm']) {
      expect(named(name), name).toMatch(/useAsked\(/)
    }
    expect(named('SwapDialog')).toMatch(/const name = useAsked\([\s\S]*const takeOn = useAsked\(/)
    expect(named('AbsenceDialog')).toMatch(/v-model="f\.leaves"[\s\S]*v-model="f\.returns"/) // with the other fields
    expect(named('HandoverPage')).toMatch(/<ConfirmDialog v-model="open" v-model:why="unsigned"/)
    expect(named('ContactDialog')).toMatch(/useCard\(/)
    expect(named('RuleDialog')).toMatch(/useRule\(/)
    expect(named('FilingRow')).toMatch(/useFilingAmend\(/)
    expect(named('AskLine')).toMatch(/useAskedUntil\(/)
    expect(named('GapPrompt')).toMatch(/useAskedOnce\(/)
    for (const [path, text] of Object.entries(components)) {
      for (const box of text.match(/<(AskLine|GapPrompt) [^>]*/g) || []) expect(box, path).toMatch(/:of="/)
    }
  })
})

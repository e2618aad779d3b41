import { afterEach, describe, expect, it, vi } from 'vitest'
import { daySheet, entrySheet, handoverSheet, monthSheet, printSheet, rosterSheet } from '@/logic/sheets'
import { sheetsEn, sheetsZh } from '@/i18n/sheets'

afterEach(() => vi.unstubAllGlobals())

describe('sheets', () => {
  it('have an address for paper and one for a workbook', () => {
    expect(daySheet('2026-11-27')).toEqual({ page: '/api/v1/sheets/day?day=2026-11-27', workbook: '/api/v1/sheets/day/workbook?day=2026-11-27' })
    expect(monthSheet('2026-11-27')).toEqual({ page: '/api/v1/sheets/month?month=2026-11', workbook: '/api/v1/sheets/month/workbook?month=2026-11' })
    expect(entrySheet('e-1.0~2/x').page).toBe('/api/v1/entries/e-1.0~2%2Fx/sheet')
  })

  it('of a roster are those in force or of its draft, and of a handover the kept one or that of now', () => {
    expect(rosterSheet('2026-11', false)).toEqual({ page: '/api/v1/roster/months/2026-11/sheet', workbook: '/api/v1/roster/months/2026-11/workbook' })
    expect(rosterSheet('2026-11', true).page).toBe('/api/v1/roster/months/2026-11/sheet?draft=true')
    expect(rosterSheet('2026-11', true).workbook).toBe('/api/v1/roster/months/2026-11/workbook?draft=true')
    expect(handoverSheet(12)).toEqual({ page: '/api/v1/handovers/12/sheet', workbook: '/api/v1/handovers/12/workbook' })
    expect(handoverSheet(0)).toEqual({ page: '/api/v1/handover/sheet', workbook: '/api/v1/handover/workbook' })
  })

  it('are printed as soon as they are there', () => {
    const sheet = { loaded: () => {}, print: vi.fn(), addEventListener: (_: string, run: () => void) => { sheet.loaded = run } }
    const open = vi.fn(() => sheet)
    vi.stubGlobal('window', { open, location: { href: '' } })
    printSheet('/x')
    expect(open).toHaveBeenCalledWith('/x', '_blank')
    expect(sheet.print).not.toHaveBeenCalled()
    sheet.loaded()
    expect(sheet.print).toHaveBeenCalledOnce()
  })

  it('are shown in the same window where no other can be opened', () => {
    const here = { open: () => null, location: { href: '' } }
    vi.stubGlobal('window', here)
    printSheet('/x')
    expect(here.location.href).toBe('/x')
  })

  it('have their words in both languages', () => {
    expect(Object.keys(sheetsEn)).toEqual(Object.keys(sheetsZh))
  })
})

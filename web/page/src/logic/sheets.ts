// Where the print pages and workbooks of the duty log are.
const BASE = '/api/v1'

export interface SheetAddress {
  page: string
  workbook: string
}

/** The sheet of a day written 2026-11-27. */
export function daySheet(day: string): SheetAddress {
  return { page: `${BASE}/sheets/day?day=${day}`, workbook: `${BASE}/sheets/day/workbook?day=${day}` }
}

/** The sheets of the month in which a day lies. */
export function monthSheet(day: string): SheetAddress {
  const month = day.slice(0, 7)
  return { page: `${BASE}/sheets/month?month=${month}`, workbook: `${BASE}/sheets/month/workbook?month=${month}` }
}

export function entrySheet(id: string): SheetAddress {
  const of = `${BASE}/entries/${encodeURIComponent(id)}`
  return { page: of + '/sheet', workbook: of + '/workbook' }
}

/** The roster of a month written 2026-11: what is in force, or its draft. */
export function rosterSheet(month: string, draft: boolean): SheetAddress {
  const of = `${BASE}/roster/months/${month}`
  return { page: of + '/sheet' + (draft ? '?draft=true' : ''), workbook: of + '/workbook' + (draft ? '?draft=true' : '') }
}

/** The sheet of a handover; without a number that of this moment. */
export function handoverSheet(id: number): SheetAddress {
  const of = BASE + (id ? `/handovers/${id}` : '/handover')
  return { page: of + '/sheet', workbook: of + '/workbook' }
}

/** Of one line; all of them where none is named. */
const ofLine = (line: string): string => (line ? '&line=' + encodeURIComponent(line) : '')

/** The figures of the days from one to another, by one grouping. */
export function figureSheet(from: string, to: string, by: string, line = ''): SheetAddress {
  const of = `?from=${from}&to=${to}&by=${by}${ofLine(line)}`
  return { page: `${BASE}/metrics/answering/sheet${of}`, workbook: `${BASE}/metrics/answering/workbook${of}` }
}

/** The numbers of one chart of the page 统计, and those of the other work, as workbooks. */
export const chartBook = (chart: string, from: string, to: string, line = ''): string => `${BASE}/metrics/answering/charts/${chart}/workbook?from=${from}&to=${to}${ofLine(line)}`
export const dutyBook = (from: string, to: string, line = ''): string => `${BASE}/metrics/duty/workbook?from=${from}&to=${to}` + (line && `&line=${encodeURIComponent(line)}`)

/** What came after a month was closed. */
export function correctionSheet(month: string): SheetAddress {
  const of = `${BASE}/metrics/answering/months/${encodeURIComponent(month)}`
  return { page: of + '/sheet', workbook: of + '/workbook' }
}

/** The register of spot checks of a month written 2026-11. */
export function spotSheet(month: string): SheetAddress {
  return { page: `${BASE}/sheets/spot-checks?month=${month}`, workbook: `${BASE}/sheets/spot-checks/workbook?month=${month}` }
}

/** The blank sheets of one printing. */
export const blankSheet = (id: number): string => `${BASE}/paper-sheets/${id}/sheet`

/** Opens a sheet in a window of its own and asks the browser to print it; the sheet itself has no script. */
export function printSheet(address: string): void {
  const sheet = window.open(address, '_blank')
  if (sheet) sheet.addEventListener('load', () => sheet.print())
  else window.location.href = address
}

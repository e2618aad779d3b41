// Texts about what is printed and exported.
export const sheetsZh = {
  'sheet.menu': '打印／导出',
  'sheet.print': '打印',
  'sheet.export': '导出',
  'sheet.printHint': '用 A4 纸打印',
  'sheet.tooLong': '超过 20000 条，一次打印或导出不下：请按天打印，或只选一条线路',
  'sheet.exportHint': '导出为 Excel 表格',
  'sheet.printDay': '打印 {day} 值班日志',
  'sheet.exportDay': '导出 {day} 值班日志（Excel）',
  'sheet.printMonth': '打印 {month} 全月（汇总表和日志）',
  'sheet.exportMonth': '导出 {month} 全月（Excel）',
} as const

export type SheetsKey = keyof typeof sheetsZh

export const sheetsEn: Record<SheetsKey, string> = {
  'sheet.menu': 'Print / export',
  'sheet.print': 'Print',
  'sheet.export': 'Export',
  'sheet.printHint': 'Print on A4',
  'sheet.tooLong': 'More than 20,000 entries are not printed or exported at once: choose a day, or one line',
  'sheet.exportHint': 'Export as an Excel workbook',
  'sheet.printDay': 'Print the duty log of {day}',
  'sheet.exportDay': 'Export the duty log of {day} (Excel)',
  'sheet.printMonth': 'Print the whole month {month} (table of days and log)',
  'sheet.exportMonth': 'Export the whole month {month} (Excel)',
}

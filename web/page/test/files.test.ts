// Files from the daemon: they come under their own name, and what comes instead is said.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fileName } from '@/api/client'
import { lang } from '@/i18n'
import { takeFile } from '@/state/files'
import { notices, say } from '@/state/notices'

const links: { href: string; download: string; clicked: number }[] = []
const components = import.meta.glob<string>('../src/**/*.{vue,ts}', { eager: true, query: '?raw', import: 'default' })
const said = () => notices.map((n) => say(n.text))

describe('a file', () => {
  beforeEach(() => {
    lang.value = 'zh'
    links.length = 0
    notices.splice(0)
    vi.useFakeTimers()
    vi.stubGlobal('document', { body: { appendChild: () => undefined, removeChild: () => undefined }, createElement: () => {
      const link = { href: '', download: '', clicked: 0, click: () => { link.clicked++ } }
      links.push(link)
      return link
    } })
    vi.stubGlobal('URL', { createObjectURL: () => 'blob:1', revokeObjectURL: () => undefined })
  })
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.useRealTimers()
  })
  const answers = (status: number, body: unknown, header = '') => vi.stubGlobal('fetch', async () => ({
    ok: status < 300, status, statusText: '', blob: async () => 'x', json: async () => body, headers: { get: () => header },
  }))

  it('comes under the name that the daemon gives it', async () => {
    answers(200, null, "attachment; filename*=UTF-8''%E7%AA%81%E5%8F%91%E4%BA%8B%E4%BB%B6%E4%BF%A1%E6%81%AF%E6%8A%A5%E5%91%8A-T2026-001-1.docx")
    await takeFile('/api/v1/incidents/1/reports/1/document')
    expect(links.map((l) => [l.href, l.download, l.clicked])).toEqual([['blob:1', '突发事件信息报告-T2026-001-1.docx', 1]])
    expect(said()).toEqual([])
    expect([fileName('attachment; filename="a b.xlsx"'), fileName(''), fileName("attachment; filename*=UTF-8''%E7%")]).toEqual(['a b.xlsx', '', ''])
  })

  it('that cannot be made says why, and nothing is clicked', async () => {
    answers(503, { type: '/problems/report-template', detail: 'The template is broken.' })
    await takeFile('/api/v1/incidents/1/reports/1/document')
    answers(404, { type: 'about:blank', detail: 'No such thing.' })
    await takeFile('/api/v1/entries/e/attachments/9')
    vi.stubGlobal('fetch', async () => { throw new TypeError('failed to fetch') })
    await takeFile('/api/v1/sheets/day/workbook?day=2026-11-27')
    expect(links).toEqual([])
    expect(said()).toEqual(['文件没有取到：报告模板有误，Word 文档无法生成；请打印网页版，并请管理员检查模板', '文件没有取到：没有找到，可能编号有误', '文件没有取到：连接不上服务器'])
  })

  it('that is on its way is not asked for a second time', async () => {
    let asked = 0
    vi.stubGlobal('fetch', async () => { asked++; return { ok: true, blob: async () => 'x', headers: { get: () => '' } } })
    await Promise.all([takeFile('/api/v1/a'), takeFile('/api/v1/a'), takeFile('/api/v1/b')])
    expect(asked).toBe(2)
  })

  it('is taken this way everywhere', () => {
    const others = Object.keys(components).filter((path) => !/state\/files\.ts$/.test(path) && /\.download = |<a [^>]*\sdownload\b/.test(components[path]))
    expect(others).toEqual([])
  })
})

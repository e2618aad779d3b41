import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { api, ApiError } from '@/api/client'
import type { Attachment } from '@/api/types'
import { attachmentsEn, attachmentsZh } from '@/i18n/attachments'
import { filesOf, LARGEST, reasonOf, sizeOf, unnamed } from '@/logic/attachments'
import { AGAIN_MS, useAttachments } from '@/state/attachments'

const file = (name: string, size = 10) => ({ name, size }) as File
const transfer = (files: File[], types: string[]) => ({ files, types }) as unknown as DataTransfer
const row = (id: number): Attachment => ({ id, name: 'a.pdf', type: 'application/pdf', size: 5, sha256: '', by: '李娜', at: '', state: 'kept', decision: 0 })

describe('why a file was not taken', () => {
  it('is known by a mark in the sentence of the daemon', () => {
    const said = (detail: string, status = 422) => reasonOf(new ApiError(status, '', detail))
    expect(said('body.file: is empty: choose the file again')).toBe('attach.why.empty')
    expect(said('body.file: is a JPEG photo, but its name ends in ".png": name it .jpg, or look at what it is')).toBe('attach.why.name')
    expect(said('body.file: is named like a PDF document, but does not begin as one: it is damaged or only has that name; open it here')).toBe('attach.why.broken_kind')
    expect(said('body.file: is a program, whatever its name says: programs are not taken')).toBe('attach.why.program')
    expect(said('body.file: holds a program (JavaScript), which could do anything')).toBe('attach.why.pdf')
    expect(said('body.file: holds another file inside (EmbeddedFile), which')).toBe('attach.why.pdf')
    expect(said('body.file: holds macros, which could do anything')).toBe('attach.why.macro')
    expect(said('body.file: is a document for macros: save it')).toBe('attach.why.macro')
    expect(said('body.file: unpacks into more than 200 MB, as archives do that are meant to harm')).toBe('attach.why.bomb')
    expect(said('body.file: is one too many: an entry has at most 20 attachments')).toBe('attach.why.many')
    expect(said('body.file: is too much: the attachments of one entry may have 100 MB together')).toBe('attach.why.sum')
    expect(said('body.file: is attached to this entry already, as a.pdf')).toBe('attach.why.again')
    expect(said('query.name: is no name of a file')).toBe('attach.why.noName')
    expect(said('The file has more than 20 MB; attach a smaller one', 413)).toBe('attach.why.large')
    expect(said('The body is larger than 20971520 bytes; send less.', 413)).toBe('attach.why.large')
  })

  it('is left to the usual words when it is no fault of the file', () => {
    expect(reasonOf(new ApiError(503, '', 'the key is not here'))).toBeUndefined()
    expect(reasonOf(new ApiError(422, '', 'something new'))).toBeUndefined()
    expect(reasonOf(new Error('is empty'))).toBeUndefined()
  })

  it('has its words in both languages', () => {
    expect(Object.keys(attachmentsEn).sort()).toEqual(Object.keys(attachmentsZh).sort())
  })
})

describe('files that come by paste or drag', () => {
  it('are not taken when there is text as well: that is what was copied', () => {
    expect(filesOf(transfer([file('image.png')], ['Files']))).toHaveLength(1)
    expect(filesOf(transfer([file('image.png')], ['text/plain', 'Files']))).toHaveLength(0)
    expect(filesOf(transfer([], []))).toHaveLength(0)
    expect(filesOf(null)).toHaveLength(0)
  })

  it('get a name of their own when they are pictures from the clipboard', () => {
    expect(unnamed(file('image.png'))).toBe(true)
    expect(unnamed(file('传真.pdf'))).toBe(false)
  })

  it('say their size in a unit that people know', () => {
    expect(sizeOf(1)).toEqual({ key: 'attach.kb', n: 1 })
    expect(sizeOf(900 * 1024)).toEqual({ key: 'attach.kb', n: 900 })
    expect(sizeOf(3.25 * 1024 * 1024)).toEqual({ key: 'attach.mb', n: 3.3 })
  })
})

describe('the attachments of an entry', () => {
  beforeEach(() => {
    vi.spyOn(api, 'attachments').mockResolvedValue({ items: [row(1)] })
  })
  afterEach(() => vi.restoreAllMocks())
  const settled = () => new Promise((done) => setTimeout(done))

  it('are sent one after the other; one that is refused hinders no other', async () => {
    const sent: string[] = []
    vi.spyOn(api, 'attach').mockImplementation(async (_entry, name) => {
      sent.push(name)
      if (name === 'b.exe') throw new ApiError(422, '', 'body.file: is of a kind that cannot be attached')
      return row(2)
    })
    const scope = effectScope()
    const a = scope.run(() => useAttachments(() => 'e-1'))!
    await settled()
    expect(a.state.items).toHaveLength(1)
    await a.add([file('a.pdf'), file('b.exe'), file('large.pdf', LARGEST + 1), file('image.png')])
    expect(sent).toEqual(['a.pdf', 'b.exe', expect.stringMatching(/^截图-\d{14}\.png$/)])
    expect(a.state.failures).toEqual([expect.stringContaining('large.pdf 未添加：文件超过 20 MB'), expect.stringContaining('b.exe 未添加：不支持这种文件')])
    expect(a.state.sending).toBe('')
    expect(a.shown.value).toBe(true)
    scope.stop()
  })

  it('wait for a reason where the entry is complete, and go with it or not at all', async () => {
    const sent: string[] = []
    vi.spyOn(api, 'attach').mockImplementation(async (_entry, name, _file, reason) => {
      sent.push(name + ' ' + reason)
      return row(2)
    })
    const scope = effectScope()
    const a = scope.run(() => useAttachments(() => 'e-1', () => true))!
    await settled()
    await a.add([file('a.pdf')])
    await a.add([file('b.pdf')])
    expect(sent).toEqual([])
    expect([a.state.waiting.length, a.shown.value]).toEqual([2, true])
    expect(await a.send('传真后到')).toBe(true)
    expect(sent).toEqual(['a.pdf 传真后到', 'b.pdf 传真后到'])
    await a.add([file('c.pdf')])
    a.drop()
    expect([sent.length, a.state.waiting.length]).toEqual([2, 0])
    scope.stop()
  })

  it('stay when the network fails, though another entry is opened meanwhile, and go when they are sent again', async () => {
    const away = new ApiError(0, 'offline', '')
    const attach = vi.spyOn(api, 'attach').mockRejectedValue(away)
    const first = effectScope()
    const a = first.run(() => useAttachments(() => 'e-9', () => true))!
    await a.add([file('a.pdf'), file('b.pdf')])
    expect(await a.send('传真后到')).toBe(false)
    expect(attach).toHaveBeenCalledTimes(1) // nothing arrives: the second one is not tried in vain
    expect([a.state.waiting.map((w) => w.name), a.state.sending, a.state.failures]).toEqual([['a.pdf', 'b.pdf'], '', []])
    expect(a.state.lost).toBe('连接不上服务器')
    first.stop() // a call that rang was answered
    const other = effectScope()
    expect(other.run(() => useAttachments(() => 'e-10'))!.state.waiting).toEqual([])
    other.stop()
    const back = effectScope()
    const again = back.run(() => useAttachments(() => 'e-9', () => true))!
    expect([again.state.waiting.length, again.shown.value]).toEqual([2, true])
    attach.mockRejectedValueOnce(new ApiError(422, '', 'body.file: is attached to this entry already, as a.pdf')).mockResolvedValue(row(2))
    expect(await again.send('传真后到')).toBe(true) // a.pdf had arrived, only the answer had not
    expect([again.state.waiting, again.state.failures, again.state.lost]).toEqual([[], [], ''])
    back.stop()
  })

  it('of an open entry are offered again when they did not arrive, and can be given up', async () => {
    const attach = vi.spyOn(api, 'attach').mockRejectedValue(new ApiError(503, '', ''))
    const scope = effectScope()
    const a = scope.run(() => useAttachments(() => 'e-11'))!
    await a.add([file('a.pdf')])
    expect([a.state.waiting.length, a.state.lost !== '']).toEqual([1, true])
    attach.mockResolvedValueOnce(row(2))
    expect(await a.send('')).toBe(true)
    await a.add([file('b.pdf')])
    a.drop()
    expect([a.state.waiting, a.state.lost]).toEqual([[], ''])
    scope.stop()
  })

  it('say that they could not be read, and are asked for again by themselves', async () => {
    vi.useFakeTimers()
    const read = vi.spyOn(api, 'attachments').mockRejectedValue(new ApiError(0, 'offline', ''))
    const scope = effectScope()
    const a = scope.run(() => useAttachments(() => 'e-1'))!
    await vi.advanceTimersByTimeAsync(0)
    expect(a.state.unread).toBe(true)
    await vi.advanceTimersByTimeAsync(AGAIN_MS)
    expect([read.mock.calls.length, a.state.unread]).toEqual([2, true])
    read.mockResolvedValue({ items: [row(1)] })
    await vi.advanceTimersByTimeAsync(AGAIN_MS)
    expect([a.state.unread, a.state.items.length]).toEqual([false, 1])
    await vi.advanceTimersByTimeAsync(3 * AGAIN_MS)
    expect(read).toHaveBeenCalledTimes(3)
    scope.stop()
    vi.useRealTimers()
  })
})

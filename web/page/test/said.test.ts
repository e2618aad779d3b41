// What the daemon says in English, as the Chinese page shows it.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '@/api/client'
import type { Call, Recording } from '@/api/types'
import { lang } from '@/i18n'
import { causeText, recordingCause } from '@/i18n/causes'
import { problemDetail, problemText } from '@/i18n/problems'

afterEach(() => {
  lang.value = 'zh'
  vi.useRealTimers()
})

describe('causes of trouble with recordings', () => {
  it.each([
    ["the switch's recording has no audio: check the media path (codecs, NAT, firewall) between switch, trunk and phone",
      '录音中没有声音：请检查交换机、中继和话机之间的语音通路（编码、NAT、防火墙）'],
    ["the switch's recording has no audio: the switch crashed or was ended in mid-call before it wrote any",
      '交换机在通话中崩溃或被停止，录音中没有声音；若交换机一直正常，请检查语音通路（编码、NAT、防火墙）'],
    ["the switch recorded nothing of the caller's side; that channel is silent", '交换机没有录到来电方一侧，该声道无声'],
    ["the switch recorded nothing of the officer's side; that channel is silent; the officer's side ended 1.2s earlier and is padded with silence",
      '交换机没有录到值班员一侧，该声道无声；值班员一侧提前 1.2 秒结束，已用静音补齐'],
    ["the archive's disk is full; make room or move archive.folder to a larger disk, it goes on by itself: no space left on device",
      '归档磁盘已满：请腾出空间，之后自动继续'],
    ["seal the recording: the archive's disk is full; make room: no space left", '归档磁盘已满：请腾出空间，之后自动继续'],
    ['fetch the recording: the far side: connection refused', '暂时无法从交换机取回录音，将自动重试'],
    ['the recording was sealed before the duty log knew of it (the log was restored from an older backup, or the file was put there by hand); it was taken over as it lies in the archive',
      '录音已在归档中，按现状登记（日志曾从较早的备份恢复，或文件由人工放入）'],
    ['take over the recording that lies in the archive: the sealed file was altered: 2026/11/23/1.0.flac.age cannot be read as a recording (EOF); put it back from the backup',
      '封存的录音与封存时不一致，不能播放，请用备份恢复'],
    ['something never heard of', '详情请见提示（英文）'],
    ['', ''],
  ])('%s', (english, want) => expect(causeText(english)).toBe(want))

  const call = (reason: string, findings: string[] = []) =>
    ({ findings, recording: { status: 'missing', reason } as Recording }) as Call

  it('falls back on the findings of the call', () => {
    expect(recordingCause(call('', ['recording_missing', 'borderline']))).toBe('已接听的通话没有找到录音')
    expect(recordingCause(call('never heard of', ['silent_caller_side']))).toBe('录音中来电方一侧无声')
    expect(recordingCause(call(''))).toBe('')
  })

  it('stays English on the English page', () => {
    lang.value = 'en'
    expect(recordingCause(call('never heard of'))).toBe('never heard of')
    expect(recordingCause(call('', ['recording_missing']))).toMatch(/no recording/)
  })
})

describe('refusals', () => {
  const refused = (status: number, type = '', more = {}) =>
    new ApiError(status, 'title', 'An English sentence.', { type: type && '/problems/' + type, ...more })

  it.each([
    [refused(403, 'not-allowed'), '当前账号没有此项权限'],
    [refused(409, 'stale-revision'), '内容刚被他人修改，请核对后再试'],
    [refused(422, 'invalid-value', { errors: [{ location: 'body.content' }] }), '填写的内容不符合要求：电话内容'],
    [refused(422, 'incomplete-entry', { missing: ['content', 'read_back'] }), '还缺：电话内容、复述校对'],
    [refused(404, 'about:blank'), '没有找到，可能编号有误'],
    [refused(500), '服务器内部出错，请稍后再试；若反复出现请联系管理员'],
    [refused(418), '服务器没有接受（代码 418）'],
    [new ApiError(0, 'offline', 'TypeError: failed'), '连接不上服务器'],
    [new TypeError('x is undefined'), '页面出错，请刷新后再试'],
  ])('%s is said in Chinese, without English', (error, want) => {
    expect(problemText(error)).toBe(want)
    expect(problemDetail(error)).not.toBe('')
  })

  it('are shown as they came on the English page', () => {
    lang.value = 'en'
    expect(problemText(refused(403, 'not-allowed'))).toBe('An English sentence.')
    expect(problemText(new ApiError(0, 'offline', 'TypeError: failed'))).toBe('the server cannot be reached')
  })
})

describe('notices', () => {
  it('follow the language, and a later one about the same thing takes the place of the one before', async () => {
    vi.useFakeTimers()
    const { notices, notify, say } = await import('@/state/notices')
    notify(() => (lang.value === 'zh' ? '已发出' : 'sent'))
    expect(say(notices[0].text)).toBe('已发出')
    lang.value = 'en'
    expect(say(notices[0].text)).toBe('sent')
    notify('sent')
    expect(notices.length).toBe(1)
    notify('first', 'bad', 'open', () => undefined, 'alert:1')
    notify('second', 'bad', 'open', () => undefined, 'alert:1')
    expect(notices.map((n) => say(n.text))).toEqual(['sent', 'second'])
    vi.advanceTimersByTime(6000)
    expect(notices.map((n) => say(n.text))).toEqual(['second'])
    vi.advanceTimersByTime(14_000)
    expect(notices).toEqual([])
  })
})

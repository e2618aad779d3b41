import { describe, expect, it } from 'vitest'
import { FIELDS, type Entry, type Kind } from '@/api/types'
import {
  accepted, conflictFields, dirtyFields, draftOf, fromStored, inConflict, isDirty, markOf, patchOf, rebase, resolve, resolveKind, sameSlot, sentSlots, slot, toStored,
} from '@/logic/draft'

function entry(over: Partial<Entry> = {}): Entry {
  const blank = {} as Entry
  for (const f of FIELDS) blank[f] = ''
  return {
    ...blank, id: 'e-1', call_id: '1', line: 'duty', kind: 'duty', state: 'open', revision: 1, call_at: null, number: '', number_e164: '',
    rostered: '', responsible: '', written_by: '', read_back_by: '', read_back_at: null, opened_at: null, completed_at: null,
    gaps: {}, candidates: [], missing: [], ...over,
  }
}

describe('what the server strips', () => {
  it.each([
    ['张\u200b伟', '张伟'], ['\ufeff火情', '火情'], ['\u202e反\u202c', '反'], ['a\u2028b', 'a\nb'], ['024\u00ad22', '02422'], ['葛\u{e0100}', '葛'], ['\u3164', ''], ['a\r\nb', 'a\nb'], [' x\u0007 ', 'x'],
  ])('%j is no other text than %j', (mine, theirs) => {
    expect(sameSlot(slot(mine), slot(theirs))).toBe(true)
    expect(markOf(slot(mine))).toBe(markOf(slot(theirs)))
    expect(patchOf({ ...draftOf(entry({ content: theirs })), form: draftOf(entry({ content: mine })).form })).toBeNull()
  })

  it.each([['👨🚒', '👨'], ['a b', 'ab'], ['一\n二', '一二'], ['𠮷', '吉']])('%j is another text than %j', (mine, theirs) => {
    expect(sameSlot(slot(mine), slot(theirs))).toBe(false)
  })
})

describe('what is sent', () => {
  it('sends nothing when nothing changed', () => {
    expect(patchOf(draftOf(entry()))).toBeNull()
  })

  it('sends only what changed, with the revision that was seen', () => {
    const d = draftOf(entry({ revision: 4, caller_unit: '沈河区' }))
    d.form.content = slot('火灾')
    expect(patchOf(d)).toEqual({ revision: 4, content: '火灾' })
  })

  it('takes a gap for a value and a value for a gap', () => {
    const d = draftOf(entry({ caller_unit: '沈河区', gaps: { caller_title: { why: 'refused', reason: '不愿' } } }))
    d.form.caller_unit = slot('', { why: 'not_given', reason: '听不清' })
    d.form.caller_title = slot('科长')
    expect(patchOf(d)).toEqual({
      revision: 1, caller_unit: '', caller_title: '科长',
      gaps: { caller_unit: { why: 'not_given', reason: '听不清' }, caller_title: null },
    })
  })

  it('does not call a trailing blank or a control character a change', () => {
    const d = draftOf(entry({ content: '火灾' }))
    d.form.content = slot('火灾 \u0007')
    expect(isDirty(d)).toBe(false)
  })

  it('sends the kind alone', () => {
    const d = draftOf(entry())
    d.kind = 'nuisance'
    expect(patchOf(d)).toEqual({ revision: 1, kind: 'nuisance' })
  })
})

describe('two people in one entry', () => {
  it('takes over what only they changed and keeps what only I changed', () => {
    const d = draftOf(entry())
    d.form.content = slot('我的')
    const merged = rebase(d, entry({ revision: 2, caller_unit: '他的' }))
    expect(merged.form.caller_unit.value).toBe('他的')
    expect(merged.form.content.value).toBe('我的')
    expect(conflictFields(merged)).toEqual([])
    expect(patchOf(merged)).toEqual({ revision: 2, content: '我的' })
  })

  it('asks when both changed the same field, and sends nothing of it until answered', () => {
    const d = draftOf(entry({ content: '旧' }))
    d.form.content = slot('我的')
    d.form.category = slot('其他')
    const merged = rebase(d, entry({ revision: 2, content: '他的' }))
    expect(conflictFields(merged)).toEqual(['content'])
    expect(merged.form.content.value).toBe('我的')
    expect(patchOf(merged)).toEqual({ revision: 2, category: '其他' })
    expect(patchOf(resolve(merged, 'content', 'mine'))).toMatchObject({ content: '我的' })
    expect(resolve(merged, 'content', 'theirs').form.content.value).toBe('他的')
    expect(dirtyFields(resolve(merged, 'content', 'theirs'))).toEqual(['category'])
    expect(resolve(merged, 'content', 'both').form.content.value).toBe('他的\n我的')
  })

  it('sees no conflict when both wrote the same', () => {
    const d = draftOf(entry())
    d.form.content = slot('同样')
    const merged = rebase(d, entry({ revision: 2, content: '同样' }))
    expect(isDirty(merged)).toBe(false)
  })

  it('drops a conflict when they take their change back', () => {
    const d = draftOf(entry({ content: '旧' }))
    d.form.content = slot('我的')
    const once = rebase(d, entry({ revision: 2, content: '他的' }))
    const twice = rebase(once, entry({ revision: 3, content: '旧' }))
    expect(conflictFields(twice)).toEqual([])
    expect(patchOf(twice)).toEqual({ revision: 3, content: '我的' })
  })

  it('a gap of theirs against a value of mine is a conflict too', () => {
    const d = draftOf(entry())
    d.form.caller_title = slot('科长')
    const merged = rebase(d, entry({ revision: 2, gaps: { caller_title: { why: 'refused', reason: '不愿' } } }))
    expect(conflictFields(merged)).toEqual(['caller_title'])
  })
})

describe('saving while typing goes on', () => {
  it('keeps what was typed after the request left', () => {
    const d = draftOf(entry())
    d.form.content = slot('火')
    const sent = sentSlots(d)
    d.form.content = slot('火灾')
    const after = accepted(d, sent, 'duty', entry({ revision: 2, content: '火' }))
    expect(after.form.content.value).toBe('火灾')
    expect(patchOf(after)).toEqual({ revision: 2, content: '火灾' })
  })

  it('does not quarrel with its own text when the answer was lost on the way', () => {
    const d = draftOf(entry())
    d.form.content = slot('火')
    d.unsure = sentSlots(d)
    d.form.content = slot('火灾')
    const after = rebase(d, entry({ revision: 2, content: '火' }))
    expect(conflictFields(after)).toEqual([])
    expect(patchOf(after)).toEqual({ revision: 2, content: '火灾' })
  })

})

describe('the kind', () => {
  const chose = (kind: Kind, base: Kind = 'duty') => ({ ...draftOf(entry({ kind: base })), kind })

  it('that others changed is taken over while nobody chose one here', () => {
    const after = rebase(draftOf(entry()), entry({ revision: 2, kind: 'missed' }))
    expect([after.kind, after.baseKind, inConflict(after), isDirty(after)]).toEqual(['missed', 'missed', false, false])
  })

  it('that was chosen here is sent when only other things changed', () => {
    const after = rebase(chose('spot_check'), entry({ revision: 2, category: '其他' }))
    expect(patchOf(after)).toEqual({ revision: 2, kind: 'spot_check' })
  })

  it('chosen alike on both sides is no conflict', () => {
    const after = rebase(chose('fax', 'visit'), entry({ revision: 2, kind: 'fax' }))
    expect([inConflict(after), isDirty(after)]).toEqual([false, false])
  })

  it('chosen differently is never written over: mine waits until a person decides', () => {
    const after = rebase(chose('patrol', 'visit'), entry({ revision: 2, kind: 'wechat' }))
    expect([after.kind, after.kindConflict, inConflict(after), conflictFields(after)]).toEqual(['patrol', 'wechat', true, []])
    expect(patchOf(after)).toBeNull()
    expect(patchOf(resolveKind(after, 'mine'))).toEqual({ revision: 2, kind: 'patrol' })
    const theirs = resolveKind(after, 'theirs')
    expect([theirs.kind, isDirty(theirs), inConflict(theirs)]).toEqual(['wechat', false, false])
  })

  it('in conflict holds no field back, and goes on asking after that was saved', () => {
    const d = rebase({ ...chose('patrol', 'visit'), form: { ...draftOf(entry()).form, content: slot('二楼') } }, entry({ revision: 2, kind: 'wechat' }))
    expect(patchOf(d)).toEqual({ revision: 2, content: '二楼' })
    const after = accepted(d, sentSlots(d), d.baseKind, entry({ revision: 3, kind: 'wechat', content: '二楼' }))
    expect([after.kind, after.kindConflict, patchOf(after)]).toEqual(['patrol', 'wechat', null])
    const third = rebase(after, entry({ revision: 4, kind: 'fax', content: '二楼' }))
    expect(third.kindConflict).toBe('fax')
    expect(rebase(third, entry({ revision: 5, kind: 'visit', content: '二楼' })).kindConflict).toBeNull() // they took it back
  })

  it('that may have arrived is mine when it stands there', () => {
    const d = { ...chose('fax', 'visit'), unsureKind: 'patrol' as Kind }
    expect(patchOf(rebase(d, entry({ revision: 2, kind: 'patrol' })))).toEqual({ revision: 2, kind: 'fax' })
    expect(rebase(d, entry({ revision: 3, kind: 'wechat' })).kindConflict).toBe('wechat')
  })

  it('is asked about after a reload, too', () => {
    const kept = JSON.parse(JSON.stringify(toStored(chose('patrol', 'visit'), 1)))
    expect(fromStored(entry({ revision: 2, kind: 'wechat' }), kept).kindConflict).toBe('wechat')
    const asked = rebase(chose('patrol', 'visit'), entry({ revision: 2, kind: 'wechat' }))
    expect(fromStored(entry({ revision: 2, kind: 'wechat' }), toStored(asked, 1)!).kindConflict).toBe('wechat')
  })

  it('without a conflict has nothing to settle', () => {
    const d = chose('fax', 'visit')
    expect(resolveKind(d, 'theirs')).toBe(d)
  })
})

describe('what is kept on this PC', () => {
  it('keeps nothing once saved', () => {
    expect(toStored(draftOf(entry({ content: 'x' })), 1)).toBeNull()
  })

  it('comes back over the entry as it stands after a reload', () => {
    const d = draftOf(entry({ content: '旧' }))
    d.form.content = slot('没来得及保存')
    d.form.caller_unit = slot('', { why: 'refused', reason: '不愿' })
    d.kind = 'spot_check'
    const kept = JSON.parse(JSON.stringify(toStored(d, 1)))
    const back = fromStored(entry({ revision: 5, content: '旧', category: '其他' }), kept)
    expect(back.form.content.value).toBe('没来得及保存')
    expect(patchOf(back)).toEqual({
      revision: 5, content: '没来得及保存', kind: 'spot_check', gaps: { caller_unit: { why: 'refused', reason: '不愿' } },
    })
  })

  it('asks when somebody changed the same field meanwhile', () => {
    const d = draftOf(entry({ content: '旧' }))
    d.form.content = slot('我的')
    const back = fromStored(entry({ revision: 5, content: '他的' }), toStored(d, 1)!)
    expect(conflictFields(back)).toEqual(['content'])
  })

  it('holds nothing that the server holds: only what was typed', () => {
    const d = draftOf(entry({ content: '服务器上的电话内容', caller_unit: '沈河区', gaps: { caller_title: { why: 'refused', reason: '原来的原因' } } }))
    d.form.content = slot('我的')
    d.form.caller_title = slot('科长')
    const text = JSON.stringify(toStored(d, 1))
    expect(text).not.toMatch(/服务器|沈河区|原来的原因|refused/)
    expect(Object.keys(toStored(d, 1)!.fields).sort()).toEqual(['caller_title', 'content'])
    expect(text).toMatch(/我的[\s\S]*|科长/)
  })

  it('goes on asking, whatever else is saved, and keeps the mark over another reload', () => {
    const d = draftOf(entry({ content: '旧' }))
    d.form.content = slot('我的')
    const back = fromStored(entry({ revision: 5, content: '他的' }), toStored(d, 1)!)
    const later = rebase(back, entry({ revision: 6, content: '他的', category: '其他' }))
    expect(conflictFields(later)).toEqual(['content'])
    expect(patchOf(later)).toBeNull()
    const again = fromStored(entry({ revision: 6, content: '他的' }), JSON.parse(JSON.stringify(toStored(later, 2))))
    expect(conflictFields(again)).toEqual(['content'])
    expect(patchOf(resolve(again, 'content', 'mine'))).toEqual({ revision: 6, content: '我的' })
    expect(conflictFields(rebase(later, entry({ revision: 7, content: '旧' })))).toEqual([])
  })

  it('asks about a draft whose mark cannot be read, unless the same stands there', () => {
    const odd = { id: 'e-1', at: 1, fields: { content: { mine: slot('我的') } } } as unknown as Parameters<typeof fromStored>[1]
    expect(conflictFields(fromStored(entry({ content: '他的' }), odd))).toEqual(['content'])
    expect(isDirty(fromStored(entry({ content: '我的' }), odd))).toBe(false)
  })

  it('marks tell values and gaps apart, not blanks at the end', () => {
    const gap = slot('', { why: 'refused', reason: '不愿' })
    const all = [slot(''), slot('a'), slot('b'), gap, slot('', { why: 'not_given', reason: '不愿' })].map(markOf)
    expect(new Set(all).size).toBe(all.length)
    expect(markOf(slot('火灾 '))).toBe(markOf(slot('火灾')))
  })
})

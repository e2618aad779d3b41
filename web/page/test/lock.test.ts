// A page that nobody touches locks, and the daemon's word that it is locked is taken at once.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Session } from '@/api/types'

const listeners: Record<string, (() => void)[]> = {}
const store = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined }
vi.useFakeTimers()
vi.stubGlobal('window', { addEventListener: (name: string, f: () => void) => { (listeners[name] = listeners[name] || []).push(f) } })
vi.stubGlobal('sessionStorage', store)
vi.stubGlobal('localStorage', store)

const { api, ApiError, hooks } = await import('@/api/client')
const { login, session, start, unlock } = await import('@/state/session')
const { idleFor, isIdle, lockNow, startIdle, touched } = await import('@/state/idle')

const officer: Session = { username: 'li', name: '李娜', role: 'officer', must_change_password: false, locked: false, lock_after_ms: 60_000 } as Session
let onThePhone = false
startIdle(() => onThePhone)

beforeEach(() => {
  Object.assign(session, { user: { ...officer }, locked: null, expired: false })
  onThePhone = false
  touched()
  vi.restoreAllMocks()
})

describe('a page that nobody touches', () => {
  it('locks after its time, and not before', () => {
    vi.advanceTimersByTime(59_000)
    expect(session.user).not.toBeNull()
    vi.advanceTimersByTime(6000)
    expect(session.user).toBeNull()
    expect(session.locked && session.locked.username).toBe('li')
    expect(session.expired).toBe(false)
  })
  it('stays open while keys are pressed', () => {
    for (let i = 0; i < 10; i++) {
      vi.advanceTimersByTime(30_000)
      listeners.keydown.forEach((f) => f())
      expect(idleFor()).toBe(0)
    }
    expect(session.user).not.toBeNull()
  })
  it('stays open while the officer is on the phone', () => {
    onThePhone = true
    vi.advanceTimersByTime(600_000)
    expect(session.user).not.toBeNull()
    onThePhone = false
    vi.advanceTimersByTime(66_000)
    expect(session.user).toBeNull()
  })
  it('never locks where that is switched off', () => {
    session.user = { ...officer, lock_after_ms: 0 }
    vi.advanceTimersByTime(3_600_000)
    expect(session.user).not.toBeNull()
    expect([isIdle(0, 1e9), isIdle(60_000, 59_999), isIdle(60_000, 60_000)]).toEqual([false, false, true])
  })
  it('has nothing to lock when nobody is signed in', () => {
    session.user = null
    lockNow()
    expect(session.locked).toBeNull()
  })
})

describe('the word of the daemon', () => {
  it('locks the page, and a session that has ended is something else', () => {
    hooks.unauthorized(true)
    expect([session.user, session.locked && session.locked.username, session.expired]).toEqual([null, 'li', false])
    session.user = { ...officer }
    session.locked = null
    hooks.unauthorized(false)
    expect([session.user, session.locked, session.expired]).toEqual([null, null, true])
  })
  it.each([
    ['at the page', () => login('wang', 'x')],
    ['by a handover', () => start()],
  ])('says nothing of whoever signed in meanwhile %s', async (_, signIn) => {
    let late = (answer: Response): void => void answer
    vi.spyOn(globalThis, 'fetch').mockImplementationOnce(() => new Promise((answer) => { late = answer }))
    const asked = api.entry('e-1').then(() => 'read', () => 'refused') // by the outgoing officer
    vi.spyOn(api, 'login').mockResolvedValue({ ...officer, username: 'wang' })
    vi.spyOn(api, 'session').mockResolvedValue({ ...officer, username: 'wang' })
    vi.spyOn(api, 'practice').mockResolvedValue({ enabled: false })
    await signIn()
    late(new Response('{"type":"/problems/sign-in-required"}', { status: 401 }))
    expect(await asked).toBe('refused')
    expect([session.user && session.user.username, session.expired]).toEqual(['wang', false])
  })
  it('is heard when the page is opened', async () => {
    session.user = null
    vi.spyOn(api, 'session').mockResolvedValue({ ...officer, locked: true })
    vi.spyOn(api, 'practice').mockResolvedValue({ enabled: false })
    await start()
    expect([session.user, session.locked && session.locked.name]).toEqual([null, '李娜'])
  })
})

describe('the password', () => {
  it('opens the page', async () => {
    lockNow()
    const asked = vi.spyOn(api, 'unlock').mockResolvedValue({ ...officer })
    await unlock('secret')
    expect(asked).toHaveBeenCalledWith('secret')
    expect([session.user && session.user.username, session.locked]).toEqual(['li', null])
  })
  it('leaves it locked when it is wrong', async () => {
    lockNow()
    vi.spyOn(api, 'unlock').mockRejectedValue(new ApiError(401, 'Unauthorized', 'The login name or the password is wrong.', { type: '/problems/sign-in-required' }))
    const login = vi.spyOn(api, 'login')
    await expect(unlock('wrong')).rejects.toThrow('wrong')
    expect(login).not.toHaveBeenCalled()
    expect([session.user, session.locked && session.locked.username]).toEqual([null, 'li'])
  })
  it('signs in again when the session has ended meanwhile', async () => {
    lockNow()
    vi.spyOn(api, 'unlock').mockRejectedValue(new ApiError(401, 'Unauthorized', 'Sign in first: there is no session, or it has ended.', { type: '/problems/sign-in-required' }))
    const login = vi.spyOn(api, 'login').mockResolvedValue({ ...officer })
    await unlock('secret')
    expect(login).toHaveBeenCalledWith('li', 'secret')
    expect(session.user && session.user.username).toBe('li')
  })
})

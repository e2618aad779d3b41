// Development only: a small stand-in for the daemon, until the real one is there.
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'

const dist = new URL('../dist', import.meta.url).pathname
const port = Number(process.argv[2] || 8490)
const rule = { on_ms: 1000, off_ms: 4000, offset_ms: 0, limit: 3, version: 'rings-3-on-1s-off-4s-pm-100ms' }
const REQ = { duty: ['caller_unit', 'caller_person', 'caller_title', 'contact_number', 'content', 'read_back'], missed: ['call_back_result'], wrong_number: [], nuisance: [], spot_check: ['caller_unit', 'inspector', 'check_result'], outgoing: ['called_whom', 'called_why'] }
const NG = ['not_given', 'refused']
const kinds = Object.keys(REQ).map((kind) => ({ kind, required: REQ[kind], gaps: Object.fromEntries(REQ[kind].filter((f) => !/^called/.test(f)).map((f) => [f, f === 'read_back' || f === 'call_back_result' ? ['not_possible'] : NG])) }))
const FIELDS = 'caller_unit caller_person caller_title contact_number content category read_back call_back_result inspector check_result called_whom called_why answered_by'.split(' ')
const sessions = new Map(); const calls = new Map(); const entries = new Map(); const revs = new Map()
let state = { state: 'idle', since: iso(), call_id: '', rang_at: null }
let seq = 0; const clients = new Set(); let n = 0
function iso(ms = Date.now()) { return new Date(ms).toISOString() }
const dir = { '02422730001': [{ contact_id: 1, unit: '沈河区应急局', person: '王立新', title: '值班员', number: '02422730001', superior: false }], '02423860012': [['赵敏', '值班员'], ['孙国强', '值班科科长'], ['周建华', '带班领导']].map(([person, title], i) => ({ contact_id: 10 + i, unit: '和平区应急局', person, title, number: '02423860012', superior: false })) }
const line = (user) => ({ line: 'duty', ...(user ? { number: '02422739110' } : {}), ...state, ring: state.rang_at ? Math.floor((Date.now() - Date.parse(state.rang_at)) / 5000) + 1 : null, limit: 3, rule, now: iso(), ...(user ? { faults: [] } : {}) })
const missing = (e) => REQ[e.kind].filter((f) => !(e[f] || '').trim() && !e.gaps[f])
const show = (e) => ({ ...e, missing: missing(e) })
function emit(event, data) { seq++; for (const c of clients) { if (event === 'line') data = line(c.user); if (event !== 'line' && !c.user) continue; c.res.write(`id: ${seq}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`) } }
function setLine(s) { state = { since: iso(), rang_at: null, call_id: '', ...s }; emit('line') }
function keep(e, by) { revs.get(e.id).push({ entry: show(structuredClone(e)), by, at: iso() }); emit('entry', show(e)) }
function begin(p, at = Date.now()) {
  const id = `${Math.floor(at / 1000)}.${n++}`
  const c = { id, line: 'duty', direction: 'in', caller: p.from, caller_e164: '', caller_name: p.name, called: '02422739110', called_e164: '', outcome: '', tags: p.from ? [] : ['withheld'], offered_at: iso(at), rang_at: iso(at + 40), answered_at: null, ended_at: null, ring_ms: null, caller_ring_ms: null, rings: 1, rule: rule.version, hangup_by: '', forwarded_to: '', redirected_from: '', findings: [], entry_id: 'e-' + id, recording: null }
  calls.set(id, c)
  const cand = dir[p.from] || []
  const e = { id: 'e-' + id, call_id: id, line: 'duty', kind: 'duty', state: 'open', revision: 1, call_at: c.offered_at, number: p.from, number_e164: '', ...Object.fromEntries(FIELDS.map((f) => [f, ''])), contact_number: p.from, rostered: '李娜', responsible: '李娜', written_by: 'system', read_back_by: '', read_back_at: null, opened_at: iso(at), completed_at: null, gaps: {}, candidates: cand }
  if (cand.length === 1) Object.assign(e, { caller_unit: cand[0].unit, caller_person: cand[0].person, caller_title: cand[0].title })
  entries.set(e.id, e); revs.set(e.id, [])
  keep(e, { login: 'system', name: '系统', role: '' })
  return c
}
function finish(c, ring, talk, at = Date.now()) {
  c.ended_at = iso(at); c.ring_ms = ring; c.caller_ring_ms = ring + 40; c.rings = Math.floor(ring / 5000) + 1
  c.outcome = c.answered_at ? (ring < 15000 ? 'answered_in_time' : 'answered_late') : ring < 15000 ? 'abandoned_early' : 'missed'
  c.hangup_by = 'caller'; const e = entries.get(c.entry_id)
  if (c.answered_at) { c.recording = { status: 'sealed', sha256: '9f2c'.repeat(16), duration_ms: 20000, reason: '' } } else { c.recording = { status: 'none', sha256: '', duration_ms: null, reason: '' }; if (e.revision === 1) { e.kind = 'missed'; e.revision++; keep(e, { login: 'system', name: '系统', role: '' }) } }
}
function place(p) {
  const c = begin(p); const t0 = Date.now(); emit('call', c); setLine({ state: 'ringing', call_id: c.id, rang_at: c.rang_at })
  const after = p.answer_after_ms || 26000
  setTimeout(() => {
    if (!p.answer_after_ms) { finish(c, after, 0); emit('call', c); setLine({ state: 'idle' }); return }
    c.answered_at = iso(); emit('call', c); setLine({ state: 'talking', call_id: c.id })
    setTimeout(() => { finish(c, after, p.talk_ms); emit('call', c); setLine({ state: 'idle' }) }, p.talk_ms)
  }, after); void t0
}
const wav = (() => { const rate = 8000, secs = 20, b = Buffer.alloc(44 + rate * secs * 4); b.write('RIFF'); b.writeUInt32LE(b.length - 8, 4); b.write('WAVEfmt ', 8); b.writeUInt32LE(16, 16); b.writeUInt16LE(1, 20); b.writeUInt16LE(2, 22); b.writeUInt32LE(rate, 24); b.writeUInt32LE(rate * 4, 28); b.writeUInt16LE(4, 32); b.writeUInt16LE(16, 34); b.write('data', 36); b.writeUInt32LE(rate * secs * 4, 40); for (let i = 0; i < rate * secs; i++) { const s = Math.floor(i / rate / 2) % 2; b.writeInt16LE(s ? 0 : 6000 * Math.sin(i / 4), 44 + i * 4); b.writeInt16LE(s ? 6000 * Math.sin(i / 6) : 0, 46 + i * 4) } return b })()
const peaks = { duration_ms: 20000, per_second: 20, caller: Array.from({ length: 400 }, (_, i) => (Math.floor(i / 40) % 2 ? 0.01 : Math.abs(Math.sin(i * 1.7)) * 0.6)), officer: Array.from({ length: 400 }, (_, i) => (Math.floor(i / 40) % 2 ? Math.abs(Math.sin(i * 1.3)) * 0.5 : 0.01)) }
// a day of history
const H = (min, from, name, ring, talk, done) => { const at = Date.now() - min * 60000; const c = begin({ from, name }, at); if (talk) c.answered_at = iso(at + ring); finish(c, ring, talk, at + ring + talk); const e = entries.get(c.entry_id); if (done) { Object.assign(e, { caller_unit: e.caller_unit || '大东区应急局', caller_person: '张敏', caller_title: '科员', content: '报告辖区平安', read_back: 'done', state: 'complete', completed_at: iso(), written_by: 'officer', revision: e.revision + 1 }); keep(e, { login: 'officer', name: '李娜', role: 'officer' }) } return c }
H(180, '02488430022', '', 4200, 65000, true); H(140, '13904011234', '', 7203, 31000, true); H(95, '02423860012', '和平区应急局', 17350, 48000, false)
H(60, '', '', 24000, 0, false); H(33, '02422730001', '沈河区应急局', 2900, 20000, false).findings.push('silent_caller_side', 'borderline')
function problem(res, status, title, extra = {}) { res.writeHead(status, { 'Content-Type': 'application/problem+json' }); res.end(JSON.stringify({ status, title, detail: title, ...extra })) }
createServer(async (req, res) => {
  const url = new URL(req.url, 'http://x'); const path = url.pathname
  if (!path.startsWith('/api/v1')) { let f = join(dist, path); if (path === '/' || !existsSync(f)) f = join(dist, 'index.html'); res.writeHead(200, { 'Content-Type': { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.svg': 'image/svg+xml' }[extname(f)] || 'text/plain', 'Content-Length': statSync(f).size, 'Content-Security-Policy': "default-src 'self'; style-src 'self' 'unsafe-inline'" }); createReadStream(f).pipe(res); return }
  const p = path.slice(7); const sid = /sid=(\w+)/.exec(req.headers.cookie || '')?.[1]; const user = sessions.get(sid)
  let body = ''; for await (const b of req) body += b; const json = body ? JSON.parse(body) : {}
  const ok = (v, s = 200) => { res.writeHead(s, { 'Content-Type': 'application/json' }); res.end(v === undefined ? '' : JSON.stringify(v)) }
  if (p === '/session' && req.method === 'POST') { if (json.password !== 'practice') return problem(res, 401, 'wrong'); const id = Math.random().toString(36).slice(2); const u = { username: json.username, name: json.username === 'officer' ? '李娜' : json.username, role: json.username === 'admin' ? 'admin' : 'officer', must_change_password: false }; sessions.set(id, u); res.setHeader('Set-Cookie', `sid=${id}; Path=/; HttpOnly`); return ok(u) }
  if (p === '/session' && req.method === 'DELETE') { sessions.delete(sid); return ok(undefined, 204) }
  if (p === '/lines') return ok({ items: [line(user)], next_cursor: '' }); if (p === '/line') return ok(line(user)); if (p === '/practice') return ok({ enabled: true })
  if (p === '/entry-kinds') return ok({ items: kinds, categories: ['突发事件', '信息报送', '预警信息', '指示批示', '业务咨询', '通知传达', '其他'] })
  if (p === '/events') { res.writeHead(200, { 'Content-Type': 'text/event-stream' }); const c = { res, user }; clients.add(c); res.write(`event: line\ndata: ${JSON.stringify(line(user))}\n\n`); const t = setInterval(() => res.write(': hb\n\n'), 15000); req.socket.on('close', () => { clients.delete(c); clearInterval(t) }); return }
  if (!user) return problem(res, 401, 'sign in')
  if (p === '/session') return ok(user)
  if (p === '/duty') return ok({ duty_officer: { name: '李娜', phone: '02422739110', from: iso(), to: iso(Date.now() + 3e7) }, duty_section_chief: { name: '陈建国', phone: '02422739111', from: iso(), to: iso(Date.now() + 3e7) }, duty_leader: { name: '赵振华', phone: '02422739112', from: iso(), to: iso(Date.now() + 3e7) } })
  if (p === '/health') return ok({ switch: { connected: true, since: iso(), detail: '' }, log: { ok: true }, recorder: { pending: 0, detail: '' }, practice: true, version: 'mock' })
  if (p === '/practice/calls') { place(json); return ok(undefined, 202) }
  if (p === '/mock/line') { setLine(json); return ok({}) }
  const m = /^\/(calls|entries)(?:\/([^/]+))?(?:\/(.+))?$/.exec(p); if (!m) return problem(res, 404, 'no such route')
  const id = m[2] && decodeURIComponent(m[2])
  if (m[1] === 'calls') { if (!id) { const o = url.searchParams.get('outcome'); return ok({ items: [...calls.values()].filter((c) => !o || c.outcome === o).sort((a, b) => (a.offered_at < b.offered_at ? 1 : -1)), next_cursor: '' }) } const c = calls.get(id); if (!c) return problem(res, 404, 'no call'); if (m[3] === 'peaks') return ok(peaks); if (m[3] === 'recording') { const r = /bytes=(\d+)-(\d*)/.exec(req.headers.range || ''); const from = r ? Number(r[1]) : 0, to = r && r[2] ? Number(r[2]) : wav.length - 1; res.writeHead(r ? 206 : 200, { 'Content-Type': 'audio/wav', 'Accept-Ranges': 'bytes', 'Content-Length': to - from + 1, ...(r ? { 'Content-Range': `bytes ${from}-${to}/${wav.length}` } : {}) }); return res.end(wav.subarray(from, to + 1)) } if (m[3]) { c.tags = c.tags.filter((x) => x !== 'spot_check').concat(req.method === 'PUT' ? ['spot_check'] : []); return ok(c) } return ok(c) }
  if (!id) { const s = url.searchParams.get('state'); return ok({ items: [...entries.values()].filter((e) => !s || e.state === s).map(show), next_cursor: '' }) }
  const e = entries.get(id); if (!e) return problem(res, 404, 'no entry')
  if (m[3]) return ok({ items: revs.get(id), next_cursor: '' })
  if (req.method === 'GET') return ok(show(e))
  if (json.revision !== e.revision) return problem(res, 409, 'stale', { entry: show(e) })
  const next = structuredClone(e); for (const k of Object.keys(json)) { if (FIELDS.includes(k)) { next[k] = json[k]; if (json[k].trim()) delete next.gaps[k] } else if (k === 'kind') next.kind = json.kind }
  for (const [f, g] of Object.entries(json.gaps || {})) { if (g) { next.gaps[f] = g; next[f] = '' } else delete next.gaps[f] }
  if (json.state === 'complete' && missing(next).length) return problem(res, 422, 'incomplete', { missing: missing(next) })
  if (json.state) { next.state = json.state; next.completed_at = json.state === 'complete' ? iso() : null }
  if (next.read_back && !e.read_back) Object.assign(next, { read_back_by: user.username, read_back_at: iso() })
  next.revision++; next.written_by = user.username; entries.set(id, next); keep(next, { login: user.username, name: user.name, role: user.role }); ok(show(next))
}).listen(port, '127.0.0.1', () => console.log('mock on ' + port))

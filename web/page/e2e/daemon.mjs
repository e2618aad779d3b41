// A daemon that a test starts, kills and starts again itself, on the same folder and port: as the service manager does.
import { spawn } from 'node:child_process'
import { existsSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { scratch, until } from './lib.mjs'

const TEMPLATES = fileURLToPath(new URL('../../../deploy/asterisk', import.meta.url))

export class Daemon {
  constructor() {
    this.dir = scratch('daemon')
    this.port = '0'
    process.on('exit', () => this.kill())
  }

  async start() {
    for (const need of ['DUTYLINE', 'ASTERISK']) if (!existsSync(process.env[need] || '')) throw new Error(`${need} must name a program: deploy/e2e.sh does it`)
    const log = join(this.dir, `daemon-${Date.now()}.log`)
    const out = openSync(log, 'w')
    this.process = spawn(process.env.DUTYLINE, ['practice', '--var', this.dir, '--templates', TEMPLATES, '--asterisk', process.env.ASTERISK,
      '--http-port', this.port, '--sip-port', '0', '--programme', 'off'], { stdio: ['ignore', out, out] })
    const said = () => readFileSync(log, 'utf8')
    await until('the daemon is ready', () => {
      if (this.process.exitCode !== null) throw new Error('the daemon ended before it was ready: ' + said())
      return /^ready/m.test(said())
    }, 60_000)
    const { url, users } = JSON.parse(readFileSync(join(this.dir, 'practice.json'), 'utf8'))
    this.port = new URL(url).port
    return { url, users }
  }

  /** kill -9: it has no time to write anything down. */
  async kill() {
    if (!this.process || this.process.exitCode !== null || this.process.signalCode !== null) return
    const ended = new Promise((r) => this.process.once('exit', r))
    this.process.kill('SIGKILL')
    await ended
  }
}

// Unpacks Chromium 78 (what old government PCs run) from the npm package chrome-aws-lambda.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'

export function unpackChromium78(dir) {
  const bin = join(dirname(createRequire(import.meta.url).resolve('chrome-aws-lambda/package.json')), 'bin')
  const unpack = (name) => brotliDecompressSync(readFileSync(join(bin, name)))
  const program = join(dir, 'chromium')
  writeFileSync(program, unpack('chromium.br'))
  chmodSync(program, 0o755)
  for (const [name, where] of [['aws.tar.br', join(dir, 'aws')], ['swiftshader.tar.br', dir]]) {
    mkdirSync(where, { recursive: true })
    const tar = join(dir, name + '.tar')
    writeFileSync(tar, unpack(name))
    execFileSync('tar', ['-xf', tar, '-C', where])
  }
  return program
}

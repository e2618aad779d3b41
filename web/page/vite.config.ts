import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const here = fileURLToPath(new URL('.', import.meta.url))

// The daemon embeds dist, and dist/.keep lets it compile before the page was ever built: so
// only what a build makes is cleared before the next, never the folder itself.
const clearOldBuild = {
  name: 'clear-old-build',
  apply: 'build' as const,
  buildStart() {
    rmSync(resolve(here, 'dist/assets'), { recursive: true, force: true })
    mkdirSync(resolve(here, 'dist'), { recursive: true })
    writeFileSync(resolve(here, 'dist/.keep'), '')
  },
}

export default defineConfig({
  plugins: [vue(), clearOldBuild],
  base: '/',
  define: { __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false' },
  resolve: { alias: { '@': resolve(here, 'src') } },
  build: {
    target: 'chrome78',
    cssTarget: 'chrome78',
    outDir: 'dist',
    emptyOutDir: false,
    // Nothing inline: the page runs under default-src 'self'.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8480' } },
  test: { include: ['test/**/*.test.ts'], environment: 'node', testTimeout: 60_000, hookTimeout: 60_000 }, // a busy machine is no fault
})

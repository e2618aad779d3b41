// Files of an entry: chosen, pasted and dropped, refused in words, and taken again.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { check, until } from './lib.mjs'

// One pixel.
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==', 'base64')

const JPEG = Buffer.from('/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z', 'base64')

/** entry is one that is complete: each file for it is a correction and says why it comes later. */
export async function attachments(desk, entry) {
  /** The box for the file before may still be there while that one is on its way. */
  const because = async (file, words) => {
    await desk.says(new RegExp(`为什么补附 ${file.source}？`), desk.at('attach-why-question'))
    await desk.at('attach-why').locator('input').fill(words)
    await desk.key('Enter')
  }
  await check('a photo is attached by the file key, a picture by paste; what does not belong is refused in words', async () => {
    await desk.show(entry)
    await desk.page.bringToFront() // a sheet was printed before
    const chooser = await until('files may be chosen', async () => {
      const opened = desk.page.waitForEvent('filechooser', { timeout: 5000 }).catch(() => null)
      await desk.key('Alt+KeyU') // again, when the browser took so long that it no longer believed that a hand had asked for it
      return opened
    })
    await chooser.setFiles({ name: '现场照片.jpg', mimeType: 'image/jpeg', buffer: JPEG })
    await because(/现场照片\.jpg/, '传真后到')
    await desk.at('attachment').filter({ hasText: '现场照片.jpg' }).waitFor()
    await desk.page.evaluate((bytes) => {
      const data = new DataTransfer()
      data.items.add(new File([new Uint8Array(bytes)], 'image.png', { type: 'image/png' }))
      document.querySelector('[data-test=entry]').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
    }, [...PNG])
    await because(/截图-\d{14}\.png/, '现场截图后到')
    await desk.at('attachment').filter({ hasText: /截图-\d{14}\.png/ }).waitFor()
    await desk.page.locator('[data-test=attach-file]').setInputFiles({ name: '程序.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('MZ\x90\x00', 'latin1') })
    await because(/程序\.jpg/, '现场照片后到')
    await desk.says(/程序\.jpg 未添加：这是程序/, desk.at('attachments'))
    await desk.nothingCutOff()
    await desk.nothingCutOffLow()
    await desk.shot('26-attachments')
    await desk.at('attach-failed').locator('button').click()
    await until('the refusal is gone', async () => !(await desk.at('attach-failed').count()))
    const [file] = await Promise.all([desk.page.waitForEvent('download'), desk.at('attachment').filter({ hasText: '现场照片' }).click()])
    assert.equal(file.suggestedFilename(), '现场照片.jpg')
    assert.deepEqual(readFileSync(await file.path()), JPEG)
  })

  await check('a file and its reason stay until the daemon has them, whatever comes between; then the list of changes has both', async () => {
    const mend = await desk.fake('**/attachments?*', (route) => (route.request().method() === 'POST' ? route.abort() : route.fallback()))
    await desk.page.locator('[data-test=attach-file]').setInputFiles({ name: '值班记录.txt', mimeType: 'text/plain', buffer: Buffer.from('补充材料') })
    await desk.says(/条目已完成，为什么补附 值班记录\.txt？/, desk.at('attach-why-question'))
    await desk.nothingCutOff()
    await desk.shot('26a-attach-why')
    await because(/值班记录\.txt/, '原件次日送达')
    await desk.says(/值班记录\.txt 还没有存入[\s\S]*文件和原因都留在这里/, desk.at('attach-lost'))
    await desk.nothingCutOff()
    await desk.nothingCutOffLow()
    await desk.shot('26b-attach-lost')
    await desk.page.evaluate(() => { location.hash = '#/alerts' }) // as when a call is answered: the form is gone
    await until('the form is gone', async () => !(await desk.at('entry').count()))
    await desk.page.evaluate((id) => { location.hash = '#/entry/' + encodeURIComponent(id) }, entry)
    const why = desk.at('attach-why').locator('input')
    await why.waitFor()
    assert.equal(await why.inputValue(), '原件次日送达')
    mend()
    await why.focus()
    await desk.key('Enter')
    await desk.says(/完成后补附，原因：原件次日送达/, desk.at('attachments'))
    await until('nothing waits', async () => !(await desk.at('attach-why').count()))
    await desk.at('revisions').click()
    await desk.says(/补附[\s\S]*更正原因：原件次日送达[\s\S]*值班记录\.txt/, desk.at('rev-file').first())
    await desk.nothingCutOff()
    await desk.shot('26c-attach-revisions')
    await desk.at('revisions').click()
  })
}

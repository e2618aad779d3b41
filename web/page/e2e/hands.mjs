// Hands on a keyboard, which count the keys that they press; what is said of a matter is no key of the form.
export class Hands {
  constructor(desk) {
    this.desk = desk
    this.keys = 0
  }
  async press(...names) {
    for (const name of names) {
      await this.desk.key(name)
      this.keys += name.split('+').length
    }
  }
  /** Typed by the letters of the keyboard, each of which is a key. */
  async type(text) {
    await this.desk.page.keyboard.type(text)
    this.keys += text.length
  }
  /** The content itself, by an input method. */
  content(text) {
    return this.desk.page.keyboard.insertText(text)
  }
  /** From wherever the form put the focus by itself to a field; a title that is not known is said to be so. */
  async to(field) {
    for (let n = 0; n < 12 && (await this.desk.focused()) !== field; n++) {
      if ((await this.desk.focused()) === 'caller_title' && !(await this.desk.page.evaluate(() => document.activeElement.value))) await this.type('zr')
      await this.press('Tab')
    }
    await this.desk.focusIn(field)
  }
}

export const median = (all) => all.slice().sort((a, b) => a - b)[Math.floor((all.length - 1) / 2)]

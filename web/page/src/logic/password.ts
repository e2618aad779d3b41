// What the daemon refuses as a new password, said before it is sent. The rule is the daemon's
// (dutylog/password.go): a test compares both by one table.
export type PasswordFault = 'short' | 'same' | 'simple' | 'differ'

const SHORTEST = 8
export const COMMON = [
  'password', 'passw0rd', 'p@ssw0rd', 'p@ssword', 'iloveyou', 'admin', 'administrator', 'welcome', 'letmein', 'woaini',
  'zhiban', 'zhibanshi', 'dutyline', 'qwertyui', 'qwertyuiop', 'asdfghjk', 'asdfghjkl', 'zxcvbnm', 'qwer1234', '1234qwer',
  'asdf1234', '1qaz2wsx', '1q2w3e4r', 'q1w2e3r4', 'abcd1234', 'abc123456', 'qq123456', 'a1b2c3d4', '5201314520', '11223344',
  '1234567890', '0123456789', '123456789a', '12345678a', 'a12345678', 'a123456789',
]

/** Every character the same, or each one more or one less than the one before. */
function plainRow(text: string): boolean {
  const codes = Array.from(text).map((c) => c.codePointAt(0) as number)
  const steps = codes.slice(1).map((c, i) => c - codes[i])
  return steps.every((s) => s === steps[0] && Math.abs(s) <= 1)
}

/** A short piece over and over, such as 12121212 or 88668866. */
function repeats(text: string): boolean {
  return /^(.{1,4})\1+$/u.test(text)
}

function simple(text: string, user: string): boolean {
  const low = text.trim().toLowerCase()
  if (user && low === user.trim().toLowerCase()) return true
  // A common word with a few digits behind or before it is the word itself.
  const bare = low.replace(/^[\d\W_]{1,4}|[\d\W_]{1,4}$/gu, '')
  return plainRow(low) || repeats(low) || COMMON.indexOf(low) >= 0 || COMMON.indexOf(bare) >= 0
}

/** What is wrong with a new password; empty when it may be sent. */
export function passwordFault(old: string, next: string, again: string, user: string): PasswordFault | '' {
  if (Array.from(next).length < SHORTEST) return 'short'
  if (next === old) return 'same'
  if (simple(next, user)) return 'simple'
  return next === again ? '' : 'differ'
}

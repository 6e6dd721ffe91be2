import type { Mailbox } from '../ports/mail.ts';

/** RFC 5321 section 4.1.2 without quoted local parts; a name alone is somebody on the mail server. */
const addressPattern = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+(@[a-z0-9.:[\]-]+)?$/i;
/** RFC 5321 section 4.5.3.1.3, the angle brackets left out. */
const longestAddress = 254;

/** `address`, `<address>` or `NAME <address>`; undefined if it is nothing that mail can be sent to. */
export function parseMailbox(text: string): Mailbox | undefined {
  const bracketed = /^(.*?)\s*<([^<>]*)>$/su.exec(text.trim());
  const address = (bracketed ? bracketed[2]! : text).trim();
  if (!addressPattern.test(address) || address.length > longestAddress) return undefined;
  const name = bracketed?.[1]
    ?.replace(/\p{Cc}+/gu, ' ')
    .trim()
    .replace(/^"(.*)"$/, '$1');
  return { name: name === '' ? undefined : name, address };
}

/**
 * The recipients on a line, and the words that are none. Each word is one, as for keepalived, except where the line is
 * plainly one name before an address in angle brackets. A comma after a word is taken for what separates two.
 */
export function parseRecipients(words: readonly string[]): {
  readonly recipients: readonly Mailbox[];
  /** Places among the words. */
  readonly unusable: readonly number[];
} {
  const last = words.at(-1) ?? '';
  if (words.length > 1 && /^<[^<>]+>,?$/.test(last) && !words.slice(0, -1).some(word => /[@<>]/.test(word))) {
    const whole = parseMailbox(words.join(' ').replace(/,$/, ''));
    if (whole) return { recipients: [whole], unusable: [] };
  }
  const recipients: Mailbox[] = [];
  const unusable: number[] = [];
  for (const [place, word] of words.entries()) {
    const mailbox = parseMailbox(word.replace(/,$/, ''));
    if (mailbox) recipients.push(mailbox);
    else unusable.push(place);
  }
  return { recipients, unusable };
}

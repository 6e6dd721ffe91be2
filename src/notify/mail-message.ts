import { base64, utf8 } from '../base/text-bytes.ts';
import type { Mail, Mailbox } from '../ports/mail.ts';

/** RFC 5322 section 2.1.1: no line may be longer, its break left out. */
const longestLine = 998;
/** What an encoded word holds of text in UTF-8, so that a line with one has no more than 76 characters (RFC 2047 section 2). */
const encodedWordBytes = 39;
/** RFC 2045 section 6.8. */
const encodedLineLength = 76;

/**
 * The mail as RFC 5322 has it, all ASCII, every line ended by CRLF: headers as keepalived writes them, and those of MIME
 * only where there is text that mail cannot carry as it is. `date` is an RFC 5322 date.
 */
export function mailMessage({ settings, subject, body }: Mail, date: string): string {
  const text = body.replace(/\r\n?/g, '\n').replace(/\n*$/, '\n');
  const plain = isPlain(text);
  const headers = [
    `Date: ${oneLine(date)}`,
    `From: ${mailboxText(settings.sender)}`,
    `Subject: ${headerText(subject)}`,
    'X-Mailer: Keepalived',
    `To: ${settings.recipients.map(mailboxText).join(', ')}`,
  ];
  if (!plain) {
    headers.push('MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: base64');
  }
  const lines = plain ? text.slice(0, -1).split('\n') : encodedLines(text);
  return [...headers.map(folded), '', ...lines, '', ''].join('\r\n');
}

/** Whether a mail can carry it without MIME. */
function isPlain(text: string): boolean {
  return /^[\n\t -~]*$/.test(text) && text.split('\n').every(line => line.length <= longestLine);
}

function encodedLines(text: string): string[] {
  const encoded = base64(utf8(text.replaceAll('\n', '\r\n')));
  return encoded.match(new RegExp(`.{1,${encodedLineLength}}`, 'g')) ?? [];
}

function mailboxText({ name, address }: Mailbox): string {
  if (name === undefined) return address;
  return `${phrase(oneLine(name))} <${address}>`;
}

/** A display name: atoms as they are, the rest in quotes (RFC 5322 section 3.2.5), or encoded. */
function phrase(name: string): string {
  if (!isAscii(name)) return encodedWords(name);
  if (/^[\w!#$%&'*+/=?^`{|}~ -]*$/.test(name)) return name;
  return `"${name.replaceAll(/["\\]/g, '\\$&')}"`;
}

function headerText(text: string): string {
  const line = oneLine(text);
  return isAscii(line) ? line : encodedWords(line);
}

/** Whoever may choose a name must not be able to add a header: no line break and no control character gets in. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

/** RFC 2047: UTF-8 in base64, no character torn between two words. */
function encodedWords(text: string): string {
  const words: string[] = [];
  let bytes: number[] = [];
  const flush = (): void => {
    if (bytes.length > 0) words.push(`=?UTF-8?B?${base64(Uint8Array.from(bytes))}?=`);
    bytes = [];
  };
  for (const character of text) {
    const more = utf8(character);
    if (bytes.length + more.length > encodedWordBytes) flush();
    bytes.push(...more);
  }
  flush();
  return words.join('\r\n ');
}

/**
 * Folded at blanks where it must be (RFC 5322 section 2.2.3): shorter lines stay whole, as keepalived writes them. A word
 * that is too long by itself is torn.
 */
function folded(header: string): string {
  return header.split('\r\n').flatMap(foldedLine).join('\r\n');
}

function foldedLine(line: string): string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > longestLine) {
    const blank = rest.lastIndexOf(' ', longestLine);
    // The name of a header does not stand alone on its line.
    const isFoldable = blank > (lines.length === 0 ? line.indexOf(':') + 1 : 0);
    const end = isFoldable ? blank : longestLine;
    lines.push(rest.slice(0, end));
    rest = isFoldable ? rest.slice(end) : ` ${rest.slice(end)}`;
  }
  return [...lines, rest];
}

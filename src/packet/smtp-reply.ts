/** An SMTP reply (RFC 5321 section 4.2). */
export interface SmtpReply {
  /** NaN if a line does not begin with a code of three digits. */
  readonly code: number;
  /** Its last line, or the one that is no reply, without the line break. */
  readonly line: string;
  /** Characters of the text that it took. */
  readonly length: number;
}

/** The first whole reply, of one or more lines: all but the last have a hyphen after the code. Undefined: more must come. */
export function firstReply(text: string): SmtpReply | undefined {
  let start = 0;
  for (;;) {
    const end = text.indexOf('\n', start);
    if (end < 0) return undefined;
    const line = text.slice(start, end).replace(/\r$/, '');
    const match = /^(\d{3})([ -]|$)/.exec(line);
    if (!match) return { length: end + 1, code: Number.NaN, line };
    if (match[2] !== '-') return { length: end + 1, code: Number(match[1]), line };
    start = end + 1;
  }
}

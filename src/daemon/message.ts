import { assert } from '../base/assert.ts';

/** Lists of more items go ahead of their message, in portions of so many characters or some more: a millisecond's work. */
const longList = 50;
const portionLength = 65_536;

/**
 * Messages between the processes of one daemon are lines of JSON: one, and ahead of it the portions of its long lists, so
 * that whoever reads it can do something else in between. Bytes are written in base64; a property that is undefined is
 * left out, which reads the same.
 */
export function encodeMessage(message: object): readonly string[] {
  const lines: string[] = [];
  let lists = 0;
  const text = (value: unknown): string =>
    JSON.stringify(value, (_key, each: unknown) => {
      assert(typeof each !== 'bigint' && !(each instanceof Map) && !(each instanceof Set), 'messages are plain data');
      if (each instanceof Uint8Array) return { [bytesKey]: Buffer.from(each).toString('base64') };
      return Array.isArray(each) && each.length > longList ? sendAhead(each) : each;
    });
  const sendAhead = (items: readonly unknown[]): object => {
    const list = ++lists;
    let joined = '';
    const portion = (): void => {
      lines.push(`{"${portionKey}":${list},"items":[${joined}]}`);
      joined = '';
    };
    for (const item of items) {
      joined += `${joined === '' ? '' : ','}${text(item) ?? 'null'}`;
      if (joined.length >= portionLength) portion();
    }
    portion();
    return { [listKey]: list };
  };
  const last = text(message);
  return [...lines, last];
}

/** Puts messages together again that come in over one channel. */
export class MessageDecoder {
  readonly #lists = new Map<number, unknown[]>();

  /** The message that this line completes; undefined after a portion of one. */
  decode(line: string): object | undefined {
    const value = JSON.parse(line) as Record<string, unknown>;
    // Most messages have neither, and a configuration of thousands of servers is a million values to look at.
    const whole = line.includes(`"${bytesKey}"`) || line.includes(`"${listKey}"`) ? this.#restored(value) : value;
    const { [portionKey]: list, items } = whole as Record<string, unknown>;
    if (typeof list !== 'number') {
      this.#lists.clear();
      return whole as object;
    }
    const known = this.#lists.get(list);
    if (known) known.push(...(items as readonly unknown[]));
    else this.#lists.set(list, items as unknown[]);
    return undefined;
  }

  #restored(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (bytesKey in value && typeof value[bytesKey] === 'string') {
      return new Uint8Array(Buffer.from(value[bytesKey], 'base64'));
    }
    if (listKey in value && typeof value[listKey] === 'number') return this.#lists.get(value[listKey]);
    const container = value as Record<string, unknown>;
    for (const key of Object.keys(container)) container[key] = this.#restored(container[key]);
    return container;
  }
}

const bytesKey = '$bytes';
/** In the place of a list that went ahead. */
const listKey = '$list';
/** Of which list `items` are some. */
const portionKey = '$portion';

/** Cuts a stream of bytes into lines, none longer than a bound. */
export class LineSplitter {
  readonly #limit: number;
  #parts: Buffer[] = [];
  #length = 0;

  /** Longest line in bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The lines that these bytes complete. Throws a RangeError if a line is too long. */
  push(bytes: Buffer): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      this.#keep(bytes.subarray(start, end));
      lines.push(Buffer.concat(this.#parts).toString('utf8'));
      this.#parts = [];
      this.#length = 0;
      start = end + 1;
    }
    if (start < bytes.length) this.#keep(Buffer.from(bytes.subarray(start)));
    return lines;
  }

  /** What is left when the stream ends without a newline. */
  rest(): string {
    return Buffer.concat(this.#parts).toString('utf8');
  }

  #keep(bytes: Buffer): void {
    this.#length += bytes.length;
    if (this.#length > this.#limit) throw new RangeError(`line of more than ${this.#limit} bytes`);
    this.#parts.push(bytes);
  }
}

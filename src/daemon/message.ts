import { assert } from '../base/assert.ts';
import { stretchesOf } from './list-stretches.ts';

/** Lists of more items go ahead of their message, in portions of so many characters or some more: a millisecond's work. */
const longList = 50;
const portionLength = 65_536;

/**
 * Messages between the processes of one daemon are lines of JSON: one, and ahead of it the portions of its long lists, so
 * that whoever reads it can do something else in between. What a list has in common with that of the last message that had
 * any is not sent again: of thousands of services a reload changes few. Bytes are written in base64; a property that is
 * undefined is left out, which reads the same. One for each channel, whose other end a MessageDecoder reads.
 */
export class MessageEncoder {
  /** As last sent, by number. */
  #sent: readonly (readonly unknown[])[] = [];

  encode(message: object): readonly string[] {
    const lines: string[] = [];
    const lists: (readonly unknown[])[] = [];
    const text = (value: unknown): string =>
      JSON.stringify(value, (_key, each: unknown) => {
        assert(typeof each !== 'bigint' && !(each instanceof Map) && !(each instanceof Set), 'messages are plain data');
        if (each instanceof Uint8Array) return { [bytesKey]: Buffer.from(each).toString('base64') };
        return Array.isArray(each) && each.length > longList ? sendAhead(each) : each;
      });
    const sendAhead = (items: readonly unknown[]): object => {
      const list = lists.push(items) - 1;
      const line = (contents: string): number => lines.push(`{"${portionKey}":${list},${contents}}`);
      for (const stretch of stretchesOf(items, this.#sent[list] ?? [])) {
        if (stretch.type === 'same') line(`"same":${JSON.stringify([stretch.from, stretch.count])}`);
        else for (const joined of portions(stretch.items, text)) line(`"items":[${joined}]`);
      }
      return { [listKey]: list };
    };
    const last = text(message);
    if (lists.length > 0) this.#sent = lists;
    return [...lines, last];
  }
}

/** The items of a JSON list, some of them at a time. */
function* portions(items: readonly unknown[], text: (item: unknown) => string | undefined): Iterable<string> {
  let joined = '';
  for (const item of items) {
    joined += `${joined === '' ? '' : ','}${text(item) ?? 'null'}`;
    if (joined.length < portionLength) continue;
    yield joined;
    joined = '';
  }
  if (joined !== '') yield joined;
}

/** Puts messages together again that come in over one channel. */
export class MessageDecoder {
  /** Of the last message that had any, and of the one that is coming in. */
  #known: readonly (readonly unknown[])[] = [];
  #lists: unknown[][] = [];

  /** The message that this line completes; undefined after a portion of one. */
  decode(line: string): object | undefined {
    const value = JSON.parse(line) as Record<string, unknown>;
    // Most messages have neither, and a configuration of thousands of servers is a million values to look at.
    const whole = line.includes(`"${bytesKey}"`) || line.includes(`"${listKey}"`) ? this.#restored(value) : value;
    const { [portionKey]: list, items, same } = whole as Record<string, unknown>;
    if (typeof list !== 'number') {
      if (this.#lists.length > 0) this.#known = this.#lists;
      this.#lists = [];
      return whole as object;
    }
    this.#lists[list] ??= [];
    const received = this.#lists[list];
    if (items !== undefined) for (const item of items as readonly unknown[]) received.push(item);
    else {
      const [from, count] = same as readonly [number, number];
      const known = this.#known[list] ?? [];
      for (let place = from; place < from + count; place++) received.push(known[place]);
    }
    return undefined;
  }

  #restored(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (bytesKey in value && typeof value[bytesKey] === 'string') {
      return new Uint8Array(Buffer.from(value[bytesKey], 'base64'));
    }
    if (listKey in value && typeof value[listKey] === 'number') return this.#lists[value[listKey]];
    const container = value as Record<string, unknown>;
    for (const key of Object.keys(container)) container[key] = this.#restored(container[key]);
    return container;
  }
}

const bytesKey = '$bytes';
/** In the place of a list that went ahead. */
const listKey = '$list';
/** Of which list `items` are some, or `same`: the place and number of items that it had before. */
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

import { assert } from '../base/assert.ts';

/**
 * Messages between the processes of one daemon are lines of JSON. Bytes are written in base64; a property that is
 * undefined is left out, which reads the same.
 */
export function encodeMessage(message: object): string {
  return JSON.stringify(message, (_key, value: unknown) => {
    assert(typeof value !== 'bigint' && !(value instanceof Map) && !(value instanceof Set), 'messages are plain data');
    return value instanceof Uint8Array ? { [bytesKey]: Buffer.from(value).toString('base64') } : value;
  });
}

export function decodeMessage(line: string): unknown {
  const value: unknown = JSON.parse(line);
  // Most messages have none, and a configuration of thousands of servers is a million values to look at.
  return line.includes(`"${bytesKey}"`) ? withBytes(value) : value;
}

function withBytes(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (bytesKey in value && typeof value[bytesKey] === 'string') {
    return new Uint8Array(Buffer.from(value[bytesKey], 'base64'));
  }
  const container = value as Record<string, unknown>;
  for (const key of Object.keys(container)) container[key] = withBytes(container[key]);
  return container;
}

const bytesKey = '$bytes';

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

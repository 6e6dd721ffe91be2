/** Longest line with a chunk's length, extensions included. */
const lineLimit = 4_096;

/** Takes the framing off a body in chunks (RFC 9112 section 7.1). What does not follow the rules ends the body. */
export class ChunkedBody {
  readonly #reader: (bytes: Uint8Array) => void;
  #state: 'length' | 'data' | 'end-of-data' | 'over' = 'length';
  #line = '';
  #remaining = 0;

  constructor(reader: (bytes: Uint8Array) => void) {
    this.#reader = reader;
  }

  feed(bytes: Uint8Array): void {
    let place = 0;
    while (place < bytes.length && this.#state !== 'over') {
      if (this.#state === 'data') {
        const part = bytes.subarray(place, place + this.#remaining);
        this.#reader(part);
        place += part.length;
        this.#remaining -= part.length;
        if (this.#remaining === 0) this.#state = 'end-of-data';
      } else {
        this.#lineByte(bytes[place]!);
        place += 1;
      }
    }
  }

  #lineByte(byte: number): void {
    if (byte !== 0x0a) {
      this.#line += String.fromCharCode(byte);
      if (this.#line.length > lineLimit) this.#state = 'over';
      return;
    }
    const line = this.#line;
    this.#line = '';
    if (this.#state === 'end-of-data') {
      this.#state = line.trim() === '' ? 'length' : 'over';
      return;
    }
    const length = /^([0-9a-f]{1,8})[ \t]*(?:;.*)?\r?$/i.exec(line);
    this.#remaining = length ? Number.parseInt(length[1]!, 16) : 0;
    this.#state = this.#remaining === 0 ? 'over' : 'data';
  }
}

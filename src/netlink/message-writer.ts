import { assert } from '../base/assert.ts';
import { align, headerLength, viewOf } from './message.ts';

/** NLA_F_NESTED: without it strict kernels refuse what they look into. */
const nested = 0x8000;

/** Builds a datagram of one or more messages. Begin, append, end, repeat; then take the bytes. */
export class MessageWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;
  #start = -1;

  constructor(capacity = 4096) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = viewOf(this.#bytes);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** A view of what was written; valid until the next write. */
  bytes(): Uint8Array {
    assert(this.#start < 0, 'a netlink message was not ended');
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
    this.#start = -1;
  }

  begin(type: number, flags: number, sequence: number): void {
    assert(this.#start < 0, 'a netlink message was not ended');
    this.#start = this.#length;
    const at = this.#reserve(headerLength);
    this.#view.setUint16(at + 4, type, true);
    this.#view.setUint16(at + 6, flags, true);
    this.#view.setUint32(at + 8, sequence, true);
  }

  end(): void {
    assert(this.#start >= 0, 'no netlink message was begun');
    this.#view.setUint32(this.#start, this.#length - this.#start, true);
    this.#reserve(align(this.#length) - this.#length);
    this.#start = -1;
  }

  /** A fixed header after the netlink header, such as ifaddrmsg. */
  append(bytes: Uint8Array | readonly number[]): void {
    const at = this.#reserve(align(bytes.length));
    this.#bytes.set(bytes, at);
  }

  attribute(type: number, value: Uint8Array | readonly number[]): void {
    const at = this.#reserve(align(4 + value.length));
    this.#view.setUint16(at, 4 + value.length, true);
    this.#view.setUint16(at + 2, type, true);
    this.#bytes.set(value, at + 4);
  }

  attributeNumber(type: number, value: number): void {
    const at = this.#reserve(8);
    this.#view.setUint16(at, 8, true);
    this.#view.setUint16(at + 2, type, true);
    this.#view.setUint32(at + 4, value, true);
  }

  attributeShort(type: number, value: number): void {
    this.attribute(type, [value & 0xff, value >> 8]);
  }

  /** Begins an attribute that consists of the attributes written until `endNested`, which wants what this returns. */
  beginNested(type: number): number {
    const at = this.#reserve(4);
    this.#view.setUint16(at + 2, type | nested, true);
    return at;
  }

  /** Begins a hop of a route, struct rtnexthop: attributes follow until `endNested`, which wants what this returns. */
  beginHop(flags: number, extraWeight: number, linkIndex: number): number {
    const at = this.#reserve(8);
    this.#bytes[at + 2] = flags;
    this.#bytes[at + 3] = extraWeight;
    this.#view.setUint32(at + 4, linkIndex, true);
    return at;
  }

  endNested(at: number): void {
    this.#view.setUint16(at, this.#length - at, true);
  }

  /** The text as Latin-1 bytes with a closing NUL. */
  attributeText(type: number, text: string): void {
    const bytes = new Uint8Array(text.length + 1);
    for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
    this.attribute(type, bytes);
  }

  /** Room for `count` zero bytes; returns where they start. */
  #reserve(count: number): number {
    const at = this.#length;
    const needed = at + count;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
      this.#view = viewOf(larger);
    } else {
      // A cleared writer still holds the bytes of its last use.
      this.#bytes.fill(0, at, needed);
    }
    this.#length = needed;
    return at;
  }
}

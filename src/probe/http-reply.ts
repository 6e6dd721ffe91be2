import { BodyDigest } from './body-digest.ts';
import { ChunkedBody } from './chunked-body.ts';
import { bounds, excerptOf } from './conversation.ts';

const endOfHeader = Buffer.from('\r\n\r\n');
const nothing = Buffer.alloc(0);

/** Takes the body's bytes, which are valid until it returns. */
export type BodyReader = (bytes: Uint8Array) => void;

/**
 * An HTTP/1 response as it comes in. As keepalived does, the body is what follows the header, cut at Content-Length, and
 * its digest is taken as it was sent: chunks with their lengths. What they carry is digested as well.
 */
export class HttpReply {
  readonly #reader: BodyReader;
  readonly #raw = new BodyDigest();
  #header: Buffer | undefined = nothing;
  #status: number | undefined;
  #remaining = Number.POSITIVE_INFINITY;
  #chunked: ChunkedBody | undefined;
  #chunkedDigest: BodyDigest | undefined;
  #size = 0;
  #counted = 0;
  #excerpt = '';

  /** `reader` gets the body, without the framing of chunks. */
  constructor(reader: BodyReader) {
    this.#reader = reader;
  }

  /** False once there is no sense in reading on: it is too big, or no HTTP. */
  feed(bytes: Uint8Array): boolean {
    if (!this.#header) return this.#feedBody(bytes);
    const searched = Math.max(0, this.#header.length - endOfHeader.length + 1);
    const isFirst = this.#header.length === 0;
    const all = isFirst ? viewOf(bytes) : Buffer.concat([this.#header, bytes]);
    const end = all.indexOf(endOfHeader, searched);
    if (end < 0) {
      this.#header = isFirst ? Buffer.from(all) : all;
      return all.length <= bounds.header;
    }
    this.#readHeader(all.toString('latin1', 0, end));
    this.#header = undefined;
    return this.#feedBody(all.subarray(end + endOfHeader.length));
  }

  /** Whether the whole header has come in. */
  get hasHeader(): boolean {
    return this.#header === undefined;
  }

  /** Undefined if the first line is not one of HTTP. */
  get status(): number | undefined {
    return this.#status;
  }

  /** The status line and the first of the body. */
  get excerpt(): string | undefined {
    return this.#header ? excerptOf(this.#header) : excerptOf(Buffer.from(this.#excerpt, 'latin1'));
  }

  /** Bytes of the body that count, chunks with their lengths. */
  get bodyLength(): number {
    return this.#counted;
  }

  /** The digests of the body, in lower-case hex: as it was sent, and without the framing of chunks if it has any. To be read once. */
  digests(): { readonly raw: string; readonly decoded: string | undefined } {
    return { raw: this.#raw.hex(), decoded: this.#chunkedDigest?.hex() };
  }

  #readHeader(header: string): void {
    const line = header.slice(0, Math.max(0, header.indexOf('\r\n')) || undefined);
    // As keepalived reads it: whatever the protocol calls itself (a stream says ICY), one space on either side.
    const status = /^[^ ]* (\d{3}) /.exec(line);
    if (status) this.#status = Number(status[1]);
    this.#excerpt = `${line} `;
    const length = /^content-length:[ \t]*(\d+)/im.exec(header);
    if (/^transfer-encoding:.*\bchunked\b/im.test(header)) {
      const digest = new BodyDigest();
      this.#chunkedDigest = digest;
      this.#chunked = new ChunkedBody(bytes => {
        digest.update(bytes);
        this.#reader(bytes);
      });
    } else if (length) {
      this.#remaining = Number(length[1]);
    }
  }

  #feedBody(bytes: Uint8Array): boolean {
    this.#size += bytes.length;
    const wanted = bytes.length > this.#remaining ? bytes.subarray(0, this.#remaining) : bytes;
    this.#remaining -= wanted.length;
    this.#counted += wanted.length;
    if (wanted.length > 0) {
      if (this.#excerpt.length < bounds.excerpt * 2) {
        this.#excerpt += viewOf(wanted).toString('latin1', 0, bounds.excerpt);
      }
      this.#raw.update(wanted);
      if (this.#chunked) this.#chunked.feed(wanted);
      else this.#reader(wanted);
    }
    return this.#size <= bounds.body;
  }
}

/** Without a copy. */
function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

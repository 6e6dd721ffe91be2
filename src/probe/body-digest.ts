import * as crypto from 'node:crypto';

/** Bytes that are kept until it is known whether more follow. */
const short = 16_384;

/** Of Node 20.12 and later: no object that has to be collected. */
const hashOnce: ((algorithm: string, data: Uint8Array) => string) | undefined = crypto.hash;

/** The MD5 digest of a body that comes in pieces, most often in one. */
export class BodyDigest {
  #only: Uint8Array | undefined;
  #hash: ReturnType<typeof crypto.createHash> | undefined;

  /** The bytes are copied if they are needed later. */
  update(bytes: Uint8Array): void {
    if (!this.#hash && !this.#only && bytes.length <= short && hashOnce) {
      this.#only = bytes.slice();
      return;
    }
    if (!this.#hash) {
      this.#hash = crypto.createHash('md5');
      if (this.#only) this.#hash.update(this.#only);
      this.#only = undefined;
    }
    this.#hash.update(bytes);
  }

  /** In lower-case hex; to be asked for once. */
  hex(): string {
    if (this.#hash) return this.#hash.digest('hex');
    const bytes = this.#only ?? new Uint8Array();
    return hashOnce ? hashOnce('md5', bytes) : crypto.createHash('md5').update(bytes).digest('hex');
  }
}

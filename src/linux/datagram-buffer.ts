import { allocate, errno, lastErrno, libcFunction } from './libc.ts';
import { messageFlag } from './socket.ts';

const recvmsg = libcFunction<(fd: number, message: Uint8Array, flags: number) => number>(
  'intptr_t recvmsg(int fd, void *message, int flags)',
);

const nameSize = 128;
const controlSize = 512;
const headerSize = 16;

/** Memory for recvmsg(2), laid out once: struct msghdr, struct iovec, the data, the sender and the control messages. */
export class DatagramBuffer {
  readonly #header = allocate(56);
  readonly #vector = allocate(16);
  readonly #data;
  readonly #name = allocate(nameSize);
  readonly #control = allocate(controlSize);

  constructor(dataSize: number) {
    this.#data = allocate(dataSize);
    this.#vector.view.setBigUint64(0, this.#data.address, true);
    this.#vector.view.setBigUint64(8, BigInt(dataSize), true);
    const header = this.#header.view;
    header.setBigUint64(0, this.#name.address, true);
    header.setBigUint64(16, this.#vector.address, true);
    header.setBigUint64(24, 1n, true);
    header.setBigUint64(32, this.#control.address, true);
  }

  /** Bytes received, or a negative errno; never waits on a non-blocking socket. */
  receive(descriptor: number): number {
    const header = this.#header.view;
    for (;;) {
      header.setUint32(8, nameSize, true);
      header.setUint32(40, controlSize, true);
      header.setUint32(44, 0, true);
      const count = recvmsg(descriptor, this.#header.bytes, 0);
      if (count >= 0) return count;
      const error = lastErrno();
      if (error !== errno.EINTR) return -error;
    }
  }

  /** Whether the datagram was longer than the buffer. */
  get truncated(): boolean {
    return (this.#header.view.getUint32(48, true) & messageFlag.truncate) !== 0;
  }

  /** A view that the next receive overwrites. */
  data(length: number): Uint8Array<ArrayBuffer> {
    return this.#data.bytes.subarray(0, Math.min(length, this.#data.bytes.length));
  }

  /** The sender's struct sockaddr. */
  get name(): Uint8Array<ArrayBuffer> {
    return this.#name.bytes;
  }

  get control(): DataView {
    return this.#control.view;
  }

  /** The data of a control message, or -1 if there is none of that kind. */
  findControl(level: number, type: number, minimumLength: number): number {
    const end = this.#header.view.getUint32(40, true);
    const view = this.#control.view;
    let offset = 0;
    while (end - offset >= headerSize) {
      const length = view.getUint32(offset, true);
      if (length < headerSize || length > end - offset) return -1;
      if (
        view.getInt32(offset + 8, true) === level &&
        view.getInt32(offset + 12, true) === type &&
        length - headerSize >= minimumLength
      )
        return offset + headerSize;
      offset += (length + 7) & ~7;
    }
    return -1;
  }
}

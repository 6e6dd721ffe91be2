import { closeDescriptor, errno, errnoName, lastErrno, libcFunction } from './libc.ts';
import { family, level, messageFlag, openSocket, socketOption, socketType, trySetNumberOption } from './socket.ts';

const sendto = libcFunction<
  (fd: number, data: Uint8Array, count: number, flags: number, address: Uint8Array, length: number) => number
>('intptr_t sendto(int fd, const void *data, size_t count, int flags, const void *address, uint32_t length)');

const controlPriority = 7;

/** Sends whole Ethernet frames on any interface; receives none. */
export class PacketSocket {
  readonly #descriptor: number;
  /** struct sockaddr_ll. */
  readonly #address = new Uint8Array(20);
  readonly #view = new DataView(this.#address.buffer);
  #dropped = 0;
  #lastError: string | undefined;

  /** Throws KernelError. */
  constructor() {
    // Protocol 0: the kernel queues nothing for us.
    this.#descriptor = openSocket(family.packet, socketType.raw, 0, 'packet socket');
    trySetNumberOption(this.#descriptor, level.socket, socketOption.priority, controlPriority);
    this.#view.setUint16(0, family.packet, true);
  }

  /** Frames that the kernel did not take, and why the last of them. */
  get dropped(): { readonly frames: number; readonly lastError: string | undefined } {
    return { frames: this.#dropped, lastError: this.#lastError };
  }

  /** Best effort: a frame that is refused is counted, and the next one tried. */
  send(linkIndex: number, frame: Uint8Array): void {
    const error = this.#send(this.#descriptor, linkIndex, frame);
    if (error === undefined) return;
    this.#dropped += 1;
    this.#lastError = error;
  }

  /** Sends nothing, on a descriptor that does not exist. */
  rehearse(): void {
    this.#send(-1, 0, new Uint8Array(60));
  }

  close(): void {
    closeDescriptor(this.#descriptor);
  }

  #send(descriptor: number, linkIndex: number, frame: Uint8Array): string | undefined {
    this.#view.setInt32(4, linkIndex, true);
    const flags = messageFlag.doNotWait | messageFlag.noSignal;
    for (;;) {
      if (sendto(descriptor, frame, frame.length, flags, this.#address, this.#address.length) >= 0) return undefined;
      const error = lastErrno();
      if (error !== errno.EINTR) return errnoName(error);
    }
  }
}

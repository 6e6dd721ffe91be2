// A Unix datagram socket in a host's file system: what a log daemon or systemd listens on.
import type { Host } from '../../src/lab/host.ts';
import { waitFor } from '../../src/lab/wait.ts';
import { DatagramBuffer } from '../../src/linux/datagram-buffer.ts';
import { closeDescriptor } from '../../src/linux/libc.ts';
import { bindSocket, family, openSocket, socketType } from '../../src/linux/socket.ts';

export class DatagramReader {
  readonly #descriptor: number;
  readonly #buffer = new DatagramBuffer(65_536);
  readonly #texts: string[] = [];

  constructor(host: Host, path: string) {
    this.#descriptor = openSocket(family.unix, socketType.datagram, 0, path);
    const address = new Uint8Array(110);
    address[0] = family.unix;
    address.set(Buffer.from(`/proc/${host.pid}/root${path}`), 2);
    bindSocket(this.#descriptor, address, path);
  }

  /** Everything that has come, in order. */
  read(): readonly string[] {
    for (;;) {
      const length = this.#buffer.receive(this.#descriptor);
      if (length < 0) return this.#texts;
      this.#texts.push(Buffer.from(this.#buffer.data(length)).toString('utf8'));
    }
  }

  waitFor(pattern: RegExp): Promise<string> {
    return waitFor(() => this.read().find(text => pattern.test(text)), {
      what: `a datagram that matches ${pattern}`,
      evidence: () => this.#texts.join('\n'),
    });
  }

  close(): void {
    closeDescriptor(this.#descriptor);
  }
}

import { readFileSync } from 'node:fs';
import type { Host } from './host.ts';
import type { HostProcess } from './host-process.ts';
import { waitFor } from './wait.ts';

/** One captured frame. */
export interface Frame {
  /** Microseconds since 1970, from the kernel. */
  readonly atMicroseconds: number;
  /** From the Ethernet destination address on. */
  readonly bytes: Uint8Array;
}

/** Frames of a pcap file (the classic format, either byte order, micro- or nanoseconds); a cut last record is left out. */
export function readPcap(file: Uint8Array): Frame[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.byteLength < 24) return [];
  const magic = view.getUint32(0, true);
  const little = magic === 0xa1b2c3d4 || magic === 0xa1b23c4d;
  const nanoseconds = view.getUint32(0, little) === 0xa1b23c4d;
  const frames: Frame[] = [];
  for (let at = 24; at + 16 <= file.byteLength; ) {
    const seconds = view.getUint32(at, little);
    const fraction = view.getUint32(at + 4, little);
    const length = view.getUint32(at + 8, little);
    if (at + 16 + length > file.byteLength) break;
    frames.push({
      atMicroseconds: seconds * 1_000_000 + (nanoseconds ? fraction / 1000 : fraction),
      bytes: file.slice(at + 16, at + 16 + length),
    });
    at += 16 + length;
  }
  return frames;
}

/** A running capture with Wireshark's dumpcap, which must be in the lab's search path. */
export class Capture {
  readonly #host: Host;
  readonly #process: HostProcess;
  readonly #file: string;

  private constructor(host: Host, process: HostProcess, file: string) {
    this.#host = host;
    this.#process = process;
    this.#file = file;
  }

  /** Resolves once packets are being recorded. */
  static async start(host: Host, interfaceName = 'eth0'): Promise<Capture> {
    const file = `/tmp/capture-${interfaceName}-${process.hrtime.bigint()}.pcap`;
    const running = host.spawn(['dumpcap', '-q', '-P', '-i', interfaceName, '-w', file]);
    await running.waitForLine(/^File: /);
    return new Capture(host, running, file);
  }

  /** What has been written to the file so far; the newest quarter of a second may be missing. */
  frames(): Frame[] {
    return readPcap(readFileSync(this.path));
  }

  /** Where the lab finds the file while the host lives. */
  get path(): string {
    return `/proc/${this.#host.pid}/root${this.#file}`;
  }

  /** Where the host itself finds it. */
  get pathOnHost(): string {
    return this.#file;
  }

  async stop(): Promise<Frame[]> {
    await this.#process.signal('SIGINT');
    await this.#process.ended;
    return this.frames();
  }

  /** The first frame that passes; looks at everything captured so far and then at what comes. */
  waitForFrame(pass: (frame: Frame) => boolean, what: string, timeoutMs?: number): Promise<Frame> {
    return waitFor(() => this.frames().find(pass), {
      what,
      everyMs: 50,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  }
}

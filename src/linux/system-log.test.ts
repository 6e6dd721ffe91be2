import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DatagramBuffer } from './datagram-buffer.ts';
import { closeDescriptor } from './libc.ts';
import { bindSocket, family, openSocket, socketType } from './socket.ts';
import { formatSyslogLine, SystemLog, syslogTime } from './system-log.ts';

const buffer = new DatagramBuffer(65_536);

/** What stands at the other end of /dev/log. */
class Receiver {
  readonly #descriptor: number;

  constructor(file: string) {
    this.#descriptor = openSocket(family.unix, socketType.datagram, 0, file);
    const address = new Uint8Array(110);
    address[0] = family.unix;
    address.set(Buffer.from(file), 2);
    bindSocket(this.#descriptor, address, file);
  }

  read(): readonly string[] {
    const lines: string[] = [];
    for (;;) {
      const length = buffer.receive(this.#descriptor);
      if (length < 0) return lines;
      lines.push(Buffer.from(buffer.data(length)).toString());
    }
  }

  close(): void {
    closeDescriptor(this.#descriptor);
  }
}

it('formats a line as syslog(3) does', () => {
  const date = new Date(2026, 10, 5, 5, 8, 16);
  const options = { ident: 'Keepalived_vrrp', facility: 3, pid: 77 };
  expect(formatSyslogLine(options, 6, syslogTime(date), '(VI_1) Entering MASTER STATE')).toBe(
    '<30>Nov  5 05:08:16 Keepalived_vrrp[77]: (VI_1) Entering MASTER STATE',
  );
  expect(formatSyslogLine({ ...options, facility: 16 }, 3, syslogTime(date), 'x')).toMatch(/^<131>/);
});

describe('SystemLog', () => {
  let folder: string;
  let file: string;
  let log: SystemLog;
  let time: number;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'log-'));
    file = path.join(folder, 'log');
    time = 1;
    log = new SystemLog({ ident: 'test', facility: 3, pid: 7, path: file, now: () => time as never });
  });
  afterEach(() => {
    log.close();
    rmSync(folder, { recursive: true });
  });

  it('sends a datagram per line with its severity', () => {
    const receiver = new Receiver(file);
    log.write('warning', 'one');
    log.write('debug', 'zwei ü');
    expect(receiver.read()).toEqual([
      expect.stringMatching(/^<28>.* test\[7\]: one$/),
      expect.stringMatching(/^<31>.* test\[7\]: zwei ü$/),
    ]);
    expect(log.dropped).toBe(0);
    receiver.close();
  });

  it('never waits for a log daemon that does not read, and tells later what was lost', () => {
    const receiver = new Receiver(file);
    for (let count = 0; count < 5_000; count++) log.write('info', `line ${count}`);
    expect(log.dropped).toBeGreaterThan(0);
    const lost = log.dropped;
    expect(receiver.read().length).toBe(5_000 - lost);
    log.write('info', 'again');
    expect(receiver.read()).toEqual([
      expect.stringMatching(new RegExp(`^<28>.*: ${lost} lines lost: the system log was not reading$`)),
      expect.stringMatching(/: again$/),
    ]);
    expect(log.dropped).toBe(lost);
    receiver.close();
  });

  it('finds a log daemon that was restarted at once', () => {
    const first = new Receiver(file);
    log.write('info', 'one');
    first.close();
    rmSync(file);
    const second = new Receiver(file);
    log.write('info', 'two');
    expect(second.read()).toEqual([expect.stringMatching(/: two$/)]);
    second.close();
  });

  it('looks for a log daemon that is away once a second', () => {
    log.write('info', 'lost');
    expect(log.dropped).toBe(1);
    const receiver = new Receiver(file);
    time += 999_999;
    log.write('info', 'too early');
    expect(log.dropped).toBe(2);
    time += 1;
    log.write('info', 'there');
    expect(receiver.read()).toEqual([expect.stringMatching(/: 2 lines lost/), expect.stringMatching(/: there$/)]);
    receiver.close();
  });

  it('cuts a line that no datagram could hold, between characters', () => {
    const receiver = new Receiver(file);
    log.write('info', 'ü'.repeat(100_000));
    const [line] = receiver.read();
    expect(line!.length).toBeLessThan(9_000);
    expect(line).not.toContain('\ufffd');
    receiver.close();
  });
});

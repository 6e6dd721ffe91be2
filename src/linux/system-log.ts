import type { Instant } from '../base/instant.ts';
import type { LogLevel } from '../ports/log.ts';
import { now } from './clock.ts';
import { clockText } from './clock-text.ts';
import { closeDescriptor, errno, lastErrno, libcFunction } from './libc.ts';
import { family, messageFlag, openSocket, socketType } from './socket.ts';

const connect = libcFunction<(fd: number, address: Uint8Array, length: number) => number>(
  'int connect(int fd, const void *address, uint32_t length)',
);
const send = libcFunction<(fd: number, data: Uint8Array, count: number, flags: number) => number>(
  'intptr_t send(int fd, const void *data, size_t count, int flags)',
);

/** Codes of syslog(3). */
const severity: Record<LogLevel, number> = {
  emergency: 0,
  alert: 1,
  critical: 2,
  error: 3,
  warning: 4,
  notice: 5,
  info: 6,
  debug: 7,
};

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** A log daemon that is away is looked for this often. */
const retryAfterMicroseconds = 1_000_000;
/** Longer lines are cut: a datagram too large for the socket would be lost as a whole. */
const longestLineBytes = 8_000;

export interface SystemLogOptions {
  /** Name in front of the process id. */
  readonly ident: string;
  /** 0 .. 23 as in syslog(3): 3 is daemon, 16 .. 23 local0 .. local7. */
  readonly facility: number;
  readonly pid: number;
  readonly path?: string;
  readonly now?: () => Instant;
}

/**
 * The system's log, as syslog(3) speaks to it, but never waiting: a line that the log daemon does not take at once is
 * counted and its loss told as soon as a line gets through again.
 */
export class SystemLog {
  readonly #options: SystemLogOptions;
  readonly #address: Uint8Array;
  readonly #time = clockText(syslogTime);
  #descriptor = -1;
  #retryAt = 0;
  #dropped = 0;
  #untold = 0;

  constructor(options: SystemLogOptions) {
    this.#options = options;
    const path = Buffer.from(options.path ?? '/dev/log', 'utf8');
    this.#address = new Uint8Array(110);
    this.#address[0] = family.unix;
    this.#address.set(path.subarray(0, 107), 2);
  }

  /** Lines lost so far. */
  get dropped(): number {
    return this.#dropped;
  }

  write(level: LogLevel, text: string): void {
    if (this.#untold > 0 && this.#send('warning', `${this.#untold} lines lost: the system log was not reading`))
      this.#untold = 0;
    if (this.#untold === 0 && this.#send(level, text)) return;
    this.#dropped += 1;
    this.#untold += 1;
  }

  close(): void {
    if (this.#descriptor >= 0) closeDescriptor(this.#descriptor);
    this.#descriptor = -1;
    this.#retryAt = Number.POSITIVE_INFINITY;
  }

  #send(level: LogLevel, text: string): boolean {
    const line = formatSyslogLine(this.#options, severity[level], this.#time(), text);
    const bytes = cut(Buffer.from(line, 'utf8'));
    // Twice: a log daemon that was restarted has left us a dead socket, and the new one is there already.
    for (let attempt = 0; attempt < 2; attempt++) {
      if (!this.#connected()) return false;
      if (send(this.#descriptor, bytes, bytes.length, messageFlag.doNotWait | messageFlag.noSignal) >= 0) return true;
      const error = lastErrno();
      if (error === errno.EAGAIN || error === errno.ENOBUFS || error === errno.EMSGSIZE) return false;
      closeDescriptor(this.#descriptor);
      this.#descriptor = -1;
    }
    return false;
  }

  #connected(): boolean {
    if (this.#descriptor >= 0) return true;
    const instant = (this.#options.now ?? now)();
    if (instant < this.#retryAt) return false;
    try {
      const descriptor = openSocket(family.unix, socketType.datagram, 0, 'system log');
      if (connect(descriptor, this.#address, this.#address.length) === 0) {
        this.#descriptor = descriptor;
        return true;
      }
      closeDescriptor(descriptor);
    } catch {
      // No descriptors left: nobody could be told, and a log must not end what it reports on.
    }
    this.#retryAt = instant + retryAfterMicroseconds;
    return false;
  }
}

/** At most the longest line, ending with a whole UTF-8 character. */
function cut(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= longestLineBytes) return bytes;
  let end = longestLineBytes;
  while ((bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}

/** `<30>Nov  5 05:08:16 ident[77]: text`: RFC 3164 without the host name, which the log daemon knows. */
export function formatSyslogLine(
  options: { readonly ident: string; readonly facility: number; readonly pid: number },
  severityCode: number,
  time: string,
  text: string,
): string {
  const priority = options.facility * 8 + severityCode;
  return `<${priority}>${time} ${options.ident}[${options.pid}]: ${text}`;
}

/** `Nov  5 05:08:16` */
export function syslogTime(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = String(date.getDate()).padStart(2, ' ');
  return `${months[date.getMonth()]} ${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

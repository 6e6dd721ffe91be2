import type { Result } from '../base/result.ts';
import { decodeFamily, encodeFamilyRequest } from '../netlink/generic.ts';
import {
  decodeDestination,
  decodeLoad,
  decodeService,
  decodeSyncDaemon,
  decodeTimeouts,
  type IpvsProblem,
} from '../netlink/ipvs-answer.ts';
import { ipvsFamily, serviceFamily } from '../netlink/ipvs-format.ts';
import {
  encodeDaemonDump,
  encodeDestinationDump,
  encodeIpvsCommand,
  encodeServiceDump,
  encodeTimeoutsRequest,
} from '../netlink/ipvs-request.ts';
import type { NetlinkMessage } from '../netlink/message.ts';
import { MessageWriter } from '../netlink/message-writer.ts';
import type {
  IpvsCommand,
  IpvsEntry,
  IpvsLoad,
  IpvsService,
  IpvsServiceKey,
  IpvsSyncDaemon,
  IpvsTimeouts,
} from '../ports/ipvs.ts';
import { errnoName, KernelError } from './libc.ts';
import { netlinkProtocol, RequestSocket } from './netlink-socket.ts';

/** The table cannot be reached; the message says what the operator can do about it. */
export class IpvsUnavailable extends Error {
  override readonly name = 'IpvsUnavailable';
  /** errno's name. */
  readonly code: string;

  constructor(cause: KernelError) {
    super(explanation(cause.code), { cause });
    this.code = cause.code;
  }
}

function explanation(code: string): string {
  switch (code) {
    case 'ENOENT':
    case 'EPROTONOSUPPORT':
      return 'this kernel has no IPVS, or could not load its module ip_vs (`modprobe ip_vs` says why)';
    case 'EPERM':
    case 'EACCES':
      return 'the kernel does not let us use IPVS (the capability CAP_NET_ADMIN is needed)';
    default:
      return `the kernel answers ${code}`;
  }
}

export interface IpvsReading {
  readonly entries: readonly IpvsEntry[];
  readonly timeouts: IpvsTimeouts;
  /** Those that run. */
  readonly syncDaemons: readonly IpvsSyncDaemon['state'][];
}

/** After these a socket's conversation cannot be trusted any more, but another one's can. */
const passing: ReadonlySet<string> = new Set(['ENOBUFS', 'ENOMEM', 'EBUSY', 'EAGAIN', 'EBADMSG']);
const attempts = 3;

type Encode = (family: number, writer: MessageWriter, sequence: number) => void;
type Decode<Value> = (message: NetlinkMessage) => Result<Value, IpvsProblem>;

/** The kernel's IPVS table, in the network namespace that the thread is in when it is first used. */
export class Ipvs {
  readonly #malformed = new Map<string, number>();
  readonly #writer = new MessageWriter(65_536);
  #socket: RequestSocket | undefined;
  /** For the list of services, which is read in steps; in between the other one is used. */
  #listing: RequestSocket | undefined;
  /** What the kernel numbered the family; not for ever, because a module may go and come. */
  #family: number | undefined;

  /** Answers that made no sense, by reason. */
  get malformed(): ReadonlyMap<string, number> {
    return this.#malformed;
  }

  /**
   * Obeys the commands in order, all that can be obeyed, and gives errno's names of the others by their place. Throws
   * IpvsUnavailable if there is nobody to obey.
   */
  change(commands: readonly IpvsCommand[]): readonly { readonly place: number; readonly error: string }[] {
    const errors: { place: number; error: string }[] = [];
    let start = 0;
    while (start < commands.length) {
      const part = commands.slice(start, start + this.#open().batchLimit);
      for (const [place, error] of this.#send(part)) errors.push({ place: start + place, error });
      start += part.length;
    }
    return errors;
  }

  /** The whole table. Throws IpvsUnavailable. */
  read(): IpvsReading {
    const steps = this.readInSteps(Number.POSITIVE_INFINITY);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  }

  /**
   * The same, pausing after every `services` services, so that a large table does not hold the event loop. What changes
   * between two steps may be seen or not. A step throws IpvsUnavailable.
   */
  *readInSteps(services: number): Generator<undefined, IpvsReading, undefined> {
    const found = yield* this.#listServices(services);
    const timeouts = this.#ask(encodeTimeoutsRequest, decodeTimeouts) ?? { tcp: 0, tcpFin: 0, udp: 0 };
    const syncDaemons = this.syncDaemons().map(({ state }) => state);
    const entries: IpvsEntry[] = [];
    for (const service of found) {
      if (entries.length > 0 && entries.length % services === 0) yield;
      const { key } = service;
      const family = serviceFamily(key);
      const destinations = this.#dump(
        (number, writer, sequence) => encodeDestinationDump(number, writer, key, sequence),
        message => decodeDestination(message, family),
      );
      entries.push({ service, destinations });
    }
    return { entries, timeouts, syncDaemons };
  }

  /** The connections of each destination of a service; none if there is no such service. Throws IpvsUnavailable. */
  loads(key: IpvsServiceKey): readonly IpvsLoad[] {
    const family = serviceFamily(key);
    return this.#dump(
      (number, writer, sequence) => encodeDestinationDump(number, writer, key, sequence),
      message => decodeLoad(message, family),
    );
  }

  /** The sync daemons that run. Throws IpvsUnavailable. */
  syncDaemons(): readonly IpvsSyncDaemon[] {
    return this.#dump(encodeDaemonDump, decodeSyncDaemon);
  }

  close(): void {
    this.#listing?.close();
    this.#listing = undefined;
    this.#socket?.close();
    this.#socket = undefined;
    this.#family = undefined;
  }

  #send(commands: readonly IpvsCommand[]): readonly (readonly [place: number, error: string])[] {
    const family = this.#familyNumber();
    const socket = this.#open();
    const first = socket.sequences(commands.length);
    this.#writer.clear();
    commands.forEach((command, place) => {
      encodeIpvsCommand(family, this.#writer, command, first + place, place === commands.length - 1);
    });
    try {
      const numbers = socket.execute(this.#writer.bytes(), first, commands.length);
      // So it answers when it is not there, as well as for an unknown destination.
      if ([...numbers.values()].some(number => errnoName(number) === 'ENOENT')) this.#family = undefined;
      return [...numbers].map(([place, number]) => [place, errnoName(number)]);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      // How far it came is not known: a look at the table will tell.
      this.close();
      return commands.map((_, place) => [place, error.code]);
    }
  }

  *#listServices(services: number): Generator<undefined, readonly IpvsService[], undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        const family = this.#familyNumber();
        // One that was given up half-way has answers waiting.
        this.#listing?.close();
        this.#listing = new RequestSocket(netlinkProtocol.generic, ipvsFamily);
        const found: IpvsService[] = [];
        let pausedAt = 0;
        for (const messages of this.#listing.dumpInSteps(sequence =>
          this.#encoded(encodeServiceDump, family, sequence),
        )) {
          for (const service of this.#decoded(messages, decodeService)) found.push(service);
          if (found.length - pausedAt < services) continue;
          pausedAt = found.length;
          yield;
        }
        this.#listing.close();
        this.#listing = undefined;
        return found;
      } catch (error) {
        this.#recover(error, attempt);
      }
    }
  }

  #encoded(encode: Encode, family: number, sequence: number): Uint8Array {
    this.#writer.clear();
    encode(family, this.#writer, sequence);
    return this.#writer.bytes();
  }

  #dump<Value>(encode: Encode, decode: Decode<Value>): readonly Value[] {
    const messages = this.#reach(family => this.#open().dump(sequence => this.#encoded(encode, family, sequence)));
    return this.#decoded(messages, decode);
  }

  #ask<Value>(encode: Encode, decode: Decode<Value>): Value | undefined {
    const messages = this.#reach(family => this.#open().ask(sequence => this.#encoded(encode, family, sequence)));
    return this.#decoded(messages, decode)[0];
  }

  #decoded<Value>(messages: readonly NetlinkMessage[], decode: Decode<Value>): readonly Value[] {
    const values: Value[] = [];
    for (const message of messages) {
      const result = decode(message);
      if (result.ok) values.push(result.value);
      else this.#malformed.set(result.reason, (this.#malformed.get(result.reason) ?? 0) + 1);
    }
    return values;
  }

  /** Asks again what failed for a passing reason, or because the family has another number by now. */
  #reach<Value>(what: (family: number) => Value): Value {
    for (let attempt = 1; ; attempt++) {
      const family = this.#familyNumber();
      try {
        return what(family);
      } catch (error) {
        this.#recover(error, attempt);
      }
    }
  }

  /** Returns if it is worth another attempt. */
  #recover(error: unknown, attempt: number): void {
    if (!(error instanceof KernelError)) throw error;
    this.close();
    const mayPass = passing.has(error.code) || error.code === 'ENOENT';
    if (!mayPass || attempt === attempts) throw new IpvsUnavailable(error);
  }

  /** Asking by name is also what makes the kernel load the module. */
  #familyNumber(): number {
    if (this.#family !== undefined) return this.#family;
    try {
      const messages = this.#open().ask(sequence => {
        this.#writer.clear();
        encodeFamilyRequest(this.#writer, ipvsFamily, sequence);
        return this.#writer.bytes();
      });
      for (const { name, id } of this.#decoded(messages, decodeFamily)) if (name === ipvsFamily) this.#family = id;
      if (this.#family === undefined) throw new KernelError('find', ipvsFamily, 'ENOENT');
      return this.#family;
    } catch (error) {
      this.close();
      throw error instanceof KernelError ? new IpvsUnavailable(error) : error;
    }
  }

  #open(): RequestSocket {
    try {
      this.#socket ??= new RequestSocket(netlinkProtocol.generic, ipvsFamily);
      return this.#socket;
    } catch (error) {
      throw error instanceof KernelError ? new IpvsUnavailable(error) : error;
    }
  }
}

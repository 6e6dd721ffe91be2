import { assert } from '../base/assert.ts';
import {
  decodeErrorNumber,
  decodeMessages,
  messageFlag,
  messageType,
  type NetlinkMessage,
} from '../netlink/message.ts';
import { DatagramBuffer } from './datagram-buffer.ts';
import { closeDescriptor, errno, errnoName, KernelError, lastErrno, libcFunction } from './libc.ts';
import { order, type Poller, type Watch } from './poller.ts';
import {
  bindSocket,
  family,
  level,
  numberOption,
  openSocket,
  prepareSocket,
  setOption,
  setReceiveBuffer,
  socketOption,
  socketType,
  trySetNumberOption,
} from './socket.ts';

const send = libcFunction<(fd: number, data: Uint8Array, count: number, flags: number) => number>(
  'intptr_t send(int fd, const void *data, size_t count, int flags)',
);

export const netlinkProtocol = { route: 0, netfilter: 12, generic: 16 } as const;
/** RTNLGRP_* of rtnetlink(7). */
export const routeGroup = {
  link: 1,
  ipv4Address: 5,
  ipv4Route: 7,
  ipv4Rule: 8,
  ipv6Address: 9,
  ipv6Route: 11,
  ipv6Rule: 19,
  ipv6Configuration: 25,
} as const;

const netlinkOption = { capAcknowledge: 10 } as const;
const requestReceiveBufferBytes = 1 << 20;
const monitorReceiveBufferBytes = 4 << 20;
/** What one answer occupies of a socket's receive buffer, bookkeeping included; measured as 768, rounded up. */
const answerFootprint = 1_024;
/** Enough to make the system call's share small; what is sent must fit the default send buffer. */
const largestBatch = 500;
const datagramSize = 65_536;
const datagramsPerTurn = 32;
const dumpAttempts = 10;

const buffer = new DatagramBuffer(datagramSize);

/** Other processes may send to a netlink socket, too; only the kernel has port 0. */
function fromKernel(): boolean {
  return new DataView(buffer.name.buffer).getUint32(4, true) === 0;
}

function netlinkAddress(groups: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, family.netlink, true);
  let mask = 0;
  for (const group of groups) mask |= 1 << (group - 1);
  view.setUint32(8, mask >>> 0, true);
  return bytes;
}

/**
 * Asks the kernel and takes its answers, synchronously: netlink does the work inside send(2), and the answers wait in the
 * receive buffer when it returns. Its own socket, so that no flood of news can push an answer out.
 */
export class RequestSocket {
  readonly #descriptor: number;
  readonly #object: string;
  #sequence = 0;
  /** How many messages may be sent at once so that even if all of them fail no answer is lost. */
  readonly batchLimit: number;

  /** A smaller receive buffer means smaller batches. Throws KernelError. */
  constructor(protocol: number, object: string, receiveBufferBytes: number = requestReceiveBufferBytes) {
    this.#object = object;
    this.#descriptor = openSocket(family.netlink, socketType.raw, protocol, object, 'blocking');
    let receiveBuffer = 0;
    prepareSocket(this.#descriptor, () => {
      setReceiveBuffer(this.#descriptor, receiveBufferBytes);
      receiveBuffer = numberOption(this.#descriptor, level.socket, socketOption.receiveBuffer, object);
      // An error without a copy of what caused it; we know what we sent.
      trySetNumberOption(this.#descriptor, level.netlink, netlinkOption.capAcknowledge, 1);
      // The kernel has answered before we read; this only bounds what a bug could cost.
      const timeout = new Uint8Array(16);
      timeout[0] = 2;
      setOption(this.#descriptor, level.socket, socketOption.receiveTimeout, timeout, object);
      bindSocket(this.#descriptor, netlinkAddress([]), object);
    });
    this.batchLimit = Math.min(largestBatch, Math.max(1, Math.floor(receiveBuffer / answerFootprint)));
  }

  /** A number that no request in flight has; `count` of them in a row. */
  sequences(count: number): number {
    const first = this.#sequence + 1;
    this.#sequence += count;
    if (this.#sequence > 0x7fff_ffff) {
      this.#sequence = count;
      return 1;
    }
    return first;
  }

  /**
   * Sends messages numbered from `first` on and gives the errno of each that failed, by its place. Only the last one needs
   * to ask for an acknowledgement: the kernel works in order, and errors come unasked.
   */
  execute(messages: Uint8Array, first: number, count: number): ReadonlyMap<number, number> {
    assert(count <= this.batchLimit, 'a netlink batch is larger than its answers may be');
    this.#send(messages);
    const errors = new Map<number, number>();
    for (const { place, number } of this.#acknowledgements(first, count)) {
      if (number !== 0) errors.set(place, number);
      if (place === count - 1) break;
    }
    return errors;
  }

  /**
   * Sends messages that take effect all together or not at all, numbered from `first` on: the beginning, which is refused if
   * all of it is, and those that ask for an acknowledgement. Gives the errno of the first that failed, or undefined.
   */
  transact(messages: Uint8Array, first: number, count: number): number | undefined {
    assert(count <= this.batchLimit, 'a netlink batch is larger than its answers may be');
    // It must be in one piece, whatever a socket may usually send; doubled, for the kernel's own bookkeeping.
    const room = 2 * messages.length;
    if (!trySetNumberOption(this.#descriptor, level.socket, socketOption.sendBufferForce, room)) {
      trySetNumberOption(this.#descriptor, level.socket, socketOption.sendBuffer, room);
    }
    this.#send(messages);
    let failure: number | undefined;
    for (const { place, number } of this.#acknowledgements(first, count)) {
      if (number !== 0) failure ??= number;
      if (place === count - 1 || (place === 0 && number !== 0)) break;
    }
    return failure;
  }

  /** Every message of a dump. Asked again if the table changed under the kernel's hands. */
  dump(encode: (sequence: number) => Uint8Array): readonly NetlinkMessage[] {
    for (let attempt = 1; ; attempt++) {
      const sequence = this.sequences(1);
      this.#send(encode(sequence));
      const { messages, interrupted } = this.#collectDump(sequence);
      // Better a list with a gap, which news will fill, than none at all on a machine that never rests.
      if (!interrupted || attempt === dumpAttempts) return messages;
    }
  }

  /**
   * The messages of a dump as the kernel hands them out, some hundred at a time; what changes in between may be in it or not.
   * Until it is through, nothing else may be asked here.
   */
  *dumpInSteps(encode: (sequence: number) => Uint8Array): Generator<readonly NetlinkMessage[], void, undefined> {
    const sequence = this.sequences(1);
    this.#send(encode(sequence));
    yield* this.#dumped(sequence);
  }

  /**
   * Every message of an answer that is no dump. The request asks for an acknowledgement, which ends the answer. Throws
   * KernelError with what the kernel said against it.
   */
  ask(encode: (sequence: number) => Uint8Array): readonly NetlinkMessage[] {
    const sequence = this.sequences(1);
    this.#send(encode(sequence));
    const messages: NetlinkMessage[] = [];
    for (;;) {
      for (const message of this.#receive()) {
        if (message.sequence !== sequence) continue;
        if (message.type !== messageType.error) {
          messages.push({ ...message, body: message.body.slice() });
          continue;
        }
        const number = decodeErrorNumber(message) ?? 0;
        if (number !== 0) throw new KernelError('ask', this.#object, errnoName(number));
        return messages;
      }
    }
  }

  close(): void {
    closeDescriptor(this.#descriptor);
  }

  /** What the kernel says of messages numbered from `first` on, errno or 0, without end: the taker knows which is the last. */
  *#acknowledgements(first: number, count: number): Iterable<{ readonly place: number; readonly number: number }> {
    for (;;) {
      for (const message of this.#receive()) {
        if (message.type !== messageType.error) continue;
        const place = message.sequence - first;
        if (place < 0 || place >= count) continue;
        const number = decodeErrorNumber(message);
        if (number === undefined) throw new KernelError('read answer from', this.#object, 'EBADMSG');
        yield { place, number };
      }
    }
  }

  #collectDump(sequence: number): { readonly messages: readonly NetlinkMessage[]; readonly interrupted: boolean } {
    const messages: NetlinkMessage[] = [];
    const parts = this.#dumped(sequence);
    for (;;) {
      const { done, value } = parts.next();
      if (done) return { messages, interrupted: value };
      for (const message of value) messages.push(message);
    }
  }

  /** What each read of a dump brings; at last, whether the table changed meanwhile. */
  *#dumped(sequence: number): Generator<readonly NetlinkMessage[], boolean, undefined> {
    let interrupted = false;
    for (;;) {
      const messages: NetlinkMessage[] = [];
      for (const message of this.#receive()) {
        if (message.sequence !== sequence) continue;
        if ((message.flags & messageFlag.dumpInterrupted) !== 0) interrupted = true;
        if (message.type === messageType.done) {
          yield messages;
          return interrupted;
        }
        if (message.type === messageType.error) {
          const number = decodeErrorNumber(message) ?? 0;
          throw new KernelError('list', this.#object, errnoName(number));
        }
        messages.push({ ...message, body: message.body.slice() });
      }
      yield messages;
    }
  }

  #send(messages: Uint8Array): void {
    for (;;) {
      if (send(this.#descriptor, messages, messages.length, 0) === messages.length) return;
      const error = lastErrno();
      if (error !== errno.EINTR) throw new KernelError('send to', this.#object, errnoName(error));
    }
  }

  #receive(): readonly NetlinkMessage[] {
    const length = buffer.receive(this.#descriptor);
    if (length < 0) throw new KernelError('receive from', this.#object, errnoName(-length));
    if (!fromKernel()) return [];
    return decodeMessages(buffer.data(length)).messages;
  }
}

export interface NewsReceiver {
  message(message: NetlinkMessage): void;
  /** The kernel had to drop news: what is known is no longer the whole truth. */
  overrun(): void;
  /** A datagram that made no sense. */
  malformed(reason: string): void;
}

/** Hears of changes that anybody makes. */
export class MonitorSocket {
  readonly #descriptor: number;
  readonly #watch: Watch;
  readonly #receiver: NewsReceiver;
  #closed = false;

  /** Throws KernelError. `receiveBufferBytes` is SO_RCVBUF; the default is generous. */
  constructor(
    poller: Poller,
    protocol: number,
    groups: readonly number[],
    object: string,
    receiver: NewsReceiver,
    receiveBufferBytes = monitorReceiveBufferBytes,
  ) {
    this.#receiver = receiver;
    this.#descriptor = openSocket(family.netlink, socketType.raw, protocol, object);
    prepareSocket(this.#descriptor, () => {
      setReceiveBuffer(this.#descriptor, receiveBufferBytes);
      bindSocket(this.#descriptor, netlinkAddress(groups), object);
    });
    this.#watch = poller.watch(this.#descriptor, 'readable', order.events, () => this.#read());
  }

  /** Forgets the news that wait: a dump that follows is newer. */
  discard(): void {
    // Bounded, because news may come faster than they are thrown away; what is left is only repetition.
    for (let count = 0; count < 10_000; count++) {
      const length = buffer.receive(this.#descriptor);
      if (length === -errno.EAGAIN) return;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.stop();
    closeDescriptor(this.#descriptor);
  }

  #read(): void {
    for (let count = 0; count < datagramsPerTurn && !this.#closed; count++) {
      const length = buffer.receive(this.#descriptor);
      if (length < 0) {
        if (length === -errno.EAGAIN) return;
        if (length !== -errno.ENOBUFS) throw new KernelError('receive from', 'netlink monitor', errnoName(-length));
        this.#receiver.overrun();
        return;
      }
      if (!fromKernel()) continue;
      if (buffer.truncated) {
        this.#receiver.overrun();
        return;
      }
      // A copy: a receiver may ask the kernel something, through the same buffer.
      const contents = decodeMessages(buffer.data(length).slice());
      for (const message of contents.messages) this.#receiver.message(message);
      if (contents.problem) this.#receiver.malformed(contents.problem);
    }
  }
}

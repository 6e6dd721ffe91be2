import { type Duration, inMilliseconds, milliseconds, seconds, zero } from '../base/duration.ts';
import { after, elapsed, type Instant, instantFromMicroseconds } from '../base/instant.ts';
import { parseIpAddress } from '../base/ip-address.ts';
import { seededPrng } from '../base/prng.ts';
import type { ControlPacket, ReceivedControl, SessionState } from '../packet/bfd-control.ts';
import type { BfdInstanceConfiguration } from './configuration.ts';
import { Session, type SessionEvent } from './session.ts';

/** A session to 192.0.2.2 with keepalived's defaults, but for what is given. */
export function instance(changes: Partial<BfdInstanceConfiguration> = {}): BfdInstanceConfiguration {
  return {
    name: 'peer',
    neighbor: parseIpAddress('192.0.2.2')!,
    source: undefined,
    minRx: milliseconds(10),
    minTx: milliseconds(10),
    idleTx: seconds(1),
    multiplier: 5,
    passive: false,
    ttl: 255,
    minimumTtl: 255,
    multihop: false,
    weight: 0,
    reverse: false,
    toVrrp: true,
    toChecker: true,
    ...changes,
  };
}

/** What the peer says: discriminator 77, 10 ms both ways, multiplier 5, but for what is given. */
export function control(changes: Partial<ReceivedControl> = {}): ReceivedControl {
  return {
    version: 1,
    diagnostic: 0,
    state: 'Down',
    poll: false,
    final: false,
    controlPlaneIndependent: false,
    authenticationPresent: false,
    demand: false,
    multipoint: false,
    detectMultiplier: 5,
    length: 24,
    payloadLength: 24,
    myDiscriminator: 77,
    yourDiscriminator: 1,
    desiredMinTx: milliseconds(10),
    requiredMinRx: milliseconds(10),
    requiredMinEchoRx: zero,
    ...changes,
  };
}

interface Sent {
  readonly at: Instant;
  readonly packet: ControlPacket;
}

/** One session, a peer that says what the test wants, and a clock that stands still unless told to move. */
export class SessionBench {
  now: Instant = instantFromMicroseconds(1_000_000);
  readonly session: Session;
  readonly sent: Sent[] = [];
  readonly entered: SessionState[] = [];
  readonly events: SessionEvent[] = [];

  constructor(changes: Partial<BfdInstanceConfiguration> = {}, seed = 1) {
    this.session = new Session(instance(changes), 1, seededPrng(seed), this.now);
    this.run(zero);
  }

  get state(): SessionState {
    return this.session.state;
  }

  get last(): ControlPacket {
    return this.sent.at(-1)!.packet;
  }

  /** Milliseconds between packets. */
  get gaps(): readonly number[] {
    return this.sent.slice(1).map(({ at }, place) => inMilliseconds(elapsed(this.sent[place]!.at, at)));
  }

  /** A packet comes in; yields what is sent for it at once. */
  hear(changes: Partial<ReceivedControl> = {}): readonly ControlPacket[] {
    const before = this.sent.length;
    this.take(this.session.receive(this.now, control(changes)));
    return this.sent.slice(before).map(({ packet }) => packet);
  }

  /** Time passes; yields what is sent meanwhile. */
  run(span: Duration): readonly ControlPacket[] {
    const before = this.sent.length;
    const end = after(this.now, span);
    for (let at = this.session.nextDeadline(); at !== undefined && at <= end; at = this.session.nextDeadline()) {
      if (at > this.now) this.now = at;
      this.take(this.session.advance(this.now));
    }
    this.now = end;
    return this.sent.slice(before).map(({ packet }) => packet);
  }

  /** As run, but the peer says the same again every so often. */
  runHearing(span: Duration, every: Duration, changes: Partial<ReceivedControl>): readonly ControlPacket[] {
    const before = this.sent.length;
    for (let passed = 0; passed < span; passed += every) {
      this.run(every);
      this.hear(changes);
    }
    return this.sent.slice(before).map(({ packet }) => packet);
  }

  /** Through the handshake, and through the Poll Sequence that follows it. */
  up(changes: Partial<ReceivedControl> = {}): this {
    this.hear({ ...changes, state: 'Down', yourDiscriminator: 0 });
    this.hear({ ...changes, state: 'Init' });
    this.run(milliseconds(10));
    this.hear({ ...changes, state: 'Up', final: true });
    return this;
  }

  take(events: readonly SessionEvent[]): void {
    for (const event of events) {
      this.events.push(event);
      if (event.type === 'send') this.sent.push({ at: this.now, packet: event.packet });
      else if (event.type === 'entered') this.entered.push(event.state);
    }
  }
}

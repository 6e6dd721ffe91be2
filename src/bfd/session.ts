import { type Duration, microseconds, seconds, times } from '../base/duration.ts';
import { after, earliest, elapsed, type Instant } from '../base/instant.ts';
import type { Prng } from '../base/prng.ts';
import { type ControlPacket, diagnostic, type ReceivedControl, type SessionState } from '../packet/bfd-control.ts';
import type { BfdInstanceConfiguration } from './configuration.ts';

/** What a session wants done or told, in order. */
export type SessionEvent =
  | { readonly type: 'send'; readonly packet: ControlPacket }
  | { readonly type: 'entered'; readonly state: SessionState; readonly from: SessionState }
  /** No packet for a detection time, which ended `overdue` ago. */
  | { readonly type: 'expired'; readonly detectionTime: Duration; readonly overdue: Duration };

/** RFC 5880 section 6.8.3: nobody is asked for more than a packet a second before the session is Up. */
const slowest = seconds(1);
/** RFC 5880 section 6.8.1: bfd.RemoteMinRxInterval before anything is known. */
const initialRemoteMinRx = microseconds(1);
const largestInterval = 0xffff_ffff;

/** What the last accepted packets said of the other side. */
interface Remote {
  discriminator: number;
  state: SessionState;
  diagnostic: number;
  demand: boolean;
  minRx: Duration;
  minTx: Duration;
  multiplier: number;
}

/**
 * A Poll Sequence, RFC 5880 section 6.5. `again`: values changed while it ran, so its Final does not answer for them.
 * `pause`: the next one waits for a packet without Final, which cannot belong to the one before (section 6.8.3).
 */
type Poll = 'none' | 'wanted' | 'running' | 'again' | 'pause';

/**
 * One BFD session in asynchronous mode: RFC 5880 section 6.8, without echo, demand mode of its own and authentication.
 * Packets are given to it after the receive checks.
 */
export class Session {
  readonly discriminator: number;
  readonly #prng: Prng;
  readonly #events: SessionEvent[] = [];
  #configuration: BfdInstanceConfiguration;

  #state: SessionState = 'Down';
  #diagnostic: number = diagnostic.none;
  readonly #remote: Remote = {
    discriminator: 0,
    state: 'Down',
    diagnostic: 0,
    demand: false,
    minRx: initialRemoteMinRx,
    minTx: microseconds(0),
    multiplier: 0,
  };
  #poll: Poll = 'none';
  /** As told to the other side. */
  #desiredMinTx: Duration;
  #requiredMinRx: Duration;
  /** As used: a change for the worse waits for the end of its Poll Sequence (RFC 5880 section 6.8.3). */
  #usedMinTx: Duration;
  #usedMinRx: Duration;

  #lastSentAt: Instant | undefined;
  /** Nothing is due before: a deadline that moves never moves into the past. */
  #notBefore: Instant;
  /** What this slot is shortened by: a part of the interval. */
  #jitter = 0;
  #lastReceivedAt: Instant | undefined;

  /** Active sessions send from `now` on. `discriminator` is not 0 and nobody else's. */
  constructor(configuration: BfdInstanceConfiguration, discriminator: number, prng: Prng, now: Instant) {
    this.#configuration = configuration;
    this.discriminator = discriminator;
    this.#prng = prng;
    this.#desiredMinTx = this.#wantedMinTx();
    this.#usedMinTx = this.#desiredMinTx;
    this.#requiredMinRx = configuration.minRx;
    this.#usedMinRx = configuration.minRx;
    this.#notBefore = now;
  }

  get configuration(): BfdInstanceConfiguration {
    return this.#configuration;
  }

  get state(): SessionState {
    return this.#state;
  }

  get localDiagnostic(): number {
    return this.#diagnostic;
  }

  get remote(): Readonly<Remote> {
    return this.#remote;
  }

  /** Undefined while nothing has been heard that could fail to come. */
  get detectionTime(): Duration | undefined {
    const { minTx, multiplier } = this.#remote;
    if (this.#lastReceivedAt === undefined || multiplier === 0) return undefined;
    return times(longer(this.#usedMinRx, minTx), multiplier);
  }

  /** An accepted packet: the second half of RFC 5880 section 6.8.6. */
  receive(now: Instant, packet: ReceivedControl): readonly SessionEvent[] {
    const remote = this.#remote;
    const dueBefore = this.#sendsAt();
    remote.discriminator = packet.myDiscriminator;
    remote.state = packet.state;
    remote.diagnostic = packet.diagnostic;
    remote.demand = packet.demand;
    remote.minRx = packet.requiredMinRx;
    remote.minTx = packet.desiredMinTx;
    remote.multiplier = packet.detectMultiplier;
    this.#lastReceivedAt = now;
    this.#answered(packet.final);
    if (this.#state !== 'AdminDown') this.#obey(now, packet);
    const due = this.#sendsAt();
    if (due !== dueBefore && due !== undefined && due < now) this.#notBefore = now;
    return this.#take();
  }

  #obey(now: Instant, packet: ReceivedControl): void {
    const before = this.#state;
    this.#follow(packet.state);
    if (packet.poll) this.#send(now, true);
    // RFC 5880 section 6.8.7: what changed is said at once; a reply to a Poll has said it already.
    else if (this.#state !== before) this.#sendIfSpeaking(now);
  }

  /** Sends what is due, and notices what did not come. */
  advance(now: Instant): readonly SessionEvent[] {
    const expiry = this.#expiresAt();
    if (expiry !== undefined && expiry <= now) this.#expire(now, expiry);
    const sendAt = this.#sendsAt();
    if (sendAt !== undefined && sendAt <= now) this.#send(now, false);
    return this.#take();
  }

  nextDeadline(): Instant | undefined {
    return earliest(this.#sendsAt(), this.#expiresAt());
  }

  /** Other values for the same peer: the session goes on (RFC 5880 sections 6.8.3 and 6.8.12). */
  reconfigure(configuration: BfdInstanceConfiguration): void {
    this.#configuration = configuration;
    this.#changeIntervals();
  }

  /** Administrative end: RFC 5880 section 6.8.16. The peer hears that nothing failed. */
  disable(now: Instant): readonly SessionEvent[] {
    if (this.#state === 'AdminDown') return [];
    this.#enter('AdminDown', diagnostic.administrativelyDown);
    this.#sendIfSpeaking(now);
    return this.#take();
  }

  enable(): readonly SessionEvent[] {
    if (this.#state === 'AdminDown') this.#enter('Down', this.#diagnostic);
    return this.#take();
  }

  #take(): readonly SessionEvent[] {
    return this.#events.splice(0);
  }

  /** The state machine of RFC 5880 section 6.2, after section 6.8.6. */
  #follow(received: SessionState): void {
    const state = this.#state;
    if (received === 'AdminDown') {
      if (state !== 'Down') this.#enter('Down', diagnostic.neighborDown);
    } else if (state === 'Down') {
      if (received === 'Down') this.#enter('Init', diagnostic.none);
      else if (received === 'Init') this.#enter('Up', diagnostic.none);
    } else if (state === 'Init') {
      if (received !== 'Down') this.#enter('Up', diagnostic.none);
    } else if (received === 'Down') this.#enter('Down', diagnostic.neighborDown);
  }

  #enter(state: SessionState, reason: number): void {
    const from = this.#state;
    this.#state = state;
    this.#diagnostic = reason;
    this.#events.push({ type: 'entered', state, from });
    this.#changeIntervals();
  }

  #expire(now: Instant, expiry: Instant): void {
    const detectionTime = this.detectionTime!;
    this.#lastReceivedAt = undefined;
    this.#remote.discriminator = 0;
    this.#remote.demand = false;
    // A peer that wanted silence and died would keep us silent for ever (RFC 5880 section 6.8.18).
    this.#remote.minRx = initialRemoteMinRx;
    if (this.#state !== 'Init' && this.#state !== 'Up') return;
    this.#events.push({ type: 'expired', detectionTime, overdue: elapsed(expiry, now) });
    this.#enter('Down', diagnostic.expired);
    this.#sendIfSpeaking(now);
  }

  #expiresAt(): Instant | undefined {
    const { detectionTime } = this;
    return detectionTime === undefined ? undefined : after(this.#lastReceivedAt!, detectionTime);
  }

  #wantedMinTx(): Duration {
    const { idleTx, minTx } = this.#configuration;
    return bounded(this.#state === 'Up' ? minTx : longer(idleTx, slowest));
  }

  /** Says what holds from now on, in a Poll Sequence if it is anything else (RFC 5880 section 6.8.3). */
  #changeIntervals(): void {
    const minTx = this.#wantedMinTx();
    const { minRx } = this.#configuration;
    const changed = minTx !== this.#desiredMinTx || minRx !== this.#requiredMinRx;
    this.#desiredMinTx = minTx;
    this.#requiredMinRx = minRx;
    if (changed) this.#poll = this.#poll === 'none' || this.#poll === 'wanted' ? 'wanted' : pollAgain(this.#poll);
    const isUp = this.#state === 'Up';
    // Slower sending, and an earlier verdict, only once the other side has confirmed that it knows.
    if (!isUp || minTx < this.#usedMinTx || this.#poll === 'none') this.#usedMinTx = minTx;
    if (!isUp || minRx > this.#usedMinRx || this.#poll === 'none') this.#usedMinRx = minRx;
  }

  #answered(final: boolean): void {
    if (!final) {
      if (this.#poll === 'pause') this.#poll = 'wanted';
      return;
    }
    if (this.#poll === 'again') this.#poll = 'pause';
    else if (this.#poll === 'running') {
      this.#poll = 'none';
      this.#usedMinTx = this.#desiredMinTx;
      this.#usedMinRx = this.#requiredMinRx;
    }
  }

  /** When the next periodic packet is due; undefined while none may be sent (RFC 5880 section 6.8.7). */
  #sendsAt(): Instant | undefined {
    if (this.#isSilent) return undefined;
    const { demand, minRx, state } = this.#remote;
    if (minRx === 0) return undefined;
    const isPolling = this.#poll === 'wanted' || this.#poll === 'running' || this.#poll === 'again';
    if (demand && this.#state === 'Up' && state === 'Up' && !isPolling) return undefined;
    if (this.#lastSentAt === undefined) return this.#notBefore;
    const due = after(this.#lastSentAt, times(longer(this.#usedMinTx, minRx), 1 - this.#jitter));
    return due < this.#notBefore ? this.#notBefore : due;
  }

  /** The passive role: silent before the peer speaks. */
  get #isSilent(): boolean {
    return this.#configuration.passive && this.#remote.discriminator === 0;
  }

  #sendIfSpeaking(now: Instant): void {
    if (!this.#isSilent) this.#send(now, false);
  }

  #send(now: Instant, final: boolean): void {
    if (this.#poll === 'wanted' && !final) this.#poll = 'running';
    this.#events.push({
      type: 'send',
      packet: {
        diagnostic: this.#diagnostic,
        state: this.#state,
        poll: !final && (this.#poll === 'running' || this.#poll === 'again'),
        final,
        controlPlaneIndependent: false,
        demand: false,
        detectMultiplier: this.#configuration.multiplier,
        myDiscriminator: this.discriminator,
        yourDiscriminator: this.#remote.discriminator,
        desiredMinTx: this.#desiredMinTx,
        requiredMinRx: this.#requiredMinRx,
        requiredMinEchoRx: microseconds(0),
      },
    });
    // A reply to a Poll comes besides the periodic packets: it neither is one nor puts one off.
    if (final && this.#lastSentAt !== undefined) return;
    this.#lastSentAt = now;
    // Every interval is 10 to 25 % shorter, as keepalived's are; RFC 5880 section 6.8.7 demands that for multiplier 1 and
    // leaves 0 to 25 % otherwise.
    this.#jitter = 0.1 + this.#prng.below(1_500_001) / 10_000_000;
  }
}

function pollAgain(poll: 'running' | 'again' | 'pause'): Poll {
  return poll === 'pause' ? 'pause' : 'again';
}

function longer(left: Duration, right: Duration): Duration {
  return left > right ? left : right;
}

function bounded(span: Duration): Duration {
  return Math.min(span, largestInterval) as Duration;
}

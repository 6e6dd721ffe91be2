import { seconds } from '../base/duration.ts';
import { after, earliest, type Instant } from '../base/instant.ts';
import { familyOf } from '../base/ip-address.ts';
import type { Prng } from '../base/prng.ts';
import type { BfdConfiguration, BfdInstanceConfiguration } from '../bfd/configuration.ts';
import { enteredText, expiredText } from '../bfd/log-lines.ts';
import { type BfdRejectReason, checkControl } from '../bfd/receive-checks.ts';
import { Session, type SessionEvent } from '../bfd/session.ts';
import { controlPort, encodeControl, type ReceivedControl } from '../packet/bfd-control.ts';
import type { BfdEffect, BfdInput, BfdListener } from '../ports/bfd-world.ts';
import type { LogLevel } from '../ports/log.ts';
import type { Engine } from '../ports/vrrp-world.ts';
import { Deadlines } from './deadlines.ts';

/** A socket that could not be opened is tried again after this; a missing source address may come. */
const openAgain = seconds(1);

/** One session at work, with what has been said of it. */
export interface RunningSession {
  readonly session: Session;
  /** Undefined while its socket is open, as far as we know. */
  openAt: Instant | undefined;
  /** Said last, so that it is not said again. */
  trouble: string | undefined;
  /** Packets that were discarded for what they are, after the session was found. */
  readonly rejected: Map<BfdRejectReason, number>;
}

type PacketInput = BfdInput & { readonly type: 'packet-received' };

/**
 * All BFD sessions of one machine: finds the session of a packet, opens sockets, tells who follows a session. Pure, as
 * the VRRP engine; randomness is an argument.
 */
export class BfdProcess implements Engine<BfdInput, BfdEffect> {
  readonly #prng: Prng;
  readonly #out: BfdEffect[] = [];
  readonly #running = new Map<string, RunningSession>();
  readonly #byDiscriminator = new Map<number, RunningSession>();
  readonly #deadlines = new Deadlines<RunningSession>();
  /** Packets that belong to no session. */
  readonly #strays = new Map<BfdRejectReason, number>();
  readonly #listenTroubles = new Map<string, string>();
  #listenAt: Instant | undefined;
  #configuration: BfdConfiguration;
  #stopped = false;

  constructor(configuration: BfdConfiguration, prng: Prng) {
    this.#configuration = configuration;
    this.#prng = prng;
  }

  get configuration(): BfdConfiguration {
    return this.#configuration;
  }

  get sessions(): Iterable<RunningSession> {
    return this.#running.values();
  }

  get strays(): ReadonlyMap<BfdRejectReason, number> {
    return this.#strays;
  }

  start(now: Instant): readonly BfdEffect[] {
    this.#configure(now);
    return this.#out.splice(0);
  }

  handle(now: Instant, input: BfdInput): readonly BfdEffect[] {
    if (this.#stopped) return [];
    switch (input.type) {
      case 'packet-received':
        this.#receive(now, input);
        break;
      case 'listen-failed': {
        const { family, port } = input.listener;
        const key = `IPv${family} port ${port}`;
        if (this.#listenTroubles.get(key) !== input.error) {
          this.#log('error', `Cannot receive BFD packets on ${key}: ${input.error}`);
        }
        this.#listenTroubles.set(key, input.error);
        this.#listenAt = after(now, openAgain);
        break;
      }
      case 'socket-failed': {
        const running = this.#running.get(input.session);
        if (!running) break;
        this.#trouble(running, `cannot open a socket: ${input.error}`);
        running.openAt = after(now, openAgain);
        this.#schedule(running);
        break;
      }
      case 'send-failed': {
        const running = this.#running.get(input.session);
        if (running) this.#trouble(running, `cannot send: ${input.error}`);
        break;
      }
    }
    return this.#out.splice(0);
  }

  advance(now: Instant): readonly BfdEffect[] {
    if (this.#stopped) return [];
    if (this.#listenAt !== undefined && this.#listenAt <= now) this.#listen();
    for (const running of this.#deadlines.due(now)) {
      if (running.openAt !== undefined && running.openAt <= now) this.#open(running);
      this.#carryOut(running, running.session.advance(now));
    }
    return this.#out.splice(0);
  }

  nextDeadline(): Instant | undefined {
    return this.#stopped ? undefined : earliest(this.#listenAt, this.#deadlines.earliest);
  }

  /** Another configuration: a session that still has the same peer goes on with other values. */
  reload(now: Instant, configuration: BfdConfiguration): readonly BfdEffect[] {
    if (this.#stopped) return [];
    this.#configuration = configuration;
    this.#configure(now);
    return this.#out.splice(0);
  }

  /** Peers hear that this is no failure. */
  stop(now: Instant): readonly BfdEffect[] {
    if (this.#stopped) return [];
    for (const running of [...this.#running.values()]) this.#dismiss(now, running);
    this.#out.push({ type: 'listen', listeners: [] }, { type: 'stopped' });
    this.#stopped = true;
    return this.#out.splice(0);
  }

  #configure(now: Instant): void {
    const wanted = new Map(this.#configuration.instances.map(instance => [instance.name, instance]));
    for (const running of [...this.#running.values()]) {
      const instance = wanted.get(running.session.configuration.name);
      if (!instance || !samePath(running.session.configuration, instance)) this.#dismiss(now, running);
    }
    this.#listen();
    for (const instance of wanted.values()) {
      const running = this.#running.get(instance.name);
      if (!running) this.#begin(now, instance);
      else {
        running.session.reconfigure(instance);
        this.#schedule(running);
        // Whoever is told from now on was told nothing before.
        if (running.session.state === 'Up') this.#tell(running, true);
      }
    }
  }

  #begin(now: Instant, instance: BfdInstanceConfiguration): void {
    const session = new Session(instance, this.#newDiscriminator(), this.#prng, now);
    const running: RunningSession = { session, openAt: undefined, trouble: undefined, rejected: new Map() };
    this.#running.set(instance.name, running);
    this.#byDiscriminator.set(session.discriminator, running);
    this.#open(running);
    this.#tell(running, false);
    this.#schedule(running);
  }

  #dismiss(now: Instant, running: RunningSession): void {
    const { name } = running.session.configuration;
    this.#carryOut(running, running.session.disable(now));
    this.#out.push({ type: 'close-socket', session: name });
    this.#running.delete(name);
    this.#byDiscriminator.delete(running.session.discriminator);
    this.#deadlines.set(running, undefined);
  }

  /** RFC 5880 section 6.8.1: not zero, nobody else's, and not to be guessed from the last. */
  #newDiscriminator(): number {
    for (;;) {
      const number = this.#prng.below(0x1_0000_0000);
      if (number !== 0 && !this.#byDiscriminator.has(number)) return number;
    }
  }

  #listen(): void {
    this.#listenAt = undefined;
    const listeners = new Map<string, BfdListener>();
    for (const { neighbor, multihop } of this.#configuration.instances) {
      const listener = { family: familyOf(neighbor), port: portOf(multihop) };
      listeners.set(`${listener.family} ${listener.port}`, listener);
    }
    this.#out.push({ type: 'listen', listeners: [...listeners.values()] });
  }

  #open(running: RunningSession): void {
    const { name, neighbor, source, multihop, ttl } = running.session.configuration;
    running.openAt = undefined;
    const port = portOf(multihop);
    this.#out.push({ type: 'open-socket', session: name, source, destination: neighbor, port, ttl });
  }

  #receive(now: Instant, input: PacketInput): void {
    const checked = checkControl(input.payload);
    if (!checked.ok) {
      this.#countStray(checked.reason);
      return;
    }
    const running = this.#find(checked.value, input);
    if (!running) {
      this.#countStray('unknown-session');
      return;
    }
    const { minimumTtl, name } = running.session.configuration;
    // A packet that nobody can tell the distance of counts as one from afar.
    if (input.ttl === undefined ? minimumTtl > 0 : input.ttl < minimumTtl) {
      const count = (running.rejected.get('ttl') ?? 0) + 1;
      running.rejected.set('ttl', count);
      const text = `(${name}) discarding a packet from ${input.source} with TTL ${input.ttl ?? 'unknown'}, below ${minimumTtl}`;
      if (count === 1) this.#log('warning', text);
      return;
    }
    running.trouble = undefined;
    this.#carryOut(running, running.session.receive(now, checked.value));
  }

  /** By our discriminator if the peer knows it; else by the path, RFC 5881 section 3. */
  #find(packet: ReceivedControl, input: PacketInput): RunningSession | undefined {
    const isMultihop = input.port === controlPort.multihop;
    if (packet.yourDiscriminator !== 0) {
      const running = this.#byDiscriminator.get(packet.yourDiscriminator);
      return running?.session.configuration.multihop === isMultihop ? running : undefined;
    }
    for (const running of this.#running.values()) {
      const { multihop, neighbor, source } = running.session.configuration;
      if (multihop !== isMultihop || neighbor !== input.source) continue;
      if (source === undefined || source === input.destination) return running;
    }
    return undefined;
  }

  #carryOut(running: RunningSession, events: readonly SessionEvent[]): void {
    const { session } = running;
    const { name } = session.configuration;
    for (const event of events) {
      switch (event.type) {
        case 'send':
          this.#out.push({ type: 'send', session: name, payload: encodeControl(event.packet) });
          break;
        case 'expired':
          this.#log('warning', expiredText(name, event.detectionTime, event.overdue));
          break;
        case 'entered': {
          const { localDiagnostic, remote } = session;
          const text = enteredText(name, event.state, localDiagnostic, remote.diagnostic);
          const isNews = event.state === 'Up' || event.from === 'Up';
          this.#log(event.state === 'Down' && isNews ? 'warning' : 'info', text, !isNews);
          // A side that is switched off on purpose is no failure of the path: as keepalived, nobody is told.
          const onPurpose = event.state === 'AdminDown' || (event.state === 'Down' && remote.state === 'AdminDown');
          if (isNews && !onPurpose) this.#tell(running, event.state === 'Up');
          break;
        }
      }
    }
    this.#schedule(running);
  }

  #tell({ session }: RunningSession, up: boolean): void {
    const { name, toVrrp, toChecker } = session.configuration;
    this.#out.push({ type: 'session-state', session: name, up, toVrrp, toChecker });
  }

  #schedule(running: RunningSession): void {
    this.#deadlines.set(running, earliest(running.openAt, running.session.nextDeadline()));
  }

  #trouble(running: RunningSession, text: string): void {
    if (running.trouble === text) return;
    running.trouble = text;
    this.#log('error', `(${running.session.configuration.name}) ${text}`);
  }

  #countStray(reason: BfdRejectReason): void {
    this.#strays.set(reason, (this.#strays.get(reason) ?? 0) + 1);
  }

  #log(level: LogLevel, text: string, detail = false): void {
    this.#out.push({ type: 'log', level, text, detail });
  }
}

function portOf(multihop: boolean): number {
  return multihop ? controlPort.multihop : controlPort.singleHop;
}

/** What makes a session another one. */
function samePath(left: BfdInstanceConfiguration, right: BfdInstanceConfiguration): boolean {
  return (
    left.neighbor === right.neighbor &&
    left.source === right.source &&
    left.multihop === right.multihop &&
    left.ttl === right.ttl
  );
}

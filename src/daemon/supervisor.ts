import { constants } from 'node:os';
import type { Duration } from '../base/duration.ts';
import { inSeconds, milliseconds } from '../base/duration.ts';
import { after, earliest, elapsed, type Instant } from '../base/instant.ts';
import type { LogLevel } from '../ports/log.ts';
import { type ChildKind, childKinds, childWording } from './child-kind.ts';
import { type ChildEnd, permanentError, RestartPolicy } from './restart-policy.ts';
import { SIGINT, SIGKILL, SIGTERM, type SignalMeaning } from './signals.ts';

/** What the parent process hears. */
export type SupervisorInput =
  /** The configuration is accepted and the startup script is done. */
  | { readonly type: 'started'; readonly wanted: readonly ChildKind[] }
  | { readonly type: 'signalled'; readonly signal: number; readonly meaning: SignalMeaning }
  /** Answers judge-configuration; `wanted` is what the configuration in force needs. */
  | { readonly type: 'configuration-judged'; readonly accepted: boolean; readonly wanted: readonly ChildKind[] }
  /** A child has taken over its signals and listens. */
  | { readonly type: 'child-ready'; readonly child: ChildKind }
  /** A child runs the configuration of this number. */
  | { readonly type: 'child-configured'; readonly child: ChildKind; readonly sequence: number }
  /** Somebody sent HUP to a child itself. */
  | { readonly type: 'child-asked-for-reload' }
  | { readonly type: 'child-ended'; readonly child: ChildKind; readonly pid: number; readonly end: ChildEnd };

/** What the parent process does about it, in order. */
export type SupervisorEffect =
  | { readonly type: 'log'; readonly level: LogLevel; readonly text: string }
  | { readonly type: 'start-child'; readonly child: ChildKind }
  /** Sends the accepted configuration under this number. */
  | { readonly type: 'configure-child'; readonly child: ChildKind; readonly sequence: number }
  | { readonly type: 'signal-child'; readonly child: ChildKind; readonly signal: number }
  /** Reads the configuration; if it is good it becomes the accepted one. */
  | { readonly type: 'judge-configuration' }
  | { readonly type: 'dump' }
  | { readonly type: 'tell-system'; readonly state: 'ready' | 'reloading' | 'stopping' }
  /** No child is left: run the shutdown script, remove the pid file, exit. */
  | { readonly type: 'finish'; readonly status: number };

type Life =
  | { readonly type: 'absent' }
  | { readonly type: 'waiting'; readonly restartAt: Instant }
  /** Signals that came before it could take them wait here. */
  | { readonly type: 'booting'; readonly startedAt: Instant; readonly signals: readonly number[] }
  /** `sequence`: the configuration that it runs, 0 before the first. */
  | { readonly type: 'running'; readonly startedAt: Instant; readonly sequence: number }
  /** The configuration no longer needs it: it was told to end. */
  | { readonly type: 'leaving'; readonly startedAt: Instant; readonly killAt: Instant };

interface Child {
  readonly kind: ChildKind;
  readonly restarts: RestartPolicy;
  /** The configuration in force needs it. */
  wanted: boolean;
  life: Life;
}

type Phase =
  /** `again`: a HUP came meanwhile. */
  | { readonly type: 'starting'; readonly again: boolean }
  | { readonly type: 'settled' }
  /** `again`: one more HUP came meanwhile; more than one are the same. `judged`: the children have been told. */
  | { readonly type: 'reloading'; readonly again: boolean; readonly judged: boolean }
  | { readonly type: 'stopping'; readonly killAt: Instant; readonly status: number }
  | { readonly type: 'finished' };

/**
 * `killall -HUP` reaches parent and children within microseconds, but a child that is not scheduled hears of it only when
 * the parent, which was, has already reloaded.
 */
const echoOfReload = milliseconds(250);
/** And it may be the child that hears of it first. Then the parent, whose HUP counts, waits this long for its own. */
const ownHup = milliseconds(100);

export interface SupervisorOptions {
  readonly respawn: boolean;
  readonly ignoreInterrupt: boolean;
  /** From TERM to KILL, for a child that does not end. */
  readonly childWaitTime: Duration;
  /** For the line about an empty configuration. */
  readonly product: string;
}

/** Decides for the parent process: when its children start, are told something, are restarted or killed. Pure. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #children: readonly Child[] = childKinds.map(kind => ({
    kind,
    restarts: new RestartPolicy(),
    wanted: false,
    life: { type: 'absent' },
  }));
  #phase: Phase = { type: 'starting', again: false };
  #sequence = 1;
  /** A child asked for a reload, and so may whoever told it. */
  #reloadAt: Instant | undefined;
  /** When the last reload was through. */
  #reloadedAt: Instant | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  nextDeadline(): Instant | undefined {
    if (this.#phase.type === 'finished') return undefined;
    if (this.#phase.type === 'stopping') return this.#phase.killAt;
    let next = this.#reloadAt;
    for (const { life } of this.#children) {
      if (life.type === 'waiting') next = earliest(next, life.restartAt);
      if (life.type === 'leaving') next = earliest(next, life.killAt);
    }
    return next;
  }

  advance(now: Instant): SupervisorEffect[] {
    if (this.#phase.type === 'finished') return [];
    if (this.#phase.type === 'stopping') {
      if (now < this.#phase.killAt) return [];
      this.#phase = { ...this.#phase, killAt: after(now, this.#options.childWaitTime) };
      return this.#living().flatMap(child => this.#kill(child));
    }
    const isDue = this.#reloadAt !== undefined && now >= this.#reloadAt;
    return [...this.#children.flatMap(child => this.#advanceChild(now, child)), ...(isDue ? this.#reload() : [])];
  }

  handle(now: Instant, input: SupervisorInput): SupervisorEffect[] {
    if (this.#phase.type === 'finished') return [];
    switch (input.type) {
      case 'started':
        return this.#started(now, input.wanted);
      case 'signalled':
        return this.#signalled(now, input.signal, input.meaning);
      case 'configuration-judged':
        return this.#judged(now, input.accepted, input.wanted);
      case 'child-ready':
        return this.#childReady(this.#child(input.child));
      case 'child-configured':
        return this.#childConfigured(now, this.#child(input.child), input.sequence);
      case 'child-asked-for-reload':
        this.#childAskedForReload(now);
        return [];
      case 'child-ended':
        return this.#childEnded(now, this.#child(input.child), input.pid, input.end);
    }
  }

  #child(kind: ChildKind): Child {
    return this.#children.find(child => child.kind === kind)!;
  }

  /** Those that have a process. */
  #living(): Child[] {
    return this.#children.filter(({ life }) => life.type !== 'absent' && life.type !== 'waiting');
  }

  #advanceChild(now: Instant, child: Child): SupervisorEffect[] {
    const { life } = child;
    if (life.type === 'waiting' && now >= life.restartAt) return this.#start(now, child);
    if (life.type === 'leaving' && now >= life.killAt) {
      child.life = { ...life, killAt: after(now, this.#options.childWaitTime) };
      return this.#kill(child);
    }
    return [];
  }

  #started(now: Instant, wanted: readonly ChildKind[]): SupervisorEffect[] {
    this.#want(wanted);
    if (wanted.length > 0) return this.#children.flatMap(child => (child.wanted ? this.#start(now, child) : []));
    return [...this.#sayNothingToRun(), ...this.#conclude(now)];
  }

  #want(wanted: readonly ChildKind[]): void {
    for (const child of this.#children) child.wanted = wanted.includes(child.kind);
  }

  #sayNothingToRun(): SupervisorEffect[] {
    return [log('warning', `Warning - ${this.#options.product.toLowerCase()} has no configuration to run`)];
  }

  #signalled(now: Instant, signal: number, meaning: SignalMeaning): SupervisorEffect[] {
    switch (meaning) {
      case 'stop':
        if (signal === SIGINT && this.#options.ignoreInterrupt) return [];
        return this.#stop(now, 0);
      case 'reload':
        return this.#reload();
      case 'dump':
        return [{ type: 'dump' }, ...this.#children.flatMap(child => this.#forward(child, signal))];
      case 'statistics':
      case 'statistics-clear':
      case 'json':
        return this.#forward(this.#child('vrrp'), signal);
      case 'out-of-time':
      case 'ignore':
        return [];
    }
  }

  #forward(child: Child, signal: number): SupervisorEffect[] {
    const { kind, life } = child;
    if (life.type === 'running') return [{ type: 'signal-child', child: kind, signal }];
    if (life.type === 'booting' && !life.signals.includes(signal)) {
      child.life = { ...life, signals: [...life.signals, signal] };
    }
    return [];
  }

  /** A HUP to all processes at once is one reload: the children's share of it is the one to come, under way or just done. */
  #childAskedForReload(now: Instant): void {
    const isEcho = this.#reloadedAt !== undefined && elapsed(this.#reloadedAt, now) < echoOfReload;
    if (this.#phase.type === 'settled' && !isEcho) this.#reloadAt ??= after(now, ownHup);
  }

  #reload(): SupervisorEffect[] {
    this.#reloadAt = undefined;
    if (this.#phase.type === 'stopping' || this.#phase.type === 'finished') return [];
    if (this.#phase.type !== 'settled' && !this.#isStuck()) {
      if (this.#phase.again) return [];
      this.#phase = { ...this.#phase, again: true };
      return [log('info', 'Reload already in progress, request queued')];
    }
    this.#phase = { type: 'reloading', again: false, judged: false };
    return [log('info', 'Reloading ...'), { type: 'tell-system', state: 'reloading' }, { type: 'judge-configuration' }];
  }

  /** All that is missing are children that keep dying: another configuration may be what cures them. */
  #isStuck(): boolean {
    if (this.#phase.type === 'reloading' && !this.#phase.judged) return false;
    const missing = this.#children.filter(child => !this.#isAsWanted(child));
    return missing.length > 0 && missing.every(({ life }) => life.type === 'waiting');
  }

  #judged(now: Instant, accepted: boolean, wanted: readonly ChildKind[]): SupervisorEffect[] {
    if (this.#phase.type !== 'reloading') return [];
    if (!accepted) return this.#settle(now);
    this.#phase = { ...this.#phase, judged: true };
    this.#sequence++;
    this.#want(wanted);
    const effects = this.#children.flatMap(child => this.#adjust(now, child));
    return [...effects, ...(wanted.length > 0 ? [] : this.#sayNothingToRun()), ...this.#conclude(now)];
  }

  /** Another configuration is in force: what it means for a child. */
  #adjust(now: Instant, child: Child): SupervisorEffect[] {
    const { kind, life } = child;
    if (life.type === 'absent' && child.wanted) return this.#start(now, child);
    if (life.type === 'waiting' && !child.wanted) child.life = { type: 'absent' };
    // A child that boots or waits for its restart will be given the newest configuration; one that leaves, comes back.
    return life.type === 'running' ? [{ type: 'configure-child', child: kind, sequence: this.#sequence }] : [];
  }

  /** It has given up what the configuration no longer has, as it does when only a part of that goes; now it may end. */
  #dismiss(now: Instant, child: Child, startedAt: Instant): SupervisorEffect[] {
    child.life = { type: 'leaving', startedAt, killAt: after(now, this.#options.childWaitTime) };
    return [
      log('info', `${childWording[child.kind].name} child process is no longer needed: stopping it`),
      { type: 'signal-child', child: child.kind, signal: SIGTERM },
    ];
  }

  #childReady(child: Child): SupervisorEffect[] {
    if (child.life.type !== 'booting') return [];
    const { startedAt, signals } = child.life;
    child.life = { type: 'running', startedAt, sequence: 0 };
    if (this.#phase.type === 'stopping') return [];
    return [
      { type: 'configure-child', child: child.kind, sequence: this.#sequence },
      ...signals.map((signal): SupervisorEffect => ({ type: 'signal-child', child: child.kind, signal })),
    ];
  }

  #childConfigured(now: Instant, child: Child, sequence: number): SupervisorEffect[] {
    if (child.life.type !== 'running') return [];
    child.life = { ...child.life, sequence };
    if (!child.wanted && sequence === this.#sequence) return this.#dismiss(now, child, child.life.startedAt);
    return this.#conclude(now);
  }

  #isAsWanted({ wanted, life }: Child): boolean {
    return wanted ? life.type === 'running' && life.sequence === this.#sequence : life.type === 'absent';
  }

  /** Says so once the daemon does what its configuration says. */
  #conclude(now: Instant): SupervisorEffect[] {
    if (!this.#children.every(child => this.#isAsWanted(child))) return [];
    if (this.#phase.type === 'starting') return [log('info', 'Startup complete'), ...this.#settle(now)];
    if (this.#phase.type !== 'reloading' || !this.#phase.judged) return [];
    return [log('info', 'Reload complete'), ...this.#settle(now)];
  }

  /** A reload that was queued begins. */
  #settle(now: Instant): SupervisorEffect[] {
    const again = 'again' in this.#phase && this.#phase.again;
    if (this.#phase.type === 'reloading') this.#reloadedAt = now;
    this.#phase = { type: 'settled' };
    return [{ type: 'tell-system', state: 'ready' }, ...(again ? this.#reload() : [])];
  }

  #start(now: Instant, child: Child): SupervisorEffect[] {
    child.life = { type: 'booting', startedAt: now, signals: [] };
    return [{ type: 'start-child', child: child.kind }];
  }

  #childEnded(now: Instant, child: Child, pid: number, end: ChildEnd): SupervisorEffect[] {
    const { life } = child;
    const startedAt = 'startedAt' in life ? life.startedAt : now;
    child.life = { type: 'absent' };
    const said = describeEnd(pid, end);
    if (this.#phase.type === 'stopping') {
      const last = this.#living().length === 0;
      return [
        ...(said === undefined ? [] : [log('warning', said)]),
        ...(last ? [this.#finish(this.#phase.status)] : []),
      ];
    }
    if (life.type === 'leaving') {
      const effects = said === undefined ? [] : [log('warning', said)];
      return [...effects, ...(child.wanted ? this.#start(now, child) : this.#conclude(now))];
    }
    const permanent = permanentError(end);
    if (permanent !== undefined && end.type === 'exited') {
      const text = `pid ${pid} exited with permanent error ${permanent}. Terminating`;
      return [log('error', text), ...this.#stopChildren(now, end.status)];
    }
    return [...(said === undefined ? [] : [log('error', said)]), ...this.#childDied(now, child, pid, startedAt)];
  }

  #childDied(now: Instant, child: Child, pid: number, startedAt: Instant): SupervisorEffect[] {
    const { name } = childWording[child.kind];
    if (!this.#options.respawn) {
      return [log('error', `${name} child process(${pid}) died: Exiting`), ...this.#stop(now, 0)];
    }
    const delay = child.restarts.delayAfter(elapsed(startedAt, now));
    child.life = { type: 'waiting', restartAt: after(now, delay) };
    return [
      log('error', `${name} child process(${pid}) died: Respawning`),
      log('info', `Restart of ${name} process delayed ${inSeconds(delay)} seconds to limit respawn rate`),
      ...this.#advanceChild(now, child),
      ...this.#reloadIfStuck(),
    ];
  }

  /** A reload that was queued need not wait for a child that keeps dying. */
  #reloadIfStuck(): SupervisorEffect[] {
    return 'again' in this.#phase && this.#phase.again && this.#isStuck() ? this.#reload() : [];
  }

  #stop(now: Instant, status: number): SupervisorEffect[] {
    if (this.#phase.type === 'stopping') return [];
    return [log('info', 'Stopping'), ...this.#stopChildren(now, status)];
  }

  /** The last that was started is told first: nobody is sent here any more while the services go. */
  #stopChildren(now: Instant, status: number): SupervisorEffect[] {
    this.#phase = { type: 'stopping', killAt: after(now, this.#options.childWaitTime), status };
    const living = this.#living().reverse();
    return [
      { type: 'tell-system', state: 'stopping' },
      ...living.map(({ kind }): SupervisorEffect => ({ type: 'signal-child', child: kind, signal: SIGTERM })),
      ...(living.length === 0 ? [this.#finish(status)] : []),
    ];
  }

  #kill({ kind }: Child): SupervisorEffect[] {
    const { name, leftBehind } = childWording[kind];
    const span = inSeconds(this.#options.childWaitTime);
    return [
      log('warning', `${name} child process did not end within ${span} s: killing it, ${leftBehind}`),
      { type: 'signal-child', child: kind, signal: SIGKILL },
    ];
  }

  #finish(status: number): SupervisorEffect {
    this.#phase = { type: 'finished' };
    return { type: 'finish', status };
  }
}

function describeEnd(pid: number, end: ChildEnd): string | undefined {
  if (end.type === 'signalled') {
    const number = constants.signals[end.signal as NodeJS.Signals];
    return `pid ${pid} exited due to signal ${number} (${end.signal})`;
  }
  return end.status === 0 ? undefined : `pid ${pid} exited with status ${end.status}`;
}

function log(level: LogLevel, text: string): SupervisorEffect {
  return { type: 'log', level, text };
}

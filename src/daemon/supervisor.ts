import { constants } from 'node:os';
import type { Duration } from '../base/duration.ts';
import { inSeconds, milliseconds } from '../base/duration.ts';
import { after, elapsed, type Instant } from '../base/instant.ts';
import type { LogLevel } from '../ports/log.ts';
import { type ChildEnd, permanentError, RestartPolicy } from './restart-policy.ts';
import { SIGINT, SIGKILL, SIGTERM, type SignalMeaning } from './signals.ts';

/** What the parent process hears. */
export type SupervisorInput =
  /** The configuration is accepted and the startup script is done. */
  | { readonly type: 'started'; readonly childWanted: boolean }
  | { readonly type: 'signalled'; readonly signal: number; readonly meaning: SignalMeaning }
  /** Answers judge-configuration. */
  | { readonly type: 'configuration-judged'; readonly accepted: boolean; readonly childWanted: boolean }
  /** The child has taken over its signals and listens. */
  | { readonly type: 'child-ready' }
  /** The child runs the configuration of this number. */
  | { readonly type: 'child-configured'; readonly sequence: number }
  /** Somebody sent HUP to the child itself. */
  | { readonly type: 'child-asked-for-reload' }
  | { readonly type: 'child-ended'; readonly pid: number; readonly end: ChildEnd };

/** What the parent process does about it, in order. */
export type SupervisorEffect =
  | { readonly type: 'log'; readonly level: LogLevel; readonly text: string }
  | { readonly type: 'start-child' }
  /** Sends the accepted configuration under this number. */
  | { readonly type: 'configure-child'; readonly sequence: number }
  | { readonly type: 'signal-child'; readonly signal: number }
  /** Reads the configuration; if it is good it becomes the accepted one. */
  | { readonly type: 'judge-configuration' }
  | { readonly type: 'dump' }
  | { readonly type: 'tell-system'; readonly state: 'ready' | 'reloading' | 'stopping' }
  /** No child is left: run the shutdown script, remove the pid file, exit. */
  | { readonly type: 'finish'; readonly status: number };

type Child =
  | { readonly type: 'absent' }
  | { readonly type: 'waiting'; readonly restartAt: Instant }
  /** Signals that came before it could take them wait here. */
  | { readonly type: 'booting'; readonly startedAt: Instant; readonly signals: readonly number[] }
  | { readonly type: 'running'; readonly startedAt: Instant };

type Phase =
  /** `again`: a HUP came meanwhile. */
  | { readonly type: 'starting'; readonly again: boolean }
  | { readonly type: 'settled' }
  /** `again`: one more HUP came meanwhile; more than one are the same. */
  | { readonly type: 'reloading'; readonly again: boolean }
  | { readonly type: 'stopping'; readonly killAt: Instant; readonly status: number }
  | { readonly type: 'finished' };

/** `killall -HUP` reaches parent and child within microseconds; a loaded machine makes more of it. */
const echoOfReload = milliseconds(250);

export interface SupervisorOptions {
  readonly respawn: boolean;
  readonly ignoreInterrupt: boolean;
  /** From TERM to KILL, for a child that does not end. */
  readonly childWaitTime: Duration;
  /** For the line about an empty configuration. */
  readonly product: string;
}

/** Decides for the parent process: when its child starts, is told something, is restarted or killed. Pure. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #restarts = new RestartPolicy();
  #child: Child = { type: 'absent' };
  #phase: Phase = { type: 'starting', again: false };
  #sequence = 1;
  /** When the configuration was last read for a reload. */
  #reloadedAt: Instant | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  nextDeadline(): Instant | undefined {
    if (this.#phase.type === 'finished') return undefined;
    if (this.#phase.type === 'stopping') return this.#phase.killAt;
    return this.#child.type === 'waiting' ? this.#child.restartAt : undefined;
  }

  advance(now: Instant): SupervisorEffect[] {
    if (this.#phase.type === 'finished') return [];
    if (this.#phase.type === 'stopping') {
      if (now < this.#phase.killAt) return [];
      this.#phase = { ...this.#phase, killAt: after(now, this.#options.childWaitTime) };
      return [
        log(
          'warning',
          `VRRP child process did not end within ${inSeconds(this.#options.childWaitTime)} s: killing it, addresses may stay behind`,
        ),
        { type: 'signal-child', signal: SIGKILL },
      ];
    }
    if (this.#child.type !== 'waiting' || now < this.#child.restartAt) return [];
    return this.#start(now);
  }

  handle(now: Instant, input: SupervisorInput): SupervisorEffect[] {
    if (this.#phase.type === 'finished') return [];
    switch (input.type) {
      case 'started':
        return this.#started(now, input.childWanted);
      case 'signalled':
        return this.#signalled(now, input.signal, input.meaning);
      case 'configuration-judged':
        return this.#judged(now, input.accepted, input.childWanted);
      case 'child-ready':
        return this.#childReady();
      case 'child-configured':
        return input.sequence === this.#sequence ? this.#accomplished(now) : [];
      case 'child-asked-for-reload':
        return this.#childAskedForReload(now);
      case 'child-ended':
        return this.#childEnded(now, input.pid, input.end);
    }
  }

  #started(now: Instant, childWanted: boolean): SupervisorEffect[] {
    if (childWanted) return this.#start(now);
    const name = this.#options.product.toLowerCase();
    return [log('warning', `Warning - ${name} has no configuration to run`), ...this.#accomplished(now)];
  }

  #signalled(now: Instant, signal: number, meaning: SignalMeaning): SupervisorEffect[] {
    switch (meaning) {
      case 'stop':
        if (signal === SIGINT && this.#options.ignoreInterrupt) return [];
        return this.#stop(now, 0);
      case 'reload':
        return this.#reload(now);
      case 'dump':
        return [{ type: 'dump' }, ...this.#forward(signal)];
      case 'statistics':
      case 'statistics-clear':
      case 'json':
        return this.#forward(signal);
      case 'ignore':
        return [];
    }
  }

  #forward(signal: number): SupervisorEffect[] {
    if (this.#child.type === 'running') return [{ type: 'signal-child', signal }];
    if (this.#child.type === 'booting' && !this.#child.signals.includes(signal)) {
      this.#child = { ...this.#child, signals: [...this.#child.signals, signal] };
    }
    return [];
  }

  /** A HUP to all processes at once is one reload: the child's share of it is the one under way or just done. */
  #childAskedForReload(now: Instant): SupervisorEffect[] {
    const isEcho = this.#reloadedAt !== undefined && elapsed(this.#reloadedAt, now) < echoOfReload;
    return this.#phase.type === 'settled' && !isEcho ? this.#reload(now) : [];
  }

  #reload(now: Instant): SupervisorEffect[] {
    if (this.#phase.type === 'stopping' || this.#phase.type === 'finished') return [];
    if (this.#phase.type !== 'settled') {
      if (this.#phase.again) return [];
      this.#phase = { ...this.#phase, again: true };
      return [log('info', 'Reload already in progress, request queued')];
    }
    this.#reloadedAt = now;
    this.#phase = { type: 'reloading', again: false };
    return [log('info', 'Reloading ...'), { type: 'tell-system', state: 'reloading' }, { type: 'judge-configuration' }];
  }

  #judged(now: Instant, accepted: boolean, childWanted: boolean): SupervisorEffect[] {
    if (this.#phase.type !== 'reloading') return [];
    if (!accepted) return this.#settle(now);
    this.#sequence++;
    if (this.#child.type === 'running') return [{ type: 'configure-child', sequence: this.#sequence }];
    // A child that boots or waits for its restart will be given the newest configuration.
    if (this.#child.type !== 'absent') return [];
    return childWanted ? this.#start(now) : this.#accomplished(now);
  }

  #childReady(): SupervisorEffect[] {
    if (this.#child.type !== 'booting') return [];
    const { startedAt, signals } = this.#child;
    this.#child = { type: 'running', startedAt };
    if (this.#phase.type === 'stopping') return [];
    return [
      { type: 'configure-child', sequence: this.#sequence },
      ...signals.map((signal): SupervisorEffect => ({ type: 'signal-child', signal })),
    ];
  }

  /** The daemon does what its configuration says. */
  #accomplished(now: Instant): SupervisorEffect[] {
    if (this.#phase.type === 'starting') return [log('info', 'Startup complete'), ...this.#settle(now)];
    if (this.#phase.type === 'reloading') return [log('info', 'Reload complete'), ...this.#settle(now)];
    return [];
  }

  /** A reload that was queued begins. */
  #settle(now: Instant): SupervisorEffect[] {
    const again = 'again' in this.#phase && this.#phase.again;
    this.#phase = { type: 'settled' };
    return [{ type: 'tell-system', state: 'ready' }, ...(again ? this.#reload(now) : [])];
  }

  #start(now: Instant): SupervisorEffect[] {
    this.#child = { type: 'booting', startedAt: now, signals: [] };
    return [{ type: 'start-child' }];
  }

  #childEnded(now: Instant, pid: number, end: ChildEnd): SupervisorEffect[] {
    const startedAt = 'startedAt' in this.#child ? this.#child.startedAt : now;
    this.#child = { type: 'absent' };
    const said = describeEnd(pid, end);
    if (this.#phase.type === 'stopping') {
      return [...(said === undefined ? [] : [log('warning', said)]), this.#finish(this.#phase.status)];
    }
    const permanent = permanentError(end);
    if (permanent !== undefined && end.type === 'exited') {
      const text = `pid ${pid} exited with permanent error ${permanent}. Terminating`;
      return [log('error', text), { type: 'tell-system', state: 'stopping' }, this.#finish(end.status)];
    }
    const effects: SupervisorEffect[] = said === undefined ? [] : [log('error', said)];
    if (!this.#options.respawn) {
      return [...effects, log('error', `VRRP child process(${pid}) died: Exiting`), ...this.#stop(now, 0)];
    }
    const delay = this.#restarts.delayAfter(elapsed(startedAt, now));
    this.#child = { type: 'waiting', restartAt: after(now, delay) };
    return [
      ...effects,
      log('error', `VRRP child process(${pid}) died: Respawning`),
      log('info', `Restart of VRRP process delayed ${inSeconds(delay)} seconds to limit respawn rate`),
      ...this.advance(now),
    ];
  }

  #stop(now: Instant, status: number): SupervisorEffect[] {
    if (this.#phase.type === 'stopping') return [];
    this.#phase = { type: 'stopping', killAt: after(now, this.#options.childWaitTime), status };
    const alive = this.#child.type === 'booting' || this.#child.type === 'running';
    return [
      log('info', 'Stopping'),
      { type: 'tell-system', state: 'stopping' },
      alive ? { type: 'signal-child', signal: SIGTERM } : this.#finish(status),
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

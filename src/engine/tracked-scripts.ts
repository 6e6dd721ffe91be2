import { type Duration, milliseconds, seconds } from '../base/duration.ts';
import { after, earliest, type Instant } from '../base/instant.ts';
import type { ScriptOutcome } from '../ports/script.ts';
import type { VrrpEffect } from '../ports/vrrp-world.ts';
import type { TrackScriptConfiguration } from '../vrrp/configuration.ts';
import { detailLine, line, scriptVerdictLine } from '../vrrp/log-lines.ts';
import {
  afterScriptResult,
  initialScriptState,
  type ScriptState,
  scriptResult,
  successfulScriptState,
} from '../vrrp/script-state.ts';

/** TERM at the timeout, KILL 2 s later, again after 2 s, then every 10 s. */
const killDelays: readonly Duration[] = [seconds(2), seconds(2)];
const killAgain = seconds(10);
/** A timeout that is noticed this late was slept through: the end of the script may be waiting to be read. */
const sleptThrough = milliseconds(50);
/** How long such a script may still take to report its end. */
const reprieve = milliseconds(50);
/** First runs are this far apart at most, so that hundreds of scripts do not start at once. */
const firstRunSpacing = milliseconds(10);

interface Run {
  readonly id: number;
  readonly startedAt: Instant;
  /** When to signal next: at first the timeout. */
  signalAt: Instant;
  signals: number;
  reprieved: boolean;
}

interface Tracked {
  configuration: TrackScriptConfiguration;
  state: ScriptState;
  nextRunAt: Instant;
  run: Run | undefined;
  /** Exit code of the last run that had one, for "now returning". */
  lastStatus: number | undefined;
}

/** A tracked script as plain data. */
export type SavedScript = Readonly<Omit<Tracked, 'run'>> & { readonly run: Readonly<Run> | undefined };

/** Runs the tracked scripts on time and keeps their verdicts. */
export class TrackedScripts {
  readonly #tracked = new Map<string, Tracked>();
  readonly #allocateRun: () => number;

  constructor(allocateRun: () => number) {
    this.#allocateRun = allocateRun;
  }

  save(): readonly SavedScript[] {
    return Array.from(this.#tracked.values(), each => ({ ...each, run: each.run && { ...each.run } }));
  }

  restore(saved: readonly SavedScript[]): void {
    this.#tracked.clear();
    for (const each of saved) {
      const { configuration, state, nextRunAt, run, lastStatus } = each;
      const tracked = { configuration, state, nextRunAt, run: run && { ...run }, lastStatus };
      this.#tracked.set(configuration.name, tracked);
    }
  }

  /** Starts with these scripts, or goes on with them after a reload: unchanged ones keep their verdict and their run. */
  configure(now: Instant, scripts: readonly TrackScriptConfiguration[], isReload: boolean, out: VrrpEffect[]): void {
    const before = new Map(this.#tracked);
    this.#tracked.clear();
    scripts.forEach((configuration, place) => {
      const known = before.get(configuration.name);
      if (known && sameProgram(known.configuration, configuration)) {
        before.delete(configuration.name);
        known.configuration = configuration;
        this.#tracked.set(configuration.name, known);
        return;
      }
      const spacing = Math.min(firstRunSpacing, configuration.interval / scripts.length) as Duration;
      if (isReload)
        out.push({ type: 'log', ...line(`VRRP_Script(${configuration.name}) considered successful on reload`) });
      this.#tracked.set(configuration.name, {
        configuration,
        state: isReload ? successfulScriptState(configuration) : initialScriptState(configuration),
        nextRunAt: after(now, (place * spacing) as Duration),
        run: undefined,
        lastStatus: undefined,
      });
    });
    for (const { run } of before.values()) if (run) out.push({ type: 'signal-script', run: run.id, signal: 'TERM' });
  }

  /** Undefined for a script that was refused when the configuration was read: it has no say. */
  status(name: string): 'up' | 'down' | 'waiting' | undefined {
    const tracked = this.#tracked.get(name);
    if (!tracked || tracked.configuration.script === undefined) return undefined;
    return tracked.state.verdict === 'init' ? 'waiting' : tracked.state.verdict;
  }

  nextDeadline(): Instant | undefined {
    let deadline: Instant | undefined;
    for (const { configuration, run, nextRunAt } of this.#tracked.values()) {
      if (configuration.script === undefined) continue;
      deadline = earliest(deadline, nextRunAt);
      if (run) deadline = earliest(deadline, run.signalAt);
    }
    return deadline;
  }

  /** Starts what is due and ends what takes too long. Returns whether any verdict changed. */
  advance(now: Instant, out: VrrpEffect[]): boolean {
    let changed = false;
    for (const tracked of this.#tracked.values()) {
      if (tracked.run && tracked.run.signalAt <= now && this.#overdue(now, tracked, tracked.run, out)) changed = true;
      if (tracked.nextRunAt <= now) this.#startRun(now, tracked, out);
    }
    return changed;
  }

  /** Returns whether a verdict changed, or undefined if the run was not one of ours. */
  ended(run: number, outcome: ScriptOutcome, out: VrrpEffect[]): boolean | undefined {
    for (const tracked of this.#tracked.values()) {
      if (tracked.run?.id !== run) continue;
      const timedOut = tracked.run.signals > 0;
      tracked.run = undefined;
      // A timeout counted as failure when it happened.
      if (timedOut) return false;
      return this.#count(tracked, outcome, out);
    }
    return undefined;
  }

  stop(out: VrrpEffect[]): void {
    for (const { run } of this.#tracked.values())
      if (run) out.push({ type: 'signal-script', run: run.id, signal: 'TERM' });
    this.#tracked.clear();
  }

  #startRun(now: Instant, tracked: Tracked, out: VrrpEffect[]): void {
    const { script, interval, timeout, name } = tracked.configuration;
    if (script === undefined) return;
    // The interval counts from start to start; runs that were missed are not made up for.
    const next = after(tracked.nextRunAt, interval);
    tracked.nextRunAt = next > now ? next : after(now, interval);
    if (tracked.run) {
      out.push({ type: 'log', ...detailLine(`Track script ${name} is already running, expect idle - skipping run`) });
      return;
    }
    const id = this.#allocateRun();
    tracked.run = { id, startedAt: now, signalAt: after(now, timeout), signals: 0, reprieved: false };
    out.push({ type: 'run-script', run: id, script, extraArguments: [] });
  }

  #overdue(now: Instant, tracked: Tracked, run: Run, out: VrrpEffect[]): boolean {
    if (run.signals === 0 && !run.reprieved && now > after(run.signalAt, sleptThrough)) {
      run.reprieved = true;
      run.signalAt = after(now, reprieve);
      return false;
    }
    out.push({ type: 'signal-script', run: run.id, signal: run.signals === 0 ? 'TERM' : 'KILL' });
    run.signalAt = after(now, killDelays[run.signals] ?? killAgain);
    run.signals++;
    return run.signals === 1 && this.#count(tracked, 'timed-out', out);
  }

  #count(tracked: Tracked, outcome: ScriptOutcome | 'timed-out', out: VrrpEffect[]): boolean {
    const { configuration } = tracked;
    if (outcome !== 'timed-out' && outcome.type === 'exited' && outcome.status !== tracked.lastStatus) {
      // The first result is no change of an exit code.
      if (tracked.lastStatus !== undefined || outcome.status !== 0) {
        const text = `Script \`${configuration.name}\` now returning ${outcome.status}`;
        out.push({ type: 'log', ...line(text) });
      }
      tracked.lastStatus = outcome.status;
    }
    const result = outcome === 'timed-out' ? 'failure' : scriptResult(outcome);
    const before = tracked.state.verdict;
    tracked.state = afterScriptResult(tracked.state, result, configuration);
    if (tracked.state.verdict === before) return false;
    out.push({ type: 'log', ...scriptVerdictLine(configuration.name, tracked.state.verdict === 'up', outcome) });
    return true;
  }
}

function sameProgram(left: TrackScriptConfiguration, right: TrackScriptConfiguration): boolean {
  return (
    left.script?.text === right.script?.text &&
    left.script?.identity?.uid === right.script?.identity?.uid &&
    left.script?.identity?.gid === right.script?.identity?.gid
  );
}

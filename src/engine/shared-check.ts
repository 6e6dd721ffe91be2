import type { Instant } from '../base/instant.ts';
import { CheckState, type CheckStep } from '../health/check-state.ts';
import type { CheckerConfiguration } from '../health/configuration.ts';
import { asksTheSame } from '../health/same-question.ts';
import type { CheckerInput } from '../ports/checker-world.ts';
import type { ProbeResult, ProbeSpec } from '../ports/probe.ts';

/** FILE_CHECK: a product that 32 bits do not hold, which takes the server out. */
const fault = -2_147_483_648;

/** A kept result, for the operator. */
export interface CheckEvidence {
  readonly at: Instant;
  readonly result: ProbeResult;
}

/**
 * One check of one server, run once however many services have that server and check it alike. Checks that read a file
 * or follow a BFD session never probe; what they are told is their verdict.
 */
export class SharedCheck {
  readonly configuration: CheckerConfiguration;
  readonly state: CheckState;
  /** The probe under way. */
  probe: number | undefined;
  last: CheckEvidence | undefined;
  /** FILE_CHECK: the value last read; undefined until somebody has told. */
  value: number | undefined;
  #retried = false;
  /** BFD_CHECK: the session is up; a session that nobody has told of yet is not. */
  sessionUp = false;

  /** `firstFailureCounts`: the daemon has just started. */
  constructor(configuration: CheckerConfiguration, firstAt: Instant, firstFailureCounts: boolean) {
    this.configuration = configuration;
    const { schedule } = configuration;
    const urls = configuration.kind === 'urls' && {
      targets: configuration.probes.length,
      fastRecovery: configuration.fastRecovery,
    };
    this.state = new CheckState(schedule, { firstAt, firstFailureCounts, ...urls });
  }

  get isUp(): boolean {
    switch (this.configuration.kind) {
      case 'file':
        return !this.#isFault();
      case 'bfd':
        return this.sessionUp;
      default:
        return this.state.verdict === 'up';
    }
  }

  /** It is acted upon, and not only presumed to be down, as with alpha. */
  get hasFailed(): boolean {
    return !this.configuration.shadow && !this.isUp && (this.configuration.kind === 'file' || this.last !== undefined);
  }

  /** Whether the failure that turned the verdict came after retries. */
  get hasRetried(): boolean {
    return this.#retried;
  }

  nextDeadline(): Instant | undefined {
    return this.#probes() ? this.state.nextDeadline() : undefined;
  }

  /** The probe that is due, if any. */
  advance(now: Instant): ProbeSpec | undefined {
    if (!this.#probes()) return undefined;
    const target = this.state.advance(now);
    if (target === undefined) return undefined;
    return this.configuration.kind === 'urls' ? this.configuration.probes[target] : this.#probe();
  }

  ended(now: Instant, result: ProbeResult): CheckStep {
    this.probe = undefined;
    this.last = { at: now, result };
    const step = this.state.result(now, result.failure === undefined);
    if (step.turned !== 'down') this.#retried = step.retriesLeft !== undefined;
    return step;
  }

  /** What the check adds to the configured weight of a server. */
  weightFor(configuredWeight: number): number {
    if (this.configuration.kind === 'file') return this.#product();
    const spec = this.#probe();
    if (spec?.type !== 'script' || !spec.dynamic || !this.isUp) return 0;
    const status = this.last?.result.status ?? 0;
    // MISC_CHECK with misc_dynamic: 2 .. 255 ask for a weight of status - 2, 0 for the configured one.
    return status >= 2 ? status - 2 - configuredWeight : 0;
  }

  /** Takes a value or a state that it follows; false: it is not about this check, or nothing new. */
  hear(input: Extract<CheckerInput, { type: 'file-value' | 'bfd-state' }>): boolean {
    const { configuration } = this;
    if (input.type === 'file-value') {
      if (configuration.kind !== 'file' || configuration.file !== input.file) return false;
      this.value = input.value;
      return true;
    }
    if (configuration.kind !== 'bfd' || configuration.session !== input.session) return false;
    const changed = this.sessionUp !== input.up;
    this.sessionUp = input.up;
    return changed;
  }

  /** What is known of BFD sessions and files, for a check that has just been made. */
  follow(sessions: ReadonlyMap<string, boolean>, files: ReadonlyMap<string, number>): void {
    if (this.configuration.kind === 'bfd') this.sessionUp = sessions.get(this.configuration.session) === true;
    if (this.configuration.kind === 'file') this.value = files.get(this.configuration.file);
  }

  /** A reload has put it in the place of the checks of a server that was well by them, or was not. */
  takeOver(before: readonly SharedCheck[], wasWell: boolean): void {
    const same = before.find(check => asksTheSame(check.configuration, this.configuration));
    if (same) {
      this.state.takeOver(same.state);
      this.last = same.last;
    } else if (wasWell) this.state.presumeUp();
  }

  #probe(): ProbeSpec | undefined {
    return this.configuration.kind === 'probe' ? this.configuration.probe : undefined;
  }

  #probes(): boolean {
    return this.configuration.kind === 'probe' || this.configuration.kind === 'urls';
  }

  #isFault(): boolean {
    const { configuration, value } = this;
    if (configuration.kind !== 'file' || value === undefined) return false;
    if (configuration.weight === 0) return (value === 0) === configuration.reverse;
    return this.#product() === fault;
  }

  #product(): number {
    const { configuration, value = 0 } = this;
    if (configuration.kind !== 'file') return 0;
    const product = value * (configuration.reverse ? -configuration.weight : configuration.weight);
    return Math.min(-fault - 1, Math.max(fault, product));
  }
}

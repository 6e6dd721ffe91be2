import type { Duration } from '../base/duration.ts';
import { seconds } from '../base/duration.ts';
import { after, type Instant } from '../base/instant.ts';
import type { CheckerConfiguration, HealthConfiguration } from '../health/configuration.ts';
import type { PoolMember } from '../lvs/pool.ts';
import { Deadlines } from './deadlines.ts';
import type { Service } from './service.ts';
import { SharedCheck } from './shared-check.ts';

/** Nothing is probed before the process has settled. */
const bootstrap = seconds(1);

/** A real server in one service that a check speaks for. */
export interface Subscriber {
  readonly service: Service;
  readonly member: PoolMember;
}

/** All checks, each shared by every server that is checked alike, with their deadlines. */
export class Checks {
  #byText = new Map<string, SharedCheck>();
  #subscribers = new Map<SharedCheck, Subscriber[]>();
  readonly #deadlines = new Deadlines<SharedCheck>();
  readonly #byProbe = new Map<number, SharedCheck>();
  #lastProbe = 0;

  get all(): Iterable<SharedCheck> {
    return this.#byText.values();
  }

  get earliest(): Instant | undefined {
    return this.#deadlines.earliest;
  }

  subscribersOf(check: SharedCheck): readonly Subscriber[] {
    return this.#subscribers.get(check) ?? [];
  }

  /**
   * The checks of a configuration, at the places that its servers name. Those that are there already keep state and
   * beat; first probes of new ones are spread evenly over their warm-up time. Returns the probes of checks that ended.
   */
  configure(
    now: Instant,
    { checkers }: HealthConfiguration,
    isStart: boolean,
  ): { places: readonly SharedCheck[]; cancelled: number[] } {
    const before = this.#byText;
    this.#byText = new Map();
    this.#subscribers = new Map();
    const texts = checkers.map(textOf);
    const fresh = new Set(texts.filter(text => !before.has(text))).size;
    let started = 0;
    const places = checkers.map((configuration, place) => {
      const text = texts[place]!;
      let check = this.#byText.get(text) ?? before.get(text);
      if (!check) {
        const { warmup } = configuration.schedule;
        const offset = (warmup * started++) / fresh;
        check = new SharedCheck(configuration, after(now, (bootstrap + offset) as Duration), isStart);
      }
      before.delete(text);
      this.#byText.set(text, check);
      return check;
    });
    const cancelled: number[] = [];
    for (const gone of before.values()) {
      this.#deadlines.set(gone, undefined);
      if (gone.probe === undefined) continue;
      this.#byProbe.delete(gone.probe);
      cancelled.push(gone.probe);
    }
    for (const check of this.#byText.values()) this.reschedule(check);
    return { places, cancelled };
  }

  subscribe(check: SharedCheck, subscriber: Subscriber): void {
    const known = this.#subscribers.get(check);
    if (known) known.push(subscriber);
    else this.#subscribers.set(check, [subscriber]);
  }

  reschedule(check: SharedCheck): void {
    this.#deadlines.set(check, check.nextDeadline());
  }

  due(now: Instant): readonly SharedCheck[] {
    return this.#deadlines.due(now);
  }

  /** Gives a probe its number. */
  started(check: SharedCheck): number {
    const probe = ++this.#lastProbe;
    check.probe = probe;
    this.#byProbe.set(probe, check);
    return probe;
  }

  /** Whose probe ended; undefined for one that was cancelled meanwhile. */
  ended(probe: number): SharedCheck | undefined {
    const check = this.#byProbe.get(probe);
    this.#byProbe.delete(probe);
    return check;
  }

  /** Ends everything; the probes under way. */
  clear(): readonly number[] {
    const probes = [...this.#byProbe.keys()];
    this.#byProbe.clear();
    this.#deadlines.clear();
    this.#byText.clear();
    this.#subscribers.clear();
    return probes;
  }
}

/** Equal texts are equal checks. */
function textOf(configuration: CheckerConfiguration): string {
  return JSON.stringify(configuration, (_, value) => (value instanceof Uint8Array ? [...value] : value));
}

import { seconds } from '../base/duration.ts';
import { after, type Instant } from '../base/instant.ts';
import { reconcileEntry, serviceKeyText } from '../lvs/reconcile.ts';
import type { CheckerEffect } from '../ports/checker-world.ts';
import type { IpvsCommand, IpvsEntry } from '../ports/ipvs.ts';

/** Commands per batch: some milliseconds of the kernel's time. */
const batchLimit = 500;
/** How often the table is compared with what it should say. */
const verifyInterval = seconds(30);
/** After a refused command the table is read soon. */
const doubtDelay = seconds(1);

interface Comparison {
  readonly entries: readonly IpvsEntry[];
  next: number;
  /** By serviceKeyText. */
  readonly actual: Map<string, IpvsEntry>;
  /** Services of ours that it has not, or has otherwise. */
  readonly differing: string[];
  /** Those that are still to be looked for in it. */
  missing: Iterator<[string, IpvsEntry]> | undefined;
}

/**
 * The kernel's IPVS table as we believe it to be, and the commands that make it what we want. Only services of ours are
 * ever touched.
 */
export class KernelTable {
  /** By serviceKeyText; as it will be once all queued commands have been obeyed. */
  #believed = new Map<string, IpvsEntry>();
  #queue: IpvsCommand[] = [];
  #sent: readonly IpvsCommand[] = [];
  #batch = 0;
  #inFlight = false;
  #known = false;
  #verifyAt: Instant | undefined;
  /** A read was asked for, and nothing was sent since: its answer is the truth. */
  #reading = false;
  /** That answer, as far as it has been looked at. */
  #comparison: Comparison | undefined;

  /** Whether the table has been read; before that nothing may be decided. */
  get isKnown(): boolean {
    return this.#known;
  }

  get isBusy(): boolean {
    return this.#inFlight || this.#queue.length > 0;
  }

  /** It is being compared with what it should be: `compareOn` has something to do. */
  get isComparing(): boolean {
    return this.#comparison !== undefined;
  }

  nextDeadline(): Instant | undefined {
    return this.#verifyAt;
  }

  read(out: CheckerEffect[]): void {
    this.#reading = true;
    this.#verifyAt = undefined;
    out.push({ type: 'read-ipvs' });
  }

  /** Time to compare: asks for the table, unless commands are under way, whose answers come first. */
  advance(now: Instant, out: CheckerEffect[]): void {
    if (this.#verifyAt === undefined || this.#verifyAt > now) return;
    if (this.isBusy) this.#verifyAt = after(now, doubtDelay);
    else this.read(out);
  }

  /** The table as it is; nothing if the answer was overtaken by commands of ours. `compareOn` looks at it. */
  wasRead(now: Instant, entries: readonly IpvsEntry[]): void {
    if (!this.#reading) return;
    this.#reading = false;
    this.#verifyAt = after(now, verifyInterval);
    this.#comparison = { entries, next: 0, actual: new Map(), differing: [], missing: undefined };
  }

  /**
   * Compares some more services, about `count`. Once it is through, the names of ours that are not as we left them: somebody
   * else's doing, or a command that was refused. Commands of ours that are sent meanwhile put an end to it.
   */
  compareOn(count: number): readonly string[] | undefined {
    const comparison = this.#comparison;
    if (!comparison) return undefined;
    const { entries, actual, differing } = comparison;
    for (let left = count; left > 0; left--) {
      const entry = entries[comparison.next++];
      if (entry) {
        actual.set(serviceKeyText(entry.service.key), entry);
        continue;
      }
      comparison.missing ??= (this.#known ? this.#believed : new Map<string, IpvsEntry>()).entries();
      const { done, value } = comparison.missing.next();
      if (done) {
        this.#known = true;
        // What is not ours is kept in mind, too: a later configuration may claim it.
        this.#believed = actual;
        this.#comparison = undefined;
        return differing;
      }
      const [text, believed] = value;
      if (reconcileEntry(actual.get(text), believed).length > 0) differing.push(text);
    }
    return undefined;
  }

  wasUnavailable(now: Instant): void {
    this.#reading = false;
    this.#comparison = undefined;
    this.#verifyAt = after(now, verifyInterval);
  }

  /** Queues what makes one service as wanted; undefined wants it gone. */
  want(text: string, desired: IpvsEntry | undefined): void {
    const commands = reconcileEntry(this.#believed.get(text), desired);
    if (commands.length === 0) return;
    this.#queue.push(...commands);
    if (desired) this.#believed.set(text, desired);
    else this.#believed.delete(text);
  }

  /** Queues commands that concern no service. */
  command(...commands: readonly IpvsCommand[]): void {
    this.#queue.push(...commands);
    if (commands.some(({ type }) => type === 'flush')) this.#believed.clear();
  }

  pump(out: CheckerEffect[]): void {
    if (this.#inFlight || this.#queue.length === 0) return;
    this.#sent = this.#queue.splice(0, batchLimit);
    this.#inFlight = true;
    this.#reading = false;
    this.#comparison = undefined;
    out.push({ type: 'change-ipvs', batch: ++this.#batch, commands: this.#sent });
  }

  /** The kernel's answer. Returns the commands that failed. */
  answered(
    now: Instant,
    batch: number,
    errors: readonly { readonly place: number; readonly error: string }[],
  ): readonly { readonly command: IpvsCommand; readonly error: string }[] {
    if (!this.#inFlight || batch !== this.#batch) return [];
    this.#inFlight = false;
    const failed = errors.flatMap(({ place, error }) => {
      const command = this.#sent[place];
      return command ? [{ command, error }] : [];
    });
    if (failed.length > 0 || this.#verifyAt === undefined) {
      this.#verifyAt = after(now, failed.length > 0 ? doubtDelay : verifyInterval);
    }
    return failed;
  }
}

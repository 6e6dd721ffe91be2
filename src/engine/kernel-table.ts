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

  /** Whether the table has been read; before that nothing may be decided. */
  get isKnown(): boolean {
    return this.#known;
  }

  get isBusy(): boolean {
    return this.#inFlight || this.#queue.length > 0;
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

  /**
   * The table as it is. Returns the names of our services that are not as we left them: somebody else's doing, or a
   * command that was refused. Undefined: the answer was overtaken by commands of ours and says nothing.
   */
  wasRead(now: Instant, entries: readonly IpvsEntry[]): readonly string[] | undefined {
    if (!this.#reading) return undefined;
    this.#reading = false;
    this.#verifyAt = after(now, verifyInterval);
    const actual = new Map(entries.map(entry => [serviceKeyText(entry.service.key), entry]));
    const differing: string[] = [];
    if (this.#known) {
      for (const [text, believed] of this.#believed) {
        if (reconcileEntry(actual.get(text), believed).length > 0) differing.push(text);
      }
    }
    this.#known = true;
    // What is not ours is kept in mind, too: a later configuration may claim it.
    this.#believed = actual;
    return differing;
  }

  wasUnavailable(now: Instant): void {
    this.#reading = false;
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

  /** Queues a command that concerns no service. */
  command(command: IpvsCommand): void {
    this.#queue.push(command);
    if (command.type === 'flush') this.#believed.clear();
  }

  pump(out: CheckerEffect[]): void {
    if (this.#inFlight || this.#queue.length === 0) return;
    this.#sent = this.#queue.splice(0, batchLimit);
    this.#inFlight = true;
    this.#reading = false;
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

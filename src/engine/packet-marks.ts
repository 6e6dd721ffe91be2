import { seconds } from '../base/duration.ts';
import { after, type Instant } from '../base/instant.ts';
import type { LvsConfiguration, VirtualServerConfiguration } from '../lvs/configuration.ts';
import { Marks } from '../lvs/marks.ts';
import type { CheckerEffect, CheckerInput } from '../ports/checker-world.ts';
import type { MarkingTable } from '../ports/marking.ts';

/** How often the tables are compared with what they should be. */
const verifyInterval = seconds(30);
/** After a refused change, where others were made. */
const retryDelay = seconds(1);

/** The number of a request whose answer changes nothing. */
const removal = 0;

type Answer = CheckerInput & { readonly type: 'marking-read' | 'packets-marked' };

/**
 * nftables_ipvs: packets to the addresses of a group are marked, and one service by that mark serves them. Where the kernel
 * refuses from the first, each address is a service of its own, as without, until a reload; what is marked stays so: a service that
 * is exchanged for others loses its connections.
 */
export class PacketMarks {
  readonly #out: CheckerEffect[];
  readonly #marks = new Marks();
  #lvs: LvsConfiguration | undefined;
  /** What the kernel's tables are to be; undefined: there are none of ours. */
  #table: MarkingTable | undefined;
  #phase: 'idle' | 'reading' | 'writing' = 'idle';
  /** Counts the requests, so that the answer to an overtaken one is told apart. */
  #request = 0;
  /** The next answer is to a comparison: nothing should have to be done. */
  #verifying = false;
  #verifyAt: Instant | undefined;
  #marking = false;
  #error: string | undefined;

  constructor(out: CheckerEffect[]) {
    this.#out = out;
  }

  /** It is known how the configuration's services can be served. */
  get isSettled(): boolean {
    return this.#phase === 'idle' || this.#verifying;
  }

  /** The virtual servers of the configuration, with the services of the kernel's that they have. */
  get servers(): readonly VirtualServerConfiguration[] {
    const servers = this.#lvs?.virtualServers ?? [];
    return this.#marking ? servers.map(server => this.#marks.servedByMark(server)) : servers;
  }

  nextDeadline(): Instant | undefined {
    return this.#phase === 'idle' ? this.#verifyAt : undefined;
  }

  configure(lvs: LvsConfiguration): void {
    this.#lvs = lvs;
    const { marking } = lvs.global;
    if (!marking) {
      this.stop();
      return;
    }
    if (this.#table) this.#mark();
    else {
      this.#phase = 'reading';
      this.#out.push({ type: 'read-marking', table: marking.table });
    }
  }

  /** Returns whether the configuration can take effect now. */
  handle(now: Instant, input: Answer): boolean {
    if (input.type === 'marking-read') {
      if (this.#phase !== 'reading' || !this.#lvs) return false;
      this.#marks.adopt(this.#lvs.virtualServers, input.ranges);
      this.#mark();
      return false;
    }
    const { error, changed, request } = input;
    if (request === removal && error !== undefined) this.#log('error', `Cannot remove a table of nftables: ${error}`);
    if (this.#phase !== 'writing' || request !== this.#request) return false;
    const [errorBefore, wasVerifying] = [this.#error, this.#verifying];
    this.#phase = 'idle';
    this.#verifying = false;
    this.#error = error;
    if (error === undefined) {
      this.#marking = true;
      const repaired = `The nftables table ${this.#table?.name} was not as it should be: repaired`;
      if (errorBefore !== undefined) this.#log('info', 'nftables can be used now');
      else if (changed && wasVerifying) this.#log('warning', repaired);
    } else if (error !== errorBefore) {
      const fate = this.#marking ? 'it is tried again' : 'each address of a group is a service of its own';
      this.#log('error', `Cannot use nftables: ${error}; ${fate}`);
    }
    const isUsed = this.#marking && this.#table !== undefined && this.#table.ranges.length > 0;
    this.#verifyAt = isUsed ? after(now, error === undefined ? verifyInterval : retryDelay) : undefined;
    return !wasVerifying;
  }

  /** Time to compare. */
  advance(now: Instant): void {
    if (this.#phase !== 'idle' || this.#verifyAt === undefined || this.#verifyAt > now) return;
    this.#verifying = true;
    this.#ask();
  }

  /** Nothing is to be marked any more. */
  stop(): void {
    if (this.#table) this.#remove(this.#table);
    this.#table = undefined;
    this.#phase = 'idle';
    this.#marking = false;
    this.#verifying = false;
    this.#verifyAt = undefined;
    this.#error = undefined;
  }

  #mark(): void {
    const { global, virtualServers } = this.#lvs!;
    const { table: name, priority, counters, startMark } = global.marking!;
    const before = this.#table;
    this.#marks.assign(virtualServers, startMark);
    this.#table = { name, priority, counters, ranges: this.#marks.rangesFor(virtualServers) };
    this.#verifying = false;
    this.#ask();
    // Both mark alike for a moment.
    if (before && before.name !== name) this.#remove(before);
  }

  #ask(): void {
    this.#phase = 'writing';
    this.#out.push({ type: 'mark-packets', request: ++this.#request, table: this.#table! });
  }

  #remove(table: MarkingTable): void {
    this.#out.push({ type: 'mark-packets', request: removal, table: { ...table, ranges: [] } });
  }

  #log(level: 'error' | 'warning' | 'info', text: string): void {
    this.#out.push({ type: 'log', level, text, detail: false });
  }
}

import { compareIpAddresses, familyOf } from '../base/ip-address.ts';
import { sameValue } from '../base/same-value.ts';
import type { MarkedRange, MarkingTable } from '../ports/marking.ts';

/** The nftables of a simulated kernel, as far as they mark packets. */
export class MarkingTables {
  readonly #tables = new Map<string, MarkingTable>();

  get all(): readonly MarkingTable[] {
    return [...this.#tables.values()];
  }

  ranges(name: string): readonly MarkedRange[] {
    return this.#tables.get(name)?.ranges ?? [];
  }

  /** Whether anything had to be done, or the name of the errno. */
  mark(table: MarkingTable): boolean | { readonly error: string } {
    const { name, ranges } = table;
    if (ranges.length === 0) return this.#tables.delete(name);
    if (ranges.some((range, place) => ranges.slice(0, place).some(other => overlap(range, other)))) {
      return { error: 'EEXIST' };
    }
    const changed = !sameValue(this.#tables.get(name), table);
    this.#tables.set(name, table);
    return changed;
  }

  /** Somebody flushes the ruleset, or the machine loses its power. */
  flush(): void {
    this.#tables.clear();
  }
}

function overlap(left: MarkedRange, right: MarkedRange): boolean {
  return (
    left.protocol === right.protocol &&
    familyOf(left.first) === familyOf(right.first) &&
    compareIpAddresses(left.first, right.last) <= 0 &&
    compareIpAddresses(right.first, left.last) <= 0 &&
    left.firstPort <= right.lastPort &&
    right.firstPort <= left.lastPort
  );
}

/** What a file says of when to reload, exactly as keepalived.conf(5) has it; local time unless it ends in Z. */
const format = /^(?:(\d{4}|\d{2})-(\d{2})-(\d{2}) )?(\d{2}):(\d{2}):(\d{2})(Z?)$/;

export type ReloadTime =
  | { readonly at: Date }
  | { readonly problem: 'format' | 'invalid' | 'past'; readonly at?: Date };

/** When it means, seen from `now`: a time without a date is the next of that time. */
export function reloadTimeOf(line: string, now: Date): ReloadTime {
  const found = format.exec(line);
  if (!found) return { problem: 'format' };
  const utc = found[7] === 'Z';
  const [hour, minute, second] = found.slice(4, 7).map(Number) as [number, number, number];
  const date = found[1] === undefined ? undefined : (found.slice(1, 4).map(Number) as [number, number, number]);
  const today = utc
    ? ([now.getUTCFullYear(), now.getUTCMonth() + 1, now.getUTCDate()] as const)
    : ([now.getFullYear(), now.getMonth() + 1, now.getDate()] as const);
  const [year, month, day] = date ?? today;
  const make = (shift: number): Date => {
    const words = [year < 100 ? 2_000 + year : year, month - 1, day + shift, hour, minute, second] as const;
    return utc ? new Date(Date.UTC(...words)) : new Date(...words);
  };
  const at = make(0);
  // What is no time or day is counted on by Date: the 31st of June is the 1st of July.
  const said = utc ? at.toISOString() : localText(at);
  const isReal =
    hour < 24 && minute < 60 && second < 60 && month >= 1 && month <= 12 && Number(said.slice(8, 10)) === day;
  if (!isReal) return { problem: 'invalid' };
  if (at > now) return { at };
  return date ? { problem: 'past', at } : { at: make(1) };
}

/** `2026-11-20 16:08:08`, in local time. */
export function localText(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** What follows from the first line of the file each time that it changes, and what is said of that, as keepalived does. */
export class ReloadPlan {
  #at: Date | undefined;

  /** When to reload. */
  get at(): Date | undefined {
    return this.#at;
  }

  /** The configuration was read: what was planned before is planned anew. */
  restart(): void {
    this.#at = undefined;
  }

  /** `line` undefined: there is no such file. Returns lines for the log. */
  read(line: string | undefined, now: Date): readonly string[] {
    const before = this.#at;
    const found = line === undefined ? undefined : reloadTimeOf(line, now);
    this.#at = found && !('problem' in found) ? found.at : undefined;
    const complaint = found && 'problem' in found ? this.#complaint(line!, found) : [];
    if (this.#at === undefined) {
      return before ? [...complaint, `Cancelling reload scheduled for ${localText(before)}`] : complaint;
    }
    if (!before) return [`Scheduling reload for ${localText(this.#at)}`];
    if (before.getTime() === this.#at.getTime()) return [];
    return [`Reload time updated from ${localText(before)} to ${localText(this.#at)}`];
  }

  #complaint(line: string, { problem, at }: { readonly problem: string; readonly at?: Date }): string[] {
    const shown = line.slice(0, 40);
    if (problem === 'past') return [`Reload time ${at ? localText(at) : shown} is in the past - ignoring`];
    return [`Invalid reload time '${shown}' specified - ignoring`];
  }
}

// What became of a cluster, in the simulator or in reality, in the same words.

/** Something that changed. */
export interface Change {
  /** Seconds since the scenario began. */
  readonly at: number;
  readonly node: string;
  /** What changed: an instance, an address, or who is told. */
  readonly subject: string;
  /** Its new state. */
  readonly state: string;
}

export interface Course {
  /** When each step of the plan took place, in its order. */
  readonly deeds: readonly number[];
  /** When processes looked at the world for the first time. */
  readonly starts: readonly Change[];
  readonly transitions: readonly Change[];
  /** Virtual addresses that came (`present`) and went (`absent`). */
  readonly addresses: readonly Change[];
  /** Runs of notification scripts. */
  readonly notifications: readonly Change[];
  /** MAC addresses that clients take for those of virtual addresses. */
  readonly neighbours: readonly Change[];
}

/** The transition that a line of the log tells of. Both worlds write the same lines: the engine does. */
export function transitionIn(line: string): { readonly subject: string; readonly state: string } | undefined {
  const match = /^\((\S+)\) Entering (\S+) STATE( \(init\))?/.exec(line);
  return match ? { subject: match[1]!, state: `${match[2]}${match[3] ?? ''}` } : undefined;
}

/** What a notification script is told, as a change: INSTANCE VI_1 MASTER 150. */
export function notificationOf(words: readonly string[]): { readonly subject: string; readonly state: string } {
  const [kind = '', name = '', ...rest] = words;
  return { subject: `${kind.toLowerCase()} ${name} told`, state: rest.join(' ') };
}

/** Leaves out what was changed again within so many seconds: two masters that find each other both announce themselves. */
export function lasting(changes: readonly Change[], span: number): Change[] {
  return withoutRepetition(
    changes.filter((change, place) => {
      const { node, subject, at } = change;
      return !changes
        .slice(place + 1)
        .some(next => next.node === node && next.subject === subject && next.at - at < span);
    }),
  );
}

/** Keeps of each address only the changes that change something. */
export function withoutRepetition(changes: readonly Change[]): Change[] {
  const last = new Map<string, string>();
  return changes.filter(({ node, subject, state }) => {
    const key = `${node} ${subject}`;
    if (last.get(key) === state || (state === 'absent' && !last.has(key))) return false;
    last.set(key, state);
    return true;
  });
}

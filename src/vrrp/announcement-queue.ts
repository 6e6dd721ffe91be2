import type { Duration } from '../base/duration.ts';
import { after, earliest, type Instant } from '../base/instant.ts';
import { type Family, familyOf, type IpAddress } from '../base/ip-address.ts';

/** One frame to send: a gratuitous ARP or an unsolicited neighbour advertisement. */
export interface Announcement {
  readonly linkIndex: number;
  readonly address: IpAddress;
  /** Whoever holds the address, so that its frames can be withdrawn; told apart by identity, for names may change. */
  readonly owner: unknown;
}

/** Frames that are sent the same number of times before; those before `next` are sent. */
interface Round {
  frames: Announcement[];
  next: number;
}

interface Line {
  /** The first announcements, then the second ones, and so on. */
  readonly rounds: Round[];
  /** When pacing allows the next frame. */
  readyAt: Instant;
}

/** The waiting frames as plain data, a line per lane, in rounds; owners by number. */
export type SavedAnnouncementQueue = readonly {
  readonly key: string;
  readonly rounds: readonly (readonly (Omit<Announcement, 'owner'> & { readonly owner: number })[])[];
  readonly readyAt: Instant;
}[];

const nothing: readonly Announcement[] = [];

/** Frames that keep a distance from each other. */
export interface Lane {
  readonly name: string;
  /** 0 is no pacing. */
  readonly gap: Duration;
}

/** Who keeps a distance from whom: those of one interface and family, or of several interfaces. */
export interface Pacing {
  laneOf(linkIndex: number, family: Family): Lane;
}

/**
 * Frames waiting to be sent, in a line per interface and family, or as pacing joins them. No address is announced again while another waits to be
 * announced at all, whoever holds it: where frames are paced, the neighbours of one virtual router need not wait for the
 * repetitions of all others. Bursts of thousands of frames are handed out in portions, so that adverts go out in between.
 */
export class AnnouncementQueue {
  readonly #lines = new Map<string, Line>();
  #pacing: Pacing;

  constructor(pacing: Pacing) {
    this.#pacing = pacing;
  }

  reconfigure(pacing: Pacing): void {
    this.#pacing = pacing;
  }

  save(numberOf: (owner: unknown) => number): SavedAnnouncementQueue {
    return Array.from(this.#lines, ([key, { rounds, readyAt }]) => ({
      key,
      rounds: rounds.map(({ frames, next }) =>
        frames.slice(next).map(frame => ({ ...frame, owner: numberOf(frame.owner) })),
      ),
      readyAt,
    }));
  }

  restore(saved: SavedAnnouncementQueue, byNumber: (number: number) => unknown): void {
    this.#lines.clear();
    for (const { key, rounds, readyAt } of saved) {
      const owned = rounds.map(frames => ({
        frames: frames.map(frame => ({ ...frame, owner: byNumber(frame.owner) })),
        next: 0,
      }));
      this.#lines.set(key, { rounds: owned, readyAt });
    }
  }

  /** To be announced `repeat` times; each time behind whatever is to be announced for that time, too. */
  enqueue(now: Instant, announcements: readonly Announcement[], repeat: number): void {
    for (const announcement of announcements) {
      const { name: key } = this.#laneOf(announcement);
      let line = this.#lines.get(key);
      if (!line) {
        line = { rounds: [], readyAt: now };
        this.#lines.set(key, line);
      }
      while (line.rounds.length < repeat) line.rounds.push({ frames: [], next: 0 });
      for (let round = 0; round < repeat; round++) line.rounds[round]!.frames.push(announcement);
    }
  }

  /** Whether addresses of this owner wait for their first announcement. */
  isFirstWaiting(owner: unknown): boolean {
    for (const { rounds } of this.#lines.values()) if (rounds[0] && holdsFrameOf(owner, rounds[0])) return true;
    return false;
  }

  /** The owner gave addresses up, all unless told otherwise: nothing may be announced for them any more. */
  withdraw(owner: unknown, isGivenUp: (announcement: Announcement) => boolean = () => true): void {
    // A line that is empty now still knows when the next frame may go.
    for (const { rounds } of this.#lines.values()) {
      for (const round of rounds) {
        round.frames = round.frames.slice(round.next).filter(frame => frame.owner !== owner || !isGivenUp(frame));
        round.next = 0;
      }
    }
  }

  /** How many more times an address of this owner will be announced, at most. */
  timesWaiting(owner: unknown): number {
    let times = 0;
    for (const { rounds } of this.#lines.values()) {
      times = Math.max(times, rounds.filter(round => holdsFrameOf(owner, round)).length);
    }
    return times;
  }

  nextDeadline(): Instant | undefined {
    let deadline: Instant | undefined;
    for (const line of this.#lines.values()) deadline = earliest(deadline, line.readyAt);
    return deadline;
  }

  /** At most `limit` frames that may be sent now, in order. */
  take(now: Instant, limit: number): readonly Announcement[] {
    if (this.#lines.size === 0) return nothing;
    const taken: Announcement[] = [];
    for (const [key, line] of this.#lines) {
      for (const round of line.rounds) {
        while (!isThrough(round) && line.readyAt <= now && taken.length < limit) {
          const frame = round.frames[round.next++]!;
          taken.push(frame);
          const { gap } = this.#laneOf(frame);
          if (gap > 0) line.readyAt = after(now, gap);
        }
        if (!isThrough(round)) break;
        if (round.next > 0) {
          round.frames = [];
          round.next = 0;
        }
      }
      if (line.readyAt <= now && line.rounds.every(isThrough)) this.#lines.delete(key);
    }
    return taken;
  }

  #laneOf({ address, linkIndex }: Announcement): Lane {
    return this.#pacing.laneOf(linkIndex, familyOf(address));
  }
}

function isThrough({ frames, next }: Round): boolean {
  return next === frames.length;
}

function holdsFrameOf(owner: unknown, { frames, next }: Round): boolean {
  for (let place = next; place < frames.length; place++) if (frames[place]!.owner === owner) return true;
  return false;
}

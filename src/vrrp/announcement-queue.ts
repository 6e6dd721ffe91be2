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

interface Line {
  readonly frames: Announcement[];
  /** Position of the next frame; the array is dropped when it is through. */
  next: number;
  /** When pacing allows the next frame. */
  readyAt: Instant;
}

/** The waiting frames as plain data, a line per interface and family; owners by number. */
export type SavedAnnouncementQueue = readonly {
  readonly key: string;
  readonly frames: readonly (Omit<Announcement, 'owner'> & { readonly owner: number })[];
  readonly readyAt: Instant;
}[];

const nothing: readonly Announcement[] = [];

/** How far apart frames on one interface are to be; 0 is no pacing. */
export interface Pacing {
  readonly garpInterval: Duration;
  readonly gnaInterval: Duration;
}

/**
 * Frames waiting to be sent, in a line per interface and family. Bursts of thousands of frames are handed out in
 * portions, so that adverts go out in between.
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
    return Array.from(this.#lines, ([key, { frames, next, readyAt }]) => ({
      key,
      frames: frames.slice(next).map(frame => ({ ...frame, owner: numberOf(frame.owner) })),
      readyAt,
    }));
  }

  restore(saved: SavedAnnouncementQueue, byNumber: (number: number) => unknown): void {
    this.#lines.clear();
    for (const { key, frames, readyAt } of saved) {
      const owned = frames.map(frame => ({ ...frame, owner: byNumber(frame.owner) }));
      this.#lines.set(key, { frames: owned, next: 0, readyAt });
    }
  }

  /** `repeat` rounds over all the addresses, so that each is out once before any goes out twice. */
  enqueue(now: Instant, announcements: readonly Announcement[], repeat: number): void {
    for (let round = 0; round < repeat; round++) {
      for (const announcement of announcements) {
        const key = `${announcement.linkIndex} ${familyOf(announcement.address)}`;
        let line = this.#lines.get(key);
        if (!line) {
          line = { frames: [], next: 0, readyAt: now };
          this.#lines.set(key, line);
        }
        line.frames.push(announcement);
      }
    }
  }

  /** Whether frames of this owner still wait. */
  isWaiting(owner: unknown): boolean {
    for (const { frames, next } of this.#lines.values()) {
      for (let place = next; place < frames.length; place++) if (frames[place]!.owner === owner) return true;
    }
    return false;
  }

  /** The owner gave addresses up, all unless told otherwise: nothing may be announced for them any more. */
  withdraw(owner: unknown, isGivenUp: (announcement: Announcement) => boolean = () => true): void {
    for (const [key, line] of this.#lines) {
      const rest = line.frames.slice(line.next).filter(frame => frame.owner !== owner || !isGivenUp(frame));
      if (rest.length === 0) this.#lines.delete(key);
      else this.#lines.set(key, { frames: rest, next: 0, readyAt: line.readyAt });
    }
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
      while (line.next < line.frames.length && line.readyAt <= now && taken.length < limit) {
        const frame = line.frames[line.next++]!;
        taken.push(frame);
        const gap = this.#gap(familyOf(frame.address));
        if (gap > 0) line.readyAt = after(now, gap);
      }
      if (line.next === line.frames.length && line.readyAt <= now) this.#lines.delete(key);
    }
    return taken;
  }

  #gap(family: Family): Duration {
    return family === 4 ? this.#pacing.garpInterval : this.#pacing.gnaInterval;
  }
}

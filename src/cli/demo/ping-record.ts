/** What the client's pings tell about a stretch of time. */
export interface PingVerdict {
  readonly sent: number;
  readonly lost: number;
  /** The longest time without an answered ping, in milliseconds; 0 if none was lost. */
  readonly gapMs: number;
}

/** Collects the pinger's lines and answers for any stretch of time. */
export class PingRecord {
  readonly #sent: { readonly sequence: number; readonly atMs: number; answered: boolean }[] = [];
  /** Requests by sequence number, which is reused after 65,536 of them; the latest counts. */
  readonly #bySequence = new Map<number, { answered: boolean }>();

  take(line: string): void {
    const [word, sequence, atMs] = line.split(' ');
    if (word === 'sent') {
      const ping = { sequence: Number(sequence), atMs: Number(atMs), answered: false };
      this.#sent.push(ping);
      this.#bySequence.set(ping.sequence, ping);
    } else if (word === 'back') {
      const ping = this.#bySequence.get(Number(sequence));
      if (ping) ping.answered = true;
    }
  }

  /** Whether the latest pings, at least three sent after `sinceMs`, were all answered. */
  isAnsweredSince(sinceMs: number): boolean {
    // The very last request may still be on its way.
    const recent = this.#sent.filter(({ atMs }) => atMs >= sinceMs).slice(0, -1);
    return recent.length >= 3 && recent.slice(-3).every(({ answered }) => answered);
  }

  between(fromMs: number, toMs: number): PingVerdict {
    const inside = this.#sent.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
    let gapMs = 0;
    let lastAnsweredMs = fromMs;
    let lostSince = false;
    for (const { atMs, answered } of inside) {
      if (!answered) lostSince = true;
      else {
        if (lostSince) gapMs = Math.max(gapMs, atMs - lastAnsweredMs);
        lastAnsweredMs = atMs;
        lostSince = false;
      }
    }
    if (lostSince) gapMs = Math.max(gapMs, toMs - lastAnsweredMs);
    return { sent: inside.length, lost: inside.filter(({ answered }) => !answered).length, gapMs };
  }
}

import type { InvariantName } from '../../src/sim/invariants/invariant.ts';

const secondsPerDay = 86_400;
/** Far more than any fault needs to be found. */
const episodeLimit = 60;

/** Lets the swarm look for what is planted, and keeps how long it took. */
export class Hunt {
  readonly #found: string[] = [];

  /** Plays episodes until something breaks; tells what. Modules that were replaced are those that play. */
  async after(name: string): Promise<InvariantName | undefined> {
    const { playEpisode, randomEpisode } = await import('../../src/sim/episode.ts');
    const began = process.cpuUsage();
    let days = 0;
    for (let seed = 1; seed <= episodeLimit; seed++) {
      const episode = randomEpisode(seed);
      const [violation] = playEpisode(episode).violations;
      days += Number(violation?.at ?? episode.span) / 1_000_000 / secondsPerDay;
      if (!violation) continue;
      const { user } = process.cpuUsage(began);
      this.#found.push(
        `${name.padEnd(48)} ${violation.invariant.padEnd(24)} after ${days.toFixed(2)} simulated days, ${(user / 1_000_000).toFixed(1)} s`,
      );
      return violation.invariant;
    }
    return undefined;
  }

  /** A line for each. */
  get report(): string {
    return `${this.#found.sort().join('\n')}\n`;
  }
}

import type { ServerWord } from '../engine/early-words.ts';
import type { LvsConfiguration } from '../lvs/configuration.ts';
import { memberKey } from '../lvs/pool.ts';

/** What operators have said of real servers. It outlives reloads and the checker process; a server that goes takes its word along. */
export class ServerWords {
  readonly #words = new Map<string, ServerWord>();

  get all(): readonly ServerWord[] {
    return [...this.#words.values()];
  }

  set(word: ServerWord): void {
    const key = wordKey(word);
    if (word.word === undefined) this.#words.delete(key);
    else this.#words.set(key, word);
  }

  /** Forgets servers that a new configuration does not have; returns their words. */
  keepOnly({ virtualServers }: LvsConfiguration): readonly ServerWord[] {
    const present = new Set(
      virtualServers.flatMap(({ name, realServers }) =>
        realServers.map(({ address, port }) => wordKey({ service: name, address, port })),
      ),
    );
    const forgotten: ServerWord[] = [];
    for (const [key, word] of this.#words) {
      if (present.has(key)) continue;
      this.#words.delete(key);
      forgotten.push(word);
    }
    return forgotten;
  }
}

function wordKey(server: Pick<ServerWord, 'service' | 'address' | 'port'>): string {
  return `${server.service} ${memberKey(server)}`;
}

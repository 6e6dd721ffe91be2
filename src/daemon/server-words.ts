import { type ServerWord, wordKey } from '../engine/early-words.ts';
import type { LvsConfiguration } from '../lvs/configuration.ts';
import { serviceIdentity } from '../lvs/pool.ts';

/**
 * What operators have said of real servers. It outlives reloads, the checker process and, by its file, the daemon; a server
 * that goes takes its word along.
 */
export class ServerWords {
  readonly #words = new Map<string, ServerWord>();
  readonly #changed: (all: readonly ServerWord[]) => void;

  /** `changed` is told of all words whenever one comes or goes. */
  constructor(words: readonly ServerWord[], changed: (all: readonly ServerWord[]) => void) {
    for (const word of words) this.#words.set(wordKey(word), word);
    this.#changed = changed;
  }

  get all(): readonly ServerWord[] {
    return [...this.#words.values()];
  }

  set(word: ServerWord): void {
    const key = wordKey(word);
    if (word.word === undefined) this.#words.delete(key);
    else this.#words.set(key, word);
    this.#changed(this.all);
  }

  /** Forgets servers that a new configuration does not have; returns their words. */
  keepOnly({ virtualServers }: LvsConfiguration): readonly ServerWord[] {
    const present = new Set(
      virtualServers.flatMap(virtualServer =>
        virtualServer.realServers.map(({ address, port }) =>
          wordKey({ service: serviceIdentity(virtualServer), address, port }),
        ),
      ),
    );
    const forgotten: ServerWord[] = [];
    for (const [key, word] of this.#words) {
      if (present.has(key)) continue;
      this.#words.delete(key);
      forgotten.push(word);
    }
    if (forgotten.length > 0) this.#changed(this.all);
    return forgotten;
  }
}

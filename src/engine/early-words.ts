import { memberKey, type ServerOverride } from '../lvs/pool.ts';

/** An operator's word on one real server; undefined takes it back. */
export interface ServerWord {
  /** serviceIdentity() of its virtual server. */
  readonly service: string;
  readonly address: string;
  readonly port: number;
  readonly word: ServerOverride | undefined;
}

/** Words on servers that are not there yet. */
export class EarlyWords {
  readonly #words = new Map<string, ServerOverride>();

  keep(word: ServerWord): void {
    if (word.word === undefined) this.#words.delete(wordKey(word));
    else this.#words.set(wordKey(word), word.word);
  }

  of(service: string, { address, port }: Pick<ServerWord, 'address' | 'port'>): ServerOverride | undefined {
    return this.#words.get(wordKey({ service, address, port }));
  }

  clear(): void {
    this.#words.clear();
  }
}

/** Which server a word is about. */
export function wordKey(server: Pick<ServerWord, 'service' | 'address' | 'port'>): string {
  return `${server.service} ${memberKey(server)}`;
}

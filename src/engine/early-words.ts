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

  keep({ service, word, ...server }: ServerWord): void {
    if (word === undefined) this.#words.delete(keyOf(service, server));
    else this.#words.set(keyOf(service, server), word);
  }

  of(service: string, server: { readonly address: string; readonly port: number }): ServerOverride | undefined {
    return this.#words.get(keyOf(service, server));
  }

  clear(): void {
    this.#words.clear();
  }
}

function keyOf(service: string, server: { readonly address: string; readonly port: number }): string {
  return `${service} ${memberKey(server)}`;
}

import type { VrrpEffect } from '../ports/vrrp-world.ts';
import type { TrackFileConfiguration } from '../vrrp/configuration.ts';

/** A tracked file as plain data. */
export interface SavedFile extends TrackFileConfiguration {
  /** Undefined until the world has looked. */
  readonly number: number | undefined;
}

/** The numbers in the tracked files, as the world last told them. */
export class TrackedFiles {
  /** By name. */
  readonly #files = new Map<string, SavedFile>();

  /** Starts with these files, or goes on with them after a reload, and has them watched. */
  configure(files: readonly TrackFileConfiguration[], out: VrrpEffect[]): void {
    if (files.length === 0 && this.#files.size === 0) return;
    const numbers = new Map(Array.from(this.#files.values(), ({ path, number }) => [path, number]));
    this.restore(files.map(({ name, path }) => ({ name, path, number: numbers.get(path) })));
    out.push({ type: 'watch-files', files: [...new Set(files.map(({ path }) => path))] });
  }

  /** Undefined until the world has looked. */
  number(name: string): number | undefined {
    return this.#files.get(name)?.number;
  }

  /** Returns whether that is news. */
  told(path: string, number: number): boolean {
    const other = [...this.#files.values()].filter(file => file.path === path && file.number !== number);
    for (const file of other) this.#files.set(file.name, { ...file, number });
    return other.length > 0;
  }

  save(): readonly SavedFile[] {
    return [...this.#files.values()];
  }

  restore(saved: readonly SavedFile[]): void {
    this.#files.clear();
    for (const file of saved) this.#files.set(file.name, file);
  }
}

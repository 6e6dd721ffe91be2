import type { VrrpInput } from '../ports/vrrp-world.ts';
import type { VrrpConfiguration } from '../vrrp/configuration.ts';
import type { Ground } from './ground.ts';

/** Files and processes of one machine that its daemon may track: a file says 0 and all processes run, until told otherwise. */
export class WatchedObjects {
  readonly #ground: Ground;
  readonly #node: string;
  readonly #tell: (input: VrrpInput) => void;
  /** By path. */
  readonly #numbers = new Map<string, number>();
  /** By the name that they are tracked under. */
  readonly #counts = new Map<string, number>();
  #configuration: VrrpConfiguration;
  #watchedFiles: readonly string[] = [];
  #watchedProcesses: readonly string[] = [];

  constructor(ground: Ground, node: string, configuration: VrrpConfiguration, tell: (input: VrrpInput) => void) {
    this.#ground = ground;
    this.#node = node;
    this.#configuration = configuration;
    this.#tell = tell;
  }

  configure(configuration: VrrpConfiguration): void {
    this.#configuration = configuration;
  }

  /** The number in a tracked file. */
  numberOf(name: string): number {
    const file = this.#configuration.files.find(each => each.name === name);
    return (file && this.#numbers.get(file.path)) ?? 0;
  }

  /** How many of a tracked process run: unless told otherwise as many as there have to be. */
  countOf(name: string): number {
    return this.#counts.get(name) ?? this.#configuration.processes.find(each => each.name === name)?.quorum ?? 0;
  }

  write(name: string, number: number): void {
    const path = this.#configuration.files.find(file => file.name === name)?.path;
    if (path === undefined) return;
    this.#numbers.set(path, number);
    this.#ground.observe({ type: 'object-changed', node: this.#node });
    if (this.#watchedFiles.includes(path)) this.#tell({ type: 'file-value', file: path, value: number });
  }

  /** Undefined: as many as there have to be. */
  run(name: string, count: number | undefined): void {
    if (count === undefined) this.#counts.delete(name);
    else this.#counts.set(name, count);
    this.#ground.observe({ type: 'object-changed', node: this.#node });
    if (!this.#watchedProcesses.includes(name)) return;
    this.#tell({ type: 'process-count', process: name, count: this.countOf(name) });
  }

  watchFiles(paths: readonly string[]): void {
    this.#watchedFiles = paths;
    for (const path of paths) this.#tell({ type: 'file-value', file: path, value: this.#numbers.get(path) ?? 0 });
  }

  watchProcesses(names: readonly string[]): void {
    this.#watchedProcesses = names;
    for (const name of names) this.#tell({ type: 'process-count', process: name, count: this.countOf(name) });
  }

  /** The daemon died: nobody looks any more. */
  forget(): void {
    this.#watchedFiles = [];
    this.#watchedProcesses = [];
  }
}

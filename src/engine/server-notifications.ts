import type { LvsConfiguration } from '../lvs/configuration.ts';
import type { CheckerEffect } from '../ports/checker-world.ts';
import type { RunnableScript } from '../ports/script.ts';

/** Starts the notification scripts of virtual and real servers, writes to FIFOs, and remembers which scripts still run. */
export class ServerNotifications {
  readonly #out: CheckerEffect[];
  readonly #configuration: () => LvsConfiguration;
  readonly #running = new Set<number>();
  #lastRun = 0;
  /** There are FIFOs. */
  #writing = false;

  constructor(out: CheckerEffect[], configuration: () => LvsConfiguration) {
    this.#out = out;
    this.#configuration = configuration;
  }

  /** Scripts that have not ended. */
  get running(): number {
    return this.#running.size;
  }

  /** The FIFOs are those of the configuration now. */
  configured(): void {
    const { fifos = [] } = this.#configuration();
    if (fifos.length > 0 || this.#writing) this.#out.push({ type: 'open-fifos', fifos });
    this.#writing = fifos.length > 0;
  }

  tell({ script, line }: { readonly script: RunnableScript | undefined; readonly line: string | undefined }): void {
    if (script) {
      const run = ++this.#lastRun;
      this.#running.add(run);
      this.#out.push({ type: 'run-script', run, script, extraArguments: [] });
    }
    if (line !== undefined && this.#writing) this.#out.push({ type: 'write-fifos', line });
  }

  ended(run: number): void {
    this.#running.delete(run);
  }

  /** The time for them is up; they are no longer waited for. */
  abandon(): void {
    this.#running.clear();
  }
}

import { closeSync, type FSWatcher, openSync, readSync, unlinkSync, watch } from 'node:fs';
import path from 'node:path';
import type { DaemonLog } from './log.ts';
import { ReloadPlan } from './reload-time.ts';

/** Somebody may be writing it: it is read once it has been left alone for so long. */
const settleMilliseconds = 100;
/** The clock is looked at again after so long: somebody may have set it. */
const lookMilliseconds = 5_000;
/** More than any line that makes sense. */
const longestLine = 64;

/** Reloads when a file says (`reload_time_file`): several machines take over what must change on all of them at once. */
export class ReloadSchedule {
  readonly #log: Pick<DaemonLog, 'info' | 'error'>;
  readonly #reload: () => void;
  readonly #plan = new ReloadPlan();
  #file: string | undefined;
  #repeat = false;
  #watcher: FSWatcher | undefined;
  #settling: NodeJS.Timeout | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(log: Pick<DaemonLog, 'info' | 'error'>, reload: () => void) {
    this.#log = log;
    this.#reload = reload;
  }

  /** At the start, and with every configuration that takes effect: the file is read anew. */
  configure(file: string | undefined, repeat: boolean): void {
    this.close();
    this.#plan.restart();
    this.#file = file;
    this.#repeat = repeat;
    if (file === undefined) return;
    const { base, dir } = path.parse(file);
    try {
      this.#watcher = watch(dir, { persistent: false }, (_event, name) => {
        if (name === null || name === base) this.#changed();
      });
      this.#watcher.on('error', () => {});
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      this.#log.error(`Cannot watch ${dir} for a reload time: ${code}; the next reload tries again`);
    }
    this.#read();
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    clearTimeout(this.#settling);
    clearTimeout(this.#timer);
  }

  #changed(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#read(), settleMilliseconds);
    this.#settling.unref();
  }

  #read(): void {
    for (const text of this.#plan.read(firstLine(this.#file!), new Date())) this.#log.info(text);
    this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const { at } = this.#plan;
    if (!at) return;
    const left = at.getTime() - Date.now();
    this.#timer = setTimeout(() => this.#look(), Math.min(Math.max(0, left), lookMilliseconds));
    this.#timer.unref();
  }

  #look(): void {
    const { at } = this.#plan;
    if (!at || Date.now() < at.getTime()) {
      this.#arm();
      return;
    }
    this.#plan.restart();
    // As keepalived: else a time without a date would come back every day.
    if (!this.#repeat) this.#remove();
    this.#reload();
  }

  #remove(): void {
    try {
      unlinkSync(this.#file!);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') this.#log.error(`Cannot remove ${this.#file}: ${code}`);
    }
  }
}

/** Undefined for a file that is not there, cannot be read or is empty yet. */
function firstLine(file: string): string | undefined {
  const bytes = Buffer.alloc(longestLine);
  try {
    const descriptor = openSync(file, 'r');
    try {
      const text = bytes.toString('latin1', 0, readSync(descriptor, bytes, 0, longestLine, 0));
      return text === '' ? undefined : text.split('\n')[0];
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

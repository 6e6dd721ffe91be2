import { readdirSync, readFileSync } from 'node:fs';
import { matchesProcess, type ProcessPattern, type RunningProcess } from '../ports/process-pattern.ts';
import { closeDescriptor, KernelError } from './libc.ts';
import { order, type Poller, type Watch } from './poller.ts';
import { openProcessDescriptor } from './spawn.ts';

/** From one look at all processes to the next. */
const pauseMilliseconds = 1_000;
/** Processes looked at before the loop goes on: some 0.3 ms. Adverts go out in between. */
const looksPerTurn = 20;
/** A new process may still be about to become another program: it is looked at so often in a row ... */
const looksAtNew = 3;
/** ... and then every so many rounds. */
const roundsBetweenLooks = 10;
/** Ends of more than these are noticed by the next look only. */
const mostWatched = 256;

interface NamedPattern {
  readonly name: string;
  readonly pattern: ProcessPattern;
}

interface Known {
  looks: number;
  /** Names of the patterns that it matches. */
  matches: readonly string[];
  watch: Watch | undefined;
}

/**
 * How many processes match each of some patterns. Found by looking through /proc every second, which needs no privilege
 * and works in any namespace; the end of one that matched is told by the kernel at once (pidfd).
 */
export class ProcessCounts {
  readonly #poller: Poller;
  readonly #changed: (name: string, count: number) => void;
  #patterns: readonly NamedPattern[] = [];
  readonly #known = new Map<number, Known>();
  /** As last told. */
  readonly #told = new Map<string, number>();
  /** Still to be looked at in this round. */
  #waiting: number[] = [];
  #round = 0;
  #watched = 0;
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;

  /** `changed` is called from the event loop, for each pattern at the end of the first round and whenever it has changed. */
  constructor(poller: Poller, changed: (name: string, count: number) => void) {
    this.#poller = poller;
    this.#changed = changed;
  }

  /** Replaces what is looked for. */
  follow(patterns: readonly NamedPattern[]): void {
    this.close();
    this.#patterns = patterns;
    if (patterns.length > 0) this.#begin();
  }

  close(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
    for (const pid of [...this.#known.keys()]) this.#forget(pid);
    this.#told.clear();
    this.#waiting = [];
    this.#patterns = [];
  }

  #begin(): void {
    this.#round++;
    const running = new Set(runningProcesses());
    for (const pid of [...this.#known.keys()]) if (!running.has(pid)) this.#forget(pid);
    this.#waiting = [...running].filter(pid => {
      const looks = this.#known.get(pid)?.looks ?? 0;
      return looks < looksAtNew || (pid + this.#round) % roundsBetweenLooks === 0;
    });
    this.#goOn();
  }

  #goOn(): void {
    for (const pid of this.#waiting.splice(0, looksPerTurn)) this.#look(pid);
    if (this.#waiting.length > 0) {
      this.#turn = setImmediate(() => this.#goOn());
      return;
    }
    this.#timer = setTimeout(() => this.#begin(), pauseMilliseconds).unref();
    this.#tell();
  }

  #look(pid: number): void {
    const process = runningProcess(
      pid,
      this.#patterns.some(({ pattern }) => pattern.wholeCommand),
    );
    if (!process) {
      this.#forget(pid);
      return;
    }
    const known = this.#known.get(pid) ?? { looks: 0, matches: [], watch: undefined };
    this.#known.set(pid, known);
    known.looks++;
    known.matches = this.#patterns.filter(({ pattern }) => matchesProcess(pattern, process)).map(({ name }) => name);
    if (known.matches.length > 0) known.watch ??= this.#watchEnd(pid);
  }

  #watchEnd(pid: number): Watch | undefined {
    if (this.#watched >= mostWatched) return undefined;
    try {
      const descriptor = openProcessDescriptor(pid);
      if (descriptor === undefined) return undefined;
      this.#watched++;
      return this.#poller.watch(descriptor, 'readable', order.events, () => {
        this.#forget(pid);
        this.#tell();
      });
    } catch (error) {
      // It has just ended, or we are out of descriptors: the next round will see.
      if (error instanceof KernelError) return undefined;
      throw error;
    }
  }

  #forget(pid: number): void {
    const watch = this.#known.get(pid)?.watch;
    this.#known.delete(pid);
    if (!watch) return;
    this.#watched--;
    watch.stop();
    closeDescriptor(watch.descriptor);
  }

  #tell(): void {
    const counts = new Map(this.#patterns.map(({ name }) => [name, 0]));
    for (const { matches } of this.#known.values()) {
      for (const name of matches) counts.set(name, counts.get(name)! + 1);
    }
    for (const [name, count] of counts) {
      if (this.#told.get(name) === count) continue;
      this.#told.set(name, count);
      this.#changed(name, count);
    }
  }
}

function runningProcesses(): number[] {
  return readdirSync('/proc').flatMap(name => (/^[0-9]+$/.test(name) ? [Number(name)] : []));
}

/** Undefined for one that has ended, whether or not its parent knows. */
function runningProcess(pid: number, withCommandLine: boolean): RunningProcess | undefined {
  try {
    // "PID (NAME) STATE ...", and the name may hold anything.
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = status.lastIndexOf(')');
    if (/^[ZX]/.test(status.slice(end + 2))) return undefined;
    const name = status.slice(status.indexOf('(') + 1, end);
    if (!withCommandLine) return { name, commandLine: [] };
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    // Each word ends with a NUL; some programs write their title over it.
    return { name, commandLine: words.at(-1) === '' ? words.slice(0, -1) : words };
  } catch {
    return undefined;
  }
}

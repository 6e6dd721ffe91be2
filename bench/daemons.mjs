// What the measurements of the checker process share: a kernel with IPVS to run in, the two daemons, figures as text.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { root } from '../tools/run.mjs';
import { runInUml, umlObstacle } from '../tools/uml.mjs';

/** Runs the calling script once more in a kernel that has IPVS, and ends as that ends; returns inside of it. */
export async function enterUml(moduleUrl, timeoutMs = 3_600_000) {
  if (process.env.HOLDFAST_GUEST !== undefined) return;
  const obstacle = umlObstacle();
  if (obstacle) {
    console.error(`no User-Mode-Linux kernel: ${obstacle}`);
    process.exit(1);
  }
  // It has one processor. Moving it to another one for every system call of what runs in it would be most of the time.
  spawnSync('taskset', ['-cp', String(cpus().length - 1), String(process.pid)]);
  const argv = [process.execPath, fileURLToPath(moduleUrl), ...process.argv.slice(2)];
  // In there the processor has another name.
  const environment = { HOLDFAST_BENCH_PROCESSOR: cpus()[0]?.model ?? '' };
  process.exit((await runInUml(argv, { timeoutMs, environment })) ?? 1);
}

export const daemonNames = ['keepalived', 'holdfast'];

const programs = {
  keepalived: ['keepalived'],
  holdfast: [process.execPath, `${root}bin/holdfast`],
};

/** What /proc/PID/stat says after the name, from the state on. */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** The kernel's clock tick in /proc is 10 ms on every architecture that Node runs on. */
const ticksPerSecond = 100;

/** A daemon in the foreground, its log thrown away. */
export class Daemon {
  #process;
  /** Resolves when it has ended. */
  ended;

  constructor(name, file, flags = []) {
    const [program, ...words] = [...programs[name], '-n', '-l', '-G', '-f', file, ...flags];
    this.#process = spawn(program, words, { stdio: 'ignore' });
    this.ended = new Promise(resolve => this.#process.once('exit', resolve));
  }

  signal(signal) {
    this.#process.kill(signal);
  }

  /** Itself and its children. */
  pids() {
    const own = String(this.#process.pid);
    const all = readdirSync('/proc').filter(name => /^\d+$/.test(name));
    return [own, ...all.filter(pid => statOf(pid)?.[1] === own)];
  }

  /** Seconds of a processor that all its processes have used. */
  cpu() {
    return this.pids().reduce((sum, pid) => sum + cpuOf(pid), 0);
  }
}

/** Seconds of a processor that one process has used. */
function cpuOf(pid) {
  const stat = statOf(pid);
  return (Number(stat?.[11] ?? 0) + Number(stat?.[12] ?? 0)) / ticksPerSecond;
}

export const median = list => [...list].sort((left, right) => left - right)[Math.floor((list.length - 1) / 2)];

/** `median (least .. most)` */
export function spread(list, digits = 2) {
  const [least, middle, most] = [Math.min(...list), median(list), Math.max(...list)].map(each => each.toFixed(digits));
  return `${middle} (${least} .. ${most})`;
}

export const ground = `User-Mode Linux on ${process.env.HOLDFAST_BENCH_PROCESSOR}, Node ${process.versions.node}`;

// A host of the lab with a daemon on it, watched from outside.
import { assert } from '../../src/base/assert.ts';
import type { Host } from '../../src/lab/host.ts';
import type { HostProcess, OutputLine } from '../../src/lab/host-process.ts';
import type { Shell } from '../../src/lab/shell.ts';
import { waitFor } from '../../src/lab/wait.ts';
import type { ScriptBehaviour } from '../../src/sim/script-stage.ts';
import type { VrrpConfiguration } from '../../src/vrrp/configuration.ts';
import { configurationFile, daemonCommand } from '../net/daemon.testkit.ts';
import { type Change, notificationOf, transitionIn } from './course.testkit.ts';
import { type Flight, flightOf } from './flight.testkit.ts';
import { notifyProgram, programFolder } from './scenario.testkit.ts';

const recordingFile = '/tmp/holdfast_vrrp.recording';
const told = `${programFolder}/told`;

/** By how many milliseconds the daemon's wall clock differs from the machine's. */
const clockFile = '/run/fidelity/clock';
const ownClock = {
  NODE_OPTIONS: `--import=${new URL('own-clock.mjs', import.meta.url).href}`,
  HOLDFAST_FIDELITY_CLOCK: clockFile,
};

const notifyText = `#!/bin/sh
echo "$@" >>${told}
`;

/** What the file beside it says decides what it does. */
const scriptText = (name: string): string => `#!/bin/sh
read -r does <${programFolder}/${name}.does
case $does in
  hangs) exec sleep 1000 ;;
  'hangs for ever') trap '' TERM; while :; do sleep 1; done ;;
esac
exit "$does"
`;

/** One VRRP process. Instants by the clock of `performance.now()`. */
export interface Life {
  readonly launchedMs: number;
  /** By the daemon's parent, after an earlier process of the same daemon. */
  readonly respawned: boolean;
  /** When it looked at the world for the first time; undefined: not yet. */
  readonly startedMs: number | undefined;
  readonly transitions: readonly Change[];
}

export class Machine {
  readonly name: string;
  readonly host: Host;
  readonly shell: Shell;
  /** Every life of the daemon. */
  readonly #daemons: { readonly process: HostProcess; readonly launchedMs: number }[] = [];
  /** By the id of the process. */
  readonly #flights = new Map<number, Flight>();
  readonly #monitor: HostProcess;
  readonly #told: HostProcess;
  /** Variables of the daemon's environment. */
  #env: Readonly<Record<string, string>> = {};
  #clockOffset = 0;

  private constructor(name: string, host: Host, monitor: HostProcess, told: HostProcess) {
    this.name = name;
    this.host = host;
    this.shell = host.openShell();
    this.#monitor = monitor;
    this.#told = told;
  }

  static async set(name: string, host: Host, text: string, { scripts, files }: VrrpConfiguration): Promise<Machine> {
    host.write(notifyProgram, notifyText, 0o755);
    host.write(told, '');
    const monitor = host.spawn(['ip', '-o', 'monitor', 'address']);
    const listener = host.spawn(['tail', '-n', '+1', '-F', told]);
    const machine = new Machine(name, host, monitor, listener);
    machine.configure(text);
    for (const { path } of files) machine.write(path, 0);
    for (const script of scripts) machine.behave(script.name, { type: 'exits', status: 0 });
    await Promise.all([monitor.pid(), listener.pid(), machine.shell.run('true')]);
    return machine;
  }

  configure(text: string): void {
    this.host.write(configurationFile, text);
  }

  start(): void {
    const launchedMs = performance.now();
    this.#daemons.push({
      process: this.host.spawn(
        daemonCommand('holdfast').filter(flag => flag !== '-D'),
        { env: this.#env },
      ),
      launchedMs,
    });
  }

  /** From its next start on the daemon has a wall clock of its own. */
  giveOwnClock(): void {
    this.host.write(clockFile, '0');
    this.#env = ownClock;
  }

  /** Sets the wall clock by so many milliseconds. */
  async stepClock(by: number): Promise<number> {
    this.#clockOffset += by;
    // Never to be read half written.
    const step = `echo ${this.#clockOffset} >${clockFile}.new && mv ${clockFile}.new ${clockFile}`;
    return (await this.shell.run(step)).endedMs;
  }

  /** Signals a process of the daemon by the name of its pid file; resolves with the instant. */
  async signal(signal: string, pidFile: 'holdfast' | 'holdfast_vrrp'): Promise<number> {
    return (await this.shell.run(`read -r pid </run/${pidFile}.pid && kill -${signal} "$pid"`)).endedMs;
  }

  /** For so long the VRRP process gets a processor only after every so many milliseconds: its timers are late. */
  async makeLate(byMs: number, forMs: number): Promise<number> {
    const turn = `kill -STOP "$pid"; sleep ${byMs / 1_000}; kill -CONT "$pid"; sleep 0.03`;
    const turns = Math.floor(forMs / (byMs + 30));
    const loop = `turn=0; while [ $turn -lt ${turns} ]; do ${turn}; turn=$((turn + 1)); done`;
    const begin = `read -r pid </run/holdfast_vrrp.pid && { (${loop}) >/dev/null 2>&1 & }`;
    return (await this.shell.run(begin)).endedMs;
  }

  /** More news of the kernel's than a process that stands still has room for; what comes after them is lost, too. */
  async overrun(): Promise<number> {
    const addresses = Array.from({ length: floodSize }, (_, place) => `10.250.${place >> 8}.${place & 255}/32 dev lo`);
    const lines = ['add', 'delete'].flatMap(verb => addresses.map(address => `address ${verb} ${address}`));
    this.host.write('/run/fidelity/flood', `${lines.join('\n')}\n`);
    return (await this.shell.run('ip -batch /run/fidelity/flood')).endedMs;
  }

  /** Whether a process has read the kernel's state anew, by its recording. */
  get hasLostNews(): boolean {
    return [...this.#flights.values()].some(({ dumps }) => dumps > 1);
  }

  /** As if the power were cut: neither process has a chance to say goodbye. */
  async kill(): Promise<number> {
    const read = 'read -r parent </run/holdfast.pid && read -r child </run/holdfast_vrrp.pid';
    return (await this.shell.run(`${read} && kill -KILL "$parent" "$child"`)).endedMs;
  }

  get isRunning(): boolean {
    const daemon = this.#daemons.at(-1);
    return daemon !== undefined && daemon.process.end === undefined;
  }

  /** Settles when the daemon and all its children are gone. */
  async ended(): Promise<void> {
    await this.#daemons.at(-1)?.process.ended;
  }

  /** A number into a tracked file. */
  write(file: string, number: number): number {
    this.host.write(file, `${number}\n`);
    return performance.now();
  }

  behave(script: string, behaviour: ScriptBehaviour): number {
    const file = `${programFolder}/${script}`;
    if (behaviour.type === 'not-startable') {
      this.host.remove(file);
      return performance.now();
    }
    const does = {
      exits: 'status' in behaviour ? behaviour.status : 0,
      hangs: 'hangs',
      'ignores-term': 'hangs for ever',
    };
    this.host.write(`${file}.does`, `${does[behaviour.type]}\n`);
    if (this.host.read(file) === undefined) this.host.write(file, scriptText(script), 0o755);
    return performance.now();
  }

  /** Addresses that are there now, with their interface and prefix length. */
  async held(): Promise<readonly { readonly link: string; readonly address: string; readonly prefixLength: number }[]> {
    const { output } = await this.shell.run('ip -j address show');
    const links = JSON.parse(output) as { ifname: string; addr_info?: { local: string; prefixlen: number }[] }[];
    return links.flatMap(({ ifname, addr_info = [] }) =>
      addr_info.map(({ local, prefixlen }) => ({ link: ifname, address: local, prefixLength: prefixlen })),
    );
  }

  /** Has the process that runs now write down what it has been through. */
  async record(): Promise<void> {
    this.host.remove(recordingFile);
    await this.signal('USR1', 'holdfast');
    const flight = await waitFor(() => flightOf(this.host.read(recordingFile) ?? ''), {
      what: `the recording of ${this.name}`,
      everyMs: 5,
      evidence: () => this.evidence,
    });
    this.#flights.set(flight.process, flight);
  }

  /** When the process that runs now looked at the world for the first time; undefined: not yet. */
  get startedMs(): number | undefined {
    const started = this.#daemons.filter(({ process }) => process.lines.some(({ text }) => startOfChild.test(text)));
    return started.length === this.#daemons.length ? this.lives.at(-1)?.startedMs : undefined;
  }

  /** By its log, and more exactly by its recording as far as there is one. */
  get lives(): readonly Life[] {
    return this.#daemons.flatMap(({ process, launchedMs }) => {
      const lives: { process: number; launchedMs: number; startedMs: number | undefined; transitions: Change[] }[] = [];
      for (const { monotonicMs: at, text } of process.lines.map(withoutStamp)) {
        const started = startOfChild.exec(text);
        if (started) {
          const launched = lives.length === 0 ? launchedMs : at;
          lives.push({ process: Number(started[1]), launchedMs: launched, startedMs: undefined, transitions: [] });
        }
        const life = lives.at(-1);
        // A parenthesis with a path is a word of the parent's about a file.
        if (!life || !/^\([^/)]+\)/.test(text)) continue;
        life.startedMs ??= at;
        const transition = transitionIn(text);
        if (transition) life.transitions.push({ at, node: this.name, ...transition });
      }
      return lives.map((life, place) => this.#exactly(life, place > 0));
    });
  }

  #exactly(
    { process, launchedMs, startedMs, transitions }: Omit<Life, 'respawned'> & { readonly process: number },
    respawned: boolean,
  ): Life {
    const flight = this.#flights.get(process);
    return {
      launchedMs,
      respawned,
      startedMs: flight?.startedMs ?? startedMs,
      transitions: transitions.map((change, place) => {
        const exact = flight?.transitions[place];
        if (!exact) return change;
        assert(exact.subject === change.subject && exact.state === change.state, 'log and recording tell the same');
        return { ...change, at: exact.atMs };
      }),
    };
  }

  addresses(virtual: ReadonlySet<string>): readonly Change[] {
    return this.#monitor.lines.flatMap(({ monotonicMs, text }) => {
      const match = /^(Deleted )?\d+: \S+\s+inet6? ([^/\s]+)/.exec(text);
      const subject = match?.[2] ?? '';
      if (!virtual.has(subject)) return [];
      return [{ at: monotonicMs, node: this.name, subject, state: match?.[1] ? 'absent' : 'present' }];
    });
  }

  get notifications(): readonly Change[] {
    return this.#told.lines
      .filter(({ text }) => !text.startsWith('tail:'))
      .map(({ monotonicMs, text }) => ({ at: monotonicMs, node: this.name, ...notificationOf(text.split(' ')) }));
  }

  get evidence(): string {
    const lines = this.#daemons.flatMap(({ process }) => process.lines.map(withoutStamp));
    const said = lines.map(({ monotonicMs, text }) => `${(monotonicMs / 1_000).toFixed(3)} ${text}`);
    return `--- ${this.name}\n${said.join('\n')}`;
  }
}

/** Each is news twice, of some hundred bytes of the kernel's memory. */
const floodSize = 600;

const startOfChild = /Starting VRRP child process, pid=(\d+)/;

/** In front of every line: the program, the date, the year. */
function withoutStamp(line: OutputLine): OutputLine {
  return { ...line, text: line.text.replace(/^\S+ .*? \d{4}: /, '') };
}

// A director between a client and real servers, each in a network of its own, and the daemon on the director.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { waitFor } from '../../src/lab/wait.ts';
import type { HealthStatus } from '../../src/status/health-status.ts';
import type { PeerCommand } from './web-peer.ts';

export const root = process.env['HOLDFAST_ROOT'] ?? '';

export function must(program: string, ...words: readonly string[]): string {
  return execFileSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });
}

export const inside = (network: string, ...words: readonly string[]): string =>
  must('ip', 'netns', 'exec', network, ...words);

/** The client is 10.1.0.10 to 10.1.0.59, real servers are 10.2.0.0/24, the director is 10.1.0.1 and 10.2.0.1. */
export function makeNetworks(): void {
  for (const name of ['director', 'client', 'servers']) {
    must('ip', 'netns', 'add', name);
    inside(name, 'ip', 'link', 'set', 'lo', 'up');
  }
  for (const [index, name] of ['client', 'servers'].entries()) {
    const cable = [
      'ip',
      'link',
      'add',
      `eth${index}`,
      'netns',
      'director',
      'type',
      'veth',
      'peer',
      'name',
      'eth0',
      'netns',
      name,
    ];
    must(...(cable as [string, ...string[]]));
    inside('director', 'ip', 'address', 'add', `10.${index + 1}.0.1/24`, 'dev', `eth${index}`);
    inside('director', 'ip', 'link', 'set', `eth${index}`, 'up');
    inside(name, 'ip', 'link', 'set', 'eth0', 'up');
  }
  for (let last = 10; last < 60; last++) inside('client', 'ip', 'address', 'add', `10.1.0.${last}/24`, 'dev', 'eth0');
  for (const last of [2, 12, 13, 14, 15, 200]) {
    inside('servers', 'ip', 'address', 'add', `10.2.0.${last}/24`, 'dev', 'eth0');
  }
  inside('servers', 'ip', 'route', 'add', 'default', 'via', '10.2.0.1');
  inside('director', 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
}

/** The client is fd01::10, real servers are fd02::12 and fd02::13, the director is fd01::1 and fd02::1. */
export function addIpv6(): void {
  inside('director', 'sysctl', '-qw', 'net.ipv6.conf.all.forwarding=1');
  const addresses = [
    ['client', 'eth0', 'fd01::10/64'],
    ['director', 'eth0', 'fd01::1/64'],
    ['director', 'eth1', 'fd02::1/64'],
    ['servers', 'eth0', 'fd02::12/64'],
    ['servers', 'eth0', 'fd02::13/64'],
  ] as const;
  for (const [network, device, address] of addresses) {
    inside(network, 'ip', 'address', 'add', address, 'dev', device, 'nodad');
  }
  inside('servers', 'ip', '-6', 'route', 'add', 'default', 'via', 'fd02::1');
}

export function removeNetworks(): void {
  for (const name of ['director', 'client', 'servers']) must('ip', 'netns', 'delete', name);
}

/** The kernel's table as commands, sorted. */
export function savedTable(network = 'director'): string[] {
  return inside(network, 'ipvsadm', '-Sn').trim().split('\n').filter(Boolean).sort();
}

/** Web servers or a web client. */
export class Peer {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #lines: Interface;

  constructor(network: string) {
    const program = fileURLToPath(new URL('web-peer.js', import.meta.url));
    this.#process = spawn('ip', ['netns', 'exec', network, process.execPath, program, 'peer'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#process.stdout! });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  async ask(command: PeerCommand): Promise<string> {
    this.#process.stdin!.write(`${JSON.stringify(command)}\n`);
    const { value } = await this.#answers.next();
    return JSON.parse(value as string) as string;
  }

  end(): void {
    this.#process.kill('SIGKILL');
    this.#lines.close();
  }
}

export interface DirectorOptions {
  /** The network it is in. */
  readonly network: string;
  readonly flags: readonly string[];
  /** `instance NAME` of the configuration, which other files are named after. */
  readonly instance: string | undefined;
}

const usual: DirectorOptions = { network: 'director', flags: [], instance: undefined };

/** Holdfast or keepalived on the director. */
export class Director {
  readonly #daemon: 'holdfast' | 'keepalived';
  readonly #process: ChildProcess;
  readonly lines: string[] = [];
  readonly #options: DirectorOptions;
  readonly #configurationFile: string;
  #ended = false;

  constructor(daemon: 'holdfast' | 'keepalived', configuration: string, options: Partial<DirectorOptions> = {}) {
    this.#daemon = daemon;
    this.#options = { ...usual, ...options };
    const { flags, network } = this.#options;
    this.#configurationFile = `/run/${network}.conf`;
    writeFileSync(this.#configurationFile, configuration);
    const program = daemon === 'holdfast' ? [process.execPath, `${root}bin/holdfast`] : ['keepalived'];
    const words = [
      'netns',
      'exec',
      network,
      ...program,
      '-n',
      '-l',
      '-D',
      '-G',
      '-f',
      this.#configurationFile,
      ...flags,
    ];
    this.#process = spawn('ip', words, {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout!, this.#process.stderr!]) {
      createInterface({ input: stream }).on('line', line => this.lines.push(line));
    }
    this.#process.once('exit', () => {
      this.#ended = true;
    });
  }

  get output(): string {
    return this.lines.join('\n');
  }

  async untilSaid(text: string, from = 0): Promise<void> {
    await this.until(`it to say "${text}"`, () => this.lines.slice(from).some(line => line.includes(text)));
  }

  /** Processors are slow here, and a machine that runs tests may be busy. */
  until<T>(what: string, check: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
    return waitFor(check, { what, timeoutMs: 60_000, everyMs: 100, evidence: () => this.output });
  }

  reload(configuration: string): void {
    writeFileSync(this.#configurationFile, configuration);
    process.kill(this.#daemon === 'holdfast' ? this.#pid('') : this.#process.pid!, 'SIGHUP');
  }

  killChecker(): void {
    process.kill(this.#pid('checkers'), 'SIGKILL');
  }

  command(...words: readonly string[]): string {
    const { instance, network } = this.#options;
    const which = instance === undefined ? [] : ['--instance', instance];
    return inside(network, process.execPath, `${root}bin/holdfast`, ...words, ...which);
  }

  /** Undefined while the checker process is being restarted. */
  health(...service: readonly string[]): HealthStatus | undefined {
    let text: string;
    try {
      text = this.command('health', ...service, '--json');
    } catch (error) {
      // Its status says that something is down; its answer is here all the same.
      text = (error as { readonly stdout: string }).stdout;
    }
    return text === '' ? undefined : (JSON.parse(text) as HealthStatus);
  }

  #pid(child: '' | 'checkers'): number {
    const { instance } = this.#options;
    const own = child === '' ? 'holdfast' : child;
    const file =
      instance === undefined
        ? `/run/holdfast${child === '' ? '' : `_${child}`}.pid`
        : `/run/holdfast/${own}_${instance}.pid`;
    return Number(readFileSync(file, 'utf8'));
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGTERM');
    await this.until('it to end', () => this.#ended);
  }
}

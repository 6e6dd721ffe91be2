// One host of a lab with a daemon on it, and what an operator asks of both.
import type { Host } from '../../src/lab/host.ts';
import type { HostProcess, ProcessEnd } from '../../src/lab/host-process.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { waitFor } from '../../src/lab/wait.ts';
import { configurationFile, daemonCommand, openTestLab } from './daemon.testkit.ts';

export const virtualAddress = '10.0.0.100';

/** A virtual router V1 that becomes master within 0.4 s when nobody answers; `lines` are more of its block. */
export function routerText(
  addresses: readonly string[] = [virtualAddress],
  globals: readonly string[] = [],
  lines: readonly string[] = [],
): string {
  return [
    'global_defs {',
    '  vrrp_version 3',
    ...globals.map(line => `  ${line}`),
    '}',
    'vrrp_instance V1 {',
    '  interface eth0',
    '  virtual_router_id 51',
    '  priority 100',
    '  advert_int 0.1',
    '  virtual_ipaddress {',
    ...addresses.map(address => `    ${address}/24`),
    '  }',
    ...lines.map(line => `  ${line}`),
    '}',
    '',
  ].join('\n');
}

/** Globals under which a test may run scripts, as root like everything in a lab. */
export const secureGlobals: readonly string[] = ['enable_script_security', 'script_user root'];

const daemonName = /^(holdfast|keepalived|node)/;

/** A host, alone on its network, that runs one daemon at a time. */
export class DaemonHost {
  readonly lab: Lab;
  readonly host: Host;

  private constructor(lab: Lab, host: Host) {
    this.lab = lab;
    this.host = host;
  }

  static async open(): Promise<DaemonHost> {
    const lab = await openTestLab();
    const host = await lab.addHost('one', { addresses: ['10.0.0.1/24'] });
    await host.must(['mkdir', '-p', '/etc/holdfast']);
    return new DaemonHost(lab, host);
  }

  configure(text: string): void {
    this.host.write(configurationFile, text);
  }

  /** Path of the program, for command lines of a test's own. */
  get program(): readonly string[] {
    return daemonCommand('holdfast').slice(0, 2);
  }

  /** Starts in the foreground and waits until everything runs. */
  async start(text = routerText(), flags: readonly string[] = []): Promise<HostProcess> {
    this.configure(text);
    const daemon = this.host.spawn(daemonCommand('holdfast', flags));
    await daemon.waitForLine('Startup complete');
    return daemon;
  }

  /** As start, and then until it is master and holds the address. */
  async startAsMaster(text = routerText(), flags: readonly string[] = []): Promise<HostProcess> {
    const daemon = await this.start(text, flags);
    await daemon.waitForLine('Entering MASTER STATE');
    await this.untilHeld(virtualAddress, daemon);
    return daemon;
  }

  async untilHeld(address: string, daemon: HostProcess): Promise<void> {
    await waitFor(() => this.host.holds(address), {
      what: `the host to hold ${address}`,
      evidence: () => daemon.output,
    });
  }

  /** A number that a pid file holds, as the host counts processes. */
  pidIn(file: string): number | undefined {
    const text = this.host.read(file);
    return text === undefined ? undefined : Number(text);
  }

  /** Sends a signal on the host itself, where the pid files' numbers mean something. */
  async kill(signal: string, ...pids: readonly (number | undefined)[]): Promise<void> {
    await this.host.must(['kill', `-${signal}`, ...pids.map(pid => String(pid ?? 'missing'))]);
  }

  get parent(): number | undefined {
    return this.pidIn('/run/holdfast.pid');
  }

  get child(): number | undefined {
    return this.pidIn('/run/holdfast_vrrp.pid');
  }

  /** Names of the daemon's processes that are left. */
  async remaining(): Promise<string[]> {
    const processes = await this.host.processes();
    return processes.filter(({ name }) => daemonName.test(name)).map(({ name }) => name);
  }

  async fileMode(file: string): Promise<string> {
    return (await this.host.must(['stat', '-c', '%a %F', file])).trim();
  }

  /** Waits until a file that the daemon writes is there, and gives its text. */
  untilWritten(file: string): Promise<string> {
    return waitFor(() => this.host.read(file), { what: `${file} to be written` });
  }

  /** As it was before any daemon ran here. */
  async reset(): Promise<void> {
    const left = (await this.host.processes()).filter(({ name }) => daemonName.test(name));
    if (left.length > 0) await this.host.run(['kill', '-KILL', ...left.map(({ pid }) => String(pid))]);
    await this.host.must(['ip', 'address', 'flush', 'dev', 'eth0', 'scope', 'global']);
    await this.lab.addAddress(this.host, 'eth0', '10.0.0.1/24');
    // Files only: a folder under /tmp may be the project itself, shown through.
    await this.host.must(['find', '/run', '/tmp', '/etc/holdfast', ...'-maxdepth 1 -type f,l -delete'.split(' ')]);
  }

  close(): Promise<void> {
    return this.lab.close();
  }
}

/** How a daemon that should end ended; a test that waits for ever says nothing. */
export async function untilEnded(daemon: HostProcess): Promise<ProcessEnd> {
  return waitFor(() => daemon.end, { what: `${daemon.label} to end`, evidence: () => daemon.output });
}

/** How often a daemon wrote a line. */
export function count(daemon: HostProcess, text: string): number {
  return daemon.lines.filter(line => line.text.includes(text)).length;
}

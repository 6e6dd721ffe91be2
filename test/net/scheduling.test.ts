// Niceness, real-time priority, processors and locked memory, beside keepalived: where the kernel allows them, as it does root, and
// where it does not, as in a user namespace.
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostProcess } from '../../src/lab/host-process.ts';
import { waitFor } from '../../src/lab/wait.ts';
import { type Daemon, daemonCommand, havePeers } from './daemon.testkit.ts';
import { DaemonHost, routerText, secureGlobals, virtualAddress } from './daemon-host.testkit.ts';

const pidFiles = { holdfast: '/run/holdfast_vrrp.pid', keepalived: '/run/vrrp.pid' } as const;
const parentPidFiles = { holdfast: '/run/holdfast.pid', keepalived: '/run/keepalived.pid' } as const;

/** Of a process, on one line: policy, priority, niceness, processors, whether memory is locked. */
const look = [
  'chrt -p "$1" | sed "s/.*: *//" | tr "\\n" " "',
  'echo "nice" $(ps -o ni= -p "$1")' +
    ' $(grep Cpus_allowed_list: /proc/$1/status)' +
    ' locked $(awk \'/^VmLck/ { print ($2 > 0) ? "yes" : "no" }\' /proc/$1/status)',
].join('\n');

/** What it writes of itself: what programs have that the daemon starts. */
const script = `#!/bin/sh\nset -- $$\n{\n${look}\n} > /run/script.out.$$ && mv /run/script.out.$$ /run/script.out\n`;

const first = [
  'vrrp_priority -3',
  'vrrp_rt_priority 20',
  'vrrp_no_swap',
  'vrrp_cpu_affinity 0',
  'vrrp_rlimit_rttime 20000000',
];
const second = ['vrrp_priority 5', 'max_auto_priority 2', 'min_auto_priority_delay 200000'];

/** In a user namespace keepalived runs no scripts: setgroups is forbidden there. */
const runsScripts = /\b4294967295$/m.test(readFileSync('/proc/self/uid_map', 'utf8').trim());

interface Course {
  /** At the start, after a reload; of the process, of a script of its. */
  readonly looks: readonly string[];
  readonly scripts: readonly string[];
  /** After having been late once, and twice. */
  readonly late: readonly string[];
  readonly complaints: readonly string[];
  readonly raises: readonly string[];
  readonly ends: readonly unknown[];
}

/** A life of a daemon on a host. */
class Life {
  readonly #one: DaemonHost;
  readonly #daemon: Daemon;
  readonly #process: HostProcess;

  private constructor(one: DaemonHost, daemon: Daemon) {
    this.#one = one;
    this.#daemon = daemon;
    this.#process = one.host.spawn(daemonCommand(daemon));
  }

  static async begin(one: DaemonHost, daemon: Daemon, globals: readonly string[]): Promise<Life> {
    one.host.write('/run/look.sh', script);
    await one.host.must(['chmod', '755', '/run/look.sh']);
    one.configure(configurationText(globals));
    const life = new Life(one, daemon);
    await life.#process.waitForLine('Entering MASTER STATE');
    return life;
  }

  get lines(): readonly string[] {
    return this.#process.lines.map(({ text }) => text);
  }

  /** As the process is once it is as `wanted` says, or after a while if it never comes to be. */
  async look(wanted: (text: string) => boolean): Promise<string> {
    let text = '';
    const lookAgain = async (): Promise<boolean> => {
      text = await this.#look();
      return wanted(text);
    };
    await waitFor(lookAgain, { what: 'another look', timeoutMs: 3_000, everyMs: 50 }).catch(() => undefined);
    return text;
  }

  async #look(): Promise<string> {
    const pid = this.#one.pidIn(pidFiles[this.#daemon]);
    return (await this.#one.host.must(['sh', '-c', look, 'sh', String(pid)])).trim();
  }

  async scriptLook(): Promise<string> {
    if (!runsScripts && this.#daemon === 'keepalived') return 'none';
    await this.#one.host.must(['rm', '-f', '/run/script.out']);
    return (await this.#one.untilWritten('/run/script.out')).trim();
  }

  async reload(globals: readonly string[]): Promise<void> {
    const at = this.#process.position;
    this.#one.configure(configurationText(globals));
    await this.#one.kill('HUP', this.#one.pidIn(parentPidFiles[this.#daemon]));
    await this.#process.waitForLine('Reload complete', { after: at });
  }

  /** For longer than `min_auto_priority_delay`, which adverts of 0.1 s then are. */
  async freeze(): Promise<void> {
    const pid = this.#one.pidIn(pidFiles[this.#daemon]);
    await this.#one.host.must(['sh', '-c', `kill -STOP ${pid}; sleep 0.6; kill -CONT ${pid}`]);
  }

  async end(): Promise<unknown> {
    await this.#one.kill('TERM', this.#one.pidIn(parentPidFiles[this.#daemon]));
    return waitFor(() => this.#process.end, { what: 'the end', evidence: () => this.#process.output });
  }
}

function configurationText(globals: readonly string[]): string {
  const tracked = 'vrrp_script s {\n  script /run/look.sh\n  interval 1\n}\n';
  const text = routerText([virtualAddress], [...secureGlobals, ...globals], ['track_script {', '  s', '}']);
  // keepalived wants the globals before the script, and that before who tracks it.
  return text.replace('vrrp_instance', `${tracked}vrrp_instance`);
}

/** Configured one way, then another; started anew, and frozen twice: after a reload keepalived has a limit of 0, and may be killed. */
async function play(one: DaemonHost, daemon: Daemon): Promise<Course> {
  const life = await Life.begin(one, daemon, first);
  const looks = [await life.look(text => text.includes('SCHED_RR'))];
  const scripts = [await life.scriptLook()];
  await life.reload(second);
  looks.push(await life.look(text => text.includes('nice 5')));
  scripts.push(await life.scriptLook());
  const ends = [await life.end()];
  await one.reset();
  const next = await Life.begin(one, daemon, second);
  await next.look(text => text.includes('nice 5'));
  const late: string[] = [];
  for (const priority of [1, 2]) {
    await next.freeze();
    late.push(await next.look(text => text.includes(` ${priority} `)));
  }
  ends.push(await next.end());
  await one.reset();
  const lines = [...life.lines, ...next.lines];
  const complaint = /(child process: cannot raise priority|Unable to (?:set|lock) process .*?)(?: - .*)?$/;
  return {
    looks,
    scripts,
    late,
    complaints: [...new Set(lines.flatMap(text => complaint.exec(text)?.[1] ?? []))].sort(),
    raises: lines.flatMap(text => /Set realtime priority \d+/.exec(text)?.[0] ?? []),
    ends,
  };
}

describe.skipIf(!havePeers('keepalived'))('scheduling, beside keepalived 2.2.7', () => {
  let theirs: Course;
  let ours: Course;
  let one: DaemonHost;

  beforeAll(async () => {
    one = await DaemonHost.open();
    theirs = await play(one, 'keepalived');
    ours = await play(one, 'holdfast');
  }, 120_000);

  afterAll(() => one.close());

  it('is the same at the start, and for a process that is late', () => {
    expect(ours.looks[0]).toBe(theirs.looks[0]);
    expect(ours.late).toEqual(theirs.late);
  });

  it('is the same after a reload, but for processors that are not named any more', () => {
    const withoutProcessors = (text: string | undefined) => text?.replace(/Cpus_allowed_list: \S+/, '');
    expect(withoutProcessors(ours.looks[1])).toEqual(withoutProcessors(theirs.looks[1]));
    expect(ours.looks[0]).toMatch(/Cpus_allowed_list: 0 /);
    if (cpus().length > 1) expect(ours.looks[1]).not.toMatch(/Cpus_allowed_list: 0 /);
  });

  it('is ordinary for scripts, on the processors of who starts them', () => {
    expect(ours.scripts[0]).toBe('SCHED_OTHER 0 nice 0 Cpus_allowed_list: 0 locked no');
    if (runsScripts) expect(ours.scripts[0]).toBe(theirs.scripts[0]);
  });

  it('is complained about in the same words', () => {
    expect(ours.complaints).toEqual(theirs.complaints);
    // Where it is denied, keepalived says that it has done it, and again each time.
    if (ours.complaints.length === 0) expect(ours.raises).toEqual(theirs.raises);
  });

  it('hinders no stop', () => {
    expect(ours.ends).toEqual([0, 0].map(status => ({ status, signal: undefined })));
  });
});

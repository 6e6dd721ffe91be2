import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../src/lab/wait.ts';
import { configurationFile, havePeers } from './daemon.testkit.ts';
import { count, DaemonHost, routerText, untilEnded, virtualAddress } from './daemon-host.testkit.ts';

describe('the daemon', () => {
  let one: DaemonHost;

  beforeAll(async () => {
    one = await DaemonHost.open();
  });

  afterEach(() => one.reset());

  afterAll(() => one.close());

  it('starts, says so, has pid files and stops without leaving anything', async () => {
    const daemon = await one.startAsMaster();
    for (const line of [
      'Starting Holdfast v',
      'Configuration file ',
      `Starting VRRP child process, pid=${one.child}`,
    ]) {
      expect(count(daemon, line)).toBe(1);
    }
    expect(await one.fileMode('/run/holdfast.pid')).toBe('644 regular file');
    const processes = await one.host.processes();
    expect(processes.filter(({ name }) => name === 'holdfast').map(({ pid }) => pid)).toEqual([one.parent, one.child]);

    expect(await daemon.stop()).toEqual({ status: 0, signal: undefined });
    expect(one.host.holds(virtualAddress)).toBe(false);
    expect(one.parent).toBeUndefined();
    expect(one.child).toBeUndefined();
    expect(await one.remaining()).toEqual([]);
    expect(daemon.lines.map(line => line.text.replace(/^.*\d{4}: /, '')).slice(-2)).toEqual([
      'Stopped',
      expect.stringMatching(/^Stopped Holdfast v/),
    ]);
  });

  it('begins each console line with the time, as keepalived does', async () => {
    const daemon = await one.start();
    for (const { text } of daemon.lines)
      expect(text).toMatch(/^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}: /);
    await daemon.stop();
  });

  it('hands over once when all its processes are told to stop', async () => {
    const daemon = await one.startAsMaster();
    await one.kill('TERM', one.child, one.parent);
    expect(await untilEnded(daemon)).toEqual({ status: 0, signal: undefined });
    expect(count(daemon, '(V1) sent 0 priority')).toBe(1);
    expect(count(daemon, 'died')).toBe(0);
    expect(one.host.holds(virtualAddress)).toBe(false);
  });

  it("refuses to start twice, with keepalived's words and status", async () => {
    const daemon = await one.startAsMaster();
    const second = one.host.spawn([...one.program, '-n', '-l', '-f', configurationFile]);
    expect(await untilEnded(second)).toEqual({ status: 0, signal: undefined });
    expect(second.output).toContain('daemon is already running');
    expect(one.host.holds(virtualAddress)).toBe(true);
    expect(one.parent).toBeDefined();
    await daemon.stop();
  });

  it('runs as a daemon and tells by its exit status whether it does', async () => {
    one.configure(routerText());
    const command = [...one.program, '-G', '-g', 'log.txt', '-D', '-f', configurationFile];
    const begun = await one.host.run(['sh', '-c', `cd /tmp && ${command.join(' ')}`]);
    expect(begun).toMatchObject({ status: 0, stdout: '', stderr: '' });
    const parent = one.parent;
    expect(parent).toBeDefined();
    await waitFor(() => one.host.holds(virtualAddress), { what: 'the daemon to be master' });
    // A session of its own, no standard streams of ours, and nothing kept busy by its working directory.
    expect(await one.host.must(['readlink', `/proc/${parent}/cwd`, `/proc/${parent}/fd/2`])).toBe('/\n/dev/null\n');
    await one.kill('TERM', parent);
    await waitFor(async () => (await one.remaining()).length === 0, { what: 'the daemon to be gone' });
    expect(one.host.read('/tmp/log.txt')).toContain('Startup complete');
    expect(one.host.read('/tmp/log_vrrp.txt')).toContain('Entering MASTER STATE');
  });

  it('says at the terminal when it does not start as a daemon', async () => {
    one.configure('vrrp_instance V1 {\n  interface eth0\n}\n');
    const begun = await one.host.run([...one.program, '-G', '-f', configurationFile]);
    expect(begun.status).toBe(2);
    expect(begun.stderr).toContain('exit status 2');
    expect(await one.remaining()).toEqual([]);
  });

  it("takes keepalived's names when called by that name, so that killall hands over", async () => {
    const [node = '', program = ''] = one.program;
    await one.host.must(['ln', '-s', program, '/run/keepalived']);
    one.configure(routerText());
    const daemon = one.host.spawn([node, '/run/keepalived', '-n', '-l', '-D', '-f', configurationFile]);
    await daemon.waitForLine('Entering MASTER STATE');
    await one.untilHeld(virtualAddress, daemon);
    const processes = await one.host.processes();
    const named = processes.filter(({ name }) => name === 'keepalived').map(({ pid }) => pid);
    expect(named).toEqual([one.pidIn('/run/keepalived.pid'), one.pidIn('/run/vrrp.pid')]);
    // What killall does: the same signal to every process of that name.
    await one.kill('TERM', ...named);
    expect(await untilEnded(daemon)).toEqual({ status: 0, signal: undefined });
    expect(count(daemon, 'sent 0 priority')).toBe(1);
    expect(daemon.output).toContain('Stopped Keepalived v');
  });

  it('takes them from the configuration as well', async () => {
    const daemon = await one.start(`${routerText()}holdfast {\n  act_as keepalived\n}\n`);
    expect(one.pidIn('/run/keepalived.pid')).toBeDefined();
    expect(one.pidIn('/run/vrrp.pid')).toBeDefined();
    const names = (await one.host.processes()).map(({ name }) => name).filter(name => name === 'keepalived');
    expect(names).toHaveLength(2);
    await daemon.stop();
  });

  it('puts the pid files where it is told', async () => {
    const daemon = await one.start(routerText(), ['-p', '/run/p.pid', '-r', '/run/v.pid']);
    expect(one.pidIn('/run/p.pid')).toBeDefined();
    expect(one.pidIn('/run/v.pid')).toBeDefined();
    expect(one.parent).toBeUndefined();
    await daemon.stop();
    expect(one.pidIn('/run/p.pid')).toBeUndefined();
  });

  it('leaves the addresses with -V, and the next start takes them back', async () => {
    const daemon = await one.startAsMaster(routerText(), ['-V']);
    await daemon.stop();
    expect(one.host.holds(virtualAddress)).toBe(true);
    expect(count(daemon, 'sent 0 priority')).toBe(1);
    const second = await one.start();
    await second.waitForLine('Entering MASTER STATE');
    await second.stop();
    expect(one.host.holds(virtualAddress)).toBe(false);
  });

  it('names a missing capability and exits with 4', async () => {
    one.configure(routerText());
    const daemon = one.host.spawn([
      'setpriv',
      '--bounding-set=-net_raw,-net_admin',
      ...one.program,
      ...['-n', '-l', '-f', configurationFile],
    ]);
    expect((await untilEnded(daemon)).status).toBe(4);
    expect(daemon.output).toContain('CAP_NET_RAW');
    expect(daemon.output).toContain('AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW');
  });

  it('needs no instance to run, and says so', async () => {
    const daemon = await one.start('global_defs {\n  router_id one\n}\n');
    expect(daemon.output).toContain('has no configuration to run');
    expect(one.child).toBeUndefined();
    expect(await daemon.stop()).toEqual({ status: 0, signal: undefined });
  });

  it('runs the startup and the shutdown script, and goes on when they fail or take too long', async () => {
    const script = (name: string, text: string): string => {
      one.host.write(`/etc/holdfast/${name}`, `#!/bin/sh\n${text}\n`, 0o755);
      return `/etc/holdfast/${name}`;
    };
    const startup = script('up.sh', 'echo up >>/tmp/order; exit 3');
    const shutdown = script('down.sh', 'echo down >>/tmp/order; sleep 60');
    const globals = [
      'enable_script_security',
      'script_user root',
      `startup_script ${startup}`,
      `shutdown_script ${shutdown}`,
      'shutdown_script_timeout 1',
    ];
    const daemon = await one.start(routerText([virtualAddress], globals));
    expect(daemon.output).toMatch(/startup script \S+ failed, status 3/);
    expect(await daemon.stop()).toEqual({ status: 0, signal: undefined });
    expect(daemon.output).toMatch(/shutdown script \S+ timed out/);
    expect(one.host.read('/tmp/order')).toBe('up\ndown\n');
  });

  it.skipIf(!havePeers('keepalived'))('does not start beside a keepalived', async () => {
    one.configure(routerText());
    const keepalived = one.host.spawn(['keepalived', '-n', '-l', '-D', '-f', configurationFile]);
    await keepalived.waitForLine('Startup complete');
    const daemon = one.host.spawn([...one.program, '-n', '-l', '-f', configurationFile]);
    expect((await untilEnded(daemon)).status).toBe(1);
    expect(daemon.output).toMatch(/keepalived is running in this network namespace \(pid \d+\)/);
    await keepalived.stop();
  });
});

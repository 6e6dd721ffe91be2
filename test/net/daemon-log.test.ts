import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../src/lab/wait.ts';
import { configurationFile } from './daemon.testkit.ts';
import { DaemonHost, routerText, virtualAddress } from './daemon-host.testkit.ts';
import { DatagramReader } from './datagram-reader.testkit.ts';

describe('the log', () => {
  let one: DaemonHost;

  beforeAll(async () => {
    one = await DaemonHost.open();
  });

  afterEach(() => one.reset());

  afterAll(() => one.close());

  const inForeground = (...flags: string[]) =>
    one.host.spawn([...one.program, '-n', '-f', configurationFile, ...flags]);

  it('goes to syslog, each process under its name, in the facility asked for', async () => {
    const syslog = new DatagramReader(one.host, '/dev/log');
    try {
      one.configure(routerText());
      const daemon = inForeground('-S', 'local1');
      await syslog.waitFor(/ Holdfast_vrrp\[\d+\]: \(V1\) Entering MASTER STATE$/);
      const lines = syslog.read();
      expect(lines).toContainEqual(
        expect.stringMatching(/^<142>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d Holdfast\[\d+\]: Startup complete$/),
      );
      // Details were not asked for.
      expect(lines.join('\n')).not.toContain('Sending gratuitous ARP');
      await daemon.stop();
      expect(daemon.output).toBe('');
    } finally {
      syslog.close();
      one.host.remove('/dev/log');
    }
  });

  it('holds nothing up when the system log does not read, and says what was lost', async () => {
    const syslog = new DatagramReader(one.host, '/dev/log');
    try {
      // Details of sixty addresses are far more than the socket takes.
      one.configure(routerText(Array.from({ length: 60 }, (_, index) => `10.0.0.${100 + index}`)));
      const daemon = inForeground('-D');
      await waitFor(() => one.host.holds(virtualAddress), { what: 'the daemon to be master' });
      await one.kill('36', one.parent);
      await one.untilWritten('/tmp/holdfast.json');
      syslog.read();
      await one.kill('USR2', one.parent);
      await syslog.waitFor(/ Holdfast_vrrp\[\d+\]: \d+ lines lost: the system log was not reading$/);
      await daemon.stop();
    } finally {
      syslog.close();
      one.host.remove('/dev/log');
    }
  });

  it('holds nothing up when nobody reads the console', async () => {
    one.configure(routerText(Array.from({ length: 60 }, (_, index) => `10.0.0.${100 + index}`)));
    const command = [...one.program, '-nlDdG', '-f', configurationFile].join(' ');
    const shell = one.host.spawn(['sh', '-c', `${command} 2>&1 | sleep 1000`]);
    await waitFor(() => one.host.holds(virtualAddress), { what: 'the daemon to be master' });
    // Each reload logs the whole configuration: more than the pipe takes.
    for (let round = 1; round <= 16; round++) {
      await one.kill('HUP', one.parent);
      await one.host.must(['sleep', '0.03']);
    }
    await one.kill('36', one.parent);
    expect(JSON.parse(await one.untilWritten('/tmp/holdfast.json'))[0].data.state).toBe(2);
    await one.kill('TERM', one.parent);
    await waitFor(() => !one.host.holds(virtualAddress), { what: 'the hand-over' });
    await waitFor(async () => (await one.remaining()).length === 0, { what: 'the daemon to end' });
    await shell.signal('SIGKILL');
  });

  it('goes to a file for each process, opened anew by a reload', async () => {
    one.configure(routerText());
    const daemon = inForeground('-G', '-D', '-g', '/tmp/ha.log');
    const parentLog = (): string => one.host.read('/tmp/ha.log') ?? '';
    const vrrpLog = (): string => one.host.read('/tmp/ha_vrrp.log') ?? '';
    await waitFor(() => vrrpLog().includes('Entering MASTER STATE'), { what: 'the log', evidence: vrrpLog });
    await one.host.must(['mv', '/tmp/ha_vrrp.log', '/tmp/old.log']);
    await one.kill('HUP', one.parent);
    await waitFor(() => vrrpLog().includes('Reloading'), { what: 'the new log', evidence: vrrpLog });
    await waitFor(() => parentLog().includes('Reload complete'), { what: 'the parent', evidence: parentLog });
    expect(await one.fileMode('/tmp/ha_vrrp.log')).toBe('600 regular file');
    await daemon.stop();
    expect(daemon.output).toBe('');
  });

  it('has the parsed configuration with -d', async () => {
    const daemon = await one.startAsMaster(routerText(), ['-d']);
    expect(daemon.output).toContain(' VRRP Instance = V1');
    expect(daemon.output).toContain('   Virtual Router ID = 51');
    await daemon.stop();
  });

  it('has every address that comes or goes with -a', async () => {
    const daemon = await one.start(routerText(), ['-a']);
    await one.host.must(['ip', 'address', 'add', '10.0.0.77/24', 'dev', 'eth0']);
    await daemon.waitForLine('Netlink reflector reports IP 10.0.0.77 added to eth0');
    await one.host.must(['ip', 'address', 'del', '10.0.0.77/24', 'dev', 'eth0']);
    await daemon.waitForLine('Netlink reflector reports IP 10.0.0.77 removed from eth0');
    await daemon.stop();
  });
});

describe('systemd', () => {
  it('is told of readiness, reload and stop', async () => {
    const one = await DaemonHost.open();
    const manager = new DatagramReader(one.host, '/run/notify');
    try {
      one.configure(routerText());
      const command = [...one.program, '-n', '-l', '-f', configurationFile];
      const daemon = one.host.spawn(command, { env: { NOTIFY_SOCKET: '/run/notify' } });
      expect(await manager.waitFor(/^READY=1$/m)).toContain(`MAINPID=${one.parent}`);
      expect(daemon.output).toContain('Startup complete');
      await one.kill('HUP', one.parent);
      expect(await manager.waitFor(/^RELOADING=1$/m)).toMatch(/^MONOTONIC_USEC=\d+$/m);
      await waitFor(() => manager.read().filter(text => text.includes('READY=1')).length === 2, {
        what: 'the end of the reload',
      });
      await daemon.stop();
      await manager.waitFor(/^STOPPING=1$/m);
    } finally {
      manager.close();
      await one.close();
    }
  });
});

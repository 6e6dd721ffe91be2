import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HostProcess } from '../../src/lab/host-process.ts';
import { waitFor } from '../../src/lab/wait.ts';
import type { HealthStatus, ServerStatus } from '../../src/status/health-status.ts';
import { configurationFile } from './daemon.testkit.ts';
import { count, DaemonHost, routerText, untilEnded, virtualAddress } from './daemon-host.testkit.ts';
import { DatagramReader } from './datagram-reader.testkit.ts';

// The machine's kernel need not have IPVS: what the table says is tested where it has (test/uml/). Here it is the
// processes, the checks, the scripts and the operator's commands.

const service = '192.0.2.1 80';
const serviceName = '[192.0.2.1]:tcp:80';

function realServer(port: number, lines: readonly string[]): string[] {
  return [`  real_server 10.0.0.1 ${port} {`, ...lines.map(line => `    ${line}`), '  }'];
}

const tcpCheck = ['TCP_CHECK {', '  connect_timeout 2', '  retry 1', '  delay_before_retry 1', '}'];

/** Two servers: 8081 by TCP, 8082 by HTTP with scripts. */
function balancerText(extra: readonly string[] = []): string {
  return [
    'global_defs {',
    '  script_user root',
    '  enable_script_security',
    '}',
    `virtual_server ${service} {`,
    '  delay_loop 1',
    '  lb_algo rr',
    '  lb_kind NAT',
    '  protocol TCP',
    ...realServer(8081, tcpCheck),
    ...realServer(8082, [
      'notify_up "/etc/holdfast/tell up"',
      'notify_down "/etc/holdfast/tell down"',
      'HTTP_GET {',
      '  url {',
      '    path /health?token=secret',
      '    status_code 200',
      '  }',
      '  connect_timeout 2',
      '  retry 0',
      '}',
    ]),
    ...extra,
    '}',
    '',
  ].join('\n');
}

const router = routerText();
const both = `${router}${balancerText()}`;

/** Answers 200 to every request. */
const webServer = (port: number): string[] => [
  process.execPath,
  '-e',
  `require('http').createServer((_, answer) => answer.end('here I am')).listen(${port}, () => console.log('listening'))`,
];

describe('the checker process', () => {
  let one: DaemonHost;

  beforeAll(async () => {
    one = await DaemonHost.open();
  });

  afterEach(() => one.reset());

  afterAll(() => one.close());

  const checker = (): number | undefined => one.pidIn('/run/holdfast_checkers.pid');

  const command = (...words: string[]) => one.host.run([...one.program, ...words]);

  const serve = async (port: number): Promise<HostProcess> => {
    const server = one.host.spawn(webServer(port));
    await server.waitForLine('listening');
    return server;
  };

  const health = async (): Promise<HealthStatus> => {
    const { stdout, stderr } = await command('health', '--json');
    if (stdout === '') throw new Error(`no answer: ${stderr}`);
    return JSON.parse(stdout) as HealthStatus;
  };

  const server = async (port: number): Promise<ServerStatus | undefined> =>
    (await health()).virtualServers[0]?.servers.find(each => each.port === port);

  const untilServer = (port: number, what: string, is: (server: ServerStatus) => boolean): Promise<ServerStatus> =>
    waitFor(
      async () => {
        const found = await server(port).catch(() => undefined);
        return found && is(found) ? found : undefined;
      },
      { what: `server ${port} to be ${what}` },
    );

  it('runs beside VRRP, under names of its own, and ends with it', async () => {
    const daemon = await one.start(both);
    expect(count(daemon, `Starting Healthcheck child process, pid=${checker()}`)).toBe(1);
    const [healthcheck, vrrp] = ['Starting Healthcheck', 'Starting VRRP'].map(text =>
      daemon.lines.findIndex(line => line.text.includes(text)),
    );
    expect(healthcheck).toBeLessThan(vrrp ?? -1);
    const processes = await one.host.processes();
    expect(processes.filter(({ name }) => name === 'holdfast').map(({ pid }) => pid)).toEqual([
      one.parent,
      checker(),
      one.child,
    ]);
    await daemon.waitForLine('Entering MASTER STATE');
    expect(await daemon.stop()).toEqual({ status: 0, signal: undefined });
    expect(await one.remaining()).toEqual([]);
    for (const file of ['/run/holdfast_checkers.pid', '/run/holdfast/control.sock']) {
      expect((await one.host.run(['test', '-e', file])).status).not.toBe(0);
    }
  });

  it('finds out who is well, tells the scripts and shows what it found', async () => {
    one.host.write('/etc/holdfast/tell', '#!/bin/sh\necho "$1" >> /run/told\n', 0o755);
    await serve(8081);
    const web = await serve(8082);
    const daemon = await one.start(balancerText());
    await untilServer(8082, 'asked', each => each.checks[0]?.last?.ok === true);
    const shown = await command('health', '192.0.2.1:80');
    expect(shown.stdout).toContain(`${serviceName}  UP  rr, weight 2 of quorum 1`);
    expect(shown.stdout).toMatch(
      /HTTP_GET 10\.0\.0\.1:8082\/health: up, ok, status 200 in [\d.]+ ms, .* ago; next in /,
    );
    expect(shown.stdout).not.toContain('secret');

    const at = daemon.position;
    await web.stop();
    await daemon.waitForLine('HTTP_CHECK on service [10.0.0.1]:tcp:8082 failed', { after: at });
    await daemon.waitForLine(`Removing service [10.0.0.1]:tcp:8082 from VS ${serviceName}`, { after: at });
    await waitFor(() => one.host.read('/run/told') === 'down\n', { what: 'the script to run' });
    const down = await command('health');
    expect(down.status).toBe(1);
    expect(down.stdout).toContain('down, cannot connect: ECONNREFUSED');

    await serve(8082);
    await daemon.waitForLine('Remote Web server [10.0.0.1]:tcp:8082 succeed on service.', { after: at });
    await daemon.waitForLine(`Adding service [10.0.0.1]:tcp:8082 to VS ${serviceName}`, { after: at });
    await waitFor(() => one.host.read('/run/told') === 'down\nup\n', { what: 'the script to run again' });
    await daemon.stop();
  });

  it("obeys an operator's word through a reload and its own death", async () => {
    await serve(8081);
    await serve(8082);
    const daemon = await one.startAsMaster(both);
    const drained = await command('server', 'drain', '192.0.2.1:80', '10.0.0.1:8081');
    expect(drained).toMatchObject({
      status: 0,
      stdout: `[10.0.0.1]:tcp:8081 of ${serviceName} gets no new connections\n`,
    });
    await daemon.waitForLine(`Changing weight from 1 to 0 for active service [10.0.0.1]:tcp:8081 of VS ${serviceName}`);
    const isDrained = (each: ServerStatus): boolean => each.override === 'drain' && each.weight === 0;
    expect(await server(8081)).toSatisfy(isDrained);

    one.configure(`${router}${balancerText(realServer(8083, tcpCheck))}`);
    let at = daemon.position;
    await one.kill('HUP', one.parent);
    await daemon.waitForLine('Reload complete', { after: at });
    expect((await health()).virtualServers[0]?.servers).toHaveLength(3);
    expect(await server(8081)).toSatisfy(isDrained);

    const vrrp = one.child;
    at = daemon.position;
    await one.kill('KILL', checker());
    await daemon.waitForLine('Restart of Healthcheck process delayed 0 seconds', { after: at });
    await untilServer(8081, 'drained again', isDrained);
    // VRRP has not noticed.
    expect(one.child).toBe(vrrp);
    expect(one.host.holds(virtualAddress)).toBe(true);
    expect(daemon.lines.slice(at).filter(({ text }) => /\(V1\) .*(STATE|priority|VIPs)/.test(text))).toEqual([]);

    await command('server', 'auto', '192.0.2.1:80', '10.0.0.1:8081');
    await untilServer(8081, 'as its checks say', each => each.override === undefined && each.weight === 1);
    expect(await command('server', 'drain', '192.0.2.1:80', '10.0.0.9')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('there is [10.0.0.1]:tcp:8081, [10.0.0.1]:tcp:8082, [10.0.0.1]:tcp:8083'),
    });
    await daemon.stop();
  });

  it('knows after a restart what an operator has said, until it is taken back', async () => {
    await serve(8081);
    await serve(8082);
    const first = await one.start(balancerText());
    await command('server', 'drain', '192.0.2.1:80', '10.0.0.1:8081');
    await untilServer(8081, 'drained', each => each.override === 'drain');
    expect(await one.fileMode('/run/holdfast/servers.json')).toBe('600 regular file');
    await first.stop();

    const second = await one.start(balancerText());
    expect(count(second, 'is still set to drain by an operator')).toBe(1);
    expect((await untilServer(8081, 'there', () => true)).override).toBe('drain');
    await command('server', 'auto', '192.0.2.1:80', '10.0.0.1:8081');
    await second.stop();

    const third = await one.start(balancerText());
    expect((await untilServer(8081, 'there', () => true)).override).toBeUndefined();
    await third.stop();
  });

  it('is dismissed and called back by reloads', async () => {
    const daemon = await one.startAsMaster(both);
    let at = daemon.position;
    one.configure(router);
    await one.kill('HUP', one.parent);
    await daemon.waitForLine('Healthcheck child process is no longer needed: stopping it', { after: at });
    await daemon.waitForLine('Reload complete', { after: at });
    expect(checker()).toBeUndefined();
    expect((await command('health')).stderr).toBe('holdfast: no virtual server is configured\n');
    at = daemon.position;
    one.configure(both);
    await one.kill('HUP', one.parent);
    await daemon.waitForLine('Reload complete', { after: at });
    expect((await health()).virtualServers).toHaveLength(1);
    expect(count(daemon, 'Entering MASTER STATE')).toBe(1);
    await daemon.stop();
  });

  it('writes what it knows on USR1, readable by its user alone', async () => {
    await serve(8081);
    const daemon = await one.start(both);
    await untilServer(8081, 'asked', each => each.checks[0]?.last?.ok === true);
    await one.kill('USR1', one.parent);
    const text = await one.untilWritten('/tmp/holdfast_check.data');
    expect(text).toContain(` Virtual Server = ${serviceName}\n`);
    expect(text).toContain('     Check = TCP_CHECK 10.0.0.1:8081\n');
    expect(text).not.toContain('secret');
    expect(await one.fileMode('/tmp/holdfast_check.data')).toBe('600 regular file');
    await one.untilWritten('/tmp/holdfast.data');
    await daemon.stop();
  });

  it('runs alone with -C, and not at all with -P', async () => {
    const alone = await one.start(both, ['-C', '-c', '/run/mine.pid']);
    expect(one.pidIn('/run/mine.pid')).toBeGreaterThan(0);
    expect(one.child).toBeUndefined();
    expect((await command('status')).stderr).toBe('holdfast: no VRRP instance is configured\n');
    await alone.stop();
    const without = await one.start(both, ['-P']);
    expect(checker()).toBeUndefined();
    await without.stop();
  });

  it('ends once when all processes are told at once', async () => {
    const daemon = await one.startAsMaster(both);
    // As killall does it: in the order of their numbers.
    await one.kill('TERM', one.parent, checker(), one.child);
    expect(await untilEnded(daemon)).toEqual({ status: 0, signal: undefined });
    expect(count(daemon, 'died')).toBe(0);
    expect(await one.remaining()).toEqual([]);
  });

  it('has a log file and an ident of its own', async () => {
    const syslog = new DatagramReader(one.host, '/dev/log');
    try {
      one.configure(both);
      const daemon = one.host.spawn([...one.program, '-n', '-f', configurationFile, '-g', '/run/ha.log']);
      await syslog.waitFor(/ Holdfast_healthcheckers\[\d+\]: Activating healthchecker for service /);
      await waitFor(() => one.host.read('/run/ha_healthcheckers.log')?.includes('Activating healthchecker'), {
        what: 'the log file',
      });
      await daemon.stop();
    } finally {
      syslog.close();
      one.host.remove('/dev/log');
    }
  });

  it('ends when its parent is killed', async () => {
    await one.startAsMaster(both);
    await one.kill('KILL', one.parent);
    await waitFor(async () => (await one.remaining()).length === 0, { what: 'the children to end' });
  });

  it('takes the whole daemon along with -R', async () => {
    const daemon = await one.startAsMaster(both, ['-R']);
    await one.kill('KILL', checker());
    expect((await untilEnded(daemon)).status).toBe(0);
    expect(daemon.output).toContain('Healthcheck child process');
    expect(one.host.holds(virtualAddress)).toBe(false);
  });
});

describe('holdfast status', () => {
  let one: DaemonHost;

  beforeAll(async () => {
    one = await DaemonHost.open();
  });

  afterAll(() => one.close());

  it('says who is master', async () => {
    const daemon = await one.startAsMaster();
    const { status, stdout } = await one.host.run([...one.program, 'status']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^V1 {2}MASTER {2}since .* eth0 vrid 51 {2}priority 100 {2}holds 1 of 1: 10\.0\.0\.100\/24/);
    const json = await one.host.run([...one.program, 'status', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ instances: [{ name: 'V1', state: 'MASTER' }] });
    await daemon.stop();
    const gone = await one.host.run([...one.program, 'status']);
    expect(gone.status).toBe(2);
    expect(gone.stderr).toContain('no daemon listens at /run/holdfast/control.sock: is it running?');
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configurationFile } from './daemon.testkit.ts';
import { DaemonHost, routerText, untilEnded } from './daemon-host.testkit.ts';

describe('-t', () => {
  let one: DaemonHost;

  beforeAll(async () => {
    one = await DaemonHost.open();
  });

  afterAll(() => one.close());

  const check = (text: string, ...flags: string[]) => {
    one.configure(text);
    return one.host.run([...one.program, '-t', '-f', configurationFile, ...flags]);
  };

  it('is silent about a clean file', async () => {
    expect(await check(routerText())).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('shows the place of each finding and gives 5', async () => {
    const { status, stderr } = await check(routerText().replace('priority 100', 'priorty 100'));
    expect(status).toBe(5);
    expect(stderr).toContain(`${configurationFile}:7:3: `);
    expect(stderr).toMatch(/\n {2}7 \| {3}priorty 100\n {4}\| {3}\^{7}\n/);
  });

  it('gives 2 for a keyword without its parameter', async () => {
    expect((await check(routerText().replace('virtual_router_id 51', 'virtual_router_id'))).status).toBe(2);
  });

  it('gives 6 for scripts without script security', async () => {
    const script = 'vrrp_script check {\n  script "/bin/true"\n}\n';
    const tracked = routerText().replace('  priority', '  track_script {\n    check\n  }\n  priority');
    expect((await check(script + tracked)).status).toBe(6);
  });

  it('gives 0 for a file that is not there, as keepalived does, and says so', async () => {
    const { status, stderr } = await one.host.run([...one.program, '-t', '-f', '/etc/nowhere.conf']);
    expect(status).toBe(0);
    expect(stderr).toContain('/etc/nowhere.conf');
  });

  it('writes to a log file when told', async () => {
    const { status, stderr } = await check(
      routerText().replace('priority 100', 'priorty 100'),
      '--config-test=/tmp/out',
    );
    expect({ status, stderr }).toEqual({ status: 5, stderr: '' });
    expect(one.host.read('/tmp/out')).toContain('priorty');
  });
});

describe('a start', () => {
  let one: DaemonHost;

  beforeAll(async () => {
    one = await DaemonHost.open();
  });

  afterAll(() => one.close());

  const start = async (...flags: string[]) => {
    const daemon = one.host.spawn([...one.program, '-n', '-l', ...flags]);
    return { status: (await untilEnded(daemon)).status, output: daemon.output };
  };

  it('with a bad configuration ends with 2', async () => {
    one.configure('vrrp_instance V1 {\n  interface eth0\n}\n');
    const { status, output } = await start('-f', configurationFile);
    expect(status).toBe(2);
    expect(output).toContain('"V1" has no virtual_router_id');
  });

  it('without a readable configuration ends with 6', async () => {
    const { status, output } = await start('-f', '/etc/nowhere.conf');
    expect(status).toBe(6);
    expect(output).toContain('/etc/nowhere.conf');
  });

  it('prefers our own default file', async () => {
    one.configure('vrrp_instance KEEPALIVED {\n  interface eth0\n}\n');
    expect((await start()).output).toContain('KEEPALIVED');
    one.host.write('/etc/holdfast/holdfast.conf', 'vrrp_instance HOLDFAST {\n  interface eth0\n}\n');
    expect((await start()).output).toContain('HOLDFAST');
  });

  it('with an option that is not built and would matter is refused', async () => {
    const { status, output } = await start('-s', 'red');
    expect(status).toBe(1);
    expect(output).toContain('-s, --namespace');
  });
});

describe('-v and --help', () => {
  it('do not mind a reader who has seen enough', async () => {
    const host = await DaemonHost.open();
    try {
      for (const flag of ['-v', '--help']) {
        const pipeline = ['sh', '-c', '"$@" | true', 'sh', ...host.program, flag];
        expect(await host.host.run(pipeline)).toEqual({ status: 0, stdout: '', stderr: '' });
      }
    } finally {
      await host.close();
    }
  });
});

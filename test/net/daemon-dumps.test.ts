import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../src/lab/wait.ts';
import { DaemonHost, virtualAddress } from './daemon-host.testkit.ts';

describe('what signals ask for', () => {
  let one: DaemonHost;

  beforeAll(async () => {
    one = await DaemonHost.open();
  });

  afterEach(() => one.reset());

  afterAll(() => one.close());

  it('is written by both processes, readable by their user alone', async () => {
    const daemon = await one.startAsMaster();
    await one.kill('USR1', one.parent);
    const data = await one.untilWritten('/tmp/holdfast.data');
    expect(data).toContain(' VRRP Instance = V1\n   State = MASTER\n');
    expect(data).toContain(`     ${virtualAddress}/24 dev eth0 scope global set\n`);
    expect(await one.untilWritten('/tmp/holdfast_parent.data')).toContain('umask = 0177');
    expect(await one.fileMode('/tmp/holdfast.data')).toBe('600 regular file');
    await daemon.stop();
  });

  it('is the JSON that exporters read', async () => {
    const daemon = await one.startAsMaster();
    const signal = (await one.host.must([...one.program, '--signum=JSON'])).trim();
    await one.kill(signal, one.parent);
    const [instance] = JSON.parse(await one.untilWritten('/tmp/holdfast.json'));
    expect(instance.data).toMatchObject({ iname: 'V1', state: 2, vrid: 51, vipset: true, adver_int: 0.1 });
    expect(instance.stats.become_master).toBe(1);
    await daemon.stop();
  });

  it('is the statistics, cleared on demand', async () => {
    const daemon = await one.startAsMaster();
    await one.kill('63', one.parent);
    expect(await one.untilWritten('/tmp/holdfast.stats')).toContain('  Became master: 1\n');
    one.host.remove('/tmp/holdfast.stats');
    await one.kill('USR2', one.parent);
    expect(await one.untilWritten('/tmp/holdfast.stats')).toContain('  Became master: 0\n');
    await daemon.stop();
  });

  it('never goes through a symbolic link', async () => {
    one.host.write('/tmp/precious', 'precious');
    await one.host.must(['ln', '-s', '/tmp/precious', '/tmp/holdfast.stats']);
    const daemon = await one.startAsMaster();
    await one.kill('USR2', one.parent);
    await waitFor(async () => (await one.fileMode('/tmp/holdfast.stats')) === '600 regular file', {
      what: 'the link to be replaced',
    });
    expect(one.host.read('/tmp/precious')).toBe('precious');
    await daemon.stop();
  });

  it('does not end a process that is still starting', async () => {
    const daemon = await one.start();
    for (const signal of ['USR1', 'USR2', '36', '63', 'HUP']) await one.kill(signal, one.parent, one.child);
    await daemon.waitForLine('Entering MASTER STATE');
    expect(daemon.output).not.toContain('died');
    expect(await daemon.stop()).toEqual({ status: 0, signal: undefined });
  });
});

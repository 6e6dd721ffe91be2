// Files by which reloads are planned, watched and checked.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../src/lab/wait.ts';
import { DaemonHost, routerText, virtualAddress } from './daemon-host.testkit.ts';

describe('files that go with reloads', () => {
  let one: DaemonHost;

  beforeAll(async () => {
    one = await DaemonHost.open();
  });

  afterEach(() => one.reset());

  afterAll(() => one.close());

  const text = (...globals: readonly string[]): string => routerText([virtualAddress], globals);

  /** So many seconds from now, as a reload_time_file has it. */
  const timeIn = (seconds: number): string => `${new Date(Date.now() + seconds * 1_000).toISOString().slice(11, 19)}Z`;

  it('reload_time_file: reloads at that time, and removes it', async () => {
    const daemon = await one.start(text('reload_time_file /run/when'));
    one.host.write('/run/when', `${timeIn(60)}\n`);
    await daemon.waitForLine('Scheduling reload for');
    // As the file says it, without parts of a second.
    const at = Math.floor(Date.now() / 1_000 + 3) * 1_000;
    const sooner = timeIn(3);
    one.host.write('/run/when', `${sooner}\n`);
    await daemon.waitForLine('Reload time updated from');
    await daemon.waitForLine('Reload complete');
    // Not a moment before; how much later is the machine's affair.
    expect(Date.now()).toBeGreaterThanOrEqual(at);
    await waitFor(() => one.host.read('/run/when') === undefined, { what: 'the file to go' });
    one.host.write('/run/when', `${timeIn(60)}\n`);
    await waitFor(() => daemon.output.split('Scheduling reload for').length === 3, { what: 'another plan' });
    await one.host.must(['rm', '/run/when']);
    await daemon.waitForLine('Cancelling reload scheduled for');
    expect(await daemon.stop()).toEqual({ status: 0, signal: undefined });
  });

  it('reload_repeat: leaves it, for the next day', async () => {
    one.host.write('/run/when', `${timeIn(4)}\n`);
    const daemon = await one.start(text('reload_time_file /run/when', 'reload_repeat'));
    await daemon.waitForLine('Scheduling reload for');
    await daemon.waitForLine('Reload complete');
    await waitFor(() => daemon.output.split('Scheduling reload for').length === 3, { what: 'the next day' });
    expect(one.host.read('/run/when')).toBeDefined();
    expect(daemon.output.split('Reload complete')).toHaveLength(2);
  });

  it('reload_file: is gone once the configuration has been read', async () => {
    one.host.write('/run/holdfast.reload', 'left behind\n');
    const daemon = await one.start(text('reload_file'));
    expect(one.host.read('/run/holdfast.reload')).toBeUndefined();
    one.host.write('/run/holdfast.reload', 'about to reload\n');
    const at = daemon.position;
    await one.kill('HUP', one.parent);
    await waitFor(() => one.host.read('/run/holdfast.reload') === undefined, { what: 'the marker to go' });
    await daemon.waitForLine('Reload complete', { after: at });
  });

  it('reload_check_config: refuses what -t complains about, and says why', async () => {
    const strict = text('reload_check_config /run/check.log');
    const daemon = await one.startAsMaster(strict);
    one.configure(strict.replace('priority 100', 'priority 100\n  prioritee 7'));
    await one.kill('HUP', one.parent);
    await daemon.waitForLine('validate conf before Reload');
    await daemon.waitForLine('New config failed validation');
    expect(await one.untilWritten('/run/check.log')).toContain('prioritee');
    one.configure(text());
    const at = daemon.position;
    await one.kill('HUP', one.parent);
    await daemon.waitForLine('Reload complete', { after: at });
    await waitFor(() => one.host.read('/run/check.log') === '', { what: 'nothing to be wrong' });
    // Without it, such a reload is taken.
    one.configure(text().replace('priority 100', 'priority 100\n  prioritee 7'));
    const next = daemon.position;
    await one.kill('HUP', one.parent);
    await daemon.waitForLine('Reload complete', { after: next });
  });

  it('state_dump_file and its like: say where dumps go, from the next reload on', async () => {
    const daemon = await one.start(text());
    one.configure(text('state_dump_file /run/state.txt', 'json_dump_file /run/routers.json', 'stats_dump_file /run/'));
    await one.kill('HUP', one.parent);
    await daemon.waitForLine('Reload complete');
    await one.kill('USR1', one.parent);
    await one.kill('USR2', one.parent);
    await one.kill('36', one.parent);
    expect(await one.untilWritten('/run/state.txt')).toContain('V1');
    await one.untilWritten('/run/state_parent.txt');
    await one.untilWritten('/run/holdfast.stats');
    expect(JSON.parse(await one.untilWritten('/run/routers.json'))).toHaveLength(1);
    expect(one.host.read('/tmp/holdfast.data')).toBeUndefined();
  });
});

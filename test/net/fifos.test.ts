import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Host } from '../../src/lab/host.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { waitFor } from '../../src/lab/wait.ts';
import { configurationFile, type Daemon, havePeers, openTestLab, startDaemon } from './daemon.testkit.ts';
import { routerText, secureGlobals, virtualAddress } from './daemon-host.testkit.ts';

const fifo = '/tmp/events';

const groupText = `track_file load {
  file /tmp/load
}
vrrp_sync_group G {
  group {
    V1
  }
  sync_group_tracking_weight
}
`;

const configuration = (...globals: string[]): string =>
  groupText +
  routerText([virtualAddress], [...secureGlobals, `notify_fifo ${fifo}`, ...globals], ['track_file {', '  load', '}']);

describe('a notification FIFO', () => {
  let lab: Lab;
  let host: Host;

  beforeAll(async () => {
    lab = await openTestLab();
    host = await lab.addHost('one', { addresses: ['10.0.0.1/24'] });
  });
  afterAll(() => lab.close());

  /** What a reader that is there all the time is told over the life of a daemon. */
  const play = async (which: Daemon): Promise<string[]> => {
    host.write('/tmp/load', '0\n');
    await host.must(['mkfifo', '-m', '600', fifo]);
    // Open for writing, too, so that it outlives the daemon.
    const reader = host.spawn(['sh', '-c', `exec cat <>${fifo}`]);
    const daemon = startDaemon(host, which, configuration('vrrp_notify_priority_changes on'));
    await daemon.waitForLine('Entering MASTER STATE');
    await reader.waitForLine('GROUP "G" MASTER 0');
    host.write('/tmp/load', '-7\n');
    await reader.waitForLine('MASTER_PRIORITY 93');
    host.write('/tmp/load', '0\n');
    await reader.waitForLine('MASTER_PRIORITY 100');
    host.write('/tmp/load', '-254\n');
    await reader.waitForLine('INSTANCE "V1" FAULT');
    await reader.waitForLine('GROUP "G" FAULT 0');
    await daemon.stop();
    await reader.waitForLine('GROUP "G" STOP 0');
    await reader.waitForLine('INSTANCE "V1" STOP');
    await reader.stop();
    await host.must(['rm', fifo, '/tmp/load']);
    return reader.lines.map(({ text }) => text);
  };

  it('is told of states and priorities, and stays where it was', async () => {
    expect(await play('holdfast')).toContain('INSTANCE "V1" MASTER 100');
  });

  it.skipIf(!havePeers('keepalived'))('says what keepalived’s says', async () => {
    const ours = await play('holdfast');
    const theirs = await play('keepalived');
    // Of a stop and of FAULT either may come first.
    const untilFault = (lines: string[]): string[] =>
      lines.slice(
        0,
        lines.findIndex(line => line.includes('FAULT')),
      );
    expect(untilFault(ours)).toEqual(untilFault(theirs));
    expect([...ours].sort()).toEqual([...theirs].sort());
  });

  it('is made, read by its script, kept over a reload and removed', async () => {
    host.write('/tmp/load', '0\n');
    host.write('/tmp/reader', '#!/bin/sh\nwhile read line; do echo "$line" >>/tmp/told; done <"$1"\n');
    await host.must(['chmod', '755', '/tmp/reader']);
    const told = async (): Promise<string> => (await host.run(['cat', '/tmp/told'])).stdout;
    const daemon = startDaemon(host, 'holdfast', configuration('notify_fifo_script /tmp/reader'));
    await daemon.waitForLine('Entering MASTER STATE');
    await waitFor(async () => (await told()).includes('GROUP "G" MASTER 0'), { what: 'the reader to write it down' });
    host.write(configurationFile, configuration('notify_fifo_script /tmp/reader', 'fifo_write_vrrp_states_on_reload'));
    await daemon.signal('SIGHUP');
    await waitFor(async () => (await told()).split('INSTANCE "V1" MASTER 100').length === 3, {
      what: 'all states once more',
    });
    await daemon.stop();
    expect((await host.run(['test', '-e', fifo])).status).toBe(1);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Host } from '../../src/lab/host.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { type Daemon, havePeers, openTestLab, startDaemon } from './daemon.testkit.ts';
import { routerText, secureGlobals, virtualAddress } from './daemon-host.testkit.ts';

const tracking = (...lines: string[]): string => routerText([virtualAddress], secureGlobals, lines);

const files = `track_file load {
  file /tmp/load
  weight -2
  init_file 5
}
track_file down {
  file /tmp/down
  weight 0
}
${tracking('track_file {', '  load', '  down', '}')}`;

/** What both daemons say of tracked files, without times and what else they say. */
function said(output: string): string[] {
  return output
    .split('\n')
    .flatMap(line => /\(V1\):? (?:tracked file|Entering|.*effective priority).*$/.exec(line)?.[0] ?? []);
}

describe('tracked files', () => {
  let lab: Lab;
  let host: Host;

  beforeAll(async () => {
    lab = await openTestLab();
    host = await lab.addHost('one', { addresses: ['10.0.0.1/24'] });
  });
  const clean = (): void => {
    for (const file of ['/tmp/load', '/tmp/down']) host.remove(file);
  };
  afterEach(clean);
  afterAll(() => lab.close());

  const play = async (which: Daemon): Promise<string[]> => {
    const daemon = startDaemon(host, which, files);
    await daemon.waitForLine('Entering MASTER STATE');
    expect(host.read('/tmp/load')).toBe('5\n');
    host.write('/tmp/load', '20\n');
    await daemon.waitForLine('effective priority from 90 to 60');
    // Replaced as a whole, as careful programs write.
    host.write('/tmp/load.new', '-3 and more\n');
    await host.must(['mv', '/tmp/load.new', '/tmp/load']);
    await daemon.waitForLine('effective priority from 60 to 106');
    host.write('/tmp/down', '1\n');
    await daemon.waitForLine('tracked file down now FAULT state');
    await daemon.waitForLine('Entering FAULT STATE');
    await host.must(['rm', '/tmp/down']);
    await daemon.waitForLine('tracked file down leaving FAULT state');
    const before = said(daemon.output).length;
    host.write('/tmp/load', '127\n');
    await daemon.waitForLine('tracked file load now FAULT state');
    host.write('/tmp/load', '0\n');
    await daemon.waitForLine('tracked file load leaving FAULT state');
    expect(said(daemon.output).length).toBeGreaterThan(before);
    await daemon.stop();
    return said(daemon.output);
  };

  it('move the priority, mean FAULT, and are made at start', async () => {
    const lines = await play('holdfast');
    expect(lines).toContain('(V1): tracked file load now FAULT state');
  });

  it.skipIf(!havePeers('keepalived'))('are told of in keepalived’s words', async () => {
    const ours = await play('holdfast');
    clean();
    const theirs = await play('keepalived');
    const trackers = (lines: string[]): string[] => lines.filter(line => line.includes('tracked file'));
    expect(trackers(ours)).toEqual(trackers(theirs));
  });

  it('count processes, too', async () => {
    const tracked = `vrrp_track_process p {
  process sleep 98761
  terminate_delay 0.2
}
${tracking('track_process {', '  p', '}')}`;
    const daemon = startDaemon(host, 'holdfast', tracked);
    await daemon.waitForLine('entering FAULT state (tracked process p quorum not achieved)');
    const sleeper = host.spawn(['sleep', '98761']);
    await daemon.waitForLine('Quorum gained for tracked process p');
    await daemon.waitForLine('Entering MASTER STATE');
    const after = daemon.position;
    await sleeper.stop();
    await daemon.waitForLine('Quorum lost for tracked process p', { after });
    await daemon.waitForLine('Entering FAULT STATE', { after });
    await daemon.stop();
  });
});

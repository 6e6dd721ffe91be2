// The flight recorder of a real pair: what it writes, replayed and explained.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runExplain } from '../../src/cli/explain.ts';
import { runReplay } from '../../src/cli/replay.ts';
import type { Host } from '../../src/lab/host.ts';
import type { HostProcess } from '../../src/lab/host-process.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { pause, waitFor } from '../../src/lab/wait.ts';
import { daemonCommand, openTestLab, startDaemon } from './daemon.testkit.ts';

const password = 'hush4242';
const recordingFile = '/tmp/holdfast_vrrp.recording';

const configuration = (priority: number): string => `
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority ${priority}
  advert_int 1
  authentication {
    auth_type PASS
    auth_pass ${password}
  }
  virtual_ipaddress {
    10.0.0.100/24
  }
}
`;

type Command = typeof runReplay;

async function run(command: Command, ...words: readonly string[]): Promise<{ status: number; said: string }> {
  let said = '';
  const keep = (text: string): void => {
    said += text;
  };
  const status = await command(words, { say: keep, tell: keep });
  return { status, said };
}

describe('the flight recorder', () => {
  let lab: Lab;
  let one: Host;
  let two: Host;
  let daemons: readonly HostProcess[];
  let directory: string;

  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'recordings-'));
    lab = await openTestLab();
    one = await lab.addHost('one', { addresses: ['10.0.0.1/24'] });
    two = await lab.addHost('two', { addresses: ['10.0.0.2/24'] });
    daemons = [startDaemon(one, 'holdfast', configuration(150)), startDaemon(two, 'holdfast', configuration(100))];
    await daemons[0]!.waitForLine('Entering MASTER STATE');
    await daemons[1]!.waitForLine('Entering BACKUP STATE');
  });

  afterAll(async () => {
    await lab.close();
    rmSync(directory, { recursive: true });
  });

  /** Asks for a recording and keeps it here. */
  async function recordingOf(host: Host, daemon: HostProcess): Promise<string> {
    host.remove(recordingFile);
    await daemon.signal('SIGUSR1');
    const text = await waitFor(() => host.read(recordingFile), {
      what: `the recording of ${host.name}`,
      evidence: () => daemon.output,
    });
    const file = path.join(directory, host.name);
    writeFileSync(file, text);
    return file;
  }

  it('of a pair that was cut in two replays the same, and tells that they could not hear each other', async () => {
    await lab.isolate(two);
    await daemons[1]!.waitForLine('Entering MASTER STATE');
    // Longer than two adverts, so that it is no hand-over.
    await waitFor(() => two.holds('10.0.0.100'), { what: 'the second to hold the address' });
    await pause(3_000);
    await lab.heal(two);
    await waitFor(() => !two.holds('10.0.0.100'), { what: 'the second to give the address up' });

    const files = [await recordingOf(one, daemons[0]!), await recordingOf(two, daemons[1]!)];
    expect((await one.must(['stat', '-c', '%a', recordingFile])).trim()).toBe('600');
    for (const file of files) {
      const { status, said } = await run(runReplay, file);
      expect(said).toContain('The same in all');
      expect(status).toBe(0);
      expect(said).not.toContain(password);
    }
    const { status, said } = await run(runExplain, ...(files as [string, string]));
    expect(said).toMatch(/TWO MASTERS of VI_1/);
    expect(said).toContain('Two-way partition: neither heard the other.');
    expect(said).toMatch(/accepted 0 from /);
    expect(status).toBe(1);
    const alone = await run(runExplain, files[1]!, '--instance', 'VI_1');
    expect(alone.said).toMatch(/VI_1 on \S+ was BACKUP/);
    expect(alone.said).toContain('A better master was heard: 10.0.0.1 with priority 150, ours was 100.');
  });

  it('is written when the process breaks, which ends as it always does', async () => {
    const crash = new URL('../../dist/daemon/crash.js', import.meta.url).href;
    const breaking = (deed: string): Promise<{ status: number | undefined; stderr: string }> =>
      one.run([
        process.execPath,
        '--input-type=module',
        '-e',
        `import { beforeCrash, crash } from '${crash}'; process.on('uncaughtException', crash);
         beforeCrash(reason => { ${deed} }); setTimeout(() => { throw new TypeError('broken'); });`,
      ]);
    expect(await breaking('process.stderr.write("kept " + reason.slice(0, 24))')).toMatchObject({
      status: 70,
      stderr: expect.stringContaining('kept crash: TypeError: broken'),
    });
    expect(await breaking('throw new RangeError("no room")')).toMatchObject({
      status: 70,
      stderr: expect.stringContaining('Cannot write the flight recording: RangeError: no room'),
    });
  });

  it('is written on request', async () => {
    const program = daemonCommand('holdfast').slice(0, 2);
    expect((await two.must([...program, 'record'])).trim()).toBe(recordingFile);
    expect((await two.must([...program, 'record', '/tmp/copy'])).trim()).toBe('/tmp/copy');
    expect((await two.must(['stat', '-c', '%a', '/tmp/copy'])).trim()).toBe('600');
    expect(await two.run([...program, 'record', '/tmp/copy'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('cannot copy /tmp/holdfast_vrrp.recording to /tmp/copy: EEXIST'),
    });
  });

  it('holds no password, nor anything else to guess it by', async () => {
    const file = await recordingOf(two, daemons[1]!);
    const text = await run(runReplay, file, '--all', '--json');
    const written = two.read(recordingFile)!;
    for (const all of [text.said, written]) {
      expect(all).not.toContain(password);
      expect(all).not.toContain(Buffer.from(password).toString('hex'));
      expect(all).not.toContain(Buffer.from(password).toString('base64').slice(0, 8));
    }
  });
});

// The lab itself: what the other network tests take for granted.
import { describe, expect, it } from 'vitest';
import { Capture } from '../../src/lab/capture.ts';
import { isInNamespaces } from '../../src/lab/enter.ts';
import type { Host } from '../../src/lab/host.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { waitFor } from '../../src/lab/wait.ts';
import { havePeers, openTestLab } from './daemon.testkit.ts';

async function inLab(run: (lab: Lab, one: Host, two: Host) => Promise<void>): Promise<void> {
  const lab = await openTestLab();
  try {
    const one = await lab.addHost('one', { addresses: ['10.0.0.1/24', 'fd00::1/64'] });
    const two = await lab.addHost('two', { addresses: ['10.0.0.2/24'] });
    await run(lab, one, two);
  } finally {
    await lab.close();
  }
}

async function hasCarrier(host: Host): Promise<boolean> {
  return (await host.must(['cat', '/sys/class/net/eth0/carrier'])).trim() === '1';
}

/** Whether a connection to the other's unused port is refused at once, which takes a packet each way. */
async function reaches(from: Host, address: string): Promise<boolean> {
  const attempt = `require('net').connect({ host: '${address}', port: 9 }).on('error', error => { console.log(error.code); process.exit(0); }); setTimeout(() => process.exit(1), 700)`;
  return (await from.run([process.execPath, '-e', attempt])).stdout.trim() === 'ECONNREFUSED';
}

describe('the lab', { concurrent: true }, () => {
  it('runs in namespaces', () => {
    expect(isInNamespaces()).toBe(true);
  });

  it('connects hosts; isolation keeps the carrier, a pulled cable does not', async () => {
    await inLab(async (lab, one, two) => {
      expect(await reaches(one, '10.0.0.2')).toBe(true);
      await lab.isolate(two);
      expect([await hasCarrier(two), await reaches(one, '10.0.0.2')]).toEqual([true, false]);
      await lab.heal(two);
      expect(await reaches(one, '10.0.0.2')).toBe(true);
      await lab.pullCable(two);
      expect([await hasCarrier(two), await hasCarrier(one)]).toEqual([false, true]);
      await lab.plugCable(two);
      await waitFor(() => hasCarrier(two), { what: 'the carrier to return' });
    });
  });

  it.skipIf(!havePeers('nft'))('loses what it is told to lose, in one direction', async () => {
    await inLab(async (lab, one, two) => {
      await lab.lose({ from: one, to: two, match: 'tcp dport 9' });
      expect([await reaches(one, '10.0.0.2'), await reaches(two, '10.0.0.1')]).toEqual([false, true]);
      await lab.loseNothing();
      expect(await reaches(one, '10.0.0.2')).toBe(true);
    });
  });

  it('knows at once which addresses a host has', async () => {
    await inLab(async (_, one) => {
      expect(['10.0.0.1', 'fd00::1', '10.0.0.2', 'fd00::2', '10.0.0.10'].map(each => one.holds(each))).toEqual([
        true,
        true,
        false,
        false,
        false,
      ]);
      const address = (await one.addresses('eth0')).find(each => each.address === '10.0.0.1');
      expect(address).toMatchObject({ prefixLength: 24, label: 'eth0', scope: 'global', broadcast: '10.0.0.255' });
    });
  });

  it('gives each host files of its own, anywhere', async () => {
    await inLab(async (_, one, two) => {
      for (const file of ['/run/a.pid', '/etc/keepalived/down', '/export/deep/script.sh', '/tmp/a']) {
        one.write(file, 'text');
        expect([await one.must(['cat', file]), two.read(file)]).toEqual(['text', undefined]);
        one.remove(file);
        expect(one.read(file)).toBe(undefined);
      }
      expect((await one.must(['cat', '/etc/passwd'])).length, "the machine's files show through").toBeGreaterThan(0);
    });
  });

  it('keeps the processes of a host apart, and ends them with it', async () => {
    await inLab(async (lab, one, two) => {
      const mine = one.spawn(['sleep', '600']);
      const other = two.spawn(['sleep', '600']);
      const pid = await mine.pid();
      await other.pid();
      const seen = (await one.processes()).filter(each => each.name === 'sleep');
      expect(seen).toHaveLength(1);
      await one.must(['sh', '-c', `kill -TERM ${seen[0]?.pid}`]);
      expect(await mine.ended).toEqual({ status: undefined, signal: 'SIGTERM' });
      expect(() => process.kill(pid, 0)).toThrow('ESRCH');
      expect(other.end).toBe(undefined);
      await lab.close();
      expect(await other.ended).toMatchObject({ signal: 'SIGKILL' });
    });
  });

  it('keeps a shell open on a host, which serves one line after the other', async () => {
    await inLab(async (_, one) => {
      const shell = one.openShell();
      const begin = performance.now();
      const [first, second] = await Promise.all([shell.run('hostname; x=kept'), shell.run('echo "$x" >&2')]);
      expect([first?.output, second?.output]).toEqual(['one\n', 'kept\n']);
      expect(first?.endedMs).toBeGreaterThanOrEqual(begin - 10);
      expect(second?.endedMs).toBeLessThanOrEqual(performance.now());
      expect(second?.endedMs).toBeGreaterThanOrEqual(first?.endedMs ?? 0);
      await expect(shell.run('ls /nowhere')).rejects.toThrow(/ls \/nowhere ended with 2: .*nowhere/);
      expect((await shell.run('echo goes on')).output).toBe('goes on\n');
      const last = shell.run('exit 3');
      await expect(last).rejects.toThrow('the shell ended before: exit 3');
    });
  });

  it('takes an interface away, and makes it anew', async () => {
    await inLab(async (lab, one) => {
      await lab.disconnect(one);
      await waitFor(async () => (await one.run(['ip', 'link', 'show', 'eth0'])).status !== 0, { what: 'eth0 to go' });
      await lab.connect(one, { addresses: ['10.0.0.1/24'], linkLocalAddress: false });
      expect((await one.addresses('eth0')).map(({ address }) => address)).toEqual(['10.0.0.1']);
      expect(await reaches(one, '10.0.0.2')).toBe(true);
    });
  });

  it.skipIf(!havePeers('dumpcap'))('captures frames with the time at which they passed', async () => {
    await inLab(async (_, one, two) => {
      const capture = await Capture.start(two);
      const begin = Date.now() * 1000;
      await reaches(one, '10.0.0.2');
      const frame = await capture.waitForFrame(each => each.bytes[12] === 8 && each.bytes[13] === 6, 'an ARP');
      expect(frame.atMicroseconds).toBeGreaterThanOrEqual(begin - 1000);
      expect(frame.atMicroseconds).toBeLessThanOrEqual(Date.now() * 1000);
      expect((await capture.stop()).length).toBeGreaterThan(0);
    });
  });
});

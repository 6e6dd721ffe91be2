// Configurations as people wrote them, run unchanged on hosts that have the interfaces and addresses they expect.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Host } from '../../src/lab/host.ts';
import type { HostProcess } from '../../src/lab/host-process.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { waitFor } from '../../src/lab/wait.ts';
import { configurationFile, daemonCommand, havePeers, openTestLab, startDaemon } from './daemon.testkit.ts';

const folder = new URL('../fixtures/configurations/', import.meta.url);
const configuration = (name: string): string => readFileSync(new URL(`${name}.conf`, folder), 'utf8');
const timeoutMs = 25_000;

/** Waits until each host holds exactly its addresses, and sees that it stays so for four looks. */
async function holding(expected: readonly (readonly [Host, readonly string[]])[], logs: readonly HostProcess[]) {
  const all = expected.flatMap(([, addresses]) => addresses);
  const right = (): boolean =>
    expected.every(([host, own]) => all.every(address => host.holds(address) === own.includes(address)));
  let times = 0;
  await waitFor(
    () => {
      times = right() ? times + 1 : 0;
      return times >= 4;
    },
    {
      what: expected.map(([host, own]) => `${host.name} to hold [${own}]`).join(', '),
      timeoutMs,
      everyMs: 50,
      evidence: () => logs.map(log => `--- ${log.label}\n${log.output}`).join('\n'),
    },
  );
}

async function inLab(run: (lab: Lab) => Promise<void>): Promise<void> {
  const lab = await openTestLab();
  try {
    await run(lab);
  } finally {
    await lab.close();
  }
}

/** A script that writes down how it was called, and then does the rest. */
const recording = (rest = ''): string => `#!/bin/sh\necho "$(basename "$0") $*" >>/tmp/calls\n${rest}\n`;
const calls = (host: Host): string[] => (host.read('/tmp/calls') ?? '').split('\n').filter(line => line !== '');

describe('configurations from the field', { concurrent: true }, () => {
  it('002-dual-master: a down-file moves the address, removing it brings the address back', async () => {
    await inLab(async lab => {
      const h179 = await lab.addHost('h179', { addresses: ['192.168.100.179/24'] });
      const h180 = await lab.addHost('h180', { addresses: ['192.168.100.180/24'] });
      const logs = [
        startDaemon(h179, 'holdfast', configuration('002-dual-master-179')),
        startDaemon(h180, 'holdfast', configuration('002-dual-master-180')),
      ];
      const [one, two] = ['192.168.100.41', '192.168.100.51'] as const;
      const rest = [
        [h179, [two]],
        [h180, [one]],
      ] as const;
      await holding(rest, logs);
      h180.write('/etc/keepalived/down', '');
      await holding(
        [
          [h179, [two, one]],
          [h180, []],
        ],
        logs,
      );
      h180.remove('/etc/keepalived/down');
      await holding(rest, logs);
    });
  });

  it.skipIf(!havePeers('keepalived'))(
    '003-two-vips-each: 185 with its // comments here, 186 on keepalived; one takes all four and gives two back',
    async () => {
      await inLab(async lab => {
        const h185 = await lab.addHost('h185', { addresses: ['10.101.1.185/22'] });
        const h186 = await lab.addHost('h186', { addresses: ['10.101.1.186/22'] });
        const first = startDaemon(h185, 'holdfast', configuration('003-two-vips-each-185'));
        const second = startDaemon(h186, 'keepalived', configuration('003-two-vips-each-186'));
        const internal1 = ['10.101.0.101', '10.101.0.102'];
        const internal2 = ['10.101.0.107', '10.101.0.108'];
        const rest = [
          [h185, internal1],
          [h186, internal2],
        ] as const;
        await holding(rest, [first, second]);
        await second.stop();
        await holding(
          [
            [h185, [...internal1, ...internal2]],
            [h186, []],
          ],
          [first, second],
        );
        const again = startDaemon(h186, 'keepalived', configuration('003-two-vips-each-186'));
        await holding(rest, [first, again]);
        await first.stop();
        await holding(
          [
            [h185, []],
            [h186, [...internal1, ...internal2]],
          ],
          [first, again],
        );
      });
    },
  );

  it('003-two-vips-each: both here', async () => {
    await inLab(async lab => {
      const h185 = await lab.addHost('h185', { addresses: ['10.101.1.185/22'] });
      const h186 = await lab.addHost('h186', { addresses: ['10.101.1.186/22'] });
      const logs = [
        startDaemon(h185, 'holdfast', configuration('003-two-vips-each-185')),
        startDaemon(h186, 'holdfast', configuration('003-two-vips-each-186')),
      ];
      await holding(
        [
          [h185, ['10.101.0.101', '10.101.0.102']],
          [h186, ['10.101.0.107', '10.101.0.108']],
        ],
        logs,
      );
      const held = (await h186.addresses('eth0')).find(each => each.address === '10.101.0.107');
      expect(held).toMatchObject({ prefixLength: 22, scope: 'global' });
    });
  });

  it.skipIf(!havePeers('killall'))(
    '004-nginx-nopreempt: started as keepalived, a check that calls `killall keepalived` hands over',
    async () => {
      await inLab(async lab => {
        const addresses = ['180.101.115.139', '218.98.38.29'];
        const master = await lab.addHost('master', { interface: 'eth2', addresses: ['180.101.115.2/24'] });
        const backup = await lab.addHost('backup', { interface: 'eth2', addresses: ['180.101.115.3/24'] });
        const logs: HostProcess[] = [];
        for (const host of [master, backup]) {
          const check = 'if [ -f /tmp/nginx-is-down ]; then killall keepalived; exit 1; fi\nexit 0';
          host.write('/etc/keepalived/scripts/check_nginx.sh', `#!/bin/sh\n${check}\n`, 0o755);
          host.write('/etc/keepalived/keepalived_notify.sh', recording(), 0o755);
          host.write(configurationFile, configuration(`004-nginx-nopreempt-${host.name}`));
          const [node = '', program = '', ...flags] = daemonCommand('holdfast');
          await host.must(['ln', '-s', program, '/run/keepalived']);
          logs.push(host.spawn([node, '/run/keepalived', ...flags]));
          // nopreempt: whoever is first stays.
          if (host === master) await holding([[master, addresses]], logs);
        }
        await holding(
          [
            [master, addresses],
            [backup, []],
          ],
          logs,
        );
        expect((await master.must(['cat', '/run/keepalived.pid', '/run/vrrp.pid'])).split('\n')).toHaveLength(3);
        master.write('/tmp/nginx-is-down', '');
        await holding(
          [
            [master, []],
            [backup, addresses],
          ],
          logs,
        );
        expect(await logs[0]?.ended).toEqual({ status: 0, signal: undefined });
        expect((await master.processes()).filter(process => /keepalived|node/.test(process.name))).toEqual([]);
        expect(logs[1]?.output, 'the other was told, it did not have to find out').toContain(
          'Backup received priority 0',
        );
        expect(calls(master)).toEqual(
          expect.arrayContaining(['keepalived_notify.sh master', 'keepalived_notify.sh stop']),
        );
        expect(calls(backup)).toContain('keepalived_notify.sh master');
      });
    },
  );

  it('000-sync-group-unicast: a failing check is a fault that hands over, and every script is called', async () => {
    await inLab(async lab => {
      const address = '17.18.117.33';
      const text = configuration('000-sync-group-unicast');
      const hosts: Host[] = [];
      const logs: HostProcess[] = [];
      for (const number of [31, 30]) {
        const host = await lab.addHost(`h${number}`, { addresses: [`172.18.117.${number}/24`] });
        const shell = '/export/Shell/keepalived';
        host.write(`${shell}/alive.sh`, '#!/bin/sh\ntest ! -f /tmp/dead\n', 0o755);
        for (const name of ['to_master', 'to_backup', 'fault', 'notify']) {
          host.write(`${shell}/${name}.sh`, recording(), 0o755);
        }
        hosts.push(host);
        logs.push(startDaemon(host, 'holdfast', text));
        if (number === 31) await holding([[host, [address]]], logs);
      }
      const [h31, h30] = hosts;
      if (!h31 || !h30) throw new Error('two hosts');
      await logs[1]?.waitForLine('Entering BACKUP STATE', { timeoutMs });
      const entry = (await h31.addresses('eth0')).find(each => each.address === address);
      expect(entry).toMatchObject({ label: 'eth0:0', prefixLength: 24 });
      h31.write('/tmp/dead', '');
      await holding(
        [
          [h31, []],
          [h30, [address]],
        ],
        logs,
      );
      expect(logs[0]?.output).toContain('Entering FAULT STATE');
      h31.remove('/tmp/dead');
      await logs[0]?.waitForLine('Entering BACKUP STATE', { after: logs[0].position, timeoutMs });
      await holding(
        [
          [h31, []],
          [h30, [address]],
        ],
        logs,
      );
      expect(calls(h31)).toEqual(
        expect.arrayContaining([
          'to_backup.sh ',
          'notify.sh INSTANCE VG_1 BACKUP 150',
          'to_master.sh ',
          'notify.sh INSTANCE VG_1 MASTER 150',
          'fault.sh ',
          'notify.sh INSTANCE VG_1 FAULT 150',
        ]),
      );
    });
  });

  it.skipIf(!havePeers('keepalived'))('001-s2: backup of a keepalived with the repaired s1', async () => {
    await inLab(async lab => {
      const address = '172.20.27.100';
      const s1 = await lab.addHost('s1', { interface: 'ens33', addresses: ['172.20.27.10/24'] });
      const s2 = await lab.addHost('s2', { interface: 'ens33', addresses: ['172.20.27.11/24'] });
      const ours = startDaemon(s2, 'holdfast', configuration('001-s2'));
      await holding([[s2, [address]]], [ours]);
      expect((await s2.addresses('ens33')).find(each => each.address === address)).toMatchObject({ label: 'ens33:0' });
      const repaired = configuration('001-s1-broken-braces').replace('notification_email {', 'notification_email { }');
      const theirs = startDaemon(s1, 'keepalived', repaired);
      await holding(
        [
          [s1, [address]],
          [s2, []],
        ],
        [ours, theirs],
      );
      await theirs.stop();
      await holding(
        [
          [s1, []],
          [s2, [address]],
        ],
        [ours, theirs],
      );
    });
  });
});

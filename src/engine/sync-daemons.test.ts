import { describe, expect, it } from 'vitest';
import { milliseconds, seconds } from '../base/duration.ts';
import { parseIpAddress } from '../base/ip-address.ts';
import type { SyncDaemonConfiguration } from '../lvs/configuration.ts';
import type { CheckerInput } from '../ports/checker-world.ts';
import type { IpvsSyncDaemon } from '../ports/ipvs.ts';
import { interfaceAddress, link } from '../ports/network.testkit.ts';
import type { AddressFlags } from '../ports/network.ts';
import { CheckerBench, configurations } from './checker-process.testkit.ts';

type State = IpvsSyncDaemon['state'];

const following: SyncDaemonConfiguration = {
  interface: 'eth0',
  instance: 'VI_1',
  syncId: 51,
  maximumLength: 0,
  port: 0,
  ttl: 0,
  group: undefined,
};

function bench(syncDaemon: SyncDaemonConfiguration | undefined, leftOver: readonly State[] = []): CheckerBench {
  return new CheckerBench(configurations([], [], { syncDaemon }), new Map(), [], leftOver);
}

function told(each: CheckerBench, state: State, instance = 'VI_1'): void {
  each.send({ type: 'vrrp-state', instance, state });
}

/** `start master`, `stop backup`. */
function commands(each: CheckerBench): string[] {
  return each.commands.flatMap(command => {
    if (command.type === 'start-sync-daemon') return [`start ${command.daemon.state}`];
    return command.type === 'stop-sync-daemon' ? [`stop ${command.state}`] : [];
  });
}

describe('the sync daemon', () => {
  it('follows its VRRP instance', () => {
    const checker = bench(following);
    checker.pass(seconds(1));
    told(checker, 'master');
    told(checker, 'backup', 'other');
    checker.pass(seconds(1));
    expect(commands(checker)).toEqual(['start backup', 'stop backup', 'start master']);
  });

  it.each<readonly [leftOver: readonly State[], now: State]>([
    [['master'], 'backup'],
    [['backup'], 'master'],
    [['backup'], 'backup'],
    [['master', 'backup'], 'master'],
  ])('of an earlier life (%s) makes way for the one that is wanted (%s)', (leftOver, now) => {
    const checker = bench(following, leftOver);
    told(checker, now);
    checker.pass(seconds(1));
    expect(checker.syncDaemons).toEqual(new Set([now]));
    expect(commands(checker)).toEqual([...leftOver.map(state => `stop ${state}`), `start ${now}`]);
    expect(checker.logs).toEqual([]);
  });

  it('of an earlier life makes way when IPVS can be used late', () => {
    const checker = bench(following, ['master']);
    checker.send({ type: 'ipvs-unavailable', error: 'ENOENT' });
    told(checker, 'master');
    told(checker, 'backup');
    checker.pass(seconds(40));
    expect(commands(checker)).toEqual(['stop master', 'start backup']);
    expect(checker.logs).toEqual(['Cannot use IPVS: ENOENT', 'IPVS can be used now']);
  });

  it('of somebody else is left alone', () => {
    const checker = bench(undefined, ['master']);
    checker.pass(seconds(1));
    checker.perform(checker.engine.stop(checker.now, false));
    checker.pass(seconds(1));
    expect(checker.stopped).toBe(true);
    expect(checker.syncDaemons).toEqual(new Set(['master']));
    expect(checker.commands).toEqual([]);
  });

  it('of somebody else makes way for one that a reload asks for', () => {
    const checker = bench(undefined, ['master']);
    checker.pass(seconds(1));
    checker.perform(checker.engine.reload(checker.now, configurations([], [], { syncDaemon: following })));
    checker.pass(seconds(1));
    expect(commands(checker)).toEqual(['stop master', 'start backup']);
  });

  it('is not stopped when it could not be started, or was stopped by somebody', () => {
    const checker = bench(following);
    checker.refuse = command => (command.type === 'start-sync-daemon' ? 'ENODEV' : undefined);
    checker.pass(seconds(5));
    expect(checker.logs).toEqual(['IPVS refused start-sync-daemon: ENODEV']);
    checker.refuse = () => undefined;
    told(checker, 'master');
    checker.pass(seconds(1));
    checker.syncDaemons.clear();
    checker.pass(seconds(40));
    told(checker, 'backup');
    checker.pass(seconds(1));
    expect(commands(checker)).toEqual(['start backup', 'start master', 'start backup']);
    expect(checker.logs).toHaveLength(1);
  });

  describe('that was refused', () => {
    const refusing = (configuration = following): CheckerBench => {
      const checker = bench(configuration);
      checker.send({ type: 'links-read', links: [] });
      checker.refuse = command => (command.type === 'start-sync-daemon' ? 'ENODEV' : undefined);
      checker.pass(seconds(5));
      return checker;
    };
    const eth0 = link(3, 'eth0');
    const address = (flags: Partial<AddressFlags> = {}): CheckerInput => ({
      type: 'address-added',
      address: interfaceAddress(3, 'fe80::1/64', flags),
    });

    it('is asked for again once its interface is up', () => {
      const checker = refusing();
      checker.send({ type: 'link-changed', link: link(4, 'eth1') });
      checker.send({ type: 'link-changed', link: { ...eth0, adminUp: false, running: false } });
      checker.pass(seconds(60));
      expect(commands(checker)).toEqual(['start backup']);
      checker.refuse = () => undefined;
      checker.send({ type: 'link-changed', link: eth0 });
      checker.pass(seconds(60));
      expect(commands(checker)).toEqual(['start backup', 'start backup']);
      expect(checker.syncDaemons).toEqual(new Set(['backup']));
      // One that runs is left as it is, whatever becomes of the interface.
      checker.send({ type: 'link-removed', index: 3 });
      checker.send({ type: 'link-changed', link: eth0 });
      checker.pass(seconds(60));
      expect(commands(checker)).toHaveLength(2);
    });

    it('is asked for once a second at most, however the interface flaps, and not for ever', () => {
      const checker = refusing();
      for (let count = 0; count < 100; count++) {
        checker.send({ type: 'link-changed', link: { ...eth0, adminUp: count % 2 === 0 } });
        checker.pass(milliseconds(100));
      }
      expect(commands(checker).length).toBeGreaterThan(5);
      expect(commands(checker).length).toBeLessThanOrEqual(12);
      checker.pass(seconds(5));
      const { length } = commands(checker);
      checker.pass(seconds(60));
      expect(commands(checker)).toHaveLength(length);
    });

    it('is asked for again if its interface came while the kernel was refusing', () => {
      const checker = bench(following);
      checker.send({ type: 'links-read', links: [] });
      checker.refuse = command => (command.type === 'start-sync-daemon' ? 'ENODEV' : undefined);
      // The table is read, the command is sent; its answer is under way.
      checker.pass(milliseconds(1));
      expect(commands(checker)).toEqual(['start backup']);
      checker.refuse = () => undefined;
      checker.send({ type: 'link-changed', link: eth0 });
      checker.pass(seconds(60));
      expect(commands(checker)).toEqual(['start backup', 'start backup']);
    });

    it('is asked for again when news were lost and the interface is up now, or has that name now', () => {
      for (const news of [
        { type: 'links-read', links: [eth0] },
        { type: 'link-changed', link: eth0 },
      ] as const) {
        const checker = refusing();
        checker.send({ type: 'link-changed', link: { ...eth0, name: 'eth7' } });
        checker.refuse = () => undefined;
        checker.send(news);
        checker.pass(seconds(2));
        expect(checker.syncDaemons).toEqual(new Set(['backup']));
      }
    });

    it('and talks to an IPv6 group waits for an address that can be used', () => {
      const checker = refusing({ ...following, group: parseIpAddress('ff02::51')! });
      checker.send({ type: 'link-changed', link: eth0 });
      checker.pass(seconds(5));
      checker.send(address({ tentative: true }));
      checker.pass(seconds(5));
      expect(commands(checker)).toHaveLength(2);
      checker.refuse = () => undefined;
      checker.send(address());
      checker.pass(seconds(5));
      expect(checker.syncDaemons).toEqual(new Set(['backup']));
    });

    it('is not asked for once it is not wanted', () => {
      for (const end of ['reload', 'stop'] as const) {
        const checker = refusing();
        checker.send({ type: 'link-changed', link: eth0 });
        checker.perform(
          end === 'stop'
            ? checker.engine.stop(checker.now, false)
            : checker.engine.reload(checker.now, configurations([], [])),
        );
        checker.pass(seconds(5));
        expect(commands(checker)).toEqual(['start backup']);
      }
    });
  });

  it('is not started any more once the process stops', () => {
    const checker = bench(following);
    checker.pass(seconds(1));
    checker.perform(checker.engine.stop(checker.now, false));
    told(checker, 'master');
    checker.pass(seconds(1));
    expect(commands(checker)).toEqual(['start backup', 'stop backup']);
  });

  it('goes with the process, and with the line of the configuration', () => {
    const ended = bench(following);
    ended.pass(seconds(1));
    ended.perform(ended.engine.stop(ended.now, false));
    const reloaded = bench({ ...following, instance: undefined });
    reloaded.pass(seconds(1));
    expect(reloaded.syncDaemons.size).toBe(2);
    reloaded.perform(reloaded.engine.reload(reloaded.now, configurations([], [])));
    for (const each of [ended, reloaded]) {
      each.pass(seconds(1));
      expect(each.syncDaemons).toEqual(new Set());
    }
  });
});

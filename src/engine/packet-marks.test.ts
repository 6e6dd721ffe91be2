import { describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import { ip } from '../base/ip-address.testkit.ts';
import type { MarkingSettings, VirtualServerConfiguration } from '../lvs/configuration.ts';
import { realServer, virtualServer } from '../lvs/lvs.testkit.ts';
import { CheckerBench, configurations, tcpCheck } from './checker-process.testkit.ts';
import type { CheckerConfigurations } from './checker-process.ts';

const settings: MarkingSettings = { table: 'lb', priority: -1, counters: false, startMark: 1_000 };

/** A group of two addresses, 10.9.LAST.1 and 2. */
function group(last: number, rest: Partial<VirtualServerConfiguration> = {}): VirtualServerConfiguration {
  const addresses = [ip(`10.9.${last}.1`), ip(`10.9.${last}.2`)];
  return virtualServer([realServer(1, { checkers: [0] })], {
    name: `[${last}]:0`,
    keys: addresses.map(address => ({ type: 'address', protocol: 'tcp', address, port: 80 }) as const),
    marked: addresses.map(address => ({ first: address, last: address, port: 80 })),
    ...rest,
  });
}

const configured = (
  servers: readonly VirtualServerConfiguration[],
  marking: Partial<MarkingSettings> | undefined = {},
): CheckerConfigurations => configurations(servers, [tcpCheck(1)], { marking: marking && { ...settings, ...marking } });

const services = (bench: CheckerBench): readonly string[] => [...bench.table.keys()].sort();
const ranges = (bench: CheckerBench, table = 'lb'): readonly string[] =>
  (bench.marking.get(table)?.ranges ?? []).map(({ first, mark }) => `${first}=${mark}`);

function started(...args: Parameters<typeof configured>): CheckerBench {
  const bench = new CheckerBench(configured(...args));
  bench.pass(seconds(5));
  return bench;
}

function reload(bench: CheckerBench, ...args: Parameters<typeof configured>): void {
  bench.perform(bench.engine.reload(bench.now, configured(...args)));
  bench.pass(seconds(5));
}

const byAddress = ['tcp 10.9.1.1 80', 'tcp 10.9.1.2 80'];
const refusal = 'this kernel has no nftables';

describe('groups whose packets are marked', () => {
  it('are one service each', () => {
    const bench = started([group(1), group(2)]);
    expect(services(bench)).toEqual(['fwmark 1000 4', 'fwmark 1001 4']);
    expect(ranges(bench)).toEqual(['10.9.1.1=1000', '10.9.1.2=1000', '10.9.2.1=1001', '10.9.2.2=1001']);
    expect(bench.logs.filter(line => line.includes('nftables'))).toEqual([]);
  });

  it('lose and get servers as others do', () => {
    const bench = started([group(1)]);
    bench.failing.set('10.0.0.1', { type: 'connection', error: 'ECONNREFUSED' });
    bench.pass(seconds(30));
    expect(bench.destinations).toEqual([]);
    bench.failing.clear();
    bench.pass(seconds(30));
    expect(bench.destinations).toEqual(['1:1']);
    expect(services(bench)).toEqual(['fwmark 1000 4']);
  });

  it('keep their services at a reload, whatever else comes and goes', () => {
    const bench = started([group(1), group(2)]);
    const commands = bench.commands.length;
    reload(bench, [group(3), group(2)]);
    expect(services(bench)).toEqual(['fwmark 1001 4', 'fwmark 1002 4']);
    expect(ranges(bench)).toEqual(['10.9.3.1=1002', '10.9.3.2=1002', '10.9.2.1=1001', '10.9.2.2=1001']);
    const touched = bench.commands.slice(commands).map(command => {
      const key = 'key' in command ? command.key : 'service' in command ? command.service.key : undefined;
      return `${command.type} ${key?.type === 'fwmark' ? key.mark : ''}`;
    });
    expect(touched).toEqual(['remove-service 1000', 'add-service 1002', 'add-destination 1002']);
  });

  it('leave nothing behind at the end', () => {
    const bench = started([group(1)]);
    bench.perform(bench.engine.stop(bench.now, false));
    bench.pass(seconds(5));
    expect([bench.stopped, services(bench), ranges(bench)]).toEqual([true, [], []]);
  });

  it('stay marked where the services stay', () => {
    const bench = started([group(1)]);
    bench.perform(bench.engine.stop(bench.now, true));
    bench.pass(seconds(5));
    expect([bench.stopped, services(bench), ranges(bench).length]).toEqual([true, ['fwmark 1000 4'], 2]);
  });

  it('keep their marks when the process dies', () => {
    const bench = started([group(1), group(2)]);
    reload(bench, [group(3), group(2)]);
    const next = new CheckerBench(configured([group(3), group(2)]), bench.table);
    for (const [name, table] of bench.marking) next.marking.set(name, table);
    next.pass(seconds(5));
    expect(services(next)).toEqual(['fwmark 1001 4', 'fwmark 1002 4']);
    expect(next.commands).toEqual([]);
  });

  it('get another table, or none, at a reload', () => {
    const bench = started([group(1)]);
    reload(bench, [group(1)], { table: 'other' });
    expect([services(bench), ranges(bench), ranges(bench, 'other').length]).toEqual([['fwmark 1000 4'], [], 2]);
    bench.perform(bench.engine.reload(bench.now, configurations([group(1)], [tcpCheck(1)])));
    bench.pass(seconds(5));
    expect([services(bench), [...bench.marking]]).toEqual([byAddress, []]);
    reload(bench, [group(1)]);
    expect(services(bench)).toEqual(['fwmark 1000 4']);
  });

  it('are marked again after somebody has flushed the ruleset', () => {
    const bench = started([group(1)]);
    bench.marking.clear();
    bench.pass(seconds(40));
    expect(ranges(bench)).toHaveLength(2);
    expect(bench.logs.filter(line => line.includes('repaired'))).toEqual([
      'The nftables table lb was not as it should be: repaired',
    ]);
  });

  it('rest with ha_suspend while none of their addresses is here', () => {
    const marked = [{ first: ip('fd00::'), last: ip('fd00::ffff:ffff:ffff:ffff'), port: 80 }];
    const bench = started([group(1, { haSuspend: true, marked })]);
    const flags = { deprecated: false, tentative: false, dadFailed: false, secondary: false };
    const address = { linkIndex: 2, address: ip('fd00::77'), prefixLength: 128, scope: 0, flags };
    bench.send({ type: 'addresses-read', addresses: [] });
    expect(bench.engine.services.map(({ suspended }) => suspended)).toEqual([true]);
    bench.send({ type: 'address-added', address });
    expect(bench.engine.services.map(({ suspended }) => suspended)).toEqual([false]);
    bench.send({ type: 'address-removed', address });
    expect(bench.engine.services.map(({ suspended }) => suspended)).toEqual([true]);
  });
});

describe('groups where nothing can be marked', () => {
  function refused(): CheckerBench {
    const bench = new CheckerBench(configured([group(1)]));
    bench.refuseMarking = refusal;
    bench.pass(seconds(100));
    return bench;
  }

  it('are served address by address, and that is said once', () => {
    const bench = refused();
    expect(services(bench)).toEqual(byAddress);
    reload(bench, [group(1)]);
    expect(bench.logs.filter(line => line.includes('nftables'))).toEqual([
      `Cannot use nftables: ${refusal}; each address of a group is a service of its own`,
    ]);
  });

  it('are marked once a reload finds that they can be', () => {
    const bench = refused();
    bench.refuseMarking = undefined;
    bench.pass(seconds(100));
    expect(services(bench)).toEqual(byAddress);
    reload(bench, [group(1)]);
    expect(services(bench)).toEqual(['fwmark 1000 4']);
    expect(bench.logs).toContain('nftables can be used now');
  });

  it('are told of where the marks cannot be taken away', () => {
    const bench = started([group(1)]);
    bench.refuseMarking = refusal;
    bench.perform(bench.engine.reload(bench.now, configurations([group(1)], [tcpCheck(1)])));
    bench.pass(seconds(5));
    expect(services(bench)).toEqual(byAddress);
    expect(bench.logs).toContain(`Cannot remove a table of nftables: ${refusal}`);
  });

  it('keep the marks that they have', () => {
    const bench = started([group(1)]);
    bench.refuseMarking = refusal;
    reload(bench, [group(1), group(2)]);
    expect(services(bench)).toEqual(['fwmark 1000 4', 'fwmark 1001 4']);
    expect(bench.logs.filter(line => line.includes('nftables'))).toEqual([
      `Cannot use nftables: ${refusal}; it is tried again`,
    ]);
    bench.refuseMarking = undefined;
    bench.pass(seconds(2));
    expect(ranges(bench)).toHaveLength(4);
    expect(bench.logs).toContain('nftables can be used now');
  });
});

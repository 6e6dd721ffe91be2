// The kernel as the health-checking engine sees it; what is asked of it by effects, what it tells by inputs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { milliseconds } from '../../src/base/duration.ts';
import { ip } from '../../src/base/ip-address.testkit.ts';
import { waitFor } from '../../src/lab/wait.ts';
import { CheckerWorld } from '../../src/linux/checker-world.ts';
import { Poller } from '../../src/linux/poller.ts';
import { findSetpriv } from '../../src/linux/processes.ts';
import { reconcileEntry } from '../../src/lvs/reconcile.ts';
import type { CheckerEffect, CheckerInput } from '../../src/ports/checker-world.ts';
import type { IpvsEntry } from '../../src/ports/ipvs.ts';
import { plainEndpoint } from '../../src/ports/probe.testkit.ts';
import type { ProbeResult, ProbeSpec } from '../../src/ports/probe.ts';
import type { ScriptCommand } from '../../src/ports/script.ts';

const command = (program: string, ...words: readonly string[]): string =>
  execFileSync(program, words, { encoding: 'utf8' });
const entry = (address: string, weight: number): IpvsEntry => ({
  service: {
    key: { type: 'address', protocol: 'tcp', address: ip(address), port: 80 },
    scheduler: 'rr',
    persistenceSeconds: 0,
    persistencePrefix: 32,
    persistenceEngine: undefined,
    onePacket: false,
    hashed: true,
    schedulerFlags: [false, false, false],
  },
  destinations: [
    {
      address: ip('198.51.100.1'),
      port: 80,
      forwarding: { type: 'dr' },
      weight,
      upperThreshold: 0,
      lowerThreshold: 0,
    },
  ],
});
const addressOf = ({ service: { key } }: IpvsEntry): string => (key.type === 'address' ? key.address : '');
const spec: ProbeSpec = {
  type: 'tcp',
  endpoint: plainEndpoint('127.0.0.1', 1, { timeout: milliseconds(1_000) }),
};
const result: ProbeResult = {
  failure: undefined,
  took: milliseconds(3),
  status: undefined,
  digest: undefined,
  excerpt: undefined,
};

type Done = (probe: number, result: ProbeResult) => void;

describe('the world of health checks', () => {
  let poller: Poller;
  let world: CheckerWorld;
  let inputs: CheckerInput[];
  let lines: string[];
  let stopped: boolean;
  let probes: Map<number, Done>;
  const execute = (effect: CheckerEffect): void => world.execute(effect);
  const told = <Type extends CheckerInput['type']>(type: Type): readonly (CheckerInput & { readonly type: Type })[] =>
    inputs.filter((input): input is CheckerInput & { readonly type: Type } => input.type === type);
  const until = (what: string, check: () => boolean): Promise<true> =>
    waitFor(check, { what, evidence: () => JSON.stringify(inputs.slice(-5), undefined, 1) });

  beforeEach(() => {
    poller = new Poller();
    inputs = [];
    lines = [];
    stopped = false;
    probes = new Map();
    world = new CheckerWorld(poller, {
      log: { write: (level, text) => void lines.push(`${level} ${text}`) },
      processes: { setpriv: findSetpriv(), environment: process.env, ownUid: 0, ownGid: 0 },
      prober: {
        start: (probe, _, done) => void probes.set(probe, done),
        cancel: probe => void probes.delete(probe),
        close: () => probes.clear(),
      },
      detail: false,
      deliver: input => void inputs.push(input),
      sendMail: () => {},
      stopped: () => {
        stopped = true;
      },
    });
  });
  afterEach(() => {
    assert.deepEqual([...world.counters.netlinkMalformed], []);
    world.close();
    poller.close();
    command('ipvsadm', '-C');
  });

  it('tells the local addresses, and of each that comes and goes', async () => {
    world.start();
    const [{ addresses } = { addresses: [] }] = told('addresses-read');
    assert.ok(addresses.some(({ address }) => address === '127.0.0.1'));
    command('ip', 'address', 'add', '203.0.113.5/32', 'dev', 'lo');
    command('ip', 'address', 'add', '2001:db8::5/128', 'dev', 'lo');
    command('ip', 'address', 'del', '203.0.113.5/32', 'dev', 'lo');
    command('ip', 'address', 'del', '2001:db8::5/128', 'dev', 'lo');
    await until('both to be gone', () => told('address-removed').length === 2);
    // An IPv6 address is told again once it is known to be nobody else's.
    assert.deepEqual(
      [...new Set(told('address-added').map(({ address }) => address.address))],
      ['203.0.113.5', '2001:db8::5'],
    );
  });

  it('reads and changes the table', async () => {
    execute({ type: 'read-ipvs' });
    await until('the empty table', () => told('ipvs-read').length === 1);
    const timeouts = { tcp: 900, tcpFin: 120, udp: 300 };
    assert.deepEqual(inputs, [{ type: 'ipvs-read', entries: [], timeouts, syncDaemons: [] }]);
    const wanted = [entry('192.0.2.1', 1), entry('192.0.2.2', 2)];
    execute({ type: 'change-ipvs', batch: 7, commands: wanted.flatMap(each => reconcileEntry(undefined, each)) });
    // Answered later, not from within.
    assert.equal(told('ipvs-changed').length, 0);
    await until('the answer', () => told('ipvs-changed').length === 1);
    assert.deepEqual(told('ipvs-changed'), [{ type: 'ipvs-changed', batch: 7, errors: [] }]);
    execute({ type: 'read-ipvs' });
    await until('the table', () => told('ipvs-read').length === 2);
    assert.deepEqual(
      new Map(told('ipvs-read')[1]!.entries.map(each => [JSON.stringify(each.service.key), each])),
      new Map(wanted.map(each => [JSON.stringify(each.service.key), each])),
    );
    execute({
      type: 'change-ipvs',
      batch: 8,
      commands: [
        { type: 'add-service', service: wanted[0]!.service },
        { type: 'remove-service', key: wanted[1]!.service.key },
      ],
    });
    await until('the second answer', () => told('ipvs-changed').length === 2);
    assert.deepEqual(told('ipvs-changed')[1]!.errors, [{ place: 0, error: 'EEXIST' }]);
    assert.match(command('ipvsadm', '-Sn'), /^-A -t 192.0.2.1:80 -s rr\n-a .*\n$/);
  });

  it('reads a large table in several turns, and only the last one asked for', async () => {
    const wanted = Array.from({ length: 1_000 }, (_, place) => entry(`10.9.${place >> 8}.${place & 255}`, 1));
    execute({ type: 'change-ipvs', batch: 1, commands: wanted.flatMap(each => reconcileEntry(undefined, each)) });
    execute({ type: 'read-ipvs' });
    execute({ type: 'read-ipvs' });
    let turns = 0;
    const count = (): void => {
      turns += 1;
      if (told('ipvs-read').length === 0) setImmediate(count);
    };
    setImmediate(count);
    await until('the table', () => told('ipvs-read').length > 0);
    assert.ok(turns >= 5, `${turns} turns`);
    assert.equal(told('ipvs-read')[0]!.entries.length, 1_000);
    // One that is under way is of no interest any more when another is asked for.
    execute({ type: 'read-ipvs' });
    await new Promise(resolve => setImmediate(() => setImmediate(resolve)));
    const heavier = wanted.flatMap(each => reconcileEntry(each, entry(addressOf(each), 2)));
    execute({ type: 'change-ipvs', batch: 2, commands: heavier });
    execute({ type: 'read-ipvs' });
    await until('the second table', () => told('ipvs-read').length > 1);
    const weights = told('ipvs-read')[1]!.entries.map(({ destinations }) => destinations[0]!.weight);
    assert.deepEqual([...new Set(weights)], [2]);
    assert.equal(told('ipvs-read').length, 2);
  });

  it('says why nothing can be marked, where this kernel has no nftables for it', async () => {
    const address = ip('192.0.2.1');
    const range = { protocol: 'tcp', first: address, last: address, firstPort: 80, lastPort: 80, mark: 7 } as const;
    const table = { name: 'lb', priority: -1, counters: false, ranges: [range] };
    execute({ type: 'read-marking', table: 'lb' });
    execute({ type: 'mark-packets', request: 5, table });
    execute({ type: 'mark-packets', request: 6, table: { ...table, ranges: [] } });
    await until('the answers', () => told('packets-marked').length === 2);
    assert.deepEqual(told('marking-read'), [{ type: 'marking-read', ranges: [] }]);
    const [refused, removed] = told('packets-marked');
    assert.match(refused?.error ?? '', /^this kernel has no nftables for IPv4 and IPv6/);
    assert.deepEqual(removed, { type: 'packets-marked', request: 6, changed: false, error: undefined });
  });

  it('hands probes on, and their results back', async () => {
    execute({ type: 'start-probe', probe: 3, spec });
    execute({ type: 'start-probe', probe: 4, spec });
    execute({ type: 'cancel-probe', probe: 4 });
    assert.deepEqual([...probes.keys()], [3]);
    probes.get(3)!(3, result);
    assert.deepEqual(inputs, [{ type: 'probe-ended', probe: 3, result }]);
  });

  it('runs scripts', async () => {
    const script = (script: ScriptCommand) => ({ command: script, identity: undefined, text: 'test' });
    execute({
      type: 'run-script',
      run: 1,
      script: script({ type: 'shell', text: 'exit $1', extraArguments: [] }),
      extraArguments: ['9'],
    });
    execute({
      type: 'run-script',
      run: 2,
      script: script({ type: 'program', argv: ['/bin/sleep', '1000'] }),
      extraArguments: [],
    });
    await until('the first end', () => told('script-ended').length === 1);
    assert.equal(world.runningScripts, 1);
    execute({ type: 'signal-script', run: 2, signal: 'KILL' });
    await until('the second end', () => told('script-ended').length === 2);
    assert.deepEqual(told('script-ended'), [
      { type: 'script-ended', run: 1, outcome: { type: 'exited', status: 9 } },
      { type: 'script-ended', run: 2, outcome: { type: 'signalled', signal: 9 } },
    ]);
  });

  it('watches files', async () => {
    const file = '/run/tmp-value';
    execute({ type: 'watch-files', files: [file] });
    assert.deepEqual(inputs, [{ type: 'file-value', file, value: 0 }]);
    writeFileSync(file, '-3\n');
    await until('the value', () => told('file-value').length === 2);
    assert.equal(told('file-value')[1]!.value, -3);
  });

  it('logs, detail only when asked for', () => {
    execute({ type: 'log', level: 'info', text: 'said', detail: false });
    execute({ type: 'log', level: 'info', text: 'detail', detail: true });
    assert.deepEqual(lines, ['info said']);
  });

  it('starts what was asked for before it ends', async () => {
    const file = '/run/tmp-farewell';
    execute({
      type: 'run-script',
      run: 1,
      script: {
        command: { type: 'shell', text: `echo bye >${file}`, extraArguments: [] },
        identity: undefined,
        text: 'test',
      },
      extraArguments: [],
    });
    execute({ type: 'stopped' });
    assert.equal(stopped, true);
    // The process would end now.
    world.close();
    await waitFor(() => command('sh', '-c', `cat ${file} 2>/dev/null || :`) === 'bye\n', { what: 'the farewell' });
  });

  it('says why there is no table', async () => {
    const loader = '/proc/sys/kernel/modprobe';
    const modprobe = command('cat', loader).trim();
    const modules = command('cat', '/proc/modules').match(/^ip_vs\w*/gm) ?? [];
    command(modprobe, '-r', ...modules.filter(name => name !== 'ip_vs'), 'ip_vs');
    writeFileSync(loader, '/bin/false');
    try {
      execute({ type: 'read-ipvs' });
      await until('the word', () => told('ipvs-unavailable').length === 1);
      assert.match(told('ipvs-unavailable')[0]!.error, /module ip_vs/);
      execute({ type: 'change-ipvs', batch: 1, commands: [{ type: 'flush' }] });
      await until('the answer', () => told('ipvs-changed').length === 1);
      assert.deepEqual(inputs.slice(1), [
        told('ipvs-unavailable')[0],
        { type: 'ipvs-changed', batch: 1, errors: [{ place: 0, error: 'ENOENT' }] },
      ]);
    } finally {
      writeFileSync(loader, modprobe);
    }
    execute({ type: 'read-ipvs' });
    await until('the table', () => told('ipvs-read').length === 1);
  });
});

// The table as our codec writes and reads it, against Debian's ipvsadm.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, it } from 'node:test';
import { ip } from '../../src/base/ip-address.testkit.ts';
import { Ipvs, IpvsUnavailable } from '../../src/linux/ipvs.ts';
import { netlinkProtocol, RequestSocket } from '../../src/linux/netlink-socket.ts';
import { reconcileEntry } from '../../src/lvs/reconcile.ts';
import { encodeFamilyRequest } from '../../src/netlink/generic.ts';
import { MessageWriter } from '../../src/netlink/message-writer.ts';
import type { IpvsCommand, IpvsDestination, IpvsEntry, IpvsService, IpvsServiceKey } from '../../src/ports/ipvs.ts';

const ipvsadm = (...words: readonly string[]): string =>
  execFileSync('ipvsadm', words, { encoding: 'utf8', maxBuffer: 1 << 28 });
const saved = (): readonly string[] => ipvsadm('-Sn').trim().split('\n');

const tcp = (address: string, port = 80): IpvsServiceKey => ({
  type: 'address',
  protocol: 'tcp',
  address: ip(address),
  port,
});
const service = (changes: Partial<IpvsService> = {}): IpvsService => ({
  key: tcp('192.0.2.1'),
  scheduler: 'wrr',
  persistenceSeconds: 0,
  persistencePrefix: 32,
  persistenceEngine: undefined,
  onePacket: false,
  hashed: true,
  schedulerFlags: [false, false, false],
  ...changes,
});
const destination = (changes: Partial<IpvsDestination> = {}): IpvsDestination => ({
  address: ip('198.51.100.1'),
  port: 8080,
  forwarding: { type: 'nat' },
  weight: 1,
  upperThreshold: 0,
  lowerThreshold: 0,
  ...changes,
});
const added = (entry: IpvsEntry): readonly IpvsCommand[] => reconcileEntry(undefined, entry);

const ipvs = new Ipvs();

describe('the IPVS table', () => {
  afterEach(() => {
    ipvsadm('-C');
    assert.deepEqual([...ipvs.malformed], []);
  });

  const services: readonly (readonly [string, IpvsService, string])[] = [
    ['a plain service', service(), '-A -t 192.0.2.1:80 -s wrr'],
    [
      'UDP with one-packet scheduling',
      service({
        key: { ...tcp('192.0.2.1', 53), protocol: 'udp' } as IpvsServiceKey,
        scheduler: 'rr',
        onePacket: true,
      }),
      '-A -u 192.0.2.1:53 -s rr -o',
    ],
    [
      'SCTP',
      service({ key: { ...tcp('192.0.2.1'), protocol: 'sctp' } as IpvsServiceKey }),
      '-A --sctp-service 192.0.2.1:80 -s wrr',
    ],
    ['persistence by host', service({ persistenceSeconds: 360 }), '-A -t 192.0.2.1:80 -s wrr -p 360'],
    [
      'persistence by network',
      service({ persistenceSeconds: 7, persistencePrefix: 20 }),
      '-A -t 192.0.2.1:80 -s wrr -p 7 -M 255.255.240.0',
    ],
    ['any port', service({ key: tcp('192.0.2.1', 0), persistenceSeconds: 360 }), '-A -t 192.0.2.1:0 -s wrr -p 360'],
    ['IPv6', service({ key: tcp('2001:db8::1'), persistencePrefix: 128 }), '-A -t [2001:db8::1]:80 -s wrr'],
    [
      'IPv6 with persistence by network',
      service({ key: tcp('2001:db8::1', 65_535), persistenceSeconds: 300, persistencePrefix: 64 }),
      '-A -t [2001:db8::1]:65535 -s wrr -p 300 -M 64',
    ],
    ['a firewall mark', service({ key: { type: 'fwmark', mark: 0xffff_fffe, family: 4 } }), '-A -f -2 -s wrr'],
    [
      'a firewall mark of IPv6',
      service({ key: { type: 'fwmark', mark: 7, family: 6 }, persistencePrefix: 128 }),
      '-A -f 7 -6 -s wrr',
    ],
    [
      'scheduler flags of sh',
      service({ scheduler: 'sh', schedulerFlags: [true, true, false] }),
      '-A -t 192.0.2.1:80 -s sh -b sh-fallback,sh-port',
    ],
    [
      'scheduler flags of mh',
      service({ scheduler: 'mh', schedulerFlags: [true, false, false] }),
      '-A -t 192.0.2.1:80 -s mh -b mh-fallback',
    ],
    [
      'the third scheduler flag',
      service({ scheduler: 'rr', schedulerFlags: [false, true, true] }),
      '-A -t 192.0.2.1:80 -s rr -b flag-2,flag-3',
    ],
    [
      'a persistence engine',
      service({
        key: { ...tcp('192.0.2.1', 5060), protocol: 'udp' } as IpvsServiceKey,
        persistenceSeconds: 60,
        persistenceEngine: 'sip',
      }),
      '-A -u 192.0.2.1:5060 -s wrr -p 60 --pe sip',
    ],
  ];
  for (const [name, wanted, line] of services) {
    it(`has ${name} as wanted`, () => {
      assert.deepEqual(ipvs.change([{ type: 'add-service', service: wanted }]), []);
      assert.deepEqual(saved(), [line]);
      assert.deepEqual(ipvs.read().entries, [{ service: wanted, destinations: [] }]);
      assert.deepEqual(ipvs.change([{ type: 'remove-service', key: wanted.key }]), []);
      assert.deepEqual(saved(), ['']);
    });
  }

  const tunnel = (encapsulation: 'ipip' | 'gue' | 'gre', port: number, checksum: 'none' | 'checksum' | 'remote') =>
    ({ type: 'tunnel', encapsulation, port, checksum }) as const;
  const destinations: readonly (readonly [string, IpvsDestination, string])[] = [
    ['NAT', destination(), '-r 198.51.100.1:8080 -m -w 1'],
    ['direct routing', destination({ port: 80, forwarding: { type: 'dr' } }), '-r 198.51.100.1:80 -g -w 1'],
    ['weight 0', destination({ weight: 0 }), '-r 198.51.100.1:8080 -m -w 0'],
    ['the greatest weight', destination({ weight: 0x7fff_ffff }), '-r 198.51.100.1:8080 -m -w 2147483647'],
    // ipvsadm does not save thresholds.
    ['thresholds', destination({ upperThreshold: 70_000, lowerThreshold: 3 }), '-r 198.51.100.1:8080 -m -w 1'],
    [
      'an IPIP tunnel',
      destination({ port: 80, forwarding: tunnel('ipip', 0, 'none') }),
      '-r 198.51.100.1:80 -i -w 1 --tun-type ipip',
    ],
    [
      'a GUE tunnel',
      destination({ port: 80, forwarding: tunnel('gue', 6080, 'none') }),
      '-r 198.51.100.1:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-nocsum',
    ],
    [
      'a GUE tunnel with checksums',
      destination({ port: 80, forwarding: tunnel('gue', 6080, 'checksum') }),
      '-r 198.51.100.1:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum',
    ],
    [
      'a GUE tunnel with remote checksums',
      destination({ port: 80, forwarding: tunnel('gue', 1, 'remote') }),
      '-r 198.51.100.1:80 -i -w 1 --tun-type gue --tun-port 1 --tun-remcsum',
    ],
    [
      'a GRE tunnel',
      destination({ port: 80, forwarding: tunnel('gre', 0, 'checksum') }),
      '-r 198.51.100.1:80 -i -w 1 --tun-type gre --tun-csum',
    ],
  ];
  for (const [name, wanted, words] of destinations) {
    it(`has a destination by ${name} as wanted`, () => {
      const entry = { service: service(), destinations: [wanted] };
      assert.deepEqual(ipvs.change(added(entry)), []);
      assert.deepEqual(saved(), ['-A -t 192.0.2.1:80 -s wrr', `-a -t 192.0.2.1:80 ${words}`]);
      assert.deepEqual(ipvs.read().entries, [entry]);
      const { address, port } = wanted;
      const key = entry.service.key;
      assert.deepEqual(ipvs.change([{ type: 'remove-destination', key, address, port }]), []);
      assert.deepEqual(saved(), ['-A -t 192.0.2.1:80 -s wrr']);
    });
  }

  it('carries a tunnel from one family to the other', () => {
    const entry = {
      service: service({ scheduler: 'rr' }),
      destinations: [
        destination({ address: ip('2001:db8::9'), port: 80, forwarding: tunnel('ipip', 0, 'none') }),
        destination({ address: ip('198.51.100.9'), port: 80, forwarding: tunnel('ipip', 0, 'none') }),
      ],
    };
    assert.deepEqual(ipvs.change(added(entry)), []);
    const [read] = ipvs.read().entries;
    assert.deepEqual(new Set(read!.destinations), new Set(entry.destinations));
  });

  it('shows thresholds as ipvsadm does', () => {
    ipvsadm('-A', '-t', '192.0.2.1:80', '-s', 'wlc');
    ipvsadm('-a', '-t', '192.0.2.1:80', '-r', '198.51.100.1:80', '-g', '-w', '5', '-x', '300', '-y', '200');
    assert.deepEqual(ipvs.read().entries, [
      {
        service: service({ scheduler: 'wlc' }),
        destinations: [
          destination({ port: 80, forwarding: { type: 'dr' }, weight: 5, upperThreshold: 300, lowerThreshold: 200 }),
        ],
      },
    ]);
  });

  it('edits services and destinations in place', () => {
    ipvs.change(added({ service: service({ persistenceEngine: undefined }), destinations: [destination()] }));
    const key = service().key;
    const edited = destination({
      weight: 9,
      upperThreshold: 10,
      lowerThreshold: 2,
      forwarding: tunnel('gre', 0, 'none'),
    });
    const changed = service({
      scheduler: 'sh',
      persistenceSeconds: 50,
      persistencePrefix: 24,
      schedulerFlags: [false, true, false],
    });
    assert.deepEqual(
      ipvs.change([
        { type: 'edit-service', service: changed },
        { type: 'edit-destination', key, destination: edited },
      ]),
      [],
    );
    assert.deepEqual(ipvs.read().entries, [{ service: changed, destinations: [edited] }]);
    // And all of it taken back.
    ipvs.change([
      { type: 'edit-service', service: service() },
      { type: 'edit-destination', key, destination: destination() },
    ]);
    assert.deepEqual(ipvs.read().entries, [{ service: service(), destinations: [destination()] }]);
  });

  it('does what it can of a batch and reports the rest by place', () => {
    const key = service().key;
    const unknown = tcp('192.0.2.99');
    assert.deepEqual(
      ipvs.change([
        { type: 'add-service', service: service() },
        { type: 'add-service', service: service() },
        { type: 'add-destination', key, destination: destination() },
        { type: 'add-destination', key, destination: destination() },
        { type: 'remove-destination', key, address: ip('198.51.100.99'), port: 1 },
        { type: 'remove-service', key: unknown },
        { type: 'add-destination', key: unknown, destination: destination() },
        { type: 'add-service', service: service({ key: unknown, scheduler: 'nonesuch' }) },
        { type: 'edit-destination', key, destination: destination({ weight: 4 }) },
      ]),
      [
        { place: 1, error: 'EEXIST' },
        { place: 3, error: 'EEXIST' },
        { place: 4, error: 'ENOENT' },
        { place: 5, error: 'ESRCH' },
        { place: 6, error: 'ESRCH' },
        { place: 7, error: 'ENOENT' },
      ],
    );
    assert.deepEqual(ipvs.read().entries, [{ service: service(), destinations: [destination({ weight: 4 })] }]);
  });

  it('finds the places of errors beyond what goes to the kernel at once', () => {
    const places = [0, 499, 500, 777, 1_199];
    const commands = Array.from({ length: 1_200 }, (_, place): IpvsCommand => {
      const key = tcp('192.0.2.1', place + 1);
      return places.includes(place)
        ? { type: 'remove-service', key }
        : { type: 'add-service', service: service({ key }) };
    });
    assert.deepEqual(
      ipvs.change(commands),
      places.map(place => ({ place, error: 'ESRCH' })),
    );
    assert.equal(ipvs.read().entries.length, 1_195);
    // And when nothing at all succeeds.
    const again = commands.filter(({ type }) => type === 'add-service');
    assert.deepEqual(
      ipvs.change(again),
      again.map((_, place) => ({ place, error: 'EEXIST' })),
    );
  });

  it('is flushed at once', () => {
    ipvs.change(added({ service: service(), destinations: [destination()] }));
    ipvsadm('-A', '-f', '3', '-s', 'rr');
    assert.deepEqual(ipvs.change([{ type: 'flush' }]), []);
    assert.deepEqual(saved(), ['']);
  });

  it('shows what others do, when it is read', () => {
    ipvs.change(added({ service: service(), destinations: [destination()] }));
    ipvsadm('-e', '-t', '192.0.2.1:80', '-r', '198.51.100.1:8080', '-m', '-w', '77');
    ipvsadm('-A', '-u', '[2001:db8::5]:53', '-s', 'rr', '-o');
    const { entries } = ipvs.read();
    assert.equal(entries.length, 2);
    assert.deepEqual(entries.find(entry => entry.service.scheduler === 'wrr')!.destinations, [
      destination({ weight: 77 }),
    ]);
    assert.equal(entries.find(entry => entry.service.scheduler === 'rr')!.service.onePacket, true);
  });

  it('has timeouts that can be set one by one', () => {
    const before = ipvs.read().timeouts;
    assert.deepEqual(before, { tcp: 900, tcpFin: 120, udp: 300 });
    assert.deepEqual(ipvs.change([{ type: 'set-timeouts', timeouts: { tcp: 0, tcpFin: 33, udp: 0 } }]), []);
    assert.deepEqual(ipvs.read().timeouts, { ...before, tcpFin: 33 });
    assert.match(ipvsadm('-L', '--timeout'), /900 33 300/);
    ipvs.change([{ type: 'set-timeouts', timeouts: before }]);
    assert.deepEqual(ipvs.read().timeouts, before);
  });

  it('starts and stops sync daemons', () => {
    const backup = {
      state: 'backup',
      interface: 'lo',
      syncId: 7,
      maximumLength: 1_400,
      port: 9_000,
      ttl: 3,
      group: ip('224.0.0.99'),
    } as const;
    const master = { ...backup, state: 'master', syncId: 255, group: ip('224.0.0.81'), port: 8_848 } as const;
    assert.deepEqual(
      ipvs.change([
        { type: 'start-sync-daemon', daemon: backup },
        { type: 'start-sync-daemon', daemon: master },
      ]),
      [],
    );
    assert.deepEqual(ipvs.change([{ type: 'start-sync-daemon', daemon: backup }]), [{ place: 0, error: 'EEXIST' }]);
    assert.deepEqual(new Set(ipvs.syncDaemons()), new Set([backup, master]));
    assert.match(
      ipvsadm('-Ln', '--daemon'),
      /backup sync daemon \(mcast=lo, syncid=7, maxlen=1400, group=224.0.0.99, port=9000, ttl=3\)/,
    );
    assert.deepEqual(
      ipvs.change([
        { type: 'stop-sync-daemon', state: 'master' },
        { type: 'stop-sync-daemon', state: 'backup' },
      ]),
      [],
    );
    assert.deepEqual(ipvs.syncDaemons(), []);
    assert.deepEqual(ipvs.change([{ type: 'stop-sync-daemon', state: 'backup' }]), [{ place: 0, error: 'ESRCH' }]);
  });

  it('holds 5,000 services with four destinations each, and lets them go', () => {
    const count = 5_000;
    const wanted = Array.from({ length: count }, (_, place): IpvsEntry => {
      const key = tcp(`10.1.${place >> 8}.${place & 255}`);
      const destinations = [1, 2, 3, 4].map(last => destination({ address: ip(`10.2.0.${last}`), weight: last }));
      return { service: service({ key }), destinations };
    });
    const timed = <Value>(what: string, work: () => Value): Value => {
      const start = process.hrtime.bigint();
      const value = work();
      console.log(`      ${what}: ${(process.hrtime.bigint() - start) / 1_000_000n} ms`);
      return value;
    };
    const additions = wanted.flatMap(added);
    assert.deepEqual(
      timed('5,000 x 4 programmed', () => ipvs.change(additions)),
      [],
    );
    const { entries } = timed('5,000 x 4 read', () => ipvs.read());
    const byKey = new Map(entries.map(entry => [JSON.stringify(entry.service.key), entry]));
    assert.equal(byKey.size, count);
    const differing = wanted.filter(
      entry => reconcileEntry(byKey.get(JSON.stringify(entry.service.key)), entry).length > 0,
    );
    assert.deepEqual(differing, []);
    const removals = wanted.map(({ service: { key } }) => ({ type: 'remove-service', key }) as const);
    assert.deepEqual(
      timed('5,000 x 4 removed', () => ipvs.change(removals)),
      [],
    );
    assert.deepEqual(ipvs.read().entries, []);
  });

  it('holds thousands of destinations of one service', () => {
    const destinations = Array.from({ length: 3_000 }, (_, place) =>
      destination({ address: ip(`10.3.${place >> 8}.${place & 255}`), weight: place }),
    );
    assert.deepEqual(ipvs.change(added({ service: service(), destinations })), []);
    const [entry] = ipvs.read().entries;
    assert.equal(entry!.destinations.length, 3_000);
    assert.deepEqual(reconcileEntry(entry, { service: service(), destinations }), []);
  });

  it('is read in steps', () => {
    const entries = Array.from({ length: 10 }, (_, place) => ({
      service: service({ key: tcp(`192.0.2.${place}`) }),
      destinations: [destination()],
    }));
    ipvs.change(entries.flatMap(added));
    const steps = ipvs.readInSteps(3);
    let pauses = 0;
    let step = steps.next();
    for (; !step.done; step = steps.next()) pauses += 1;
    // One after the list of services, three between their destinations.
    assert.equal(pauses, 4);
    assert.equal(step.value.entries.length, 10);
  });

  it('lists thousands of services in steps, in which it obeys as well, and is given up half-way', () => {
    const entries = Array.from({ length: 2_000 }, (_, place) => ({
      service: service({ key: tcp(`192.168.${place >> 8}.${place & 255}`) }),
      destinations: [],
    }));
    ipvs.change(entries.flatMap(added));
    ipvs.readInSteps(100).next();
    const steps = ipvs.readInSteps(100);
    let pauses = 0;
    let step = steps.next();
    for (; !step.done; step = steps.next()) {
      pauses += 1;
      const first = service({ key: tcp('192.168.0.0'), persistenceSeconds: pauses });
      assert.deepEqual(ipvs.change([{ type: 'edit-service', service: first }]), []);
    }
    // 19 are those between destinations.
    assert.ok(pauses > 22, `${pauses} pauses`);
    assert.equal(step.value.entries.length, 2_000);
    assert.equal(new Set(step.value.entries.map(({ service: { key } }) => JSON.stringify(key))).size, 2_000);
  });
});

describe('without IPVS', () => {
  const loader = '/proc/sys/kernel/modprobe';

  it('says that the module is missing, and finds it when it is there', () => {
    const modprobe = readFileSync(loader, 'utf8');
    const table = new Ipvs();
    table.read();
    execFileSync(modprobe.trim(), ['-r', ...loadedModules()]);
    writeFileSync(loader, '/bin/false');
    try {
      assert.throws(() => table.read(), { name: 'IpvsUnavailable', code: 'ENOENT', message: /module ip_vs/ });
      assert.throws(() => table.change(added({ service: service(), destinations: [] })), IpvsUnavailable);
    } finally {
      writeFileSync(loader, modprobe);
    }
    // Asking is enough: the kernel loads it.
    assert.deepEqual(table.change(added({ service: service(), destinations: [] })), []);
    assert.equal(table.read().entries.length, 1);
    ipvsadm('-C');
  });

  it('finds it again after it went and came', () => {
    const table = new Ipvs();
    const unload = (): void => {
      execFileSync(readFileSync(loader, 'utf8').trim(), ['-r', ...loadedModules()]);
    };
    table.read();
    unload();
    assert.deepEqual(table.read().entries, []);
    unload();
    const commands = added({ service: service(), destinations: [] });
    // It cannot know whether the destination or all of IPVS is missing, but will ask next time.
    assert.deepEqual(table.change(commands), [{ place: 0, error: 'ENOENT' }]);
    assert.deepEqual(table.change(commands), []);
    ipvsadm('-C');
    table.close();
  });

  it('is told of a family that nobody knows', () => {
    const socket = new RequestSocket(netlinkProtocol.generic, 'nonesuch');
    const ask = (): unknown =>
      socket.ask(sequence => {
        const writer = new MessageWriter();
        encodeFamilyRequest(writer, 'NONESUCH', sequence);
        return writer.bytes();
      });
    assert.throws(ask, { name: 'KernelError', code: 'ENOENT' });
    socket.close();
  });

  it('says that a privilege is missing', () => {
    const program = `
      import { Ipvs } from ${JSON.stringify(new URL('../../src/linux/ipvs.js', import.meta.url).href)};
      try { new Ipvs().read(); } catch (error) { console.log(error.name, error.code, error.message); }`;
    const words = ['--reuid', '65534', '--clear-groups', process.execPath, '--input-type=module', '-e', program];
    assert.match(execFileSync('setpriv', words, { encoding: 'utf8' }), /^IpvsUnavailable EPERM .*CAP_NET_ADMIN/);
  });
});

/** IPVS and what depends on it, dependents first. */
function loadedModules(): readonly string[] {
  const names = readFileSync('/proc/modules', 'utf8')
    .split('\n')
    .map(line => line.split(' ')[0]!)
    .filter(name => name.startsWith('ip_vs'));
  return [...names.filter(name => name !== 'ip_vs'), 'ip_vs'];
}

// Groups whose packets nftables marks for IPVS: what the kernel has then beside what keepalived gives it, and connections that
// are balanced so.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { addIpv6, Director, inside, makeNetworks, Peer, removeNetworks, savedTable } from '../uml/director.testkit.ts';

const ruleset = (): string => inside('director', 'nft', 'list', 'ruleset');

/** Tables, maps and their elements have no order; how much was counted is nobody's concern. */
const linesOf = (text: string): readonly string[] =>
  text
    .replaceAll(/counter packets \d+ bytes \d+/g, 'counter')
    .split('\n')
    .map(line => line.replace(/^\s*(elements = \{)?\s*|(,| \})$/g, ''))
    .sort();

interface Kernel {
  readonly nftables: readonly string[];
  readonly ipvs: readonly string[];
}

/** As it is when nobody has touched it for a second. */
function settledKernel(director: Director): Promise<Kernel> {
  let previous = '';
  return director.until('the kernel to be set up', async () => {
    const kernel = { nftables: linesOf(ruleset()), ipvs: savedTable() };
    const text = JSON.stringify(kernel);
    const settled = kernel.ipvs.length > 0 && text === previous;
    previous = text;
    if (!settled) await pause(1000);
    return settled && kernel;
  });
}

const group = (name: string, ...lines: readonly string[]): string =>
  `virtual_server_group ${name} {\n${lines.join('\n')}\n}`;
const server = (name: string, protocol: string, keywords = 'lvs_method NAT', real = '10.2.0.12 80'): string =>
  `virtual_server ${name} {\nlvs_sched rr\nprotocol ${protocol}\n${keywords}\nreal_server ${real} {\n}\n}`;
const served = (name: string, ...rest: [string, ...string[]]): string => server(`group ${name}`, ...rest);
const globals = (...lines: readonly string[]): string => `global_defs {\n${lines.join('\n')}\n}`;
const six = 'fd02::12 80';

/**
 * For each a second configuration, that a reload brings. What keepalived muddles is not in it: a group that loses one of its
 * protocols, or gets one more.
 */
const configurations: Readonly<Record<string, readonly [string, string]>> = {
  usual: [
    [
      globals('nftables_ipvs'),
      group('several', '203.0.113.1 80', '203.0.113.2 81', '203.0.113.16-18 80', '198.51.100.0/25 80'),
      group('one', '203.0.113.3 80'),
      group('six', 'fd09::1 80', 'fd09::10-1f 80', 'fd0a::/64 443'),
      group('both', '203.0.113.4 80', 'fd09::4 80'),
      group('own', '203.0.113.5 80', 'fwmark 7', '203.0.113.6 80'),
      group('straight', '203.0.113.7 80', '203.0.113.8 81'),
      served('several', 'UDP', 'lvs_method NAT\nops'),
      served('one', 'TCP', 'lvs_method NAT\npersistence_timeout 50'),
      served('several', 'TCP', 'lvs_method NAT\nquorum 4\nsorry_server 10.2.0.14 81'),
      served('several', 'SCTP'),
      served('six', 'TCP', 'lvs_method NAT', six),
      served('six', 'UDP', 'lvs_method NAT', six),
      served('both', 'TCP', 'lvs_method TUN', '10.2.0.12'),
      served('own', 'TCP'),
      served('straight', 'TCP', 'lvs_method DR', '10.2.0.12'),
      server('203.0.113.9 80', 'TCP'),
      server('fwmark 9', 'TCP', 'lvs_method DR', '10.2.0.12'),
    ].join('\n'),
    [
      globals('nftables_ipvs'),
      group('several', '203.0.113.1 80', '203.0.113.16-19 80', '203.0.113.20 80'),
      group('new', '203.0.113.21 80'),
      group('one', '203.0.113.3 80'),
      group('six', 'fd09::1 80', 'fd0a::/64 443', 'fd09::20 80'),
      served('several', 'UDP', 'lvs_method NAT\nops'),
      served('new', 'SCTP'),
      served('one', 'TCP', 'lvs_method NAT\npersistence_timeout 50'),
      served('several', 'TCP', 'lvs_method NAT\nquorum 4\nsorry_server 10.2.0.14 81'),
      served('several', 'SCTP'),
      served('six', 'TCP', 'lvs_method NAT', six),
      served('six', 'UDP', 'lvs_method NAT', six),
      server('203.0.113.9 80', 'TCP'),
    ].join('\n'),
  ],
  named: [
    [
      globals('nftables_ipvs lb', 'nftables_ipvs_priority -151', 'nftables_ipvs_start_fwmark 77', 'nftables_counters'),
      group('four', '203.0.113.1 80', '203.0.113.2 80'),
      group('six', 'fd09::1 80'),
      served('four', 'TCP'),
      served('six', 'TCP', 'lvs_method NAT', six),
    ].join('\n'),
    [
      globals('nftables_ipvs lb', 'nftables_ipvs_priority -151', 'nftables_ipvs_start_fwmark 77', 'nftables_counters'),
      group('four', '203.0.113.1 80', '203.0.113.3 80'),
      group('six', 'fd09::1 80'),
      served('four', 'TCP'),
      served('six', 'TCP', 'lvs_method NAT', six),
    ].join('\n'),
  ],
};

/** Maps and rules that keepalived leaves in its table though nothing is in the maps any more. */
function withoutEmptyMaps(kernel: Kernel): Kernel {
  const text = ruleset();
  const empty = [...text.matchAll(/map (\w+) \{\s*type (ipv\d)[^{}]*\}/g)].filter(([all]) => !all.includes('elements'));
  let lines = linesOf(text);
  const drop = (line: string): void => {
    const place = lines.indexOf(line);
    assert.ok(place >= 0, line);
    lines = lines.toSpliced(place, 1);
  };
  for (const [all, name, family] of empty) {
    for (const line of linesOf(all)) drop(line);
    const protocol = name!.replace('_map', '');
    drop(`meta mark set ${family === 'ipv4' ? 'ip' : 'ip6'} daddr . ${protocol} dport map @${name} return`);
  }
  return { ...kernel, nftables: lines };
}

describe('groups whose packets are marked', () => {
  before(() => {
    makeNetworks();
    addIpv6();
  });
  after(removeNetworks);

  for (const [name, texts] of Object.entries(configurations)) {
    it(`are set up as by keepalived, changed as by it, and go as with it: ${name}`, async () => {
      const stories: Kernel[][] = [];
      for (const daemon of ['keepalived', 'holdfast'] as const) {
        const director = new Director(daemon, texts[0], { flags: ['-C'] });
        const story: Kernel[] = [];
        try {
          story.push(await settledKernel(director));
          const lines = director.lines.length;
          director.reload(texts[1]);
          await director.untilSaid('Reload complete', lines);
          story.push(withoutEmptyMaps(await settledKernel(director)));
        } finally {
          await director.stop();
        }
        stories.push([...story, { nftables: linesOf(ruleset()), ipvs: savedTable() }]);
      }
      const [theirs, ours] = stories;
      assert.ok(
        theirs![0]!.nftables.some(line => line.includes('203.0.113.1 . 80')),
        theirs![0]!.nftables.join('\n'),
      );
      assert.deepEqual(ours, theirs);
      assert.deepEqual(ours![2], { nftables: [''], ipvs: [] });
    });
  }

  describe('with connections', () => {
    const names = ['twelve', 'thirteen'] as const;
    const places = { twelve: ['10.2.0.12', 'fd02::12'], thirteen: ['10.2.0.13', 'fd02::13'] } as const;
    const text = (more = ''): string =>
      [
        globals('nftables_ipvs', 'nftables_counters'),
        group('web', '10.1.0.110 80', '10.1.0.111 8080', '10.1.0.120-121 80', more),
        group('every', '10.1.0.130'),
        group('six', 'fd01::110 80', 'fd01::111 80'),
        served('web', 'TCP', 'lvs_method NAT', '10.2.0.12 80 {\n}\nreal_server 10.2.0.13 80'),
        served('every', 'TCP', 'lvs_method NAT', '10.2.0.12 80'),
        served('six', 'TCP', 'lvs_method NAT', 'fd02::12 80 {\n}\nreal_server fd02::13 80'),
        served('six', 'UDP', 'lvs_method NAT', 'fd02::12 53 {\n}\nreal_server fd02::13 53'),
      ].join('\n');
    let servers: Peer;
    let client: Peer;
    let director: Director;

    const get = (address: string, port = 80): Promise<string> => {
      const from = address.includes(':') ? 'fd01::10' : '10.1.0.10';
      return client.ask({ do: 'get', address, port, from, tls: false, path: '/who' });
    };
    const answers = async (...questions: readonly (() => Promise<string>)[]): Promise<string[]> => {
      const all: string[] = [];
      for (const question of questions) all.push(await question());
      return all;
    };
    const alternates = (found: readonly string[]): void => {
      assert.deepEqual([...new Set(found)].sort(), ['thirteen', 'twelve'], found.join());
      found.forEach((name, place) => {
        assert.notEqual(name, found[place - 1], found.join());
      });
    };

    before(async () => {
      const locals = [
        '10.1.0.110/32',
        '10.1.0.111/32',
        '10.1.0.120/32',
        '10.1.0.121/32',
        '10.1.0.130/32',
        '10.1.0.140/32',
      ];
      for (const local of locals) inside('director', 'ip', 'address', 'add', local, 'dev', 'eth0');
      for (const local of ['fd01::110/128', 'fd01::111/128']) {
        inside('director', 'ip', 'address', 'add', local, 'dev', 'eth0', 'nodad');
      }
      servers = new Peer('servers');
      client = new Peer('client');
      for (const name of names) {
        for (const address of places[name]) {
          await servers.ask({ do: 'open', address, port: 80, name, tls: false, pages: {} });
          await servers.ask({ do: 'answer', address, port: 53, name });
        }
      }
      // With persistence, which every port asks for, packets keep their port.
      await servers.ask({ do: 'open', address: '10.2.0.12', port: 4_711, name: 'twelve', tls: false, pages: {} });
      director = new Director('holdfast', text(), { flags: ['-C'] });
      await settledKernel(director);
    });
    after(async () => {
      await director.stop();
      servers.end();
      client.end();
    });

    it('all of its addresses share one turn of the scheduler', async () => {
      const addresses = ['10.1.0.110', '10.1.0.120', '10.1.0.121', '10.1.0.110'];
      alternates(await answers(...addresses.map(address => () => get(address)), () => get('10.1.0.111', 8080)));
      assert.equal(await get('10.1.0.111'), 'error: ECONNREFUSED');
    });

    it('IPv6 as well', async () => {
      const addresses = ['fd01::110', 'fd01::111', 'fd01::110', 'fd01::111'];
      alternates(await answers(...addresses.map(address => () => get(address))));
    });

    it('and datagrams', async () => {
      const ask = (address: string) => () => client.ask({ do: 'send', address, port: 80, from: 'fd01::10' });
      alternates(await answers(ask('fd01::110'), ask('fd01::111'), ask('fd01::110')));
    });

    it('a group without ports serves every port', async () => {
      assert.deepEqual(
        await answers(
          () => get('10.1.0.130', 80),
          () => get('10.1.0.130', 4_711),
        ),
        ['twelve', 'twelve'],
      );
    });

    it('a reload that gives the group another address leaves its connections and counters alone', async () => {
      const counted = /10\.1\.0\.110 \. 80 counter packets (\d+)/;
      const [, before] = counted.exec(ruleset()) ?? [];
      const held = await client.ask({ do: 'hold', address: '10.1.0.120', port: 80, from: '10.1.0.11' });
      const lines = director.lines.length;
      director.reload(text('10.1.0.140 80'));
      await director.untilSaid('Reload complete', lines);
      await director.until('the new address to be marked', () => ruleset().includes('10.1.0.140 . 80'));
      assert.equal(await client.ask({ do: 'again' }), held);
      alternates(
        await answers(
          () => get('10.1.0.140'),
          () => get('10.1.0.110'),
        ),
      );
      const [, afterwards] = counted.exec(ruleset()) ?? [];
      assert.ok(Number(before) > 0 && Number(afterwards) > Number(before), `${before}, ${afterwards}`);
      await client.ask({ do: 'let go' });
    });

    it('a killed checker process leaves the marks to its successor', async () => {
      const kernel = await settledKernel(director);
      const lines = director.lines.length;
      director.killChecker();
      await director.untilSaid('[six]:1', lines);
      assert.deepEqual(await settledKernel(director), kernel);
      alternates(
        await answers(
          () => get('10.1.0.110'),
          () => get('10.1.0.140'),
        ),
      );
    });

    it('health tells their marks and counts their connections', async () => {
      await client.ask({ do: 'hold', address: '10.1.0.121', port: 80, from: '10.1.0.11' });
      const health = director.health('[web]:0')?.virtualServers;
      assert.deepEqual(
        health?.map(({ name, mark }) => [name, mark]),
        [['[web]:0', 1000]],
      );
      const active = health?.[0]?.servers.map(({ connections }) => connections?.active ?? 0) ?? [];
      assert.deepEqual(active.toSorted(), [0, 1]);
      await client.ask({ do: 'let go' });
      const all = director.health()?.virtualServers.map(({ name, mark }) => `${name} ${mark}`);
      assert.deepEqual(all, ['[web]:0 1000', '[every]:0 1001', '[six]:0 1002', '[six]:1 1003']);
    });
  });
});

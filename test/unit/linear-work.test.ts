import inspector from 'node:inspector';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seconds } from '../../src/base/duration.ts';
import { parseIpAddress } from '../../src/base/ip-address.ts';
import { CheckerBench } from '../../src/engine/checker-process.testkit.ts';
import { load, type Machine } from '../../src/engine/configuration.testkit.ts';
import type { InterfaceAddress } from '../../src/ports/network.ts';

// How often every piece of our code runs while a configuration is loaded, by the inspector's count: work without a clock.

const session = new inspector.Session();

function ask<Result>(method: string, parameters: object = {}): Result {
  let answer: unknown;
  session.post(method, parameters, (error, result) => {
    if (error) throw new Error(error.message);
    answer = result;
  });
  return answer as Result;
}

beforeAll(() => {
  session.connect();
  ask('Profiler.enable');
  ask('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
});

afterAll(() => {
  ask('Profiler.stopPreciseCoverage');
  session.disconnect();
});

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[];
  }[];
}

/** Pieces of code run since the last call. */
function workDone(): number {
  const { result } = ask<Coverage>('Profiler.takePreciseCoverage');
  return result
    .filter(({ url }) => url.includes('/src/') && !url.includes('.testkit.'))
    .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
    .reduce((sum, { count }) => sum + count, 0);
}

type Shape = (count: number) => string | (Machine & { readonly text: string });

function workOf(shape: Shape, count: number): number {
  const made = shape(count);
  const { text, ...machine } = typeof made === 'string' ? { text: made } : made;
  workDone();
  load(text, machine, true);
  return workDone();
}

const many = (count: number, line: (place: number) => string): string =>
  Array.from({ length: count }, (_, place) => line(place)).join('\n');
const byte = (place: number): string => `${place >> 8}.${place & 255}`;

const instance = (name: string, vrid: number, lines: string): string =>
  `vrrp_instance ${name} {\ninterface eth0\nvirtual_router_id ${vrid}\n${lines}\n}`;
const service = (place: number, lines: string): string =>
  `virtual_server 10.0.${byte(place)} 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\n${lines}\n}`;
const realServer = (place: number, lines = ''): string => `real_server 172.16.${byte(place)} 80 {\n${lines}\n}`;

const shapes: Readonly<Record<string, Shape>> = {
  'virtual servers': count => many(count, place => service(place, realServer(place, 'TCP_CHECK {\n}'))),
  'real servers of one': count =>
    service(
      0,
      many(count, place => realServer(place)),
    ),
  'real servers that are the same': count =>
    service(
      0,
      many(count, () => realServer(0)),
    ),
  'checkers of one real server': count =>
    service(
      0,
      realServer(
        0,
        many(count, () => 'TCP_CHECK {\n}'),
      ),
    ),
  'URLs of one checker': count =>
    service(0, realServer(0, `HTTP_GET {\n${many(count, place => `url {\npath /${place}\nstatus_code 200\n}`)}\n}`)),
  'groups of virtual servers': count =>
    many(
      count,
      place =>
        `virtual_server_group G${place} {\n10.0.${byte(place)} 80\n}\nvirtual_server group G${place} {\n` +
        `lvs_sched rr\nlvs_method NAT\nprotocol TCP\n${realServer(place)}\n}`,
    ),
  'addresses of one group': count =>
    `virtual_server_group G {\n${many(count, place => `10.0.${byte(place)} 80`)}\n}\n` +
    `virtual_server group G {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\n${realServer(0)}\n}`,
  instances: count =>
    many(count, place => instance(`V${place}`, (place % 255) + 1, `virtual_ipaddress {\n10.0.${byte(place)}/24\n}`)),
  'instances of one name': count => many(count, () => instance('V', 5, '')),
  'addresses of one instance': count =>
    instance('V', 5, `virtual_ipaddress {\n${many(count, place => `10.0.${byte(place)}/16`)}\n}`),
  'excluded addresses, twice each': count =>
    instance('V', 5, `virtual_ipaddress_excluded {\n${many(count, place => `10.0.${byte(place >> 1)}/16`)}\n}`),
  'one address, many times': count => instance('V', 5, `virtual_ipaddress {\n${many(count, () => 'fe80::5/64')}\n}`),
  'addresses outside every subnet': count => ({
    text: instance('V', 5, `virtual_ipaddress {\n${many(count, place => `10.0.${byte(place)}`)}\n}`),
    addresses: { eth0: ['192.0.2.1/24'] },
  }),
  'peers of one instance': count =>
    instance('V', 5, `unicast_src_ip 10.1.0.1\nunicast_peer {\n${many(count, place => `10.0.${byte(place)}`)}\n}`),
  'peers that are virtual addresses': count =>
    instance(
      'V',
      5,
      `unicast_peer {\n${many(count, place => `10.0.${byte(place)}`)}\n}\n` +
        `virtual_ipaddress {\n${many(count, place => `10.0.${byte(place)}`)}\n}`,
    ),
  'routes of one instance': count =>
    instance('V', 5, `virtual_routes {\n${many(count, place => `10.0.${byte(place)}/32 via 10.9.9.9`)}\n}`),
  'rules of one instance': count =>
    instance('V', 5, `virtual_rules {\n${many(count, place => `from 10.0.${byte(place)} table ${place + 1}`)}\n}`),
  'static addresses and routes': count =>
    `static_ipaddress {\n${many(count, place => `10.0.${byte(place)} dev eth0`)}\n}\n` +
    `static_routes {\n${many(count, place => `10.1.${byte(place)}/32 via 10.9.9.9`)}\n}`,
  scripts: count =>
    many(count, place => `vrrp_script s${place} {\nscript /bin/true\n}`) +
    instance('V', 5, `track_script {\n${many(count, place => `s${place} weight 1`)}\n}`),
  'scripts that nobody tracks': count => many(count, place => `vrrp_script s${place} {\nscript /bin/none${place}\n}`),
  'trackers of scripts that are missing': count =>
    instance('V', 5, `track_script {\n${many(count, place => `s${place}`)}\n}`),
  'tracked interfaces': count => ({
    text: instance('V', 5, `track_interface {\n${many(count, place => `if${place} weight 1`)}\n}`),
    interfaces: ['eth0', ...Array.from({ length: count }, (_, place) => `if${place}`)],
  }),
  'sync groups': count =>
    many(
      count,
      place => `${instance(`V${place}`, (place % 255) + 1, '')}\nvrrp_sync_group G${place} {\ngroup {\nV${place}\n}\n}`,
    ),
  'members of one sync group': count =>
    `${many(count, place => instance(`V${place}`, (place % 255) + 1, ''))}\n` +
    `vrrp_sync_group G {\ngroup {\n${many(count, place => `V${place}`)}\n}\n}`,
  'tracked files': count => many(count, place => `track_file f${place} {\nfile /etc/f${place}\n}`),
  'tracked processes': count => many(count, place => `vrrp_track_process p${place} {\nprocess p${place}\n}`),
  'BFD sessions': count => many(count, place => `bfd_instance b${place} {\nneighbor_ip 10.0.${byte(place)}\n}`),
  'track groups and garp groups': count =>
    many(
      count,
      place => `track_group T${place} {\ngroup {\nV\n}\n}\ngarp_group {\ngarp_interval 1\ninterface eth${place}\n}`,
    ),
  'empty blocks after one that is never closed': count =>
    `global_defs {\n${many(count, () => 'notification_email {\n}')}`,
  'the same keyword': count => `global_defs {\n${many(count, place => `router_id r${place}`)}\n}`,
  'unknown keywords': count => `global_defs {\n${many(count, place => `rooter_id${place} x`)}\n}`,
  'missing closing braces': count => many(count, place => `vrrp_script s${place} {\nscript /bin/true`),
  'closing braces too many': count => many(count, place => `vrrp_script s${place} {\nscript /bin/true\n}\n}`),
  'open quotes': count => many(count, place => `router_id "r${place}`),
  comments: count => many(count, place => `# ${place} ###### "`),
  definitions: count =>
    `${many(count, place => `$D${place}=r${place}`)}\nglobal_defs {\n${many(count, place => `router_id \${D${place}}`)}\n}`,
  'a definition of many lines': count =>
    `$D= \\\n${many(count, place => `router_id r${place} \\`)}\nrouter_id last\nglobal_defs {\n$D\n}`,
  'a repetition': count => `~SEQ(i, 1, ${count}) vrrp_script s\${i} { script /bin/true\n`,
  'a list': count => `~LST(i, ${many(count, place => `${place},`).replaceAll('\n', ' ')} x) router_id \${i}`,
  conditions: count => many(count, place => `@${place % 2 ? '' : '^'}one router_id r${place}`),
  'included files': count => ({
    text: many(count, place => `include /etc/p${place}.conf`),
    files: Object.fromEntries(
      Array.from({ length: count }, (_, place) => [
        `/etc/p${place}.conf`,
        `vrrp_script s${place} {\nscript /bin/true\n}\n`,
      ]),
    ),
  }),
  'words on one line': count =>
    `global_defs {\nrouter_id ${many(count, place => `w${place}`).replaceAll('\n', ' ')}\n}`,
  'mistakes on one line': count => `global_defs {\n${many(count, () => '} {').replaceAll('\n', ' ')}\n}`,
};

describe('loading a configuration takes twice the work for twice as many', () => {
  it.each(Object.entries(shapes))(
    '%s',
    (_, shape) => {
      const [small, middle, large] = [100, 200, 400].map(count => workOf(shape, count)) as [number, number, number];
      expect((large - middle) / (middle - small), `${small} -> ${middle} -> ${large}`).toBeLessThan(2.5);
    },
    60_000,
  );
});

/** A service with ha_suspend rests; an address of another machine comes, and one of its own comes and goes. */
function workOfComing(count: number): number {
  const keys = many(count, place => `10.0.${byte(place)} 80`);
  const { configuration } = load(
    `virtual_server_group G {\n${keys}\n10.9.9.9 80\n}\nvirtual_server group G {\nha_suspend\nlvs_sched rr\n` +
      `lvs_method NAT\nprotocol TCP\n${realServer(0, 'TCP_CHECK {\n}')}\n}`,
  );
  const bench = new CheckerBench(configuration!);
  bench.send({ type: 'addresses-read', addresses: [] });
  bench.pass(seconds(1));
  workDone();
  bench.send({ type: 'address-added', address: local('10.8.8.8') });
  bench.send({ type: 'address-added', address: local('10.9.9.9') });
  bench.send({ type: 'address-removed', address: local('10.9.9.9') });
  expect(bench.logs.filter(text => text.includes('healthchecker')).map(text => text.split(' ')[0])).toEqual([
    'Deactivating',
    'Activating',
    'Suspending',
  ]);
  return workDone();
}

function local(text: string): InterfaceAddress {
  const flags = { deprecated: false, tentative: false, dadFailed: false, secondary: false };
  return { linkIndex: 2, address: parseIpAddress(text)!, prefixLength: 32, scope: 0, flags };
}

it('an address that comes and goes costs the same in a group of few and of many', () => {
  const [small, large] = [workOfComing(50), workOfComing(400)];
  expect(large, `${small} -> ${large}`).toBeLessThan(small * 1.5);
});

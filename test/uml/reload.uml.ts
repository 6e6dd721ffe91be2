// Reloads that change what servers are checked by, under keepalived and under Holdfast, while some of the servers fail: the
// table after it, what every script was told, and what the log says. And the same of files that FILE_CHECK follows.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Director, makeNetworks, Peer, removeNetworks, savedTable } from './director.testkit.ts';
import {
  forgetStories,
  prepareStories,
  removeStories,
  settledTable,
  stories,
  tell,
  tellingServer,
} from './stories.testkit.ts';

const daemons = ['keepalived', 'holdfast'] as const;
const value = '/run/value';

/** What a service is before the reload and after it; nothing: it stays. */
interface Change {
  /** Of the service. */
  readonly lines?: readonly [string, string];
  /** Of the server 10.2.0.12, which fails; `port` is one that nobody else has. */
  readonly failing?: (port: number) => readonly [string, string];
  /** Of 10.2.0.14, which is well. */
  readonly well?: (port: number) => readonly [string, string];
  /** Instead of all servers. */
  readonly servers?: (name: string, port: number) => readonly [string, string];
}

const tcp = (port: number, lines = ''): string => `TCP_CHECK {\nconnect_timeout 4\nconnect_port ${port}\n${lines}\n}`;
const page = (keyword: string, port: number, path: string): string =>
  `${keyword} {\nconnect_timeout 4\nconnect_port ${port}\nurl {\npath ${path}\nstatus_code 200\n}\n}`;
const misc = 'MISC_CHECK {\nmisc_path /bin/true\nmisc_timeout 20\n}';
const file = (lines: string): string => `FILE_CHECK {\ntrack_file values\n${lines}\n}`;
/** Nobody listens there. */
const silentPort = 3_999;

const changes: Readonly<Record<string, Change>> = {
  untouched: {},
  removed: { failing: port => [tcp(port), ''] },
  retries: { failing: port => [tcp(port), tcp(port, 'retry 3')] },
  pauses: { failing: port => [tcp(port), tcp(port, 'delay_loop 2\nwarmup 1\ndelay_before_retry 2')] },
  port: { failing: port => [tcp(port), tcp(silentPort)] },
  path: { failing: port => [page('HTTP_GET', port, '/who'), page('HTTP_GET', port, '/other')] },
  tls: { failing: port => [page('HTTP_GET', port, '/who'), page('SSL_GET', port, '/who')] },
  kind: { failing: port => [tcp(port), misc] },
  fewer: { failing: port => [`${tcp(port)}\n${misc}`, misc] },
  more: { failing: port => [tcp(port), `${tcp(port)}\n${misc}`] },
  weight: { failing: port => [`weight 2\n${tcp(port)}`, `weight 5\n${tcp(port)}`] },
  alpha: { lines: ['', 'alpha'] },
  'well-port': { well: port => [tcp(port), tcp(port + 50)] },
  'quorum-lower': { lines: ['quorum 3', 'quorum 2'] },
  'quorum-higher': { lines: ['quorum 1', 'quorum 3'] },
  'quorum-by-check': { lines: ['quorum 3', 'quorum 3'], failing: port => [tcp(port), ''] },
  hysteresis: { lines: ['quorum 2\nhysteresis 1', 'quorum 2\nhysteresis 1\nalpha'] },
  'sorry-goes': {
    lines: ['quorum 3\nsorry_server 10.2.0.200 1358', 'quorum 1\nsorry_server 10.2.0.200 1358'],
  },
  'sorry-comes': {
    lines: ['quorum 1\nsorry_server 10.2.0.200 1358', 'quorum 3\nsorry_server 10.2.0.200 1358'],
  },
  inhibit: { lines: ['inhibit_on_failure', ''] },
  'inhibit-now': { lines: ['', 'inhibit_on_failure'] },
  'server-gone': {
    lines: ['quorum 2', 'quorum 1'],
    servers: (name, port) => [
      `${tellingServer(name, 12, tcp(port))}\n${tellingServer(name, 13, '')}`,
      tellingServer(name, 13, ''),
    ],
  },
  'file-0': { servers: name => both(tellingServer(name, 12, `weight 10\n${file('weight 0')}`)) },
  'file-2': { servers: name => both(tellingServer(name, 12, `weight 10\n${file('weight 2')}`)) },
  'file-reversed': { servers: name => both(tellingServer(name, 12, `weight 10\n${file('weight 3 reverse')}`)) },
  'file-twice': {
    servers: name => both(tellingServer(name, 12, `weight 10\n${file('weight 0')}\n${file('weight 2')}`)),
  },
  'file-gone': {
    servers: name => [tellingServer(name, 12, `weight 10\n${file('weight 2')}`), tellingServer(name, 12, 'weight 10')],
  },
};

function both(text: string): readonly [string, string] {
  return [text, text];
}

const names = Object.keys(changes);
const portOf = (name: string): number => 3_000 + names.indexOf(name);

function configuration(place: 0 | 1): string {
  const blocks = Object.entries(changes).map(([name, { lines, failing, well, servers }], index) => {
    const port = portOf(name);
    const all = [
      tellingServer(name, 12, failing?.(port)[place] ?? tcp(port)),
      tellingServer(name, 13, ''),
      tellingServer(name, 14, well?.(port)[place] ?? ''),
    ];
    return `virtual_server 192.0.2.${index + 1} 80 {
delay_loop 1
warmup 0
retry 1
delay_before_retry 1
lvs_sched rr
lvs_method NAT
protocol TCP
quorum_up ${tell(name, 'quorum', 'up')}
quorum_down ${tell(name, 'quorum', 'down')}
${lines?.[place] ?? ''}
${servers?.(name, port)[place] ?? all.join('\n')}
}`;
  });
  const globals = 'global_defs {\nenable_script_security\nscript_user root\n}';
  return `${globals}\ntrack_file values {\nfile ${value}\n}\n${blocks.join('\n')}\n`;
}

/** What happened to servers and services, without its time, sorted. */
function news(lines: readonly string[]): string[] {
  const words =
    /(Adding|Removing|Enabling|Disabling) (service|sorry|alive)|quorum|Changing weight|tracked file|no longer exist/;
  return (
    lines
      .filter(line => words.test(line) && !line.startsWith('Keepalived'))
      .map(line => line.replace(/^\w+ \w+ +\d+ [\d:]+ \d+: /, ''))
      // A sum with a minus in it, which ours has not.
      .map(line => line.replace(/(?<=quorum down \d+)-/, '+'))
      .sort()
  );
}

interface Rest {
  readonly table: readonly string[];
  readonly told: Readonly<Record<string, string>>;
  readonly said: readonly string[];
}

describe('a reload that changes how servers are checked', () => {
  const rests = new Map<string, Rest>();
  let peers: Peer;
  const place = (last: number, port: number) => ({ address: `10.2.0.${last}`, port });
  const open = (last: number, port: number) =>
    peers.ask({ do: 'open', ...place(last, port), name: 'one', tls: false, pages: { '/other': 'page' } });
  const close = (last: number, port: number) => peers.ask({ do: 'close', ...place(last, port) });

  /** And half seconds without news until it is over. */
  const events: readonly (readonly [string, number, (director: Director) => unknown])[] = [
    ['with a value in the file', 3, () => writeFileSync(value, '3\n')],
    ['with a value that none can have', 3, () => writeFileSync(value, '1500000000\n')],
    ['with a value below 0', 3, () => writeFileSync(value, '-1500000000\n')],
    ['with nothing in the file', 3, () => writeFileSync(value, '0\n')],
    [
      'once servers have failed',
      6,
      async () => {
        for (const name of names) await close(12, portOf(name));
      },
    ],
    ['after the reload', 8, director => director.reload(configuration(1))],
    ['after the same reload again', 5, director => director.reload(configuration(1))],
  ];

  before(() => {
    makeNetworks();
    prepareStories();
    peers = new Peer('servers');
  });
  after(() => {
    peers.end();
    removeNetworks();
    removeStories();
    rmSync(value, { force: true });
  });

  for (const daemon of daemons) {
    it(`goes through it: ${daemon}`, async () => {
      writeFileSync(value, '0\n');
      for (const name of names) await open(12, portOf(name));
      for (const port of [portOf('well-port'), portOf('well-port') + 50]) await open(14, port);
      const director = new Director(daemon, configuration(0), { flags: ['-C'] });
      try {
        await director.untilSaid('Startup complete');
        await director.until('the table to be there', () => savedTable().length > 0);
        await settledTable(director, 5);
        for (const [name, halfSeconds, act] of events) {
          forgetStories();
          const at = director.lines.length;
          await act(director);
          const table = await settledTable(director, halfSeconds);
          rests.set(`${daemon} ${name}`, { table, told: stories(), said: news(director.lines.slice(at)) });
        }
      } finally {
        await director.stop();
      }
      for (const name of names) await close(12, portOf(name));
      for (const port of [portOf('well-port'), portOf('well-port') + 50]) await close(14, port);
    });
  }

  for (const [name] of events) {
    it(`has the same table, tells and says the same ${name}`, () => {
      const [theirs, ours] = daemons.map(daemon => rests.get(`${daemon} ${name}`));
      assert.ok(theirs && ours);
      assert.deepEqual(ours, theirs);
      if (name === 'after the reload') assert.ok(theirs.said.length > 15);
    });
  }
});

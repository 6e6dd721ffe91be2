// A director with 2,000 services: what a reload with one change leaves alone, and what ten thousand checks leave behind.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Director, inside, makeNetworks, Peer, removeNetworks, savedTable } from './director.testkit.ts';

const services = 2_000;
const address = (index: number): string => `10.3.${index >> 8}.${index & 255}`;
/** One that a client uses, and one that the reload changes. */
const used = 700;
const changed = 1_300;

/** Every server is checked at an address of its own, all of which are one program on the director. */
function configuration(weightOf: (index: number) => number, delayLoop: number, count = services): string {
  const parts: string[] = [];
  for (let index = 0; index < count; index++) {
    parts.push(`virtual_server ${address(index)} 1358 {
  delay_loop ${delayLoop}
  warmup 3
  lvs_sched rr
  lvs_method NAT
  protocol TCP
  real_server 10.2.0.12 1358 {
    weight ${weightOf(index)}
    TCP_CHECK {
      connect_ip 127.1.${index >> 8}.${index & 255}
      connect_port 8080
      connect_timeout 60
    }
  }
}`);
  }
  return `${parts.join('\n')}\n`;
}

/** Takes connections on the director and says how many there were. */
class Listener {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor() {
    const program = `let count = 0;
      const server = require('node:net').createServer(socket => { count++; socket.on('error', () => {}); socket.resume(); });
      server.listen({ port: 8080, host: '0.0.0.0', backlog: 4096 });
      process.stdin.on('data', () => console.log(count));`;
    this.#process = spawn('ip', ['netns', 'exec', 'director', process.execPath, '-e', program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#answers = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  async count(): Promise<number> {
    this.#process.stdin!.write('\n');
    return Number((await this.#answers.next()).value);
  }

  close(): void {
    this.#process.kill('SIGKILL');
  }
}

describe('a director with 2,000 services', () => {
  let listener: Listener;
  let servers: Peer;
  let client: Peer;
  let director: Director;
  let table: string[];
  const place = { address: address(used), port: 1358, from: '10.1.0.57' } as const;
  const untilTable = (what: string, expected: readonly string[]): Promise<unknown> =>
    director.until(what, () => savedTable().join() === expected.join());

  before(async () => {
    makeNetworks();
    inside('director', 'ip', 'route', 'add', 'local', '10.3.0.0/16', 'dev', 'lo');
    inside('client', 'ip', 'route', 'add', '10.3.0.0/16', 'via', '10.1.0.1');
    listener = new Listener();
    await listener.count();
    servers = new Peer('servers');
    client = new Peer('client');
    await servers.ask({ do: 'open', address: '10.2.0.12', port: 1358, name: 'twelve', tls: false, pages: {} });
    director = new Director(
      'holdfast',
      configuration(() => 1, 1_000),
      { flags: ['-C'] },
    );
  });
  after(async () => {
    servers.end();
    client.end();
    listener.close();
    removeNetworks();
  });

  it('has them in the kernel, and has asked every server once', async () => {
    await director.until('all to be checked', async () => (await listener.count()) === services);
    table = savedTable();
    assert.equal(table.length, 2 * services);
  });

  it('changes one service when a reload changes one, and loses neither connection nor what checks have found', async () => {
    assert.equal(await client.ask({ do: 'hold', ...place }), 'twelve');
    const statistics = (): string => inside('director', 'ipvsadm', '-Ln', '--stats', '-t', `${address(used)}:1358`);
    // The kernel sums up every two seconds: handshake, question and answer.
    await director.until('the connection to be counted', () => / 1 +4 +3 /.test(statistics()));
    const before = statistics();
    const at = director.lines.length;
    director.reload(configuration(index => (index === changed ? 7 : 1), 1_000));
    const line = (weight: number): string => `-a -t ${address(changed)}:1358 -r 10.2.0.12:1358 -m -w ${weight}`;
    await untilTable(
      'the new weight',
      table.map(each => (each === line(1) ? line(7) : each)),
    );
    await director.until('the whole configuration to be in effect', () => {
      return director.lines.slice(at).filter(each => each.includes('Activating healthchecker')).length === services;
    });
    // The service counts on: it is the same one. And so is the connection.
    assert.equal(statistics(), before);
    assert.equal(await client.ask({ do: 'again' }), 'twelve');
    const checks =
      director.health()?.virtualServers.flatMap(each => each.servers.flatMap(server => server.checks)) ?? [];
    assert.equal(checks.filter(({ last, state }) => last?.ok && state === 'up').length, services);
    // New checks would ask within their warm-up of 3 seconds.
    await pause(5_000);
    assert.equal(await listener.count(), services);
  });

  it('holds no more after ten thousand checks than before', async () => {
    director.reload(configuration(() => 1, 0.25, 100));
    await director.until('the others to be gone', () => savedTable().length === 200);
    const pid = readFileSync('/run/holdfast_checkers.pid', 'utf8').trim();
    const held = () => ({
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
      megabytes: Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024,
    });
    const begun = await listener.count();
    const untilAsked = async (checks: number) => {
      await director.until(`${checks} checks`, async () => (await listener.count()) >= begun + checks);
      return held();
    };
    const early = await untilAsked(2_000);
    let late = early;
    for (let checks = 4_000; checks <= 10_000; checks += 2_000) late = await untilAsked(checks);
    // Some probes are under way, and garbage comes and goes.
    assert.ok(late.descriptors <= early.descriptors + 100, JSON.stringify({ early, late }));
    assert.ok(late.megabytes <= early.megabytes + 40, JSON.stringify({ early, late }));
  });

  it('leaves nothing behind', async () => {
    await director.stop();
    assert.deepEqual(savedTable(), []);
  });
});

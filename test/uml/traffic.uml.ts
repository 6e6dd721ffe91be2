// Datagrams, IPv6 and SCTP through the kernel's IPVS, as keepalived and as Holdfast set it up: every service is served by both
// of its servers, by the one that is left when the other fails, and by both again when that is back.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { addIpv6, Director, inside, makeNetworks, Peer, removeNetworks, savedTable } from './director.testkit.ts';

const names = ['twelve', 'thirteen'] as const;
type Name = (typeof names)[number];

interface Service {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly address: string;
  readonly servers: Readonly<Record<Name, string>>;
  readonly client: string;
  readonly checker: (server: string) => string;
}

const four = { servers: { twelve: '10.2.0.12', thirteen: '10.2.0.13' }, client: '10.1.0.10' };
const six = { servers: { twelve: 'fd02::12', thirteen: 'fd02::13' }, client: 'fd01::10' };
const port = 5_300;
const sctpPeer = fileURLToPath(new URL('sctp-peer.js', import.meta.url));
const alive = '/run/sctp-alive';
const times = 'retry 1\ndelay_before_retry 1';

// Both names begin so.
const udpCheck = (): string => `UDP_CHECK {\nconnect_timeout 5\n${times}\npayload 01\nrequire_reply 74\n}`;
const tcpCheck = (): string => `TCP_CHECK {\nconnect_timeout 5\n${times}\n}`;
const sctpCheck = (server: string): string =>
  `MISC_CHECK {\nmisc_path "${alive} ${server}"\nmisc_timeout 30\n${times}\n}`;

const services: Readonly<Record<string, Service>> = {
  'UDP over IPv4': { protocol: 'UDP', address: '10.1.0.110', ...four, checker: udpCheck },
  'UDP over IPv6': { protocol: 'UDP', address: 'fd01::110', ...six, checker: udpCheck },
  'TCP over IPv6': { protocol: 'TCP', address: 'fd01::110', ...six, checker: tcpCheck },
  SCTP: { protocol: 'SCTP', address: '10.1.0.110', ...four, checker: sctpCheck },
};

function configuration(): string {
  const blocks = Object.values(services).map(({ protocol, address, servers, checker }) => {
    const real = names.map(name => `real_server ${servers[name]} ${port} {\n${checker(servers[name])}\n}`);
    return `virtual_server ${address} ${port} {
delay_loop 2
warmup 0
lvs_sched rr
lvs_method NAT
protocol ${protocol}
${real.join('\n')}
}`;
  });
  return `global_defs {\nenable_script_security\nscript_user root\n}\n${blocks.join('\n')}\n`;
}

/** SCTP servers, by their addresses. */
class SctpServers {
  readonly #running = new Map<string, ChildProcess>();

  async open(address: string, name: string): Promise<void> {
    const words = ['netns', 'exec', 'servers', process.execPath, sctpPeer, 'serve', address, String(port), name];
    const child = spawn('ip', words, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#running.set(address, child);
    await new Promise(resolve => child.stdout!.once('data', resolve));
  }

  async close(address: string): Promise<void> {
    const child = this.#running.get(address);
    if (!child || !this.#running.delete(address)) return;
    child.kill('SIGKILL');
    await new Promise(resolve => child.once('exit', resolve));
  }
}

describe('datagrams, IPv6 and SCTP', () => {
  let servers: Peer;
  let client: Peer;
  let director: Director;
  const sctpServers = new SctpServers();

  const open = ({ protocol, servers: places }: Service, name: Name): Promise<unknown> => {
    const place = { address: places[name], port };
    if (protocol === 'SCTP') return sctpServers.open(place.address, name);
    if (protocol === 'UDP') return servers.ask({ do: 'answer', ...place, name });
    return servers.ask({ do: 'open', ...place, name, tls: false, pages: {} });
  };
  const close = ({ protocol, servers: places }: Service, name: Name): Promise<unknown> => {
    const place = { address: places[name], port };
    if (protocol === 'SCTP') return sctpServers.close(place.address);
    return servers.ask({ do: protocol === 'UDP' ? 'fall silent' : 'close', ...place });
  };
  const who = ({ protocol, address, client: from }: Service): Promise<string> => {
    const place = { address, port, from };
    if (protocol === 'UDP') return client.ask({ do: 'send', ...place });
    return client.ask({ do: 'get', ...place, tls: false, path: '/who' });
  };
  const fourAnswers = async (service: Service): Promise<string[]> => {
    if (service.protocol === 'SCTP') {
      const words = [process.execPath, sctpPeer, 'ask', service.address, String(port), '4'] as const;
      return inside('client', ...words)
        .trim()
        .split('\n')
        .sort();
    }
    const answers: string[] = [];
    while (answers.length < 4) answers.push(await who(service));
    return answers.sort();
  };
  const serversOf = ({ protocol, address }: Service): number => {
    const flag = { TCP: '-t', UDP: '-u', SCTP: '--sctp-service' }[protocol];
    const place = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
    return savedTable().filter(line => line.startsWith(`-a ${flag} ${place} `)).length;
  };
  const untilServed = (service: Service, count: number) =>
    director.until(`${count} servers of ${service.protocol} ${service.address}`, () => serversOf(service) === count);

  before(() => {
    makeNetworks();
    addIpv6();
    inside('director', 'ip', 'address', 'add', 'fd01::110/128', 'dev', 'eth0', 'nodad');
    inside('director', 'ip', 'address', 'add', '10.1.0.110/32', 'dev', 'eth0');
    writeFileSync(alive, `#!/bin/sh\nexec ${process.execPath} ${sctpPeer} ask "$1" ${port} 1 >/dev/null 2>&1\n`);
    chmodSync(alive, 0o755);
    servers = new Peer('servers');
    client = new Peer('client');
  });
  after(() => {
    servers.end();
    client.end();
    removeNetworks();
    rmSync(alive, { force: true });
  });

  for (const daemon of ['keepalived', 'holdfast'] as const) {
    describe(daemon, () => {
      before(async () => {
        for (const service of Object.values(services)) for (const name of names) await open(service, name);
        director = new Director(daemon, configuration(), { flags: ['-C'] });
        await director.untilSaid('Startup complete');
      });
      after(async () => {
        await director.stop();
        for (const service of Object.values(services)) for (const name of names) await close(service, name);
      });

      for (const [title, service] of Object.entries(services)) {
        it(`${title}: both serve, then the one that is left, then both`, async () => {
          const both = ['thirteen', 'thirteen', 'twelve', 'twelve'];
          await untilServed(service, 2);
          assert.deepEqual(await fourAnswers(service), both);
          await close(service, 'twelve');
          await untilServed(service, 1);
          assert.deepEqual(await fourAnswers(service), Array(4).fill('thirteen'));
          await open(service, 'twelve');
          await untilServed(service, 2);
          assert.deepEqual(await fourAnswers(service), both);
        });
      }
    });
  }
});

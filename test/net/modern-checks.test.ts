import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../src/lab/wait.ts';
import { certificate, otherCertificate, privateKey } from '../../src/probe/certificate.testkit.ts';
import type { CheckStatus, HealthStatus, ServerStatus } from '../../src/status/health-status.ts';
import { havePeers } from './daemon.testkit.ts';
import { DaemonHost } from './daemon-host.testkit.ts';

// Checks that keepalived does not have, from the configuration to the verdict, on servers that others have written: nghttpd
// speaks HTTP/2, etcd gRPC with the standard health service.

const ports = { clear: 8080, secure: 8443, grpc: 2379, secureGrpc: 2479 } as const;

interface Case {
  readonly name: string;
  readonly port: number;
  readonly checker: readonly string[];
  readonly state: 'up' | 'down';
  /** Of what the check found. */
  readonly outcome: RegExp;
}

const url = (path: string, ...more: string[]): string[] => ['url {', `path ${path}`, ...more, '}'];
const http2 = ['http_protocol 2', 'virtualhost localhost'];
const secured = ['tls', 'virtualhost localhost'];

const cases: readonly Case[] = [
  {
    name: 'HTTP/2 in the clear',
    port: ports.clear,
    checker: ['HTTP_GET {', ...http2, ...url('/page', 'status_code 200', 'regex "all is well"'), '}'],
    state: 'up',
    outcome: /^ok$/,
  },
  {
    name: 'HTTP/2 in the clear, a page that is not there',
    port: ports.clear,
    checker: ['HTTP_GET {', ...http2, ...url('/nowhere'), '}'],
    state: 'down',
    outcome: /^status 404$/,
  },
  {
    name: 'HTTP/2 in the clear, another page',
    port: ports.clear,
    checker: ['HTTP_GET {', ...http2, ...url('/page', 'regex lost'), '}'],
    state: 'down',
    outcome: /does not match/,
  },
  {
    name: 'HTTP/2 where HTTP/1 is asked for',
    port: ports.clear,
    checker: ['HTTP_GET {', ...url('/page'), '}'],
    state: 'down',
    outcome: /./,
  },
  {
    name: 'HTTP/2 over TLS',
    port: ports.secure,
    checker: ['SSL_GET {', ...http2, ...url('/page', 'digest 2670f929ce8c93af815ba0ae8fd591ff'), '}'],
    state: 'up',
    outcome: /^ok$/,
  },
  {
    name: 'HTTP/2 over TLS, verified',
    port: ports.secure,
    checker: ['SSL_GET {', ...http2, 'tls_verify', ...url('/page'), '}'],
    state: 'up',
    outcome: /^ok$/,
  },
  {
    name: 'HTTP/2 over TLS, of another name',
    port: ports.secure,
    checker: ['SSL_GET {', ...http2, 'tls_verify_name www.example.org', ...url('/page'), '}'],
    state: 'down',
    outcome: /^TLS: .*www\.example\.org/,
  },
  {
    name: 'HTTP/2 over TLS, of another authority',
    port: ports.secure,
    checker: ['SSL_GET {', ...http2, 'tls_ca /run/other.pem', ...url('/page'), '}'],
    state: 'down',
    outcome: /^TLS: self-signed certificate/,
  },
  { name: 'gRPC in the clear', port: ports.grpc, checker: ['GRPC_CHECK {', '}'], state: 'up', outcome: /^ok$/ },
  {
    name: 'gRPC, a service that nobody knows',
    port: ports.grpc,
    checker: ['GRPC_CHECK {', 'service nobody', '}'],
    state: 'down',
    outcome: /grpc-status 5/,
  },
  {
    name: 'gRPC over TLS, verified',
    port: ports.secureGrpc,
    checker: ['GRPC_CHECK {', ...secured, 'enable_sni', 'tls_verify', '}'],
    state: 'up',
    outcome: /^ok$/,
  },
  {
    name: 'gRPC over TLS, of another name',
    port: ports.secureGrpc,
    checker: ['GRPC_CHECK {', ...secured, 'tls_verify_name www.example.org', '}'],
    state: 'down',
    outcome: /^TLS: /,
  },
  {
    name: 'gRPC in the clear where it is over TLS',
    port: ports.secureGrpc,
    checker: ['GRPC_CHECK {', '}'],
    state: 'down',
    outcome: /./,
  },
  {
    name: 'gRPC where a web server answers',
    port: ports.clear,
    checker: ['GRPC_CHECK {', '}'],
    state: 'down',
    outcome: /^status 404$|unexpected reply/,
  },
];

const shadowed = ['TCP_CHECK {', '}', 'HTTP_GET {', 'shadow', ...http2, ...url('/nowhere'), '}'];

function serviceText(index: number, port: number, checkers: readonly string[]): string {
  const lines = ['delay_loop 1', 'retry 1', 'connect_timeout 2', 'lvs_sched rr', 'lvs_method NAT', 'protocol TCP'];
  return `virtual_server 192.0.2.${index + 1} 80 {
${lines.join('\n')}
real_server 10.0.0.1 ${port} {
${checkers.map(line => `@holdfast ${line}`).join('\n')}
}
}`;
}

const configuration = `SSL {
ca /run/ca.pem
}
${cases.map(({ port, checker }, index) => serviceText(index, port, checker)).join('\n')}
${serviceText(cases.length, ports.clear, shadowed)}
`;

describe.skipIf(!havePeers('nghttpd', 'etcd'))('checks that keepalived does not have', () => {
  let one: DaemonHost;
  let health: HealthStatus;

  const ask = async (): Promise<HealthStatus | undefined> => {
    const { stdout } = await one.host.run([...one.program, 'health', '--json']);
    return stdout === '' ? undefined : (JSON.parse(stdout) as HealthStatus);
  };

  beforeAll(async () => {
    one = await DaemonHost.open();
    const { host } = one;
    host.write('/run/ca.pem', certificate);
    host.write('/run/other.pem', otherCertificate);
    host.write('/run/key.pem', privateKey);
    await host.must(['mkdir', '/run/pages']);
    host.write('/run/pages/page', 'all is well\n');
    host.spawn(['nghttpd', '--no-tls', '-d', '/run/pages', String(ports.clear)]);
    host.spawn(['nghttpd', '-d', '/run/pages', String(ports.secure), '/run/key.pem', '/run/ca.pem']);
    for (const [port, tls] of [[ports.grpc, false] as const, [ports.secureGrpc, true] as const]) {
      const [client, peer] = [`${tls ? 'https' : 'http'}://0.0.0.0:${port}`, `http://127.0.0.1:${port + 1}`];
      const files = tls ? ['--cert-file', '/run/ca.pem', '--key-file', '/run/key.pem'] : [];
      const own = [
        '--data-dir',
        `/run/etcd-${port}`,
        '--listen-client-urls',
        client,
        '--advertise-client-urls',
        client,
      ];
      const others = ['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer];
      host.spawn(['etcd', ...own, ...others, '--initial-cluster', `default=${peer}`, ...files]);
    }
    await Promise.all(
      Object.values(ports).map(port =>
        waitFor(async () => (await host.run(['sh', '-c', `ss -tln | grep -q ':${port} '`])).status === 0, {
          what: `a server at port ${port}`,
        }),
      ),
    );
    await one.start(configuration);
    health = await waitFor(
      async () => {
        const found = await ask();
        const checks = found?.virtualServers.flatMap(each => each.servers).flatMap(each => each.checks);
        return checks?.every(({ failures, last }) => last !== undefined && failures === 0) && found;
      },
      { what: 'all to be judged' },
    );
  });

  afterAll(() => one.close());

  const server = (index: number): ServerStatus => health.virtualServers[index]!.servers[0]!;
  const check = (index: number): CheckStatus => server(index).checks[0]!;

  it.each(cases.map((each, index) => [each.name, index, each] as const))('%s', (_, index, { state, outcome }) => {
    expect(server(index).state).toBe(state);
    expect(check(index).state).toBe(state);
    expect(check(index).last?.outcome).toMatch(outcome);
  });

  it('a shadow check is reported, and nothing follows from it', async () => {
    const { state, checks } = server(cases.length);
    expect({ state, checks: checks.map(each => [each.state, each.shadow]) }).toEqual({
      state: 'up',
      checks: [
        ['up', false],
        ['down', true],
      ],
    });
    const shown = await one.host.run([...one.program, 'health', `192.0.2.${cases.length + 1}:80`]);
    expect(shown.stdout).toMatch(/HTTP_GET 10\.0\.0\.1:8080\/nowhere \(shadow\): down, status 404/);
  });
});

import { afterAll, describe, expect, it } from 'vitest';
import { Poller } from '../linux/poller.ts';
import { findSetpriv } from '../linux/processes.ts';
import type { ProbeResult, ProbeSpec } from '../ports/probe.ts';
import { anything, type ContractCase, endpointOf } from './contract.testkit.ts';
import { httpCases, tlsCases } from './contract-http.testkit.ts';
import { dnsCases, smtpCases, tcpCases, udpCases } from './contract-plain.testkit.ts';
import { startServer } from './loopback-servers.testkit.ts';
import { Prober } from './prober.ts';

const poller = new Poller();
const prober = new Prober(poller, {
  processes: {
    setpriv: findSetpriv(),
    environment: process.env,
    ownUid: process.geteuid!(),
    ownGid: process.getegid!(),
  },
  concurrency: 1_000,
});
afterAll(() => {
  expect(prober.count).toBe(0);
  prober.close();
  poller.close();
});

let lastId = 0;
function probe(spec: ProbeSpec): Promise<ProbeResult> {
  const id = ++lastId;
  return new Promise(resolve =>
    prober.start(id, spec, (told, result) => {
      expect(told).toBe(id);
      resolve(result);
    }),
  );
}

async function keeps({ server: plan, spec, expected }: ContractCase): Promise<void> {
  const server = await startServer(plan);
  try {
    const result = await probe(spec(endpointOf(server.port)));
    const { failure } = result;
    const wanted = expected.failure;
    if (wanted?.type === 'protocol' && wanted.excerpt === anything) {
      expect(failure?.type).toBe('protocol');
    } else {
      expect(result).toMatchObject({ ...expected });
      expect(failure).toEqual(wanted);
    }
    expect(result.took).toBeGreaterThan(0);
  } finally {
    server.close();
  }
}

const suites: readonly (readonly [string, readonly ContractCase[]])[] = [
  ['TCP', tcpCases],
  ['HTTP', httpCases],
  ['HTTPS', tlsCases],
  ['SMTP', smtpCases],
  ['DNS', dnsCases],
  ['UDP', udpCases],
];
describe.each(suites)('%s', (_, cases) => {
  it.concurrent.each(cases)('$name', async contract => keeps(contract), 20_000);
});

import { afterAll, describe, expect, it } from 'vitest';
import { anything, type ContractCase, endpointOf, timeoutOf } from './contract.testkit.ts';
import { httpCases, tlsCases } from './contract-http.testkit.ts';
import { dnsCases, smtpCases, tcpCases, udpCases } from './contract-plain.testkit.ts';
import { startServer } from './loopback-servers.testkit.ts';
import { startProbeStage } from './prober.testkit.ts';

const stage = startProbeStage();
afterAll(() => {
  expect(stage.prober.count).toBe(0);
  stage.close();
});

async function keeps(contract: ContractCase): Promise<void> {
  const { spec, expected } = contract;
  const server = await startServer(contract.server);
  try {
    const result = await stage.probe(spec({ ...endpointOf(server.port), timeout: timeoutOf(contract) }));
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

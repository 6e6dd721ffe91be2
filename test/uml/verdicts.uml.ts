// The same servers judged by keepalived and by Holdfast's probes: for each way in which a server can be well or fail.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { inSeconds, seconds } from '../../src/base/duration.ts';
import { waitFor } from '../../src/lab/wait.ts';
import type { ProbeResult, ProbeSpec } from '../../src/ports/probe.ts';
import { type ContractCase, endpointOf } from '../../src/probe/contract.testkit.ts';
import { httpCases, tlsCases } from '../../src/probe/contract-http.testkit.ts';
import { dnsCases, smtpCases, tcpCases, udpCases } from '../../src/probe/contract-plain.testkit.ts';
import { type RunningServer, startServer } from '../../src/probe/loopback-servers.testkit.ts';
import { type ProbeStage, startProbeStage } from '../../src/probe/prober.testkit.ts';

/** Whole seconds are all that keepalived 2.2.7 can be sure of here, where a system call takes its time. */
const timeout = seconds(2);

/** Where Holdfast and keepalived 2.2.7 differ, as docs/differences.md says, and what Holdfast finds. */
const differing: Readonly<Record<string, 'well' | 'failed'>> = {
  'HTTP: a digest up to Content-Length': 'well',
  'HTTP: the digest of what chunks carry': 'well',
  'HTTP: a pattern across chunks': 'well',
  'HTTP: a pattern in the header only': 'failed',
  'SMTP: replies of several lines, in pieces': 'well',
};

interface Judged {
  readonly name: string;
  readonly contract: ContractCase;
}

const suites = { TCP: tcpCases, HTTP: httpCases, HTTPS: tlsCases, SMTP: smtpCases, DNS: dnsCases, UDP: udpCases };

/** Servers that never stop talking would keep keepalived busy for ever, and the only processor with it. */
const isEndless = ({ server, name }: ContractCase): boolean =>
  name === 'a huge body' ||
  (server.type === 'stream' && server.steps.some(step => 'endlessly' in step || 'trickle' in step));

const judged: readonly Judged[] = Object.entries(suites).flatMap(([suite, cases]) =>
  cases.filter(contract => !isEndless(contract)).map(contract => ({ name: `${suite}: ${contract.name}`, contract })),
);

function checker(spec: ProbeSpec): string {
  assert.ok(spec.type !== 'script' && spec.type !== 'ping' && spec.type !== 'http2');
  const common = `connect_timeout ${inSeconds(timeout)}\nretry 0\nwarmup 0\ndelay_loop 5`;
  switch (spec.type) {
    case 'tcp':
      return `TCP_CHECK {\n${common}\n}`;
    case 'smtp':
      return `SMTP_CHECK {\n${common}\nhelo_name ${spec.heloName}\n}`;
    case 'dns':
      return `DNS_CHECK {\n${common}\ntype SOA\nname ${spec.name}\n}`;
    case 'udp': {
      const digits = spec.reply?.map(nibble => nibble?.toString(16) ?? 'x').join('') ?? '';
      // Digits come in pairs.
      const reply = spec.requireReply ? `require_reply ${digits}${digits.length % 2 === 0 ? '' : 'x'}` : '';
      const lengths = `min_reply_length ${spec.minimumReplyLength}\nmax_reply_length ${spec.maximumReplyLength}`;
      return `UDP_CHECK {\n${common}\npayload ${Buffer.from(spec.payload).toString('hex')}\n${reply}\n${lengths}\n}`;
    }
    case 'http': {
      const { pattern, digest } = spec;
      const url = [
        `path ${spec.path}`,
        `virtualhost ${spec.host}`,
        `status_code ${spec.statusRanges.map(([low, high]) => `${low}-${high}`).join(' ')}`,
        digest === undefined ? '' : `digest ${digest}`,
        pattern ? `regex "${pattern.pattern}"` : '',
        pattern?.negate ? 'regex_no_match' : '',
      ];
      const keyword = spec.tls ? 'SSL_GET' : 'HTTP_GET';
      return `${keyword} {\n${common}\nhttp_protocol ${spec.version}\nurl {\n${url.join('\n')}\n}\n}`;
    }
  }
}

const nameOfService = (from: 'up' | 'down', index: number): string => `10.9.${from === 'up' ? 0 : 1}.${index + 1}`;

/** Each server twice: in a service where it starts as up, and in one where it starts as down. */
function configuration(servers: readonly RunningServer[]): string {
  const blocks = judged.flatMap(({ contract }, index) => {
    const { port } = servers[index]!;
    const spec = contract.spec(endpointOf(port));
    const protocol = spec.type === 'udp' || spec.type === 'dns' ? 'UDP' : 'TCP';
    return (['up', 'down'] as const).map(
      from => `virtual_server ${nameOfService(from, index)} 80 {
lvs_sched rr
lvs_method NAT
protocol ${protocol}
${from === 'down' ? 'alpha' : ''}
real_server 127.0.0.1 ${port} {
${checker(spec)}
}
}`,
    );
  });
  return `${blocks.join('\n')}\n`;
}

describe('verdicts on the same servers', () => {
  let servers: RunningServer[];
  let stage: ProbeStage;
  let keepalived: ChildProcess;
  let output = '';
  let results: ProbeResult[];

  before(async () => {
    servers = [];
    for (const { contract } of judged) servers.push(await startServer(contract.server));
    stage = startProbeStage();
    results = await Promise.all(
      judged.map(({ contract }, index) => stage.probe(contract.spec({ ...endpointOf(servers[index]!.port), timeout }))),
    );
    const file = '/run/verdicts.conf';
    writeFileSync(file, configuration(servers));
    keepalived = spawn('keepalived', ['-C', '-n', '-l', '-D', '-G', '-f', file], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [keepalived.stdout!, keepalived.stderr!]) {
      stream.on('data', text => {
        output += String(text);
      });
    }
  });
  after(async () => {
    keepalived.kill('SIGTERM');
    await new Promise(resolve => keepalived.once('exit', resolve));
    stage.close();
    for (const server of servers) server.close();
  });

  /** What keepalived says when it changes its mind about the server that starts so. */
  const said = (verb: 'Adding' | 'Removing', from: 'up' | 'down', index: number): boolean =>
    new RegExp(`${verb} service .* VS \\[${nameOfService(from, index).replaceAll('.', '\\.')}\\]`).test(output);

  judged.forEach(({ name }, index) => {
    it(name, async () => {
      const theirs = await waitFor(
        () => {
          if (said('Adding', 'down', index)) return 'well';
          return said('Removing', 'up', index) && 'failed';
        },
        { what: `keepalived's verdict on ${name}`, timeoutMs: 60_000, evidence: () => output.slice(-3_000) },
      );
      const { failure } = results[index]!;
      const ours = failure === undefined ? 'well' : 'failed';
      const expected = differing[name];
      if (expected === undefined) assert.equal(ours, theirs, JSON.stringify(failure));
      else assert.deepEqual({ ours, theirs }, { ours: expected, theirs: expected === 'well' ? 'failed' : 'well' });
    });
  });
});

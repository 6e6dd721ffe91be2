// How often keepalived and Holdfast ask a server that fails before it leaves its service, and until it is back: for each
// checker and way to fail, counted on the wire.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { createSecureContext, TLSSocket } from 'node:tls';
import { pause, waitFor } from '../../src/lab/wait.ts';
import { certificate, privateKey } from '../../src/probe/certificate.testkit.ts';
import { Director, must } from './director.testkit.ts';

type Daemon = 'keepalived' | 'holdfast';
const daemons: readonly Daemon[] = ['keepalived', 'holdfast'];

/** What a server does on one connection. */
type Behaviour = (socket: Socket) => void;

const web =
  (status: number, body: string): Behaviour =>
  socket =>
    socket.once('data', () => socket.end(`HTTP/1.0 ${status} Word\r\nContent-Length: ${body.length}\r\n\r\n${body}`));
const ways = {
  mute: () => {},
  reset: socket => socket.resetAndDestroy(),
  half: socket => socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\nContent-Le')),
  garbage: socket => socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
  badGreeting: socket => socket.end('554 not now\r\n'),
  halfGreeting: socket => socket.write('220'),
} satisfies Record<string, Behaviour>;
const smtp: Behaviour = socket => {
  socket.write('220 here\r\n');
  socket.on('data', bytes => (/^quit/i.test(String(bytes)) ? socket.end('221 bye\r\n') : socket.write('250 good\r\n')));
};
const overTls =
  (behaviour: Behaviour): Behaviour =>
  socket => {
    const secureContext = createSecureContext({ cert: certificate, key: privateKey });
    const secure = new TLSSocket(socket, { isServer: true, secureContext });
    secure.on('error', () => {});
    behaviour(secure);
  };
/** By the path that is asked for. */
const twoPages =
  (second: number): Behaviour =>
  socket =>
    socket.once('data', bytes =>
      socket.end(`HTTP/1.0 ${String(bytes).startsWith('GET /2') ? second : 200} Word\r\n\r\n`),
    );

/** SOA of the root, answered with a code. */
const dnsAnswer = (question: Buffer, code: number): Buffer => {
  const answer = Buffer.from(question);
  answer[2] = 0x84;
  answer[3] = 0x80 | code;
  return answer;
};

type Server =
  /** Well for the first `well` connections, then failing, and well again after `failing` of them. */
  | { readonly type: 'stream'; readonly good: Behaviour; readonly bad: Behaviour | 'closed' }
  | {
      readonly type: 'datagram';
      readonly bad: ((question: Buffer) => Buffer | undefined) | 'closed';
      readonly dns?: true;
    }
  /** Its address goes away: what is sent there is lost. */
  | { readonly type: 'vanishing' }
  | { readonly type: 'script'; readonly bad: string };

interface Case {
  readonly name: string;
  readonly checker: string;
  /** Lines of the checker beside its timeout. */
  readonly lines: string;
  readonly server: Server;
  /** Successes before the first failure; default 1. */
  readonly well?: number;
  /** Failures before it is well again; default: for ever. */
  readonly failing?: number;
}

const page = 'url {\npath /\nstatus_code 200\ndigest 5d41402abc4b2a76b9719d911017c592\n}';
const pages = 'url {\npath /1\nstatus_code 200\n}\nurl {\npath /2\nstatus_code 200\n}';
const good = web(200, 'hello');
const retrying = 'retry 2\ndelay_before_retry 1';
const http = (bad: Behaviour | 'closed'): Server => ({ type: 'stream', good, bad });
const https = (bad: Behaviour | 'closed', secure = true): Server => ({
  type: 'stream',
  good: overTls(good),
  bad: bad === 'closed' ? bad : secure ? overTls(bad) : bad,
});
const mail = (bad: Behaviour | 'closed'): Server => ({ type: 'stream', good: smtp, bad });
const dns = (bad: ((question: Buffer) => Buffer | undefined) | 'closed'): Server => ({
  type: 'datagram',
  bad,
  dns: true,
});
const udp = (bad: ((question: Buffer) => Buffer | undefined) | 'closed'): Server => ({ type: 'datagram', bad });
const closing: Behaviour = socket => socket.end();
const name = 'type SOA\nname .';
const reply = 'payload 0102\nrequire_reply 01';

const cases: readonly Case[] = [
  ...[retrying, '', 'retry 0', 'retry 3\ndelay_before_retry 2'].map(lines => ({
    name: `TCP: refused, ${lines.replace('\n', ', ') || 'defaults'}`,
    checker: 'TCP_CHECK',
    lines,
    server: { type: 'stream', good: closing, bad: 'closed' } as const,
  })),
  { name: 'TCP: lost', checker: 'TCP_CHECK', lines: retrying, server: { type: 'vanishing' } },
  {
    name: 'TCP: refused from the start',
    checker: 'TCP_CHECK',
    lines: retrying,
    server: { type: 'stream', good, bad: 'closed' },
    well: 0,
  },
  ...(
    [
      ['refused', 'closed'],
      ['mute', ways.mute],
      ['reset', ways.reset],
      ['half a header', ways.half],
      ['no HTTP', ways.garbage],
      ['status 500', web(500, 'hello')],
      ['another digest', web(200, 'other')],
    ] as const
  ).map(([way, bad]) => ({
    name: `HTTP: ${way}`,
    checker: 'HTTP_GET',
    lines: `${page}\n${retrying}`,
    server: http(bad),
  })),
  { name: 'HTTP: status 500, defaults', checker: 'HTTP_GET', lines: page, server: http(web(500, '')) },
  {
    name: 'HTTP: mute from the start',
    checker: 'HTTP_GET',
    lines: `${page}\n${retrying}`,
    server: http(ways.mute),
    well: 0,
  },
  ...['TCP_CHECK', 'HTTP_GET', 'SMTP_CHECK'].map(checker => ({
    name: `${checker}: alpha`,
    checker,
    lines: `${checker === 'HTTP_GET' ? page : ''}\nalpha`,
    server: {
      type: 'stream',
      good: checker === 'TCP_CHECK' ? closing : checker === 'HTTP_GET' ? good : smtp,
      bad: closing,
    } as const,
    well: 0,
    failing: 0,
  })),
  {
    name: 'HTTP: alpha, after a failure',
    checker: 'HTTP_GET',
    lines: `${page}\nalpha`,
    server: http(web(500, '')),
    well: 0,
    failing: 1,
  },
  {
    name: 'HTTP: two pages, alpha',
    checker: 'HTTP_GET',
    lines: `${pages}\nalpha`,
    server: http(good),
    well: 0,
    failing: 0,
  },
  {
    name: 'HTTP: well again',
    checker: 'HTTP_GET',
    lines: `${page}\n${retrying}`,
    server: http(web(500, '')),
    failing: 5,
  },
  ...['', 'fast_recovery\n'].map(fast => ({
    name: `HTTP: the second of two pages fails ${fast}`.trim(),
    checker: 'HTTP_GET',
    lines: `${fast}${pages}\n${retrying}`,
    server: { type: 'stream', good: twoPages(200), bad: twoPages(500) } as const,
    well: 2,
    failing: 9,
  })),
  { name: 'HTTPS: refused', checker: 'SSL_GET', lines: `${page}\n${retrying}`, server: https('closed') },
  { name: 'HTTPS: no TLS', checker: 'SSL_GET', lines: `${page}\n${retrying}`, server: https(ways.garbage, false) },
  {
    name: 'HTTPS: mute before TLS',
    checker: 'SSL_GET',
    lines: `${page}\n${retrying}`,
    server: https(ways.mute, false),
  },
  { name: 'HTTPS: mute within TLS', checker: 'SSL_GET', lines: `${page}\n${retrying}`, server: https(ways.mute) },
  { name: 'HTTPS: status 500, defaults', checker: 'SSL_GET', lines: page, server: https(web(500, '')) },
  ...(
    [
      ['refused', 'closed'],
      ['mute', ways.mute],
      ['reset', ways.reset],
      ['a bad greeting', ways.badGreeting],
      ['half a greeting', ways.halfGreeting],
    ] as const
  ).map(([way, bad]) => ({ name: `SMTP: ${way}`, checker: 'SMTP_CHECK', lines: retrying, server: mail(bad) })),
  { name: 'SMTP: a bad greeting, defaults', checker: 'SMTP_CHECK', lines: '', server: mail(ways.badGreeting) },
  { name: 'SMTP: well again', checker: 'SMTP_CHECK', lines: retrying, server: mail(ways.badGreeting), failing: 5 },
  { name: 'DNS: refused', checker: 'DNS_CHECK', lines: `${name}\n${retrying}`, server: dns('closed') },
  { name: 'DNS: mute', checker: 'DNS_CHECK', lines: `${name}\n${retrying}`, server: dns(() => undefined) },
  {
    name: 'DNS: SERVFAIL',
    checker: 'DNS_CHECK',
    lines: `${name}\n${retrying}`,
    server: dns(question => dnsAnswer(question, 2)),
  },
  {
    name: 'DNS: SERVFAIL, defaults',
    checker: 'DNS_CHECK',
    lines: name,
    server: dns(question => dnsAnswer(question, 2)),
  },
  {
    name: 'DNS: well again',
    checker: 'DNS_CHECK',
    lines: `${name}\n${retrying}`,
    server: dns(question => dnsAnswer(question, 2)),
    failing: 5,
  },
  { name: 'UDP: refused', checker: 'UDP_CHECK', lines: retrying, server: udp('closed') },
  { name: 'UDP: mute', checker: 'UDP_CHECK', lines: `${reply}\n${retrying}`, server: udp(() => undefined) },
  { name: 'UDP: another reply', checker: 'UDP_CHECK', lines: `${reply}\n${retrying}`, server: udp(() => Buffer.of(9)) },
  { name: 'UDP: mute, defaults', checker: 'UDP_CHECK', lines: reply, server: udp(() => undefined) },
  {
    name: 'UDP: well again',
    checker: 'UDP_CHECK',
    lines: `${reply}\n${retrying}`,
    server: udp(() => Buffer.of(9)),
    failing: 5,
  },
  { name: 'ping: lost', checker: 'PING_CHECK', lines: retrying, server: { type: 'vanishing' } },
  { name: 'ping: lost, defaults', checker: 'PING_CHECK', lines: '', server: { type: 'vanishing' } },
  { name: 'script: status 1', checker: 'MISC_CHECK', lines: retrying, server: { type: 'script', bad: 'exit 1' } },
  { name: 'script: status 1, defaults', checker: 'MISC_CHECK', lines: '', server: { type: 'script', bad: 'exit 1' } },
  {
    name: 'script: no end',
    checker: 'MISC_CHECK',
    lines: retrying,
    server: { type: 'script', bad: 'exec sleep 100' },
  },
  {
    name: 'script: status 1 from the start',
    checker: 'MISC_CHECK',
    lines: retrying,
    server: { type: 'script', bad: 'exit 1' },
    well: 0,
  },
  {
    name: 'script: well again',
    checker: 'MISC_CHECK',
    lines: retrying,
    server: { type: 'script', bad: 'exit 1' },
    failing: 5,
  },
];

const portOf = (index: number): number => 20_000 + index;
const addressOf = (index: number): string =>
  cases[index]!.server.type === 'vanishing' ? `10.77.0.${index + 10}` : '127.0.0.1';
/** As Wire names it. */
const targetOf = (index: number): string =>
  cases[index]!.checker === 'PING_CHECK' ? addressOf(index) : `${addressOf(index)}.${portOf(index)}`;
const scriptOf = (index: number): string => `/run/tries-${index}.sh`;
const triesOf = (index: number): string => `/run/tries-${index}`;

function configuration(): string {
  const services = cases.map(({ checker, lines, name: title, server }, index) => {
    // Whoever is expected to answer may take its time, on a machine that runs tests.
    const timeout = /mute|lost|no end|half a greeting/.test(title) ? 4 : 30;
    // From one start of a script to the next; starting one takes its time, too.
    const own =
      checker === 'MISC_CHECK'
        ? `misc_path ${scriptOf(index)}\nmisc_timeout ${timeout}\ndelay_loop 9`
        : `connect_timeout ${timeout}`;
    return `virtual_server 10.8.0.${index + 1} 80 {
lvs_sched rr
lvs_method NAT
protocol ${server.type === 'datagram' ? 'UDP' : 'TCP'}
delay_loop 3
real_server ${addressOf(index)} ${portOf(index)} {
${checker} {
${own}
${lines}
}
}
}`;
  });
  return `global_defs {\nenable_script_security\nscript_user root\n}\n${services.join('\n')}\n`;
}

/** Whether the connection, datagram or run of this number is one that fails, counted from 0. */
const fails = ({ well = 1, failing = Number.POSITIVE_INFINITY }: Case, count: number): boolean =>
  count >= well && count < well + failing;

function serveStream(contract: Case, { good, bad }: Server & { type: 'stream' }, port: number): () => void {
  let count = 0;
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    socket.on('error', () => {});
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (bad === 'closed') server.close();
    (fails(contract, count++) && bad !== 'closed' ? bad : good)(socket);
  });
  if (bad !== 'closed' || contract.well !== 0) server.listen(port, '0.0.0.0');
  return () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
}

function serveDatagrams(contract: Case, { bad, dns: isDns }: Server & { type: 'datagram' }, port: number): () => void {
  let count = 0;
  let open = true;
  const socket = createSocket('udp4');
  const close = (): void => {
    if (open) socket.close();
    open = false;
  };
  socket.on('message', (question, { address, port: from }) => {
    const failing = fails(contract, count++);
    const answer = failing && bad !== 'closed' ? bad(question) : isDns ? dnsAnswer(question, 0) : Buffer.of(1);
    if (answer) socket.send(answer, from, address, () => bad === 'closed' && close());
  });
  socket.bind(port, '0.0.0.0');
  return close;
}

function makeScript({ well = 1, failing = 1_000_000 }: Case, bad: string, index: number): void {
  rmSync(triesOf(index), { force: true });
  const count = `$(wc -l <${triesOf(index)})`;
  const failingNow = `[ ${count} -gt ${well} ] && [ ${count} -le ${well + failing} ]`;
  writeFileSync(
    scriptOf(index),
    `#!/bin/sh\ndate +%s.%N >>${triesOf(index)}\nif ${failingNow}; then ${bad}; fi\nexit 0\n`,
  );
  chmodSync(scriptOf(index), 0o755);
}

/** Who was asked when, as the wire tells it: a connection or datagram each, by port; an echo each, by address. */
class Wire {
  readonly #processes: ChildProcess[] = [];
  readonly asked = new Map<string, number[]>();
  readonly #seen = new Set<string>();
  #listening = 0;

  listen(device: string): void {
    const filter = '(tcp[tcpflags] & (tcp-syn|tcp-ack) = tcp-syn) or udp or icmp[icmptype] = icmp-echo';
    const child = spawn('tcpdump', ['-Z', 'root', '-i', device, '-n', '-tt', '-l', filter], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#processes.push(child);
    createInterface({ input: child.stderr }).on('line', line => {
      if (line.startsWith('listening')) this.#listening += 1;
    });
    createInterface({ input: child.stdout }).on('line', line => this.#read(device, line));
  }

  get isListening(): boolean {
    return this.#listening === this.#processes.length;
  }

  #read(device: string, line: string): void {
    const [, at, from, to, sequence] = /^([\d.]+) IP ([\d.]+) > ([\d.]+):(?: Flags .* seq (\d+),)?/.exec(line) ?? [];
    if (at === undefined || from === undefined || to === undefined) return;
    // A connection is asked for again and again while nobody answers.
    if (sequence !== undefined) {
      const connection = `${from} ${to} ${sequence}`;
      if (this.#seen.has(connection)) return;
      this.#seen.add(connection);
    }
    const key = `${device} ${to}`;
    this.asked.set(key, [...(this.asked.get(key) ?? []), Number(at)]);
  }

  close(): void {
    for (const child of this.#processes) child.kill('SIGKILL');
  }
}

/** When a server was asked, in seconds, from the first time on that it failed. */
function failedTries(index: number, wire: Wire): readonly number[] {
  const { server, well = 1 } = cases[index]!;
  if (server.type === 'vanishing') {
    return wire.asked.get(`dummy0 ${targetOf(index)}`) ?? [];
  }
  if (server.type === 'script') return readFileSync(triesOf(index), 'utf8').trim().split('\n').slice(well).map(Number);
  return (wire.asked.get(`lo 127.0.0.1.${portOf(index)}`) ?? []).slice(well);
}

interface Outcome {
  readonly tries: number;
  /** Between them, in seconds. */
  readonly pauses: readonly number[];
}

/** Lets a server begin; what ends it. */
function serve(index: number): () => void {
  const contract = cases[index]!;
  const { server } = contract;
  switch (server.type) {
    case 'stream':
      return serveStream(contract, server, portOf(index));
    case 'datagram':
      return serveDatagrams(contract, server, portOf(index));
    case 'vanishing':
      must('ip', 'address', 'add', `${addressOf(index)}/32`, 'dev', 'lo');
      return serveStream(contract, { type: 'stream', good: closing, bad: closing }, portOf(index));
    case 'script':
      makeScript(contract, server.bad, index);
      return () => {};
  }
}

async function run(daemon: Daemon): Promise<readonly Outcome[]> {
  const wire = new Wire();
  for (const device of ['lo', 'dummy0']) wire.listen(device);
  await waitFor(() => wire.isListening, { what: 'tcpdump to listen' });
  const closers = cases.map((_, index) => serve(index));
  const director = new Director(daemon, configuration(), { network: 'tries', flags: ['-C'] });
  const service = (index: number): string => `VS \\[10\\.8\\.0\\.${index + 1}\\]`;
  /** When it was said that a server has left, or is back; to the end of that second. */
  const saidAt = (verb: 'Adding' | 'Removing', index: number): number | undefined => {
    const words = new RegExp(`^(.*): ${verb} service .* ${service(index)}:`);
    const said = director.lines.map(line => words.exec(line)?.[1]).find(time => time !== undefined);
    return said === undefined ? undefined : Date.parse(said) / 1_000 + 1;
  };
  let ends: readonly (number | undefined)[] = [];
  try {
    const vanishing = cases.map((_, index) => index).filter(index => cases[index]!.server.type === 'vanishing');
    await director.until('those that will vanish to be well', () =>
      vanishing.every(index => wire.asked.has(`lo ${targetOf(index)}`)),
    );
    for (const index of vanishing) must('ip', 'address', 'del', `${addressOf(index)}/32`, 'dev', 'lo');
    await director.until('everybody to have failed, and been back', () => {
      ends = cases.map(({ failing }, index) => saidAt(failing === undefined ? 'Removing' : 'Adding', index));
      return ends.every(end => end !== undefined);
    });
    // The last of what was seen on the wire is still on its way to us.
    await pause(1_000);
  } finally {
    await director.stop();
    wire.close();
    for (const close of closers) close();
  }
  return cases.map((_, index) => {
    const tries = failedTries(index, wire).filter(at => at <= ends[index]!);
    return { tries: tries.length, pauses: tries.slice(1).map((at, place) => at - tries[place]!) };
  });
}

describe('tries before a server is given up', () => {
  const outcomes = new Map<Daemon, readonly Outcome[]>();

  before(async () => {
    // The director is where this test and its servers are.
    must('ip', 'netns', 'attach', 'tries', String(process.pid));
    must('ip', 'link', 'add', 'dummy0', 'type', 'dummy');
    must('ip', 'link', 'set', 'dummy0', 'up');
    must('ip', 'address', 'add', '10.77.0.1/24', 'dev', 'dummy0');
    for (const daemon of daemons) outcomes.set(daemon, await run(daemon));
  });
  after(() => {
    must('ip', 'link', 'delete', 'dummy0');
    must('ip', 'netns', 'delete', 'tries');
  });

  cases.forEach(({ name: title }, index) => {
    it(title, () => {
      const [theirs, ours] = daemons.map(daemon => outcomes.get(daemon)![index]!);
      assert.equal(ours?.tries, theirs?.tries, JSON.stringify({ ours, theirs }));
    });
  });
});

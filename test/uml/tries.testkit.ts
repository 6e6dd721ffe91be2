// How often a daemon asks a server before it leaves its service, and until it is back, counted on the wire.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { createSecureContext, TLSSocket } from 'node:tls';
import { pause, waitFor } from '../../src/lab/wait.ts';
import { certificate, privateKey } from '../../src/probe/certificate.testkit.ts';
import { Director, must } from './director.testkit.ts';

type Daemon = 'keepalived' | 'holdfast';
const daemons: readonly Daemon[] = ['keepalived', 'holdfast'];

/** What a server does on one connection. */
export type Behaviour = (socket: Socket) => void;

export const web =
  (status: number, body: string): Behaviour =>
  socket =>
    socket.once('data', () => socket.end(`HTTP/1.0 ${status} Word\r\nContent-Length: ${body.length}\r\n\r\n${body}`));
export const smtp: Behaviour = socket => {
  socket.write('220 here\r\n');
  socket.on('data', bytes => (/^quit/i.test(String(bytes)) ? socket.end('221 bye\r\n') : socket.write('250 good\r\n')));
};
export const overTls =
  (behaviour: Behaviour): Behaviour =>
  socket => {
    const secureContext = createSecureContext({ cert: certificate, key: privateKey });
    const secure = new TLSSocket(socket, { isServer: true, secureContext });
    secure.on('error', () => {});
    behaviour(secure);
  };
/** SOA of the root, answered with a code. */
export const dnsAnswer = (question: Buffer, code: number): Buffer => {
  const answer = Buffer.from(question);
  answer[2] = 0x84;
  answer[3] = 0x80 | code;
  return answer;
};

export type Server =
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

export interface Case {
  readonly name: string;
  readonly checker: string;
  /** Lines of the checker beside its timeout. */
  readonly lines: string;
  readonly server: Server;
  /** Successes before the first failure; default 1. */
  readonly well?: number;
  /** Failures before it is well again; default: for ever. */
  readonly failing?: number;
  /** A conversation that keepalived never ends, so that it never decides; ours gives up after so many tries. */
  readonly endless?: number;
  /** Of the checker, in seconds; else whoever is expected to answer may take its time, on a machine that runs tests. */
  readonly timeout?: number;
}

/** A case and where it is played. */
interface PlacedCase extends Case {
  readonly service: string;
  readonly address: string;
  readonly port: number;
  /** As Wire names it. */
  readonly target: string;
  readonly script: string;
  /** When it ran. */
  readonly runs: string;
}

export const closing: Behaviour = socket => socket.end();

function placed(contract: Case, index: number): PlacedCase {
  const address = contract.server.type === 'vanishing' ? `10.77.0.${index + 10}` : '127.0.0.1';
  const port = 20_000 + index;
  const target = contract.checker === 'PING_CHECK' ? address : `${address}.${port}`;
  const script = `/run/tries-${index}.sh`;
  return { ...contract, service: `10.8.0.${index + 1}`, address, port, target, script, runs: `/run/tries-${index}` };
}

function configuration(cases: readonly PlacedCase[]): string {
  const services = cases.map(each => {
    const timeout = each.timeout ?? (/mute|lost|no end|half a greeting/.test(each.name) ? 4 : 30);
    // From one start of a script to the next; starting one takes its time, too.
    const own =
      each.checker === 'MISC_CHECK'
        ? `misc_path ${each.script}\nmisc_timeout ${timeout}\ndelay_loop 9`
        : `connect_timeout ${timeout}`;
    return `virtual_server ${each.service} 80 {
lvs_sched rr
lvs_method NAT
protocol ${each.server.type === 'datagram' ? 'UDP' : 'TCP'}
delay_loop 3
real_server ${each.address} ${each.port} {
${each.checker} {
${own}
${each.lines}
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

function makeScript({ well = 1, failing = 1_000_000, script, runs }: PlacedCase, bad: string): void {
  rmSync(runs, { force: true });
  const count = `$(wc -l <${runs})`;
  const failingNow = `[ ${count} -gt ${well} ] && [ ${count} -le ${well + failing} ]`;
  writeFileSync(script, `#!/bin/sh\ndate +%s.%N >>${runs}\nif ${failingNow}; then ${bad}; fi\nexit 0\n`);
  chmodSync(script, 0o755);
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
function failedTries({ server, well = 1, target, port, runs }: PlacedCase, wire: Wire): readonly number[] {
  if (server.type === 'vanishing') return wire.asked.get(`dummy0 ${target}`) ?? [];
  if (server.type === 'script') return readFileSync(runs, 'utf8').trim().split('\n').slice(well).map(Number);
  return (wire.asked.get(`lo 127.0.0.1.${port}`) ?? []).slice(well);
}

interface Outcome {
  readonly tries: number;
  /** Between them, in seconds. */
  readonly pauses: readonly number[];
  readonly decided: boolean;
}

/** Lets a server begin; what ends it. */
function serve(contract: PlacedCase): () => void {
  const { server, address, port } = contract;
  switch (server.type) {
    case 'stream':
      return serveStream(contract, server, port);
    case 'datagram':
      return serveDatagrams(contract, server, port);
    case 'vanishing':
      must('ip', 'address', 'add', `${address}/32`, 'dev', 'lo');
      return serveStream(contract, { type: 'stream', good: closing, bad: closing }, port);
    case 'script':
      makeScript(contract, server.bad);
      return () => {};
  }
}

async function run(daemon: Daemon, cases: readonly PlacedCase[]): Promise<readonly Outcome[]> {
  const wire = new Wire();
  for (const device of ['lo', 'dummy0']) wire.listen(device);
  await waitFor(() => wire.isListening, { what: 'tcpdump to listen' });
  const closers = cases.map(serve);
  const director = new Director(daemon, configuration(cases), { network: 'tries', flags: ['-C'] });
  /** When it was said that a server has left, or is back; to the end of that second. */
  const saidAt = (verb: 'Adding' | 'Removing', { service }: PlacedCase): number | undefined => {
    const words = new RegExp(`^(.*): ${verb} service .* VS \\[${service.replaceAll('.', '\\.')}\\]:`);
    const said = director.lines.map(line => words.exec(line)?.[1]).find(time => time !== undefined);
    return said === undefined ? undefined : Date.parse(said) / 1_000 + 1;
  };
  let ends: readonly (number | undefined)[] = [];
  try {
    const vanishing = cases.filter(({ server }) => server.type === 'vanishing');
    await director.until('those that will vanish to be well', () =>
      vanishing.every(({ target }) => wire.asked.has(`lo ${target}`)),
    );
    for (const { address } of vanishing) must('ip', 'address', 'del', `${address}/32`, 'dev', 'lo');
    await director.until('everybody to have failed, and been back', () => {
      ends = cases.map(each => saidAt(each.failing === undefined ? 'Removing' : 'Adding', each));
      return ends.every((end, place) => end !== undefined || isEndless(cases[place]!, daemon));
    });
    const endless = cases.filter(each => isEndless(each, daemon));
    await director.until('the endless to have begun', () => endless.every(each => failedTries(each, wire).length > 0));
    // The last of what was seen on the wire is still on its way to us; and who will not be asked again has had the time.
    await pause(endless.length > 0 ? 8_000 : 1_000);
  } finally {
    await director.stop();
    wire.close();
    for (const close of closers) close();
  }
  return cases.map((each, place) => {
    const end = ends[place];
    const tries = failedTries(each, wire).filter(at => end === undefined || at <= end);
    const pauses = tries.slice(1).map((at, before) => at - tries[before]!);
    return { tries: tries.length, pauses, decided: end !== undefined };
  });
}

const isEndless = ({ endless }: Case, daemon: Daemon): boolean => endless !== undefined && daemon === 'keepalived';

/** Counts the tries of both daemons, and compares them. */
export class Tries {
  readonly #cases: readonly PlacedCase[];
  readonly #outcomes = new Map<Daemon, readonly Outcome[]>();

  constructor(cases: readonly Case[]) {
    this.#cases = cases.map(placed);
  }

  async play(): Promise<void> {
    // The director is where this test and its servers are.
    must('ip', 'netns', 'attach', 'tries', String(process.pid));
    must('ip', 'link', 'add', 'dummy0', 'type', 'dummy');
    must('ip', 'link', 'set', 'dummy0', 'up');
    must('ip', 'address', 'add', '10.77.0.1/24', 'dev', 'dummy0');
    for (const daemon of daemons) this.#outcomes.set(daemon, await run(daemon, this.#cases));
  }

  compare(place: number): void {
    const { endless } = this.#cases[place]!;
    const [theirs, ours] = daemons.map(daemon => this.#outcomes.get(daemon)![place]!);
    const evidence = JSON.stringify({ ours, theirs });
    if (endless === undefined) assert.equal(ours?.tries, theirs?.tries, evidence);
    else {
      assert.deepEqual([theirs?.tries, theirs?.decided], [1, false], evidence);
      assert.deepEqual([ours?.tries, ours?.decided], [endless, true], evidence);
    }
  }

  close(): void {
    must('ip', 'link', 'delete', 'dummy0');
    must('ip', 'netns', 'delete', 'tries');
  }
}

import type { Duration } from '../base/duration.ts';
import { milliseconds, seconds } from '../base/duration.ts';
import { familyOf, type IpAddress, parseIpAddress } from '../base/ip-address.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { KernelError } from '../linux/libc.ts';
import { Poller } from '../linux/poller.ts';
import type { ProbeEndpoint, ProbeFailure, TlsOptions } from '../ports/probe.ts';
import { HttpReply } from '../probe/http-reply.ts';
import { httpRequest } from '../probe/http-request.ts';
import { openTcpStream, type Stream } from '../probe/stream.ts';
import { Timeouts } from '../probe/timeouts.ts';
import { openTlsStream } from '../probe/tls-stream.ts';
import { type Output, terminal } from './config/output.ts';
import { type GetoptRow, normaliseArguments } from './getopt.ts';
import { hexDump } from './hex-dump.ts';

interface GenhashRow extends GetoptRow {
  readonly placeholder?: string;
  readonly description: string;
}

/** genhash's options, letter for letter. */
const table: readonly GenhashRow[] = [
  row('s', 'server', 'ADDRESS', 'address of the server, IPv4 or IPv6'),
  row('p', 'port', 'PORT', 'its port, 1 .. 65535'),
  row('u', 'url', 'PATH', 'path of the page'),
  row('S', 'use-ssl', undefined, 'connect by TLS; no certificate is verified'),
  row('V', 'use-virtualhost', 'NAME', 'what the Host header says; default: the address and the port'),
  row('I', 'use-sni', undefined, 'send the name of -V as server name (SNI) with TLS'),
  row('P', 'protocol', 'VERSION', 'of HTTP: 1.0 (default), 1.0c (with "Connection: close") or 1.1'),
  row('m', 'fwmark', 'MARK', 'firewall mark of the packets'),
  row('t', 'timeout', 'SECONDS', 'to connect, and again for each read; default: 5'),
  row('v', 'verbose', undefined, 'print header, page and response time, too'),
  row('h', 'help', undefined, 'print this help'),
];

function row(short: string, long: string, placeholder: string | undefined, description: string): GenhashRow {
  if (placeholder === undefined) return { short, long, argument: 'none', description };
  return { short, long, argument: 'required', placeholder, description };
}

interface Request {
  readonly endpoint: ProbeEndpoint;
  readonly tls: TlsOptions | undefined;
  readonly version: '1.0' | '1.0C' | '1.1';
  readonly path: string;
  readonly host: string;
  readonly verbose: boolean;
}

interface Page {
  readonly bytes: Buffer;
  readonly reply: HttpReply;
  /** Microseconds. */
  readonly took: Duration;
}

/** `holdfast genhash`, and `-T` of the daemon as keepalived has it: the MD5 of a page as `digest` wants it. */
export async function runGenhash(words: readonly string[], output: Output = terminal): Promise<number> {
  const request = readRequest(words);
  if (!request.ok) {
    if (request.reason === undefined) {
      output.say(usage());
      return 0;
    }
    output.tell(`genhash: ${request.reason}\n${usage()}`.trimEnd());
    return 1;
  }
  const page = await fetchPage(request.value);
  if (!page.ok) {
    output.tell(`genhash: ${page.reason}`);
    return 1;
  }
  printPage(page.value, request.value, output);
  return 0;
}

/** The reason is undefined for a call for help. */
function readRequest(words: readonly string[]): Result<Request, string | undefined> {
  const given = new Map<string, string>();
  const items = normaliseArguments(words, table);
  for (const [place, item] of items.entries()) {
    if (item === '--') {
      const operands = items.slice(place + 1);
      if (operands.length > 0) return failed(`unexpected argument(s): ${operands.join(' ')}`);
      break;
    }
    const [name = '', ...value] = item.replace(/^--/, '').split('=');
    const known = table.find(({ long }) => long === name);
    if (!known) return failed(`unknown option ${item}`);
    if (known.argument === 'required' && !item.includes('='))
      return failed(`missing parameter for option -${known.short}`);
    given.set(name, value.join('='));
  }
  if (given.has('help')) return failed(undefined);
  return interpret(given);
}

function interpret(given: ReadonlyMap<string, string>): Result<Request, string> {
  for (const name of ['server', 'port', 'url']) if (!given.get(name)) return failed(`--${name} is missing`);
  const server = given.get('server')!;
  const address = parseIpAddress(server);
  if (!address) return failed(`server should be an IP address, not ${server}`);
  const port = wholeNumber(given.get('port')!, 1, 65_535);
  if (port === undefined) return failed(`invalid port number '${given.get('port')}'`);
  const timeoutText = given.get('timeout') ?? '5';
  const timeout = wholeNumber(timeoutText, 0, 86_400);
  if (timeout === undefined) return failed(`invalid timeout '${timeoutText}'`);
  const markText = given.get('fwmark');
  const fwmark = markText === undefined ? undefined : wholeNumber(markText, 0, 0xffff_ffff);
  if (markText !== undefined && fwmark === undefined) return failed(`invalid fwmark '${markText}'`);
  const version = versions[(given.get('protocol') ?? '1.0').toLowerCase()];
  if (!version) return failed(`invalid HTTP protocol version '${given.get('protocol')}'`);
  const virtualHost = given.get('use-virtualhost');
  const nothing = { bindAddress: undefined, bindPort: undefined, bindInterface: undefined };
  const serverName = given.has('use-sni') ? virtualHost : undefined;
  return ok({
    endpoint: { ...nothing, address, port, fwmark, timeout: seconds(timeout) },
    tls: given.has('use-ssl')
      ? { serverName, verify: undefined, client: undefined, compliantShutdown: false }
      : undefined,
    version,
    path: given.get('url')!,
    host: virtualHost ?? hostOf(address, port),
    verbose: given.has('verbose'),
  });
}

const versions: Readonly<Record<string, Request['version']>> = { '1.0': '1.0', '1.0c': '1.0C', '1.1': '1.1' };

function wholeNumber(text: string, minimum: number, maximum: number): number | undefined {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return number >= minimum && number <= maximum ? number : undefined;
}

function hostOf(address: IpAddress, port: number): string {
  return familyOf(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

async function fetchPage(request: Request): Promise<Result<Page, string>> {
  const poller = new Poller();
  const timeouts = new Timeouts(poller);
  const began = process.hrtime.bigint();
  try {
    return await new Promise(resolve => {
      const pieces: Uint8Array[] = [];
      const reply = new HttpReply(() => {});
      const open = request.tls ? openTlsStream(request.tls) : openTcpStream;
      const stream: Stream = open({ poller, timeouts }, request.endpoint, {
        connected: () => stream.send(httpRequest(request)),
        received: bytes => {
          pieces.push(bytes.slice());
          if (reply.feed(bytes)) return;
          stream.close();
          resolve(failed('the reply is too long'));
        },
        ended: () => {
          const took = milliseconds(Number(process.hrtime.bigint() - began) / 1e6);
          if (reply.hasHeader) resolve(ok({ bytes: Buffer.concat(pieces), reply, took }));
          else resolve(failed('no data received from remote webserver'));
        },
        failed: failure => resolve(failed(describe(failure, pieces.length > 0))),
      });
    });
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return failed(error.message);
  } finally {
    timeouts.close();
    poller.close();
  }
}

/** In keepalived's words, with the reason that it does not tell. */
function describe(failure: ProbeFailure, hasReceived: boolean): string {
  switch (failure.type) {
    case 'timeout':
      if (failure.during === 'read') return hasReceived ? 'timeout: HTTP read' : 'timeout: WEB read';
      return failure.during === 'tls' ? 'timeout: TLS handshake' : 'connection failed: timeout';
    case 'connection':
      return hasReceived ? `read error: ${failure.error}` : `connection failed: ${failure.error}`;
    case 'tls':
      return `SSL handshake/communication error: ${failure.error}`;
    default:
      return 'the server hung up';
  }
}

function printPage({ bytes, reply, took }: Page, request: Request, output: Output): void {
  const { raw, decoded } = reply.digests();
  if (!request.verbose) {
    output.say(`${raw}\n`);
  } else {
    const bodyStart = bytes.indexOf('\r\n\r\n') + 4;
    const header = bytes.subarray(0, bodyStart);
    const body = bytes.subarray(bodyStart, bodyStart + reply.bodyLength);
    output.say(`${title('   HTTP Header Buffer   ')}${hexDump(header)}`);
    output.say(`${title('HTTP Header Ascii Buffer')}${header.toString('latin1')}\n`);
    if (body.length > 0) output.say(`${title('       HTML Buffer       ')}${hexDump(body)}`);
    output.say(`\n${title('   HTML hash resulting   ')}${hexDump(Buffer.from(raw, 'hex'))}`);
    output.say(`${title('HTML hash final resulting')}${raw}\n`);
    output.say(`\nGlobal response time for [${request.path}] = ${Math.round(took)} usecs\n`);
  }
  if (decoded !== undefined && request.verbose) {
    output.tell(
      `genhash: the page came in chunks, whose lengths are part of the digest; without them it is ${decoded}`,
    );
  }
}

function title(text: string): string {
  const dashes = '-'.repeat(23);
  return `${dashes}[ ${text} ]${dashes}\n`;
}

function usage(): string {
  const options = table.map(({ short, long, placeholder = '', description }) => {
    const name = `-${short}, --${long}${placeholder && ` ${placeholder}`}`;
    return `  ${name.padEnd(30)} ${description}`;
  });
  return `Usage: holdfast genhash -s ADDRESS -p PORT -u PATH [options]

Prints the MD5 of a web page, as HTTP_GET and SSL_GET expect it behind "digest".

Options:
${options.join('\n')}

Examples:
  holdfast genhash -s 192.0.2.10 -p 80 -u /health
  holdfast genhash -S -I -V www.example.org -s 2001:db8::10 -p 443 -u /health

Exit status: 0, or 1 if the page could not be had.
`;
}

import { createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { commandOf } from './commands.ts';
import type { Output } from './config/output.ts';
import { runGenhash } from './genhash.ts';
import { hexDump } from './hex-dump.ts';

interface Answer {
  readonly status: number;
  readonly said: string;
  readonly told: string;
}

async function genhash(...words: string[]): Promise<Answer> {
  let said = '';
  let told = '';
  const output: Output = {
    say: text => {
      said += text;
    },
    tell: line => {
      told += `${line}\n`;
    },
  };
  const status = await runGenhash(words, output);
  return { status, said, told };
}

/** Runs with a server that does this once it was asked. */
async function withServer<Value>(
  serve: (socket: Socket, request: string) => void,
  use: (port: string) => Promise<Value>,
): Promise<Value> {
  const server = createServer(socket => {
    socket.on('error', () => {});
    socket.once('data', request => serve(socket, request.toString()));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(String((server.address() as { port: number }).port));
  } finally {
    server.close();
  }
}

const page = 'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello world\n';
const digest = '6f5902ac237024bdd0c176cb93063dc4';
const servePage = (socket: Socket): void => void socket.end(page);

describe('a page', () => {
  it('has the digest that keepalived computes', async () => {
    const answer = await withServer(servePage, port => genhash('-s', '127.0.0.1', '-p', port, '-u', '/x'));
    expect(answer).toEqual({ status: 0, said: `${digest}\n`, told: '' });
  });

  it('is shown as keepalived shows it with -v', async () => {
    const { said } = await withServer(servePage, port => genhash('-s127.0.0.1', `--po=${port}`, '--url', '/x', '-v'));
    expect(said.replace(/= \d+ usecs/, '= 8113 usecs')).toBe(
      `-----------------------[    HTTP Header Buffer    ]-----------------------
0000  48 54 54 50 2f 31 2e 31 - 20 32 30 30 20 4f 4b 0d   HTTP/1.1 200 OK.
0016  0a 43 6f 6e 74 65 6e 74 - 2d 4c 65 6e 67 74 68 3a   .Content-Length:
0032  20 31 32 0d 0a 0d 0a    -                            12....${' '.repeat(9)}
-----------------------[ HTTP Header Ascii Buffer ]-----------------------
HTTP/1.1 200 OK\r
Content-Length: 12\r
\r

-----------------------[        HTML Buffer        ]-----------------------
0000  68 65 6c 6c 6f 20 77 6f - 72 6c 64 0a               hello world.${' '.repeat(4)}

-----------------------[    HTML hash resulting    ]-----------------------
0000  6f 59 02 ac 23 70 24 bd - d0 c1 76 cb 93 06 3d c4   oY..#p$...v...=.
-----------------------[ HTML hash final resulting ]-----------------------
6f5902ac237024bdd0c176cb93063dc4

Global response time for [/x] = 8113 usecs
`,
    );
  });

  it('in chunks is digested with their lengths', async () => {
    const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\n world\n\r\n0\r\n\r\n';
    const answer = await withServer(
      socket => void socket.end(chunked),
      port => genhash('-s', '127.0.0.1', '-p', port, '-u', '/x', '-v'),
    );
    expect(answer.said).toContain('\nbc7a177b037c4358deab0abea4dbabc0\n');
    expect(answer.told).toContain(digest);
  });
});

describe('the request', () => {
  it.each([
    ['', 'GET /x HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: 127.0.0.1:PORT\r\n\r\n'],
    ['-P 1.0c', 'GET /x HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: 127.0.0.1:PORT\r\n\r\n'],
    ['-P 1.0C', 'GET /x HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: 127.0.0.1:PORT\r\n\r\n'],
    ['-P 1.1', 'GET /x HTTP/1.1\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: 127.0.0.1:PORT\r\n\r\n'],
    ['-V www.example.org', 'GET /x HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: www.example.org\r\n\r\n'],
  ])('with "%s" is keepalived\'s', async (options, expected) => {
    let seen = '';
    await withServer(
      (socket, request) => {
        seen = request;
        servePage(socket);
      },
      async port => {
        await genhash('-s', '127.0.0.1', '-p', port, '-u', '/x', ...options.split(' ').filter(Boolean));
        seen = seen.replace(port, 'PORT');
      },
    );
    expect(seen).toBe(expected);
  });
});

describe('what goes wrong', () => {
  it.each([
    ['', '--server is missing'],
    ['-s 127.0.0.1 -u /x', '--port is missing'],
    ['-s', 'missing parameter for option -s'],
    ['-s somewhere -p 80 -u /x', 'server should be an IP address, not somewhere'],
    ['-s 127.0.0.1 -p 80x -u /x', "invalid port number '80x'"],
    ['-s 127.0.0.1 -p 0 -u /x', "invalid port number '0'"],
    ['-s 127.0.0.1 -p 80 -u /x -P 2.0', "invalid HTTP protocol version '2.0'"],
    ['-s 127.0.0.1 -p 80 -u /x -t 1.5', "invalid timeout '1.5'"],
    ['-s 127.0.0.1 -p 80 -u /x -m x5', "invalid fwmark 'x5'"],
    ['-s 127.0.0.1 -p 80 -u /x -Z', 'unknown option -Z'],
    ['-s 127.0.0.1 -p 80 -u /x y', 'unexpected argument(s): y'],
  ])('"%s" is refused with the usage', async (words, reason) => {
    const { status, said, told } = await genhash(...words.split(' ').filter(Boolean));
    expect(status).toBe(1);
    expect(said).toBe('');
    expect(told).toContain(`genhash: ${reason}\nUsage: holdfast genhash`);
  });

  it('is told, and the exit status says so', async () => {
    const refused = await withServer(servePage, async port => port);
    expect(await genhash('-s', '127.0.0.1', '-p', refused, '-u', '/x')).toEqual({
      status: 1,
      said: '',
      told: 'genhash: connection failed: ECONNREFUSED\n',
    });
    const silent = await withServer(
      () => {},
      port => genhash('-s', '127.0.0.1', '-p', port, '-u', '/x', '-t', '1'),
    );
    expect(silent).toMatchObject({ status: 1, told: 'genhash: timeout: WEB read\n' });
    const empty = await withServer(
      socket => void socket.end('nonsense'),
      port => genhash('-s', '127.0.0.1', '-p', port, '-u', '/x'),
    );
    expect(empty).toMatchObject({ status: 1, told: 'genhash: no data received from remote webserver\n' });
  });

  it('is answered by the help if that is asked for', async () => {
    const { status, said } = await genhash('-h');
    expect(status).toBe(0);
    expect(said).toContain('--use-virtualhost');
  });
});

it('is reached as a command and, as with keepalived, by -T in front', () => {
  for (const word of ['genhash', '-T', '--genhash'])
    expect(commandOf(['node', 'holdfast', word])?.name).toBe('genhash');
  expect(commandOf(['node', '/usr/sbin/keepalived', '-T'])?.name).toBe('genhash');
  expect(commandOf(['node', '/usr/sbin/keepalived', 'genhash'])).toBeUndefined();
  expect(commandOf(['node', 'holdfast', '-n', '-T'])).toBeUndefined();
});

it('dumps bytes by sixteen a line', () => {
  expect(hexDump(Uint8Array.of())).toBe('');
  expect(hexDump(Uint8Array.of(0x41, 0xff))).toBe(
    `0000  41 ff${' '.repeat(19)}-${' '.repeat(27)}A.${' '.repeat(14)}\n`,
  );
});

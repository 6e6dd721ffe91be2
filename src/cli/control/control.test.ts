import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ControlAnswer, ControlRequest } from '../../daemon/control-messages.ts';
import { ControlServer } from '../../daemon/control-server.ts';
import type { DaemonLog } from '../../daemon/log.ts';
import { runHealth } from './health.ts';
import { runServer } from './server.ts';
import { runStatus } from './status.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-control-'));
const file = path.join(folder, 'control.sock');
const asked: ControlRequest[] = [];
const logged: string[] = [];
let answer: ControlAnswer = { ok: false, error: 'nothing' };
let server: ControlServer;

const log = {
  write: (_level: string, text: string) => logged.push(text),
  info: (text: string) => logged.push(text),
} as unknown as DaemonLog;

function newServer(): ControlServer {
  return new ControlServer(file, log, (request, reply) => {
    asked.push(request);
    reply(answer);
  });
}

beforeEach(() => {
  asked.length = 0;
  logged.length = 0;
  server = newServer();
  server.open();
});

afterEach(() => {
  server.close();
  rmSync(file, { force: true });
});

async function run(command: typeof runHealth, ...words: string[]) {
  let said = '';
  let told = '';
  const status = await command([...words], { say: text => (said += text), tell: line => (told += `${line}\n`) });
  return { status, said, told };
}

const health = {
  at: 1_000,
  ipvsError: undefined,
  virtualServers: [
    {
      name: '[192.0.2.1]:tcp:80',
      scheduler: 'rr',
      quorum: 1,
      hysteresis: 0,
      quorumUp: false,
      weight: 0,
      sorryServer: undefined,
      suspended: false,
      servers: [
        {
          name: '[10.0.0.1]:tcp:80',
          address: '10.0.0.1',
          port: 80,
          state: 'down',
          weight: 1,
          configuredWeight: 1,
          override: undefined,
          checks: [],
        },
      ],
    },
  ],
};

it('a command that watches asks every second, until nobody answers', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    answer = { ok: true, json: '{"instances":[],"groups":[],"scripts":[]}' };
    const shown: string[] = [];
    const output = { say: (text: string) => void shown.push(text), tell: () => {} };
    const watching = runStatus(['--watch', '--socket', file], output);
    const untilShown = async (count: number): Promise<void> => {
      while (shown.length < count) await new Promise(resolve => setImmediate(resolve));
    };
    await untilShown(1);
    vi.advanceTimersByTime(999);
    await new Promise(resolve => setImmediate(resolve));
    expect(asked).toHaveLength(1);
    vi.advanceTimersByTime(1);
    await untilShown(2);
    server.close();
    vi.advanceTimersByTime(1_000);
    expect(await watching).toBe(2);
    expect(shown.slice(0, 2)).toEqual(['no virtual routers\n', 'no virtual routers\n']);
  } finally {
    vi.useRealTimers();
  }
});

describe('the control socket', () => {
  it('is for its owner alone, and gone with the daemon', () => {
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    server.close();
    expect(existsSync(file)).toBe(false);
  });

  it('replaces one that a killed daemon left behind', async () => {
    server.close();
    const dead: Server = createServer();
    await new Promise<void>(resolve => dead.listen(file, resolve));
    // Its name outlives it, as after a kill.
    const kept = `${file}.kept`;
    const { linkSync, renameSync } = await import('node:fs');
    linkSync(file, kept);
    await new Promise<void>(resolve => dead.close(() => resolve()));
    renameSync(kept, file);
    server.open();
    answer = { ok: true, json: '{"instances":[],"groups":[],"scripts":[]}' };
    const deadline = Date.now() + 5_000;
    let result = await run(runStatus, '--socket', file);
    while (result.status !== 0 && Date.now() < deadline) result = await run(runStatus, '--socket', file);
    expect(result).toEqual({ status: 0, said: 'no virtual routers\n', told: '' });
  });

  it('is not taken from a daemon that lives', async () => {
    const second = newServer();
    second.open();
    const deadline = Date.now() + 5_000;
    while (logged.length === 0 && Date.now() < deadline) await new Promise(resolve => setTimeout(resolve, 5));
    expect(logged).toEqual([`Another daemon listens at ${file}: no commands are taken here`]);
    second.close();
    expect(existsSync(file)).toBe(true);
  });

  it('answers line by line whatever it is sent', async () => {
    answer = { ok: true, json: '7' };
    const socket = connect(file);
    socket.end('{"command":"status"}\nnonsense\n{"command":"health"}\n');
    let text = '';
    for await (const bytes of socket) text += String(bytes);
    expect(text.trim().split('\n')).toEqual([
      '{"ok":true,"result":7}',
      '{"ok":false,"error":"the request is not JSON"}',
      '{"ok":true,"result":7}',
    ]);
  });

  it('listens to nobody who does not come to an end', async () => {
    const socket = connect(file);
    socket.on('error', () => {});
    socket.write('x'.repeat(20_000));
    await new Promise(resolve => socket.once('close', resolve));
    expect(asked).toEqual([]);
  });
});

describe('commands', () => {
  it('show health and say by their status whether all is well', async () => {
    answer = { ok: true, json: JSON.stringify(health) };
    expect(await run(runHealth, '192.0.2.1:80', '--socket', file)).toEqual({
      status: 1,
      said: '[192.0.2.1]:tcp:80  DOWN  rr, weight 0 of quorum 1\n  [10.0.0.1]:tcp:80  down  weight 1\n',
      told: '',
    });
    expect(asked).toEqual([{ command: 'health', service: '192.0.2.1:80' }]);
    const json = await run(runHealth, '--json', '--socket', file);
    expect(JSON.parse(json.said)).toMatchObject({ virtualServers: [{ name: '[192.0.2.1]:tcp:80' }] });
  });

  it('drain servers', async () => {
    answer = { ok: true, json: '{"service":"S","server":"R","verb":"drain"}' };
    expect(await run(runServer, '--socket', file, 'drain', '192.0.2.1:80', '10.0.0.1')).toEqual({
      status: 0,
      said: 'R of S gets no new connections\n',
      told: '',
    });
    expect(asked).toEqual([{ command: 'server', verb: 'drain', service: '192.0.2.1:80', server: '10.0.0.1' }]);
    answer = { ok: false, error: 'there is no virtual server' };
    expect(await run(runServer, '--socket', file, 'auto', 'x', 'y')).toEqual({
      status: 2,
      said: '',
      told: 'holdfast: there is no virtual server\n',
    });
  });

  it('say what keeps them from asking', async () => {
    const gone = path.join(folder, 'gone');
    expect(await run(runStatus, '--socket', gone)).toMatchObject({
      status: 2,
      told: expect.stringContaining(`no daemon listens at ${gone}: is it running?`),
    });
    writeFileSync(gone, '');
    chmodSync(gone, 0o600);
    expect((await run(runStatus, '--socket', gone)).told).toContain('no daemon listens');
    rmSync(gone);
  });

  it('teach', async () => {
    for (const command of [runHealth, runServer, runStatus]) {
      const { status, said } = await run(command, '--help');
      expect(status).toBe(0);
      expect(said).toContain('Examples:');
      expect(said).toContain('--instance <NAME>');
    }
    expect((await run(runServer, 'drain', '--help')).said).toContain('no new connections (weight 0)');
    expect((await run(runServer, 'drain', 'only-one')).status).toBe(2);
  });
});

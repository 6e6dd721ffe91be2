// Mails about virtual and real servers, beside keepalived's, at a mail server of Debian's.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Director, makeNetworks, Peer, removeNetworks } from './director.testkit.ts';

const globals = [
  'global_defs {',
  'router_id DIR',
  'enable_script_security',
  'script_user root',
  'smtp_server 127.0.0.1',
  'notification_email_from holdfast@example.org',
  'notification_email {',
  'ops@example.org',
  '}',
  '}',
].join('\n');
const times = 'connect_timeout 20\nretry 0\ndelay_before_retry 1';
const real = (last: number, check: string): string => `real_server 10.2.0.${last} 80 {\n${check}\n}`;
const tcp = `TCP_CHECK {\n${times}\n}`;
const web = `HTTP_GET {\nurl {\npath /\nstatus_code 200\n}\n${times}\n}`;
const script = 'MISC_CHECK {\nmisc_path "/usr/bin/test -e /run/good"\nmisc_timeout 30\n}';
const service = (key: string, ...lines: readonly string[]): string =>
  [`virtual_server ${key} {`, 'delay_loop 2', 'lvs_sched rr', 'lvs_method NAT', 'smtp_alert', ...lines, '}', ''].join(
    '\n',
  );
const kept = `${globals}\n${service('192.0.2.1 80', 'protocol TCP', 'quorum 2', real(12, tcp), real(13, web), real(14, script))}`;
const gone = service('fwmark 7', 'alpha', real(12, tcp));

const places = [12, 13].map(last => ({ address: `10.2.0.${last}`, port: 80 }));

describe('mails about servers', () => {
  let servers: Peer;
  let mailServer: ChildProcess;

  before(() => {
    makeNetworks();
    servers = new Peer('servers');
    writeFileSync('/run/deliver', '#!/bin/sh\nfile=$(mktemp /run/new/XXXXXX)\ncat >"$file"\nmv "$file" /run/mails/\n', {
      mode: 0o755,
    });
    const words = ['netns', 'exec', 'director', 'msmtpd', '--port=25', '--command=/run/deliver %F'];
    mailServer = spawn('ip', words, { stdio: 'inherit' });
  });

  after(() => {
    servers.end();
    mailServer.kill();
    removeNetworks();
  });

  const open = async (): Promise<void> => {
    for (const place of places) {
      await servers.ask({ do: 'open', ...place, name: place.address, tls: false, pages: { '/': 'welcome' } });
    }
    writeFileSync('/run/good', '');
  };

  /** Subject and reason of every mail about the same events. */
  async function mailsOf(daemon: 'holdfast' | 'keepalived'): Promise<string[]> {
    rmSync('/run/mails', { recursive: true, force: true });
    for (const folder of ['/run/mails', '/run/new']) mkdirSync(folder, { recursive: true });
    await open();
    const director = new Director(daemon, kept + gone, { flags: ['-C'] });
    const whenThereAre = (count: number) =>
      director.until(`${count} mails`, () => readdirSync('/run/mails').length >= count);
    await whenThereAre(4);
    await servers.ask({ do: 'close', ...places[0]! });
    await whenThereAre(7);
    await servers.ask({ do: 'close', ...places[1]! });
    await whenThereAre(9);
    rmSync('/run/good');
    await whenThereAre(10);
    await open();
    await whenThereAre(16);
    writeFileSync('/run/director.conf', kept);
    process.kill(Number(readFileSync(`/run/${daemon}.pid`, 'utf8')), 'SIGHUP');
    await whenThereAre(18);
    await director.stop();
    for (const place of places) await servers.ask({ do: 'close', ...place });
    return readdirSync('/run/mails')
      .map(name => readFileSync(`/run/mails/${name}`, 'utf8'))
      .map(text => `${/^Subject: .*$/m.exec(text)?.[0]} ${/^=> .* <=$/m.exec(text)?.[0]}`)
      .sort();
  }

  it('say what keepalived’s say, its sums put right', async () => {
    const theirs = await mailsOf('keepalived');
    const ours = await mailsOf('holdfast');
    const right = theirs.map(text =>
      text.replace(/Lost quorum (\d+)\+(\d+)=(\d+) <= (\d+)/, 'Lost quorum $1-$2=$3 > $4'),
    );
    assert.deepEqual(ours, right);
    assert.equal(ours.length, 18);
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mailSettings } from '../engine/mails.testkit.ts';
import type { Letter } from './child-messages.ts';
import { Mailer } from './mailer.ts';

/** Stands in for the mail process: what it does with a mail is the mail's subject. */
const program = `
import { Socket } from 'node:net';
import { appendFileSync } from 'node:fs';
const note = text => appendFileSync(new URL('notes', import.meta.url), text + '\\n');
note('start');
const channel = new Socket({ fd: 3 });
let text = '';
channel.on('data', bytes => {
  text += bytes;
  for (let end = text.indexOf('\\n'); end >= 0; end = text.indexOf('\\n')) {
    const { number, letter } = JSON.parse(text.slice(0, end));
    text = text.slice(end + 1);
    const { subject } = letter.mail;
    if (subject === 'crash') throw new Error('broken');
    if (subject === 'hang') continue;
    channel.write(JSON.stringify({ type: 'line', level: subject === 'fail' ? 'error' : 'info', text: subject }) + '\\n');
    channel.write(JSON.stringify({ type: 'ended', number, sent: subject !== 'fail' }) + '\\n');
  }
});
channel.on('error', () => {});
channel.once('close', () => { note('end'); process.exit(0); });
`;

let folder: string;
let mailer: Mailer | undefined;
const logged: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'mailer-'));
  writeFileSync(path.join(folder, 'program.mjs'), program);
  logged.length = 0;
});

afterEach(async () => {
  await mailer?.finish();
  rmSync(folder, { recursive: true, force: true });
});

function open(idleMilliseconds?: number, detail = true): Mailer {
  mailer = new Mailer({
    program: path.join(folder, 'program.mjs'),
    title: 'holdfast',
    detail,
    log: { error: text => logged.push(text), write: (_level, text) => logged.push(text) },
    ...(idleMilliseconds !== undefined && { idleMilliseconds }),
  });
  return mailer;
}

const letter = (subject: string): Letter => ({ mail: { settings: mailSettings, subject, body: 'b\n' }, date: 'now' });
const notes = (): string[] => readFileSync(path.join(folder, 'notes'), 'utf8').trim().split('\n');

async function until(check: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!check()) {
    if (Date.now() > end) throw new Error(`waited in vain: ${JSON.stringify(mailer?.counts)} ${logged.join('\n')}`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

describe('whoever has mails sent', () => {
  it('starts one process for all, passes its lines on, and counts', async () => {
    const { counts } = open();
    expect(counts).toEqual({ waiting: 0, underWay: 0, sent: 0, failed: 0, dropped: 0 });
    for (const subject of ['a', 'b', 'fail', 'd', 'e', 'f']) mailer!.send(letter(subject));
    await until(() => mailer!.counts.sent === 5);
    expect(mailer!.counts).toEqual({ waiting: 0, underWay: 0, sent: 5, failed: 1, dropped: 0 });
    expect(logged).toEqual(['a', 'b', 'fail', 'd', 'e', 'f']);
    expect(notes()).toEqual(['start']);
  });

  it('passes on what went wrong only, unless detail is asked for', async () => {
    open(undefined, false);
    for (const subject of ['a', 'fail']) mailer!.send(letter(subject));
    await until(() => mailer!.counts.failed === 1);
    expect(logged).toEqual(['fail']);
  });

  it('lets it go when there is nothing to do, and starts another for the next mail', async () => {
    open(20).send(letter('a'));
    await until(() => mailer!.counts.sent === 1 && notes().length === 2);
    mailer!.send(letter('b'));
    await until(() => mailer!.counts.sent === 2);
    expect(notes().slice(0, 3)).toEqual(['start', 'end', 'start']);
    expect(logged).toEqual(['a', 'b']);
  });

  it('survives its crash: what was under way is lost, the rest is not', async () => {
    open();
    for (const subject of ['hang', 'hang', 'hang', 'crash', 'e', 'f']) mailer!.send(letter(subject));
    await until(() => mailer!.counts.sent === 2);
    expect(mailer!.counts).toMatchObject({ failed: 4, waiting: 0 });
    expect(logged[0]).toMatch(/^The mail process ended \(status 1\): [\s\S]*Error: broken[\s\S]*: 4 mails are lost$/);
    expect(notes()).toEqual(['start', 'start']);
  });

  it('waits at the end for what is under way, and not for ever', async () => {
    open().send(letter('a'));
    await mailer!.finish();
    expect(mailer!.counts.sent).toBe(1);
    mailer!.send(letter('hang'));
    await mailer!.finish();
    expect(logged.at(-1)).toBe('1 mails could not be sent in time');
  });

  it('drops the oldest where too many wait, and says so once', () => {
    open();
    for (let count = 0; count < 1_010; count++) mailer!.send(letter('hang'));
    expect(mailer!.counts).toMatchObject({ waiting: 1_000, underWay: 4, dropped: 6 });
    expect(logged).toEqual(['More than 1000 mails wait for the SMTP server: the oldest are dropped']);
  });
});

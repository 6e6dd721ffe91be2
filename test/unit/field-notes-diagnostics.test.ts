import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { load } from '../../src/engine/configuration.testkit.ts';

const fixtures = new URL('../fixtures/configurations/', import.meta.url);
const examples = new URL('../../examples/', import.meta.url);
const programs = [
  '/export/Shell/keepalived/alive.sh',
  '/export/Shell/keepalived/to_master.sh',
  '/export/Shell/keepalived/to_backup.sh',
  '/export/Shell/keepalived/fault.sh',
  '/export/Shell/keepalived/notify.sh',
  '/etc/keepalived/scripts/check_nginx.sh',
  '/etc/keepalived/keepalived_notify.sh',
  '/usr/bin/test',
  '/etc/keepalived/not_down.sh',
];
const everywhere = [
  '/export',
  '/export/Shell',
  '/export/Shell/keepalived',
  '/etc/keepalived',
  '/etc/keepalived/scripts',
];
const status = {
  ...Object.fromEntries(everywhere.map(path => [path, { kind: 'directory' as const }])),
  ...Object.fromEntries(programs.map(path => [path, {}])),
};

/**
 * Everything that is said about the file, on a machine that has the interfaces and the scripts: `LINE SEVERITY CODE`.
 * What Holdfast does not do yet says nothing about the file.
 */
function said(folder: URL, name: string): string[] {
  const { diagnostics } = load(readFileSync(new URL(name, folder), 'utf8'), { status }, true);
  const about = diagnostics.filter(({ code }) => code !== 'not-built');
  return about.map(({ line, severity, code }) => `${line} ${severity} ${code}`);
}

const slashes = [10, 16, 17, 18, 20].map(line => `${line} advice slash-comment`);
const neverSent = (line: number) => `${line} advice mail-never-sent`;
const deprecated = (line: number) => `${line} warning deprecated-keyword`;

const expected: Readonly<Record<string, readonly string[]>> = {
  '000-sync-group-unicast.conf': [
    '5 warning sync-group-of-one',
    '12 warning script-security-off',
    deprecated(21),
    '31 advice own-address-as-peer',
    '34 advice address-outside-subnets',
  ],
  '001-s1-broken-braces.conf': [
    '3 error unclosed-block',
    deprecated(10),
    '11 warning zero-interval',
    '12 warning zero-interval',
  ],
  '001-s2.conf': [neverSent(6), deprecated(11), '12 warning zero-interval', '13 warning zero-interval'],
  '002-dual-master-179.conf': [neverSent(8), '13 advice shell-command', '13 warning script-security-off'],
  '002-dual-master-180.conf': [neverSent(8), '13 advice shell-command', '13 warning script-security-off'],
  '002-lvs-nat-three-services.conf': [
    '5 advice bad-value',
    '33 error unknown-keyword',
    '34 advice service-without-address',
    '38 warning obsolete-keyword',
    deprecated(55),
    '61 advice service-without-address',
    deprecated(86),
    deprecated(103),
    '109 advice service-without-address',
    '113 warning obsolete-keyword',
    deprecated(133),
    deprecated(154),
  ],
  '003-two-vips-each-185.conf': [
    neverSent(8),
    ...slashes,
    '21 warning password-truncated',
    '21 advice slash-comment',
    '23 warning slash-comment',
    '24 warning slash-comment',
    '39 warning password-truncated',
  ],
  '003-two-vips-each-186.conf': [neverSent(7), '20 warning password-truncated', '36 warning password-truncated'],
  '004-nginx-nopreempt-backup.conf': ['6 warning script-security-off', '22 advice weight-without-effect'],
  '004-nginx-nopreempt-master.conf': ['6 warning script-security-off', '22 advice weight-without-effect'],
};

describe('configurations from the field: each real mistake is named, and nothing else', () => {
  it.each(readdirSync(fixtures))('%s', name => {
    expect(said(fixtures, name)).toEqual(expected[name]);
  });
});

describe('examples', () => {
  it.each(readdirSync(examples).filter(name => name.endsWith('.conf')))('%s has nothing to be said about', name => {
    expect(said(examples, name)).toEqual([]);
  });
});

it('004: the weight never moves the address, in these words', () => {
  const text = readFileSync(new URL('004-nginx-nopreempt-backup.conf', fixtures), 'utf8');
  expect(load(text, { status }, true).text).toContain('weight 2 under nopreempt never moves the address');
});

it('000: the address was mistyped', () => {
  const text = readFileSync(new URL('000-sync-group-unicast.conf', fixtures), 'utf8');
  expect(load(text, { status }, true).text).toContain('did you mean 172.18.117.33?');
});

it('an interface that does not exist is said, and nothing that would follow from it', () => {
  const text = readFileSync(new URL('003-two-vips-each-186.conf', fixtures), 'utf8').replaceAll('dev eth0', 'dev eth9');
  const { diagnostics } = load(text, {}, true);
  const about = diagnostics.filter(({ line }) => line > 20 && line < 30);
  expect(about.map(({ line, code }) => `${line} ${code}`)).toEqual(['23 no-such-interface', '24 no-such-interface']);
});

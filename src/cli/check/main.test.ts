import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCheck } from './main.ts';

const fixtures = fileURLToPath(new URL('../../../test/fixtures/configurations/', import.meta.url));
const examples = fileURLToPath(new URL('../../../examples/', import.meta.url));
const fixture = (name: string): string => `${fixtures}${name}.conf`;

async function check(...words: string[]) {
  let said = '';
  let told = '';
  const status = await runCheck(words, { say: text => (said += text), tell: line => (told += `${line}\n`) });
  const codes = [...said.matchAll(/: (error|warning|advice): .*\[([a-z-]+)\]$/gm)].map(
    match => `${match[1]} ${match[2]}`,
  );
  return { status, said, told, codes };
}

/** The table of a router without runs of blanks. */
function table(said: string, router: string): string[] {
  const block = said.split('\n\n').find(text => text.startsWith(`${router}: `)) ?? '';
  return block.split('\n').map(line => line.trim().replace(/ {2,}/g, ' | '));
}

const slashes = Array.from({ length: 5 }, () => 'advice slash-comment');
const neverSent = 'advice mail-never-sent';
const truncated = 'warning password-truncated';
const insecure = 'warning script-security-off';

describe('pairs from the field', () => {
  it('002: each script moves its address, and brings it back', async () => {
    const { status, said, codes } = await check(
      `179=${fixture('002-dual-master-179')}`,
      `180=${fixture('002-dual-master-180')}`,
    );
    expect(status).toBe(1);
    expect(codes).toEqual([neverSent, 'advice shell-command', insecure, neverSent, 'advice shell-command', insecure]);
    expect(table(said, 'VI_1')).toEqual([
      'VI_1: virtual_router_id 51, IPv4, 192.168.100.41',
      '179 | 180',
      'all is well | 90 | 100 | 180 is master',
      '179 is gone | gone | 100 | 180 stays',
      'eth0 of 179 is down | FAULT | 100 | 180 stays',
      'chk_mt_down fails on 179 | 90 - 15 = 75 | 100 | 180 stays',
      '180 is gone | 90 | gone | 179 takes over, within 3.65 s | then back to 180',
      'eth0 of 180 is down | 90 | FAULT | 179 takes over, within 3.65 s | then back to 180',
      'chk_mt_down fails on 180 | 90 | 100 - 15 = 85 | 179 takes over (90 > 85), within 3.65 s | then back to 180',
    ]);
  });

  it('003: nothing between the two', async () => {
    const { status, codes } = await check(fixture('003-two-vips-each-185'), fixture('003-two-vips-each-186'));
    expect(status).toBe(1);
    expect(codes).toEqual([
      neverSent,
      ...slashes,
      truncated,
      'advice slash-comment',
      'warning slash-comment',
      'warning slash-comment',
      truncated,
      neverSent,
      truncated,
      truncated,
    ]);
  });

  it('004: no failover will happen', async () => {
    const { status, said, codes } = await check(
      `m=${fixture('004-nginx-nopreempt-master')}`,
      `b=${fixture('004-nginx-nopreempt-backup')}`,
    );
    expect(status).toBe(1);
    expect(codes).toEqual([insecure, insecure, 'warning no-failover', 'warning no-failover']);
    expect(said).toContain(
      'no failover will happen when check_nginx fails on m: 100 < 99 + 2 = 101 of b, but b has nopreempt',
    );
    expect(table(said, 'VI_1')).toContain(
      'check_nginx fails on m | 100 | 99 + 2 = 101 | no failover: 100 < 101 (nopreempt)',
    );
  });

  it('001: a file with broken braces is still read with its partner', async () => {
    const { status, said, codes } = await check(`s1=${fixture('001-s1-broken-braces')}`, `s2=${fixture('001-s2')}`);
    expect(status).toBe(1);
    expect(codes.filter(code => code.startsWith('error'))).toEqual(['error unclosed-block']);
    expect(table(said, 'VI_1')).toContain('s1 is gone | gone | 80 | s2 takes over, within 6.69 s | then back to s1');
  });

  it('000: with the other node as it must have been', async () => {
    const { status, said, codes } = await check(
      `30=${fixture('000-sync-group-unicast')}`,
      `31=${fixture('000-sync-group-unicast')}`,
    );
    expect(status).toBe(1);
    expect(codes.slice(-3)).toEqual([
      'advice own-address-as-peer',
      'advice address-outside-subnets',
      'advice equal-priorities',
    ]);
    expect(table(said, 'VG_1')).toContain('all is well | 150 | 150 | 30 or 31 is master, who is first stays');
  });
});

describe('examples', () => {
  it('are clean, as one file for several nodes', async () => {
    const { status, said } = await check('--strict', '--id', 'alpha', '--id', 'beta', `${examples}demonstration.conf`);
    expect(said).toMatch(/\nnothing found\n$/);
    expect(status).toBe(0);
    expect(said).toContain('alpha is master');
  });
});

describe('files', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-check-'));
    const text =
      'vrrp_instance V {\ninterface nowhere7\nvirtual_router_id 5\n@b priority 90\n@^b priority 100\nvirtual_ipaddress {\n10.0.0.1/24\n}\n}\n';
    writeFileSync(path.join(folder, 'one.conf'), text);
    writeFileSync(path.join(folder, 'including.conf'), 'include one.conf\n');
    writeFileSync(path.join(folder, 'insisting.conf'), 'includea missing.conf\ninclude one.conf\n');
    writeFileSync(path.join(folder, 'lax.conf'), 'include missing.conf\ninclude one.conf\n');
    writeFileSync(path.join(folder, 'slow.conf'), text.replace('@b', 'advert_int 7\n@b'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string): string => path.join(folder, name);

  it('are for other machines: interfaces are not looked up, ids are the names', async () => {
    const { status, said } = await check(`a=${file('one.conf')}`, `b=${file('including.conf')}`);
    expect(said).toContain('nothing found');
    expect(status).toBe(0);
    expect(table(said, 'V')).toContain('all is well | 100 | 90 | a is master');
  });

  it('that cannot be read', async () => {
    const { status, said } = await check(`a=${file('one.conf')}`, `b=${file('missing.conf')}`);
    expect(status).toBe(2);
    expect(said).toContain('missing.conf: error: the configuration cannot be read (ENOENT) [file-unreadable]');
    expect((await check(`a=${file('one.conf')}`, `b=${file('insisting.conf')}`)).status).toBe(2);
    const lax = await check(`a=${file('one.conf')}`, `b=${file('lax.conf')}`);
    expect([lax.status, lax.codes]).toEqual([1, ['warning include-failed']]);
  });

  it('with advice alone are clean, unless --strict', async () => {
    const words = [`a=${file('slow.conf')}`, `b=${file('slow.conf')}`];
    expect((await check(...words)).status).toBe(0);
    expect((await check('--strict', ...words)).status).toBe(1);
  });

  it('for several nodes name them', async () => {
    const { status, told } = await check(`${examples}demonstration.conf`);
    expect(status).toBe(2);
    expect(told).toContain('this file is for several, so write --id alpha --id beta ');
  });

  it('are named by themselves, or by their folders', async () => {
    expect((await check(file('one.conf'), file('slow.conf'))).said).toContain('one is gone');
    const { status, told } = await check(file('one.conf'), file('one.conf'));
    expect(status).toBe(2);
    expect(told).toContain('two nodes are called');
  });
});

describe('the command line', () => {
  it('teaches', async () => {
    const { status, said } = await check('--help');
    expect(status).toBe(0);
    expect(said).toContain('holdfast check --id alpha --id beta keepalived.conf');
    expect(said).toContain('Exit status: 0 clean, 1 findings');
    expect(Math.max(...said.split('\n').map(line => line.length))).toBeLessThanOrEqual(120);
  });

  it.each([
    [[], /missing required argument/],
    [['one.conf'], /one node is no cluster/],
    [['--id', 'a', '--id', 'b', '--id', 'c', '1.conf', '2.conf'], /3 ids for 2 files/],
    [['--bogus', '1.conf', '2.conf'], /unknown option/],
    [['--json', '--sarif', '1.conf', '2.conf'], /exclude each other/],
  ])('%j', async (words, expected) => {
    const { status, told } = await check(...words);
    expect(status).toBe(2);
    expect(told).toMatch(expected);
  });
});

describe('documents', () => {
  const pair = [`m=${fixture('004-nginx-nopreempt-master')}`, `b=${fixture('004-nginx-nopreempt-backup')}`];

  it('JSON', async () => {
    const { status, said } = await check('--json', ...pair);
    const document = JSON.parse(said);
    expect(status).toBe(1);
    expect(document).toMatchObject({ version: 1, exitStatus: 1, nodes: [{ name: 'm' }, { name: 'b' }] });
    expect(document.routers[0]).toMatchObject({ name: 'VI_1', vrid: 15, family: 4, masters: ['m'], staysOn: ['b'] });
    expect(document.routers[0].predictions[2]).toMatchObject({
      fault: { type: 'script', node: 'm', name: 'check_nginx' },
      before: ['m'],
      after: ['m'],
      stays: { because: 'nopreempt', than: 'b' },
      standings: [
        { node: 'm', ability: 'able', basePriority: 100, terms: [], priority: 100 },
        { node: 'b', terms: [{ kind: 'script', name: 'check_nginx', value: 2 }], priority: 101 },
      ],
    });
    expect(document.diagnostics[2]).toMatchObject({ code: 'no-failover', severity: 'warning', line: 22, column: 9 });
  });

  it('SARIF', async () => {
    const { status, said } = await check('--sarif', ...pair);
    const { version, runs } = JSON.parse(said);
    expect(status).toBe(1);
    expect(version).toBe('2.1.0');
    const [{ tool, results, columnKind }] = runs;
    expect(columnKind).toBe('unicodeCodePoints');
    const rules = tool.driver.rules.map(({ id }: { id: string }) => id);
    expect(rules).toEqual(['no-failover', 'script-security-off']);
    for (const result of results) expect(rules[result.ruleIndex]).toBe(result.ruleId);
    expect(results[2]).toMatchObject({
      ruleId: 'no-failover',
      level: 'warning',
      locations: [
        {
          physicalLocation: {
            artifactLocation: {
              uri: 'test/fixtures/configurations/004-nginx-nopreempt-master.conf',
              uriBaseId: 'SRCROOT',
            },
            region: { startLine: 22, startColumn: 9, endColumn: 20 },
          },
        },
      ],
    });
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../config/diagnostic.ts';
import { blockGrammar } from '../config/grammar.ts';
import { LogicalLines } from '../config/logical-lines.ts';
import { parseTree } from '../config/parse-tree.ts';
import { instanceText, type Machine, machine } from '../engine/configuration.testkit.ts';
import { loadConfiguration } from '../engine/configuration.ts';
import { configurationText, damagedText } from './configuration-texts.testkit.ts';
import { logicalLines } from './document.ts';
import { blockEntries } from './effective.ts';
import { effectiveConfiguration } from './effective-configuration.ts';
import { effectiveJson, effectiveText } from './effective-text.ts';
import { runnableText } from './runnable-texts.testkit.ts';
import { textLinesOf } from './text-lines.ts';

const file = '/etc/k.conf';
const options = { configId: 'one', allIncludesStrict: false, randomSeed: 7 };

function host(text: string, extra: Machine = {}) {
  return machine({ ...extra, files: { ...extra.files, [file]: text } });
}

function effective(text: string, extra: Machine = {}) {
  return effectiveConfiguration(file, host(text, extra), options)!;
}

function show(text: string, extra: Machine = {}): string {
  return effectiveText(effective(text, extra).entries);
}

/** The line of a text that begins with the given words, blanks squeezed. */
function lineWith(text: string, words: string): string | undefined {
  return text
    .split('\n')
    .map(line => line.trim().replace(/\s+/g, ' '))
    .find(line => line.startsWith(words));
}

function modelOf(text: string, extra: Machine = {}) {
  return loadConfiguration(file, host(text, extra), options).configuration;
}

function expectSameModel(text: string): boolean {
  const model = modelOf(text);
  const shown = show(text);
  if (model) expect(modelOf(shown)).toEqual(model);
  // What is shown comes to what is shown.
  if (model) expect(stripped(show(shown))).toEqual(stripped(shown));
  return model !== undefined;
}

function expectSame(text: string): void {
  expectSameModel(text);
}

it('keeps from keepalived what was kept from it', () => {
  const text = `virtual_server 192.0.2.1 80 {
lvs_sched rr
lvs_method NAT
protocol TCP
real_server 10.0.0.1 80 {
TCP_CHECK {
@holdfast shadow
}
@holdfast HTTP_GET {
@holdfast shadow
@holdfast url {
@holdfast path /
@holdfast }
@holdfast }
}
}
`;
  expectSame(text);
  const shown = show(text).replaceAll(/ +#.*/g, '');
  for (const line of [
    '@holdfast shadow',
    '@holdfast HTTP_GET {',
    '@holdfast url {',
    '@holdfast path /',
    '@holdfast }',
  ]) {
    expect(shown).toContain(`    ${line}\n`);
  }
  expect(loadConfiguration(file, host(show(text)), options).testExitStatus).toBe(0);
});

/** What is in force, without where it comes from. */
function stripped(text: string): readonly string[] {
  return text
    .split('\n')
    .map(line => line.replace(/\s# .*$/, '').trimEnd())
    .filter(line => line !== '' && !/^\s*#/.test(line));
}

describe('the effective configuration', () => {
  it('says where each value comes from', () => {
    const shown = show(`global_defs {\nvrrp_garp_master_repeat 7\n}\n${instanceText('priority 90')}`);
    expect(lineWith(shown, 'vrrp_garp_master_repeat')).toBe('vrrp_garp_master_repeat 7 # /etc/k.conf:2');
    expect(lineWith(shown, 'priority')).toBe('priority 90 # /etc/k.conf:7');
    expect(lineWith(shown, 'garp_master_repeat')).toBe('garp_master_repeat 7 # vrrp_garp_master_repeat, /etc/k.conf:2');
    expect(lineWith(shown, 'garp_master_delay')).toBe('garp_master_delay 5 # default');
    expect(lineWith(shown, 'advert_int')).toBe('advert_int 1 # default');
    expect(lineWith(shown, 'state')).toBe('state BACKUP # default');
    expect(lineWith(shown, 'router_id')).toBe('router_id one # default');
    expect(lineWith(shown, '# nopreempt')).toBe('# nopreempt: off (default)');
  });

  it('names files that are included, and the line in them', () => {
    const files = { '/etc/more.conf': '\npriority 90\n' };
    expect(lineWith(show(instanceText('include /etc/more.conf'), { files }), 'priority')).toBe(
      'priority 90 # /etc/more.conf:2',
    );
  });

  it('says what was written where something else came of it', () => {
    const shown = show(instanceText('advert_int 1.4\nstate MASTER\nnopreempt\npriority 100\npriority 50'));
    expect(lineWith(shown, 'advert_int')).toBe('advert_int 1 # /etc/k.conf:4; written: advert_int 1.4');
    expect(lineWith(shown, '# not used: nopreempt')).toContain('it has no effect here');
    expect(lineWith(shown, '# not used: priority 100')).toContain('a later line says otherwise');
    expect(lineWith(shown, 'priority')).toBe('priority 50 # /etc/k.conf:8');
  });

  it('says what a real server and its checkers come to', () => {
    const checker = 'TCP_CHECK {\nretry 2\n}\n';
    const real = `real_server 10.1.0.1 80 {\nweight 3\n${checker}}\nreal_server 10.1.0.2 80 {\nTCP_CHECK {\n}\n}\n`;
    const shown = show(`virtual_server 10.0.0.1 80 {\nprotocol TCP\nlb_algo rr\ndelay_loop 7\nweight 9\n${real}}\n`);
    const second = shown.slice(shown.indexOf('real_server 10.1.0.2'));
    expect(lineWith(shown, 'weight 3')).toBe('weight 3 # /etc/k.conf:7');
    expect(lineWith(second, '# weight')).toBe('# weight 9 (weight, /etc/k.conf:5)');
    expect(lineWith(shown, '# delay_loop')).toBe('# delay_loop 7 (delay_loop, /etc/k.conf:4)');
    expect(lineWith(shown, 'retry')).toBe('retry 2 # /etc/k.conf:9');
    expect(lineWith(second, '# retry')).toBe('# retry 1 (default)');
    expect(lineWith(second, '# warmup')).toBe('# warmup 7 (default)');
  });

  it('keeps the spelling of a value whose further words are of no use', () => {
    const shown = show('global_defs {\nrouter_id "a b"\\ more\n}\n');
    expect(lineWith(shown, 'router_id')).toBe('router_id "a b"\\ # /etc/k.conf:2; written: router_id "a b"\\ more');
    expect(modelOf(shown)?.vrrp.global.routerId).toBe('a b\\');
  });

  it('names the line of the block around that gives a default', () => {
    const server = blockGrammar('server', 'keywords', ['\nretry | N | VS, 1 | built | -\n']);
    const grammar = blockGrammar(
      'root',
      'keywords',
      ['\nretry | N | 1 | built | -\nserver | block | - | built | -\n'],
      { server },
    );
    const lines = textLinesOf('retry 3\nserver {\n}\nserver {\nretry 4\n}\n');
    const statements = parseTree(LogicalLines.of(logicalLines(file, lines, [])), grammar, new Diagnostics());
    const listing = { rejected: new Map(), globals: new Map(), valuesOf: () => new Map() };
    const entries = blockEntries(statements, grammar, new Map(), listing);
    expect(effectiveText(entries).replace(/ +/g, ' ')).toBe(
      `retry 3 # ${file}:1\n\nserver { # ${file}:2\n # retry 3 (retry, ${file}:1)\n}\n\nserver { # ${file}:4\n retry 4 # ${file}:5\n}\n`,
    );
  });

  it('keeps what cannot be used, and why, in comments', () => {
    const shown = show(instanceText('prioritty 5\npriority 999', '10.0.0.1\n10.0.0.999\nfe80::1'));
    expect(lineWith(shown, '# not used: prioritty 5')).toBeDefined();
    expect(lineWith(shown, '# not used: priority 999')).toContain('outside');
    expect(lineWith(shown, '# not used: 10.0.0.999')).toContain('not an IP address');
    expect(lineWith(shown, '# not used: fe80::1')).toContain('family');
    expect(lineWith(shown, 'priority')).toBe('priority 100 # default');
  });

  it('says what has no effect yet', () => {
    const shown = show(`global_defs {\nenable_dbus\n}\n${instanceText()}`);
    expect(lineWith(shown, 'enable_dbus')).toBe('enable_dbus # /etc/k.conf:2; no effect yet');
  });

  it('expands definitions and repetitions, and protects what they put in', () => {
    const notify = 'notify "/bin/true \\"x" #y';
    const lines = `priority \${N}0\n${notify}\nunicast_peer {\n10.0.0.9 \${_HASH} max_ttl\n}`;
    const text = `$N=9\n${instanceText(lines, `~SEQ(i,1,2) 10.0.0.\${i}`)}`;
    const shown = show(text);
    expect(shown).toContain('    priority 90 ');
    expect(shown).toContain('        10.0.0.2 ');
    expect(modelOf(shown)).toEqual(modelOf(text));
  });

  it('still shows what is written where the configuration is refused', () => {
    const result = effective(instanceText('use_vmac'));
    expect(result.loads).toBe(false);
    expect(lineWith(effectiveText(result.entries), 'use_vmac')).toBe('use_vmac # /etc/k.conf:4; no effect yet');
  });

  it('is plain data as well', () => {
    expect(effectiveJson(effective('instance east\n').entries)).toContainEqual({
      keyword: 'instance',
      text: 'instance east',
      standing: 'in-force',
      from: { type: 'written', file, line: 1 },
    });
  });

  it('loads as the same: fixtures', () => {
    const folder = path.join(import.meta.dirname, '../../test/fixtures');
    let loaded = 0;
    for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (entry.endsWith('.conf') && expectSameModel(readFileSync(path.join(folder, entry), 'utf8'))) loaded++;
    }
    expect(loaded).toBeGreaterThan(10);
  });

  it('keeps a block whose keyword is followed by a reference to nothing', () => {
    const text = 'track_group T {\ngroup $UNKNOWN {\nV\n}\n}\n';
    expect(lineWith(show(text), 'group $UNKNOWN')).toMatch(/^group \$UNKNOWN \{/);
    expectSameModel(text);
  });

  it('loads as the same: generated files', () => {
    fc.assert(fc.property(runnableText, expectSame), { numRuns: 200, seed: 1 });
    fc.assert(fc.property(configurationText, expectSame), { numRuns: 100, seed: 1 });
    fc.assert(fc.property(damagedText, expectSame), { numRuns: 100, seed: 1 });
  }, 60_000);
});

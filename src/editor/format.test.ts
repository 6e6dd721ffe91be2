import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryFiles } from '../config/memory-files.testkit.ts';
import { rootGrammar } from '../engine/keywords.ts';
import { configurationText, damagedText } from './configuration-texts.testkit.ts';
import { formatConfiguration } from './format.ts';
import { textLinesOf } from './text-lines.ts';
import { shapeOf } from './tree-shape.testkit.ts';
import { conditionWorlds, readWorld } from './worlds.ts';

const file = '/etc/k.conf';

function format(text: string, others: Readonly<Record<string, string>> = {}) {
  return formatConfiguration(file, text, memoryFiles({ ...others, [file]: text }), rootGrammar);
}

function formatted(text: string, others: Readonly<Record<string, string>> = {}): string {
  const result = format(text, others);
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.text;
}

/** What every host whose braces balance makes of the text; elsewhere indentation is evidence of what is missing. */
function meanings(text: string): readonly unknown[] {
  const files = memoryFiles({ [file]: text });
  return conditionWorlds(textLinesOf(text))
    .map(ids => readWorld(file, files, ids, rootGrammar)!)
    .map(world => (world.braceDiagnostics.length === 0 ? shapeOf(world.statements) : 'unbalanced'));
}

function commentsOf(text: string): readonly string[] {
  return textLinesOf(text.replace(/^\ufeff/, ''))
    .filter(line => line.kind !== 'kept')
    .map(line => line.comment)
    .filter(comment => comment !== '');
}

function expectKept(text: string): void {
  const result = format(text);
  if (!result.ok) return;
  expect(meanings(result.text)).toEqual(meanings(text));
  expect(commentsOf(result.text)).toEqual(commentsOf(text));
  expect(formatted(result.text)).toBe(result.text);
}

describe('formatting', () => {
  it('sets lines in by their depth, with one blank between words', () => {
    expect(formatted('vrrp_instance   A{\nstate MASTER\n\t\tvirtual_ipaddress\n  {\n10.0.0.1   dev eth0\n}}\n')).toBe(
      `vrrp_instance A {
    state MASTER
    virtual_ipaddress {
        10.0.0.1 dev eth0
    }
}
`,
    );
  });

  it('keeps comments, includes, conditions, definitions and repetitions', () => {
    const text = `! first

global_defs { # why
    router_id  "two  words" # who
    // old habit
}
include  conf.d/{a,b}.conf
$VIPS=\\
  virtual_ipaddress {\\
  10.0.0.1\\
  }

$GREETING=a   b
@one vrrp_instance A {
@^one vrrp_instance B {
priority  1
~SEQ(i, 1, 3) track_script   x\${i}
$VIPS
}
`;
    expect(formatted(text)).toBe(`! first

global_defs { # why
    router_id "two  words" # who
    // old habit
}
include  conf.d/{a,b}.conf
$VIPS=\\
    virtual_ipaddress {\\
        10.0.0.1\\
    }

$GREETING=a   b
@one vrrp_instance A {
@^one vrrp_instance B {
    priority 1
    ~SEQ(i, 1, 3) track_script   x\${i}
    $VIPS
}
`);
  });

  it('leaves what script keywords read again as it is', () => {
    const text = `vrrp_script A {\n    script "[ -f /x ]  &&  exit 1"\n    script /bin/a   b\n}\n`;
    expect(formatted(text)).toBe(text);
  });

  it('takes off a byte order mark and Windows line ends', () => {
    expect(formatted('\ufeffglobal_defs {\r\n\r\n\r\nrouter_id a\r\n}\r\n\r\n')).toBe(
      'global_defs {\n    router_id a\n}\n',
    );
  });

  it('leaves alone a line that keepalived would cut', () => {
    const long = `      notify   ${'x'.repeat(2_000)}   y  `;
    expect(formatted(`vrrp_instance A {\n${long}\n}\n`)).toBe(`vrrp_instance A {\n${long}\n}\n`);
  });

  it('knows braces that come from a definition or another file', () => {
    const others = { '/etc/head.conf': 'vrrp_instance A {\n' };
    expect(formatted('include head.conf\nstate BACKUP\n}\n', others)).toBe('include head.conf\n    state BACKUP\n}\n');
    expect(formatted('$B=vrrp_instance X {\n$B\nstate BACKUP\n}\n')).toBe(
      '$B=vrrp_instance X {\n$B\n    state BACKUP\n}\n',
    );
  });

  it('refuses where braces do not balance, and says where', () => {
    const result = format('vrrp_instance A {\n  state MASTER\nvrrp_instance B {\n}\n');
    expect(result).toMatchObject({ ok: false, diagnostics: [{ code: 'unclosed-block', line: 1 }] });
  });

  it('refuses a template', () => {
    expect(format('vrrp_instance V {\npriority {{ priority }}\n}\n')).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'unfilled-placeholder', line: 2 }],
    });
    expect(format('vrrp_instance V {\npriority <priority>\n}\n')).toMatchObject({ ok: true });
  });

  it('refuses where they do not balance for one of the hosts that the file names, and says for which', () => {
    expect(format('@one global_defs {\n@two vrrp_instance A {\n}\n')).toMatchObject({ ok: true });
    expect(format('global_defs {\n@one }\n@two router_id x\n')).toMatchObject({
      ok: false,
      host: 'two',
      diagnostics: [{ code: 'unclosed-block' }],
    });
    expect(format('global_defs {\n@^holdfast }\n')).toMatchObject({ ok: false, host: 'holdfast' });
  });

  it('changes no meaning, loses no comment and is done after once: fixtures and examples', () => {
    const root = path.join(import.meta.dirname, '../..');
    let count = 0;
    for (const folder of ['test/fixtures/configurations', 'test/fixtures/packets', 'examples']) {
      for (const name of readdirSync(path.join(root, folder)).filter(entry => entry.endsWith('.conf'))) {
        expectKept(readFileSync(path.join(root, folder, name), 'utf8'));
        count++;
      }
    }
    expect(count).toBeGreaterThan(15);
  });

  it('changes no meaning, loses no comment and is done after once: generated files', () => {
    fc.assert(fc.property(configurationText, expectKept), { numRuns: 300, seed: 1 });
    fc.assert(fc.property(damagedText, expectKept), { numRuns: 300, seed: 1 });
  }, 60_000);
});

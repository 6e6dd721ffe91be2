import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configurationText } from '../../src/editor/configuration-texts.testkit.ts';
import { effectiveConfiguration } from '../../src/editor/effective-configuration.ts';
import { effectiveText } from '../../src/editor/effective-text.ts';
import { formatConfiguration } from '../../src/editor/format.ts';
import { runnableText } from '../../src/editor/runnable-texts.testkit.ts';
import { rootGrammar } from '../../src/engine/keywords.ts';
import { isPrivileged } from '../../src/lab/enter.ts';
import type { Host } from '../../src/lab/host.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { configurationHost } from '../../src/linux/configuration-host.ts';
import { verdictCases } from './configuration-cases.testkit.ts';
import { havePeers, openTestLab } from './daemon.testkit.ts';

const folder = path.join(import.meta.dirname, '../fixtures/configurations');

type Named = readonly (readonly [string, string])[];

// In a user namespace keepalived finds every script insecure, and says so for some and not for others.
const askable = ([, text]: readonly [string, string]): boolean => isPrivileged() || !text.includes('script');

const written: Named = [
  ...readdirSync(folder).map(name => [name, readFileSync(path.join(folder, name), 'utf8')] as const),
  ...verdictCases.map(({ name, text }) => [name, text] as const),
].filter(askable);

const generated: Named = [
  ...fc.sample(runnableText, { numRuns: 100, seed: 1 }).map((text, index) => [`runnable ${index}`, text] as const),
  ...fc.sample(configurationText, { numRuns: 100, seed: 1 }).map((text, index) => [`any ${index}`, text] as const),
].filter(askable);

const texts: Named = [...written, ...generated];

function hostWith(text: string) {
  return {
    ...configurationHost({}),
    readFile: () => ({ ok: true, value: text }) as const,
    interfaceNames: ['lo', 'eth0', 'eth1', 'eth2'],
    ownUid: 0,
    ownGid: 0,
  };
}

function formattedText(text: string): string | undefined {
  const result = formatConfiguration('/case.conf', text, hostWith(text), rootGrammar);
  return result.ok ? result.text : undefined;
}

/** Undefined for a configuration that is refused. */
function shownText(text: string): string | undefined {
  const options = { configId: 'one', allIncludesStrict: false };
  const effective = effectiveConfiguration('/case.conf', hostWith(text), options);
  return effective?.loads ? effectiveText(effective.entries) : undefined;
}

describe.skipIf(!havePeers('keepalived'))('keepalived 2.2.7 on texts that we write', () => {
  let lab: Lab;
  let host: Host;
  /** What keepalived says to each text, without the numbers of lines. */
  const said = new Map<string, readonly string[]>();

  beforeAll(async () => {
    lab = await openTestLab();
    host = await lab.addHost('one');
    for (const name of ['eth1', 'eth2']) await lab.connect(host, { interface: name });
    const asked = [
      ...new Set(texts.flatMap(([, text]) => [text, formattedText(text) ?? text, shownText(text) ?? text])),
    ];
    asked.forEach((text, index) => {
      host.write(`/tmp/${index}.conf`, text);
    });
    // A definition that refers to itself keeps keepalived busy for ever.
    const loop = `i=0; while [ -e /tmp/$i.conf ]; do cp /tmp/$i.conf /tmp/k.conf
      timeout 5 keepalived -t -f /tmp/k.conf 2>&1; echo "= $?"; i=$((i+1)); done`;
    const { stdout } = await host.run(['sh', '-c', loop]);
    const answers = stdout.split(/^= (\d+)\n/m);
    asked.forEach((text, index) => {
      const lines = answers[2 * index]!.split('\n').map(line => line.replace(/^\((?:\S+: )?Line \d+\) /, '').trim());
      said.set(text, [...lines.filter(line => line !== ''), `status ${answers[2 * index + 1]}`]);
    });
  });

  afterAll(() => lab.close());

  it('was asked about many', () => {
    expect(said.size).toBeGreaterThan(300);
  });

  it.each(texts)('says the same after formatting: %s', (_name, text) => {
    const formatted = formattedText(text);
    if (formatted !== undefined) expect(said.get(formatted)).toEqual(said.get(text));
  });

  // Not for generated ones: where a line that it cannot use is gone, keepalived reads on and finds the next.
  it.each(written)('finds nothing new in what is shown of it: %s', (_name, text) => {
    const shown = shownText(text);
    if (shown === undefined) return;
    const known = new Set(said.get(text));
    expect(said.get(shown)!.filter(line => !line.startsWith('status') && !known.has(line))).toEqual([]);
  });
});

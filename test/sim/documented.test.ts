import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { invariantNames } from '../../src/sim/invariants/invariant.ts';
import { parseScenario } from '../../src/sim/parse-scenario.ts';
import { faultMenu } from '../../src/sim/random-faults.ts';

const text = readFileSync(new URL('../../docs/simulator.md', import.meta.url), 'utf8');

describe('docs/simulator.md', () => {
  it.each(invariantNames)('explains the invariant %s', name => {
    expect(text).toContain(`| \`${name}\` |`);
  });

  it.each(faultMenu.map(([, name]) => name))('has "%s" on the menu', name => {
    const menu = text.slice(text.indexOf('The menu:'), text.indexOf('On one core'));
    expect(menu).toContain(name);
  });

  it('shows statements that are understood, with and without what is optional', () => {
    const table = text.slice(text.indexOf('## The scenario language'), text.indexOf('## What is modelled'));
    const statements = [...table.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell]) =>
      [...cell!.matchAll(/`([^`]+)`/g)].map(match => match[1]!),
    );
    expect(statements.length).toBeGreaterThan(30);
    for (const statement of statements) {
      const filled = statement
        .replaceAll('for T', 'for 5s')
        .replaceAll('ADDRESS', '192.0.2.1')
        .replaceAll('FILE', 'new');
      const without = filled.replace(/ \[[^\]]*\]/g, '');
      const withAll = filled.replaceAll('[', '').replaceAll(']', '');
      for (const variant of [without, withAll])
        expect([variant, parseScenario(variant).mistakes]).toEqual([variant, []]);
    }
  });
});

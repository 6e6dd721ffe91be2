// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are substitutions of the language itself
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rootGrammar } from '../engine/keywords.ts';
import { balancedTree } from './balanced-tree.ts';
import { Diagnostics } from './diagnostic.ts';
import { LogicalLines } from './logical-lines.ts';
import { memoryFiles } from './memory-files.testkit.ts';
import { readLines } from './reader.ts';
import type { Located } from './source.ts';
import { deepest, repairedTree, type Statement } from './tree.ts';

const tokens = [
  'vrrp_instance',
  'V',
  '{',
  '}',
  '\n',
  '\n',
  ' ',
  '\t',
  '"',
  '"a b"',
  'x"y z"w',
  '//',
  '# c',
  '\\',
  '\ufeff',
  '$A=1',
  '${A}',
  '@one',
  'priority 100',
  '\r\n',
];

function linesOf(text: string) {
  const options = { conditionIds: ['one'], configId: 'one', allIncludesStrict: false, randomSeed: 1 };
  const reading = readLines('/k.conf', memoryFiles({ '/k.conf': text }), options, new Diagnostics());
  return reading.ok ? reading.lines : new LogicalLines();
}

const place = ({ line, start, end }: Located) => [line.file, line.number, line.text, start, end];

function shape(statements: readonly Statement[]): unknown {
  return statements.map(({ line, words, start, end, block, slashComment }) => ({
    line: [line.source.number, line.source.text, line.text, line.offset],
    words,
    start,
    end,
    block: block && { opening: place(block.opening), statements: shape(block.statements) },
    slashComment: slashComment && place(slashComment),
  }));
}

/** What is read in one pass must be what the thorough way reads, without a word of complaint. */
function expectSame(text: string): void {
  const lines = linesOf(text);
  const quick = balancedTree(lines, deepest);
  if (!quick) return;
  const diagnostics = new Diagnostics();
  expect(shape(quick)).toEqual(shape(repairedTree([...lines], rootGrammar, diagnostics)));
  expect(diagnostics.all).toEqual([]);
}

describe('balanced configurations', () => {
  it.each([
    'a {\nb c "d e" {\n} f g\n}\n',
    'a\n{ b\n}\nc "x{y}" z # comment\n',
    'vrrp_instance V { // hello\n}\n',
    'priority 100 // hello\n',
    '',
  ])('are read as the thorough way reads them: %j', text => {
    expectSame(text);
  });

  it('are read as the thorough way reads them, whatever they are', () => {
    const text = fc.array(fc.constantFrom(...tokens), { maxLength: 24 }).map(parts => parts.join(''));
    fc.assert(fc.property(text, expectSame), { numRuns: 3_000, seed: 1 });
  });

  it('are told from others', () => {
    for (const text of ['a {\n', '}\n', '{\n}\n', 'a {\n}\n{\n}\n', 'a "b\n', 'b c {\n} // x\n', 'a {'.repeat(17)]) {
      expect(balancedTree(linesOf(text), deepest), text).toBeUndefined();
    }
  });
});

import { describe, expect, it } from 'vitest';
import { Diagnostics } from './diagnostic.ts';
import { memoryFiles } from './memory-files.testkit.ts';
import { checkOwnLines } from './own-lines.ts';
import { readLines } from './reader.ts';

function torn(text: string): string[] {
  const diagnostics = new Diagnostics();
  const options = { conditionIds: ['one', 'holdfast'], configId: 'one', allIncludesStrict: false, randomSeed: 1 };
  const reading = readLines('/main', memoryFiles({ '/main': text }), options, diagnostics);
  if (reading.ok) checkOwnLines(reading.lines, diagnostics);
  return diagnostics.all.map(({ code, line }) => `${code} ${line}`);
}

describe('a block under a condition of ours', () => {
  it('is well if all of it is', () => {
    expect(torn('a {\n@holdfast b x {\n@holdfast c\n@holdfast }\nd\n}\n')).toEqual([]);
    expect(torn('a {\n@holdfast b\n@holdfast {\n@holdfast c { d } e }\n}\n')).toEqual([]);
    expect(torn('a {\n@one b {\nc\n}\n}\n')).toEqual([]);
  });

  it('may have more of its own inside', () => {
    expect(torn('a {\nb {\n@holdfast c\n}\n}\n')).toEqual([]);
  });

  it('is torn if a line or a brace of it is not', () => {
    expect(torn('a {\n@holdfast b {\nc\nd\n@holdfast }\n}\n')).toEqual(['own-block-half 3']);
    expect(torn('a {\n@holdfast b {\n@holdfast c\n}\n}\n')).toEqual(['own-block-half 4']);
    expect(torn('a {\n@holdfast b\n{\n@holdfast c\n}\n}\n')).toEqual(['own-block-half 3']);
    expect(torn('a {\nb\n@holdfast }\n')).toEqual(['own-block-half 3']);
  });
});

import { describe, expect, it } from 'vitest';
import { blockGrammar } from '../config/grammar.ts';
import { rootGrammar } from '../engine/keywords.ts';
import { configurationReference } from './reference.ts';

describe('the configuration reference', () => {
  it('has a row for every keyword and a section for every block', () => {
    const text = configurationReference(rootGrammar);
    const sections = new Map(
      text
        .split('\n## ')
        .slice(1)
        .map(section => [section.slice(0, section.indexOf('\n')), section]),
    );
    const queue = [rootGrammar];
    let rows = 0;
    for (const grammar of queue) {
      const title = grammar.path === 'root' ? 'Outside all blocks' : grammar.path.replaceAll('.', ' > ');
      for (const keyword of grammar.rows.keys()) {
        expect(sections.get(title)).toContain(`\n| \`${keyword}\` |`);
        rows++;
      }
      queue.push(...grammar.blocks.values());
    }
    expect(rows).toBeGreaterThan(700);
  });

  it('says how a keyword stands, and keeps what Markdown would take for its own', () => {
    const table = `\nmode | a|b | on | built, since 2.3.0 | One * two\nold | - | - | refused:wire, deprecated | -\n`;
    const text = configurationReference(blockGrammar('root', 'keywords', [table], {}, { gone: 'it went' }));
    expect(text).toContain('| `mode` | `a\\|b` | on | honoured | One \\* two. Since 2.3.0. |');
    expect(text).toContain('| `old` |  |  | refused | Deprecated. |');
    expect(text).toContain('- `gone`: it went.');
  });
});

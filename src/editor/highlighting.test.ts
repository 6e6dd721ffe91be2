import { describe, expect, it } from 'vitest';
import { rootGrammar } from '../engine/keywords.ts';
import { textmateGrammar } from './highlighting.ts';

interface Rule {
  readonly name?: string;
  readonly match?: string;
  readonly captures?: Readonly<Record<string, { readonly name: string }>>;
  readonly patterns?: readonly Rule[];
}

const { repository } = textmateGrammar(rootGrammar) as { readonly repository: Readonly<Record<string, Rule>> };

function rulesOf(rule: Rule): readonly Rule[] {
  return rule.patterns ? rule.patterns.flatMap(rulesOf) : [rule];
}

/** Scope and text of what a rule finds in a line. */
function found(name: string, line: string): readonly string[] {
  return rulesOf(repository[name]!).flatMap(({ match, captures, name: scope }) => {
    const result = new RegExp(match!).exec(line);
    if (!result) return [];
    if (!captures) return [`${scope}: ${result[0]}`];
    return Object.entries(captures).flatMap(([group, capture]) =>
      result[Number(group)] === undefined ? [] : [`${capture.name}: ${result[Number(group)]}`],
    );
  });
}

describe('the grammar that editors colour by', () => {
  it('knows every keyword of the tables', () => {
    const queue = [rootGrammar];
    for (const grammar of queue) {
      for (const row of grammar.rows.values()) {
        if (/^[A-Z]/.test(row.keyword) && grammar.kind === 'lines') continue;
        const line = grammar.kind === 'lines' ? `x ${row.keyword} y` : `  ${row.keyword} y`;
        const coloured = [...found('block', line), ...found('keyword', line)];
        expect(coloured.some(text => text.endsWith(`: ${row.keyword}`))).toBe(true);
      }
      queue.push(...grammar.blocks.values());
    }
  });

  it('tells names, comments, conditions, definitions and values', () => {
    expect(found('block', '@one vrrp_instance VI_1 {')).toEqual([
      'entity.name.type.keepalived: vrrp_instance',
      'entity.name.section.keepalived: VI_1',
    ]);
    expect(found('comment', 'a # b')).toEqual(['comment.line.number-sign.keepalived: # b']);
    expect(found('comment', 'a \\# b')).toEqual([]);
    expect(found('comment', 'a // 说明')).toEqual(['comment.line.double-slash.keepalived: // 说明']);
    expect(found('comment', 'url http://x')).toEqual([]);
    expect(found('condition', '  @^two x')).toEqual(['keyword.control.conditional.keepalived:   @^two']);
    expect(found('definition', '$VIP=1')).toEqual([
      'variable.other.definition.keepalived: $VIP',
      'keyword.operator.assignment.keepalived: =',
    ]);
    expect(found('include', 'include conf.d/*.conf # all')).toContain('string.unquoted.path.keepalived: conf.d/*.conf');
    expect(found('value', 'x fe80::1/64')).toContain('constant.numeric.address.keepalived: fe80::1/64');
    expect(found('keyword', '  priority_of 5')).toEqual([]);
  });
});

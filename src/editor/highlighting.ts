import type { BlockGrammar, KeywordRow } from '../config/grammar.ts';

/** A TextMate grammar of the language, with the keywords of the table; plain data, to be written as JSON. */
export function textmateGrammar(root: BlockGrammar): unknown {
  const { blocks, keywords, options } = wordsOf(root);
  return {
    information_for_contributors: 'Made by `npm run generate` from the keyword tables.',
    name: 'keepalived',
    scopeName: 'source.keepalived',
    patterns: [
      { include: '#comment' },
      { include: '#condition' },
      { include: '#include' },
      { include: '#definition' },
      { include: '#repetition' },
      { include: '#block' },
      { include: '#keyword' },
      { include: '#value' },
    ],
    repository: {
      comment: {
        patterns: [
          { name: 'comment.line.number-sign.keepalived', match: '(?<!\\\\)[#!].*$' },
          { name: 'comment.line.double-slash.keepalived', match: '(?:^|(?<=\\s))//(?=\\s|$|[^\\x00-\\x7f]).*$' },
        ],
      },
      condition: { name: 'keyword.control.conditional.keepalived', match: '^\\s*@\\^?\\S+' },
      include: {
        match: '^\\s*(include[rmwba]?)\\s+(.*?)\\s*(?=#|!|$)',
        captures: { 1: { name: 'keyword.control.include.keepalived' }, 2: { name: 'string.unquoted.path.keepalived' } },
      },
      definition: {
        match: '^\\s*(?:@\\S+\\s+)*(\\$[A-Za-z0-9_]+)(=)',
        captures: {
          1: { name: 'variable.other.definition.keepalived' },
          2: { name: 'keyword.operator.assignment.keepalived' },
        },
      },
      repetition: { name: 'keyword.control.repetition.keepalived', match: '~(?:SEQx?|LST)\\([^)]*\\)' },
      block: {
        match: `${lineStart}(${alternatives(blocks)})(?=[\\s{]|$)(?:\\s+([^\\s{"#!]+))?`,
        captures: { 1: { name: 'entity.name.type.keepalived' }, 2: { name: 'entity.name.section.keepalived' } },
      },
      keyword: {
        patterns: [
          {
            match: `${lineStart}(${alternatives(keywords)})(?=[\\s{}]|$)`,
            captures: { 1: { name: 'keyword.other.keepalived' } },
          },
          { name: 'support.type.option.keepalived', match: `(?<=\\s)(?:${alternatives(options)})(?=\\s|$)` },
        ],
      },
      value: {
        patterns: [
          { name: 'string.quoted.double.keepalived', match: '"(?:\\\\.|[^"\\\\])*"?' },
          { name: 'variable.other.keepalived', match: '\\$\\{[^}]*\\}|\\$[A-Za-z0-9_]+' },
          { name: 'constant.language.keepalived', match: '\\b(?:MASTER|BACKUP|PASS|AH|on|off|true|false|yes|no)\\b' },
          {
            name: 'constant.numeric.address.keepalived',
            match:
              '\\b[0-9]{1,3}(?:\\.[0-9]{1,3}){3}(?:/[0-9]{1,3})?\\b|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:/[0-9]{1,3})?',
          },
          { name: 'constant.numeric.keepalived', match: '(?<=\\s)-?[0-9]+(?:\\.[0-9]+)?(?=[\\s}]|$)' },
        ],
      },
    },
  };
}

/** After indentation, conditions, repetitions or an opening brace. */
const lineStart = '(?:^|\\{|\\}|\\))\\s*(?:@\\^?\\S+\\s+)*';

interface Words {
  readonly blocks: ReadonlySet<string>;
  readonly keywords: ReadonlySet<string>;
  readonly options: ReadonlySet<string>;
}

function wordsOf(root: BlockGrammar): Words {
  const [blocks, keywords, options] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const place = (grammar: BlockGrammar, row: KeywordRow): Set<string> | undefined => {
    if (row.arguments.startsWith('block')) return blocks;
    if (grammar.kind === 'keywords') return keywords;
    // In capitals: what stands for the first word of a line.
    return /^[A-Z]/.test(row.keyword) ? undefined : options;
  };
  const queue = [root];
  for (let index = 0; index < queue.length; index++) {
    const grammar = queue[index]!;
    for (const row of grammar.rows.values()) place(grammar, row)?.add(row.keyword);
    for (const keyword of grammar.obsolete.keys()) keywords.add(keyword);
    queue.push(...grammar.blocks.values());
  }
  return { blocks, keywords, options };
}

/** Sorted, so that the order of the tables does not matter; a longer word first, so that none hides another. */
function alternatives(words: ReadonlySet<string>): string {
  return [...words]
    .sort((left, right) => right.length - left.length || (left < right ? -1 : 1))
    .map(word => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|');
}

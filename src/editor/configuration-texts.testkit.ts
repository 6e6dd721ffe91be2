import fc from 'fast-check';
import type { BlockGrammar } from '../config/grammar.ts';
import { rootGrammar } from '../engine/keywords.ts';

/** Texts that somebody may have written: from the grammar, with all that the language has besides keywords. */
const argument = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('1', '100', 'eth0', '10.0.0.1', 'MASTER', 'PASS', 'on', 'tcp', 'VI_1', 'x') },
  fc.constantFrom(
    '"two  words"',
    '"/bin/true -a  -b"',
    '"un\\"quoted"',
    "'single  quotes'",
    'a\\#b',
    '$V',
    `\${V}`,
    '$UNKNOWN',
  ),
  fc.constantFrom('"#"', '"{"', '//', '//x', 'ü', '"'),
);
const gap = fc.constantFrom(' ', ' ', '  ', '\t', ' \t ');
const indentation = fc.constantFrom('', '  ', '\t', '        ', ' \t');
const trailer = fc.oneof(
  { weight: 8, arbitrary: fc.constant('') },
  fc.constantFrom(' # said', '\t! said', '#said', ' // said', '   ', ' // 说明'),
);
const between = fc.oneof(
  { weight: 6, arbitrary: fc.constant('') },
  fc.constantFrom(
    '\n',
    '\n\n\n',
    '# a comment\n',
    '  ! {\n',
    '// }\n',
    'include other.conf\n',
    '   include  {a,b}.conf\n',
    '$V=1 2\n',
    '$V=a  b # c\n',
    '$LINES=\\\n  x {\\\n  1\\\n  }\n',
    '\r\n',
  ),
);
const condition = fc.oneof(
  { weight: 10, arbitrary: fc.constant('') },
  fc.constantFrom('@one ', '@^one  ', '@two\t', '@holdfast ', '@^two @one '),
);
const repetition = fc.oneof(
  { weight: 12, arbitrary: fc.constant('') },
  fc.constantFrom('~SEQ(i, 1, 3)  ', '~LST({a,b},{1,2},{3,4}) '),
);
const opening = fc.constantFrom(' {\n', ' {\n', '{\n', '\n{\n', '\n\n  {\n', ' { # why\n', ' {  ');
const closing = fc.constantFrom('\n}\n', '\n}\n', '\n  }  # end\n', ' }\n', '}\n');

function statement(grammar: BlockGrammar | undefined, depth: number): fc.Arbitrary<string> {
  const rows = grammar ? [...grammar.rows.keys()] : [];
  const keyword = rows.length > 0 ? fc.constantFrom(...rows) : fc.constantFrom('10.0.0.1', 'eth0', 'A');
  const words = fc.tuple(gap, fc.array(fc.tuple(argument, gap), { maxLength: 3 }));
  return fc
    .tuple(between, indentation, condition, repetition, keyword, words, trailer)
    .chain(([before, blanks, on, repeated, first, [space, rest], after]) => {
      const head = `${before}${blanks}${on}${repeated}${first}${space}${rest.map(pair => pair.join('')).join('')}`;
      const child = grammar?.blocks.get(first);
      if (!child || depth >= 3) return fc.constant(`${head}${after}\n`);
      return fc
        .tuple(opening, fc.array(statement(child, depth + 1), { maxLength: 4 }), closing)
        .map(([open, inner, close]) => `${head}${open}${inner.join('')}${close}`);
    });
}

export const configurationText: fc.Arbitrary<string> = fc
  .array(statement(rootGrammar, 0), { maxLength: 5 })
  .map(statements => statements.join(''));

/** The same, torn: lines lost, doubled, cut. */
export const damagedText: fc.Arbitrary<string> = fc
  .tuple(
    configurationText,
    fc.array(fc.tuple(fc.nat(), fc.constantFrom('drop', 'double', 'cut', 'brace')), { maxLength: 3 }),
  )
  .map(([text, wounds]) => {
    const lines = text.split('\n');
    for (const [place, wound] of wounds) {
      const index = place % lines.length;
      const line = lines[index]!;
      if (wound === 'drop') lines.splice(index, 1, '');
      else if (wound === 'double') lines.splice(index, 0, line);
      else if (wound === 'cut') lines[index] = line.slice(0, place % (line.length + 1));
      else lines[index] = `${line}}`;
    }
    return lines.join('\n');
  });

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BodyPattern } from '../ports/probe.ts';
import { BodySearch, compilePattern } from './body-pattern.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function search(pattern: string, options: readonly string[] = [], more: Partial<BodyPattern> = {}): BodySearch {
  const compiled = compilePattern(pattern, options);
  if (!compiled.ok) throw new Error(compiled.reason);
  return new BodySearch(compiled.value, {
    pattern,
    options,
    minimumOffset: 0,
    maximumOffset: undefined,
    negate: false,
    ...more,
  });
}

function matches(
  pattern: string,
  body: string,
  options: readonly string[] = [],
  more: Partial<BodyPattern> = {},
): boolean {
  const whole = search(pattern, options, more);
  whole.feed(bytes(body));
  return whole.end();
}

describe('the language', () => {
  const cases: [pattern: string, body: string, result: boolean, options?: string][] = [
    ['hello', 'say hello world', true],
    ['hello', 'say hell0 world', false],
    ['', '', true],
    ['^$', '', true],
    ['^a', 'ba', false],
    ['^a', 'b\na', false],
    ['^a', 'b\na', true, 'multiline'],
    ['b$', 'ab\n', true],
    ['b$', 'ab\n', false, 'dollar_endonly'],
    ['b$', 'ab\nc', false],
    ['b$', 'ab\nc', true, 'multiline'],
    ['b\\z', 'ab\n', false],
    ['b\\Z', 'ab\n', true],
    ['\\Aa', 'b\na', false, 'multiline'],
    ['^\\z', 'a\n', false, 'multiline'],
    ['^\\z', 'a\n', true, 'multiline alt_circumflex'],
    ['HELLO', 'hello', false],
    ['HELLO', 'hello', true, 'caseless'],
    ['(?i)HE(?-i)LLO', 'heLLO', true],
    ['(?i)HE(?-i)LLO', 'hello', false],
    ['(?i:a)b', 'Ab', true],
    ['(?i:a)b', 'AB', false],
    ['a(?i)b|c', 'C', true],
    ['a.c', 'a\nc', false],
    ['a.c', 'a\nc', true, 'dotall'],
    ['a \\# b # all', 'a#b', true, 'extended'],
    ['a b', 'ab', false],
    ['[a-c]+x', 'zzabcx', true],
    ['[^a-c]x', 'ax', false],
    ['[]a]x', ']x', true],
    ['[]a]', 'b', false],
    ['[]', 'a', false, 'allow_empty_class'],
    ['[^]', 'a', true, 'allow_empty_class'],
    ['[a\\]b]x', ']x', true],
    ['[\\d-z]x', '-x', true],
    ['[[:alpha:]]+[[:digit:]][[:^digit:]]', 'ab1c', true],
    ['[\\x41-\\x43]', 'B', true],
    ['\\x{41}\\101\\o{101}', 'AAA', true],
    ['\\d\\D\\w\\W\\s\\S', '1a_- x', true],
    ['\\h\\H\\v\\V\\N', '\t \nab', false],
    ['\\hx\\v\\N', ' x\nb', true],
    ['a\\Rb', 'a\r\nb', true],
    ['a\\R\\nb', 'a\r\nb', false],
    ['\\bfoo\\b', 'a foo b', true],
    ['\\bfoo\\b', 'afoob', false],
    ['\\Bfoo', 'afoo', true],
    ['\\Qa.b\\E+', 'a.bbb', true],
    ['\\Qa.b\\E', 'axb', false],
    ['(a|b)+c', 'ababc', true],
    ['^(?:a|ab)(?:c|bcd)$', 'abcd', true],
    ['(a+)+b', 'aaaab', true],
    ['^(a*)*$', 'aaa', true],
    ['^(?:a?){3}$', 'aa', true],
    ['^a{2,3}$', 'aaaa', false],
    ['^a{2,3}$', 'aaa', true],
    ['^a{2,}$', 'aaaaa', true],
    ['^a{2}$', 'a', false],
    ['a{,2}', 'a{,2}', true],
    ['^(ab){2,3}$', 'ababab', true],
    ['^(ab){2,3}?$', 'ababab', true],
    ['^(ab){2,3}$', 'ab', false],
    ['^.*?b$', 'aab', true],
    ['a++a', 'aaa', false],
    ['(?>a+)a', 'aaa', false],
    ['(?>a|ab)c', 'abc', false],
    ['(a|ab)++c', 'abc', false],
    ['a(?=b)', 'ab', true],
    ['a(?=b)', 'ac', false],
    ['a(?!b)', 'ab', false],
    ['a(?!b)', 'ac', true],
    ['a(?!b)', 'a', true],
    ['(?<=a)b', 'ab', true],
    ['(?<=a)b', 'cb', false],
    ['(?<!a)b', 'ab', false],
    ['(?<!a)b', 'cb', true],
    ['(?<=ab|c)d', 'xcd', true],
    ['(?<=ab|c)d', 'xbd', false],
    ['(a)\\1', 'aa', true],
    ['(a)\\1', 'ab', false],
    ['(a)\\g1\\g{1}\\g{-1}', 'aaaa', true],
    ["(?<x>a)\\k<x>\\k{x}\\k'x'(?P=x)\\g{x}", 'aaaaaa', true],
    ['(?i)(a)\\1', 'aA', true],
    ['(a)|\\1b', 'b', false],
    ['(a)?\\1b', 'b', false],
    ['^(a)?\\1b', 'b', true, 'match_unset_backref'],
    ['(?|(a)|(b))\\1', 'bb', true],
    ['^(\\()?a(?(1)\\))$', '(a)', true],
    ['^(\\()?a(?(1)\\))$', '(a', false],
    ['^(?<p>\\()?a(?(<p>)\\)|!)$', 'a!', true],
    ['^(?(?=a)ab|cd)$', 'cd', true],
    ['^(?(?=a)ab|cd)$', 'ad', false],
    ['(?(DEFINE)(a))b', 'b', true],
    ['(?<n>a)|(?<n>b)\\k<n>', 'bb', true, 'dupnames'],
    ['^(?:(a)|b)*\\1$', 'abba', true],
    ['(?#comment)a', 'a', true],
    ['(a)(b)', 'ab', true, 'no_auto_capture'],
    ['^a+?$', 'aa', true, 'ungreedy'],
    ['(*UTF)^.$', 'ä', true],
    ['^.$', 'ä', false],
    ['^..$', 'ä', true],
    ['^.$', 'ä', true, 'utf'],
    ['^.$', '😀', true, 'utf'],
    ['ä', 'Bär', true],
    ['Ä', 'bär', true, 'utf caseless'],
    ['Ä', 'bär', false, 'caseless'],
    ['^\\w+$', 'bär', false, 'utf'],
    ['^\\w+$', 'bär', true, 'utf ucp'],
    ['^\\p{L}+$', 'bär', true, 'utf'],
    ['^\\p{Lu}\\P{Lu}\\pL\\p{Greek}$', 'Äääλ', true, 'utf'],
    ['(?<=ä)b', 'äb', true, 'utf'],
    ['[ä-ö]x', 'öx', true, 'utf'],
    ['\\u0041\\x41', 'AA', true, 'alt_bsux'],
    ['b', 'a\nb', false, 'firstline'],
    ['\\nb', 'a\nb', true, 'firstline'],
    ['^\\N{2}$', 'ab', true],
    ['(^[ab]*?|\\Ba+){2}\\B', 'BBa', true, 'caseless'],
    ['(\\z)?a', 'a', true, 'no_auto_capture'],
    ['a + ?b', 'aab', true, 'extended'],
    ['a{x}', 'a{x}', true],
    ['(a|b|\\n)*c', 'ab\nabc', true],
    ['"status"\\s*:\\s*"(?:ok|healthy)"', '{"uptime":5,"status": "healthy"}', true],
    ['<title>.*</title>', '<html><title>It works</title>', true],
  ];
  it.each(cases)('%s on %j is %s with "%s"', (pattern, body, result, options) => {
    expect(matches(pattern, body, options?.split(' '))).toBe(result);
  });

  it.each([
    ['a(b', 'missing closing parenthesis, at offset 3'],
    ['a)b', 'unmatched closing parenthesis, at offset 1'],
    ['[a', 'missing closing bracket, at offset 0'],
    ['*a', 'a quantifier that follows nothing it could repeat, at offset 0'],
    ['a**', 'a quantifier that follows nothing it could repeat, at offset 3'],
    ['^*a', 'a quantifier that follows nothing it could repeat, at offset 2'],
    ['{2}a', 'a quantifier that follows nothing it could repeat, at offset 0'],
    ['\\N{U+41}', '\\N{...} is not supported, at offset 0'],
    ['a{3,2}', 'numbers in {} are out of order, at offset 6'],
    ['(?<=a+)b', 'a lookbehind assertion is not of fixed length, at offset 0'],
    ['\\2(a)', 'reference to group 2, which does not exist, at offset 0'],
    ['(?R)', 'recursion and subroutine calls are not supported, at offset 0'],
    ['a(*SKIP)b', 'verbs and other (*...) items are not supported here, at offset 1'],
    ['(*CRLF)b', '(*CRLF) is not supported here, at offset 0'],
    ['\\X', '\\X is not supported, at offset 0'],
    ['(?<n>a)(?<n>b)', 'two groups are called n (dupnames allows it), at offset 12'],
    ['[z-a]', 'a range in a class is out of order, at offset 4'],
    ['\\p{Nonsense}', '\\p{Nonsense}: no such property, at offset 0'],
    ['(?:(?:a{1000}b){1000}c){1000}', undefined],
  ])('%s is refused: %s', (pattern, reason) => {
    const compiled = compilePattern(pattern, []);
    expect(compiled.ok ? undefined : compiled.reason).toBe(reason);
  });

  it('names an option that is none', () => {
    expect(compilePattern('a', ['casefree'])).toEqual({ ok: false, reason: 'casefree is no option' });
    expect(compilePattern('a', ['utf', 'never_utf']).ok).toBe(false);
    expect(compilePattern('a', ['auto_callout', 'no_start_optimize', 'use_offset_limit']).ok).toBe(true);
  });
});

describe('offsets', () => {
  it('begin and end where a match may start', () => {
    expect(matches('b', 'ab', [], { minimumOffset: 1 })).toBe(true);
    expect(matches('b', 'ab', [], { minimumOffset: 2 })).toBe(false);
    expect(matches('b', 'ab', [], { maximumOffset: 1 })).toBe(true);
    expect(matches('b', 'ab', [], { maximumOffset: 0 })).toBe(false);
    expect(matches('bcd', 'abcd', [], { maximumOffset: 1 })).toBe(true);
    expect(matches('b', 'ab', [], { minimumOffset: 100 })).toBe(false);
  });

  it('leave what lies before in sight', () => {
    expect(matches('(?<=a)b', 'ab', [], { minimumOffset: 1 })).toBe(true);
    expect(matches('^b', 'ab', [], { minimumOffset: 1 })).toBe(false);
    expect(matches('.*b', 'aab', [], { minimumOffset: 1 })).toBe(true);
  });
});

it('a match is a failure with negation', () => {
  expect(matches('error', 'all is well', [], { negate: true })).toBe(true);
  expect(matches('error', 'an error', [], { negate: true })).toBe(false);
});

describe('a body in pieces', () => {
  it('is matched like the whole, wherever it is cut', () => {
    const body = `${'x'.repeat(20_000)}one two${'y'.repeat(20_000)}\nlast line`;
    for (const pattern of [
      'one two',
      'x+one',
      'two(?=y)',
      'e\\b t',
      '(?<=x)one',
      '^last line$',
      'two.*\\n',
      'one\\z',
    ]) {
      const expected = matches(pattern, body, ['multiline']);
      for (const size of [1_000, 4_096, 16_384, 20_003]) {
        const pieces = search(pattern, ['multiline']);
        for (let place = 0; place < body.length; place += size) pieces.feed(bytes(body.slice(place, place + size)));
        expect(pieces.end(), `${pattern} by ${size}`).toBe(expected);
      }
    }
  });

  it('does not take the end of a piece for the end of the body', () => {
    const pieces = search('x$|y\\b|z(?!z)|(?>w+)w');
    pieces.feed(bytes(`${'.'.repeat(20_000)}w`));
    pieces.feed(bytes('w'));
    expect(pieces.end()).toBe(false);
    const at = search('x$');
    at.feed(bytes(`${'.'.repeat(20_000)}x`));
    at.feed(bytes(`${'.'.repeat(20_000)}`));
    expect(at.end()).toBe(false);
  });

  it('finds a match at the far end of a body that a first match attempt reaches', () => {
    const pieces = search('.*needle', ['dotall']);
    for (let count = 0; count < 40; count++) pieces.feed(bytes('.'.repeat(16_384)));
    pieces.feed(bytes('needle'));
    expect(pieces.end()).toBe(true);
    expect(pieces.gaveUp).toBe(false);
  });
});

it.each(['(a+)+$', '(a|aa)+$', '^(?:a?){40}a{40}$b', '(?:a*a*)*b', '(.*)*x\\1y'])(
  'the pattern %s gives up instead of running for ever',
  pattern => {
    const pathological = search(pattern, [], { negate: true });
    pathological.feed(bytes(`${'a'.repeat(60)}!`.repeat(500)));
    const passed = pathological.end();
    expect(pathological.gaveUp ? passed : false).toBe(false);
  },
);

it('agrees with JavaScript where both languages mean the same', () => {
  const atom = fc.constantFrom(
    'a',
    'b',
    '.',
    '[ab]',
    '[^a]',
    '\\w',
    '\\b',
    '^',
    '$',
    '(a)',
    '(?:b|ab)',
    '(?=a)',
    '(?!b)',
    '(b|a)',
    '(?<=a)',
    '\\n',
  );
  const item = fc
    .tuple(atom, fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,2}?'))
    .map(
      // JavaScript repeats no assertions.
      ([what, how]) => (/^(?:\\b|\^|\$|\(\?[=!<])/.test(what) ? what : what + how),
    );
  const sequence = fc.array(item, { minLength: 1, maxLength: 5 }).map(items => items.join(''));
  const pattern = fc
    .tuple(sequence, sequence, fc.constantFrom('', '*', '+', '{2}'))
    .map(([one, two, how]) => `(?:${one})${how}${two}|${two}`);
  const body = fc.array(fc.constantFrom('a', 'b', 'c', '\n', ' '), { maxLength: 12 }).map(parts => parts.join(''));
  fc.assert(
    fc.property(pattern, body, fc.boolean(), (source, text, multiline) => {
      const flags = multiline ? 'm' : '';
      // `^` behind a last newline, which PCRE2 takes for no line without alt_circumflex; `$` before one is PCRE2's alone.
      const options = ['alt_circumflex', 'dollar_endonly', ...(multiline ? ['multiline'] : [])];
      expect(matches(source, text, options)).toBe(new RegExp(source, flags).test(text));
    }),
    { numRuns: 3_000 },
  );
});

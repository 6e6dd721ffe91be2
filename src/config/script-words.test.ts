import { describe, expect, it } from 'vitest';
import { commandWords, scriptArguments } from './script-words.ts';

describe('scriptArguments', () => {
  it.each([
    ['/bin/x', { command: '/bin/x', rest: [], quoted: false }],
    ['/bin/x root wheel', { command: '/bin/x', rest: ['root', 'wheel'], quoted: false }],
    ['"/bin/x a b"', { command: '/bin/x a b', rest: [], quoted: true }],
    ['"/bin/x a" root', { command: '/bin/x a', rest: ['root'], quoted: true }],
    ['"/bin/x \\"a b\\"" "some one"', { command: '/bin/x \\"a b\\"', rest: ['some one'], quoted: true }],
    ["'/bin/x a' root", { command: '/bin/x a', rest: ['root'], quoted: true }],
    ['"/bin/x', { command: '/bin/x', rest: [], quoted: true }],
  ])('%s', (text, expected) => {
    expect(scriptArguments(text)).toEqual(expected);
  });
});

describe('commandWords', () => {
  it.each([
    ['/bin/echo a#b \\"q\\" \'x y\' \\x41 {z} ; ls', ['/bin/echo', 'a#b', 'q', 'x y', 'A', '{z}', ';', 'ls']],
    ["/bin/echo 'a b' c", ['/bin/echo', 'a b', 'c']],
    ['/bin/echo "a \\"b\\""', ['/bin/echo', 'a "b"']],
    ['/bin/echo a\\nb\\sc\\101', ['/bin/echo', 'a', 'bscA']],
    ['/bin/echo a\\ b', ['/bin/echo', 'a b']],
    ["/bin/echo '' x", ['/bin/echo', '', 'x']],
    ['/bin/echo \\cA\\E', ['/bin/echo', '\u0001\u001b']],
    ["/bin/echo 'open", ['/bin/echo', 'open']],
    ['', []],
  ])('%s', (command, expected) => {
    expect(commandWords(command).map(word => word.text)).toEqual(expected);
  });
});

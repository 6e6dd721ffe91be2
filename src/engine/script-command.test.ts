import { describe, expect, it } from 'vitest';
import { parseScriptCommand, shellOperator } from './script-command.ts';

describe('parseScriptCommand', () => {
  it.each([
    ['/bin/true', ['/bin/true']],
    ['killall -0 nginx', ['killall', '-0', 'nginx']],
    ['/bin/sh -c "[ -f /down ] && exit 1"', ['/bin/sh', '-c', '[ -f /down ] && exit 1']],
    ["/bin/sh -c '[ -f /down ] && exit 1'", ['/bin/sh', '-c', '[ -f /down ] && exit 1']],
    ['/bin/sh -c \\"[ -f /down ] || exit 1\\"', ['/bin/sh', '-c', '[ -f /down ] || exit 1']],
    ['/bin/echo a & b', ['/bin/echo', 'a', '&', 'b']],
    ['/bin/echo \\; \\| \\<', ['/bin/echo', ';', '|', '<']],
  ])('runs directly: %s', (text, argv) => {
    expect(parseScriptCommand(text)).toEqual({ type: 'program', argv });
  });

  it.each([
    '[ -f /etc/keepalived/down ] && exit 1 || exit 0',
    'pidof nginx > /dev/null',
    'a; b',
    'a|b',
    'test $(pidof nginx)',
    'cat < /etc/passwd',
    '</dev/tcp/127.0.0.1/80 && exit 0',
  ])('goes to the shell: %s', text => {
    expect(parseScriptCommand(text)).toEqual({ type: 'shell', text, extraArguments: [] });
  });

  it('frees the quotes of what goes to the shell', () => {
    expect(parseScriptCommand('[ \\"$(cat /x)\\" = 1 ] && echo "a b"')).toMatchObject({
      text: '[ "$(cat /x)" = 1 ] && echo "a b"',
    });
  });

  it.each([
    ['</dev/tcp/127.0.0.1/80', { type: 'tcp-connect', host: '127.0.0.1', port: 80 }],
    ['< /dev/tcp/db.example/5432', { type: 'tcp-connect', host: 'db.example', port: 5432 }],
    ['</dev/tcp/::1/80', { type: 'tcp-connect', host: '::1', port: 80 }],
    ['</dev/tcp/127.0.0.1/99999', { type: 'open-file', path: '/dev/tcp/127.0.0.1/99999' }],
    ['</etc/passwd', { type: 'open-file', path: '/etc/passwd' }],
  ])('%s', (text, command) => {
    expect(parseScriptCommand(text)).toEqual(command);
  });

  it.each(['', '  ', "''"])('finds nothing in %j', text => {
    expect(parseScriptCommand(text)).toBeUndefined();
  });
});

describe('shellOperator', () => {
  it.each([
    ["a '&&' b", undefined],
    ['a "||" b', undefined],
    ["a '\"' && b", '&&'],
    ['a \\"x || y\\" z', undefined],
    ['a $x', undefined],
    ['a $(x)', '$('],
  ])('%s', (text, operator) => {
    expect(shellOperator(text)).toBe(operator);
  });
});

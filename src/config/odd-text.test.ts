import { describe, expect, it } from 'vitest';
import { instanceText, load } from '../engine/configuration.testkit.ts';

describe('a word that its characters explain', () => {
  it.each([
    ['priority\u00a0100', 'the character U+00A0 in it only looks as if it were right'],
    ['priority 100\u200b', 'the character U+200B in it'],
    ['priority １００', 'the character U+FF11 in it'],
    ['priority = 100', 'a value follows its keyword without "="'],
    ['priority 100;', 'write "100": no ";" ends or separates anything here'],
    ['unicast_peer {\n10.0.0.3,\n10.0.0.4\n}', 'write "10.0.0.3": no ","'],
    ['priority \\\n100', 'a line is not continued by "\\"'],
    ['/* a remark */', 'a comment begins with "#" or "!"'],
    ['authentication { 認証\n}', 'if it is a comment, begin it with "#" or "!"'],
    ['advert_int 100ms', 'write 0.1'],
    ['advert_int 1s', 'write 1;'],
    ['advert_int 0,5', 'write 0.5'],
    ['state master', 'write MASTER'],
    ['state SLAVE', 'write BACKUP'],
  ])('%j', (line, hint) => {
    const { text, testExitStatus } = load(instanceText(line));
    expect(text).toContain(hint);
    expect(testExitStatus).toBe(5);
  });

  it('may be a name where an address should be', () => {
    const hint = 'write the address itself, names are not looked up';
    expect(load(instanceText('unicast_peer {\nnode2.example.com\n}')).text).toContain(hint);
    expect(load(instanceText('', 'VIP/24')).text).toContain(hint);
    expect(load(instanceText('', '10.0.0.999')).text).not.toContain(hint);
  });

  it('is told apart from one that is merely wrong', () => {
    expect(load(instanceText('priority 1000')).text).toContain('= it is not used; the default');
    expect(load(instanceText('', '10.0.0.1/255.255.255.0')).text).toContain('write /24; /32 is used');
  });

  it('has its hint in a server, too', () => {
    const text = 'virtual_server 10.0.0.1:80 {\nlb_algo RR\nlb_kind dr\n}\n';
    expect(load(text).text).toContain('write "10.0.0.1 80", with a blank before the port');
    expect(load(text.replace(':', ' ')).text).toContain('write rr;');
    expect(load(text.replace(':', ' ')).text).toContain('write DR;');
  });

  it('is a script where a configuration should be', () => {
    expect(load('if [ -f /etc/x ]; then\nfi\n').text).toContain('this is a line of a shell script');
  });
});

describe('a password', () => {
  it.each([
    ['Test123!', 'ends before "!", which begins a comment'],
    ['ab#cd', 'ends before "#", which begins a comment'],
    ['two words', 'ends after "two"'],
  ])('that is %s ends early, which is said', (password, message) => {
    const { text, testExitStatus } = load(instanceText(`authentication {\nauth_type PASS\nauth_pass ${password}\n}`));
    expect(text).toContain(message);
    expect(testExitStatus).toBe(0);
  });

  it('may have anything in quotes', () => {
    expect(load(instanceText('authentication {\nauth_type PASS\nauth_pass "a! #b"\n}')).codes).toEqual([]);
    expect(load(instanceText('authentication {\nauth_type PASS\nauth_pass ab # x\n}')).codes).toEqual([]);
  });
});

describe('a value that is given twice', () => {
  it('is said where it changes', () => {
    expect(load(instanceText('priority 5\npriority 6')).told).toEqual(['duplicate-keyword 5:1']);
    expect(load(instanceText('priority 5\npriority 5')).told).toEqual([]);
    expect(load(instanceText('interface eth1')).told).toEqual(['duplicate-keyword 4:1']);
  });
});

describe('notification FIFOs', () => {
  const told = (globals: string): number => load(`global_defs {\n${globals}\n}\n${instanceText()}`).testExitStatus;
  it.each([
    ['notify_fifo /run/f', 0],
    ['enable_script_security\nnotify_fifo /run/f', 5],
    ['enable_script_security\nnotify_fifo /run/f\nscript_user root', 5],
    ['notify_fifo /run/f\nenable_script_security', 0],
    ['enable_script_security\nvrrp_notify_fifo /run/f root root', 0],
    ['enable_script_security\nscript_user root\nnotify_fifo /run/f\nnotify_fifo_script /bin/true', 0],
    ['vrrp_notify_fifo /run/f\nvrrp_notify_fifo_script /bin/true', 6],
    ['lvs_notify_fifo /run/f\nlvs_notify_fifo_script /bin/true', 0],
  ])('%j: keepalived exits with %i', (globals, status) => {
    expect(told(globals)).toBe(status);
  });
});

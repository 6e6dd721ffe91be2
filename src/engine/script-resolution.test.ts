import { describe, expect, it } from 'vitest';
import { instanceText, load, type Machine } from './configuration.testkit.ts';

const secure = 'global_defs {\nenable_script_security\nscript_user root\n}\n';
const tracking = 'track_script {\ns\n}';

function tracked(command: string, options: Machine & { readonly globals?: string; readonly lines?: string } = {}) {
  const script = `vrrp_script s {\nscript ${command}\n${options.lines ?? ''}\n}\n`;
  const loaded = load((options.globals ?? secure) + script + instanceText(tracking), options);
  return { ...loaded, script: loaded.configuration?.vrrp.scripts[0]?.script };
}

function notified(line: string, options: Machine = {}) {
  const loaded = load(secure + instanceText(line), options);
  return { ...loaded, notify: loaded.configuration?.vrrp.instances[0]?.notify };
}

const rootIdentity = { uid: 0, gid: 0, groups: [] };

describe('a tracked script', () => {
  it('runs as script_user, its path resolved', () => {
    const { script, codes } = tracked('"/bin/run a \'b c\'"', {
      status: { '/bin/run': {}, '/usr/bin/run': {} },
      links: { '/bin/run': '/usr/bin/run' },
    });
    expect(codes).toEqual([]);
    expect(script).toEqual({
      command: { type: 'program', argv: ['/usr/bin/run', 'a', 'b c'] },
      identity: rootIdentity,
      text: "/bin/run a 'b c'",
    });
  });

  it('keeps its path with use_symlink_paths', () => {
    const { script } = tracked('/bin/run', {
      globals: secure.replace('script_user', 'use_symlink_paths\nscript_user'),
      status: { '/bin/run': {}, '/usr/bin/run': {} },
      links: { '/bin/run': '/usr/bin/run' },
    });
    expect(script?.command).toEqual({ type: 'program', argv: ['/bin/run'] });
  });

  it('without the "/" at its beginning is shown with it', () => {
    const { codes, text } = tracked('opt/run', { status: { '/opt/run': {} } });
    expect(codes).toEqual(['script-missing']);
    expect(text).toContain('there is a /opt/run: begin with the "/"');
    expect(tracked('opt/run').text).toContain('its path begins where the daemon is started');
    expect(tracked('/opt/run').text).toContain('it is not tracked');
  });

  it('is searched for on the path', () => {
    const { script, codes } = tracked('"killall -0 nginx"');
    expect(codes).toEqual(['script-path-search']);
    expect(script?.command).toEqual({ type: 'program', argv: ['/usr/bin/killall', '-0', 'nginx'] });
  });

  it.each([
    ['/nonexistent', 'script-missing', 5],
    ['nonexistent', 'script-missing', 5],
    ['/usr', 'script-not-executable', 5],
    ['/etc/passwd', 'script-not-executable', 0],
    ['""', 'script-without-command', 5],
  ])('that cannot run is not tracked, as in keepalived: %s', (command, code, status) => {
    const { codes, configuration, testExitStatus } = tracked(command);
    expect(codes).toEqual([code]);
    expect(testExitStatus).toBe(status);
    expect(configuration?.vrrp.scripts).toEqual([]);
    expect(configuration?.vrrp.instances[0]?.trackScripts).toEqual([]);
  });

  it('of shell words goes to the shell, and says what keepalived does', () => {
    const { script, codes, text, testExitStatus } = tracked('"[ -f /down ] && exit 1 || exit 0"');
    expect(script?.command).toEqual({ type: 'shell', text: '[ -f /down ] && exit 1 || exit 0', extraArguments: [] });
    expect(codes).toEqual(['shell-command']);
    expect(text).toContain('keepalived runs "[" directly, with "&&" as an argument, which fails for ever');
    expect(testExitStatus).toBe(0);
  });

  it('of shell words that begin with a built-in keeps the verdict of keepalived', () => {
    const { text, testExitStatus } = tracked('"cd /x && ls"');
    expect(text).toContain('keepalived finds no program "cd" and leaves the script out');
    expect(testExitStatus).toBe(5);
  });

  it('may be a connection', () => {
    const { script, codes } = tracked('"</dev/tcp/127.0.0.1/80"');
    expect(script?.command).toEqual({ type: 'tcp-connect', host: '127.0.0.1', port: 80 });
    expect(codes).toEqual(['tcp-connect']);
  });

  it('loses unquoted arguments, which is said', () => {
    const { script, codes } = tracked('/bin/true a b');
    expect(script?.command).toEqual({ type: 'program', argv: ['/bin/true'] });
    expect(codes).toEqual(['script-words-ignored']);
  });

  it('has a user of its own by a keyword of its own', () => {
    const machine = {
      users: { web: { uid: 33, gid: 34, groups: [5, 6] } },
      groups: { adm: 4 },
    };
    expect(tracked('/bin/true', { ...machine, lines: 'user web' }).script?.identity).toEqual({
      uid: 33,
      gid: 34,
      groups: [],
    });
    expect(tracked('/bin/true', { ...machine, lines: 'user web adm' }).script?.identity).toMatchObject({ gid: 4 });
    expect(tracked('/bin/true', { ...machine, lines: 'user web :adm' }).script?.identity).toEqual({
      uid: 33,
      gid: 4,
      groups: [5, 6],
    });
    expect(tracked('/bin/true', { ...machine, lines: 'user nobody' }).codes).toEqual(['script-user']);
    expect(tracked('/bin/true', { ...machine, lines: 'user web nobody' }).codes).toEqual(['script-user']);
  });

  it('runs as keepalived_script if there is such a user, else as the daemon itself', () => {
    const users = { keepalived_script: { uid: 77, gid: 78 } };
    expect(tracked('/bin/true', { globals: '', users }).script?.identity).toEqual({ uid: 77, gid: 78, groups: [] });
    expect(tracked('/bin/true', { globals: '' }).script?.identity).toBeUndefined();
  });

  it('does not fall back to root with enable_script_security', () => {
    const { codes, script, testExitStatus } = tracked('/bin/true', {
      globals: 'global_defs {\nenable_script_security\n}\n',
    });
    expect({ codes, script, testExitStatus }).toEqual({ codes: ['script-user'], script: undefined, testExitStatus: 5 });
  });

  it('without enable_script_security is a violation to keepalived, said once', () => {
    const { codes, testExitStatus } = tracked('/bin/true', { globals: '' });
    expect({ codes, testExitStatus }).toEqual({ codes: ['script-security-off'], testExitStatus: 6 });
  });
});

describe('the path of a script that root runs', () => {
  const hole = { status: { '/opt': { kind: 'directory', mode: 0o777 }, '/opt/x.sh': { uid: 500 } } } as const;

  it('is judged component by component, and refused with enable_script_security', () => {
    const { codes, text, script, testExitStatus } = tracked('/opt/x.sh', hole);
    expect(codes).toEqual(['script-insecure']);
    expect(text).toContain('/opt is writable by everybody, /opt/x.sh belongs to uid 500');
    expect({ script, testExitStatus }).toEqual({ script: undefined, testExitStatus: 5 });
  });

  it('is only complained about without it', () => {
    const { codes, script } = tracked('/opt/x.sh', { ...hole, globals: '' });
    expect(codes).toEqual(['script-insecure', 'script-security-off']);
    expect(script).toBeDefined();
  });

  it('does not matter to another user, unless the file takes root by itself', () => {
    const users = { web: { uid: 33, gid: 33 } };
    expect(tracked('/opt/x.sh', { ...hole, users, lines: 'user web' }).codes).toEqual([]);
    const setuid = { ...hole.status, '/opt/x.sh': { uid: 0, mode: 0o4755 } };
    expect(tracked('/opt/x.sh', { status: setuid, users, lines: 'user web' }).codes).toEqual(['script-insecure']);
  });

  it('may lead through a sticky directory, and through what only a root group may write', () => {
    const sticky = { '/opt': { kind: 'directory', mode: 0o1777 }, '/opt/x.sh': {} } as const;
    expect(tracked('/opt/x.sh', { status: sticky }).codes).toEqual([]);
    const group = { '/opt': { kind: 'directory', mode: 0o775, gid: 0 }, '/opt/x.sh': {} } as const;
    expect(tracked('/opt/x.sh', { status: group }).codes).toEqual([]);
    const staff = { '/opt': { kind: 'directory', mode: 0o775, gid: 50 }, '/opt/x.sh': {} } as const;
    expect(tracked('/opt/x.sh', { status: staff }).text).toContain('/opt is writable by group 50');
  });
});

describe('a notify script', () => {
  it('names user and group after the command', () => {
    const users = { web: { uid: 33, gid: 34 } };
    const { notify, codes } = notified('notify_master "/bin/true a b" web', { users });
    expect(codes).toEqual([]);
    expect(notify?.master).toEqual({
      command: { type: 'program', argv: ['/bin/true', 'a', 'b'] },
      identity: { uid: 33, gid: 34, groups: [] },
      text: '/bin/true a b',
    });
  });

  it('with unquoted arguments is left out with a hint', () => {
    const { notify, text } = notified('notify_master /bin/true master');
    expect(notify?.master).toBeUndefined();
    expect(text).toContain('put a command with arguments in quotes');
  });

  it('that is missing is left out without disturbing anything', () => {
    const { notify, codes, testExitStatus } = notified('notify /nonexistent\nnotify_deleted');
    expect(notify).toMatchObject({ generic: undefined, deleted: undefined, reportDeleted: true });
    expect({ codes, testExitStatus }).toEqual({ codes: ['script-missing'], testExitStatus: 0 });
  });
});

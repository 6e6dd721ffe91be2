import { describe, expect, it } from 'vitest';
import { identityOf, namesFor, withDumpFiles } from './names.ts';

const plain = {
  instance: undefined,
  usePidDirectory: false,
  dataUseInstance: false,
  processNames: false,
  processName: undefined,
  vrrpProcessName: undefined,
  checkerProcessName: undefined,
  bfdProcessName: undefined,
  temporaryDirectory: '/tmp',
};

describe('identityOf', () => {
  it('follows the name the command was called by', () => {
    expect(identityOf('/usr/sbin/keepalived')).toBe('keepalived');
    expect(identityOf('/usr/bin/holdfast')).toBe('holdfast');
    expect(identityOf('/opt/keepalived/bin/holdfast')).toBe('holdfast');
  });
});

describe('namesFor', () => {
  it('keeps the names that scripts for keepalived rely on', () => {
    expect(namesFor('keepalived', plain)).toEqual({
      parent: {
        title: 'keepalived',
        ident: 'Keepalived',
        pidFile: '/run/keepalived.pid',
        dump: '/tmp/keepalived_parent.data',
      },
      vrrp: {
        title: 'keepalived',
        ident: 'Keepalived_vrrp',
        pidFile: '/run/vrrp.pid',
        dump: '/tmp/keepalived.data',
      },
      checker: {
        title: 'keepalived',
        ident: 'Keepalived_healthcheckers',
        pidFile: '/run/checkers.pid',
        dump: '/tmp/keepalived_check.data',
      },
      bfd: {
        title: 'keepalived',
        ident: 'Keepalived_bfd',
        pidFile: '/run/bfd.pid',
        dump: '/tmp/keepalived_bfd.data',
      },
      product: 'Keepalived',
      statistics: '/tmp/keepalived.stats',
      json: '/tmp/keepalived.json',
      recording: '/tmp/keepalived_vrrp.recording',
      crashRecording: '/tmp/keepalived_vrrp_crash.recording',
      controlSocket: '/run/keepalived/control.sock',
      serverWords: '/run/keepalived/servers.json',
    });
  });

  it('has names of its own otherwise', () => {
    const names = namesFor('holdfast', plain);
    expect(names.vrrp.ident).toBe('Holdfast_vrrp');
    expect(names.parent.pidFile).toBe('/run/holdfast.pid');
    expect(names.vrrp.pidFile).toBe('/run/holdfast_vrrp.pid');
    expect(names.checker.pidFile).toBe('/run/holdfast_checkers.pid');
    expect(names.vrrp.dump).toBe('/tmp/holdfast.data');
    expect(names.checker.dump).toBe('/tmp/holdfast_check.data');
  });

  it('gives the processes titles of their own on demand', () => {
    const names = namesFor('keepalived', { ...plain, processNames: true });
    expect([names.parent.title, names.vrrp.title, names.checker.title]).toEqual([
      'keepalived',
      'keepalived_vrrp',
      'keepalived_ipvs',
    ]);
    expect(namesFor('holdfast', { ...plain, processName: 'one', vrrpProcessName: 'two' })).toMatchObject({
      parent: { title: 'one' },
      vrrp: { title: 'two' },
    });
  });

  it('puts the pid files of a named instance into a directory', () => {
    const names = namesFor('keepalived', { ...plain, instance: 'east' });
    expect(names.parent.pidFile).toBe('/run/keepalived/keepalived_east.pid');
    expect(names.vrrp.pidFile).toBe('/run/keepalived/vrrp_east.pid');
    expect(names.checker.pidFile).toBe('/run/keepalived/checkers_east.pid');
    expect(names.controlSocket).toBe('/run/keepalived/control_east.sock');
    expect(names.serverWords).toBe('/run/keepalived/servers_east.json');
    expect(names.vrrp.ident).toBe('Keepalived_vrrp_east');
    expect(names.statistics).toBe('/tmp/keepalived.stats');
  });

  it('adds the instance to data files only on demand', () => {
    const names = namesFor('keepalived', { ...plain, instance: 'east', dataUseInstance: true });
    expect(names.vrrp.dump).toBe('/tmp/keepalived.east.data');
    expect(names.parent.dump).toBe('/tmp/keepalived_parent.east.data');
    expect(names.statistics).toBe('/tmp/keepalived.stats');
    expect(namesFor('keepalived', { ...plain, instance: 'east' }).vrrp.dump).toBe('/tmp/keepalived.data');
  });

  it('uses a pid directory without an instance, too', () => {
    const names = namesFor('holdfast', { ...plain, usePidDirectory: true });
    expect([names.parent.pidFile, names.vrrp.pidFile]).toEqual([
      '/run/holdfast/holdfast.pid',
      '/run/holdfast/vrrp.pid',
    ]);
  });
});

describe('withDumpFiles', () => {
  const usual = namesFor('keepalived', plain);
  const files = { stateDump: undefined, statisticsDump: undefined, jsonDump: undefined };
  const dumpsOf = (stateDump: string): string[] => {
    const { bfd, checker, parent, vrrp } = withDumpFiles(usual, { ...files, stateDump });
    return [parent, vrrp, checker, bfd].map(({ dump }) => dump);
  };

  it('leaves all where it is unless told otherwise', () => {
    expect(withDumpFiles(usual, files)).toEqual(usual);
  });

  it('tells the processes apart before the ending', () => {
    expect(dumpsOf('/var/dump/ha.txt')).toEqual([
      '/var/dump/ha_parent.txt',
      '/var/dump/ha.txt',
      '/var/dump/ha_check.txt',
      '/var/dump/ha_bfd.txt',
    ]);
    expect(dumpsOf('/var/dump/ha')[0]).toBe('/var/dump/ha_parent');
  });

  it('keeps the names in another folder', () => {
    expect(dumpsOf('/var/dump/')).toEqual([
      '/var/dump/keepalived_parent.data',
      '/var/dump/keepalived.data',
      '/var/dump/keepalived_check.data',
      '/var/dump/keepalived_bfd.data',
    ]);
    expect(withDumpFiles(usual, { ...files, statisticsDump: '/s/', jsonDump: '/j/x' })).toMatchObject({
      statistics: '/s/keepalived.stats',
      json: '/j/x',
      vrrp: usual.vrrp,
    });
  });
});

import { describe, expect, it } from 'vitest';
import { identityOf, namesFor } from './names.ts';

const plain = {
  instance: undefined,
  usePidDirectory: false,
  dataUseInstance: false,
  processNames: false,
  processName: undefined,
  vrrpProcessName: undefined,
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
      title: 'keepalived',
      vrrpTitle: 'keepalived',
      product: 'Keepalived',
      parentIdent: 'Keepalived',
      vrrpIdent: 'Keepalived_vrrp',
      parentPidFile: '/run/keepalived.pid',
      vrrpPidFile: '/run/vrrp.pid',
      parentDump: '/tmp/keepalived_parent.data',
      vrrpDump: '/tmp/keepalived.data',
      statistics: '/tmp/keepalived.stats',
      json: '/tmp/keepalived.json',
    });
  });

  it('has names of its own otherwise', () => {
    const names = namesFor('holdfast', plain);
    expect(names.vrrpIdent).toBe('Holdfast_vrrp');
    expect(names.parentPidFile).toBe('/run/holdfast.pid');
    expect(names.vrrpPidFile).toBe('/run/holdfast_vrrp.pid');
    expect(names.vrrpDump).toBe('/tmp/holdfast.data');
  });

  it('gives the processes titles of their own on demand', () => {
    expect(namesFor('keepalived', { ...plain, processNames: true }).vrrpTitle).toBe('keepalived_vrrp');
    expect(namesFor('holdfast', { ...plain, processName: 'one', vrrpProcessName: 'two' })).toMatchObject({
      title: 'one',
      vrrpTitle: 'two',
    });
  });

  it('puts the pid files of a named instance into a directory', () => {
    const names = namesFor('keepalived', { ...plain, instance: 'east' });
    expect(names.parentPidFile).toBe('/run/keepalived/keepalived_east.pid');
    expect(names.vrrpPidFile).toBe('/run/keepalived/vrrp_east.pid');
    expect(names.vrrpIdent).toBe('Keepalived_vrrp_east');
    expect(names.statistics).toBe('/tmp/keepalived.stats');
  });

  it('adds the instance to data files only on demand', () => {
    const names = namesFor('keepalived', { ...plain, instance: 'east', dataUseInstance: true });
    expect(names.vrrpDump).toBe('/tmp/keepalived.east.data');
    expect(names.parentDump).toBe('/tmp/keepalived_parent.east.data');
    expect(names.statistics).toBe('/tmp/keepalived.stats');
    expect(namesFor('keepalived', { ...plain, instance: 'east' }).vrrpDump).toBe('/tmp/keepalived.data');
  });

  it('uses a pid directory without an instance, too', () => {
    const names = namesFor('holdfast', { ...plain, usePidDirectory: true });
    expect([names.parentPidFile, names.vrrpPidFile]).toEqual(['/run/holdfast/holdfast.pid', '/run/holdfast/vrrp.pid']);
  });
});

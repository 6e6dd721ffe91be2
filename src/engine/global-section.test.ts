import { describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import { load, machine } from './configuration.testkit.ts';
import { loadConfiguration } from './configuration.ts';
import { emptyDaemonFilesDraft } from './daemon-files-section.ts';
import { emptySchedulingDraft } from './scheduling-section.ts';

const daemon = (text: string) => load(text).configuration?.daemon;
const inGlobals = (lines: string) => daemon(`global_defs {\n${lines}\n}\n`);

describe('settings of the processes', () => {
  it('have keepalived’s defaults', () => {
    expect(daemon('')).toEqual({
      instance: undefined,
      usePidDirectory: false,
      childWaitTime: seconds(5),
      actAsKeepalived: false,
      flightRecorder: true,
      processNames: false,
      processName: undefined,
      vrrpProcessName: undefined,
      checkerProcessName: undefined,
      bfdProcessName: undefined,
      startupScript: undefined,
      startupScriptTimeout: seconds(10),
      shutdownScript: undefined,
      shutdownScriptTimeout: seconds(10),
      umask: 0o177,
      vrrpReceiveBuffer: { type: 'kernel-default' },
      vrrpNetlinkCommandBuffer: { bytes: undefined, force: false },
      vrrpNetlinkMonitorBuffer: { bytes: undefined, force: false },
      lvsNetlinkCommandBuffer: { bytes: undefined, force: false },
      lvsNetlinkMonitorBuffer: { bytes: undefined, force: false },
      dataUseInstance: false,
      jsonVersion: 1,
      scheduling: emptySchedulingDraft(),
      files: emptyDaemonFilesDraft(),
      initialFiles: [],
    });
  });

  it('are read outside all blocks', () => {
    expect(daemon('instance one\nuse_pid_dir\nchild_wait_time 70000\n')).toMatchObject({
      instance: 'one',
      usePidDirectory: true,
      childWaitTime: seconds(70_000),
    });
  });

  it('are read in global_defs', () => {
    expect(
      inGlobals(
        'process_names\nprocess_name aVeryLongProcessName\nvrrp_process_name v\nstartup_script "/bin/true a" root\nstartup_script_timeout 3\nshutdown_script /bin/false\nshutdown_script_timeout 1001\ndata_use_instance\njson_version 2',
      ),
    ).toMatchObject({
      processNames: true,
      processName: 'aVeryLongProces',
      vrrpProcessName: 'v',
      startupScript: { command: { argv: ['/bin/true', 'a'] }, identity: { uid: 0 } },
      startupScriptTimeout: seconds(3),
      shutdownScript: { command: { argv: ['/bin/false'] } },
      shutdownScriptTimeout: seconds(10),
      dataUseInstance: true,
      jsonVersion: 2,
    });
  });

  it.each([
    ['umask 0022', 0o022],
    ['umask 0x12', 0o022],
    ['umask 18', 0o022],
    ['umask IWGRP|IWOTH', 0o022],
    ['umask IWGRP | IWOTH', 0o022],
    ['umask 01000', 0o177],
    ['umask 2 3', 0o177],
    ['umask foo', 0o177],
  ])('%s', (line, umask) => {
    expect(inGlobals(line)?.umask).toBe(umask);
  });

  it.each([
    ['vrrp_rx_bufs_policy MTU', { type: 'mtu', multiplier: 3 }],
    ['vrrp_rx_bufs_policy MTU\nvrrp_rx_bufs_policy ADVERT\nvrrp_rx_bufs_multiplier 4', { type: 'mtu', multiplier: 4 }],
    ['vrrp_rx_bufs_policy ADVERT', { type: 'advert', multiplier: 3 }],
    ['vrrp_rx_bufs_policy 65536\nvrrp_rx_bufs_policy MTU', { type: 'bytes', bytes: 65_536 }],
    ['vrrp_rx_bufs_policy 0', { type: 'kernel-default' }],
  ])('%j', (lines, buffer) => {
    expect(inGlobals(lines)?.vrrpReceiveBuffer).toEqual(buffer);
  });

  it('size netlink buffers', () => {
    expect(
      inGlobals('vrrp_netlink_cmd_rcv_bufs 1024\nvrrp_netlink_cmd_rcv_bufs_force\nvrrp_netlink_monitor_rcv_bufs 0'),
    ).toMatchObject({
      vrrpNetlinkCommandBuffer: { bytes: 1_024, force: true },
      vrrpNetlinkMonitorBuffer: { bytes: undefined, force: false },
    });
  });
});

describe('our own block', () => {
  it('makes Holdfast act as keepalived', () => {
    expect(daemon('@holdfast holdfast {\n@holdfast act_as keepalived\n@holdfast }\n')?.actAsKeepalived).toBe(true);
    expect(load('@holdfast holdfast {\n@holdfast act_as keepalived\n@holdfast }\n').codes).toEqual([]);
  });

  it('turns the flight recorder off', () => {
    expect(daemon('@holdfast holdfast {\n@holdfast flight_recorder off\n@holdfast }\n')?.flightRecorder).toBe(false);
  });

  it('is pointed out where keepalived would see it', () => {
    expect(load('holdfast {\nact_as keepalived\n}\n')).toMatchObject({ codes: ['own-block'], testExitStatus: 0 });
    expect(load('@holdfast holdfast {\n@holdfast act_as somebody\n@holdfast }\n').codes).toEqual(['bad-value']);
  });
});

describe('a file that cannot be read', () => {
  it('is a good one to -t, as in keepalived, and a start refuses with 6', () => {
    const loaded = loadConfiguration('/nowhere', machine(), { configId: 'one', allIncludesStrict: false });
    expect(loaded).toMatchObject({
      configuration: undefined,
      testExitStatus: 0,
      startExitStatus: 6,
      diagnostics: [{ code: 'file-unreadable', file: '/nowhere', line: 0 }],
    });
  });

  it('is no good one where an include insists', () => {
    expect(load('includea /nowhere\n')).toMatchObject({ testExitStatus: 6, startExitStatus: 6 });
  });
});

import { describe, expect, it } from 'vitest';
import { instanceText, load } from './configuration.testkit.ts';

describe('lvs_sync_daemon_interface', () => {
  it('asks for the sync daemons, following the instance', () => {
    const { configuration, codes, testExitStatus } = load(instanceText('lvs_sync_daemon_interface eth1'));
    expect(configuration?.lvs.global.syncDaemon).toMatchObject({ interface: 'eth1', instance: 'V', syncId: 0 });
    expect({ codes, testExitStatus }).toEqual({ codes: ['deprecated-keyword'], testExitStatus: 5 });
  });

  it('yields to what was asked for before', () => {
    const text = `global_defs {\nlvs_sync_daemon eth2 V id 7\n}\n${instanceText('lvs_sync_daemon_interface eth1')}`;
    const { configuration, told } = load(text);
    expect(configuration?.lvs.global.syncDaemon).toMatchObject({ interface: 'eth2', syncId: 7 });
    expect(told).toEqual(['deprecated-keyword 7:1', 'duplicate-name 7:1']);
  });
});

import { describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import type { VirtualRouterConfiguration } from '../vrrp/configuration.ts';
import { configuration, virtualAddress } from '../vrrp/router.testkit.ts';
import { renderJson } from './json.ts';
import { processAfter, router } from './status.testkit.ts';
import { snapshotOf } from './vrrp-snapshot.ts';

/** What keepalived 2.2.7 wrote for the same configuration, 3.4 s after its start. */
const captured =
  '[{"data":{"iname":"V1","dont_track_primary":0,"skip_check_adv_addr":0,"strict_mode":0,"vmac_ifname":"",' +
  '"ifp_ifname":"eth0","master_priority":0,"last_transition":1795151899.628963,"garp_delay":5,"garp_refresh":0,' +
  '"garp_rep":5,"garp_refresh_rep":1,"garp_lower_prio_delay":5,"garp_lower_prio_rep":5,"lower_prio_no_advert":0,' +
  '"higher_prio_send_advert":0,"vrid":51,"base_priority":150,"effective_priority":150,"vipset":true,' +
  '"promote_secondaries":false,"adver_int":1,"master_adver_int":1,"accept":1,"nopreempt":false,"preempt_delay":0,' +
  '"state":2,"wantstate":2,"version":2,"smtp_alert":false,"notify_deleted":false,' +
  '"vips":["10.9.0.100\\/24 dev eth0 scope global set"],"auth_type":0},"stats":{"advert_rcvd":0,"advert_sent":3,' +
  '"become_master":1,"release_master":0,"packet_len_err":0,"advert_interval_err":0,"ip_ttl_err":0,' +
  '"invalid_type_rcvd":0,"addr_list_err":0,"invalid_authtype":0,"authtype_mismatch":0,"auth_failure":0,' +
  '"pri_zero_rcvd":0,"pri_zero_sent":0}}]';

function rendered(version: 1 | 2, ...routers: readonly VirtualRouterConfiguration[]) {
  const { process, now } = processAfter(configuration(routers), 4);
  return JSON.parse(renderJson(snapshotOf(process, now, 1_795_151_901_000_000), version));
}

describe('renderJson', () => {
  it("has keepalived's keys, order, types and values", () => {
    const [expected] = JSON.parse(captured);
    const [instance] = rendered(1, router({ higherPrioritySendAdvert: false }));
    expect(Object.keys(instance.data)).toEqual(Object.keys(expected.data));
    expect({ ...instance.data, last_transition: 0 }).toEqual({ ...expected.data, last_transition: 0 });
    expect(Object.keys(instance.stats).filter(key => !key.startsWith('auth_ext'))).toEqual(Object.keys(expected.stats));
    expect(instance.stats.become_master).toBe(1);
  });

  it('tells when the last transition was, on the wall clock', () => {
    const [instance] = rendered(1, router());
    expect(instance.data.last_transition).toBeGreaterThan(1_795_151_897);
    expect(instance.data.last_transition).toBeLessThanOrEqual(1_795_151_901);
  });

  it('wraps the array in version 2', () => {
    expect(Object.keys(rendered(2, router()))).toEqual(['vrrp']);
  });

  it('masks the password', () => {
    const password = { type: 'password', bytes: new TextEncoder().encode('secret\0\0') } as const;
    const [{ data }] = rendered(1, router({ authentication: password }));
    expect(data.auth_type).toBe(1);
    expect(data.auth_data).toBe('********');
  });

  it('shows fractions of a second and an address that is not set', () => {
    const [{ data }] = rendered(
      1,
      router({
        version: 3,
        initialState: 'backup',
        priority: 1,
        downTimerAdverts: 100,
        advertisementInterval: seconds(0.25),
        excludedAddresses: [virtualAddress('10.9.0.200')],
      }),
    );
    expect(data).toMatchObject({ adver_int: 0.25, state: 1, wantstate: 1, vipset: false });
    expect(data.evips).toEqual(['10.9.0.200 dev eth0 scope global']);
  });
});

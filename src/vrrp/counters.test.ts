import { expect, it } from 'vitest';
import { keepalivedStatistics, newCounters } from './counters.ts';

it('starts at zero everywhere', () => {
  const counters = newCounters();
  expect(new Set(Object.values(counters.rejected))).toEqual(new Set([0]));
  expect(new Set(Object.values(keepalivedStatistics(counters)))).toEqual(new Set([0]));
});

it('keeps the counters of two virtual routers apart', () => {
  const [one, other] = [newCounters(), newCounters()];
  one.rejected.checksum += 1;
  one.observed['address-list'] += 1;
  expect(other).toEqual(newCounters());
});

it("maps to keepalived's names", () => {
  const counters = newCounters();
  Object.assign(counters, {
    advertisementsReceived: 1,
    advertisementsSent: 2,
    becameMaster: 3,
    releasedMaster: 4,
    priorityZeroReceived: 5,
    priorityZeroSent: 6,
  });
  Object.assign(counters.rejected, {
    'too-short': 10,
    'interval-mismatch': 20,
    'interval-zero': 1,
    ttl: 30,
    'peer-ttl': 1,
    type: 40,
    'count-zero': 50,
    'auth-type-unknown': 60,
    'auth-type-mismatch': 70,
    'auth-failure': 80,
  });
  counters.observed['address-list'] = 1;
  expect(keepalivedStatistics(counters)).toEqual({
    advert_rcvd: 1,
    advert_sent: 2,
    become_master: 3,
    release_master: 4,
    packet_len_err: 10,
    advert_interval_err: 21,
    ip_ttl_err: 31,
    invalid_type_rcvd: 40,
    addr_list_err: 51,
    invalid_authtype: 60,
    authtype_mismatch: 70,
    auth_failure: 80,
    auth_ext_missing: 0,
    auth_ext_malformed: 0,
    auth_ext_unknown_key: 0,
    auth_ext_invalid_hmac: 0,
    auth_ext_stale: 0,
    auth_ext_replay: 0,
    pri_zero_rcvd: 5,
    pri_zero_sent: 6,
  });
});

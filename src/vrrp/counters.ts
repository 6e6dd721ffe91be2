import { type Observation, observationKinds, type RejectReason, rejectReasons } from './receive-checks.ts';

/** What one virtual router has counted since it started or since its counters were cleared. */
export interface Counters {
  /** Adverts that passed every check. */
  advertisementsReceived: number;
  advertisementsSent: number;
  becameMaster: number;
  releasedMaster: number;
  priorityZeroReceived: number;
  priorityZeroSent: number;
  readonly rejected: Record<RejectReason, number>;
  readonly observed: Record<Observation, number>;
}

export function newCounters(): Counters {
  return {
    advertisementsReceived: 0,
    advertisementsSent: 0,
    becameMaster: 0,
    releasedMaster: 0,
    priorityZeroReceived: 0,
    priorityZeroSent: 0,
    rejected: zeroFor(rejectReasons),
    observed: zeroFor(observationKinds),
  };
}

export function copyCounters(counters: Counters): Counters {
  return { ...counters, rejected: { ...counters.rejected }, observed: { ...counters.observed } };
}

function zeroFor<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map(name => [name, 0])) as Record<Name, number>;
}

/**
 * The `stats` object of keepalived's JSON, its names in its order. The auth_ext counters belong to auth_hmac, which a
 * configuration cannot ask for here.
 */
export function keepalivedStatistics(counters: Counters): Readonly<Record<string, number>> {
  const { rejected, observed } = counters;
  return {
    advert_rcvd: counters.advertisementsReceived,
    advert_sent: counters.advertisementsSent,
    become_master: counters.becameMaster,
    release_master: counters.releasedMaster,
    packet_len_err: rejected['too-short'],
    advert_interval_err: rejected['interval-mismatch'] + rejected['interval-zero'],
    ip_ttl_err: rejected.ttl + rejected['peer-ttl'],
    invalid_type_rcvd: rejected.type,
    addr_list_err: rejected['count-zero'] + observed['address-list'],
    invalid_authtype: rejected['auth-type-unknown'],
    authtype_mismatch: rejected['auth-type-mismatch'],
    auth_failure: rejected['auth-failure'],
    auth_ext_missing: 0,
    auth_ext_malformed: 0,
    auth_ext_unknown_key: 0,
    auth_ext_invalid_hmac: 0,
    auth_ext_stale: 0,
    auth_ext_replay: 0,
    pri_zero_rcvd: counters.priorityZeroReceived,
    pri_zero_sent: counters.priorityZeroSent,
  };
}

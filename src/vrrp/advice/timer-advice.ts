import { type Duration, inMilliseconds, inSeconds, milliseconds, plus, seconds, times } from '../../base/duration.ts';
import { type Family, familyOf } from '../../base/ip-address.ts';
import { located } from '../../config/tree.ts';
import { masterDownInterval } from '../intervals.ts';
import type { Advice } from './rule.ts';
import { placeOf, type WrittenInstance, type WrittenScript, type WrittenVrrp } from './written.ts';

/** A service whose address is gone for longer than this was hardly meant to fail over. */
const tooSlow = seconds(10);
/** A loaded machine, or one that is a snapshot away from its hypervisor, is later than this now and then. */
const tooHasty = milliseconds(100);
const slowestCheck = seconds(60);

/** Spans that defeat their purpose. */
export function* timerAdvice(written: WrittenVrrp): Generator<Advice> {
  for (const instance of written.instances) yield* downInterval(instance);
  for (const script of written.scripts) yield* slowCheck(script);
  yield* announcements(written);
}

function* downInterval({ configuration, statement }: WrittenInstance): Generator<Advice> {
  const { name, version, priority, advertisementInterval, downTimerAdverts } = configuration;
  const down = masterDownInterval(version, priority, advertisementInterval, downTimerAdverts);
  const sum = `${downTimerAdverts} x ${inSeconds(advertisementInterval)} s and the skew`;
  if (down > tooSlow) {
    yield {
      where: placeOf(statement, 'advert_int'),
      code: 'slow-failover',
      message: `"${name}" notices a dead master only after ${shown(down)}: ${sum}`,
      hint: 'clients wait as long; advert_int 1 makes it less than 4 s, version 3 takes fractions of a second',
    };
  } else if (down < tooHasty) {
    yield {
      where: placeOf(statement, 'advert_int'),
      code: 'hasty-failover',
      message: `"${name}" takes over after ${shown(down)} of silence: ${sum}`,
      hint: 'a machine that is late by that much, which happens, makes two masters',
    };
  }
  if (downTimerAdverts > 1) return;
  yield {
    where: placeOf(statement, 'down_timer_adverts'),
    code: 'hasty-failover',
    message: `"${name}" takes over when a single advert is lost (down_timer_adverts 1)`,
    hint: 'networks lose packets: two masters follow; the standard waits for three',
  };
}

function* slowCheck({ name, statement, configuration }: WrittenScript): Generator<Advice> {
  if (!configuration) return;
  const { interval, timeout, fall } = configuration;
  const failing = times(interval, fall);
  // The run that is due while one hangs is left out.
  const hanging = plus(times(Math.max(interval, timeout) as Duration, fall - 1), timeout);
  const worst = Math.max(failing, hanging) as Duration;
  if (worst <= slowestCheck) return;
  const how =
    failing >= hanging
      ? `fall ${fall} x interval ${inSeconds(interval)} s`
      : `fall ${fall} x timeout ${inSeconds(timeout)} s`;
  yield {
    where: placeOf(statement, failing >= hanging ? 'interval' : 'timeout'),
    code: 'slow-check',
    message: `a failure that the script "${name}" is to find may go unnoticed for ${shown(worst)}: ${how}`,
    hint: 'meanwhile the address stays where the service is down; lower interval, timeout or fall',
  };
}

/** What the addresses of one interface send after a takeover and at each refresh, in frames. */
interface Burst {
  addresses: number;
  frames: number;
  readonly delay: Duration;
  refreshFrames: number;
  refreshEvery: Duration;
}

/** Frames that leave one by one: the gaps of global_defs may make a burst longer than what it is to be done in. */
function* announcements({ garpGroups, global, instances, globalStatements }: WrittenVrrp): Generator<Advice> {
  const grouped = new Set(garpGroups.flatMap(({ interfaces }) => interfaces));
  for (const family of [4, 6] as const) {
    const keyword = family === 4 ? 'vrrp_garp_interval' : 'vrrp_gna_interval';
    const gap = family === 4 ? global.garpInterval : global.gnaInterval;
    const line = globalStatements.findLast(({ words }) => words[0]?.text === keyword);
    if (gap === 0 || !line) continue;
    for (const [device, burst] of burstsOf(instances, family)) {
      if (grouped.has(device)) continue;
      const on = device === '' ? '' : ` on ${device}`;
      const first = times(gap, burst.frames);
      const refresh = times(gap, burst.refreshFrames);
      const { delay, refreshEvery } = burst;
      if (refreshEvery > 0 && refresh > refreshEvery) {
        yield {
          where: located(line),
          code: 'announcements-too-slow',
          message: `${burst.refreshFrames} frames${on}, ${shown(gap)} apart, take ${shown(refresh)}; they are due every ${shown(refreshEvery)}`,
          hint: 'a refresh never ends before the next begins; shorten the gap or refresh less often',
        };
      } else if (first > seconds(1) && delay > 0 && first > delay) {
        yield {
          where: located(line),
          code: 'announcements-too-slow',
          message: `${burst.frames} frames for ${burst.addresses} addresses${on}, ${shown(gap)} apart, take ${shown(first)} after a takeover`,
          hint: `neighbours keep sending to the old master until their turn comes, and the second burst is due after ${shown(delay)}`,
        };
      }
    }
  }
}

function burstsOf(instances: readonly WrittenInstance[], family: Family): Map<string, Burst> {
  const bursts = new Map<string, Burst>();
  for (const { configuration } of instances) {
    const { garp } = configuration;
    for (const virtual of [...configuration.addresses, ...configuration.excludedAddresses]) {
      if (familyOf(virtual.address) !== family) continue;
      const device = virtual.interface ?? configuration.interface ?? '';
      const burst = bursts.get(device) ?? {
        addresses: 0,
        frames: 0,
        delay: garp.masterDelay,
        refreshFrames: 0,
        refreshEvery: garp.masterRefresh,
      };
      burst.addresses++;
      burst.frames += garp.masterRepeat;
      if (garp.masterRefresh > 0) {
        burst.refreshFrames += garp.masterRefreshRepeat;
        burst.refreshEvery = garp.masterRefresh;
      }
      bursts.set(device, burst);
    }
  }
  return bursts;
}

function shown(span: Duration): string {
  return span < 1_000_000 ? `${Number(inMilliseconds(span).toFixed(1))} ms` : `${Number(inSeconds(span).toFixed(1))} s`;
}

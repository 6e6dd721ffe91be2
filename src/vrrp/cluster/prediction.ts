import { type Duration, plus, zero } from '../../base/duration.ts';
import { compareIpAddresses } from '../../base/ip-address.ts';
import { masterDownInterval, skewTime } from '../intervals.ts';
import type { ClusterRouter, Member } from './cluster-router.ts';
import { type Fault, faultsOf, type Standing, standingOf } from './standing.ts';

/** Who holds the addresses once things have settled. */
export type Holder =
  | { readonly type: 'member'; readonly member: Member }
  /** Equal, and their source addresses, which decide, are not in the files. */
  | { readonly type: 'either'; readonly members: readonly Member[] }
  | { readonly type: 'nobody' };

/** Why the address stays where it is although the priorities may have changed. */
export type Reason = 'lower' | 'equal' | 'nopreempt';

export interface Prediction {
  readonly fault: Fault;
  /** Before the fault. The node that it hits, if that may be master when all is well. */
  readonly before: Holder;
  readonly standings: readonly Standing[];
  readonly after: Holder;
  /** Set if nothing moves: why the best of the others does not take over. */
  readonly stays: { readonly best: Standing; readonly reason: Reason } | undefined;
  /** From the moment the fault is known to the new master: at most. */
  readonly within: Duration;
  /** When the fault is over. */
  readonly recovered: Holder;
  readonly staysAfterwards: { readonly best: Standing; readonly reason: Reason } | undefined;
}

export interface RouterForecast {
  readonly router: ClusterRouter;
  readonly atRest: readonly Standing[];
  /** When all nodes start together and all is well. */
  readonly master: Holder;
  /** Besides it, who keeps the addresses, all being well, once a fault has brought them there. */
  readonly alsoStays: readonly Member[];
  readonly predictions: readonly Prediction[];
}

export function forecast(router: ClusterRouter): RouterForecast {
  const atRest = router.members.map(member => standingOf(member, undefined));
  const master = elect(atRest);
  const keeps = atRest.filter(
    ({ member, ability }) => ability === 'able' && holds(settle({ type: 'member', member }, atRest).holder, member),
  );
  const resting = new Set(keeps.map(({ member }) => member));
  const predictions = router.members.flatMap(member =>
    faultsOf(member).map(fault =>
      predict(router, fault, resting.has(member) ? { type: 'member', member } : master, atRest),
    ),
  );
  return {
    router,
    atRest,
    master,
    alsoStays: [...resting].filter(member => !holds(master, member)),
    predictions,
  };
}

function predict(router: ClusterRouter, fault: Fault, before: Holder, atRest: readonly Standing[]): Prediction {
  const standings = router.members.map(member => standingOf(member, fault));
  const { holder: after, stays } = settle(before, standings);
  const back = settle(after, atRest);
  return {
    fault,
    before,
    standings,
    after,
    stays,
    within: stays || after.type === 'nobody' || sameHolder(before, after) ? zero : spanOf(before, after, standings),
    recovered: back.holder,
    staysAfterwards: back.stays,
  };
}

/** From scratch: the highest effective priority, then the highest source address. */
function elect(standings: readonly Standing[]): Holder {
  const able = standings.filter(({ ability }) => ability === 'able');
  const highest = Math.max(...able.map(({ priority }) => priority));
  return holderAmong(able.filter(({ priority }) => priority === highest).map(({ member }) => member));
}

function holderAmong(members: readonly Member[]): Holder {
  const [first, ...others] = members;
  if (!first) return { type: 'nobody' };
  if (others.length === 0) return { type: 'member', member: first };
  if (members.some(({ configuration }) => configuration.source === undefined)) return { type: 'either', members };
  const winner = members.reduce((best, member) =>
    compareIpAddresses(member.configuration.source!, best.configuration.source!) > 0 ? member : best,
  );
  return { type: 'member', member: winner };
}

interface Settled {
  readonly holder: Holder;
  readonly stays: { readonly best: Standing; readonly reason: Reason } | undefined;
}

/** RFC 9568 section 6.4 in the long run: who is master when nobody wants to take over any more. */
export function settle(current: Holder, standings: readonly Standing[]): Settled {
  if (current.type === 'nobody') return { holder: elect(standings), stays: undefined };
  if (current.type === 'either') return settleEither(current.members, standings);
  const master = standings.find(({ member }) => member === current.member)!;
  if (master.ability !== 'able') return { holder: elect(standings), stays: undefined };
  const others = standings.filter(standing => standing !== master && standing.ability === 'able');
  const challengers = others.filter(standing => standing.priority > master.priority && preempts(standing));
  if (challengers.length > 0) {
    const highest = Math.max(...challengers.map(({ priority }) => priority));
    const members = challengers.filter(({ priority }) => priority === highest).map(({ member }) => member);
    return { holder: holderAmong(members), stays: undefined };
  }
  const best = others.reduce<Standing | undefined>(
    (found, standing) => (found && found.priority >= standing.priority ? found : standing),
    undefined,
  );
  if (!best) return { holder: current, stays: undefined };
  const reason: Reason =
    best.priority > master.priority ? 'nopreempt' : best.priority === master.priority ? 'equal' : 'lower';
  return { holder: current, stays: { best, reason } };
}

/** Whichever of them it is: what comes of each. */
function settleEither(members: readonly Member[], standings: readonly Standing[]): Settled {
  const settled = members.map(member => settle({ type: 'member', member }, standings));
  const holders = settled.map(({ holder }) => holder);
  const outcome = new Set(
    holders.flatMap(holder =>
      holder.type === 'member' ? [holder.member] : holder.type === 'either' ? holder.members : [],
    ),
  );
  const [first, ...others] = outcome;
  if (!first) return { holder: { type: 'nobody' }, stays: undefined };
  const stay = holders.every((holder, index) => holds(holder, members[index]!));
  return {
    holder: others.length === 0 ? { type: 'member', member: first } : { type: 'either', members: [...outcome] },
    stays: stay ? settled[0]!.stays : undefined,
  };
}

function preempts({ member, priority }: Standing): boolean {
  return member.configuration.preempt || priority === 255;
}

export function sameHolder(left: Holder, right: Holder): boolean {
  if (left.type === 'member') return holds(right, left.member);
  if (left.type === 'nobody' || right.type !== 'either') return left.type === right.type;
  return left.members.length === right.members.length && left.members.every(member => right.members.includes(member));
}

export function holds(holder: Holder, member: Member): boolean {
  return holder.type === 'member' && holder.member === member;
}

/** The longest that the addresses are without a master, from the moment that the old one or its network falls silent. */
function spanOf(before: Holder, after: Holder, standings: readonly Standing[]): Duration {
  const heirs = after.type === 'member' ? [after.member] : after.type === 'either' ? after.members : [];
  const old = before.type === 'member' ? standings.find(({ member }) => member === before.member) : undefined;
  const spans = heirs.map(heir => {
    const { version, advertisementInterval, downTimerAdverts, preemptDelay } = heir.configuration;
    const priority = standings.find(({ member }) => member === heir)!.priority;
    // Version 3 goes by the interval that the master announced.
    const interval = version === 3 && old ? old.member.configuration.advertisementInterval : advertisementInterval;
    const down = masterDownInterval(version, priority, interval, downTimerAdverts);
    if (!old || old.ability === 'gone') return down;
    // FAULT by a script is announced with priority 0; with its own interface down nobody hears that.
    if (old.ability === 'fault')
      return old.causes.some(cause => cause.endsWith(' down')) ? down : skewTime(version, priority, interval);
    return plus(preemptDelay, down);
  });
  return Math.max(0, ...spans) as Duration;
}

import type { Located } from '../../config/source.ts';
import { located } from '../../config/tree.ts';
import { placeOf, placeOfTracker } from '../advice/written.ts';
import { trackersOf } from '../advice/written-trackers.ts';
import type { ClusterNode, ClusterRouter, Member } from './cluster-router.ts';
import { type ClusterFinding, listed } from './finding.ts';
import { holds, type Prediction, type RouterForecast, settle } from './prediction.ts';
import { arithmetic, eventText, type Fault, type Standing, standingOf } from './standing.ts';

/** What the forecast of a router shows to be wrong with priorities, weights and preemption. */
export function* judgeForecast(forecast: RouterForecast): Generator<ClusterFinding> {
  const { router, atRest } = forecast;
  if (router.members.length < 2) {
    yield* aloneIn(router);
    return;
  }
  yield* faultyAtRest(forecast);
  yield* equals(forecast);
  yield* groupOfEquals(forecast);
  yield* initialStates(forecast);
  yield* weightsTurnOrder(forecast);
  yield* uselessDelay(forecast);
  for (const prediction of forecast.predictions) yield* noFailover(prediction, atRest);
}

function* aloneIn({ name, members }: ClusterRouter): Generator<ClusterFinding> {
  const { node, written } = members[0]!;
  yield {
    where: located(written.statement),
    code: 'only-one-node',
    severity: 'warning',
    message: `only ${node.name} has "${name}": nobody can take its addresses over`,
    hint: 'no other file has its virtual_router_id, its addresses or its name',
  };
}

function* faultyAtRest({ router, atRest }: RouterForecast): Generator<ClusterFinding> {
  for (const { member, ability, causes } of atRest) {
    if (ability !== 'fault') continue;
    yield {
      where: located(member.written.statement),
      code: 'always-in-fault',
      severity: 'warning',
      message: `"${router.name}" on ${member.node.name} is in FAULT even when all is well: ${listed(causes)}`,
      hint: 'it can never be master as it is written',
    };
  }
}

function* equals({ router, atRest }: RouterForecast): Generator<ClusterFinding> {
  const able = atRest.filter(({ ability }) => ability === 'able');
  const highest = Math.max(...able.map(({ priority }) => priority));
  const equal = able.filter(({ priority }) => priority === highest);
  if (equal.length < 2) return;
  const last = equal.at(-1)!;
  const names = listed(equal.map(({ member }) => member.node.name));
  const where = placeOf(last.member.written.statement, 'priority');
  if (highest === 255) {
    yield {
      where,
      code: 'two-owners',
      severity: 'error',
      message: `"${router.name}" has priority 255 on ${names}: an address has one owner`,
      hint: 'both insist on being master; give 254 or less to all but the host that has the address as its own',
    };
    return;
  }
  yield {
    where,
    code: 'equal-priorities',
    severity: 'advice',
    message: `"${router.name}" has the same priority ${highest} on ${names}`,
    hint: 'who is master first stays it; when they start together, the higher source address decides',
  };
}

/**
 * Equals leave it to their addresses, and those may be in another order on the next interface: each node yields one
 * member of the group and takes all of it back with it, so that the group falls back and forth.
 */
function* groupOfEquals({ master, predictions }: RouterForecast): Generator<ClusterFinding> {
  const situations = [{ holder: master, when: 'all start together' }].concat(
    predictions.map(({ fault, after }) => ({ holder: after, when: eventText(fault) })),
  );
  for (const { holder, when } of situations) {
    if (holder.type !== 'either') continue;
    const grouped = holder.members.find(({ node, written }) => {
      const group = written.group && node.membersOf.get(written.group);
      // Once for the group, not for each of its members.
      return group !== undefined && group.length > 1 && group[0] === written;
    });
    if (!grouped) continue;
    const { group } = grouped.written;
    yield {
      where: located(group!.statement),
      code: 'group-of-equals',
      severity: 'warning',
      message: `sync group "${group!.configuration.name}": ${listed(holder.members.map(({ node }) => node.name))} are equal when ${when}`,
      hint: 'each of its interfaces then decides by its own addresses, perhaps differently, and the group falls back and forth; give the nodes different priorities',
    };
    return;
  }
}

function* initialStates({ router, atRest, master }: RouterForecast): Generator<ClusterFinding> {
  const eager = atRest.filter(
    ({ member: { configuration } }) => configuration.initialState === 'master' && configuration.priority !== 255,
  );
  if (eager.length > 1) {
    const last = eager.at(-1)!.member;
    yield {
      where: placeOf(last.written.statement, 'state'),
      code: 'initial-states',
      severity: 'advice',
      message: `"${router.name}" has state MASTER on ${listed(eager.map(({ member }) => member.node.name))}`,
      hint: 'state only says how a node begins; two that begin as master move the address once more than needed',
    };
    return;
  }
  const [only] = eager;
  if (!only || master.type !== 'member' || holds(master, only.member)) return;
  const winner = atRest.find(({ member }) => member === master.member)!;
  if (winner.priority === only.priority) return;
  yield {
    where: placeOf(only.member.written.statement, 'state'),
    code: 'initial-states',
    severity: 'advice',
    message: `"${router.name}" has state MASTER on ${only.member.node.name}, but ${winner.member.node.name} wins: ${arithmetic(winner)} > ${arithmetic(only)}`,
    hint: 'priority decides, state only says how a node begins',
  };
}

function* weightsTurnOrder({ router, atRest }: RouterForecast): Generator<ClusterFinding> {
  const able = atRest.filter(({ ability }) => ability === 'able');
  const base = ({ member }: Standing): number => member.configuration.priority;
  for (const first of able) {
    const second = able.find(other => base(other) < base(first) && other.priority > first.priority);
    if (!second) continue;
    yield {
      where: placeOf(first.member.written.statement, 'priority'),
      code: 'weights-turn-order',
      severity: 'warning',
      message: `"${router.name}": with all well ${second.member.node.name} beats ${first.member.node.name}, which has the higher priority: ${arithmetic(second)} > ${arithmetic(first)}`,
      hint: 'a positive weight counts while its object is well; give both nodes the same trackers',
    };
    return;
  }
}

function* uselessDelay({ router, atRest, predictions }: RouterForecast): Generator<ClusterFinding> {
  for (const { member, priority } of atRest) {
    if (member.configuration.preemptDelay === 0) continue;
    const rises = predictions.some(prediction => takesFromAnother(prediction, member));
    const others = atRest.filter(other => other.member !== member);
    if (rises || others.some(other => other.priority < priority)) continue;
    yield {
      where: placeOf(member.written.statement, 'preempt_delay'),
      code: 'useless-preempt-delay',
      severity: 'advice',
      message: `preempt_delay of "${router.name}" on ${member.node.name} has no effect: nobody there is lower`,
      hint: 'it belongs on the node that takes the address back',
    };
  }
}

/** Whether the member takes the address from a master that still advertises, during the fault or after it. */
function takesFromAnother({ before, standings, after, recovered }: Prediction, member: Member): boolean {
  const old = before.type === 'member' ? standings.find(each => each.member === before.member) : undefined;
  const challenged = old?.ability === 'able' && old.member !== member && holds(after, member);
  return challenged || (holds(recovered, member) && !holds(after, member) && after.type !== 'nobody');
}

/** A tracker is there to move the address; say so if it cannot, with the sum. */
function* noFailover(prediction: Prediction, atRest: readonly Standing[]): Generator<ClusterFinding> {
  const { fault, before, after, stays, standings } = prediction;
  if (fault.type === 'host' || before.type !== 'member' || before.member.node !== fault.node) return;
  if (!stays || !holds(after, before.member)) return;
  const { member } = before;
  const standing = standings.find(each => each.member === member)!;
  const well = atRest.find(each => each.member === member)!;
  const tracker = trackersOf(member.written).find(({ kind, name }) => kind === fault.type && name === fault.name);
  if (!tracker || tracker.weight === 0) return;
  const sum = comparison(standing, stays.best);
  const event = eventText(fault);
  const { best } = stays;
  const base = {
    where: placeOfWeight(member, tracker, fault),
    code: 'no-failover' as const,
  };
  if (member.configuration.priority === 255) {
    yield {
      ...base,
      severity: 'warning',
      message: `no failover will happen when ${event}: ${member.node.name} owns the address, its priority 255 never changes`,
      hint: 'take a priority of 254 or less',
    };
  } else if (stays.reason === 'nopreempt') {
    yield {
      ...base,
      severity: 'warning',
      message: `no failover will happen when ${event}: ${sum}, but ${best.member.node.name} has nopreempt`,
      hint: 'leave out the weight, so that the failure means FAULT; or nopreempt',
    };
  } else if (together(member, fault.node, standings, best)) {
    yield {
      ...base,
      severity: 'advice',
      message: `no failover will happen when ${event} alone: ${sum}`,
      hint: 'only several failures together move the address',
    };
  } else {
    const missing = standing.priority - best.priority + 1;
    const enough = tracker.weight < 0 ? tracker.weight - missing : tracker.weight + missing;
    const reaches = Math.abs(enough) <= 253 && well.priority - best.priority < 254;
    yield {
      ...base,
      severity: 'warning',
      message: `no failover will happen when ${event}: ${sum}`,
      hint: reaches
        ? `write weight ${enough}${tracker.weight > 0 ? ' on all nodes' : ''}, bring the priorities closer, or leave out the weight: then it means FAULT`
        : 'leave out the weight: then the failure means FAULT',
    };
  }
}

/** Whether everything that the member tracks, failing at once, would move the address. */
function together(member: Member, node: ClusterNode, standings: readonly Standing[], best: Standing): boolean {
  const lowered = trackersOf(member.written).reduce((sum, { kind, name }) => {
    const fault: Fault = { type: kind, node, name };
    const alone = standingOf(member, fault);
    const well = standingOf(member, undefined);
    return sum + Math.min(0, alone.priority - well.priority);
  }, 0);
  const well = standingOf(member, undefined);
  const standing: Standing = { ...well, priority: Math.max(1, well.priority + lowered) };
  const all = standings.map(each => (each.member === member ? standing : each));
  return best.member !== member && !holds(settle({ type: 'member', member }, all).holder, member);
}

function placeOfWeight({ written }: Member, tracker: { readonly inGroup: boolean }, fault: Fault): Located {
  if (fault.type === 'host') return located(written.statement);
  const block = tracker.inGroup && written.group ? written.group.statement : written.statement;
  return placeOfTracker(block, fault.type, fault.name);
}

/** `101 - 5 = 96 > 95 of b`. */
function comparison(master: Standing, best: Standing): string {
  const sign = master.priority > best.priority ? '>' : master.priority === best.priority ? '=' : '<';
  const equal = sign === '=' ? ', and an equal does not take over' : '';
  return `${arithmetic(master)} ${sign} ${arithmetic(best)} of ${best.member.node.name}${equal}`;
}

import { located } from '../../config/tree.ts';
import { priorityContribution } from '../tracking.ts';
import type { Advice } from './rule.ts';
import { keywordIn, linesIn, placeOf, placeOfTracker, type WrittenInstance, type WrittenVrrp } from './written.ts';
import { sessionsAndFilesOf, trackersOf } from './written-trackers.ts';

/** What trackers can never do: priorities and weights that cannot move an address, scripts that nobody watches. */
export function* trackingAdvice(written: WrittenVrrp): Generator<Advice> {
  for (const instance of written.instances) {
    yield* ownerByDefault(instance);
    yield* weightsWithoutEffect(instance);
    yield* weightsCutOff(instance);
  }
  for (const group of written.groups) {
    const members = written.instances.filter(instance => instance.group === group);
    const calm = members.find(({ configuration }) => !configuration.preempt);
    const eager = members.find(({ configuration }) => configuration.preempt);
    if (!calm || !eager) continue;
    yield {
      where: placeOf(calm.statement, 'nopreempt'),
      code: 'sync-group-uneven',
      message: `"${calm.configuration.name}" has nopreempt, "${eager.configuration.name}" of the same sync group has not`,
      hint: 'the group moves as one: a member that preempts takes the others with it; say nopreempt in all or in none',
    };
  }
  const named = namedScripts(written);
  for (const script of written.scripts) {
    if (script.configuration || named.has(script.name)) continue;
    yield {
      where: located(script.statement),
      code: 'script-not-tracked',
      message: `nothing tracks the script "${script.name}": it never runs`,
      hint: 'name it in track_script of the instances that depend on it',
    };
  }
}

/** Scripts that are named somewhere; if only to no effect, that was said there. */
function namedScripts({ blocks }: WrittenVrrp): ReadonlySet<string | undefined> {
  return new Set(blocks.flatMap(block => linesIn(block, 'track_script').map(({ words }) => words[0]?.text)));
}

function* ownerByDefault({ configuration, statement }: WrittenInstance): Generator<Advice> {
  if (configuration.priority !== 255 || keywordIn(statement, 'priority')) return;
  yield {
    where: placeOf(statement, 'state'),
    code: 'owner-by-default',
    message: `"${configuration.name}" has state MASTER and no priority, which makes it 255: the address owner`,
    hint: 'the owner takes the address from anybody, and no tracker lowers it; write a priority of 1 .. 254',
  };
}

const events = { interface: 'goes down', script: 'fails', process: 'is gone' } as const;

function* weightsWithoutEffect(written: WrittenInstance): Generator<Advice> {
  const { configuration: instance, statement, group } = written;
  const isOwner = instance.priority === 255;
  const trackers = isOwner ? [...trackersOf(written), ...sessionsAndFilesOf(written)] : trackersOf(written);
  for (const { kind, name, weight, inGroup } of trackers) {
    if (weight === 0) continue;
    const where = placeOfTracker(inGroup && group ? group.statement : statement, kind, name);
    const what = `${kind === 'bfd' ? 'BFD instance' : kind} "${name}"`;
    if (isOwner) {
      yield {
        where,
        code: 'weight-without-effect',
        message: `weight ${weight} of ${what} has no effect: priority 255 is never changed`,
        hint: 'take a priority of 254 or less',
        complained: kind !== 'process' || inGroup,
      };
    } else if (!instance.preempt && kind !== 'bfd' && kind !== 'file') {
      yield {
        where,
        code: 'weight-without-effect',
        message: `weight ${weight} under nopreempt never moves the address when ${what} ${events[kind]}`,
        hint: `a backup with nopreempt takes nothing from a master that still advertises, however low its priority; without a weight the ${kind} that ${events[kind]} means FAULT, and the address moves`,
      };
    }
  }
}

const highest = 254;

function* weightsCutOff(written: WrittenInstance): Generator<Advice> {
  const { configuration: instance, statement } = written;
  if (instance.priority === 255) return;
  const gains = trackersOf(written).map(({ weight, reverse }) =>
    Math.max(0, priorityContribution({ status: reverse ? 'down' : 'up', weight, reverse })),
  );
  const sum = gains.reduce((total, gain) => total + gain, instance.priority);
  if (sum <= highest) return;
  const terms = [instance.priority, ...gains.filter(gain => gain > 0)].join(' + ');
  yield {
    where: placeOf(statement, 'priority'),
    code: 'weight-cut-off',
    message: `the priority of "${instance.name}" is cut off: ${terms} = ${sum}, but ${highest} is the highest`,
    hint: 'nodes that are cut off alike are equal, whatever their own priorities; keep the sum within 254',
  };
}

import type { TimeText } from './explain-instance.ts';
import { times } from './explain-instance.ts';
import { type DualMaster, type DualMasterKind, lastingOf, type Side, type Witness } from './explain-pair.ts';
import { spanText } from './explain-timer.ts';
import { causeWords, rejectionWords } from './explain-words.ts';

/** What a dual-master moment was, in one line. */
const verdicts: Readonly<Record<DualMasterKind, string>> = {
  'two-way': 'Two-way partition: neither heard the other',
  'one-way': 'One-way link: only one of them heard the other',
  'rejected-adverts': 'Rejected adverts: they arrived and were refused',
  'vrid-clash': 'VRID clash: they do not agree on who they are, or a third router is in it',
  starvation: 'Starvation: a process did not get to run, and its adverts came too late',
  'cannot-send': 'One of them did not send',
  'hand-over': 'Hand-over: they heard each other, and one gave way at once',
};

const advice: Readonly<Record<DualMasterKind, string>> = {
  'two-way':
    'Look at what is between them: a switch that snoops IGMP and has no querier, a firewall that drops IP protocol 112, a ' +
    'port in another VLAN. If multicast does not pass, unicast_peer does.',
  'one-way':
    'Look at the way from the one that was not heard: a firewall on the other host (IP protocol 112), a switch port, an ' +
    'access list, reverse-path filtering.',
  'rejected-adverts': 'Make the configurations agree: `holdfast check A.conf B.conf` says where they do not.',
  'vrid-clash': 'Give every virtual router on a segment a VRID of its own, and the same one to all of its members.',
  starvation:
    'Look for what held the process up: a snapshot or migration of the virtual machine, a starved host, heavy swapping. A ' +
    'longer advert_int or a greater down_timer_adverts outlives it.',
  'cannot-send': 'See why: its interface, its source address, or its own firewall.',
  'hand-over': 'Nothing to do: it is how a better master takes over.',
};

const columns = 98;

/** The whole comparison. Each side's own times are told on its own clock. */
export function pairText(
  left: Witness,
  right: Witness,
  moments: readonly DualMaster[],
  timeOf: (epochMicroseconds: number) => string,
): string {
  const lines = [
    `${left.host}: ${timeOf(left.from)} to ${timeOf(left.to)}`,
    `${right.host}: ${timeOf(right.from)} to ${timeOf(right.to)}`,
    'The two are compared by their wall clocks, as far as these agree.',
    '',
  ];
  const serious = moments.filter(({ kind }) => kind !== 'hand-over');
  const brief = moments.length - serious.length;
  if (serious.length === 0) lines.push('There never were two masters, but for hand-overs.');
  for (const moment of serious) lines.push(...momentLines(moment, left, right, timeOf), '');
  if (brief > 0) lines.push(`${times(brief, 'hand-over')}: both were master for a moment, as it must be.`);
  return `${lines.join('\n').trimEnd()}\n`;
}

function momentLines(
  moment: DualMaster,
  left: Witness,
  right: Witness,
  timeOf: (epochMicroseconds: number) => string,
): readonly string[] {
  const { first, second, kind, addresses, from, to } = moment;
  const lasting = lastingOf(moment);
  const until = lasting === undefined ? 'and to the end of the recordings' : `for ${spanText(lasting)}`;
  const name = first.instance === second.instance ? first.instance : `${first.instance} and ${second.instance}`;
  return [
    `TWO MASTERS of ${name} from ${timeOf(from)}${to === undefined ? '' : ` to ${timeOf(to)}`}, ${until}`,
    `  ${verdicts[kind]}.`,
    ...(addresses.length > 0 ? [`  Both had ${addresses.join(', ')}.`] : []),
    ...sideLines(first, second, left, timeOf),
    ...sideLines(second, first, right, timeOf),
    ...wrapped(advice[kind]).map(line => `  ${line}`),
  ];
}

function sideLines(
  side: Side,
  other: Side,
  { clock }: Witness,
  timeOf: (epochMicroseconds: number) => string,
): readonly string[] {
  const own: TimeText = instant => timeOf(clock.epochOf(instant));
  const { adverts, became } = side;
  const who = `${side.host} (${side.source ?? 'no address'}, priority ${side.priority}, VRID ${side.vrid})`;
  const since = side.masterFrom === undefined ? 'was master already' : `became master at ${own(side.masterFrom)}`;
  const lines = [`${who} ${since}`];
  if (became) lines.push(...causeWords(became, own).map(line => `  ${line}`));
  lines.push(
    `  It sent ${times(adverts.sent, 'advert')}, and accepted ${adverts.heard} from ${other.host}${lastWords(side, own)}.`,
  );
  for (const { reason, count } of adverts.rejected) {
    lines.push(`  It refused ${times(count, 'advert')} from ${other.host}: ${rejectionWords(reason)}.`);
  }
  if (adverts.third.length > 0) lines.push(`  Under its VRID it also heard ${adverts.third.join(', ')}.`);
  if (side.sendFailure !== undefined) lines.push(`  The kernel refused its adverts: ${side.sendFailure}.`);
  if (side.late) lines.push(`  At ${own(side.late.at)} a timer was served ${spanText(side.late.late)} late.`);
  if (side.doesNotSendToOther) lines.push(`  ${other.host} is not among its unicast peers: it sends it nothing.`);
  return lines.map(line => `  ${line}`);
}

function lastWords({ adverts: { heard, lastHeard } }: Side, own: TimeText): string {
  if (heard > 0 || lastHeard === undefined) return '';
  return ` (the last before that at ${own(lastHeard)})`;
}

/** In lines of a terminal. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

import { shortened, type ValueCheck } from '../config/reading-context.ts';
import { complainOf } from '../config/unread-words.ts';
import { integerOf } from '../config/values.ts';
import type { Word } from '../config/words.ts';
import {
  checkTrackGroup,
  cNumber,
  complainAt,
  familyWord,
  interfaceName,
  type LineWalk,
  leftOut,
  mixedFamily,
  named,
  nextWord,
  number,
  type OptionCheck,
  prefixFamily,
  realms,
} from './route-checks.ts';

// Lines of virtual_rules and static_rules: what keepalived complains of in them.

const flag: OptionCheck = () => {};
const preference = number(0, 4_294_967_295);

const prefix: OptionCheck = walk => {
  const word = nextWord(walk);
  if (!word || /^(default|any|all)$/.test(word.text)) return;
  const family = prefixFamily(walk, word);
  if (family !== undefined) mixedFamily(walk, word, family);
  else complainAt(walk, word, `"${shortened(word.text)}" is not an IP address`);
};

/** One line has one action. */
function takeAction(walk: LineWalk, word: Word): void {
  if (walk.given.has('action')) complainAt(walk, word, 'the rule has an action already');
  walk.given.add('action');
}

const table: OptionCheck = (walk, option) => {
  const word = nextWord(walk);
  if (!word) return;
  takeAction(walk, option);
  const value = cNumber(word.text) ?? walk.context.numberOf('table', word.text);
  if (value === undefined || value % 0x1_0000_0000 === 0) {
    complainAt(walk, word, `"${shortened(word.text)}" is no routing table`);
  }
};

const goto: OptionCheck = (walk, option) => {
  const word = nextWord(walk);
  if (!word) return;
  takeAction(walk, option);
  const target = integerOf(walk.line, word, { minimum: 0, maximum: 4_294_967_295 }, walk.context, false);
  const own = preferenceOf(walk);
  if (target !== undefined && own !== undefined && own >= target) {
    complainAt(walk, word, `a rule of preference ${own} cannot go back to ${target}`);
  }
};

function preferenceOf({ line }: LineWalk): number | undefined {
  const place = line.words.findIndex(({ text }) => /^(preference|order|priority)$/.test(text));
  return place < 0 ? undefined : Number(line.words[place + 1]?.text);
}

const action: OptionCheck = (walk, option) => takeAction(walk, option);

/** By name, or by the kernel's number (linux/fib_rules.h). */
const actionNames = /^(blackhole|prohibit|unreachable|nop|3|6|7|8)$/;

const typed: OptionCheck = (walk, option) => {
  const word = nextWord(walk);
  if (!word) return;
  if (word.text === 'goto') goto(walk, option);
  else if (actionNames.test(word.text)) takeAction(walk, option);
  else complainAt(walk, word, `"${shortened(word.text)}" is no action of a rule`);
};

const pattern =
  (good: RegExp, what: string): OptionCheck =>
  walk => {
    const word = nextWord(walk);
    if (word && !good.test(word.text)) complainAt(walk, word, `"${shortened(word.text)}" is no ${what}`);
  };

const tunnelId: OptionCheck = walk => {
  const word = nextWord(walk);
  if (word && !(/^\+?[0-9]{1,20}$/.test(word.text) && BigInt(word.text) < 2n ** 64n)) {
    complainAt(walk, word, `"${shortened(word.text)}" is no number of 64 bits`);
  }
};

const meansSomething = (word: Word): boolean => Object.hasOwn(options, word.text);

const options: Readonly<Record<string, OptionCheck>> = {
  inet: familyWord(4, meansSomething),
  inet6: familyWord(6, meansSomething),
  not: flag,
  from: prefix,
  to: prefix,
  table,
  lookup: table,
  preference,
  order: preference,
  priority: preference,
  tos: named('dsfield', 255),
  dsfield: named('dsfield', 255),
  fwmark: pattern(/^(0x[0-9a-fA-F]+|[0-9]+)(\/(0x[0-9a-fA-F]+|[0-9]+)?)?$/, 'mark'),
  realms,
  suppress_prefixlength: number(0, 2_147_483_647),
  sup_pl: number(0, 2_147_483_647),
  suppress_ifgroup: named('group', 4_294_967_295),
  sup_group: named('group', 4_294_967_295),
  dev: interfaceName,
  iif: interfaceName,
  oif: interfaceName,
  'tunnel-id': tunnelId,
  uidrange: pattern(/^[0-9]+-[0-9]+$/, 'range of user ids'),
  l3mdev: action,
  protocol: number(0, 255),
  ipproto: named('ipproto', 255),
  sport: pattern(/^[0-9]+-[0-9]+$/, 'range of ports'),
  dport: pattern(/^[0-9]+-[0-9]+$/, 'range of ports'),
  type: typed,
  goto,
  nop: action,
  blackhole: action,
  unreachable: action,
  prohibit: action,
  no_track: flag,
};

const staticOptions: Readonly<Record<string, OptionCheck>> = { ...options, track_group: checkTrackGroup };

function ruleLine(known: Readonly<Record<string, OptionCheck>>): ValueCheck {
  return (line, context) => {
    const walk: LineWalk = { line, context, index: 0, family: undefined, given: new Set() };
    for (; walk.index < line.words.length; walk.index++) {
      const word = line.words[walk.index]!;
      const check = Object.hasOwn(known, word.text) ? known[word.text] : undefined;
      walk.given.add(word.text);
      if (!check) {
        complainAt(walk, word, `"${shortened(word.text)}" is no word of a rule`);
        return;
      }
      check(walk, word);
    }
    completeRule(walk);
  };
}

function completeRule(walk: LineWalk): void {
  const { line, given, context } = walk;
  if (given.has(leftOut)) return;
  const first = line.words[0]!;
  if (!given.has('action')) complainAt(walk, first, 'the rule has no action, such as a table');
  if (preferenceOf(walk) === undefined) {
    complainOf(line, first, context, 'the rule has no preference', 'one is chosen, which is hardly what you want');
  }
  const protocol = line.words[line.words.findIndex(({ text }) => text === 'protocol') + 1];
  if (given.has('protocol') && !given.has('no_track') && protocol?.text !== '18') {
    complainOf(line, protocol, context, 'a rule that is tracked has the protocol 18, keepalived');
  }
  if (given.has('track_group') && !given.has('dev') && !given.has('iif')) {
    complainOf(line, first, context, 'a rule without an interface cannot have a track_group');
  }
}

export const checkVirtualRule = ruleLine(options);
export const checkStaticRule = ruleLine(staticOptions);

import { familyOf } from '../base/ip-address.ts';
import { type ReadingContext, shortened } from '../config/reading-context.ts';
import type { Statement } from '../config/tree.ts';
import { complainOf } from '../config/unread-words.ts';
import type { Word } from '../config/words.ts';
import type { Prefix } from '../ports/route.ts';
import type { NumberRange, RuleAction, RuleRequest } from '../ports/rule.ts';
import type { VirtualRule } from './configuration.ts';
import {
  cNumber,
  complainAt,
  everything,
  familyWord,
  integerValue,
  interfaceValue,
  intoDraft,
  type LineWalk,
  mixedFamily,
  namedValue,
  nextWord,
  type OptionReader,
  type OptionReaders,
  prefixOf,
  protocolOf,
  realmsValue,
  textValue,
  trackGroupValue,
  walkLine,
} from './line-walk.ts';

type Optional<Type> = { -readonly [Key in keyof Type]: Type[Key] | undefined };

/** What a line of virtual_rules or static_rules yields while it is read. */
type RuleDraft = Optional<Omit<RuleRequest, 'from' | 'to' | 'family'>> & {
  from: Prefix | 'all' | undefined;
  to: Prefix | 'all' | undefined;
  noTrack: boolean;
  trackGroup: string | undefined;
};

type RuleReader = OptionReader<RuleDraft>;

const largest = 4_294_967_295;

const into = intoDraft<RuleDraft>();

const prefix =
  (key: 'from' | 'to'): RuleReader =>
  walk => {
    const word = nextWord(walk);
    if (!word) return;
    if (/^(default|any|all)$/.test(word.text)) {
      walk.draft[key] = 'all';
      return;
    }
    const value = prefixOf(walk, word);
    if (!value) complainAt(walk, word, `"${shortened(word.text)}" is not an IP address`);
    else if (!mixedFamily(walk, word, familyOf(value.address))) walk.draft[key] = value;
  };

/** One line has one action. */
function takeAction(walk: LineWalk<RuleDraft>, word: Word, action: RuleAction | undefined): void {
  if (walk.given.has('action')) complainAt(walk, word, 'the rule has an action already');
  walk.given.add('action');
  walk.draft.action = action;
}

const table: RuleReader = (walk, option) => {
  const word = nextWord(walk);
  if (!word) return;
  const value = cNumber(word.text) ?? walk.context.numberOf('table', word.text);
  takeAction(walk, option, { type: 'table', table: (value ?? 0) >>> 0 });
  if (value === undefined || value % 0x1_0000_0000 === 0) {
    complainAt(walk, word, `"${shortened(word.text)}" is no routing table`);
  }
};

const goto: RuleReader = (walk, option) => {
  const at = walk.line.words[walk.index + 1];
  const target = integerValue(walk, 0, largest);
  if (!at) return;
  takeAction(walk, option, target === undefined ? undefined : { type: 'goto', preference: target });
  const own = preferenceOf(walk);
  if (target !== undefined && own !== undefined && own >= target) {
    complainAt(walk, at, `a rule of preference ${own} cannot go back to ${target}`);
  }
};

/** Wherever on the line it is. */
function preferenceOf({ line }: LineWalk<unknown>): number | undefined {
  const place = line.words.findIndex(({ text }) => /^(preference|order|priority)$/.test(text));
  return place < 0 ? undefined : Number(line.words[place + 1]?.text);
}

type PlainAction = Exclude<RuleAction['type'], 'table' | 'goto'>;

const action: RuleReader = (walk, option) => takeAction(walk, option, { type: option.text as PlainAction });

/** By name, or by the kernel's number (linux/fib_rules.h). */
const actions: Readonly<Record<string, PlainAction>> = {
  nop: 'nop',
  blackhole: 'blackhole',
  unreachable: 'unreachable',
  prohibit: 'prohibit',
  3: 'nop',
  6: 'blackhole',
  7: 'unreachable',
  8: 'prohibit',
};

const typed: RuleReader = (walk, option) => {
  const word = nextWord(walk);
  if (!word) return;
  if (word.text === 'goto') goto(walk, option);
  else if (Object.hasOwn(actions, word.text)) takeAction(walk, option, { type: actions[word.text]! });
  else complainAt(walk, word, `"${shortened(word.text)}" is no action of a rule`);
};

const range =
  (what: string): ((walk: LineWalk<unknown>) => NumberRange | undefined) =>
  walk => {
    const [first, last] =
      textValue(walk, /^[0-9]+-[0-9]+$/, what)
        ?.split('-')
        .map(Number) ?? [];
    return first === undefined || last === undefined ? undefined : { first, last };
  };

const mark = (walk: LineWalk<unknown>): RuleDraft['mark'] => {
  const text = textValue(walk, /^(0x[0-9a-fA-F]+|[0-9]+)(\/(0x[0-9a-fA-F]+|[0-9]+)?)?$/, 'mark');
  if (text === undefined) return undefined;
  const [value, mask] = text.split('/') as [string, string?];
  return { value: Number(value) >>> 0, mask: mask === undefined ? undefined : Number(mask) >>> 0 };
};

const tunnelId: RuleReader = walk => {
  const word = nextWord(walk);
  if (!word) return;
  if (/^\+?[0-9]{1,20}$/.test(word.text) && BigInt(word.text) < 2n ** 64n) {
    walk.draft.tunnelId = String(BigInt(word.text));
  } else complainAt(walk, word, `"${shortened(word.text)}" is no number of 64 bits`);
};

const meansSomething = (word: Word): boolean => Object.hasOwn(options, word.text);

const preference = into('preference', walk => integerValue(walk, 0, largest));
const tos = into('tos', walk => namedValue(walk, 'dsfield', 255));
const shortestPrefix = into('suppressPrefixLength', walk => integerValue(walk, 0, 2_147_483_647));
const interfaceGroup = into('suppressInterfaceGroup', walk => namedValue(walk, 'group', largest));
const inputInterface = into('inputInterface', interfaceValue);

const options: OptionReaders<RuleDraft> = {
  inet: familyWord(4, meansSomething),
  inet6: familyWord(6, meansSomething),
  not: ({ draft }) => {
    draft.inverted = true;
  },
  from: prefix('from'),
  to: prefix('to'),
  table,
  lookup: table,
  preference,
  order: preference,
  priority: preference,
  tos,
  dsfield: tos,
  fwmark: into('mark', mark),
  realms: into('realms', realmsValue),
  suppress_prefixlength: shortestPrefix,
  sup_pl: shortestPrefix,
  suppress_ifgroup: interfaceGroup,
  sup_group: interfaceGroup,
  dev: inputInterface,
  iif: inputInterface,
  oif: into('outputInterface', interfaceValue),
  'tunnel-id': tunnelId,
  uidrange: into('userIds', range('range of user ids')),
  l3mdev: (walk, option) => {
    takeAction(walk, option, { type: 'table', table: 0 });
    walk.draft.l3mdev = true;
  },
  protocol: into('protocol', walk => integerValue(walk, 0, 255)),
  ipproto: into('ipProtocol', walk => namedValue(walk, 'ipproto', 255)),
  sport: into('sourcePorts', range('range of ports')),
  dport: into('destinationPorts', range('range of ports')),
  type: typed,
  goto,
  nop: action,
  blackhole: action,
  unreachable: action,
  prohibit: action,
  no_track: ({ draft }) => {
    draft.noTrack = true;
  },
};

const staticOptions: OptionReaders<RuleDraft> = { ...options, track_group: into('trackGroup', trackGroupValue) };

/** Preferences for rules that have none: downwards, in the order of the configuration. */
export interface RulePreferences {
  next: number;
}

export function rulePreferences(): RulePreferences {
  return { next: 16_384 };
}

/** A line of virtual_rules or, with a track_group, of static_rules; undefined if it is left out. */
export function readRule(
  line: Statement,
  isStatic: boolean,
  preferences: RulePreferences,
  context: ReadingContext,
): VirtualRule | undefined {
  const walk = walkLine(line, context, emptyRule(), isStatic ? staticOptions : options, (walk, word) =>
    complainAt(walk, word, `"${shortened(word.text)}" is no word of a rule`),
  );
  return completeRule(walk, preferences);
}

function emptyRule(): RuleDraft {
  return {
    inverted: undefined,
    from: undefined,
    to: undefined,
    action: undefined,
    preference: undefined,
    tos: undefined,
    mark: undefined,
    realms: undefined,
    suppressPrefixLength: undefined,
    suppressInterfaceGroup: undefined,
    inputInterface: undefined,
    outputInterface: undefined,
    tunnelId: undefined,
    userIds: undefined,
    l3mdev: undefined,
    protocol: undefined,
    ipProtocol: undefined,
    sourcePorts: undefined,
    destinationPorts: undefined,
    noTrack: false,
    trackGroup: undefined,
  };
}

function completeRule(walk: LineWalk<RuleDraft>, preferences: RulePreferences): VirtualRule | undefined {
  const { line, given, context, draft } = walk;
  if (walk.leftOut) return undefined;
  const first = line.words[0]!;
  const noAction = draft.action === undefined;
  if (noAction) complainAt(walk, first, 'the rule has no action, such as a table');
  if (draft.preference === undefined) {
    complainOf(line, first, context, 'the rule has no preference', 'one is chosen, which is hardly what you want');
  }
  const protocol = protocolOf(walk, 'a rule that is tracked has the protocol 18, keepalived');
  if (given.has('track_group') && draft.inputInterface === undefined) {
    complainOf(line, first, context, 'a rule without an interface cannot have a track_group');
    draft.trackGroup = undefined;
  }
  if (draft.action === undefined) return undefined;
  const family = walk.family ?? 4;
  const whole = (given: Prefix | 'all' | undefined): Prefix | undefined =>
    given === 'all' ? everything(family) : given;
  return {
    ...draft,
    family,
    inverted: draft.inverted ?? false,
    from: whole(draft.from),
    to: whole(draft.to),
    action: draft.action,
    preference: draft.preference ?? preferences.next--,
    tos: draft.tos ?? 0,
    l3mdev: draft.l3mdev ?? false,
    protocol,
  };
}

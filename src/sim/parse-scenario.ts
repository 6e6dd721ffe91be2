import { type Duration, milliseconds, seconds, zero } from '../base/duration.ts';
import type { IpAddress } from '../base/ip-address.ts';
import type { Action, PathSelector, QualityChange, Step, TableChange } from './action.ts';
import type { RoutingSelector } from './fake-routing.ts';
import type { ServerBehaviour } from './real-servers.ts';
import type { Expectation, NodeSettings, Scenario, Stated } from './scenario.ts';
import { ScenarioError, Words } from './scenario-words.ts';
import type { ScriptBehaviour } from './script-stage.ts';

export interface ScenarioMistake {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

export interface ParsedScenario {
  readonly scenario: Scenario;
  readonly mistakes: readonly ScenarioMistake[];
}

interface Draft {
  readonly steps: Step[];
  readonly expectations: Stated<Expectation>[];
  until: Duration | undefined;
  seed: number;
  clientsPerSegment: number;
  readonly nodes: Map<string, { -readonly [Key in keyof NodeSettings]: NodeSettings[Key] }>;
}

/** Reads a scenario: a statement a line, `#` begins a comment. */
export function parseScenario(text: string): ParsedScenario {
  const draft: Draft = {
    steps: [],
    expectations: [],
    until: undefined,
    seed: 1,
    clientsPerSegment: 1,
    nodes: new Map(),
  };
  const mistakes: ScenarioMistake[] = [];
  text.split('\n').forEach((line, index) => {
    const statement = line.replace(/(^|\s)#.*$/, '').trim();
    if (statement === '') return;
    try {
      parseStatement(new Words(statement), draft, index + 1, statement);
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      mistakes.push({ line: index + 1, message: error.message });
    }
  });
  draft.steps.sort((left, right) => left.at - right.at);
  return { scenario: draft, mistakes };
}

function parseStatement(words: Words, draft: Draft, line: number, text: string): void {
  const verb = words.word('a statement');
  switch (verb) {
    case 'at': {
      const at = words.span();
      draft.steps.push({ at, action: parseAction(words) });
      break;
    }
    case 'expect':
      draft.expectations.push({ value: parseExpectation(words), line, text });
      break;
    case 'until':
      draft.until = words.span();
      break;
    case 'seed':
      draft.seed = words.number('a seed', 0, 4_294_967_295);
      break;
    case 'clients':
      draft.clientsPerSegment = words.number('the number of clients', 0, 100);
      break;
    case 'node':
      parseNode(words, draft);
      break;
    default:
      // A fault without a time is there from the beginning: the time may be left out before a bare action.
      draft.steps.push({ at: zero, action: parseAction(new Words(text)) });
      return;
  }
  words.end();
}

function parseNode(words: Words, draft: Draft): void {
  const name = words.word('the name of a node');
  const settings = draft.nodes.get(name) ?? {};
  draft.nodes.set(name, settings);
  const what = words.word('address, drift or held');
  if (what === 'held') settings.held = true;
  else if (what === 'drift') {
    const word = words.word('a drift such as 50ppm');
    const match = /^([+-]?[0-9]+(?:\.[0-9]+)?)ppm$/.exec(word);
    if (!match) throw new ScenarioError(`"${word}" is no drift: write 50ppm`);
    settings.driftPpm = Number(match[1]);
  } else if (what === 'address') {
    const link = words.word('the name of an interface');
    const addresses = new Map(settings.addresses);
    addresses.set(link, [...(addresses.get(link) ?? []), words.prefix()]);
    settings.addresses = addresses;
  } else throw new ScenarioError(`a node has an address, a drift, or is held, not "${what}"`);
}

function parseExpectation(words: Words): Expectation {
  const what = words.word('what is expected');
  switch (what) {
    case 'gap':
    case 'dual': {
      words.expect('<');
      const below = words.span();
      return { type: what, below, address: addressAfter(words, 'for') };
    }
    case 'holder': {
      const list = words.word('the name of a node, or nobody');
      const address = addressAfter(words, 'of');
      words.expect('at');
      return { type: 'holder', nodes: list === 'nobody' ? [] : list.split(','), address, at: words.span() };
    }
    case 'quiet':
      words.expect('from');
      return { type: 'quiet', from: words.span() };
    default:
      throw new ScenarioError(`one can expect a gap, dual, a holder or quiet, not "${what}"`);
  }
}

function addressAfter(words: Words, keyword: string): IpAddress | undefined {
  return words.accept(keyword) ? words.address() : undefined;
}

export function parseAction(words: Words): Action {
  const action = parseVerb(words);
  words.end();
  return action;
}

function parseVerb(words: Words): Action {
  const verb = words.word('what happens');
  switch (verb) {
    case 'cut':
      return { type: 'cut', path: parsePath(words), span: words.forSpan() };
    case 'heal':
      return { type: 'heal', path: words.accept('everything') ? undefined : parsePath(words) };
    case 'block':
      words.expect('multicast');
      return { type: 'block', what: 'multicast', ...withSpan(words) };
    case 'allow':
      words.expect('multicast');
      return { type: 'allow', what: 'multicast' };
    case 'lose':
    case 'duplicate':
    case 'reorder':
      return parseQuality(words, { type: verb, share: words.share() });
    case 'delay': {
      const latency = words.span();
      const jitter = words.accept('jitter') ? words.span() : zero;
      return parseQuality(words, { type: 'delay', latency, jitter });
    }
    case 'unplug':
    case 'plug': {
      const node = nodeName(words);
      const link = words.isAtEnd || words.peek() === 'for' ? undefined : words.word('an interface');
      return verb === 'plug' ? { type: verb, node, link } : { type: verb, node, link, ...withSpan(words) };
    }
    case 'down':
    case 'delete':
      return { type: verb, node: nodeName(words), link: linkName(words), ...withSpan(words) };
    case 'up':
    case 'create':
    case 'flush':
      return { type: verb, node: nodeName(words), link: linkName(words) };
    case 'rename': {
      const [node, link] = [nodeName(words), linkName(words)];
      words.expect('to');
      return { type: 'rename', node, link, name: words.word('the new name') };
    }
    case 'freeze':
    case 'suspend':
    case 'overrun':
      return { type: verb, node: nodeName(words), span: words.span() };
    case 'late':
      return { type: 'late', node: nodeName(words), by: words.span(), span: words.forSpan() };
    case 'crash':
      return { type: 'crash', node: nodeName(words), process: words.accept('checker') ? 'checker' : 'vrrp' };
    case 'server':
      return parseServer(words);
    case 'ipvsadm':
      return parseIpvsadm(words);
    case 'start':
    case 'power-on':
      return { type: verb, node: nodeName(words) };
    case 'stop':
    case 'power-off':
      return { type: verb, node: nodeName(words), ...withSpan(words) };
    case 'reload':
      return { type: 'reload', node: nodeName(words), file: words.accept('with') ? words.word('a file') : undefined };
    case 'script':
      return parseScript(words);
    case 'file':
      return parseFile(words);
    case 'process':
      return parseProcess(words);
    case 'remove':
      return parseRemoval(words);
    case 'foreign':
      return parseForeign(words);
    case 'garbage': {
      const segment = words.accept('on') ? words.word('a segment') : undefined;
      const every = words.accept('every') ? words.span() : milliseconds(500);
      return { type: 'garbage', segment, every, span: words.forSpan() ?? seconds(10) };
    }
    case 'clock':
      return { type: 'clock', node: nodeName(words), by: words.span('a step such as +1h') };
    default:
      throw new ScenarioError(`"${verb}" is nothing that can happen`);
  }
}

function parseForeign(words: Words): Action {
  words.expect('vrid');
  const vrid = words.number('a VRID', 1, 255);
  words.expect('priority');
  const priority = words.number('a priority', 0, 255);
  const version = words.accept('version') ? words.number('a version', 2, 3) : 2;
  const segment = words.accept('on') ? words.word('a segment') : undefined;
  const every = words.accept('every') ? words.span() : seconds(1);
  const span = words.forSpan() ?? seconds(10);
  return { type: 'foreign', vrid, priority, version: version as 2 | 3, segment, every, span };
}

function parseScript(words: Words): Action {
  const script = words.word('the name of a script');
  words.expect('on');
  const node = nodeName(words);
  if (words.accept('flaps')) {
    words.expect('every');
    const every = words.span();
    return { type: 'script-flaps', script, node, every, span: words.forSpan() ?? seconds(10) };
  }
  return { type: 'script', script, node, behaviour: parseBehaviour(words), ...withSpan(words) };
}

/** `server 10.0.0.11:80 fails [from a] [for 10s]`. */
function parseServer(words: Words): Action {
  const server = words.server();
  const verb = words.word('what the server does');
  const every = verb === 'flaps' && words.accept('every') ? words.span() : seconds(2);
  const from = words.accept('from') ? nodeName(words) : undefined;
  if (verb === 'flaps') return { type: 'server-flaps', server, from, every, span: words.forSpan() ?? seconds(10) };
  const behaviour = serverBehaviours.get(verb);
  if (!behaviour) throw new ScenarioError(`a server fails, hangs, recovers or flaps, not "${verb}"`);
  return { type: 'server', server, from, behaviour, ...withSpan(words) };
}

const serverBehaviours: ReadonlyMap<string, ServerBehaviour> = new Map([
  ['recovers', 'answers'],
  ['fails', 'refuses'],
  ['hangs', 'hangs'],
]);

function parseIpvsadm(words: Words): Action {
  const change = parseTableChange(words);
  words.expect('on');
  return { type: 'ipvsadm', change, node: nodeName(words) };
}

function parseTableChange(words: Words): TableChange {
  const what = words.word('clear, delete-server or edit-server');
  if (what === 'clear') return { type: 'clear' };
  if (what !== 'delete-server' && what !== 'edit-server') {
    throw new ScenarioError(`ipvsadm can clear, delete-server or edit-server here, not "${what}"`);
  }
  const server = words.server();
  if (what === 'delete-server') return { type: what, server };
  words.expect('weight');
  return { type: what, server, weight: words.number('a weight', 0, 65_535) };
}

/** `remove 192.0.2.100 on a`, `remove route 10.1.0.0/24 on a`, `remove rule 100 on a`. */
function parseRemoval(words: Words): Action {
  const kind = words.accept('route') ? 'route' : words.accept('rule') ? 'rule' : undefined;
  if (kind === undefined) {
    const address = words.address();
    words.expect('on');
    return { type: 'remove', address, node: nodeName(words) };
  }
  const entry: RoutingSelector =
    kind === 'route'
      ? { kind, destination: words.prefix() }
      : { kind, preference: words.number('the preference of a rule', 0, 4_294_967_295) };
  words.expect('on');
  return { type: 'remove-routing', entry, node: nodeName(words) };
}

function parseFile(words: Words): Action {
  const file = words.word('the name of a track_file');
  words.expect('on');
  const node = nodeName(words);
  words.expect('says');
  return { type: 'file', file, node, number: words.integer('a number'), ...withSpan(words) };
}

function parseProcess(words: Words): Action {
  const name = words.word('the name of a vrrp_track_process');
  words.expect('on');
  const node = nodeName(words);
  return { type: 'process', process: name, node, count: parseCount(words), ...withSpan(words) };
}

function parseCount(words: Words): number | undefined {
  const verb = words.word('what the process does');
  if (verb === 'stops') return 0;
  if (verb !== 'runs') throw new ScenarioError(`a process stops, runs, or runs N times, not "${verb}"`);
  if (words.isAtEnd || words.peek() === 'for') return undefined;
  const count = words.number('how many', 0, 65_535);
  words.expect('times');
  return count;
}

function parseBehaviour(words: Words): ScriptBehaviour {
  const verb = words.word('what the script does');
  switch (verb) {
    case 'succeeds':
      return { type: 'exits', status: 0 };
    case 'fails':
      return { type: 'exits', status: 1 };
    case 'exits':
      return { type: 'exits', status: words.number('an exit status', 0, 255) };
    case 'hangs':
      return words.accept('for', 'ever') ? { type: 'ignores-term' } : { type: 'hangs' };
    case 'is':
      words.expect('missing');
      return { type: 'not-startable' };
    default:
      throw new ScenarioError(`a script fails, succeeds, exits N, hangs, is missing or flaps, not "${verb}"`);
  }
}

function parseQuality(words: Words, change: QualityChange): Action {
  const path = words.accept('on') ? parsePath(words) : undefined;
  return { type: 'quality', change, path, span: words.forSpan() };
}

/** `a`, `a b`, `a -> b`, `a -> *`. */
function parsePath(words: Words): PathSelector {
  const from = words.word('the name of a node');
  if (words.accept('->')) {
    const to = words.word('the name of a node, or *');
    return { from, to: to === '*' ? undefined : to, direction: 'one-way' };
  }
  const to = words.isAtEnd || words.peek() === 'for' ? undefined : words.word('the name of a node');
  return { from, to, direction: 'both' };
}

function withSpan(words: Words): { span?: Duration } {
  const span = words.forSpan();
  return span === undefined ? {} : { span };
}

function nodeName(words: Words): string {
  return words.word('the name of a node');
}

function linkName(words: Words): string {
  return words.word('the name of an interface');
}

import { type IpAddress, parseIpAddress } from '../../base/ip-address.ts';
import { Diagnostics } from '../../config/diagnostic.ts';
import type { ScriptResolver, SectionContext } from '../../config/section-context.ts';
import type { Located } from '../../config/source.ts';
import { located, type Statement } from '../../config/tree.ts';
import type { RunnableScript } from '../../ports/script.ts';
import type {
  GarpGroup,
  SyncGroupConfiguration,
  TrackScriptConfiguration,
  VirtualRouterConfiguration,
  VrrpGlobals,
} from '../configuration.ts';
import { completeVrrpGlobals, type VrrpGlobalDraft } from '../global-section.ts';
import type { TrackableSession } from '../tracker-completion.ts';
import { completeVrrp, type VrrpDraft } from '../vrrp-section.ts';

/**
 * The VRRP part of a file as it was meant: what it comes to where every script can run, each piece beside the block
 * that says so. Advice is about this, whatever the machine at hand lacks.
 */
export interface WrittenVrrp {
  readonly global: VrrpGlobals;
  readonly instances: readonly WrittenInstance[];
  readonly groups: readonly WrittenGroup[];
  readonly garpGroups: readonly GarpGroup[];
  readonly scripts: readonly WrittenScript[];
  /** What stands in global_defs. */
  readonly globalStatements: readonly Statement[];
  /** All vrrp_instance and vrrp_sync_group blocks, also those of which nothing came. */
  readonly blocks: readonly Statement[];
}

export interface WrittenInstance {
  readonly configuration: VirtualRouterConfiguration;
  readonly statement: Statement;
  readonly group: WrittenGroup | undefined;
}

export interface WrittenGroup {
  readonly configuration: SyncGroupConfiguration;
  readonly statement: Statement;
}

export interface WrittenScript {
  readonly name: string;
  readonly statement: Statement;
  /** Undefined: nothing tracks it. */
  readonly configuration: TrackScriptConfiguration | undefined;
}

/** Every command runs, as nobody in particular. */
const everythingRuns: ScriptResolver = {
  resolve: (statement): RunnableScript => {
    const text = statement.words
      .slice(1)
      .map(word => word.text)
      .join(' ');
    return { command: { type: 'program', argv: [text] }, identity: undefined, text };
  },
};

/** `statements` are those outside all blocks. What completing finds wrong was said when it was done for the daemon. */
export function writtenVrrp(
  statements: readonly Statement[],
  draft: VrrpDraft,
  globals: VrrpGlobalDraft,
  hostName: string,
  bfdSessions: readonly TrackableSession[],
  context: SectionContext,
): WrittenVrrp {
  const meant: SectionContext = {
    ...context,
    diagnostics: new Diagnostics(),
    unbuilt: new Map(),
    scripts: everythingRuns,
  };
  const parts = completeVrrp(draft, globals, bfdSessions, meant);
  const groups = parts.syncGroups.map(configuration => ({
    configuration,
    statement: draft.syncGroups.get(configuration.name)!.statement,
  }));
  const groupOf = new Map(groups.flatMap(group => group.configuration.members.map(name => [name, group] as const)));
  const tracked = new Map(parts.scripts.map(script => [script.name, script]));
  const global = completeVrrpGlobals(globals, hostName, context.dynamicInterfaces);
  return {
    global,
    instances: parts.instances.map(configuration => ({
      configuration,
      statement: draft.instances.get(configuration.name)!.statement,
      group: groupOf.get(configuration.name),
    })),
    groups,
    garpGroups: draft.garpGroups.groups,
    scripts: [...draft.scripts.values()].map(script => ({
      name: script.name,
      statement: script.statement,
      configuration: tracked.get(script.name),
    })),
    globalStatements: statements
      .filter(({ words }) => words[0]?.text === 'global_defs')
      .flatMap(({ block }) => block?.statements ?? []),
    blocks: statements.filter(({ words }) => /^vrrp_(instance|sync_group)$/.test(words[0]?.text ?? '')),
  };
}

/** The last line of a block that begins with the keyword: the one that counts. */
export function keywordIn(block: Statement, keyword: string): Statement | undefined {
  return block.block?.statements.findLast(({ words }) => words[0]?.text === keyword);
}

/** Where a keyword of a block stands, or the block where the keyword was left out. */
export function placeOf(block: Statement, keyword: string): Located {
  return located(keywordIn(block, keyword) ?? block);
}

/** The lines of all blocks of that keyword inside a block. */
export function linesIn(block: Statement, keyword: string): readonly Statement[] {
  const blocks = block.block?.statements.filter(({ words }) => words[0]?.text === keyword) ?? [];
  return blocks.flatMap(({ block: inner }) => inner?.statements ?? []);
}

type LinesByName = ReadonlyMap<string, readonly Statement[]>;

/** Of the blocks of a keyword in a block. Made once, because every line of a long list may be wrong. */
const linesByName = new WeakMap<Statement, Map<string, LinesByName>>();

/** The lines in the blocks of a keyword that begin with a name, or with an address, however it is written. */
export function linesNamed(block: Statement, keyword: string, name: string): readonly Statement[] {
  const known = linesByName.get(block) ?? new Map<string, LinesByName>();
  linesByName.set(block, known);
  const lines = known.get(keyword) ?? namedLines(linesIn(block, keyword));
  known.set(keyword, lines);
  return lines.get(name) ?? [];
}

function namedLines(lines: readonly Statement[]): LinesByName {
  const named = new Map<string, Statement[]>();
  for (const line of lines) {
    const text = line.words[0]?.text;
    if (text === undefined) continue;
    const name = parseIpAddress(text.replace(/\/.*$/, '')) ?? text;
    const same = named.get(name);
    if (same) same.push(line);
    else named.set(name, [line]);
  }
  return named;
}

/** Where a list inside a block names an address, or the block if some expansion hides it. */
export function placeOfAddress(block: Statement, keywords: readonly string[], address: IpAddress): Located {
  for (const keyword of keywords) {
    const [line] = linesNamed(block, keyword, address);
    if (line) return located(line);
  }
  return located(block);
}

/** Where a block tracks something, or the block. */
export function placeOfTracker(
  block: Statement,
  kind: 'interface' | 'script' | 'bfd' | 'file' | 'process',
  name: string,
): Located {
  const [line] = linesNamed(block, `track_${kind}`, name);
  return located(line ?? block);
}

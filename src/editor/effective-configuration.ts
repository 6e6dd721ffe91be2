import { type Diagnostic, Diagnostics } from '../config/diagnostic.ts';
import { parseTree } from '../config/parse-tree.ts';
import { readLines } from '../config/reader.ts';
import type { Block, Statement } from '../config/tree.ts';
import { type Configuration, type LoadOptions, loadConfiguration, randomSeedOf } from '../engine/configuration.ts';
import { rootGrammar } from '../engine/keywords.ts';
import type { ConfigurationHost } from '../ports/configuration-host.ts';
import { balancingValues } from './balancing-values.ts';
import { blockEntries, type EffectiveValues, type Entry, type Listing } from './effective.ts';
import { effectiveText } from './effective-text.ts';
import { globalValues, instanceValues, rootValues, scriptValues } from './effective-values.ts';

/** What a configuration comes to. */
export interface EffectiveConfiguration {
  readonly entries: readonly Entry[];
  readonly diagnostics: readonly Diagnostic[];
  /** False: it is refused; then the entries say what is written, without what would come of it. */
  readonly loads: boolean;
}

/** Blocks of which there is one, however often it is opened. */
const merged: ReadonlySet<string> = new Set(['global_defs', 'holdfast']);

const ownConditionId = 'holdfast';

/** Undefined if the file cannot be read. */
export function effectiveConfiguration(
  path: string,
  host: ConfigurationHost,
  options: LoadOptions,
): EffectiveConfiguration | undefined {
  const { configuration, diagnostics } = loadConfiguration(path, host, options);
  const silent = new Diagnostics();
  const conditionIds = [options.configId, ownConditionId];
  const randomSeed = options.randomSeed ?? randomSeedOf(host.hostName);
  const reading = readLines(path, host, { ...options, conditionIds, randomSeed }, silent);
  if (!reading.ok) return undefined;
  const statements = withMergedBlocks(parseTree(reading.lines, rootGrammar, silent));
  const rejected = byLine(diagnostics);
  const entries = entriesOf(statements, configuration, rejected);
  const loads = configuration !== undefined;
  // Which lines are of no use is concluded from what is said about them. Where that leaves out too much, all stay.
  if (!configuration || same(configuration, reloaded(path, entries, host, options)))
    return { entries, diagnostics, loads };
  return { entries: entriesOf(statements, configuration, new Map()), diagnostics, loads };
}

function entriesOf(
  statements: readonly Statement[],
  configuration: Configuration | undefined,
  rejected: Listing['rejected'],
): readonly Entry[] {
  const globals = statements.find(statement => statement.words[0]?.text === 'global_defs');
  const values = configuration ? rootValues(configuration.daemon) : new Map();
  const ofServers = configuration ? balancingValues(statements, configuration) : new Map<Statement, EffectiveValues>();
  const valuesOf = (statement: Statement): EffectiveValues => {
    const [keyword, name] = statement.words.map(word => word.text);
    const known = ofServers.get(statement) ?? (configuration && valuesOfBlock(configuration, keyword!, name));
    return known ?? new Map();
  };
  const listing: Listing = { rejected, globals: byKeyword(globals?.block?.statements ?? []), valuesOf };
  return globalsFirst(blockEntries(statements, rootGrammar, values, listing), configuration, listing);
}

function reloaded(
  path: string,
  entries: readonly Entry[],
  host: ConfigurationHost,
  options: LoadOptions,
): Configuration | undefined {
  const text = effectiveText(entries);
  const files: ConfigurationHost = {
    ...host,
    readFile: name => (name === path ? { ok: true, value: text } : host.readFile(name)),
  };
  return loadConfiguration(path, files, options).configuration;
}

/** Both are plain data. */
function same(left: Configuration, right: Configuration | undefined): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function valuesOfBlock(configuration: Configuration, keyword: string, name: string | undefined) {
  const { instances, scripts } = configuration.vrrp;
  switch (keyword) {
    case 'global_defs':
      return globalValues(configuration);
    case 'vrrp_instance': {
      const instance = instances.find(candidate => candidate.name === name);
      return instance && instanceValues(instance);
    }
    case 'vrrp_script': {
      const script = scripts.find(candidate => candidate.name === name);
      return script && scriptValues(script);
    }
    default:
      return undefined;
  }
}

/** A statement whose block can be added to; those of a tree work out what they are when asked. */
function copyOf({ line, words, start, end, slashComment }: Statement, { opening, statements }: Block): Statement {
  return { line, words, start, end, slashComment, block: { opening, statements: [...statements] } };
}

/** One statement for all blocks of a kind, where the first of them stands. */
function withMergedBlocks(statements: readonly Statement[]): readonly Statement[] {
  const result: Statement[] = [];
  const first = new Map<string, Statement>();
  for (const statement of statements) {
    const keyword = statement.words[0]?.text ?? '';
    const earlier = merged.has(keyword) && statement.block ? first.get(keyword) : undefined;
    if (earlier) {
      for (const inner of statement.block!.statements) earlier.block!.statements.push(inner);
    } else {
      const copy = statement.block ? copyOf(statement, statement.block) : statement;
      if (merged.has(keyword) && copy.block) first.set(keyword, copy);
      result.push(copy);
    }
  }
  return result;
}

/** Where the defaults of everything else are said; also if the file has no such block. */
function globalsFirst(
  entries: readonly Entry[],
  configuration: Configuration | undefined,
  listing: Listing,
): readonly Entry[] {
  const isGlobal = (entry: Entry): boolean => entry.keyword === 'global_defs' && entry.standing === 'in-force';
  const globals = entries.filter(isGlobal);
  const rest = entries.filter(entry => !isGlobal(entry));
  if (globals.length > 0 || !configuration) return [...globals, ...rest];
  const grammar = rootGrammar.blocks.get('global_defs')!;
  const implied: Entry = {
    keyword: 'global_defs',
    text: 'global_defs',
    origin: { type: 'default' },
    standing: 'in-force',
    remark: undefined,
    entries: blockEntries([], grammar, globalValues(configuration), listing),
  };
  return [implied, ...rest];
}

function byLine(diagnostics: readonly Diagnostic[]): ReadonlyMap<string, readonly Diagnostic[]> {
  const lines = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    const key = `${diagnostic.file}:${diagnostic.line}`;
    const known = lines.get(key);
    if (known) known.push(diagnostic);
    else lines.set(key, [diagnostic]);
  }
  return lines;
}

function byKeyword(statements: readonly Statement[]): ReadonlyMap<string, Statement> {
  return new Map(
    statements.flatMap(statement => {
      const keyword = statement.words[0]?.text;
      return keyword === undefined ? [] : [[keyword, statement]];
    }),
  );
}

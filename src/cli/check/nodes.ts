import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Result } from '../../base/result.ts';
import type { Diagnostic } from '../../config/diagnostic.ts';
import { loadConfiguration } from '../../engine/configuration.ts';
import { configurationHost } from '../../linux/configuration-host.ts';
import type { ConfigurationHost } from '../../ports/configuration-host.ts';
import { simulatedHost } from '../../sim/simulated-host.ts';
import { type ClusterNode, clusterNode } from '../../vrrp/cluster/cluster-router.ts';

/** A node and the file that configures it. */
export interface NamedFile {
  readonly name: string;
  readonly file: string;
}

/** Which nodes a command line means. */
export function namedFiles(words: readonly string[], ids: readonly string[]): Result<readonly NamedFile[], string> {
  const given = words.map(word => splitName(word));
  const [only] = given;
  if (only && given.length === 1 && ids.length > 0) {
    return distinct(ids.map(name => ({ name, file: only.file })));
  }
  if (ids.length > 0) {
    if (ids.length !== given.length) {
      return {
        ok: false,
        reason: `${ids.length} ids for ${given.length} files: give one for each, or one file for all`,
      };
    }
    return distinct(given.map(({ file }, index) => ({ name: ids[index]!, file })));
  }
  if (only && given.length === 1) return { ok: false, reason: `one node is no cluster: ${adviceFor(only.file)}` };
  return distinct(given.map(({ name, file }) => ({ name: name ?? shortName(file, given), file })));
}

/** How to name the nodes of a single file: as its own conditions do, if it has any. */
function adviceFor(file: string): string {
  const read = configurationHost(process.env).readFile(file);
  const ids = read.ok
    ? new Set([...read.value.matchAll(/^\s*@\^?([\w.-]+)/gm)].map(([, id]) => id!))
    : new Set<string>();
  ids.delete('holdfast');
  if (ids.size < 2) return 'give the files of the other nodes, too';
  return `this file is for several, so write ${[...ids].map(id => `--id ${id}`).join(' ')} ${file}`;
}

/** `NAME=FILE`, unless there is a file of that very name. */
function splitName(word: string): { readonly name: string | undefined; readonly file: string } {
  const match = /^([^/=]+)=(.+)$/.exec(word);
  return match && !existsSync(word) ? { name: match[1], file: match[2]! } : { name: undefined, file: word };
}

/** The file's name without its ending; the folder's if files in several folders are called alike; else the whole path. */
function shortName(file: string, all: readonly { readonly file: string }[]): string {
  const ways = [
    (each: string) => path.basename(each, path.extname(each)),
    (each: string) => path.basename(path.dirname(path.resolve(each))),
  ];
  const way = ways.find(shorten => new Set(all.map(each => shorten(each.file))).size === all.length);
  return way ? way(file) : file;
}

function distinct(files: readonly NamedFile[]): Result<readonly NamedFile[], string> {
  const twice = files.find(({ name }, index) => files.findIndex(other => other.name === name) < index);
  return twice
    ? { ok: false, reason: `two nodes are called "${twice.name}": write NAME=FILE` }
    : { ok: true, value: files };
}

/** What only the node itself could tell, or what is about Holdfast and not about the files. `-t` says it, there. */
const notOurs: ReadonlySet<string> = new Set(['not-built', 'not-built-refused', 'script-path-search']);

export interface LoadedNodes {
  readonly nodes: readonly ClusterNode[];
  /** What each file by itself gives rise to; the same once. */
  readonly diagnostics: readonly Diagnostic[];
  readonly unreadable: boolean;
}

/** Reads the files as on their own hosts, where every script and user they name exists. */
export function loadNodes(files: readonly NamedFile[]): LoadedNodes {
  const here = configurationHost(process.env);
  const nodes: ClusterNode[] = [];
  const diagnostics = new Map<string, Diagnostic>();
  let unreadable = false;
  for (const { name, file } of files) {
    const host = hostOf(name, here);
    const loaded = loadConfiguration(file, host, { configId: name, allIncludesStrict: false, advise: true });
    if (loaded.written) nodes.push(clusterNode(name, loaded.written));
    else unreadable = true;
    for (const diagnostic of loaded.diagnostics) {
      if (diagnostic.keepalivedClass === 'unreadable') unreadable = true;
      if (!notOurs.has(diagnostic.code)) diagnostics.set(JSON.stringify(diagnostic), forCluster(diagnostic));
    }
  }
  return { nodes, diagnostics: [...diagnostics.values()], unreadable };
}

/** On a node an include may well match nothing; here its files may just not have been brought along. */
function forCluster(diagnostic: Diagnostic): Diagnostic {
  if (diagnostic.code !== 'include-failed' || diagnostic.severity !== 'advice') return diagnostic;
  return { ...diagnostic, severity: 'warning', hint: 'what it would add on the node is not checked' };
}

/** The host of a node: its programs are what the file says they are, its configuration files are those at hand. */
function hostOf(name: string, here: ConfigurationHost): ConfigurationHost {
  const included = new Set<string>();
  const host = simulatedHost(name, {
    readFile: file => here.readFile(file),
    glob: (pattern, directory) => {
      const found = here.glob(pattern, directory);
      for (const file of found) included.add(file);
      return found;
    },
  });
  return { ...host, status: file => (included.has(file) ? here.status(file) : host.status(file)) };
}

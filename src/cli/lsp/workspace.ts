import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { EditorDocument } from '../../editor/document.ts';
import { documentOf } from '../../editor/document.ts';
import { withTexts } from '../../editor/overlay.ts';
import { type Problem, problemsOf } from '../../editor/problems.ts';
import { type Project, projectOf } from '../../editor/project.ts';
import { rootGrammar } from '../../engine/keywords.ts';
import type { ConfigurationHost } from '../../ports/configuration-host.ts';

export interface WorkspaceSettings {
  /** What @ID lines compare with. */
  readonly configId: string;
  /** Whether the files are this machine's own, so that its interfaces and scripts count; undefined: as their place tells. */
  readonly thisMachine: boolean | undefined;
}

const mainFiles = ['keepalived.conf', 'holdfast.conf'];
const ownPlaces = /^\/(?:etc|usr\/local\/etc)\/(?:keepalived|holdfast)\//;

/** The texts that are open in an editor, over the files as they are on disk. */
export class Workspace {
  readonly #host: ConfigurationHost;
  readonly #settings: WorkspaceSettings;
  readonly #texts = new Map<string, string>();
  /** By main file; emptied at every change. */
  readonly #projects = new Map<string, Project>();

  constructor(host: ConfigurationHost, settings: WorkspaceSettings) {
    this.#host = host;
    this.#settings = settings;
  }

  get interfaceNames(): readonly string[] {
    return this.#host.interfaceNames ?? [];
  }

  /** Unsaved texts win over the disk. */
  get files(): ConfigurationHost {
    const texts = withTexts(this.#host, this.#texts);
    return {
      ...this.#host,
      readFile: texts.readFile,
      status: name => this.#host.status(name) ?? this.#openStatus(name),
    };
  }

  get openPaths(): readonly string[] {
    return [...this.#texts.keys()];
  }

  open(name: string, text: string): void {
    this.#texts.set(name, text);
    this.#projects.clear();
  }

  close(name: string): void {
    this.#texts.delete(name);
    this.#projects.clear();
  }

  /** Something on disk may have changed. */
  refresh(): void {
    this.#projects.clear();
  }

  document(name: string): EditorDocument {
    const known = this.projectFor(name).documents.find(document => document.path === name);
    return known ?? documentOf(name, this.#texts.get(name) ?? '', rootGrammar);
  }

  /** The configuration that a file is part of. */
  projectFor(name: string): Project {
    return this.#project(this.mainFileOf(name));
  }

  /** The file that includes the given one, directly or not; the file itself if none near it does. */
  mainFileOf(name: string): string {
    if (mainFiles.includes(path.basename(name))) return name;
    const above = [
      path.dirname(name),
      path.dirname(path.dirname(name)),
      path.dirname(path.dirname(path.dirname(name))),
    ];
    const near = above.flatMap(folder => mainFiles.map(file => path.join(folder, file)));
    const others = this.openPaths.filter(open => open !== name);
    for (const candidate of [...new Set([...near, ...others])]) {
      if (this.#project(candidate).documents.some(document => document.path === name)) return candidate;
    }
    return name;
  }

  /** What is wrong with a configuration, for each of its files. */
  problems(mainFile: string): ReadonlyMap<string, readonly Problem[]> {
    const { configId, thisMachine } = this.#settings;
    const options = { configId, allIncludesStrict: false, advise: true };
    const files = this.#project(mainFile).documents.map(document => document.path);
    return problemsOf(mainFile, this.files, options, thisMachine ?? ownPlaces.test(mainFile), files);
  }

  #project(mainFile: string): Project {
    const known = this.#projects.get(mainFile);
    if (known) return known;
    const project = projectOf(mainFile, this.files, rootGrammar);
    this.#projects.set(mainFile, project);
    return project;
  }

  #openStatus(name: string) {
    return this.#texts.has(name) ? ({ kind: 'file', mode: 0o644, uid: 0, gid: 0 } as const) : undefined;
  }
}

/** Texts that are no files, because nobody has saved them yet, keep their URI for a name. */
export function pathOf(uri: string): string {
  return uri.startsWith('file:') ? fileURLToPath(uri) : uri;
}

export function uriOf(name: string): string {
  return path.isAbsolute(name) ? pathToFileURL(name).href : name;
}

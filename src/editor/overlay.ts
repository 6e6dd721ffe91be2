import type { SourceFiles } from '../config/source-files.ts';

/** Files as the machine has them, save that some texts are those of an editor or of standard input. */
export function withTexts(files: SourceFiles, texts: ReadonlyMap<string, string>): SourceFiles {
  return {
    readFile: path => {
      const text = texts.get(path);
      return text === undefined ? files.readFile(path) : { ok: true, value: text };
    },
    glob: (pattern, directory) => files.glob(pattern, directory),
    status: path => files.status(path) ?? (texts.has(path) ? { kind: 'file', mode: 0o644 } : undefined),
    environment: name => files.environment(name),
  };
}

import type { SourceFiles } from './source-files.ts';

/** Files that exist only in a test. Globs know `*` and one level of braces. */
export function memoryFiles(
  files: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): SourceFiles {
  return {
    readFile: path => {
      const text = files[path];
      return text === undefined ? { ok: false, reason: 'ENOENT' } : { ok: true, value: text };
    },
    glob: (pattern, directory) => {
      const full = pattern.startsWith('/') ? pattern : `${directory}/${pattern}`;
      const source = full
        .replace(/[.+^$()|[\]\\]/g, '\\$&')
        .replace(/\*/g, '[^/]*')
        .replace(/\{([^}]*)\}/g, (_, alternatives: string) => `(?:${alternatives.replaceAll(',', '|')})`);
      return Object.keys(files)
        .filter(path => new RegExp(`^${source}$`).test(path))
        .sort();
    },
    status: path => {
      if (path.endsWith('.d')) return { kind: 'directory', mode: 0o755 };
      return path in files ? { kind: 'file', mode: path.endsWith('.sh') ? 0o755 : 0o644 } : undefined;
    },
    environment: name => environment[name],
  };
}

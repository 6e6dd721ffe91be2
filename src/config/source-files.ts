/** What reading a configuration's text asks of the machine. ports/ConfigurationHost fulfils it. */
export interface SourceFiles {
  /** The file's text (UTF-8, invalid bytes replaced), or an errno name. */
  readFile(
    path: string,
  ): { readonly ok: true; readonly value: string } | { readonly ok: false; readonly reason: string };
  /** Absolute paths matching a glob with csh braces, sorted; empty if none. Relative to `directory`. */
  glob(pattern: string, directory: string): readonly string[];
  /** Follows symbolic links; undefined if there is nothing or it cannot be reached. */
  status(path: string): { readonly kind: 'file' | 'directory' | 'other'; readonly mode: number } | undefined;
  environment(name: string): string | undefined;
}

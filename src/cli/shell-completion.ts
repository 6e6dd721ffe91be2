import type { OptionRow } from './option-table.ts';

/** What may follow a command: its options, and commands of its own. */
export interface CommandWords {
  /** `config fmt`; empty for the daemon itself. */
  readonly path: string;
  readonly words: readonly string[];
  /** Options whose value is a file. */
  readonly fileOptions: readonly string[];
}

/** Reads off a help text what may be typed: options from the lines that begin with one, commands from their list. */
export function wordsOfHelp(path: string, help: string): CommandWords {
  const words: string[] = [];
  const fileOptions: string[] = [];
  let inCommands = false;
  for (const line of help.split('\n')) {
    if (/^\S.*:$/.test(line)) inCommands = line === 'Commands:';
    const option = /^ {2}(?:(-\w), )?(--[a-z][a-z_-]*)(?:[ =][<[](\w+)[>\]])?/.exec(line);
    if (option) {
      const names = [option[1], option[2]].filter(name => name !== undefined);
      words.push(...names);
      if (option[3] === 'FILE') fileOptions.push(...names);
    }
    const command = inCommands ? /^ {2}([a-z][a-z-]*)\b/.exec(line)?.[1] : undefined;
    if (command !== undefined && command !== 'help') words.push(command);
  }
  return { path, words, fileOptions };
}

/** The options of the daemon, and the commands beside it. */
export function wordsOfDaemon(options: readonly OptionRow[], commands: readonly string[]): CommandWords {
  const names = (row: OptionRow): readonly string[] => [
    ...(row.short === undefined ? [] : [`-${row.short}`]),
    `--${row.long}`,
  ];
  const files = options.filter(row => row.placeholder === 'FILE' && row.argument === 'required');
  const known = options.filter(row => row.unbuilt === undefined);
  return { path: '', words: [...commands, ...known.flatMap(names)], fileOptions: files.flatMap(names) };
}

/** A completion script for bash. */
export function bashCompletion(commands: readonly CommandWords[]): string {
  const cases = commands.map(({ path, words, fileOptions }) =>
    [`    '${path}')`, `      words='${words.join(' ')}'`, `      files='${fileOptions.join(' ')}'`, '      ;;'].join(
      '\n',
    ),
  );
  const paths = commands.map(({ path }) => path).filter(path => path !== '');
  return `# Completes the command line of holdfast in bash. Made by \`npm run generate\` from its tables and help texts.
# To use it: source this file, or copy it to /usr/share/bash-completion/completions/holdfast.

_holdfast() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local path='' words='' files='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${paths.map(path => `'${path}'`).join(' | ')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=()
  if [[ " $files " != *" $previous "* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  fi
  if [[ $current != -* && ( -n $path || " $files " == *" $previous "* ) ]]; then
    local names
    mapfile -t names < <(compgen -f -- "$current")
    COMPREPLY+=("\${names[@]}")
  fi
}

complete -o filenames -F _holdfast holdfast
`;
}

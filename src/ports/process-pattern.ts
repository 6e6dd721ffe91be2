/** Which processes are meant by a name, and by parameters if they matter. */
export interface ProcessPattern {
  /** Of the program: as the kernel calls it, or as the command line begins. */
  readonly command: string;
  /** Look at the command line rather than at the kernel's name of 15 bytes. */
  readonly wholeCommand: boolean;
  readonly parameters:
    | { readonly match: 'any' }
    /** The very same ones; initial: the last may go on, and more may follow; partial: more may follow. */
    | { readonly match: 'exact' | 'initial' | 'partial'; readonly words: readonly string[] };
}

/** A process as the kernel shows it. */
export interface RunningProcess {
  /** /proc/PID/comm: 15 bytes at most. */
  readonly name: string;
  /** /proc/PID/cmdline; empty for threads of the kernel. */
  readonly commandLine: readonly string[];
}

/** Bytes of a name that the kernel keeps: TASK_COMM_LEN less its terminator. */
const longestName = 15;

export function matchesProcess(pattern: ProcessPattern, { name, commandLine }: RunningProcess): boolean {
  if (!pattern.wholeCommand) return name === pattern.command.slice(0, longestName);
  const [program, ...words] = commandLine;
  return program !== undefined && isProgram(pattern.command, program) && matchesParameters(pattern.parameters, words);
}

/** Written without a folder, it is found whatever way it was called by. */
function isProgram(command: string, program: string): boolean {
  return program === command || (!command.includes('/') && program.endsWith(`/${command}`));
}

function matchesParameters(wanted: ProcessPattern['parameters'], words: readonly string[]): boolean {
  if (wanted.match === 'any') return true;
  const { match, words: configured } = wanted;
  if (match === 'exact' && words.length !== configured.length) return false;
  return configured.every((word, place) => {
    const last = place === configured.length - 1;
    return match === 'initial' && last ? words[place]?.startsWith(word) === true : words[place] === word;
  });
}

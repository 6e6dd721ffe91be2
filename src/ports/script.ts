/** How a configured command line is to be carried out; decided when the configuration is read. */
export type ScriptCommand =
  /** Executed directly, without a shell. `argv[0]` is the path as resolved. */
  | { readonly type: 'program'; readonly argv: readonly string[] }
  /** The text goes to `/bin/sh -c`; `extraArguments` follow as $1 and so on. */
  | { readonly type: 'shell'; readonly text: string; readonly extraArguments: readonly string[] }
  /** `</dev/tcp/HOST/PORT`: succeeds once a TCP connection is established. */
  | { readonly type: 'tcp-connect'; readonly host: string; readonly port: number }
  /** `</path`: succeeds if the file can be opened for reading. */
  | { readonly type: 'open-file'; readonly path: string };

/** Whom a script runs as. Undefined ids mean the daemon's own identity: no change of user is attempted. */
export interface ScriptIdentity {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups; empty means none. */
  readonly groups: readonly number[];
}

/** A command together with the user it runs as, ready to start. */
export interface RunnableScript {
  readonly command: ScriptCommand;
  /** Undefined: as the daemon itself. */
  readonly identity: ScriptIdentity | undefined;
  /** As the operator wrote it, for log lines. */
  readonly text: string;
}

/** How a run ended. */
export type ScriptOutcome =
  | { readonly type: 'exited'; readonly status: number }
  | { readonly type: 'signalled'; readonly signal: number }
  /** It could not be started at all; `error` is an errno name such as ENOENT. */
  | { readonly type: 'not-started'; readonly error: string };

import type { Diagnostics, KeepalivedClass } from '../config/diagnostic.ts';
import type { DiagnosticCode } from '../config/diagnostic-codes.ts';
import { scriptArguments } from '../config/script-words.ts';
import type { ScriptResolver, ScriptUse } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import type { ConfigurationHost } from '../ports/configuration-host.ts';
import type { RunnableScript, ScriptCommand, ScriptIdentity } from '../ports/script.ts';
import { parseScriptCommand, shellOperator } from './script-command.ts';
import { pathFaults } from './script-security.ts';

/** What global_defs says about scripts. */
export interface ScriptSettings {
  /** script_user as written: a user and a group, a colon asking for supplementary groups. */
  user: readonly string[] | undefined;
  userAt: Statement | undefined;
  enableSecurity: boolean;
  useSymlinkPaths: boolean;
  setSupplementaryGroups: boolean;
}

export function defaultScriptSettings(): ScriptSettings {
  return {
    user: undefined,
    userAt: undefined,
    enableSecurity: false,
    useSymlinkPaths: false,
    setSupplementaryGroups: false,
  };
}

/** Whoever keepalived runs scripts as where nobody is named, if the user exists. */
const conventionalUser = 'keepalived_script';

type IdentityOutcome =
  | { readonly ok: true; readonly identity: ScriptIdentity | undefined }
  | { readonly ok: false; readonly message: string; readonly nobody?: boolean };

/** Makes runnable scripts of command lines: splits, finds, examines and reports. */
export class ScriptResolution implements ScriptResolver {
  readonly #settings: ScriptSettings;
  readonly #host: ConfigurationHost;
  readonly #diagnostics: Diagnostics;
  #default: IdentityOutcome | undefined;
  #securityReported = false;

  constructor(settings: ScriptSettings, host: ConfigurationHost, diagnostics: Diagnostics) {
    this.#settings = settings;
    this.#host = host;
    this.#diagnostics = diagnostics;
  }

  resolve(statement: Statement, use: ScriptUse, user: Statement | undefined): RunnableScript | undefined {
    const start = statement.words[1]!.start;
    const text = statement.line.text.slice(start, statement.end);
    const { command: commandText, rest, quoted } = scriptArguments(text);
    const command = parseScriptCommand(commandText);
    if (!command) {
      this.#report(statement, 'script-without-command', 'other', 'the script has no command', 'it is left out');
      return undefined;
    }
    const namesUserApart = use === 'tracked' || use === 'checked';
    const named = !namesUserApart ? rest : user?.words.slice(1).map(word => word.text);
    if (namesUserApart && rest.length > 0) {
      const hint = quoted
        ? 'the user has a keyword of its own, "user"'
        : 'put the command with its arguments in quotes';
      this.#report(statement, 'script-words-ignored', 'ignores', `"${rest.join(' ')}" is not part of the script`, hint);
    }
    const identity = named && named.length > 0 ? this.#identityOf(named) : this.#defaultIdentity();
    if (!identity.ok) {
      const hint =
        !namesUserApart && !quoted && rest.length > 0
          ? 'words after an unquoted script name its user and group; put a command with arguments in quotes'
          : identity.nobody === true
            ? `the script is left out; name somebody: script_user root, in global_defs`
            : 'the script is left out';
      this.#report(
        user ?? statement,
        'script-user',
        use === 'notified' || use === 'served' ? 'ignores' : 'other',
        identity.message,
        hint,
      );
      return undefined;
    }
    const ready = this.#ready(statement, command, identity.identity, use);
    return ready && { command: ready, identity: identity.identity, text: commandText };
  }

  /** Whether script_user names somebody; keepalived says so even if nobody needs it. */
  checkDefaultUser(): void {
    const { userAt } = this.#settings;
    const identity = userAt && this.#defaultIdentity();
    if (!userAt || !identity || identity.ok) return;
    this.#report(userAt, 'script-user', 'other', identity.message, 'scripts without a user of their own are left out');
  }

  /** Something needs script_user and does not find it: there is none, or not yet. */
  reportNobody(statement: Statement): void {
    if (this.#host.user(conventionalUser)) return;
    const message = `there is no user ${conventionalUser}, and no script_user before this line`;
    this.#report(statement, 'script-user', 'other', message, 'name one after it, or script_user before it');
  }

  /** The command with its program found and examined. */
  #ready(
    statement: Statement,
    command: ScriptCommand,
    identity: ScriptIdentity | undefined,
    use: ScriptUse,
  ): ScriptCommand | undefined {
    switch (command.type) {
      case 'tcp-connect':
        this.#report(
          statement,
          'tcp-connect',
          'ignores',
          `"</dev/tcp/${command.host}/${command.port}" connects to port ${command.port} of ${command.host}`,
          'keepalived tries to open a file of this name, and fails for ever',
        );
        return command;
      case 'open-file':
        return command;
      case 'shell':
        return this.#shell(statement, command, use);
      case 'program': {
        const path = this.#program(statement, command.argv[0]!, identity, use);
        return path === undefined ? undefined : { type: 'program', argv: [path, ...command.argv.slice(1)] };
      }
    }
  }

  /** Whose the file of a line `KEYWORD PATH [USER [GROUP]]` is to be; undefined: ours, also where nobody of that name is known. */
  ownerOf({ words }: Statement): ScriptIdentity | undefined {
    const named = words.slice(2, 4).map(({ text }) => text);
    const outcome = named.length > 0 ? this.#identityOf(named) : this.#defaultIdentity();
    return outcome.ok ? outcome.identity : undefined;
  }

  #shell(statement: Statement, command: Extract<ScriptCommand, { type: 'shell' }>, use: ScriptUse): ScriptCommand {
    const first = /^\S+/.exec(command.text)?.[0] ?? '';
    const operator = shellOperator(command.text) ?? '';
    const found = this.#find(first);
    // What keepalived would run is the first word; whether it exists decides its verdict.
    const keepalivedClass: KeepalivedClass = found === undefined && use === 'tracked' ? 'other' : 'ignores';
    const instead =
      found === undefined
        ? `keepalived finds no program "${first}" and leaves the script out`
        : `keepalived runs "${first}" directly, with "${operator}" as an argument, which fails for ever`;
    this.#report(
      statement,
      'shell-command',
      keepalivedClass,
      `"${operator}" needs a shell: /bin/sh -c runs this text`,
      `${instead}; write it into a file, or as sh -c '...'`,
    );
    if (found !== undefined) this.#noteSecurity(statement, use);
    return command;
  }

  #program(
    statement: Statement,
    name: string,
    identity: ScriptIdentity | undefined,
    use: ScriptUse,
  ): string | undefined {
    const { uid, gid } = identity ?? { uid: this.#host.ownUid, gid: this.#host.ownGid };
    const written = this.#find(name);
    if (written === undefined) {
      const message = name.includes('/') ? `script "${name}" does not exist` : `no program "${name}" is on the PATH`;
      const relative = /^[^./].*\//.test(name);
      const hint =
        relative && this.#find(`/${name}`) !== undefined
          ? `there is a /${name}: begin with the "/"`
          : relative
            ? 'its path begins where the daemon is started: write the whole path, with the "/" at its beginning'
            : use === 'tracked'
              ? 'it is not tracked: who names it in track_script goes on without it'
              : 'nothing is run';
      this.#report(statement, 'script-missing', use === 'tracked' ? 'other' : 'ignores', message, hint);
      return undefined;
    }
    const path = this.#settings.useSymlinkPaths ? written : (this.#host.realPath(written) ?? written);
    if (this.#host.status(path)?.kind !== 'file') {
      const keepalivedClass = use === 'tracked' ? 'other' : 'ignores';
      this.#report(statement, 'script-not-executable', keepalivedClass, `"${path}" is no file`, 'it is left out');
      return undefined;
    }
    if (!this.#host.mayExecute(path, uid, gid)) {
      const message = `uid ${uid} gid ${gid} may not execute "${path}"`;
      this.#report(statement, 'script-not-executable', 'ignores', message, 'it is left out; chmod +x?');
      return undefined;
    }
    if (!name.includes('/')) {
      const message = `"${name}" is found on the PATH as "${written}"`;
      this.#report(
        statement,
        'script-path-search',
        'ignores',
        message,
        'write the whole path: PATH differs between hosts',
      );
    }
    if (!this.#secure(statement, path, { uid, gid, groups: [] }, use)) return undefined;
    this.#noteSecurity(statement, use);
    return path;
  }

  #secure(statement: Statement, path: string, identity: ScriptIdentity, use: ScriptUse): boolean {
    const faults = pathFaults(path, identity, this.#host);
    if (faults.length === 0) return true;
    const verdict = faults.map(({ component, fault }) => `${component} ${fault}`).join(', ');
    const disabled = this.#settings.enableSecurity;
    const keepalivedClass: KeepalivedClass = disabled && use === 'tracked' ? 'other' : 'ignores';
    const message = `root would run "${path}", which others can change: ${verdict}`;
    const hint = disabled
      ? 'enable_script_security is set: it is left out'
      : 'it is run; enable_script_security refuses';
    this.#report(statement, 'script-insecure', keepalivedClass, message, hint);
    return !disabled;
  }

  /** keepalived calls it a violation when scripts run without enable_script_security. */
  #noteSecurity(statement: Statement, use: ScriptUse): void {
    // keepalived throws away a script whose quote is not closed; that was said.
    if (this.#settings.enableSecurity || hasOpenQuote(statement)) return;
    const isVrrp = use === 'tracked' || use === 'notified';
    this.#diagnostics.countViolation(located(statement), isVrrp ? 'vrrp' : 'other');
    if (this.#securityReported) return;
    this.#securityReported = true;
    const message = 'scripts are run, but enable_script_security is not set';
    const hint = 'set it in global_defs: scripts that others can change are then refused';
    this.#report(statement, 'script-security-off', 'security', message, hint);
  }

  /** Where a name without a slash is on the search path, or the path itself; undefined if there is nothing. */
  #find(name: string): string | undefined {
    if (name.includes('/')) return this.#host.status(name) ? name : undefined;
    for (const directory of this.#host.searchPath) {
      const path = `${directory}/${name}`;
      if (this.#host.status(path)?.kind === 'file') return path;
    }
    return undefined;
  }

  #defaultIdentity(): IdentityOutcome {
    this.#default ??= this.#findDefaultIdentity();
    return this.#default;
  }

  #findDefaultIdentity(): IdentityOutcome {
    if (this.#settings.user) return this.#identityOf(this.#settings.user);
    if (this.#host.user(conventionalUser)) return this.#identityOf([conventionalUser]);
    if (!this.#settings.enableSecurity) return { ok: true, identity: undefined };
    const message = `there is no user ${conventionalUser} and no script_user: with enable_script_security nothing runs`;
    return { ok: false, message, nobody: true };
  }

  /** USER [[:]GROUP] or USER :. */
  #identityOf(words: readonly string[]): IdentityOutcome {
    const [userName, second] = words;
    const user = this.#host.user(userName!);
    if (!user) return { ok: false, message: `there is no user "${userName}"` };
    const supplementary = second?.startsWith(':') === true || this.#settings.setSupplementaryGroups;
    const groupName = second?.replace(/^:/, '');
    let gid = user.gid;
    if (groupName) {
      const found = this.#host.groupId(groupName);
      if (found === undefined) return { ok: false, message: `there is no group "${groupName}"` };
      gid = found;
    }
    return { ok: true, identity: { uid: user.uid, gid, groups: supplementary ? user.groups : [] } };
  }

  #report(
    statement: Statement,
    code: DiagnosticCode,
    keepalivedClass: KeepalivedClass,
    message: string,
    hint: string,
  ): void {
    this.#diagnostics.report(located(statement, statement.words[1] ?? statement.words[0]), {
      code,
      severity: keepalivedClass === 'ignores' ? 'advice' : 'warning',
      message,
      hint,
      keepalivedClass,
    });
  }
}

function hasOpenQuote({ line, words, end }: Statement): boolean {
  const text = line.text.slice(words[1]!.start, end);
  return text.startsWith('"') && text.indexOf('"', 1) < 0;
}

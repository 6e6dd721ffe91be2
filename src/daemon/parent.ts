import path from 'node:path';
import { assert, unreachable } from '../base/assert.ts';
import { inMilliseconds } from '../base/duration.ts';
import { elapsed } from '../base/instant.ts';
import type { Diagnostic } from '../config/diagnostic.ts';
import type { Configuration } from '../engine/configuration.ts';
import { loadConfiguration } from '../engine/configuration.ts';
import { now } from '../linux/clock.ts';
import { configurationHost } from '../linux/configuration-host.ts';
import type { MailCounts } from '../notify/mail-queue.ts';
import { renderDaemonConfiguration } from '../status/daemon-text.ts';
import type { ChildKind } from './child-kind.ts';
import type {
  BfdPart,
  CheckerPart,
  ChildMessage,
  ChildSetup,
  InstanceState,
  SessionState,
  VrrpPart,
} from './child-messages.ts';
import { Children } from './children.ts';
import { diagnosticLevel, diagnosticLogLine, loadOptions } from './configuration-file.ts';
import { ControlServer } from './control-server.ts';
import { runLifecycleScript } from './lifecycle-script.ts';
import { type DaemonLog, exitWithLog } from './log.ts';
import { Mailer } from './mailer.ts';
import { type Names, withDumpFiles } from './names.ts';
import { Operator } from './operator.ts';
import type { DaemonOptions } from './options.ts';
import type { PidFile } from './pid-file.ts';
import { putReloadMarker, removeReloadMarker } from './reload-marker.ts';
import { ReloadSchedule } from './reload-schedule.ts';
import { brokeBelowUs } from './restart-policy.ts';
import { ServerWords } from './server-words.ts';
import { SIGHUP } from './signals.ts';
import { Supervisor, type SupervisorEffect, type SupervisorInput } from './supervisor.ts';
import type { SystemNotifier } from './system-notifier.ts';
import { productVersion } from './version.ts';
import { wantedChildren } from './wanted-children.ts';
import { WordFile } from './word-file.ts';
import { replaceFile } from './write-file.ts';

export interface ParentParts {
  /** Path of the program, which the children run as well. */
  readonly program: string;
  readonly file: string;
  readonly options: DaemonOptions;
  readonly names: Names;
  readonly configuration: Configuration;
  readonly log: DaemonLog;
  readonly pidFile: PidFile;
  readonly notifier: SystemNotifier;
  /** Called once everything runs. */
  readonly started: () => void;
}

/** The parent process at work: carries out what its Supervisor decides. */
export class Parent {
  readonly #parts: ParentParts;
  readonly #supervisor: Supervisor;
  readonly #inputs: SupervisorInput[] = [];
  #configuration: Configuration;
  readonly #children: Children;
  readonly #words: ServerWords;
  readonly #control: ControlServer;
  readonly #mailer: Mailer;
  /** What the VRRP process told of the instances that the checker process follows. */
  readonly #instanceStates = new Map<string, InstanceState>();
  /** What the BFD process told last. */
  readonly #sessionStates = new Map<string, SessionState>();
  #timer: NodeJS.Timeout | undefined;
  #busy = false;
  #hasStarted = false;
  readonly #schedule: ReloadSchedule;
  /** Children that Node or V8 has ended: whoever comes after them runs without what may have been too much for those. */
  readonly #broken = new Set<ChildKind>();
  /** Signals alone do not keep Node's event loop alive. */
  readonly #alive = setInterval(() => {}, 2 ** 30);

  constructor(parts: ParentParts) {
    this.#parts = parts;
    this.#configuration = parts.configuration;
    const { log, names, options, program } = parts;
    this.#children = new Children(
      { program, names, console: options.log.console, log },
      {
        message: (child, message) => this.#hear(child, message),
        ended: (child, pid, end) => {
          if (brokeBelowUs(end)) this.#broken.add(child);
          this.handle({ type: 'child-ended', child, pid, end });
        },
      },
    );
    this.#schedule = new ReloadSchedule(log, () =>
      this.handle({ type: 'signalled', signal: SIGHUP, meaning: 'reload' }),
    );
    const wordFile = new WordFile(names.serverWords);
    this.#words = new ServerWords(wordFile.read(), all => {
      try {
        wordFile.write(all);
      } catch (error) {
        log.error(`Cannot write ${names.serverWords}: ${(error as NodeJS.ErrnoException).code}`);
      }
    });
    this.#mailer = new Mailer({ program, title: names.parent.title, log, detail: options.log.detail });
    const operator = new Operator({
      children: this.#children,
      words: this.#words,
      log,
      balancing: () => this.#configuration,
      wanted: () => this.wanted,
      mails: () => this.#mails(),
    });
    this.#control = new ControlServer(names.controlSocket, log, (request, reply) => operator.obey(request, reply));
    this.#supervisor = new Supervisor({
      respawn: options.respawn,
      ignoreInterrupt: options.ignoreInterrupt,
      childWaitTime: parts.configuration.daemon.childWaitTime,
      product: names.product,
    });
  }

  start(): void {
    this.#control.open();
    this.#forgetServers();
    for (const { service, address, port, word } of this.#words.all) {
      this.#parts.log.info(`Service [${address}]:${port} of VS ${service} is still set to ${word} by an operator`);
    }
    this.handle({ type: 'started', wanted: this.wanted });
    // Left by an earlier life, or by whoever waits for it to go.
    if (this.#reloadMarker !== undefined) removeReloadMarker(this.#reloadMarker);
    this.#scheduleReload();
  }

  #mails(): MailCounts | undefined {
    const { lvs, vrrp } = this.#configuration;
    const { counts } = this.#mailer;
    const any = Object.values(counts).some(count => count > 0);
    return any || lvs.mails !== undefined || vrrp.mails !== undefined ? counts : undefined;
  }

  get wanted(): readonly ChildKind[] {
    return wantedChildren(this.#configuration, this.#parts.options);
  }

  /** Inputs that arise while others are carried out wait their turn. */
  handle(input: SupervisorInput): void {
    this.#inputs.push(input);
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#inputs.shift(); next; next = this.#inputs.shift()) {
      this.#execute(this.#supervisor.handle(now(), next));
    }
    this.#busy = false;
    this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const deadline = this.#supervisor.nextDeadline();
    if (deadline === undefined) return;
    const wait = Math.max(0, Math.ceil(inMilliseconds(elapsed(now(), deadline))));
    this.#timer = setTimeout(() => {
      this.#execute(this.#supervisor.advance(now()));
      this.#arm();
    }, wait);
  }

  #execute(effects: readonly SupervisorEffect[]): void {
    for (const effect of effects) this.#executeOne(effect);
  }

  #executeOne(effect: SupervisorEffect): void {
    switch (effect.type) {
      case 'log':
        this.#parts.log.write(effect.level, effect.text);
        break;
      case 'start-child':
        this.#children.start(effect.child);
        break;
      case 'configure-child':
        this.#configure(effect.child, effect.sequence);
        break;
      case 'signal-child':
        this.#children.signal(effect.child, effect.signal);
        break;
      case 'judge-configuration':
        this.#judge();
        break;
      case 'dump':
        void this.#dump();
        break;
      case 'tell-system':
        this.#parts.notifier.tell(effect.state);
        if (effect.state === 'ready') this.#started();
        break;
      case 'finish':
        void this.#finish(effect.status);
        break;
      default:
        unreachable(effect);
    }
  }

  #started(): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    this.#parts.started();
  }

  #hear(child: ChildKind, message: Exclude<ChildMessage, { type: 'answer' }>): void {
    switch (message.type) {
      case 'ready':
        this.handle({ type: 'child-ready', child });
        break;
      case 'configured':
        this.handle({ type: 'child-configured', child, sequence: message.sequence });
        break;
      case 'reload-wanted':
        this.handle({ type: 'child-asked-for-reload' });
        break;
      case 'mail':
        this.#mailer.send(message.letter);
        break;
      case 'instance-state':
        this.#instanceStates.set(message.state.instance, message.state);
        this.#children.send('checker', { type: 'instance-state', state: message.state });
        break;
      case 'session-state':
        this.#sessionStates.set(message.state.session, message.state);
        if (message.state.toVrrp) this.#children.send('vrrp', message);
        if (message.state.toChecker) this.#children.send('checker', message);
        break;
      default:
        unreachable(message);
    }
  }

  #configure(child: ChildKind, sequence: number): void {
    const { daemon } = this.#configuration;
    const part = this.#part(child);
    this.#children.send(child, { type: 'configure', sequence, setup: this.#childSetup(child), daemon, part });
  }

  #part(child: ChildKind): VrrpPart | CheckerPart | BfdPart {
    if (child === 'bfd') return { bfd: this.#configuration.bfd };
    return child === 'vrrp' ? this.#vrrpPart() : this.#checkerPart();
  }

  /** Those of sessions that are still configured. */
  #sessions(to: 'toVrrp' | 'toChecker'): readonly SessionState[] {
    return this.#configuration.bfd.instances.flatMap(({ name }) => {
      const state = this.#sessionStates.get(name);
      return state?.[to] ? [state] : [];
    });
  }

  #vrrpPart(): VrrpPart {
    const followed = this.#configuration.lvs.global.syncDaemon?.instance;
    return {
      vrrp: this.#configuration.vrrp,
      reportedInstances: followed === undefined ? [] : [followed],
      sessionStates: this.#sessions('toVrrp'),
    };
  }

  #checkerPart(): CheckerPart {
    const { lvs, health } = this.#configuration;
    return {
      lvs,
      health,
      overrides: this.#words.all,
      instanceStates: [...this.#instanceStates.values()],
      sessionStates: this.#sessions('toChecker'),
    };
  }

  #childSetup(child: ChildKind): ChildSetup {
    const { options } = this.#parts;
    const names = this.#names;
    const { daemon } = this.#configuration;
    const pidFiles = { vrrp: options.vrrpPidFile, checker: options.checkerPidFile, bfd: options.bfdPidFile };
    return {
      names,
      pidFile: pidFiles[child] ?? names[child].pidFile,
      umask: options.umask ?? daemon.umask,
      log: options.log,
      ignoreInterrupt: options.ignoreInterrupt,
      keepAtStop: child === 'vrrp' ? options.keepAddresses : child === 'checker' && options.keepServices,
      logAddressChanges: options.logAddressChanges,
      dumpConfiguration: options.dumpConfiguration,
      mayLockMemory: !this.#broken.has(child),
    };
  }

  /** A configuration is read and judged here, and only a good one ever reaches a child. */
  #judge(): void {
    const { file, log, options } = this.#parts;
    log.reopen();
    const check = this.#configuration.daemon.files.reloadCheck;
    if (check) log.info('validate conf before Reload');
    log.info(`Configuration file ${file}`);
    // Asked anew: interfaces may have come since.
    const host = configurationHost(process.env);
    const marker = this.#reloadMarker;
    const unmarked = marker === undefined ? undefined : putReloadMarker(marker);
    if (unmarked !== undefined) log.error(`Cannot make ${marker}: ${unmarked}`);
    const loaded = loadConfiguration(file, host, loadOptions(options, host.hostName));
    if (marker !== undefined) removeReloadMarker(marker);
    for (const diagnostic of loaded.diagnostics) {
      log.write(diagnosticLevel(diagnostic), diagnosticLogLine(diagnostic));
    }
    const next = loaded.configuration;
    const errors = next === undefined ? 'it has errors' : undefined;
    const complaints = check && loaded.testExitStatus !== 0 ? 'reload_check_config takes no complaint' : undefined;
    const obstacle = errors ?? complaints ?? (next && unchangeable(this.#configuration, next));
    if (check?.log !== undefined) this.#writeCheckLog(check.log, loaded.diagnostics);
    if (next === undefined || obstacle !== undefined) {
      log.error(`New config failed validation: ${obstacle}; the old configuration stays in force`);
      this.handle({ type: 'configuration-judged', accepted: false, wanted: this.wanted });
      this.#scheduleReload();
      return;
    }
    this.#configuration = next;
    this.#forgetServers();
    this.handle({ type: 'configuration-judged', accepted: true, wanted: this.wanted });
    this.#scheduleReload();
  }

  get #reloadMarker(): string | undefined {
    const { reloadMarker } = this.#configuration.daemon.files;
    if (reloadMarker !== 'default') return reloadMarker;
    const { names } = this.#parts;
    return path.join(path.dirname(names.parent.pidFile), `${names.product.toLowerCase()}.reload`);
  }

  #writeCheckLog(file: string, diagnostics: readonly Diagnostic[]): void {
    const { log, options } = this.#parts;
    const text = diagnostics.map(each => `${diagnosticLogLine(each)}\n`).join('');
    const mode = 0o666 & ~(options.umask ?? this.#configuration.daemon.umask);
    replaceFile(file, text, mode).catch((error: NodeJS.ErrnoException) =>
      log.error(`Cannot write ${file}: ${error.code ?? error.message}`),
    );
  }

  #scheduleReload(): void {
    const { reloadRepeat, reloadTime } = this.#configuration.daemon.files;
    this.#schedule.configure(reloadTime, reloadRepeat);
  }

  /** What the processes and files are called, with what the configuration says of dumps. */
  get #names(): Names {
    return withDumpFiles(this.#parts.names, this.#configuration.daemon.files);
  }

  /** What was said of servers that are not configured any more. */
  #forgetServers(): void {
    const { log } = this.#parts;
    for (const { service, address, port, word } of this.#words.keepOnly(this.#configuration.lvs)) {
      log.info(`Forgetting that [${address}]:${port} of VS ${service} was set to ${word}: it is no longer configured`);
    }
  }

  async #dump(): Promise<void> {
    const { log, options } = this.#parts;
    const names = this.#names;
    log.info(`Printing parent data for process(${process.pid}) on signal`);
    const text = `${renderDaemonConfiguration(this.#configuration.daemon).join('\n')}\n`;
    const mode = 0o666 & ~(options.umask ?? this.#configuration.daemon.umask);
    try {
      await replaceFile(names.parent.dump, text, mode);
    } catch (error) {
      log.error(`Cannot write ${names.parent.dump}: ${(error as NodeJS.ErrnoException).code}`);
    }
  }

  async #finish(status: number): Promise<never> {
    const { log, names, pidFile } = this.#parts;
    const { shutdownScript, shutdownScriptTimeout } = this.#configuration.daemon;
    assert(this.#children.count === 0, 'the shutdown script runs when no child is left');
    clearTimeout(this.#timer);
    clearInterval(this.#alive);
    this.#control.close();
    this.#schedule.close();
    // What was written at the very end goes out while the script runs.
    const mailed = this.#mailer.finish();
    if (shutdownScript) await runLifecycleScript('shutdown', shutdownScript, shutdownScriptTimeout, log);
    await mailed;
    pidFile.remove();
    log.info(`Stopped ${productVersion(names.product)}`);
    return exitWithLog(log, status);
  }
}

/** What a reload may not change, because other things were named after it. */
function unchangeable(before: Configuration, next: Configuration): string | undefined {
  if (before.daemon.instance !== next.daemon.instance) return 'Cannot change instance at a reload - please restart';
  if (before.daemon.actAsKeepalived !== next.daemon.actAsKeepalived) {
    return 'Cannot change act_as at a reload - please restart';
  }
  if (before.daemon.usePidDirectory !== next.daemon.usePidDirectory) {
    return 'Cannot change use_pid_dir at a reload - please restart';
  }
  return undefined;
}

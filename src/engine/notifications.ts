import { type FifoWord, routerLine } from '../notify/fifo-lines.ts';
import { type NotifiedState, type Subject, scriptNotifications } from '../notify/script-notifications.ts';
import { ToldByMail } from '../notify/told-by-mail.ts';
import { vrrpMail } from '../notify/vrrp-mails.ts';
import type { RunnableScript } from '../ports/script.ts';
import type { VrrpEffect } from '../ports/vrrp-world.ts';
import type { NotifyScripts, VrrpConfiguration } from '../vrrp/configuration.ts';
import type { RouterEvent } from '../vrrp/virtual-router.ts';
import type { Group } from './group.ts';
import type { Instance } from './instance.ts';

/** What scripts are told of a state. */
export const notifiedStates = { master: 'MASTER', backup: 'BACKUP', fault: 'FAULT' } as const;

/** Runs of scripts that have not ended, and what mails have told. */
export interface SavedNotifications {
  readonly running: readonly number[];
  readonly mailed: ReturnType<ToldByMail['save']>;
  readonly writing: boolean;
}

type Settings = Pick<VrrpConfiguration, 'mails' | 'fifos' | 'statesOnReload'>;

/** Starts notification scripts and sends mails in the order of the events, and remembers which scripts are still running. */
export class Notifications {
  readonly #allocateRun: () => number;
  readonly #out: VrrpEffect[];
  readonly #configuration: () => Settings;
  readonly #running = new Set<number>();
  readonly #mailed = new ToldByMail();
  /** There are FIFOs. */
  #writing = false;

  constructor(allocateRun: () => number, out: VrrpEffect[], configuration: () => Settings) {
    this.#configuration = configuration;
    this.#allocateRun = allocateRun;
    this.#out = out;
  }

  get running(): number {
    return this.#running.size;
  }

  save(): SavedNotifications {
    return { running: [...this.#running], mailed: this.#mailed.save(), writing: this.#writing };
  }

  restore({ running, mailed, writing }: SavedNotifications): void {
    this.#writing = writing;
    this.#running.clear();
    for (const run of running) this.#running.add(run);
    this.#mailed.restore(mailed);
  }

  /** The FIFOs are those of the configuration now. */
  configured(): void {
    const { fifos = [] } = this.#configuration();
    if (fifos.length > 0 || this.#writing) this.#out.push({ type: 'open-fifos', fifos });
    this.#writing = fifos.length > 0;
  }

  /** Tells of a reload; FIFO readers, and nobody else, also where everybody stands, if they want it. */
  reloaded(instances: readonly Instance[], groups: readonly Group[]): void {
    for (const instance of instances) instance.sayReloaded();
    this.configured();
    if (!this.#configuration().statesOnReload) return;
    for (const { configuration, state } of groups) {
      if (state !== 'INIT') this.#write({ kind: 'GROUP', name: configuration.name, priority: 0 }, state);
    }
    for (const { name, machine } of instances) {
      const { state, priority } = machine;
      if (state.type !== 'initialize') this.#write({ kind: 'INSTANCE', name, priority }, notifiedStates[state.type]);
    }
  }

  instance({ configuration: { notify, name }, machine: { priority } }: Instance, state: NotifiedState): void {
    this.#tell({ kind: 'INSTANCE', name, priority }, notify, state);
  }

  group({ configuration: { notify, name } }: Group, state: NotifiedState): void {
    this.#tell({ kind: 'GROUP', name, priority: 0 }, notify, state);
  }

  /** A reload removed it. */
  removed(instance: Instance): void {
    this.instance(instance, instance.configuration.notify.reportDeleted ? 'DELETED' : 'FAULT');
    this.#mailed.forget(`INSTANCE ${instance.name}`);
  }

  #tell(subject: Subject, notify: NotifyScripts, state: NotifiedState): void {
    for (const { script, extraArguments } of scriptNotifications(notify, subject, state)) {
      this.run(script, extraArguments);
    }
    this.#write(subject, state);
    const { mails } = this.#configuration();
    if (!notify.mail || !mails || (state === 'FAULT' && !mails.faults)) return;
    if (!this.#mailed.isNews(`${subject.kind} ${subject.name}`, state)) return;
    const { settings } = mails;
    this.#out.push({ type: 'send-mail', mail: { settings, ...vrrpMail(settings.routerId, subject, state) } });
  }

  /** What an instance says of itself that others may want to know. */
  happened(instance: Instance, group: Group | undefined, { type }: RouterEvent): void {
    if (type === 'lower-priority-received') this.#lowerPriorityReceived(instance);
    if (type === 'priority-changed') this.#priorityChanged(instance, group);
  }

  #lowerPriorityReceived({ configuration: { notify, name }, machine: { priority } }: Instance): void {
    if (notify.masterReceivedLowerPriority) this.run(notify.masterReceivedLowerPriority, []);
    this.#write({ kind: 'INSTANCE', name, priority }, 'MASTER_RX_LOWER_PRI');
  }

  #priorityChanged({ configuration: { notify, name }, machine }: Instance, group: Group | undefined): void {
    if (!notify.priorityChanges && !group?.configuration.notify.priorityChanges) return;
    const { state, priority } = machine;
    if (state.type === 'master') this.#write({ kind: 'INSTANCE', name, priority }, 'MASTER_PRIORITY');
    if (state.type === 'backup') this.#write({ kind: 'INSTANCE', name, priority }, 'BACKUP_PRIORITY');
  }

  #write(subject: Subject, word: FifoWord): void {
    if (this.#writing) this.#out.push({ type: 'write-fifos', line: routerLine(subject, word) });
  }

  run(script: RunnableScript, extraArguments: readonly string[]): void {
    const run = this.#allocateRun();
    this.#running.add(run);
    this.#out.push({ type: 'run-script', run, script, extraArguments });
  }

  ended(run: number): void {
    this.#running.delete(run);
  }

  /** The time for them is up; they are no longer waited for. */
  abandon(): void {
    this.#running.clear();
  }
}

import { type NotifiedState, type Subject, scriptNotifications } from '../notify/script-notifications.ts';
import { ToldByMail } from '../notify/told-by-mail.ts';
import { vrrpMail } from '../notify/vrrp-mails.ts';
import type { RunnableScript } from '../ports/script.ts';
import type { VrrpEffect } from '../ports/vrrp-world.ts';
import type { NotifyScripts, VrrpConfiguration } from '../vrrp/configuration.ts';
import type { Group } from './group.ts';
import type { Instance } from './instance.ts';

/** What scripts are told of a state. */
export const notifiedStates = { master: 'MASTER', backup: 'BACKUP', fault: 'FAULT' } as const;

/** Runs of scripts that have not ended, and what mails have told. */
export interface SavedNotifications {
  readonly running: readonly number[];
  readonly mailed: ReturnType<ToldByMail['save']>;
}

/** Starts notification scripts and sends mails in the order of the events, and remembers which scripts are still running. */
export class Notifications {
  readonly #allocateRun: () => number;
  readonly #out: VrrpEffect[];
  readonly #configuration: () => Pick<VrrpConfiguration, 'mails'>;
  readonly #running = new Set<number>();
  readonly #mailed = new ToldByMail();

  constructor(allocateRun: () => number, out: VrrpEffect[], configuration: () => Pick<VrrpConfiguration, 'mails'>) {
    this.#configuration = configuration;
    this.#allocateRun = allocateRun;
    this.#out = out;
  }

  get running(): number {
    return this.#running.size;
  }

  save(): SavedNotifications {
    return { running: [...this.#running], mailed: this.#mailed.save() };
  }

  restore({ running, mailed }: SavedNotifications): void {
    this.#running.clear();
    for (const run of running) this.#running.add(run);
    this.#mailed.restore(mailed);
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
    const { mails } = this.#configuration();
    if (!notify.mail || !mails || (state === 'FAULT' && !mails.faults)) return;
    if (!this.#mailed.isNews(`${subject.kind} ${subject.name}`, state)) return;
    const { settings } = mails;
    this.#out.push({ type: 'send-mail', mail: { settings, ...vrrpMail(settings.routerId, subject, state) } });
  }

  lowerPriorityReceived({ configuration: { notify } }: Instance): void {
    if (notify.masterReceivedLowerPriority) this.run(notify.masterReceivedLowerPriority, []);
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

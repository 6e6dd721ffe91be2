import { unreachable } from '../base/assert.ts';
import type { CheckerConfigurations } from '../engine/checker-process.ts';
import { findRealServer, findVirtualServer, fullName } from '../lvs/find-server.ts';
import { serviceIdentity } from '../lvs/pool.ts';
import type { MailCounts } from '../notify/mail-queue.ts';
import type { ChildKind } from './child-kind.ts';
import { childWording } from './child-kind.ts';
import type { Answered, Children } from './children.ts';
import type { ControlAnswer, ControlRequest } from './control-messages.ts';
import type { DaemonLog } from './log.ts';
import type { ServerWords } from './server-words.ts';

export interface OperatorParts {
  readonly children: Pick<Children, 'ask' | 'record' | 'send'>;
  readonly words: ServerWords;
  readonly log: DaemonLog;
  /** The configuration in force. */
  readonly balancing: () => CheckerConfigurations;
  readonly wanted: () => readonly ChildKind[];
  /** Undefined: no mails are sent, and none ever were. */
  readonly mails: () => MailCounts | undefined;
}

type Reply = (answer: ControlAnswer) => void;

/** Carries out the commands that come in at the control socket. */
export class Operator {
  readonly #parts: OperatorParts;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
  }

  obey(request: ControlRequest, reply: Reply): void {
    switch (request.command) {
      case 'health':
        this.#health(request.service, reply);
        break;
      case 'status':
        this.#ask('vrrp', undefined, 'no VRRP instance is configured', reply);
        break;
      case 'record':
        this.#record(reply);
        break;
      case 'server':
        this.#server(request, reply);
        break;
      default:
        unreachable(request);
    }
  }

  #health(service: string | undefined, reply: Reply): void {
    let only: string | undefined;
    if (service !== undefined) {
      const found = findVirtualServer(this.#parts.balancing().lvs, service);
      if (!found.ok) {
        reply({ ok: false, error: found.reason });
        return;
      }
      only = serviceIdentity(found.value);
    }
    this.#ask('checker', only, 'no virtual server is configured', reply);
  }

  #record(reply: Reply): void {
    this.#expect('vrrp', 'no VRRP instance is configured', reply, answered => this.#parts.children.record(answered));
  }

  #ask(child: ChildKind, service: string | undefined, nothing: string, reply: Reply): void {
    this.#expect(child, nothing, reply, answered => this.#parts.children.ask(child, service, answered));
  }

  #expect(child: ChildKind, nothing: string, reply: Reply, ask: (answered: Answered) => void): void {
    if (!this.#parts.wanted().includes(child)) {
      reply({ ok: false, error: nothing });
      return;
    }
    ask(json => {
      const mails = this.#parts.mails();
      if (json !== undefined) reply({ ok: true, json, ...(mails && { mails }) });
      else reply({ ok: false, error: `the ${childWording[child].name} process does not run right now` });
    });
  }

  #server({ verb, service, server }: ControlRequest & { command: 'server' }, reply: Reply): void {
    const { balancing, children, log, words } = this.#parts;
    const foundService = findVirtualServer(balancing().lvs, service);
    const found = foundService.ok ? findRealServer(foundService.value, server) : foundService;
    if (!foundService.ok || !found.ok) {
      reply({ ok: false, error: found.ok ? '' : found.reason });
      return;
    }
    const { address, name, port } = found.value;
    const identity = serviceIdentity(foundService.value);
    const word = { service: identity, address, port, word: verb === 'auto' ? undefined : verb };
    words.set(word);
    const called = fullName(foundService.value);
    log.info(`An operator sets service ${name} of VS ${called} to ${verb}`);
    children.send('checker', { type: 'server-word', word });
    reply({ ok: true, json: JSON.stringify({ service: called, server: name, verb }) });
  }
}

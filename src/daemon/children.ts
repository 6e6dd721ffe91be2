import type { ChildKind } from './child-kind.ts';
import { childWording } from './child-kind.ts';
import type { ChildMessage, ParentMessage } from './child-messages.ts';
import { WorkingProcess } from './child-process.ts';
import type { DaemonLog } from './log.ts';
import type { Names } from './names.ts';
import type { ChildEnd } from './restart-policy.ts';

export interface ChildrenEvents {
  message(kind: ChildKind, message: Exclude<ChildMessage, { type: 'answer' }>): void;
  ended(kind: ChildKind, pid: number, end: ChildEnd): void;
}

export interface ChildrenOptions {
  readonly program: string;
  readonly names: Names;
  readonly console: boolean;
  readonly log: DaemonLog;
}

/** Called with a child's status as JSON, or undefined if it ended before it answered. */
export type Answered = (json: string | undefined) => void;

interface Question {
  readonly kind: ChildKind;
  readonly answered: Answered;
  /** Of the answer, so far. */
  readonly portions: string[];
}

/** The processes that run right now, and the questions they have been asked. */
export class Children {
  readonly #options: ChildrenOptions;
  readonly #events: ChildrenEvents;
  readonly #processes = new Map<ChildKind, WorkingProcess>();
  readonly #questions = new Map<number, Question>();
  #lastQuestion = 0;

  constructor(options: ChildrenOptions, events: ChildrenEvents) {
    this.#options = options;
    this.#events = events;
  }

  get count(): number {
    return this.#processes.size;
  }

  start(kind: ChildKind): void {
    const { console, log, names, program } = this.#options;
    const { name } = childWording[kind];
    const child = new WorkingProcess(program, kind, names[kind].title, console ? 2 : undefined, {
      message: message => this.#hear(kind, message),
      errorLine: line => log.error(`${name} child process(${child.pid}): ${line}`),
      ended: end => {
        this.#processes.delete(kind);
        this.#giveUp(kind);
        this.#events.ended(kind, child.pid, end);
      },
    });
    this.#processes.set(kind, child);
    log.info(`Starting ${name} child process, pid=${child.pid}`);
  }

  send(kind: ChildKind, message: ParentMessage): void {
    this.#processes.get(kind)?.send(message);
  }

  signal(kind: ChildKind, signal: number): void {
    this.#processes.get(kind)?.signal(signal);
  }

  /** Asks a child what it does, or does for one service; answered exactly once. */
  ask(kind: ChildKind, service: string | undefined, answered: Answered): void {
    this.#question(kind, answered, number => ({ type: 'question', number, service }));
  }

  /** Has the VRRP process write its flight recording; answered exactly once. */
  record(answered: Answered): void {
    this.#question('vrrp', answered, number => ({ type: 'record', number }));
  }

  #question(kind: ChildKind, answered: Answered, message: (number: number) => ParentMessage): void {
    const child = this.#processes.get(kind);
    if (!child) {
      answered(undefined);
      return;
    }
    const number = ++this.#lastQuestion;
    this.#questions.set(number, { kind, answered, portions: [] });
    child.send(message(number));
  }

  #hear(kind: ChildKind, message: ChildMessage): void {
    if (message.type !== 'answer') {
      this.#events.message(kind, message);
      return;
    }
    const question = this.#questions.get(message.number);
    question?.portions.push(message.json);
    if (message.more) return;
    this.#questions.delete(message.number);
    question?.answered(question.portions.join(''));
  }

  #giveUp(kind: ChildKind): void {
    for (const [number, question] of this.#questions) {
      if (question.kind !== kind) continue;
      this.#questions.delete(number);
      question.answered(undefined);
    }
  }
}

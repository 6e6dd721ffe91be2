import { milliseconds } from '../base/duration.ts';
import { after } from '../base/instant.ts';
import type { RunnableScript, ScriptOutcome } from '../ports/script.ts';
import type { VrrpConfiguration } from '../vrrp/configuration.ts';
import type { Ground } from './ground.ts';

/** What a script does when it is run. */
export type ScriptBehaviour =
  | { readonly type: 'exits'; readonly status: number }
  /** Until it gets TERM. */
  | { readonly type: 'hangs' }
  /** Until it gets KILL. */
  | { readonly type: 'ignores-term' }
  | { readonly type: 'not-startable' };

const succeeds: ScriptBehaviour = { type: 'exits', status: 0 };
const runTime = milliseconds(4);

export function isGood(behaviour: ScriptBehaviour): boolean {
  return behaviour.type === 'exits' && behaviour.status === 0;
}

/** The programs of one machine: each run does what its script is told to do at the moment. */
export class ScriptStage {
  readonly #ground: Ground;
  readonly #node: string;
  readonly #ended: (run: number, outcome: ScriptOutcome) => void;
  readonly #behaviours = new Map<string, ScriptBehaviour>();
  #names = new Map<RunnableScript, string>();
  /** Runs that have not ended, with what ends them. */
  readonly #running = new Map<number, ScriptBehaviour>();

  constructor(ground: Ground, node: string, ended: (run: number, outcome: ScriptOutcome) => void) {
    this.#ground = ground;
    this.#node = node;
    this.#ended = ended;
  }

  configure({ scripts }: VrrpConfiguration): void {
    this.#names = new Map(scripts.flatMap(({ script, name }) => (script ? [[script, name] as const] : [])));
  }

  behaviour(name: string): ScriptBehaviour {
    return this.#behaviours.get(name) ?? succeeds;
  }

  behave(name: string, behaviour: ScriptBehaviour): void {
    this.#behaviours.set(name, behaviour);
    this.#ground.observe({ type: 'script-outcome', node: this.#node, script: name, good: isGood(behaviour) });
  }

  run(run: number, script: RunnableScript, extraArguments: readonly string[]): void {
    const name = this.#names.get(script);
    if (name === undefined) {
      // A notification: who reads the record wants to know what was told.
      this.#ground.observe({ type: 'script', node: this.#node, text: script.text, arguments: extraArguments });
    }
    const behaviour = name === undefined ? succeeds : this.behaviour(name);
    if (behaviour.type === 'not-startable') {
      this.#finish(run, { type: 'not-started', error: 'ENOENT' });
      return;
    }
    this.#running.set(run, behaviour);
    if (behaviour.type === 'exits') this.#finish(run, { type: 'exited', status: behaviour.status });
  }

  signal(run: number, signal: 'TERM' | 'KILL'): void {
    const behaviour = this.#running.get(run);
    if (!behaviour || (behaviour.type === 'ignores-term' && signal === 'TERM')) return;
    if (behaviour.type !== 'exits') this.#finish(run, { type: 'signalled', signal: signal === 'TERM' ? 15 : 9 });
  }

  /** The daemon died: nobody waits for its scripts any more. */
  forget(): void {
    this.#running.clear();
  }

  #finish(run: number, outcome: ScriptOutcome): void {
    const at = after(this.#ground.now, runTime);
    this.#ground.schedule(at, {
      happen: () => {
        if (outcome.type !== 'not-started' && !this.#running.delete(run)) return;
        this.#ended(run, outcome);
      },
    });
  }
}

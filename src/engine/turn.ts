import type { VrrpEffect } from '../ports/vrrp-world.ts';

/** Collects whatever may have another deadline after a turn, each once. */
export class Touched<Subject extends { touched: boolean }> {
  readonly #subjects: Subject[] = [];

  add(subject: Subject): void {
    if (subject.touched) return;
    subject.touched = true;
    this.#subjects.push(subject);
  }

  takeOne(): Subject | undefined {
    const subject = this.#subjects.pop();
    if (subject) subject.touched = false;
    return subject;
  }
}

/** What the turn has to say; the array is empty then. */
export function takeOut(out: VrrpEffect[]): readonly VrrpEffect[] {
  if (out.length === 0) return [];
  const effects = out.slice();
  // One by one, so that the array keeps its store for the next turn.
  while (out.length > 0) out.pop();
  return effects;
}

// Loaded into a daemon before anything else: its wall clock is off by as many milliseconds as a file says at the moment. No
// namespace has a wall clock of its own, and nothing in the daemon reads one but through Date.
import { readFileSync } from 'node:fs';

const file = process.env.HOLDFAST_FIDELITY_CLOCK;
const Real = globalThis.Date;

function offset() {
  return Number(readFileSync(file, 'utf8'));
}

globalThis.Date = class extends Real {
  constructor(...words) {
    if (words.length === 0) super(globalThis.Date.now());
    else super(...words);
  }

  static now() {
    return Real.now() + offset();
  }
};

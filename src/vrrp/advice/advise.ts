import type { Diagnostics } from '../../config/diagnostic.ts';
import { addressAdvice } from './address-advice.ts';
import { peerAdvice } from './peer-advice.ts';
import type { MachineFacts, Rule } from './rule.ts';
import { strictAdvice } from './strict-advice.ts';
import { timerAdvice } from './timer-advice.ts';
import { trackingAdvice } from './tracking-advice.ts';
import type { WrittenVrrp } from './written.ts';

const rules: readonly Rule[] = [trackingAdvice, strictAdvice, addressAdvice, peerAdvice, timerAdvice];

/** Everything that one file by itself lets us advise. */
export function adviseVrrp(written: WrittenVrrp, facts: MachineFacts, diagnostics: Diagnostics): void {
  const key = (file: string, line: number): string => `${line} ${file}`;
  // What else could be said of an interface that is not there follows from that.
  const misnamed = new Set(
    diagnostics.all.filter(({ code }) => code === 'no-such-interface').map(({ file, line }) => key(file, line)),
  );
  for (const rule of rules) {
    for (const { where, code, message, hint, complained = false } of rule(written, facts)) {
      if (misnamed.has(key(where.line.file, where.line.number))) continue;
      diagnostics.report(where, {
        code,
        severity: complained ? 'warning' : 'advice',
        message,
        hint,
        keepalivedClass: complained ? 'other' : 'ignores',
      });
    }
  }
}

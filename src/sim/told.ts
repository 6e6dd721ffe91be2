import type { VrrpEffect } from '../ports/vrrp-world.ts';
import type { Observation } from './observation.ts';

/** What a daemon says to its readers, and nobody answers; undefined for any other effect. */
export function toldBy(node: string, effect: VrrpEffect): Observation | undefined {
  switch (effect.type) {
    case 'write-fifos':
      return { type: 'fifo', node, line: effect.line };
    case 'send-mail':
      return { type: 'mail', node, subject: effect.mail.subject };
    case 'log':
      return { type: 'log', node, level: effect.level, text: effect.text };
    default:
      return undefined;
  }
}

import type { Poller } from '../linux/poller.ts';
import type { ProbeFailure } from '../ports/probe.ts';
import type { Timeouts } from './timeouts.ts';

/** What every probe works with. */
export interface ProbeContext {
  readonly poller: Poller;
  readonly timeouts: Timeouts;
}

/** What a probe found; how long it took is its starter's to say. */
export interface Finding {
  readonly failure?: ProbeFailure | undefined;
  readonly status?: number | undefined;
  readonly digest?: string | undefined;
  readonly excerpt?: string | undefined;
}

/** Called once, when nothing of the probe is left. Never called after a cancellation. */
export type Report = (finding: Finding) => void;

/** A probe under way. */
export interface Conversation {
  /** Lets go of everything; nothing is reported afterwards. */
  cancel(): void;
}

/** Bounds on what a peer may make us spend on one probe. */
export const bounds = {
  /** Bytes of a reply's header, and of all that is not a body: SMTP's lines. */
  header: 65_536,
  /** Bytes of a body. */
  body: 64 * 1_048_576,
  /** A whole conversation takes at most this many times the timeout of one step. */
  timeouts: 12,
  /** Reads of up to 64 KiB in a row from one peer while others wait. */
  readsPerTurn: 4,
  /** Characters. */
  excerpt: 120,
} as const;

/** Printable ASCII of the first bytes; runs of anything else become one space or, inside binary data, dots. */
export function excerptOf(bytes: Uint8Array): string | undefined {
  let text = '';
  for (let index = 0; index < bytes.length && text.length < bounds.excerpt; index++) {
    const code = bytes[index]!;
    if (code > 0x20 && code < 0x7f) text += String.fromCharCode(code);
    else if (code === 0x20 || (code >= 0x09 && code <= 0x0d)) text += text.endsWith(' ') ? '' : ' ';
    else text += '.';
  }
  return text.trim() === '' ? undefined : text.trim();
}

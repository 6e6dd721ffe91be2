import type { Letter } from './child-messages.ts';

/** From the parent to the mail process, a line of JSON each. */
export interface SendMessage {
  readonly number: number;
  readonly letter: Letter;
}

/** From the mail process to the parent. Each mail ends once, and may have had lines before. */
export type CarrierMessage =
  | { readonly type: 'line'; readonly level: 'info' | 'warning' | 'error'; readonly text: string }
  | { readonly type: 'ended'; readonly number: number; readonly sent: boolean };

/** Longer than any mail that a configuration can make. */
export const longestMailMessage = 4 * 1024 * 1024;

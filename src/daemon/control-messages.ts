import { failed, ok, type Result } from '../base/result.ts';
import type { ServerOverride } from '../lvs/pool.ts';
import type { MailCounts } from '../notify/mail-queue.ts';

/** `auto` takes an earlier word back: the checks decide again. */
export type ServerVerb = ServerOverride | 'auto';

export const serverVerbs: readonly ServerVerb[] = ['drain', 'up', 'down', 'auto'];

/** What an operator's command asks the daemon; a line of JSON. */
export type ControlRequest =
  /** Of one virtual server, or of all. */
  | { readonly command: 'health'; readonly service?: string }
  | { readonly command: 'status' }
  /** Write the flight recording. */
  | { readonly command: 'record' }
  | { readonly command: 'server'; readonly verb: ServerVerb; readonly service: string; readonly server: string };

/** The daemon's answer as a command reads it; a line of JSON. `mails`: what the parent adds where mails are sent. */
export type ControlReply =
  | { readonly ok: true; readonly result: unknown; readonly mails?: MailCounts }
  | { readonly ok: false; readonly error: string };

/** The same as the daemon gives it: what a child said is passed on as it is. */
export type ControlAnswer =
  | { readonly ok: true; readonly json: string; readonly mails?: MailCounts }
  | { readonly ok: false; readonly error: string };

export function encodeAnswer(answer: ControlAnswer): string {
  if (!answer.ok) return JSON.stringify(answer);
  const mails = answer.mails ? `,"mails":${JSON.stringify(answer.mails)}` : '';
  return `{"ok":true,"result":${answer.json}${mails}}`;
}

/** Longest request in bytes. */
export const longestRequest = 16 * 1024;

/** Trusts nothing: whoever may write to the socket may write anything. */
export function parseRequest(line: string): Result<ControlRequest, string> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return failed('the request is not JSON');
  }
  if (typeof value !== 'object' || value === null) return failed('the request is not an object');
  const text = (name: string): string | undefined => {
    const property = (value as Record<string, unknown>)[name];
    return typeof property === 'string' ? property : undefined;
  };
  const service = text('service');
  switch (text('command')) {
    case 'health':
      return ok({ command: 'health', ...(service !== undefined && { service }) });
    case 'status':
      return ok({ command: 'status' });
    case 'record':
      return ok({ command: 'record' });
    case 'server': {
      const verb = serverVerbs.find(each => each === text('verb'));
      const server = text('server');
      if (verb === undefined) return failed(`"verb" is one of ${serverVerbs.join(', ')}`);
      if (service === undefined || server === undefined) return failed('"service" and "server" are needed');
      return ok({ command: 'server', verb, service, server });
    }
    default:
      return failed('"command" is one of health, status, record, server');
  }
}

import { createHash } from 'node:crypto';
import { type Duration, milliseconds, seconds } from '../base/duration.ts';
import { plainEndpoint } from '../ports/probe.testkit.ts';
import type { BodyPattern, ProbeEndpoint, ProbeFailure, ProbeResult, ProbeSpec, TlsOptions } from '../ports/probe.ts';

/** What a server does with each connection, in order; after the last step it is silent and keeps the connection. */
export type ServerStep =
  | { readonly say: string | Uint8Array }
  /** Goes on once what was heard since the last such step contains this. */
  | { readonly hear: string }
  | { readonly hangUp: true }
  | { readonly reset: true }
  /** Says this again and again, as fast as it is read. */
  | { readonly endlessly: string }
  /** Says this again and again, slower than a probe's timeout but never silent for long. */
  | { readonly trickle: string; readonly everyMs: number };

export type ServerPlan =
  /** Nobody listens. */
  | { readonly type: 'refusing' }
  /** Never completes a connection. */
  | { readonly type: 'unanswering' }
  | { readonly type: 'stream'; readonly tls: boolean; readonly steps: readonly ServerStep[] }
  /** Answers each datagram with these; `id` puts the two first bytes of the question in front. */
  | { readonly type: 'datagram'; readonly answers: readonly { readonly id: boolean; readonly bytes: Uint8Array }[] };

/** One promise of a prober: what a probe of such a server comes to. */
export interface ContractCase {
  readonly name: string;
  readonly server: ServerPlan;
  readonly spec: (endpoint: ProbeEndpoint) => ProbeSpec;
  readonly expected: Partial<ProbeResult>;
  /** The verdict comes with the timeout, though it is none that says so. */
  readonly waits?: true;
}

/** Short enough to wait for where nothing else comes. */
export const shortTimeout = milliseconds(400);
/** Long enough for a loaded machine to answer. */
const longTimeout = seconds(10);

export function timeoutOf({ expected, waits }: ContractCase): Duration {
  return waits || expected.failure?.type === 'timeout' ? shortTimeout : longTimeout;
}

export function endpointOf(port: number, address = '127.0.0.1'): ProbeEndpoint {
  return plainEndpoint(address, port, { timeout: longTimeout });
}

export const plainTls: TlsOptions = {
  serverName: undefined,
  verify: undefined,
  client: undefined,
  compliantShutdown: false,
};

export type HttpSpec = Extract<ProbeSpec, { type: 'http' }>;

export function httpSpec(endpoint: ProbeEndpoint, more: Partial<HttpSpec> = {}): HttpSpec {
  return {
    type: 'http',
    endpoint,
    tls: undefined,
    version: '1.0',
    path: '/status',
    host: 'www.example.org',
    statusRanges: [[200, 299]],
    digest: undefined,
    pattern: undefined,
    ...more,
  };
}

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

export function bodyPattern(pattern: string, more: Partial<BodyPattern> = {}): BodyPattern {
  return { pattern, options: [], minimumOffset: 0, maximumOffset: undefined, negate: false, ...more };
}

/** Stands for any excerpt. */
export const anything = '*';

export const passed: Partial<ProbeResult> = { failure: undefined };
export const failedBy = (failure: ProbeFailure): Partial<ProbeResult> => ({ failure });
export const stream = (...steps: ServerStep[]): ServerPlan => ({ type: 'stream', tls: false, steps });
export const tlsStream = (...steps: ServerStep[]): ServerPlan => ({ type: 'stream', tls: true, steps });
export const answer = (reply: string): ServerPlan => stream({ hear: '\r\n\r\n' }, { say: reply }, { hangUp: true });
export const silent = stream();
export const resetting = stream({ reset: true });
export const readTimeout = failedBy({ type: 'timeout', during: 'read' });
export const closed = failedBy({ type: 'closed' });
export const wasReset = failedBy({ type: 'connection', error: 'ECONNRESET' });

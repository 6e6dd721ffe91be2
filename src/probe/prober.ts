import { unreachable } from '../base/assert.ts';
import { elapsed } from '../base/instant.ts';
import { now } from '../linux/clock.ts';
import { KernelError } from '../linux/libc.ts';
import type { Poller } from '../linux/poller.ts';
import { Processes, type ProcessesOptions } from '../linux/processes.ts';
import type { ProbeResult, ProbeSpec } from '../ports/probe.ts';
import type { Conversation, Finding, ProbeContext, Report } from './conversation.ts';
import { probeDns } from './dns.ts';
import { probeHttp } from './http.ts';
import { probeHttp2 } from './http2.ts';
import { probePing } from './ping.ts';
import { Scripts } from './script.ts';
import { probeSmtp } from './smtp.ts';
import { probeTcp } from './tcp.ts';
import { Timeouts } from './timeouts.ts';
import { probeUdp } from './udp.ts';

export interface ProberOptions {
  readonly processes: ProcessesOptions;
  /**
   * Probes under way at once, 1 and more; others wait for their turn, in order. Each holds one descriptor, and one that
   * cannot get any would speak against a server that nobody asked.
   */
  readonly concurrency: number;
}

type Done = (id: number, result: ProbeResult) => void;

interface Waiting {
  readonly spec: ProbeSpec;
  readonly done: Done;
}

/** Measures real servers. However long a probe takes, it takes nothing from the others. */
export class Prober {
  readonly #concurrency: number;
  readonly #context: ProbeContext;
  readonly #timeouts: Timeouts;
  readonly #scripts: Scripts;
  readonly #conversations = new Map<number, Conversation>();
  /** In the order in which they came. */
  readonly #waiting = new Map<number, Waiting>();
  #closed = false;

  constructor(poller: Poller, options: ProberOptions) {
    this.#concurrency = options.concurrency;
    this.#timeouts = new Timeouts(poller);
    this.#context = { poller, timeouts: this.#timeouts };
    this.#scripts = new Scripts(this.#context, ended => new Processes(poller, options.processes, ended));
  }

  /** Probes that have been started and not reported, those that wait for their turn included. */
  get count(): number {
    return this.#conversations.size + this.#waiting.size;
  }

  /** `done` is called exactly once unless the probe is cancelled, and never before this returns. */
  start(id: number, spec: ProbeSpec, done: Done): void {
    if (this.#closed) return;
    if (this.#conversations.size >= this.#concurrency) this.#waiting.set(id, { spec, done });
    else this.#begin(id, spec, done);
  }

  /** The probe is forgotten, and with it all it holds; no-op if it has been reported. */
  cancel(id: number): void {
    this.#waiting.delete(id);
    const conversation = this.#conversations.get(id);
    if (!conversation) return;
    this.#conversations.delete(id);
    conversation.cancel();
    this.#beginWaiting();
  }

  /** Cancels everything. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting.clear();
    for (const conversation of this.#conversations.values()) conversation.cancel();
    this.#conversations.clear();
    this.#scripts.close();
    this.#timeouts.close();
  }

  #begin(id: number, spec: ProbeSpec, done: Done): void {
    const started = now();
    let begun = false;
    const report: Report = finding => {
      if (begun) {
        this.#conversations.delete(id);
        done(id, resultOf(finding, elapsed(started, now())));
        this.#beginWaiting();
        return;
      }
      // Decided on the spot. Whoever starts a probe need not expect its end in the middle of that.
      const immediate = setImmediate(() => report(finding));
      conversation = { cancel: () => clearImmediate(immediate) };
    };
    let conversation: Conversation | undefined;
    try {
      const begunConversation = this.#converse(spec, report);
      conversation ??= begunConversation;
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      report({ failure: failureOf(error) });
    }
    begun = true;
    this.#conversations.set(id, conversation!);
  }

  #beginWaiting(): void {
    for (const [id, { spec, done }] of this.#waiting) {
      if (this.#conversations.size >= this.#concurrency) return;
      this.#waiting.delete(id);
      this.#begin(id, spec, done);
    }
  }

  #converse(spec: ProbeSpec, report: Report): Conversation {
    switch (spec.type) {
      case 'tcp':
        return probeTcp(this.#context, spec, report);
      case 'http':
        return probeHttp(this.#context, spec, report);
      case 'http2':
        return probeHttp2(this.#context, spec, report);
      case 'smtp':
        return probeSmtp(this.#context, spec, report);
      case 'dns':
        return probeDns(this.#context, spec, report);
      case 'udp':
        return probeUdp(this.#context, spec, report);
      case 'ping':
        return probePing(this.#context, spec, report);
      case 'script':
        return this.#scripts.probe(spec, report);
      default:
        return unreachable(spec);
    }
  }
}

/** The network's refusals speak about the server, all others about ourselves. */
function failureOf(error: KernelError): NonNullable<Finding['failure']> {
  if (error.operation === 'connect') return { type: 'connection', error: error.code };
  return { type: 'not-started', error: `cannot ${error.operation} ${error.object}: ${error.code}` };
}

function resultOf(finding: Finding, took: ProbeResult['took']): ProbeResult {
  const { failure, status, digest, excerpt } = finding;
  return { failure, took, status, digest, excerpt };
}

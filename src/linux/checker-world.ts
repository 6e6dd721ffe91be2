import { unreachable } from '../base/assert.ts';
import type { CheckerEffect, CheckerInput } from '../ports/checker-world.ts';
import type { IpvsCommand, IpvsLoad, IpvsServiceKey } from '../ports/ipvs.ts';
import type { Log } from '../ports/log.ts';
import type { Mail } from '../ports/mail.ts';
import type { MarkedRange, MarkingTable } from '../ports/marking.ts';
import type { ProbeResult, ProbeSpec } from '../ports/probe.ts';
import { Fifos } from './fifos.ts';
import { FileValues } from './file-values.ts';
import { Ipvs, type IpvsReading, IpvsUnavailable } from './ipvs.ts';
import { type NetworkInput, NetworkNews } from './network-news.ts';
import { Nftables, NftablesUnavailable } from './nftables.ts';
import type { Poller } from './poller.ts';
import { Processes, type ProcessesOptions } from './processes.ts';
import { RouteRequests } from './route-requests.ts';

/** Who measures real servers; given from outside, because linux/ knows no application's protocol. */
export interface CheckerProber {
  /** Calls `done` exactly once unless the probe is cancelled, and never before this returns. */
  start(probe: number, spec: ProbeSpec, done: (probe: number, result: ProbeResult) => void): void;
  cancel(probe: number): void;
  close(): void;
}

export interface CheckerWorldOptions {
  readonly log: Log;
  readonly processes: ProcessesOptions;
  readonly prober: CheckerProber;
  /** Whether lines of detail are logged, as -D asks. */
  readonly detail: boolean;
  /** Where inputs go; called from the event loop and, for the values of files, from within execute. */
  readonly deliver: (input: CheckerInput) => void;
  /** Takes a mail and returns at once. */
  readonly sendMail: (mail: Mail) => void;
  /** The engine has nothing left to do. */
  readonly stopped: () => void;
}

/** Things that went wrong without being anybody's input. */
export interface CheckerWorldCounters {
  readonly monitorOverruns: number;
  readonly netlinkMalformed: ReadonlyMap<string, number>;
}

/** Services whose destinations are read in one turn of the event loop: about a millisecond. */
const servicesPerTurn = 200;

/** The kernel as the health-checking and balancing engine sees it. */
export class CheckerWorld {
  readonly #options: CheckerWorldOptions;
  readonly #ipvs = new Ipvs();
  readonly #nftables = new Nftables();
  readonly #requests: RouteRequests;
  readonly #news: NetworkNews;
  readonly #processes: Processes;
  readonly #fifos: Fifos;
  readonly #files: FileValues;
  readonly #malformed = new Map<string, number>();
  #reading: Generator<undefined, IpvsReading, undefined> | undefined;
  #closed = false;

  /** Throws KernelError. Nothing is delivered before `start`. IPVS is first looked for when the engine asks for it. */
  constructor(poller: Poller, options: CheckerWorldOptions) {
    this.#options = options;
    this.#requests = new RouteRequests();
    this.#news = new NetworkNews(
      poller,
      this.#requests,
      { deliver: input => this.#heard(input), malformed: this.#countMalformed },
      undefined,
    );
    this.#fifos = new Fifos(poller, options.processes, options.log);
    this.#processes = new Processes(poller, options.processes, (run, outcome) =>
      this.#deliver({ type: 'script-ended', run, outcome }),
    );
    this.#files = new FileValues(poller, (file, value) => this.#deliver({ type: 'file-value', file, value }));
  }

  /** Delivers `links-read` and `addresses-read`. */
  start(): void {
    this.#news.resynchronise();
  }

  get counters(): CheckerWorldCounters {
    const malformed = new Map(this.#malformed);
    for (const { malformed: own } of [this.#ipvs, this.#nftables]) {
      for (const [reason, count] of own) malformed.set(reason, (malformed.get(reason) ?? 0) + count);
    }
    return { monitorOverruns: this.#news.overruns, netlinkMalformed: malformed };
  }

  /** The connections of each destination of a service; undefined if nobody can tell. */
  loads(key: IpvsServiceKey): readonly IpvsLoad[] | undefined {
    try {
      return this.#ipvs.loads(key);
    } catch (error) {
      if (!(error instanceof IpvsUnavailable)) throw error;
      return undefined;
    }
  }

  /** Scripts that have not ended. */
  get runningScripts(): number {
    return this.#processes.count;
  }

  execute(effect: CheckerEffect): void {
    switch (effect.type) {
      case 'read-ipvs':
        this.#readTable();
        break;
      case 'change-ipvs':
        this.#changeTable(effect.batch, effect.commands);
        break;
      case 'read-marking':
        this.#readMarking(effect.table);
        break;
      case 'mark-packets':
        this.#markPackets(effect.request, effect.table);
        break;
      case 'start-probe':
        this.#options.prober.start(effect.probe, effect.spec, this.#probeEnded);
        break;
      case 'cancel-probe':
        this.#options.prober.cancel(effect.probe);
        break;
      case 'open-fifos':
        this.#fifos.configure(effect.fifos);
        break;
      case 'write-fifos':
        this.#fifos.write(effect.line);
        break;
      case 'run-script':
        this.#processes.run(effect.run, effect.script, effect.extraArguments);
        break;
      case 'signal-script':
        this.#processes.signal(effect.run, effect.signal);
        break;
      case 'watch-files':
        this.#files.follow(effect.files);
        break;
      case 'send-mail':
        this.#options.sendMail(effect.mail);
        break;
      case 'log':
        if (this.#options.detail || !effect.detail) this.#options.log.write(effect.level, effect.text);
        break;
      case 'stopped':
        // Scripts asked for at the very end are started before the process may go.
        this.#processes.startAll();
        this.#options.stopped();
        break;
      default:
        unreachable(effect);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.prober.close();
    this.#files.close();
    this.#news.close();
    this.#requests.close();
    this.#processes.close();
    this.#fifos.close();
    this.#ipvs.close();
    this.#nftables.close();
  }

  readonly #probeEnded = (probe: number, result: ProbeResult): void => {
    this.#deliver({ type: 'probe-ended', probe, result });
  };

  #deliver(input: CheckerInput): void {
    if (!this.#closed) this.#options.deliver(input);
  }

  /** A turn of the loop for every part of a large table. A later request starts from the beginning. */
  #readTable(): void {
    const reading = this.#ipvs.readInSteps(servicesPerTurn);
    this.#reading = reading;
    setImmediate(() => this.#readOn(reading));
  }

  #readOn(reading: Generator<undefined, IpvsReading, undefined>): void {
    if (this.#closed || this.#reading !== reading) return;
    try {
      const step = reading.next();
      if (!step.done) {
        setImmediate(() => this.#readOn(reading));
        return;
      }
      this.#reading = undefined;
      this.#deliver({ type: 'ipvs-read', ...step.value });
    } catch (error) {
      if (!(error instanceof IpvsUnavailable)) throw error;
      this.#reading = undefined;
      this.#deliver({ type: 'ipvs-unavailable', error: error.message });
    }
  }

  #changeTable(batch: number, commands: readonly IpvsCommand[]): void {
    let errors: readonly { readonly place: number; readonly error: string }[];
    let unavailable: string | undefined;
    try {
      errors = this.#ipvs.change(commands);
    } catch (error) {
      if (!(error instanceof IpvsUnavailable)) throw error;
      errors = commands.map((_, place) => ({ place, error: error.code }));
      unavailable = error.message;
    }
    // On the next turn of the loop, not now: an engine that answers with its next batch would otherwise hold the loop
    // until the last of thousands is in.
    setImmediate(() => {
      if (unavailable !== undefined) this.#deliver({ type: 'ipvs-unavailable', error: unavailable });
      this.#deliver({ type: 'ipvs-changed', batch, errors });
    });
  }

  #readMarking(table: string): void {
    let ranges: readonly MarkedRange[] = [];
    try {
      ranges = this.#nftables.ranges(table);
    } catch (error) {
      // It will be said when packets are to be marked.
      if (!(error instanceof NftablesUnavailable)) throw error;
    }
    setImmediate(() => this.#deliver({ type: 'marking-read', ranges }));
  }

  #markPackets(request: number, table: MarkingTable): void {
    let changed = false;
    let error: string | undefined;
    try {
      changed = this.#nftables.mark(table);
    } catch (cause) {
      if (!(cause instanceof NftablesUnavailable)) throw cause;
      error = cause.message;
    }
    setImmediate(() => this.#deliver({ type: 'packets-marked', request, changed, error }));
  }

  #heard(input: NetworkInput): void {
    if (input.type !== 'resynchronised') {
      this.#deliver(input);
      return;
    }
    this.#deliver({ type: 'links-read', links: input.links });
    this.#deliver({ type: 'addresses-read', addresses: input.addresses });
  }

  readonly #countMalformed = (reason: string): void => {
    this.#malformed.set(reason, (this.#malformed.get(reason) ?? 0) + 1);
  };
}

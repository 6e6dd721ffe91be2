import { unreachable } from '../base/assert.ts';
import type { Instant } from '../base/instant.ts';
import { ipAddressFromBytes } from '../base/ip-address.ts';
import { encodeAddAddress, encodeRemoveAddress } from '../netlink/route-address.ts';
import { encodeAddRoute, encodeRemoveRoute } from '../netlink/route-route.ts';
import { encodeAddRule, encodeRemoveRule } from '../netlink/route-rule.ts';
import type { Log } from '../ports/log.ts';
import type { Mail } from '../ports/mail.ts';
import type { AddressRequest, ChannelSpec } from '../ports/network.ts';
import type { VrrpEffect, VrrpInput } from '../ports/vrrp-world.ts';
import { Fifos } from './fifos.ts';
import { FileValues } from './file-values.ts';
import { errnoName, KernelError } from './libc.ts';
import { NetworkNews } from './network-news.ts';
import { PacketSocket } from './packet-socket.ts';
import type { Poller } from './poller.ts';
import { ProcessCounts } from './process-counts.ts';
import { Processes, type ProcessesOptions } from './processes.ts';
import { RawSocket, rehearseSending } from './raw-socket.ts';
import { type RefusedRequest, RouteRequests } from './route-requests.ts';
import { RoutingNews } from './routing-news.ts';
import { writeSysctl } from './sysctl.ts';

export interface VrrpWorldOptions {
  readonly log: Log;
  readonly processes: ProcessesOptions;
  /**
   * Where inputs go; called from the event loop and, for some answers, from within execute. `at` is when it happened, where
   * that is known to be a little earlier.
   */
  readonly deliver: (input: VrrpInput, at?: Instant) => void;
  /** Takes a mail and returns at once. */
  readonly sendMail: (mail: Mail) => void;
  /** The engine has nothing left to do. */
  readonly stopped: () => void;
  /** SO_RCVBUF of the monitor; undefined takes a generous default. */
  readonly monitorReceiveBufferBytes?: number | undefined;
  /** SO_RCVBUF of the socket for requests; undefined takes one that fits the largest batch's answers. */
  readonly requestReceiveBufferBytes?: number | undefined;
}

/** Things that went wrong without being anybody's input. */
export interface VrrpWorldCounters {
  readonly monitorOverruns: number;
  readonly netlinkMalformed: ReadonlyMap<string, number>;
  readonly framesDropped: number;
}

/** Addresses of a batch whose answer does not wait for the loop. */
const shortBatch = 16;

/** The kernel as the VRRP engine sees it. */
export class VrrpWorld {
  readonly #options: VrrpWorldOptions;
  readonly #poller: Poller;
  readonly #requests: RouteRequests;
  readonly #network: NetworkNews;
  readonly #frames: PacketSocket;
  readonly #processes: Processes;
  readonly #fifos: Fifos;
  readonly #counts: ProcessCounts;
  readonly #routing: RoutingNews;
  /** Made when the first file is to be watched. */
  #files: FileValues | undefined;
  readonly #channels = new Map<string, RawSocket>();
  readonly #malformed = new Map<string, number>();
  #closed = false;

  /** Throws KernelError. Nothing is delivered before `start`. */
  constructor(poller: Poller, options: VrrpWorldOptions) {
    this.#options = options;
    this.#poller = poller;
    this.#requests = new RouteRequests(options.requestReceiveBufferBytes);
    this.#network = new NetworkNews(
      poller,
      this.#requests,
      { deliver: input => this.#deliver(input), malformed: reason => this.#countMalformed(reason) },
      options.monitorReceiveBufferBytes,
    );
    this.#routing = new RoutingNews(
      poller,
      {
        removed: (kind, key) => this.#deliver({ type: 'routing-removed', kind, key }),
        malformed: reason => this.#countMalformed(reason),
        overrun: () => this.#network.lost(),
      },
      options.monitorReceiveBufferBytes,
    );
    this.#frames = new PacketSocket();
    this.#fifos = new Fifos(poller, options.processes, options.log);
    this.#processes = new Processes(poller, options.processes, (run, outcome) =>
      this.#deliver({ type: 'script-ended', run, outcome }),
    );
    this.#counts = new ProcessCounts(poller, (process, count) =>
      this.#deliver({ type: 'process-count', process, count }),
    );
  }

  /** Delivers the first `resynchronised`. */
  start(): void {
    this.#rehearse(rehearsals);
    this.#network.resynchronise();
  }

  get counters(): VrrpWorldCounters {
    return {
      monitorOverruns: this.#network.overruns,
      netlinkMalformed: this.#malformed,
      framesDropped: this.#frames.dropped.frames,
    };
  }

  /** Scripts that have not ended. */
  get runningScripts(): number {
    return this.#processes.count;
  }

  execute(effect: VrrpEffect): void {
    switch (effect.type) {
      case 'open-channel':
        this.#openChannel(effect.channel);
        break;
      case 'close-channel':
        this.#closeChannel(effect.key);
        break;
      case 'send-packet': {
        const channel = this.#channels.get(effect.channel);
        const error = channel
          ? channel.send(effect.source, effect.destination, effect.ttl, effect.payload)
          : errnoName(notConnected);
        if (error) this.#deliver({ type: 'send-failed', channel: effect.channel, error });
        break;
      }
      case 'send-frames':
        for (const frame of effect.frames) this.#frames.send(effect.linkIndex, frame);
        break;
      case 'change-addresses':
        this.#changeAddresses(effect.batch, effect.operation, effect.addresses);
        break;
      case 'change-routes':
        this.#routing.know(effect);
        this.#answerRouting(
          effect.batch,
          this.#requests.change(effect.operation === 'add' ? encodeAddRoute : encodeRemoveRoute, effect.routes),
        );
        break;
      case 'change-rules':
        this.#routing.know(effect);
        this.#answerRouting(
          effect.batch,
          this.#requests.change(effect.operation === 'add' ? encodeAddRule : encodeRemoveRule, effect.rules),
        );
        break;
      case 'set-promote-secondaries':
        this.#setPromoteSecondaries(effect.linkName, effect.enabled);
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
      case 'send-mail':
        this.#options.sendMail(effect.mail);
        break;
      case 'watch-files':
        this.#files ??= new FileValues(this.#poller, (file, value) =>
          this.#deliver({ type: 'file-value', file, value }),
        );
        this.#files.follow(effect.files);
        break;
      case 'watch-processes':
        this.#counts.follow(effect.processes);
        break;
      case 'log':
        this.#options.log.write(effect.level, effect.text);
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
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
    this.#network.close();
    this.#routing.close();
    this.#requests.close();
    this.#frames.close();
    this.#processes.close();
    this.#fifos.close();
    this.#counts.close();
    this.#files?.close();
  }

  #deliver(input: VrrpInput, at?: Instant): void {
    if (!this.#closed) this.#options.deliver(input, at);
  }

  /** Fetches what a takeover needs into the processor's caches. */
  warmUp(): void {
    this.#rehearse(1);
  }

  /** Goes the way of a takeover in vain, so that the first real one finds its code compiled; see rehearseSending. */
  #rehearse(rounds: number): void {
    const nothing = {
      linkIndex: nobodysIndex,
      prefixLength: 32,
      peer: undefined,
      broadcast: undefined,
      label: undefined,
      scope: 0,
      preferredLifetimeSeconds: undefined,
      noDad: true,
      home: false,
      manageTemporary: false,
      noPrefixRoute: false,
      autoJoin: false,
    };
    const addresses = [new Uint8Array(4), new Uint8Array(16)].map(ipAddressFromBytes);
    for (let round = 0; round < rounds; round++) {
      rehearseSending();
      this.#frames.rehearse();
      const requests = addresses.map(address => ({ ...nothing, address }));
      for (const operation of ['add', 'remove'] as const) this.#requestAddresses(operation, requests);
    }
  }

  #openChannel(spec: ChannelSpec): void {
    const key = spec.key;
    this.#closeChannel(key);
    try {
      const socket = new RawSocket(this.#poller, spec, {
        received: (packet, at) => this.#deliver({ type: 'packet-received', channel: key, ...packet }, at),
        malformed: reason => this.#deliver({ type: 'packet-malformed', channel: key, reason }),
        failed: error => {
          this.#closeChannel(key);
          this.#deliver({ type: 'channel-failed', channel: key, error });
        },
      });
      this.#channels.set(key, socket);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.#deliver({ type: 'channel-failed', channel: key, error: error.code });
    }
  }

  #closeChannel(key: string): void {
    this.#channels.get(key)?.close();
    this.#channels.delete(key);
  }

  #changeAddresses(batch: number, operation: 'add' | 'remove', addresses: readonly AddressRequest[]): void {
    const errors = this.#requestAddresses(operation, addresses);
    const answer = { type: 'addresses-changed', batch, errors } as const;
    // A handful is all there is: once the effects at hand are executed, nothing waits but its announcement.
    if (addresses.length <= shortBatch) queueMicrotask(() => this.#deliver(answer));
    // On the next turn of the loop, not now: an engine that answers with its next batch would otherwise hold the loop
    // until the last of thousands is in, and adverts go out and come in between batches.
    else setImmediate(() => this.#deliver(answer));
  }

  #answerRouting(batch: number, errors: readonly RefusedRequest[]): void {
    setImmediate(() => this.#deliver({ type: 'routing-changed', batch, errors }));
  }

  #requestAddresses(operation: 'add' | 'remove', addresses: readonly AddressRequest[]): readonly RefusedRequest[] {
    return this.#requests.change(operation === 'add' ? encodeAddAddress : encodeRemoveAddress, addresses);
  }

  #setPromoteSecondaries(linkName: string, enabled: boolean): void {
    try {
      writeSysctl(['net', 'ipv4', 'conf', linkName, 'promote_secondaries'], enabled ? '1' : '0');
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      // The interface may be gone, /proc/sys read-only in a container: a secondary address less, not the end.
      this.#options.log.write('warning', error.message);
    }
  }

  #countMalformed(reason: string): void {
    this.#malformed.set(reason, (this.#malformed.get(reason) ?? 0) + 1);
  }
}

/** No interface has it: what is asked of it is refused. */
const nobodysIndex = 0x7fff_ffff;
/** Enough for Node to compile what it first interprets. */
const rehearsals = 20;
/** ENOTCONN: a packet for a channel that is not open. */
const notConnected = 107;

import { assert, unreachable } from '../base/assert.ts';
import { type Duration, microseconds, plus } from '../base/duration.ts';
import { after, type Instant } from '../base/instant.ts';
import type { IpAddress } from '../base/ip-address.ts';
import { judgeAsBackup, judgeAsMaster } from './election.ts';
import { masterDownInterval, skewTime } from './intervals.ts';

/**
 * The state machine of one virtual router: RFC 9568 section 6.4, with keepalived's FAULT beside Initialize. Each state
 * carries its own deadlines, so no timer outlives its state.
 */
export type RouterState =
  | { readonly type: 'initialize' }
  | {
      readonly type: 'backup';
      /** The down timer runs from here; how long is derived, so that it follows a change of priority. */
      readonly timerStartedAt: Instant;
      readonly timer: 'down' | 'skew' | 'first';
      /** Master_Adver_Interval: learned in version 3, our own in version 2. */
      readonly masterInterval: Duration;
      readonly master: { readonly address: IpAddress; readonly priority: number } | undefined;
      /** preempt_delay: until then adverts of lower priority are accepted. */
      readonly preemptAt: Instant | undefined;
      /** The down timer ran out; the sync group has not agreed yet. */
      readonly wantsMaster: boolean;
    }
  | { readonly type: 'master'; readonly advertiseAt: Instant }
  | { readonly type: 'fault' };

/** What the machine needs to know of its configuration; may be replaced while it runs. */
export interface RouterSettings {
  readonly version: 2 | 3;
  readonly advertisementInterval: Duration;
  readonly downTimerAdverts: number;
  readonly preempt: boolean;
  readonly preemptDelay: Duration;
  /** First wait of one advertisement interval only. */
  readonly startsAsMaster: boolean;
  readonly lowerPriorityNoAdvert: boolean;
  readonly higherPrioritySendAdvert: boolean;
  /** Member of a sync group: an expired down timer asks instead of acting. */
  readonly grouped: boolean;
}

export type RouterInput =
  | { readonly type: 'startup' }
  | { readonly type: 'shutdown' }
  /** A checked advertisement. */
  | {
      readonly type: 'advertisement';
      readonly source: IpAddress;
      readonly priority: number;
      readonly interval: Duration;
    }
  | { readonly type: 'fault' }
  | { readonly type: 'recovered' }
  | { readonly type: 'priority-changed'; readonly priority: number }
  | { readonly type: 'source-changed'; readonly source: IpAddress | undefined }
  /** The sync group decided. */
  | { readonly type: 'take-over' }
  /** `givingUp`: the group leaves the field to whoever comes first, so the peers are told. */
  | { readonly type: 'yield'; readonly givingUp: boolean }
  /** Somebody else removed a virtual address from the kernel. */
  | { readonly type: 'address-lost' };

export type RouterEffect =
  /** Priority 0 gives the mastership up. */
  | { readonly type: 'advertise'; readonly priority: number }
  | {
      readonly type: 'transition';
      readonly to: RouterState['type'];
      /** The first one after startup. */
      readonly initial: boolean;
      /** An advert of priority 0 went out before it. */
      readonly gaveUp: boolean;
    }
  /** All that the sync group needs to know before it decides. */
  | { readonly type: 'wants-master' }
  /** A losing master was heard: announce the addresses anew. */
  | { readonly type: 'reassert' }
  | { readonly type: 'event'; readonly event: RouterEvent };

/** What happened, for log lines and the flight recorder; wording is elsewhere. */
export type RouterEvent =
  | { readonly type: 'down-timer-expired' }
  | { readonly type: 'priority-zero-received'; readonly from: IpAddress; readonly asMaster: boolean }
  | {
      readonly type: 'lower-priority-discarded';
      readonly from: IpAddress;
      readonly priority: number;
      readonly ours: number;
    }
  | { readonly type: 'master-changed'; readonly from: IpAddress | undefined; readonly to: IpAddress }
  | {
      readonly type: 'higher-priority-received';
      readonly from: IpAddress;
      readonly priority: number;
      readonly ours: number;
    }
  | { readonly type: 'higher-address-received'; readonly from: IpAddress; readonly priority: number }
  | {
      readonly type: 'lower-priority-received';
      readonly from: IpAddress;
      readonly priority: number;
      readonly ours: number;
    }
  | { readonly type: 'own-address-received'; readonly from: IpAddress }
  | { readonly type: 'interval-learned'; readonly from: Duration; readonly to: Duration }
  | { readonly type: 'preempt-delay-started'; readonly delay: Duration }
  | { readonly type: 'priority-changed'; readonly from: number; readonly to: number };

/** A VirtualRouter as plain data. */
export interface SavedRouter {
  readonly state: RouterState;
  readonly settings: RouterSettings;
  readonly priority: number;
  readonly source: IpAddress | undefined;
}

export class VirtualRouter {
  #state: RouterState = { type: 'initialize' };
  #settings: RouterSettings;
  #priority: number;
  #source: IpAddress | undefined;

  /** `priority` is the effective one, 1 .. 255. */
  constructor(settings: RouterSettings, priority: number, source: IpAddress | undefined) {
    this.#settings = settings;
    this.#priority = priority;
    this.#source = source;
  }

  get state(): RouterState {
    return this.#state;
  }

  get settings(): RouterSettings {
    return this.#settings;
  }

  get priority(): number {
    return this.#priority;
  }

  get source(): IpAddress | undefined {
    return this.#source;
  }

  save(): SavedRouter {
    return { state: this.#state, settings: this.#settings, priority: this.#priority, source: this.#source };
  }

  restore({ state, settings, priority, source }: SavedRouter): void {
    this.#state = state;
    this.#settings = settings;
    this.#priority = priority;
    this.#source = source;
  }

  /** A reload changed the configuration; state and running timers stay, their spans follow. */
  reconfigure(settings: RouterSettings): void {
    this.#settings = settings;
    // Version 3 goes on with what it learned from a master; before that, and in version 2, our own interval counts.
    if (this.#state.type === 'backup' && (settings.version === 2 || this.#state.master === undefined)) {
      this.#state = { ...this.#state, masterInterval: settings.advertisementInterval };
    }
  }

  nextDeadline(): Instant | undefined {
    const state = this.#state;
    if (state.type === 'master') return state.advertiseAt;
    if (state.type === 'backup' && !state.wantsMaster) return after(state.timerStartedAt, this.#downTimer(state));
    return undefined;
  }

  /** Runs what is due; returns at once when nothing is. */
  advance(now: Instant): readonly RouterEffect[] {
    const deadline = this.nextDeadline();
    if (deadline === undefined || deadline > now) return [];
    if (this.#state.type === 'master') {
      const interval = this.#settings.advertisementInterval;
      // Keeps the beat; a beat missed altogether is not made up for.
      const next = after(deadline, interval);
      this.#state = { type: 'master', advertiseAt: next > now ? next : after(now, interval) };
      return [{ type: 'advertise', priority: this.#priority }];
    }
    const expired: RouterEffect = { type: 'event', event: { type: 'down-timer-expired' } };
    if (this.#settings.grouped && this.#state.type === 'backup') {
      this.#state = { ...this.#state, wantsMaster: true };
      return [expired, { type: 'wants-master' }];
    }
    return [expired, ...this.#becomeMaster(now, false)];
  }

  handle(now: Instant, input: RouterInput): readonly RouterEffect[] {
    switch (input.type) {
      case 'startup':
        return this.#startup(now);
      case 'shutdown':
        return this.#leave({ type: 'initialize' });
      case 'fault':
        return this.#enterFault();
      case 'recovered':
        return this.#state.type === 'fault' ? this.#becomeBackup(now, 'down', false) : [];
      case 'advertisement':
        if (this.#state.type === 'backup') return this.#receiveAsBackup(now, input);
        if (this.#state.type === 'master') return this.#receiveAsMaster(now, input);
        return [];
      case 'priority-changed':
        return this.#changePriority(input.priority);
      case 'source-changed':
        this.#source = input.source;
        return [];
      case 'take-over':
        return this.#state.type === 'backup' ? this.#becomeMaster(now, false) : [];
      case 'yield':
        if (this.#state.type === 'master') {
          return input.givingUp ? this.#giveUp(now) : this.#becomeBackup(now, 'down', false);
        }
        if (this.#state.type === 'backup' && this.#state.wantsMaster) this.#restartTimer(now, this.#state, 'down');
        return [];
      case 'address-lost':
        return this.#state.type === 'master' ? this.#giveUp(now) : [];
      default:
        return unreachable(input);
    }
  }

  #startup(now: Instant): readonly RouterEffect[] {
    if (this.#state.type !== 'initialize') return [];
    // RFC 9568 6.4.1: the owner is master at once. keepalived's `state MASTER` only shortens the first wait.
    if (this.#priority === 255) {
      // In a sync group the others have to agree first.
      return this.#settings.grouped ? this.#becomeBackup(now, 'skew', true) : this.#becomeMaster(now, true);
    }
    return this.#becomeBackup(now, this.#settings.startsAsMaster ? 'first' : 'down', true);
  }

  #enterFault(): readonly RouterEffect[] {
    return this.#state.type === 'fault' ? [] : this.#leave({ type: 'fault' });
  }

  /** Becomes backup and says so: the best of the others takes over after its skew time, or we do again after ours. */
  #giveUp(now: Instant): readonly RouterEffect[] {
    return [{ type: 'advertise', priority: 0 }, ...this.#becomeBackup(now, 'skew', false, true)];
  }

  /** Into a state without timers; a master says goodbye first. */
  #leave(state: { readonly type: 'initialize' | 'fault' }): readonly RouterEffect[] {
    const { type: from } = this.#state;
    if (from === state.type) return [];
    this.#state = state;
    const gaveUp = from === 'master';
    const transition: RouterEffect = { type: 'transition', to: state.type, initial: from === 'initialize', gaveUp };
    return gaveUp ? [{ type: 'advertise', priority: 0 }, transition] : [transition];
  }

  #becomeBackup(
    now: Instant,
    timer: 'down' | 'skew' | 'first',
    initial: boolean,
    gaveUp = false,
  ): readonly RouterEffect[] {
    this.#state = {
      type: 'backup',
      timerStartedAt: now,
      timer,
      masterInterval: this.#settings.advertisementInterval,
      master: undefined,
      preemptAt: undefined,
      wantsMaster: false,
    };
    return [{ type: 'transition', to: 'backup', initial, gaveUp }];
  }

  /** The advert goes out before anything else, so that the old master withdraws first (RFC 9568 6.4.2). */
  #becomeMaster(now: Instant, initial: boolean): readonly RouterEffect[] {
    this.#state = { type: 'master', advertiseAt: after(now, this.#settings.advertisementInterval) };
    return [
      { type: 'advertise', priority: this.#priority },
      { type: 'transition', to: 'master', initial, gaveUp: false },
    ];
  }

  #receiveAsBackup(now: Instant, advert: RouterInput & { type: 'advertisement' }): readonly RouterEffect[] {
    const state = this.#state;
    if (state.type !== 'backup') return [];
    // RFC 9568 6.4.3 derived: an advert from our own address is nobody's claim.
    if (advert.source === this.#source) {
      return [{ type: 'event', event: { type: 'own-address-received', from: advert.source } }];
    }
    const stance = {
      priority: this.#priority,
      preempt: this.#settings.preempt,
      preemptDelayRunning: this.#preemptDelayRunning(now, state),
    };
    const verdict = judgeAsBackup(stance, advert.priority);
    if (verdict === 'priority-zero') {
      this.#restartTimer(now, state, 'skew');
      return [{ type: 'event', event: { type: 'priority-zero-received', from: advert.source, asMaster: false } }];
    }
    if (verdict === 'discard-lower') {
      const { source: from, priority } = advert;
      return [{ type: 'event', event: { type: 'lower-priority-discarded', from, priority, ours: this.#priority } }];
    }
    return this.#acceptMaster(now, state, advert);
  }

  /** preempt_delay begins at the first advert of lower priority, so it runs before that one is judged. */
  #preemptDelayRunning(now: Instant, state: RouterState & { type: 'backup' }): boolean {
    return this.#settings.preemptDelay > 0 && (state.preemptAt === undefined || now < state.preemptAt);
  }

  #acceptMaster(
    now: Instant,
    state: RouterState & { type: 'backup' },
    advert: RouterInput & { type: 'advertisement' },
  ): readonly RouterEffect[] {
    const effects: RouterEffect[] = [];
    const settings = this.#settings;
    let masterInterval = state.masterInterval;
    if (settings.version === 3 && advert.interval !== masterInterval) {
      effects.push({ type: 'event', event: { type: 'interval-learned', from: masterInterval, to: advert.interval } });
      masterInterval = advert.interval;
    }
    if (state.master?.address !== advert.source) {
      effects.push({
        type: 'event',
        event: { type: 'master-changed', from: state.master?.address, to: advert.source },
      });
    }
    let preemptAt = state.preemptAt;
    if (advert.priority >= this.#priority) preemptAt = undefined;
    else if (settings.preempt && settings.preemptDelay > 0 && preemptAt === undefined) {
      preemptAt = after(now, settings.preemptDelay);
      effects.push({ type: 'event', event: { type: 'preempt-delay-started', delay: settings.preemptDelay } });
    }
    this.#state = {
      type: 'backup',
      timerStartedAt: now,
      timer: 'down',
      masterInterval,
      master: { address: advert.source, priority: advert.priority },
      preemptAt,
      wantsMaster: false,
    };
    return effects;
  }

  #receiveAsMaster(now: Instant, advert: RouterInput & { type: 'advertisement' }): readonly RouterEffect[] {
    const { source: from, priority } = advert;
    const own = this.#source;
    assert(own !== undefined, 'a master has a source address');
    switch (judgeAsMaster({ priority: this.#priority, address: own }, { priority, address: from })) {
      case 'answer-zero':
        this.#state = { type: 'master', advertiseAt: after(now, this.#settings.advertisementInterval) };
        return [
          { type: 'advertise', priority: this.#priority },
          { type: 'event', event: { type: 'priority-zero-received', from, asMaster: true } },
          // Who gives up was master, too, and has announced the addresses as its own.
          { type: 'reassert' },
        ];
      case 'ignore-self':
        return [{ type: 'event', event: { type: 'own-address-received', from } }];
      case 'assert': {
        const event: RouterEvent = { type: 'lower-priority-received', from, priority, ours: this.#priority };
        const reply: RouterEffect[] = this.#settings.lowerPriorityNoAdvert
          ? []
          : [{ type: 'advertise', priority: this.#priority }];
        return [...reply, { type: 'event', event }, { type: 'reassert' }];
      }
      case 'yield': {
        const ours = this.#priority;
        const event: RouterEvent =
          priority > ours
            ? { type: 'higher-priority-received', from, priority, ours }
            : { type: 'higher-address-received', from, priority };
        const last: RouterEffect[] = this.#settings.higherPrioritySendAdvert
          ? [{ type: 'advertise', priority: ours }]
          : [];
        const transition = this.#becomeBackup(now, 'down', false);
        // RFC 9568 6.4.3: the demotion learns the interval, too.
        const accepted = this.#state.type === 'backup' ? this.#acceptMaster(now, this.#state, advert) : [];
        return [...last, { type: 'event', event }, ...transition, ...accepted];
      }
    }
  }

  #changePriority(priority: number): readonly RouterEffect[] {
    if (priority === this.#priority) return [];
    const from = this.#priority;
    this.#priority = priority;
    return [{ type: 'event', event: { type: 'priority-changed', from, to: priority } }];
  }

  #restartTimer(now: Instant, state: RouterState & { type: 'backup' }, timer: 'down' | 'skew'): void {
    this.#state = { ...state, timerStartedAt: now, timer, wantsMaster: false };
  }

  #downTimer(state: RouterState & { type: 'backup' }): Duration {
    const { version, downTimerAdverts, advertisementInterval } = this.#settings;
    switch (state.timer) {
      case 'skew':
        return skewTime(version, this.#priority, state.masterInterval);
      case 'first':
        return plus(advertisementInterval, microseconds(1_000_000 / 256));
      case 'down':
        return masterDownInterval(version, this.#priority, state.masterInterval, downTimerAdverts);
    }
  }
}

import { describe, expect, it } from 'vitest';
import { centiseconds, milliseconds, seconds, zero } from '../base/duration.ts';
import { after, type Instant, instantFromMicroseconds } from '../base/instant.ts';
import { parseIpAddress } from '../base/ip-address.ts';
import { type RouterEffect, type RouterInput, type RouterSettings, VirtualRouter } from './virtual-router.ts';

// What keepalived adds to the RFC's state machine; the rest is in the conformance tests.

const own = parseIpAddress('192.0.2.1')!;
const peer = parseIpAddress('192.0.2.9')!;
const settings: RouterSettings = {
  version: 3,
  advertisementInterval: seconds(1),
  downTimerAdverts: 3,
  preempt: true,
  preemptDelay: zero,
  startsAsMaster: false,
  lowerPriorityNoAdvert: false,
  higherPrioritySendAdvert: false,
  grouped: false,
};
const start = instantFromMicroseconds(0);
const at = (ms: number): Instant => after(start, milliseconds(ms));
const advert = (priority: number, interval = seconds(1)): RouterInput => ({
  type: 'advertisement',
  source: peer,
  priority,
  interval,
});

function started(changes: Partial<RouterSettings> = {}, priority = 100): VirtualRouter {
  const machine = new VirtualRouter({ ...settings, ...changes }, priority, own);
  machine.handle(start, { type: 'startup' });
  return machine;
}
const types = (effects: readonly RouterEffect[]): readonly string[] =>
  effects.map(effect => (effect.type === 'event' ? effect.event.type : effect.type));
const transition = (to: string, initial = false, gaveUp = false) => ({ type: 'transition', to, initial, gaveUp });

describe('the first wait', () => {
  it('is short for "state MASTER": one interval and the smallest skew', () => {
    expect(started({ startsAsMaster: true }).nextDeadline()).toBe(at(1003.90625));
  });

  it('is a whole down interval after a fault, whatever the file says', () => {
    const machine = started({ startsAsMaster: true });
    machine.handle(at(100), { type: 'fault' });
    expect(machine.handle(at(200), { type: 'recovered' })).toEqual([transition('backup')]);
    expect(machine.nextDeadline()).toBe(at(200 + 3609.375));
  });

  it('is called initial only once', () => {
    const machine = new VirtualRouter(settings, 100, own);
    expect(machine.handle(start, { type: 'startup' })).toEqual([transition('backup', true)]);
    expect(machine.handle(at(1), { type: 'startup' })).toEqual([]);
    expect(machine.advance(at(3609.375))).toContainEqual(transition('master'));
  });

  it('is none for an owner, and the smallest skew for one in a sync group', () => {
    expect(started({}, 255).state.type).toBe('master');
    const grouped = started({ grouped: true }, 255);
    expect(grouped.state.type).toBe('backup');
    expect(grouped.nextDeadline()).toBe(at(3.90625));
  });
});

describe('preempt_delay', () => {
  const delayed = { preemptDelay: seconds(10) };

  it('begins at the first lower advert, which counts as a master until it is over', () => {
    const machine = started(delayed);
    expect(types(machine.handle(at(1000), advert(50)))).toEqual(['master-changed', 'preempt-delay-started']);
    expect(types(machine.handle(at(10_999), advert(50)))).toEqual([]);
    expect(machine.nextDeadline()).toBe(at(10_999 + 3609.375));
    expect(types(machine.handle(at(11_000), advert(50)))).toEqual(['lower-priority-discarded']);
    expect(machine.nextDeadline()).toBe(at(10_999 + 3609.375));
  });

  it('is cancelled by an advert of the same or a higher priority', () => {
    for (const priority of [100, 200]) {
      const machine = started(delayed);
      machine.handle(at(1000), advert(50));
      machine.handle(at(2000), advert(priority));
      expect(types(machine.handle(at(11_000), advert(50)))).toEqual(['preempt-delay-started']);
    }
  });

  it('does not keep it from taking over when the master is silent', () => {
    const machine = started(delayed);
    machine.handle(at(1000), advert(50));
    expect(types(machine.advance(at(1000 + 3609.375)))).toContain('transition');
    expect(machine.state.type).toBe('master');
  });

  it('is nothing to a backup that does not preempt', () => {
    const machine = started({ ...delayed, preempt: false });
    expect(types(machine.handle(at(1000), advert(50)))).toEqual(['master-changed']);
    expect(types(machine.handle(at(60_000), advert(50)))).toEqual([]);
  });

  it('ends with a fault', () => {
    const machine = started(delayed);
    machine.handle(at(1000), advert(50));
    machine.handle(at(2000), { type: 'fault' });
    machine.handle(at(3000), { type: 'recovered' });
    expect(types(machine.handle(at(11_500), advert(50)))).toContain('preempt-delay-started');
  });
});

describe('in a sync group', () => {
  const expired = (): VirtualRouter => {
    const machine = started({ grouped: true });
    expect(types(machine.advance(at(3609.375)))).toEqual(['down-timer-expired', 'wants-master']);
    return machine;
  };

  it('an expired timer asks, and waits without a timer', () => {
    const machine = expired();
    expect(machine.state).toMatchObject({ type: 'backup', wantsMaster: true });
    expect(machine.nextDeadline()).toBeUndefined();
    expect(machine.advance(at(60_000))).toEqual([]);
  });

  it('it takes over when the group does, whether it asked or not', () => {
    expect(types(expired().handle(at(4000), { type: 'take-over' }))).toEqual(['advertise', 'transition']);
    const member = started({ grouped: true });
    expect(types(member.handle(at(10), { type: 'take-over' }))).toEqual(['advertise', 'transition']);
    expect(member.nextDeadline()).toBe(at(1010));
  });

  it('it does not take over twice, nor out of a fault', () => {
    const machine = expired();
    machine.handle(at(4000), { type: 'take-over' });
    expect(machine.handle(at(4001), { type: 'take-over' })).toEqual([]);
    machine.handle(at(4002), { type: 'fault' });
    expect(machine.handle(at(4003), { type: 'take-over' })).toEqual([]);
  });

  it('it yields with the group, and waits a down interval', () => {
    const machine = expired();
    machine.handle(at(4000), { type: 'take-over' });
    expect(machine.handle(at(5000), { type: 'yield', givingUp: false })).toEqual([transition('backup')]);
    expect(machine.nextDeadline()).toBe(at(5000 + 3609.375));
  });

  it('it gives up with the group, says so, and stands again after the skew time', () => {
    const machine = expired();
    machine.handle(at(4000), { type: 'take-over' });
    expect(machine.handle(at(5000), { type: 'yield', givingUp: true })).toEqual([
      { type: 'advertise', priority: 0 },
      transition('backup', false, true),
    ]);
    expect(machine.nextDeadline()).toBe(at(5000 + 609.375));
  });

  it('a yield takes the wish back, and is nothing to one that had none', () => {
    const machine = expired();
    expect(machine.handle(at(4000), { type: 'yield', givingUp: false })).toEqual([]);
    expect(machine.nextDeadline()).toBe(at(4000 + 3609.375));
    const member = started({ grouped: true });
    member.handle(at(10), { type: 'yield', givingUp: false });
    expect(member.nextDeadline()).toBe(at(3609.375));
  });

  it('an advert takes the wish back', () => {
    const machine = expired();
    machine.handle(at(4000), advert(200));
    expect(machine.state).toMatchObject({ wantsMaster: false });
    expect(machine.nextDeadline()).toBe(at(4000 + 3609.375));
  });
});

describe('priority 0 from somebody who was master beside us', () => {
  it('makes us announce the addresses anew: the neighbours may have believed the other one last', () => {
    const machine = started({}, 255);
    expect(types(machine.handle(at(10), advert(0)))).toEqual(['advertise', 'priority-zero-received', 'reassert']);
  });
});

describe('a virtual address that somebody else removed', () => {
  it('makes a master say goodbye and stand again after the skew time', () => {
    const machine = started({}, 255);
    const effects = machine.handle(at(500), { type: 'address-lost' });
    expect(effects).toEqual([{ type: 'advertise', priority: 0 }, transition('backup', false, true)]);
    expect(machine.nextDeadline()).toBe(at(500 + 3.90625));
  });

  it('is nothing to a backup', () => {
    expect(started().handle(at(1), { type: 'address-lost' })).toEqual([]);
  });
});

describe('what it reports', () => {
  it('who the master is, and when that changes', () => {
    const machine = started();
    const other = parseIpAddress('192.0.2.10')!;
    expect(machine.handle(at(1), advert(200))).toEqual([
      { type: 'event', event: { type: 'master-changed', from: undefined, to: peer } },
    ]);
    expect(machine.handle(at(2), advert(200))).toEqual([]);
    expect(machine.handle(at(3), { ...advert(200), source: other } as RouterInput)).toEqual([
      { type: 'event', event: { type: 'master-changed', from: peer, to: other } },
    ]);
  });

  it('a learned interval', () => {
    expect(types(started().handle(at(1), advert(200, centiseconds(300))))).toEqual([
      'interval-learned',
      'master-changed',
    ]);
    expect(types(started({ version: 2 }).handle(at(1), advert(200, seconds(3))))).toEqual(['master-changed']);
  });

  it('priority 0, as backup and as master', () => {
    const asMaster = (machine: VirtualRouter) =>
      machine.handle(at(1), advert(0)).flatMap(effect => (effect.type === 'event' ? [effect.event] : []));
    expect(asMaster(started())).toEqual([{ type: 'priority-zero-received', from: peer, asMaster: false }]);
    expect(asMaster(started({}, 255))).toEqual([{ type: 'priority-zero-received', from: peer, asMaster: true }]);
  });

  it('why it yields', () => {
    const reason = (priority: number) => {
      const machine = started();
      machine.advance(at(3609.375));
      return types(machine.handle(at(4000), advert(priority)));
    };
    expect(reason(101)).toEqual(['higher-priority-received', 'transition', 'master-changed']);
    expect(reason(100)).toEqual(['higher-address-received', 'transition', 'master-changed']);
  });

  it('a changed priority, once', () => {
    const machine = started();
    expect(types(machine.handle(at(1), { type: 'priority-changed', priority: 90 }))).toEqual(['priority-changed']);
    expect(machine.handle(at(2), { type: 'priority-changed', priority: 90 })).toEqual([]);
  });
});

describe('adverts of a master', () => {
  it('keep their beat when it is woken late, and never catch up', () => {
    const machine = started({}, 255);
    machine.advance(at(1300));
    expect(machine.nextDeadline()).toBe(at(2000));
    machine.advance(at(3000));
    expect(machine.nextDeadline()).toBe(at(4000));
  });
});

describe('a reload', () => {
  it('gives a backup that has heard no master the new interval', () => {
    for (const [version, expected] of [
      [2, 6609.375],
      [3, 7218.75],
    ] as const) {
      const machine = started({ version });
      machine.reconfigure({ ...settings, version, advertisementInterval: seconds(2) });
      expect(machine.nextDeadline()).toBe(at(expected));
    }
  });

  it('leaves a v3 backup with what it learned from its master', () => {
    const machine = started({ version: 3 });
    machine.handle(start, { type: 'advertisement', source: peer, priority: 200, interval: seconds(1) });
    machine.reconfigure({ ...settings, version: 3, advertisementInterval: seconds(2) });
    expect(machine.nextDeadline()).toBe(at(3609.375));
  });

  it('leaves the timer of a master alone', () => {
    const machine = started({ version: 2 }, 255);
    machine.reconfigure({ ...settings, version: 2, advertisementInterval: seconds(2) });
    expect(machine.nextDeadline()).toBe(at(1000));
  });
});

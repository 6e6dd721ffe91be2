// The comparison of simulator and reality itself: what it takes for the same, and what not.
import { describe, expect, it } from 'vitest';
import { compare, differenceOf, spread } from '../fidelity/compare.testkit.ts';
import {
  type Change,
  type Course,
  lasting,
  notificationOf,
  transitionIn,
  withoutRepetition,
} from '../fidelity/course.testkit.ts';
import { SwitchRules } from '../fidelity/switch-rules.testkit.ts';

const change = (at: number, node: string, subject: string, state: string): Change => ({ at, node, subject, state });

/** Two nodes boot, a becomes master, and at 3 s something happens to it. */
function course(changes: Partial<Course> = {}): Course {
  return {
    deeds: [3],
    starts: [change(0, 'a', 'process', 'started'), change(0.01, 'b', 'process', 'started')],
    transitions: [
      change(0, 'a', 'VI_1', 'BACKUP (init)'),
      change(0.01, 'b', 'VI_1', 'BACKUP (init)'),
      change(1.4, 'a', 'VI_1', 'MASTER'),
      change(4.2, 'b', 'VI_1', 'MASTER'),
      change(4.201, 'a', 'VI_1', 'BACKUP'),
    ],
    addresses: [change(1.401, 'a', '192.0.2.100', 'present'), change(4.202, 'a', '192.0.2.100', 'absent')],
    notifications: [],
    neighbours: [],
    ...changes,
  };
}

/** The same, `late` seconds later from the given transition on. */
function lateFrom(place: number, late: number): Course {
  const { transitions } = course();
  return course({
    transitions: transitions.map((each, index) => (index >= place ? { ...each, at: each.at + late } : each)),
  });
}

const judge = (observed: Course, predicted = course()) =>
  compare(predicted, observed, 0.4, [{ at: 3, deed: { type: 'thaw', node: 'a' } }]);

describe('compare', () => {
  it('finds nothing where all is the same, whenever the scenario took place', () => {
    const { mistakes, transitions, addresses } = judge(course());
    expect(mistakes).toEqual([]);
    expect(spread(transitions)).toEqual({ median: 0, worst: 0 });
    expect(addresses.map(({ cause }) => cause)).toEqual(['a VI_1 MASTER', 'a VI_1 BACKUP']);
  });

  it('measures from the step, from the own process’s start, or from what a change follows promptly', () => {
    expect(judge(course()).transitions.map(({ node, state, cause }) => [node, state, cause])).toEqual([
      ['a', 'BACKUP (init)', 'a starts'],
      ['b', 'BACKUP (init)', 'b starts'],
      ['a', 'MASTER', 'a starts'],
      ['b', 'MASTER', 'thaw a'],
      ['a', 'BACKUP', 'b VI_1 MASTER'],
    ]);
  });

  it('counts a late step for nothing', () => {
    const late = lateFrom(3, 0.5);
    expect(judge({ ...late, deeds: [3.5] }).mistakes).toEqual([]);
    expect(differenceOf(judge({ ...late, deeds: [3.5] }).transitions[3]!)).toBeCloseTo(0);
  });

  it('objects to more than an interval, in either direction', () => {
    expect(judge(lateFrom(3, 0.39)).mistakes).toEqual([]);
    expect(judge(lateFrom(3, 0.41)).mistakes).toEqual(['b VI_1 MASTER came 1610 ms after "thaw a", predicted 1200 ms']);
    expect(judge(lateFrom(3, -0.41)).mistakes).toEqual(['b VI_1 MASTER came 790 ms after "thaw a", predicted 1200 ms']);
  });

  it('objects to another sequence of states', () => {
    const { transitions } = course();
    expect(judge(course({ transitions: transitions.slice(0, -1) })).mistakes[0]).toMatch(
      /^a VI_1: predicted .* happened/,
    );
    const more = [...transitions, change(4.3, 'b', 'VI_1', 'BACKUP')];
    expect(judge(course({ transitions: more })).mistakes[0]).toMatch(/^b VI_1: .*happened .*BACKUP at 4.300 s$/);
    expect(judge(course({ addresses: [] })).mistakes[0]).toMatch(/^a 192.0.2.100: .*happened nothing$/);
    expect(judge(course({ starts: [] })).mistakes).toHaveLength(2);
  });

  it('judges what clients believe in the end, and remarks on the way there', () => {
    const believing = (...states: string[]): Course =>
      course({ neighbours: states.map((state, place) => change(place, 'client1', '192.0.2.100', state)) });
    expect(judge(believing('a', 'b'), believing('a', 'b'))).toMatchObject({ mistakes: [], remarks: [] });
    const onTheWay = judge(believing('a', 'b', 'a'), believing('a'));
    expect(onTheWay).toMatchObject({
      mistakes: [],
      remarks: [expect.stringMatching(/^client1 192.0.2.100: predicted a/)],
    });
    expect(judge(believing('a', 'b'), believing('a')).mistakes).toHaveLength(1);
  });

  it('measures nothing from a step that starts a process, but from the start', () => {
    const starting = course({
      starts: [change(3.5, 'a', 'process', 'started')],
      transitions: [change(4, 'a', 'V', 'X')],
    });
    const later = {
      ...starting,
      starts: [change(5, 'a', 'process', 'started')],
      transitions: [change(5.5, 'a', 'V', 'X')],
    };
    const plan = [{ at: 3, deed: { type: 'start', node: 'a' } }] as const;
    expect(compare(starting, later, 0.4, plan)).toMatchObject({ mistakes: [], transitions: [{ cause: 'a starts' }] });
  });

  it('objects to another order, of transitions that are further apart than an interval', () => {
    const before = [change(0, 'a', 'VI_1', 'BACKUP'), change(0.5, 'b', 'VI_1', 'BACKUP')];
    const after = [change(0.3, 'a', 'VI_1', 'BACKUP'), change(0.25, 'b', 'VI_1', 'BACKUP')];
    const only = (transitions: Change[]): Course => course({ transitions, deeds: [], starts: [], addresses: [] });
    expect(compare(only(before), only(after), 0.4, []).mistakes).toEqual([
      'b VI_1 BACKUP (0.500 s) is predicted after a VI_1 BACKUP (0.000 s), and came before it',
    ]);
    const closer = before.map(each => ({ ...each, at: each.at * 0.7 }));
    expect(compare(only(closer), only(after), 0.4, []).mistakes).toEqual([]);
  });
});

describe('the course of events', () => {
  it('reads transitions from lines of the log', () => {
    expect(transitionIn('(VI_1) Entering BACKUP STATE (init)')).toEqual({ subject: 'VI_1', state: 'BACKUP (init)' });
    expect(transitionIn('(VI_1) Entering FAULT STATE')).toEqual({ subject: 'VI_1', state: 'FAULT' });
    expect(transitionIn('(VI_1): entering FAULT state (interface eth0 down)')).toBeUndefined();
  });

  it('reads what notification scripts are told', () => {
    const told = ['INSTANCE', 'VI_1', 'MASTER', '150'];
    expect(notificationOf(told)).toEqual({ subject: 'instance VI_1 told', state: 'MASTER 150' });
  });

  it('leaves out what did not last', () => {
    const flips = [change(1, 'client1', 'x', 'a'), change(2, 'client1', 'x', 'b'), change(2.01, 'client1', 'x', 'a')];
    expect(lasting(flips, 0.1)).toEqual([flips[0]]);
    expect(lasting([...flips, change(2.02, 'client1', 'y', 'b')], 0.001)).toHaveLength(4);
  });

  it('takes only changes for changes', () => {
    const changes = ['absent', 'present', 'present', 'absent'].map((state, at) => change(at, 'a', 'x', state));
    expect(withoutRepetition(changes).map(({ at }) => at)).toEqual([1, 3]);
  });
});

describe('the rules of the switches', () => {
  const plugs = ['a', 'b', 'c'].map((host, place) => ({ host, network: 'lan', port: `port${place + 1}` }));
  const hosts = ['a', 'b', 'c'];
  const rulesOf = (rules: SwitchRules): string[] =>
    rules
      .file(plugs)
      .split('\n')
      .filter(line => / drop$/.test(line))
      .map(line => line.trim());

  it('cut both ways, one way, and heal', () => {
    const rules = new SwitchRules();
    rules.cut({ from: 'a', to: undefined, direction: 'both' }, hosts);
    rules.heal({ from: 'a', to: 'b', direction: 'one-way' }, hosts);
    expect(rulesOf(rules)).toEqual([
      'iifname "port1" oifname "port3" drop',
      'iifname "port2" oifname "port1" drop',
      'iifname "port3" oifname "port1" drop',
    ]);
    rules.heal(undefined, hosts);
    expect(rulesOf(rules)).toEqual([]);
  });

  it('lose a share, or all', () => {
    const rules = new SwitchRules();
    rules.lose(0.3, { from: 'a', to: 'b', direction: 'one-way' }, hosts);
    rules.lose(1, { from: 'b', to: 'c', direction: 'one-way' }, hosts);
    expect(rulesOf(rules)).toEqual([
      'iifname "port1" oifname "port2" numgen random mod 100 < 30 drop',
      'iifname "port2" oifname "port3" drop',
    ]);
  });
});

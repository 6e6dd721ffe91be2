import { describe, expect, it } from 'vitest';
import { milliseconds, seconds } from '../base/duration.ts';
import { ip } from '../base/ip-address.testkit.ts';
import type { VirtualRouterConfiguration } from '../vrrp/configuration.ts';
import { configuration, router, syncGroup, trackScript, virtualAddress } from '../vrrp/router.testkit.ts';
import { RecordedSegment, start } from './explain.testkit.ts';
import { explainInstance, explanationText } from './explain-instance.ts';
import { dualMasters } from './explain-pair.ts';
import { pairText } from './explain-pair-text.ts';
import { isDecision, stepText } from './explain-replay.ts';

/** Seconds of the run. */
const inRun = (instant: number): string => `t=${(instant / 1_000_000).toFixed(3)}`;
const inEpoch = (epoch: number): string => inRun(epoch - start);

function pair(
  first: Partial<VirtualRouterConfiguration> = {},
  second: Partial<VirtualRouterConfiguration> = {},
): { readonly segment: RecordedSegment; readonly found: () => ReturnType<typeof found> } {
  const segment = new RecordedSegment();
  segment.recorded('a', configuration([router({ priority: 150, ...first })]), '192.0.2.1');
  segment.recorded('b', configuration([router({ priority: 100, ...second })]), '192.0.2.2');
  const found = () => {
    const [a, b] = segment.nodes.map(node => segment.witness(node));
    const moments = dualMasters(a!, b!, undefined);
    return {
      moments,
      serious: moments.filter(({ kind }) => kind !== 'hand-over'),
      text: pairText(a!, b!, moments, inEpoch),
    };
  };
  return { segment, found };
}

describe('two masters', () => {
  it('of a pair that can hear each other are a hand-over at most', () => {
    const { segment, found } = pair();
    segment.pass(seconds(20));
    segment.nodes[0]!.reload(configuration([router({ priority: 50 })]));
    segment.pass(seconds(20));
    const { serious, text } = found();
    expect(serious).toEqual([]);
    expect(text).toContain('There never were two masters');
  });

  it('cut off from each other are a two-way partition, told with what each saw of it', () => {
    const { segment, found } = pair();
    segment.pass(seconds(20));
    segment.passes = () => false;
    segment.pass(seconds(15));
    segment.passes = () => true;
    segment.pass(seconds(10));
    const { moments, text } = found();
    expect(moments).toMatchObject([{ kind: 'two-way', addresses: ['192.0.2.100'] }]);
    expect(text).toMatch(/TWO MASTERS of VI_1 from t=23\.\d+ to t=35\.\d+, for 12 s/);
    expect(text).toContain('The master-down timer ran out: 3 x 1 s + skew (256 - 100)/256 x 1 s = 3.609 s');
    expect(text).toMatch(/It sent 1\d adverts, and accepted 0 from b/);
    expect(text).toContain('IGMP');
  });

  it('of which one hears the other are a one-way link', () => {
    const { segment, found } = pair();
    segment.pass(seconds(20));
    segment.passes = from => from !== 'a';
    segment.pass(seconds(15));
    const { moments, text } = found();
    expect(moments).toMatchObject([
      {
        kind: 'one-way',
        to: undefined,
        first: { host: 'a', adverts: { heard: 12 } },
        second: { adverts: { heard: 0 } },
      },
    ]);
    expect(text).toContain('to the end of the recordings');
  });

  it('that refuse what they hear are told why', () => {
    const secret = (text: string) => ({
      authentication: { type: 'password', bytes: new TextEncoder().encode(text.padEnd(8, '\0')) } as const,
    });
    const { segment, found } = pair(secret('one'), secret('two'));
    segment.pass(seconds(20));
    const { moments, text } = found();
    expect(moments).toMatchObject([{ kind: 'rejected-adverts' }]);
    expect(moments[0]!.first.adverts.rejected).toMatchObject([{ reason: 'auth-failure' }]);
    expect(text).toMatch(/It refused \d+ adverts from b: wrong password \(auth_pass\)/);
    expect(text).toContain('holdfast check');
  });

  it('under two VRIDs for the same address are a clash', () => {
    const { segment, found } = pair({}, { vrid: 52 });
    segment.pass(seconds(20));
    const { moments, text } = found();
    expect(moments).toMatchObject([{ kind: 'vrid-clash', first: { vrid: 51 }, second: { vrid: 52 } }]);
    expect(text).toContain('Both had 192.0.2.100');
  });

  it('of which one was frozen are starvation', () => {
    const { segment, found } = pair();
    segment.pass(seconds(20));
    const [a] = segment.nodes;
    const advance = a!.advance.bind(a);
    // Nothing of it runs for ten seconds, and no timer wakes the others for it.
    const { nextDeadline } = a!;
    a!.advance = () => {};
    a!.nextDeadline = () => undefined;
    a!.connected = false;
    segment.pass(seconds(10));
    a!.advance = advance;
    a!.nextDeadline = nextDeadline;
    a!.connected = true;
    segment.pass(seconds(10));
    const { moments, text } = found();
    expect(moments).toMatchObject([{ kind: 'starvation', first: { late: { late: expect.any(Number) } } }]);
    expect(text).toMatch(/a timer was served 9\.\d+ s late/);
  });

  it('of which one could not send are told so', () => {
    const { segment, found } = pair();
    segment.pass(seconds(20));
    segment.passes = from => from !== 'a';
    for (let second = 0; second < 10; second++) {
      segment.nodes[0]!.receive({ type: 'send-failed', channel: '4:eth0', error: 'EPERM' });
      segment.pass(seconds(1));
    }
    const { moments, text } = found();
    expect(moments).toMatchObject([{ kind: 'cannot-send' }]);
    expect(text).toContain('The kernel refused its adverts: EPERM.');
  });

  it('that do not name each other as peers are told so', () => {
    const unicast = (peer: string) => ({
      destination: {
        type: 'unicast',
        peers: [{ address: ip(peer), minimumTtl: 0, maximumTtl: 255 }],
        ttl: undefined,
        checkSource: false,
      } as const,
    });
    const { segment, found } = pair(unicast('192.0.2.9'), unicast('192.0.2.1'));
    segment.pass(seconds(20));
    expect(found().text).toContain('b is not among its unicast peers');
  });
});

describe('an instance', () => {
  it('is explained by whom it heard, its timers and its priority', () => {
    const segment = new RecordedSegment();
    const scripts = [trackScript('chk', { interval: milliseconds(500) })];
    const tracked = { trackScripts: [{ script: 'chk', weight: -60, reverse: false }] };
    const a = segment.recorded('a', configuration([router({ priority: 150, ...tracked })], { scripts }), '192.0.2.1');
    segment.recorded('b', configuration([router()]), '192.0.2.2');
    segment.pass(seconds(10));
    a.outcomeOf = () => ({ type: 'exited', status: 1 });
    segment.pass(seconds(10));
    const story = segment.story(a);
    story.runTo(segment.now);
    const explanation = explainInstance(story, 'VI_1', segment.now)!;
    const text = explanationText(explanation, 'a', inRun);
    expect(text).toMatch(/^VI_1 on a was BACKUP at t=20\.000, since t=1\d\.\d+ /);
    expect(text).toContain('A better master was heard: 192.0.2.2 with priority 100, ours was 90.');
    expect(text).toContain('90 = 150 configured - 60 (script chk down)');
    expect(text).toMatch(/t=10\.\d+ {2}150 -> 90: script \/check\/chk exited with 1/);
    expect(text).toMatch(/192\.0\.2\.2, priority 100: \d+ adverts, the last at t=/);
    expect(text).toContain('3 x 1 s + skew (256 - 90)/256 x 1 s = 3.648 s');
    expect(explainInstance(story, 'VI_2', segment.now)).toBeUndefined();
  });

  it('that waits for its sync group is told so', () => {
    const segment = new RecordedSegment();
    const second = (priority: number) =>
      router({ name: 'VI_2', vrid: 52, priority, addresses: [virtualAddress('192.0.2.101')] });
    const both = (one: number, other: number) =>
      configuration([router({ priority: one }), second(other)], { syncGroups: [syncGroup('G', ['VI_1', 'VI_2'])] });
    const a = segment.recorded('a', both(90, 150), '192.0.2.1');
    segment.recorded('b', both(100, 100), '192.0.2.2');
    segment.pass(seconds(20));
    const story = segment.story(a);
    story.runToEnd();
    const text = explanationText(explainInstance(story, 'VI_2', segment.now)!, 'a', inRun);
    expect(text).toContain('Its timer has run out, but its sync group moves as one: VI_1 would not take over yet.');
  });

  it('is explained as it was at an earlier time, too', () => {
    const { segment } = pair();
    segment.pass(seconds(20));
    const story = segment.story(segment.nodes[1]!);
    story.runTo(2_000_000 as never);
    const early = explanationText(explainInstance(story, 'VI_1', 2_000_000 as never)!, 'b', inRun);
    expect(early).toContain('VI_1 on b was BACKUP');
    expect(early).toContain('Nobody: it accepted no advert.');
    story.runToEnd();
    expect(explanationText(explainInstance(story, 'VI_1', segment.now)!, 'b', inRun)).toContain(
      '192.0.2.1, priority 150',
    );
  });

  it('goes to FAULT and back for reasons that are told', () => {
    const { segment } = pair();
    segment.pass(seconds(10));
    const [a] = segment.nodes;
    const { network } = a!.engine;
    const up = network.link(2)!;
    a!.receive({ type: 'link-changed', link: { ...up, running: false } });
    segment.pass(seconds(1));
    a!.receive({ type: 'link-changed', link: up });
    segment.pass(seconds(1));
    const story = segment.story(a!);
    const shown = [...story.tell()].filter(isDecision).map(told => stepText(told, inRun));
    const all = shown.join('');
    expect(all).toContain('interface eth0 is up without carrier');
    expect(all).toContain('=> VI_1: MASTER -> FAULT\n       Something it needs was gone: interface eth0 was down.');
    expect(all).toContain('=> VI_1: FAULT -> BACKUP\n       What held it in FAULT is over.');
    expect(all).toContain('-> 1 advert, remove 1 address');
  });

  it('is told of adverts for nobody and for those who do not listen', () => {
    const { segment } = pair({ addresses: [virtualAddress('192.0.2.200')] }, { vrid: 77 });
    segment.pass(seconds(10));
    const story = segment.story(segment.nodes[0]!);
    story.runToEnd();
    const text = explanationText(explainInstance(story, 'VI_1', segment.now)!, 'a', inRun);
    expect(text).toMatch(/192\.0\.2\.2: \d+ packets for VRID 77, which is nobody's here/);
  });
});

import { describe, expect, it } from 'vitest';
import { milliseconds, seconds, zero } from '../base/duration.ts';
import { instance, SessionBench } from './session.testkit.ts';

const up = { state: 'Up' } as const;

describe('RFC 5880: how fast', () => {
  it('5880-6.8.3-slow + no faster than a packet a second before the session is Up', () => {
    const bench = new SessionBench({ minTx: milliseconds(10) });
    bench.run(seconds(20));
    expect(Math.min(...bench.gaps)).toBeGreaterThanOrEqual(750);
    expect(bench.last.desiredMinTx).toBe(seconds(1));
  });

  it('5880-6.8.3-slow - nor in Init, nor after it was Up', () => {
    const bench = new SessionBench({ idleTx: milliseconds(5) }).up();
    bench.hear({ state: 'Down' });
    const sent = bench.runHearing(seconds(5), milliseconds(10), { state: 'Down' });
    expect(bench.state).toBe('Init');
    expect(sent.length).toBeLessThanOrEqual(8);
    expect(sent.every(packet => packet.desiredMinTx >= seconds(1))).toBe(true);
  });

  it('5880-6.8.7-rate + no faster than the peer wants to receive', () => {
    const bench = new SessionBench({ minTx: milliseconds(50) }).up({ requiredMinRx: milliseconds(300) });
    bench.sent.length = 0;
    bench.runHearing(seconds(10), milliseconds(10), { ...up, requiredMinRx: milliseconds(300) });
    expect(Math.min(...bench.gaps)).toBeGreaterThanOrEqual(225);
    expect(Math.max(...bench.gaps)).toBeLessThanOrEqual(300);
  });

  it('5880-6.8.7-rate - and no faster than we want to send', () => {
    const bench = new SessionBench({ minTx: milliseconds(200) }).up();
    bench.sent.length = 0;
    bench.runHearing(seconds(10), milliseconds(10), up);
    expect(Math.min(...bench.gaps)).toBeGreaterThanOrEqual(150);
  });

  it('5880-6.8.7-jitter + intervals are shortened by 10 to 25 %, evenly spread', () => {
    const bench = new SessionBench();
    bench.run(seconds(8_000));
    const { gaps } = bench;
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(750);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(900);
    expect(Math.min(...gaps)).toBeLessThan(752);
    expect(Math.max(...gaps)).toBeGreaterThan(898);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    expect(Math.abs(mean - 825)).toBeLessThan(5);
  });

  it('5880-6.8.7-jitter-mult1 + with multiplier 1 a packet is never later than 90 % of the interval', () => {
    const bench = new SessionBench({ multiplier: 1 });
    bench.run(seconds(1_000));
    expect(Math.max(...bench.gaps)).toBeLessThanOrEqual(900);
  });

  it('5880-6.8.7-jitter-mult1 - nor earlier than 75 %', () => {
    const bench = new SessionBench({ multiplier: 1 });
    bench.run(seconds(1_000));
    expect(Math.min(...bench.gaps)).toBeGreaterThanOrEqual(750);
  });

  it('5880-6.8.7-minrx0 + a peer that wants no periodic packets gets none', () => {
    const bench = new SessionBench().up({ requiredMinRx: zero });
    expect(bench.runHearing(seconds(1), milliseconds(10), { ...up, requiredMinRx: zero })).toEqual([]);
  });

  it('5880-6.8.7-minrx0 - but its Polls are answered', () => {
    const bench = new SessionBench().up({ requiredMinRx: zero });
    expect(bench.hear({ ...up, requiredMinRx: zero, poll: true })).toMatchObject([{ final: true }]);
  });

  it('5880-6.8.6-demand + a peer in demand mode gets no periodic packets, and answers to its Polls', () => {
    const bench = new SessionBench().up({ demand: true });
    expect(bench.runHearing(seconds(1), milliseconds(10), { ...up, demand: true })).toEqual([]);
    expect(bench.hear({ ...up, demand: true, poll: true })).toMatchObject([{ final: true }]);
  });

  it('5880-6.8.6-demand - not before both are Up, and not after it left that mode', () => {
    const bench = new SessionBench();
    bench.hear({ demand: true });
    expect(bench.runHearing(seconds(3), milliseconds(10), { demand: true }).length).toBeGreaterThan(1);
    bench.up({ demand: true });
    bench.hear(up);
    expect(bench.runHearing(seconds(1), milliseconds(10), up).length).toBeGreaterThan(50);
  });

  it('5880-6.8.3-honor + a peer that wants packets faster gets the next within its new interval', () => {
    const slow = { ...up, requiredMinRx: seconds(1), desiredMinTx: seconds(1) };
    const bench = new SessionBench().up(slow);
    bench.run(milliseconds(500));
    bench.hear({ ...slow, requiredMinRx: milliseconds(50) });
    expect(bench.run(milliseconds(50)).length).toBeGreaterThan(0);
  });

  it('a packet that another interval makes overdue is due now, not in the past', () => {
    const slow = { ...up, requiredMinRx: seconds(1), desiredMinTx: seconds(1) };
    const bench = new SessionBench().up(slow);
    bench.run(milliseconds(500));
    bench.hear({ ...slow, requiredMinRx: milliseconds(50) });
    expect(bench.session.nextDeadline()).toBe(bench.now);
  });

  it('5880-6.8.3-honor - one that wants them slower is not sent an early one', () => {
    const bench = new SessionBench().up();
    bench.run(milliseconds(5));
    bench.hear({ ...up, requiredMinRx: seconds(1) });
    expect(bench.runHearing(milliseconds(700), milliseconds(20), { ...up, requiredMinRx: seconds(1) })).toEqual([]);
  });

  it('5880-6.8.3-immediate + a peer that will send slower is given the time with that packet', () => {
    const bench = new SessionBench().up();
    bench.hear({ ...up, desiredMinTx: seconds(1) });
    expect(bench.session.detectionTime).toBe(seconds(5));
  });

  it('5880-6.8.3-immediate - so that it is not taken for dead', () => {
    const bench = new SessionBench().up();
    bench.hear({ ...up, desiredMinTx: seconds(1) });
    bench.run(seconds(4));
    expect(bench.state).toBe('Up');
  });
});

describe('RFC 5880: Poll Sequences', () => {
  it('5880-6.8.3-poll + reaching Up means another rate: a Poll', () => {
    const bench = new SessionBench();
    bench.hear();
    expect(bench.hear({ state: 'Init' })).toMatchObject([{ state: 'Up', poll: true, desiredMinTx: milliseconds(10) }]);
  });

  it('5880-6.8.3-poll - the same rate is no reason for one', () => {
    const bench = new SessionBench({ minTx: seconds(1) });
    bench.hear();
    expect(bench.hear({ state: 'Init' })).toMatchObject([{ state: 'Up', poll: false }]);
  });

  it('5880-6.5-poll-rides + P is set on the periodic packets', () => {
    const bench = new SessionBench();
    bench.hear();
    bench.hear({ state: 'Init' });
    const sent = bench.runHearing(milliseconds(200), milliseconds(10), up);
    expect(sent.length).toBeGreaterThan(15);
    expect(sent.every(({ poll }) => poll)).toBe(true);
  });

  it('5880-6.5-poll-rides - of which there are no more for it', () => {
    const bench = new SessionBench();
    bench.hear();
    bench.hear({ state: 'Init' });
    bench.sent.length = 0;
    bench.runHearing(seconds(1), milliseconds(10), up);
    expect(Math.min(...bench.gaps)).toBeGreaterThanOrEqual(7.5);
  });

  it('5880-6.5-poll-end + F ends it', () => {
    const bench = new SessionBench().up();
    expect(bench.run(milliseconds(20)).every(({ poll }) => !poll)).toBe(true);
  });

  it('5880-6.5-poll-end - a stray F ends nothing, and without one it goes on', () => {
    const bench = new SessionBench();
    bench.hear({ final: true });
    bench.hear({ state: 'Init' });
    expect(bench.runHearing(seconds(1), milliseconds(10), up).at(-1)?.poll).toBe(true);
  });

  it('5880-6.8.7-final + P is answered by F at once, in any state', () => {
    const bench = new SessionBench();
    expect(bench.hear({ poll: true })).toMatchObject([{ state: 'Init', final: true, poll: false }]);
    expect(bench.hear({ poll: true })).toMatchObject([{ state: 'Init', final: true }]);
    expect(bench.hear({ poll: true, state: 'Up' })).toMatchObject([{ state: 'Up', final: true }]);
    expect(bench.hear({ poll: true, state: 'Down' })).toMatchObject([{ state: 'Down', final: true }]);
  });

  it('5880-6.8.7-final - and F is never said unasked, nor does it put a periodic packet off', () => {
    const bench = new SessionBench().up();
    expect(bench.runHearing(seconds(1), milliseconds(10), up).every(({ final }) => !final)).toBe(true);
    const due = bench.session.nextDeadline();
    bench.hear({ ...up, poll: true });
    expect(bench.session.nextDeadline()).toBe(due);
  });

  it('5880-6.5-poll-final + an answer to a Poll during a Poll has F alone', () => {
    const bench = new SessionBench();
    bench.hear();
    bench.hear({ state: 'Init' });
    expect(bench.hear({ ...up, poll: true })).toMatchObject([{ poll: false, final: true }]);
    expect(bench.runHearing(milliseconds(20), milliseconds(10), up).at(-1)?.poll).toBe(true);
  });

  it('5880-6.5-poll-final - no packet ever has both', () => {
    const bench = new SessionBench();
    bench.hear({ poll: true });
    bench.runHearing(seconds(2), milliseconds(10), { ...up, poll: true });
    expect(bench.sent.some(({ packet: { poll, final } }) => poll && final)).toBe(false);
  });

  it('5880-6.8.3-tx-increase + slower sending begins when the peer has confirmed it', () => {
    const bench = new SessionBench({ minTx: milliseconds(50) }).up();
    bench.session.reconfigure(instance({ minTx: milliseconds(500) }));
    bench.runHearing(milliseconds(100), milliseconds(10), up);
    expect(bench.last).toMatchObject({ poll: true, desiredMinTx: milliseconds(500) });
    bench.hear({ ...up, final: true });
    expect(bench.runHearing(milliseconds(300), milliseconds(10), up)).toEqual([]);
  });

  it('5880-6.8.3-tx-increase - and not before', () => {
    const bench = new SessionBench({ minTx: milliseconds(50) }).up();
    bench.session.reconfigure(instance({ minTx: milliseconds(500) }));
    expect(bench.runHearing(seconds(1), milliseconds(10), up).length).toBeGreaterThanOrEqual(20);
  });

  it('5880-6.8.3-rx-reduce + an earlier verdict waits for the end of the Poll', () => {
    const bench = new SessionBench({ minRx: milliseconds(500) }).up();
    bench.session.reconfigure(instance({ minRx: milliseconds(50) }));
    bench.run(milliseconds(10));
    expect(bench.session.detectionTime).toBe(milliseconds(2_500));
    bench.hear({ ...up, final: true });
    expect(bench.session.detectionTime).toBe(milliseconds(250));
  });

  it('5880-6.8.3-rx-reduce - so that a peer which does not know yet is not taken for dead', () => {
    const bench = new SessionBench({ minRx: milliseconds(500) }).up();
    bench.session.reconfigure(instance({ minRx: milliseconds(50) }));
    bench.run(seconds(2));
    expect(bench.state).toBe('Up');
  });

  it('5880-6.8.3-multi + two values that change together need one Poll', () => {
    const bench = new SessionBench().up();
    bench.session.reconfigure(instance({ minTx: milliseconds(20), minRx: milliseconds(20) }));
    bench.run(milliseconds(20));
    expect(bench.last).toMatchObject({ poll: true, desiredMinTx: milliseconds(20), requiredMinRx: milliseconds(20) });
    bench.hear({ ...up, final: true });
    expect(bench.run(milliseconds(30)).some(({ poll }) => poll)).toBe(false);
  });

  it('5880-6.8.3-multi - a change during a Poll does not take that one’s F for its own', () => {
    const bench = new SessionBench().up();
    bench.session.reconfigure(instance({ minTx: milliseconds(20) }));
    bench.run(milliseconds(20));
    bench.session.reconfigure(instance({ minTx: milliseconds(40) }));
    bench.hear({ ...up, final: true });
    expect(bench.run(milliseconds(20)).some(({ poll }) => poll)).toBe(false);
    bench.hear(up);
    bench.run(milliseconds(20));
    expect(bench.last).toMatchObject({ poll: true, desiredMinTx: milliseconds(40) });
    bench.hear({ ...up, final: true });
    bench.run(milliseconds(36));
    expect(bench.last.poll).toBe(false);
  });

  it('5880-6.8.12-mult-change + another multiplier goes out with the next packet', () => {
    const bench = new SessionBench({ multiplier: 3 }).up();
    bench.session.reconfigure(instance({ multiplier: 5 }));
    expect(bench.run(milliseconds(10))[0]).toMatchObject({ detectMultiplier: 5, poll: false });
  });

  it('5880-6.8.12-mult-change - and the session stays Up', () => {
    const bench = new SessionBench({ multiplier: 3 }).up();
    bench.session.reconfigure(instance({ multiplier: 5 }));
    bench.runHearing(seconds(1), milliseconds(10), up);
    expect(bench.entered).toEqual(['Init', 'Up']);
  });
});

describe('RFC 5880: what is said', () => {
  it('5880-6.8.7-change-now + what changed is said at once', () => {
    const bench = new SessionBench().up();
    expect(bench.hear({ state: 'Down' })).toMatchObject([{ state: 'Down', diagnostic: 3 }]);
  });

  it('5880-6.8.7-change-now - and once', () => {
    const bench = new SessionBench().up();
    bench.hear({ state: 'Down' });
    expect(bench.run(milliseconds(40))).toEqual([]);
  });

  it('5880-6.8.7-contents + fields come from the state of the session', () => {
    const bench = new SessionBench({ minRx: milliseconds(30), multiplier: 4 }).up();
    bench.run(milliseconds(10));
    expect(bench.last).toEqual({
      diagnostic: 0,
      state: 'Up',
      poll: false,
      final: false,
      controlPlaneIndependent: false,
      demand: false,
      detectMultiplier: 4,
      myDiscriminator: 1,
      yourDiscriminator: 77,
      desiredMinTx: milliseconds(10),
      requiredMinRx: milliseconds(30),
      requiredMinEchoRx: 0,
    });
  });

  it('5880-6.8.7-contents - demand mode is never asked for, and a reason is gone once it is over', () => {
    const bench = new SessionBench().up();
    bench.run(seconds(1));
    bench.up();
    expect(bench.sent.some(({ packet }) => packet.demand)).toBe(false);
    expect(bench.last.diagnostic).toBe(0);
  });
});

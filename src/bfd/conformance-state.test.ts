import { describe, expect, it } from 'vitest';
import { microseconds, milliseconds, seconds } from '../base/duration.ts';
import { SessionBench } from './session.testkit.ts';

describe('RFC 5880: roles', () => {
  it('5880-6.1-active + an active session speaks first', () => {
    const bench = new SessionBench();
    const sent = bench.run(seconds(10));
    expect(sent.length).toBeGreaterThanOrEqual(10);
    expect(sent.every(packet => packet.yourDiscriminator === 0)).toBe(true);
  });

  it('5880-6.1-active - and does not wait for the peer with its first packet', () => {
    expect(new SessionBench().sent).toHaveLength(1);
  });

  it('5880-6.1-passive + a passive one is silent until it is spoken to', () => {
    const bench = new SessionBench({ passive: true });
    expect(bench.run(seconds(60))).toEqual([]);
    expect(bench.hear()).toMatchObject([{ state: 'Init', yourDiscriminator: 77 }]);
  });

  it('5880-6.1-passive - and silent again once the peer has been quiet for a detection time', () => {
    const bench = new SessionBench({ passive: true });
    bench.hear();
    bench.run(seconds(1));
    expect(bench.run(seconds(60))).toEqual([]);
  });
});

describe('RFC 5880: the state machine', () => {
  it('5880-6.8.1-init-state + starts Down and knows nothing of the peer', () => {
    const { session } = new SessionBench();
    expect(session.state).toBe('Down');
    expect(session.localDiagnostic).toBe(0);
    expect(session.remote).toMatchObject({ state: 'Down', discriminator: 0, demand: false, minRx: 1 });
  });

  it('5880-6.8.1-init-state - never begins with Init or Up', () => {
    expect(new SessionBench().last).toMatchObject({ state: 'Down', poll: false, diagnostic: 0 });
  });

  it('5880-6.8.6-down-down + Down hears Down: Init', () => {
    const bench = new SessionBench();
    bench.hear();
    expect(bench.entered).toEqual(['Init']);
  });

  it.each(['Up', 'AdminDown'] as const)('5880-6.8.6-down-down - Down hears %s: Down', state => {
    const bench = new SessionBench();
    bench.hear({ state });
    expect(bench.entered).toEqual([]);
  });

  it('5880-6.8.6-down-init + Down hears Init: Up', () => {
    const bench = new SessionBench();
    bench.hear({ state: 'Init' });
    expect(bench.state).toBe('Up');
  });

  it('5880-6.8.6-down-init - at once and once', () => {
    const bench = new SessionBench();
    bench.hear({ state: 'Init' });
    bench.hear({ state: 'Init' });
    expect(bench.entered).toEqual(['Up']);
  });

  it.each(['Init', 'Up'] as const)('5880-6.8.6-init-up + Init hears %s: Up', state => {
    const bench = new SessionBench();
    bench.hear();
    bench.hear({ state });
    expect(bench.entered).toEqual(['Init', 'Up']);
  });

  it('5880-6.8.6-init-up - Init hears Down: Init', () => {
    const bench = new SessionBench();
    bench.hear();
    bench.hear();
    expect(bench.entered).toEqual(['Init']);
  });

  it('5880-6.8.6-up-down + Up hears Down: Down, because the neighbor says so', () => {
    const bench = new SessionBench().up();
    bench.hear({ state: 'Down' });
    expect(bench.entered).toEqual(['Init', 'Up', 'Down']);
    expect(bench.session.localDiagnostic).toBe(3);
  });

  it.each(['Init', 'Up'] as const)('5880-6.8.6-up-down - Up hears %s: Up', state => {
    const bench = new SessionBench().up();
    bench.hear({ state });
    expect(bench.entered).toEqual(['Init', 'Up']);
  });

  it('5880-6.8.6-admindown-remote + the peer was switched off: Down', () => {
    const bench = new SessionBench().up();
    bench.hear({ state: 'AdminDown' });
    expect(bench.state).toBe('Down');
    expect(bench.session.localDiagnostic).toBe(3);
  });

  it('5880-6.8.6-admindown-remote - which changes nothing of a session that is Down', () => {
    const bench = new SessionBench().up();
    bench.run(seconds(1));
    expect(bench.session.localDiagnostic).toBe(1);
    bench.hear({ state: 'AdminDown' });
    expect(bench.session.localDiagnostic).toBe(1);
  });

  it('5880-6.8.16-admin + switched off it says so and why; switched on it shakes hands anew', () => {
    const bench = new SessionBench().up();
    bench.take(bench.session.disable(bench.now));
    expect(bench.last).toMatchObject({ state: 'AdminDown', diagnostic: 7 });
    bench.take(bench.session.enable());
    bench.hear();
    bench.hear({ state: 'Init' });
    expect(bench.entered).toEqual(['Init', 'Up', 'AdminDown', 'Down', 'Init', 'Up']);
  });

  it('5880-6.8.16-admin - which does not look like a time-out, nor is it Up at once afterwards', () => {
    const bench = new SessionBench().up();
    bench.take(bench.session.disable(bench.now));
    bench.run(seconds(5));
    expect(bench.session.localDiagnostic).toBe(7);
    bench.take(bench.session.enable());
    expect(bench.state).toBe('Down');
  });

  it('5880-6.8.6-admindown-local + switched off, it takes no notice of what state the peer is in', () => {
    const bench = new SessionBench();
    bench.take(bench.session.disable(bench.now));
    bench.hear();
    expect(bench.state).toBe('AdminDown');
  });

  it.each(['Down', 'Init', 'Up', 'AdminDown'] as const)(
    '5880-6.8.6-admindown-local - not even of %s, and answers no Poll',
    state => {
      const bench = new SessionBench();
      bench.take(bench.session.disable(bench.now));
      expect(bench.hear({ state, poll: true })).toEqual([]);
      expect(bench.state).toBe('AdminDown');
    },
  );
});

describe('RFC 5880: the detection time', () => {
  const mixed = { detectMultiplier: 3, desiredMinTx: milliseconds(100) };

  it('5880-6.8.4-detect + is the peer’s multiplier times the slower of its sending and our receiving', () => {
    const bench = new SessionBench({ minRx: milliseconds(50) }).up(mixed);
    expect(bench.session.detectionTime).toBe(milliseconds(300));
  });

  it('5880-6.8.4-detect - and takes neither our multiplier nor our sending for it', () => {
    const bench = new SessionBench({ multiplier: 9, minTx: seconds(2), minRx: milliseconds(200) }).up(mixed);
    expect(bench.session.detectionTime).toBe(milliseconds(600));
  });

  it('5880-6.8.4-expire + nothing for that long: Down, control detection time expired', () => {
    const bench = new SessionBench().up(mixed);
    bench.run(milliseconds(300));
    expect(bench.entered).toEqual(['Init', 'Up', 'Down']);
    expect(bench.events).toContainEqual({ type: 'expired', detectionTime: milliseconds(300), overdue: 0 });
    expect(bench.last).toMatchObject({ state: 'Down', diagnostic: 1 });
  });

  it('5880-6.8.4-expire - a microsecond earlier it is Up; a session that is Down keeps its reason', () => {
    const bench = new SessionBench().up(mixed);
    bench.run(microseconds(299_999));
    expect(bench.state).toBe('Up');
    bench.hear({ ...mixed, state: 'Down' });
    bench.run(seconds(5));
    expect(bench.session.localDiagnostic).toBe(3);
  });

  it('5880-6.8.4-expire + also from Init, where each packet counts', () => {
    const bench = new SessionBench();
    bench.hear(mixed);
    bench.run(milliseconds(200));
    bench.hear(mixed);
    bench.run(milliseconds(299));
    expect(bench.state).toBe('Init');
    bench.run(milliseconds(1));
    expect(bench.state).toBe('Down');
  });

  it('5880-6.8.1-remotediscr-clear + then the peer’s discriminator is forgotten', () => {
    const bench = new SessionBench().up(mixed);
    bench.run(milliseconds(300));
    expect(bench.last.yourDiscriminator).toBe(0);
  });

  it('5880-6.8.1-remotediscr-clear - and not before', () => {
    const bench = new SessionBench().up(mixed);
    bench.run(milliseconds(299));
    expect(bench.last.yourDiscriminator).toBe(77);
  });

  it('5880-6.8.1-state-keep + what was agreed on outlives the session’s being Up', () => {
    const bench = new SessionBench().up(mixed);
    bench.hear({ ...mixed, state: 'Down' });
    expect(bench.session.detectionTime).toBe(milliseconds(300));
    expect(bench.last.yourDiscriminator).toBe(77);
  });

  it('5880-6.8.1-state-keep - but not the detection time after the last packet', () => {
    const bench = new SessionBench().up(mixed);
    bench.hear({ ...mixed, state: 'Down' });
    bench.run(seconds(2));
    expect(bench.session.detectionTime).toBeUndefined();
    expect(bench.last.yourDiscriminator).toBe(0);
  });

  it('5880-6.8.18-minrx-reset + a peer that asked for silence and died is spoken to again', () => {
    const bench = new SessionBench().up({ requiredMinRx: milliseconds(0) });
    bench.run(milliseconds(50));
    expect(bench.run(seconds(10)).length).toBeGreaterThanOrEqual(10);
  });

  it('5880-6.8.18-minrx-reset - which lasts no longer than the detection time', () => {
    const bench = new SessionBench().up({ requiredMinRx: milliseconds(0) });
    expect(bench.run(milliseconds(49))).toEqual([]);
    expect(bench.session.remote.minRx).toBe(0);
    bench.run(milliseconds(1));
    expect(bench.session.remote.minRx).toBe(1);
  });

  it('5880-6.8.6-update + a peer that restarts under another discriminator is addressed by that', () => {
    const bench = new SessionBench().up();
    bench.hear({ state: 'Down', myDiscriminator: 78, yourDiscriminator: 0, requiredMinRx: seconds(2) });
    expect(bench.last.yourDiscriminator).toBe(78);
    expect(bench.session.remote).toMatchObject({ minRx: seconds(2), state: 'Down' });
  });
});

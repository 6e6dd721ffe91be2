import { describe, expect, it } from 'vitest';
import { milliseconds, seconds } from '../base/duration.ts';
import { after, type Instant, instantFromMicroseconds } from '../base/instant.ts';
import { ip } from '../base/ip-address.testkit.ts';
import { type Prng, seededPrng } from '../base/prng.ts';
import type { BfdInstanceConfiguration } from '../bfd/configuration.ts';
import { control, instance } from '../bfd/session.testkit.ts';
import { encodeControl, type ReceivedControl, readControl } from '../packet/bfd-control.ts';
import type { BfdEffect, BfdInput } from '../ports/bfd-world.ts';
import { BfdProcess } from './bfd-process.ts';

const peer = ip('192.0.2.2');
const own = ip('192.0.2.1');

class Bench {
  now: Instant = instantFromMicroseconds(1_000_000);
  readonly process: BfdProcess;
  readonly effects: BfdEffect[] = [];

  constructor(instances: readonly BfdInstanceConfiguration[], prng: Prng = seededPrng(1)) {
    this.process = new BfdProcess({ instances }, prng);
    this.effects.push(...this.process.start(this.now));
  }

  of<Type extends BfdEffect['type']>(type: Type): (BfdEffect & { readonly type: Type })[] {
    return this.effects.filter((effect): effect is BfdEffect & { readonly type: Type } => effect.type === type);
  }

  get discriminators(): number[] {
    return [...this.process.sessions].map(({ session }) => session.discriminator);
  }

  get state(): string {
    return [...this.process.sessions][0]!.session.state;
  }

  get strays(): object {
    return Object.fromEntries(this.process.strays);
  }

  get lines(): string[] {
    return this.of('log').map(({ text }) => text);
  }

  get told(): (readonly [string, boolean])[] {
    return this.of('session-state').map(({ session, up }) => [session, up]);
  }

  hear(changes: Partial<ReceivedControl>, around: Partial<BfdInput & { type: 'packet-received' }> = {}): void {
    const payload = encodeControl(control({ yourDiscriminator: this.discriminators[0]!, ...changes }));
    const packet = { source: peer, destination: own, port: 3784, ttl: 255, payload, ...around };
    this.effects.push(...this.process.handle(this.now, { type: 'packet-received', ...packet }));
  }

  run(span: number): void {
    const end = after(this.now, milliseconds(span));
    for (let at = this.process.nextDeadline(); at !== undefined && at <= end; at = this.process.nextDeadline()) {
      if (at > this.now) this.now = at;
      this.effects.push(...this.process.advance(this.now));
    }
    this.now = end;
  }

  up(): this {
    this.hear({ state: 'Down', yourDiscriminator: 0 });
    this.hear({ state: 'Init' });
    return this;
  }
}

describe('discriminators', () => {
  it('5880-6.8.1-discr + are all different and never 0', () => {
    const many = Array.from({ length: 1_000 }, (_, place) => instance({ name: `${place}` }));
    const numbers = new Bench(many).discriminators;
    expect(new Set(numbers).size).toBe(1_000);
    expect(numbers).not.toContain(0);
    expect(new Bench([instance()], seededPrng(2)).discriminators).not.toEqual(new Bench([instance()]).discriminators);
  });

  it('5880-6.8.1-discr - a number that is 0 or taken is drawn again', () => {
    const numbers = [0, 5, 0, 5, 6];
    const prng = { below: () => numbers.shift() ?? 0 };
    expect(new Bench([instance({ name: 'a' }), instance({ name: 'b' })], prng).discriminators).toEqual([5, 6]);
  });
});

describe('which session a packet belongs to', () => {
  it('5880-6.8.6-yourdisc + ours finds it, wherever the packet comes from', () => {
    const bench = new Bench([instance()]);
    bench.hear({ state: 'Init' }, { source: ip('198.51.100.9') });
    expect(bench.state).toBe('Up');
  });

  it('5880-6.8.6-yourdisc - one that is nobody’s is not made up for by the address', () => {
    const bench = new Bench([instance()]);
    bench.hear({ state: 'Init', yourDiscriminator: 12_345 });
    expect(bench.state).toBe('Down');
    expect(bench.strays).toEqual({ 'unknown-session': 1 });
  });

  it('5880-6.8.6-select + without one it is the address', () => {
    const bench = new Bench([instance()]).up();
    bench.hear({ state: 'Down', yourDiscriminator: 0 });
    expect(bench.state).toBe('Down');
  });

  it('5880-6.8.6-select - and an address that nobody configured makes no session', () => {
    const bench = new Bench([instance()]);
    bench.hear({ yourDiscriminator: 0 }, { source: ip('192.0.2.3') });
    expect(bench.state).toBe('Down');
    expect(bench.discriminators).toHaveLength(1);
    expect(bench.strays).toEqual({ 'unknown-session': 1 });
  });

  it('5881-3-demux + sessions to one peer are told apart by our address', () => {
    const other = ip('192.0.2.9');
    const bench = new Bench([instance({ name: 'a', source: own }), instance({ name: 'b', source: other })]);
    bench.hear({ yourDiscriminator: 0 }, { destination: other });
    expect([...bench.process.sessions].map(({ session }) => session.state)).toEqual(['Down', 'Init']);
  });

  it('5881-4-dport + a single hop listens and sends to port 3784', () => {
    const bench = new Bench([instance()]);
    expect(bench.of('listen')).toEqual([{ type: 'listen', listeners: [{ family: 4, port: 3784 }] }]);
    expect(bench.of('open-socket')).toMatchObject([{ port: 3784 }]);
  });

  it('5881-4-dport - and packets to the multihop port never reach it', () => {
    const bench = new Bench([instance()]);
    bench.hear({ state: 'Init' }, { port: 4784 });
    bench.hear({ yourDiscriminator: 0 }, { port: 4784 });
    expect(bench.state).toBe('Down');
    expect(bench.strays).toEqual({ 'unknown-session': 2 });
  });

  it('5881-6-dst-fixed + a peer whose source address changed stays Up', () => {
    const bench = new Bench([instance()]).up();
    bench.hear({ state: 'Up' }, { source: ip('192.0.2.77') });
    expect(bench.state).toBe('Up');
  });

  it('5881-6-dst-fixed - and is answered where it was configured', () => {
    const bench = new Bench([instance()]).up();
    bench.hear({ state: 'Up', poll: true }, { source: ip('192.0.2.77') });
    expect(bench.of('open-socket')).toMatchObject([{ destination: peer }]);
  });
});

describe('packets that do not count', () => {
  it('5881-5-ttl-rx + TTL 255 is taken', () => {
    expect(new Bench([instance()]).up().state).toBe('Up');
  });

  it.each([254, undefined])('5881-5-ttl-rx - TTL %s is not', ttl => {
    const bench = new Bench([instance()]);
    bench.hear({ state: 'Init' }, { ttl });
    bench.hear({ state: 'Init' }, { ttl });
    expect(bench.state).toBe('Down');
    expect([...bench.process.sessions][0]!.rejected.get('ttl')).toBe(2);
    expect(bench.lines.filter(line => line.includes('TTL'))).toHaveLength(1);
  });

  it('5880-6.8.4-discarded + good packets keep a session Up', () => {
    const bench = new Bench([instance()]).up();
    for (let count = 0; count < 20; count++) {
      bench.run(10);
      bench.hear({ state: 'Up' });
    }
    expect(bench.state).toBe('Up');
  });

  it('5880-6.8.4-discarded - bad ones let it expire on time', () => {
    const bench = new Bench([instance()]).up();
    for (let count = 0; count < 5; count++) {
      bench.run(10);
      bench.hear({ state: 'Up' }, { ttl: 1 });
      bench.hear({ state: 'Up', yourDiscriminator: 1 });
      bench.hear({ state: 'Up' }, { payload: new Uint8Array(24) });
    }
    expect(bench.state).toBe('Down');
  });

  it('5880-6.8.6-update - and change nothing that is known of the peer', () => {
    const bench = new Bench([instance()]).up();
    bench.hear({ state: 'Down', myDiscriminator: 99, requiredMinRx: seconds(9), demand: true }, { ttl: 1 });
    expect([...bench.process.sessions][0]!.session.remote).toMatchObject({
      discriminator: 77,
      state: 'Init',
      minRx: milliseconds(10),
      demand: false,
    });
  });
});

describe('who is told', () => {
  it('a new session is down; Up and Down are told once', () => {
    const bench = new Bench([instance()]).up();
    bench.hear({ state: 'Down' });
    expect(bench.told).toEqual([
      ['peer', false],
      ['peer', true],
      ['peer', false],
    ]);
  });

  it('nobody is told of a peer that was switched off on purpose', () => {
    const bench = new Bench([instance()]).up();
    bench.hear({ state: 'AdminDown' });
    bench.run(10_000);
    expect(bench.told.at(-1)).toEqual(['peer', true]);
  });

  it('says what keepalived says', () => {
    const bench = new Bench([instance()]).up();
    bench.run(1_000);
    expect(bench.lines.filter(line => /Up|Down|Expired/.test(line))).toEqual([
      '(peer) Entering Up state',
      '(peer) Expired after 50 ms (0 usec overdue)',
      '(peer) Entering Down state (Local diagnostic - Control Detection Time Expired, Remote diagnostic - No Diagnostic)',
    ]);
  });
});

describe('a stop', () => {
  it('5880-6.8.16-linger + peers hear of it', () => {
    const bench = new Bench([instance()]).up();
    bench.effects.push(...bench.process.stop(bench.now));
    const last = readControl(bench.of('send').at(-1)!.payload);
    expect(last).toMatchObject({ ok: true, value: { state: 'AdminDown', diagnostic: 7 } });
    expect(bench.effects.slice(-3).map(({ type }) => type)).toEqual(['close-socket', 'listen', 'stopped']);
    expect(bench.process.nextDeadline()).toBeUndefined();
  });
});

describe('a reload', () => {
  it('keeps a session whose peer stays, and ends one whose peer goes', () => {
    const bench = new Bench([instance()]).up();
    const before = bench.discriminators;
    bench.effects.push(...bench.process.reload(bench.now, { instances: [instance({ multiplier: 7 })] }));
    expect(bench.state).toBe('Up');
    expect(bench.discriminators).toEqual(before);
    bench.effects.push(...bench.process.reload(bench.now, { instances: [instance({ neighbor: own })] }));
    expect(bench.state).toBe('Down');
    expect(bench.of('close-socket')).toHaveLength(1);
    expect(bench.of('open-socket')).toHaveLength(2);
  });
});

describe('sockets that cannot be opened', () => {
  it('are tried again every second, and said once', () => {
    const bench = new Bench([instance()]);
    for (let count = 0; count < 3; count++) {
      const error = 'EADDRNOTAVAIL';
      bench.effects.push(...bench.process.handle(bench.now, { type: 'socket-failed', session: 'peer', error }));
      bench.run(1_000);
    }
    expect(bench.of('open-socket')).toHaveLength(4);
    expect(bench.lines.filter(line => line.includes('EADDRNOTAVAIL'))).toHaveLength(1);
  });

  it('nor do listeners stay closed', () => {
    const bench = new Bench([instance()]);
    const listener = { family: 4, port: 3784 } as const;
    bench.effects.push(...bench.process.handle(bench.now, { type: 'listen-failed', listener, error: 'EADDRINUSE' }));
    bench.run(1_000);
    expect(bench.of('listen')).toHaveLength(2);
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { microseconds, milliseconds } from '../base/duration.ts';
import { after, type Instant, instantFromMicroseconds } from '../base/instant.ts';
import type { Engine } from '../ports/vrrp-world.ts';
import { now } from './clock.ts';
import { Driver } from './driver.ts';
import { Poller } from './poller.ts';

const fromNow = (count: number): Instant => after(now(), milliseconds(count));
const plusMicroseconds = (instant: Instant, count: number): Instant => after(instant, microseconds(count));

/** Writes down what it is asked and answers as the test wishes. */
class ScriptedEngine implements Engine<string, string> {
  readonly calls: string[] = [];
  deadline: Instant | undefined;
  answers: Record<string, readonly string[]> = {};
  advanced: (instant: Instant) => void = () => {
    this.deadline = undefined;
  };

  handle(_now: Instant, input: string): readonly string[] {
    this.calls.push(input);
    return this.answers[input] ?? [];
  }

  advance(instant: Instant): readonly string[] {
    this.calls.push('advance');
    this.advanced(instant);
    return this.answers['advance'] ?? [];
  }

  nextDeadline(): Instant | undefined {
    return this.deadline;
  }
}

describe('Driver', () => {
  const poller = new Poller();
  const engine = new ScriptedEngine();
  let driver: Driver<string, string>;
  const open = (execute: (effect: string) => void = effect => void engine.calls.push(`execute ${effect}`)): void => {
    engine.calls.length = 0;
    engine.deadline = undefined;
    engine.answers = {};
    engine.advanced = () => {
      engine.deadline = undefined;
    };
    driver = new Driver(poller, { engine, execute, now });
  };
  const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
  const until = async (check: () => boolean): Promise<void> => {
    for (let count = 0; count < 100_000 && !check(); count++) await turn();
    expect(check()).toBe(true);
  };
  afterEach(() => driver.close());

  it('executes the effects of an input in order before the next input', () => {
    open();
    engine.answers = { one: ['a', 'b'], two: ['c'] };
    driver.deliver('one');
    driver.deliver('two');
    expect(engine.calls).toEqual(['one', 'execute a', 'execute b', 'two', 'execute c']);
  });

  describe('with effects that can wait', () => {
    const openWithPrecedence = (): void => {
      open();
      driver.close();
      driver = new Driver(poller, {
        engine,
        execute: effect => {
          engine.calls.push(effect);
          // As the kernel's answers come: on the next turn of the loop.
          if (effect === 'ask') setImmediate(() => driver.deliver('answer'));
        },
        now,
        precedence: effect => (effect.startsWith('log') ? 'later' : effect === 'end' ? 'last' : 'first'),
      });
    };

    it('executes them on the next turn, behind the answers to the others', async () => {
      openWithPrecedence();
      engine.answers = { one: ['log 1', 'ask', 'log 2', 'a'], two: ['log 3', 'b'], answer: ['c'] };
      driver.deliver('one');
      driver.deliver('two');
      expect(engine.calls).toEqual(['one', 'ask', 'a', 'two', 'b']);
      await until(() => engine.calls.includes('log 3'));
      expect(engine.calls.slice(5)).toEqual(['answer', 'c', 'log 1', 'log 2', 'log 3']);
    });

    it('executes them before the last effect, before an exception and when it is closed', () => {
      openWithPrecedence();
      engine.answers = { one: ['log 1', 'end'], two: ['log 2'] };
      driver.deliver('one');
      expect(engine.calls).toEqual(['one', 'log 1', 'end']);
      driver.deliver('two');
      engine.handle = () => {
        throw new Error('broken');
      };
      expect(() => driver.deliver('three')).toThrow('broken');
      engine.handle = ScriptedEngine.prototype.handle;
      expect(engine.calls.slice(3)).toEqual(['two', 'log 2']);
      driver.deliver('two');
      driver.close();
      expect(engine.calls.slice(5)).toEqual(['two', 'log 2']);
    });
  });

  it('keeps inputs that arise while effects are executed for later', () => {
    open(effect => {
      engine.calls.push(`execute ${effect}`);
      if (effect === 'a') driver.deliver('answer to a');
    });
    engine.answers = { one: ['a', 'b'] };
    driver.deliver('one');
    expect(engine.calls).toEqual(['one', 'execute a', 'execute b', 'answer to a']);
  });

  it('advances the engine at its deadline, not before, and says how late it was', async () => {
    open();
    const deadline = fromNow(5);
    engine.deadline = deadline;
    let reached = instantFromMicroseconds(0);
    engine.advanced = instant => {
      reached = instant;
      engine.deadline = undefined;
    };
    engine.answers = { advance: ['a'] };
    driver.deliver('start');
    expect(engine.calls).toEqual(['start']);
    await until(() => engine.calls.includes('execute a'));
    expect(reached).toBeGreaterThanOrEqual(deadline);
    expect(driver.lateness.last).toBe(reached - deadline);
    expect(driver.lateness.worst).toBe(driver.lateness.last);
  });

  it('serves a deadline that has passed already, on the next turn of the loop', async () => {
    open();
    engine.deadline = instantFromMicroseconds(1);
    driver.deliver('start');
    expect(engine.calls).toEqual(['start']);
    await until(() => engine.calls.includes('advance'));
    expect(driver.lateness.last).toBeGreaterThan(0);
  });

  it('goes on with the loop while an engine is always overdue', async () => {
    open();
    engine.deadline = instantFromMicroseconds(1);
    engine.advanced = () => {};
    driver.deliver('start');
    for (let count = 0; count < 50; count++) await turn();
    expect(engine.calls.filter(call => call === 'advance').length).toBeGreaterThan(1);
  });

  it('follows a deadline that an input moves', async () => {
    open();
    engine.deadline = fromNow(60_000);
    driver.deliver('far');
    engine.deadline = fromNow(1);
    driver.deliver('near');
    await until(() => engine.calls.includes('advance'));
  });

  describe('that warms up', () => {
    let warmUps = 0;
    let askedForTime = 0;
    let askedBeforeTheLoopWentOn = 0;
    /** The driver believes at first that it has so many milliseconds, and that each look at the clock takes one microsecond later. */
    const openWith = (rest: number): Instant => {
      open();
      driver.close();
      const deadline = fromNow(5);
      warmUps = 0;
      askedForTime = 0;
      const begin = plusMicroseconds(deadline, -1_000 * rest);
      driver = new Driver(poller, {
        engine,
        execute: () => {},
        now: () => (warmUps === 0 ? begin : plusMicroseconds(deadline, askedForTime++ - 10)),
        warmUp: () => {
          warmUps++;
          queueMicrotask(() => {
            askedBeforeTheLoopWentOn = askedForTime;
          });
        },
      });
      engine.deadline = deadline;
      driver.deliver('start');
      return deadline;
    };

    it('does so once before a deadline that is far away, keeps the processor, and serves it no sooner for that', async () => {
      const deadline = openWith(201);
      let reached = instantFromMicroseconds(0);
      engine.advanced = instant => {
        reached = instant;
        engine.deadline = undefined;
      };
      await until(() => engine.calls.includes('advance'));
      expect(warmUps).toBe(1);
      expect(askedBeforeTheLoopWentOn).toBe(11);
      expect(reached).toBeGreaterThanOrEqual(deadline);
    });

    it('takes no time for it when the deadline is near', async () => {
      openWith(199);
      engine.advanced = () => {};
      let expired = false;
      for (let count = 0; count < 100_000 && !expired; count++) {
        await turn();
        expired = now() > plusMicroseconds(engine.deadline!, 1_000);
      }
      expect(warmUps).toBe(0);
    });
  });

  it('does nothing more once it is closed, not even the rest of the effects', () => {
    open(effect => {
      engine.calls.push(`execute ${effect}`);
      if (effect === 'a') driver.close();
    });
    engine.answers = { one: ['a', 'b'] };
    driver.deliver('one');
    driver.deliver('two');
    expect(engine.calls).toEqual(['one', 'execute a']);
  });

  it('lets an exception of the engine out and is not stuck by it', () => {
    open();
    engine.handle = () => {
      throw new Error('broken');
    };
    expect(() => driver.deliver('one')).toThrow('broken');
    engine.handle = ScriptedEngine.prototype.handle;
    driver.deliver('two');
    expect(engine.calls.at(-1)).toBe('two');
  });

  it('tells the engine when something happened, but never goes back in time', () => {
    const told: Instant[] = [];
    driver = new Driver(poller, {
      engine,
      execute: () => {},
      now: () => instantFromMicroseconds(100),
      observe: instant => void told.push(instant),
    });
    engine.deadline = undefined;
    for (const at of [90, 80, 95, undefined, 99]) driver.deliver('one', at as Instant | undefined);
    expect(told).toEqual([90, 90, 95, 100, 100]);
  });

  it('shows inputs with the instant at which they are handled', () => {
    const seen: [Instant, string][] = [];
    const clock = { time: 7 };
    driver = new Driver(poller, {
      engine,
      execute: () => {},
      now: () => instantFromMicroseconds(clock.time++),
      observe: (instant, input) => void seen.push([instant, input]),
    });
    engine.deadline = undefined;
    driver.deliver('one');
    driver.deliver('two');
    expect(seen).toEqual([
      [7, 'one'],
      [8, 'two'],
    ]);
  });
});

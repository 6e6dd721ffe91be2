import { describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import { after, type Instant, instantFromMicroseconds } from '../base/instant.ts';
import type { ChildEnd } from './restart-policy.ts';
import { SIGHUP, SIGINT, SIGJSON, SIGTERM, SIGUSR1, signalMeanings } from './signals.ts';
import { Supervisor, type SupervisorEffect, type SupervisorOptions } from './supervisor.ts';

const start = instantFromMicroseconds(0);
const killed: ChildEnd = { type: 'signalled', signal: 'SIGKILL' };

class Bench {
  readonly supervisor: Supervisor;
  now: Instant = start;

  constructor(options: Partial<SupervisorOptions> = {}) {
    this.supervisor = new Supervisor({
      respawn: true,
      ignoreInterrupt: false,
      childWaitTime: seconds(5),
      product: 'Holdfast',
      ...options,
    });
  }

  handle(input: Parameters<Supervisor['handle']>[1]): string[] {
    return shown(this.supervisor.handle(this.now, input));
  }

  signal(signal: number): string[] {
    return this.handle({ type: 'signalled', signal, meaning: signalMeanings.get(signal)! });
  }

  wait(count: number): string[] {
    this.now = after(this.now, seconds(count));
    return shown(this.supervisor.advance(this.now));
  }

  started(): this {
    this.handle({ type: 'started', childWanted: true });
    this.handle({ type: 'child-ready' });
    this.handle({ type: 'child-configured', sequence: 1 });
    return this;
  }

  die(end: ChildEnd): string[] {
    return this.handle({ type: 'child-ended', pid: 7, end });
  }
}

function shown(effects: readonly SupervisorEffect[]): string[] {
  return effects.map(effect => {
    switch (effect.type) {
      case 'log':
        return effect.text;
      case 'configure-child':
        return `configure-child ${effect.sequence}`;
      case 'signal-child':
        return `signal-child ${effect.signal}`;
      case 'tell-system':
        return `tell-system ${effect.state}`;
      case 'finish':
        return `finish ${effect.status}`;
      default:
        return effect.type;
    }
  });
}

describe('start', () => {
  it('is complete when the child runs the configuration', () => {
    const bench = new Bench();
    expect(bench.handle({ type: 'started', childWanted: true })).toEqual(['start-child']);
    expect(bench.handle({ type: 'child-ready' })).toEqual(['configure-child 1']);
    expect(bench.handle({ type: 'child-configured', sequence: 1 })).toEqual(['Startup complete', 'tell-system ready']);
  });

  it('needs no child for an empty configuration', () => {
    expect(new Bench().handle({ type: 'started', childWanted: false })).toEqual([
      'Warning - holdfast has no configuration to run',
      'Startup complete',
      'tell-system ready',
    ]);
  });

  it('holds signals back until the child can take them', () => {
    const bench = new Bench();
    bench.handle({ type: 'started', childWanted: true });
    expect(bench.signal(SIGJSON)).toEqual([]);
    expect(bench.signal(SIGJSON)).toEqual([]);
    expect(bench.handle({ type: 'child-ready' })).toEqual(['configure-child 1', 'signal-child 36']);
  });
});

describe('the death of a child', () => {
  it('is answered by a restart with a growing delay', () => {
    const bench = new Bench().started();
    expect(bench.die(killed)).toEqual([
      'pid 7 exited due to signal 9 (SIGKILL)',
      'VRRP child process(7) died: Respawning',
      'Restart of VRRP process delayed 0 seconds to limit respawn rate',
      'start-child',
    ]);
    bench.handle({ type: 'child-ready' });
    expect(bench.die({ type: 'exited', status: 70 })).toEqual([
      'pid 7 exited with status 70',
      'VRRP child process(7) died: Respawning',
      'Restart of VRRP process delayed 1 seconds to limit respawn rate',
    ]);
    expect(bench.wait(0.9)).toEqual([]);
    expect(bench.supervisor.nextDeadline()).toBe(after(start, seconds(1)));
    expect(bench.wait(0.1)).toEqual(['start-child']);
  });

  it('gives the new child the newest configuration and says no second "Startup complete"', () => {
    const bench = new Bench().started();
    bench.signal(SIGHUP);
    bench.handle({ type: 'configuration-judged', accepted: true, childWanted: true });
    bench.die(killed);
    expect(bench.handle({ type: 'child-ready' })).toEqual(['configure-child 2']);
    expect(bench.handle({ type: 'child-configured', sequence: 2 })).toEqual(['Reload complete', 'tell-system ready']);
    bench.die(killed);
    bench.wait(1);
    expect(bench.handle({ type: 'child-ready' })).toEqual(['configure-child 2']);
    expect(bench.handle({ type: 'child-configured', sequence: 2 })).toEqual([]);
  });

  it('with a permanent error ends the parent with the same status', () => {
    expect(new Bench().started().die({ type: 'exited', status: 4 })).toEqual([
      'pid 7 exited with permanent error MISSING PERMISSION. Terminating',
      'tell-system stopping',
      'finish 4',
    ]);
  });

  it('ends the daemon with -R', () => {
    expect(new Bench({ respawn: false }).started().die(killed)).toEqual([
      'pid 7 exited due to signal 9 (SIGKILL)',
      'VRRP child process(7) died: Exiting',
      'Stopping',
      'tell-system stopping',
      'finish 0',
    ]);
  });
});

describe('stop', () => {
  it('waits for the child and finishes', () => {
    const bench = new Bench().started();
    expect(bench.signal(SIGTERM)).toEqual(['Stopping', 'tell-system stopping', 'signal-child 15']);
    expect(bench.signal(SIGTERM)).toEqual([]);
    expect(bench.signal(SIGHUP)).toEqual([]);
    expect(bench.die({ type: 'exited', status: 0 })).toEqual(['finish 0']);
    expect(bench.signal(SIGTERM)).toEqual([]);
    expect(bench.supervisor.nextDeadline()).toBeUndefined();
  });

  it('finishes once when all processes are told at once and the child is faster', () => {
    const bench = new Bench().started();
    expect(bench.die({ type: 'exited', status: 0 })).toContain('start-child');
    expect(bench.signal(SIGTERM)).toEqual(['Stopping', 'tell-system stopping', 'signal-child 15']);
    expect(bench.die({ type: 'signalled', signal: 'SIGTERM' })).toContain('finish 0');
  });

  it('kills a child that does not end', () => {
    const bench = new Bench().started();
    bench.signal(SIGTERM);
    expect(bench.wait(4.9)).toEqual([]);
    expect(bench.wait(0.1)).toEqual([
      'VRRP child process did not end within 5 s: killing it, addresses may stay behind',
      'signal-child 9',
    ]);
    expect(bench.die(killed)).toEqual(['pid 7 exited due to signal 9 (SIGKILL)', 'finish 0']);
  });

  it('is immediate while a restart is pending', () => {
    const bench = new Bench().started();
    bench.die(killed);
    bench.die(killed);
    expect(bench.signal(SIGTERM)).toEqual(['Stopping', 'tell-system stopping', 'finish 0']);
    expect(bench.wait(10)).toEqual([]);
  });

  it('can be asked to ignore Ctrl-C', () => {
    const bench = new Bench({ ignoreInterrupt: true }).started();
    expect(bench.signal(SIGINT)).toEqual([]);
    expect(bench.signal(SIGTERM)).toContain('Stopping');
  });
});

describe('reload', () => {
  it('judges first, then tells the child', () => {
    const bench = new Bench().started();
    expect(bench.signal(SIGHUP)).toEqual(['Reloading ...', 'tell-system reloading', 'judge-configuration']);
    expect(bench.handle({ type: 'configuration-judged', accepted: true, childWanted: true })).toEqual([
      'configure-child 2',
    ]);
    expect(bench.handle({ type: 'child-configured', sequence: 2 })).toEqual(['Reload complete', 'tell-system ready']);
  });

  it('leaves the child alone when the configuration is bad', () => {
    const bench = new Bench().started();
    bench.signal(SIGHUP);
    expect(bench.handle({ type: 'configuration-judged', accepted: false, childWanted: false })).toEqual([
      'tell-system ready',
    ]);
  });

  it('queues one more, and no second', () => {
    const bench = new Bench().started();
    bench.signal(SIGHUP);
    bench.handle({ type: 'configuration-judged', accepted: true, childWanted: true });
    expect(bench.signal(SIGHUP)).toEqual(['Reload already in progress, request queued']);
    expect(bench.signal(SIGHUP)).toEqual([]);
    expect(bench.handle({ type: 'child-configured', sequence: 2 })).toEqual([
      'Reload complete',
      'tell-system ready',
      'Reloading ...',
      'tell-system reloading',
      'judge-configuration',
    ]);
  });

  it('is one reload when parent and child are told at once', () => {
    const bench = new Bench().started();
    bench.signal(SIGHUP);
    bench.handle({ type: 'configuration-judged', accepted: true, childWanted: true });
    expect(bench.handle({ type: 'child-asked-for-reload' })).toEqual([]);
    bench.handle({ type: 'child-configured', sequence: 2 });
    bench.wait(0.2);
    expect(bench.handle({ type: 'child-asked-for-reload' })).toEqual([]);
    bench.wait(0.1);
    expect(bench.handle({ type: 'child-asked-for-reload' })).toContain('judge-configuration');
  });

  it('obeys a HUP that only the child got', () => {
    expect(new Bench().started().handle({ type: 'child-asked-for-reload' })).toContain('judge-configuration');
  });

  it('starts a child that has become configured', () => {
    const bench = new Bench();
    bench.handle({ type: 'started', childWanted: false });
    bench.signal(SIGHUP);
    expect(bench.handle({ type: 'configuration-judged', accepted: true, childWanted: true })).toEqual(['start-child']);
    bench.handle({ type: 'child-ready' });
    expect(bench.handle({ type: 'child-configured', sequence: 2 })).toContain('Reload complete');
  });

  it('waits for the end of the start', () => {
    const bench = new Bench();
    bench.handle({ type: 'started', childWanted: true });
    expect(bench.signal(SIGHUP)).toEqual(['Reload already in progress, request queued']);
    bench.handle({ type: 'child-ready' });
    expect(bench.handle({ type: 'child-configured', sequence: 1 })).toContain('judge-configuration');
  });
});

describe('dumps', () => {
  it('are written by both processes', () => {
    expect(new Bench().started().signal(SIGUSR1)).toEqual(['dump', 'signal-child 10']);
  });
});

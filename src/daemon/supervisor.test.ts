import { describe, expect, it } from 'vitest';
import { milliseconds, seconds } from '../base/duration.ts';
import { after, type Instant, instantFromMicroseconds } from '../base/instant.ts';
import type { ChildKind } from './child-kind.ts';
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

  started(...wanted: ChildKind[]): this {
    const children = wanted.length > 0 ? wanted : (['vrrp'] as const);
    this.handle({ type: 'started', wanted: children });
    for (const child of children) {
      this.ready(child);
      this.configured(1, child);
    }
    return this;
  }

  ready(child: ChildKind = 'vrrp'): string[] {
    return this.handle({ type: 'child-ready', child });
  }

  configured(sequence: number, child: ChildKind = 'vrrp'): string[] {
    return this.handle({ type: 'child-configured', child, sequence });
  }

  judged(...wanted: ChildKind[]): string[] {
    return this.handle({ type: 'configuration-judged', accepted: true, wanted });
  }

  die(end: ChildEnd, child: ChildKind = 'vrrp'): string[] {
    return this.handle({ type: 'child-ended', child, pid: child === 'vrrp' ? 7 : 8, end });
  }
}

function shown(effects: readonly SupervisorEffect[]): string[] {
  return effects.map(effect => {
    switch (effect.type) {
      case 'log':
        return effect.text;
      case 'start-child':
        return `start ${effect.child}`;
      case 'configure-child':
        return `configure ${effect.child} ${effect.sequence}`;
      case 'signal-child':
        return `signal ${effect.child} ${effect.signal}`;
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
    expect(bench.handle({ type: 'started', wanted: ['vrrp'] })).toEqual(['start vrrp']);
    expect(bench.ready()).toEqual(['configure vrrp 1']);
    expect(bench.configured(1)).toEqual(['Startup complete', 'tell-system ready']);
  });

  it('needs no child for an empty configuration', () => {
    expect(new Bench().handle({ type: 'started', wanted: [] })).toEqual([
      'Warning - holdfast has no configuration to run',
      'Startup complete',
      'tell-system ready',
    ]);
  });

  it('holds signals back until the child can take them', () => {
    const bench = new Bench();
    bench.handle({ type: 'started', wanted: ['vrrp'] });
    expect(bench.signal(SIGJSON)).toEqual([]);
    expect(bench.signal(SIGJSON)).toEqual([]);
    expect(bench.ready()).toEqual(['configure vrrp 1', 'signal vrrp 36']);
  });
});

describe('the death of a child', () => {
  it('is answered by a restart with a growing delay', () => {
    const bench = new Bench().started();
    expect(bench.die(killed)).toEqual([
      'pid 7 exited due to signal 9 (SIGKILL)',
      'VRRP child process(7) died: Respawning',
      'Restart of VRRP process delayed 0 seconds to limit respawn rate',
      'start vrrp',
    ]);
    bench.ready();
    expect(bench.die({ type: 'exited', status: 70 })).toEqual([
      'pid 7 exited with status 70',
      'VRRP child process(7) died: Respawning',
      'Restart of VRRP process delayed 1 seconds to limit respawn rate',
    ]);
    expect(bench.wait(0.9)).toEqual([]);
    expect(bench.supervisor.nextDeadline()).toBe(after(start, seconds(1)));
    expect(bench.wait(0.1)).toEqual(['start vrrp']);
  });

  it('gives the new child the newest configuration and says no second "Startup complete"', () => {
    const bench = new Bench().started();
    bench.signal(SIGHUP);
    bench.judged('vrrp');
    bench.die(killed);
    expect(bench.ready()).toEqual(['configure vrrp 2']);
    expect(bench.configured(2)).toEqual(['Reload complete', 'tell-system ready']);
    bench.die(killed);
    bench.wait(1);
    expect(bench.ready()).toEqual(['configure vrrp 2']);
    expect(bench.configured(2)).toEqual([]);
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
    expect(bench.signal(SIGTERM)).toEqual(['Stopping', 'tell-system stopping', 'signal vrrp 15']);
    expect(bench.signal(SIGTERM)).toEqual([]);
    expect(bench.signal(SIGHUP)).toEqual([]);
    expect(bench.die({ type: 'exited', status: 0 })).toEqual(['finish 0']);
    expect(bench.signal(SIGTERM)).toEqual([]);
    expect(bench.supervisor.nextDeadline()).toBeUndefined();
  });

  it('finishes once when all processes are told at once and the child is faster', () => {
    const bench = new Bench().started();
    expect(bench.die({ type: 'exited', status: 0 })).toContain('start vrrp');
    expect(bench.signal(SIGTERM)).toEqual(['Stopping', 'tell-system stopping', 'signal vrrp 15']);
    expect(bench.die({ type: 'signalled', signal: 'SIGTERM' })).toContain('finish 0');
  });

  it('kills a child that does not end', () => {
    const bench = new Bench().started();
    bench.signal(SIGTERM);
    expect(bench.wait(4.9)).toEqual([]);
    expect(bench.wait(0.1)).toEqual([
      'VRRP child process did not end within 5 s: killing it, addresses may stay behind',
      'signal vrrp 9',
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
    expect(bench.judged('vrrp')).toEqual(['configure vrrp 2']);
    expect(bench.configured(2)).toEqual(['Reload complete', 'tell-system ready']);
  });

  it('leaves the child alone when the configuration is bad', () => {
    const bench = new Bench().started();
    bench.signal(SIGHUP);
    expect(bench.handle({ type: 'configuration-judged', accepted: false, wanted: [] })).toEqual(['tell-system ready']);
  });

  it('queues one more, and no second', () => {
    const bench = new Bench().started();
    bench.signal(SIGHUP);
    bench.judged('vrrp');
    expect(bench.signal(SIGHUP)).toEqual(['Reload already in progress, request queued']);
    expect(bench.signal(SIGHUP)).toEqual([]);
    expect(bench.configured(2)).toEqual([
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
    bench.judged('vrrp');
    expect(bench.handle({ type: 'child-asked-for-reload' })).toEqual([]);
    // A slow machine: the reload itself takes its time.
    bench.wait(3);
    bench.configured(2);
    bench.wait(0.2);
    expect(bench.handle({ type: 'child-asked-for-reload' })).toEqual([]);
    bench.wait(0.1);
    bench.handle({ type: 'child-asked-for-reload' });
    expect(bench.wait(0.1)).toContain('judge-configuration');
  });

  it('is one reload, too, when the child is told first', () => {
    const bench = new Bench().started();
    bench.handle({ type: 'child-asked-for-reload' });
    expect(bench.signal(SIGHUP)).toContain('judge-configuration');
    bench.judged('vrrp');
    expect(bench.configured(2)).not.toContain('judge-configuration');
    expect(bench.wait(1)).toEqual([]);
  });

  it('obeys a HUP that only the child got', () => {
    const bench = new Bench().started();
    bench.handle({ type: 'child-asked-for-reload' });
    expect(bench.supervisor.nextDeadline()).toBe(after(bench.now, milliseconds(100)));
    expect(bench.wait(0.05)).toEqual([]);
    expect(bench.wait(0.05)).toContain('judge-configuration');
    expect(bench.supervisor.nextDeadline()).toBeUndefined();
  });

  it('starts a child that has become configured', () => {
    const bench = new Bench();
    bench.handle({ type: 'started', wanted: [] });
    bench.signal(SIGHUP);
    expect(bench.judged('vrrp')).toEqual(['start vrrp']);
    bench.ready();
    expect(bench.configured(2)).toContain('Reload complete');
  });

  it('waits for the end of the start', () => {
    const bench = new Bench();
    bench.handle({ type: 'started', wanted: ['vrrp'] });
    expect(bench.signal(SIGHUP)).toEqual(['Reload already in progress, request queued']);
    bench.ready();
    expect(bench.configured(1)).toContain('judge-configuration');
  });
});

describe('dumps', () => {
  it('are written by both processes', () => {
    expect(new Bench().started().signal(SIGUSR1)).toEqual(['dump', 'signal vrrp 10']);
  });
});

describe('two children', () => {
  it("start in keepalived's order, and the start is complete when both report", () => {
    const bench = new Bench();
    expect(bench.handle({ type: 'started', wanted: ['vrrp', 'checker'] })).toEqual(['start checker', 'start vrrp']);
    expect(bench.ready('vrrp')).toEqual(['configure vrrp 1']);
    expect(bench.configured(1, 'vrrp')).toEqual([]);
    expect(bench.ready('checker')).toEqual(['configure checker 1']);
    expect(bench.configured(1, 'checker')).toEqual(['Startup complete', 'tell-system ready']);
  });

  it('are restarted one by one, each by its own policy', () => {
    const bench = new Bench().started('checker', 'vrrp');
    expect(bench.die(killed, 'checker')).toEqual([
      'pid 8 exited due to signal 9 (SIGKILL)',
      'Healthcheck child process(8) died: Respawning',
      'Restart of Healthcheck process delayed 0 seconds to limit respawn rate',
      'start checker',
    ]);
    expect(bench.die(killed, 'checker')).toContain(
      'Restart of Healthcheck process delayed 1 seconds to limit respawn rate',
    );
    expect(bench.die(killed, 'vrrp')).toContain('start vrrp');
    expect(bench.wait(1)).toEqual(['start checker']);
  });

  it('are both told of a reload, which is complete when both report', () => {
    const bench = new Bench().started('checker', 'vrrp');
    bench.signal(SIGHUP);
    expect(bench.judged('checker', 'vrrp')).toEqual(['configure checker 2', 'configure vrrp 2']);
    expect(bench.configured(2, 'checker')).toEqual([]);
    expect(bench.configured(2, 'vrrp')).toEqual(['Reload complete', 'tell-system ready']);
  });

  it('come and go with the configuration', () => {
    const bench = new Bench().started('vrrp');
    bench.signal(SIGHUP);
    expect(bench.judged('checker')).toEqual(['start checker', 'configure vrrp 2']);
    bench.ready('checker');
    expect(bench.configured(2, 'checker')).toEqual([]);
    expect(bench.configured(2, 'vrrp')).toEqual([
      'VRRP child process is no longer needed: stopping it',
      'signal vrrp 15',
    ]);
    expect(bench.die({ type: 'exited', status: 0 })).toEqual(['Reload complete', 'tell-system ready']);
    bench.signal(SIGHUP);
    expect(bench.judged('checker', 'vrrp')).toEqual(['configure checker 3', 'start vrrp']);
  });

  it('that were sent away are killed in the end, or come back if they are wanted again', () => {
    const bench = new Bench().started('checker', 'vrrp');
    bench.signal(SIGHUP);
    bench.judged('vrrp');
    bench.configured(2, 'checker');
    bench.configured(2, 'vrrp');
    expect(bench.wait(5)).toEqual([
      'Healthcheck child process did not end within 5 s: killing it, services may stay behind in the IPVS table',
      'signal checker 9',
    ]);
    expect(bench.die(killed, 'checker')).toContain('Reload complete');
    bench.signal(SIGHUP);
    bench.judged('checker');
    bench.configured(3, 'vrrp');
    bench.signal(SIGHUP);
    bench.ready('checker');
    expect(bench.configured(3, 'checker')).toEqual([]);
    expect(bench.die({ type: 'exited', status: 0 }, 'vrrp')).toContain('judge-configuration');
    bench.judged('checker', 'vrrp');
    expect(bench.signal(SIGTERM)).toEqual(['Stopping', 'tell-system stopping', 'signal vrrp 15', 'signal checker 15']);
  });

  it('both end before the parent does', () => {
    const bench = new Bench().started('checker', 'vrrp');
    expect(bench.signal(SIGTERM)).toEqual(['Stopping', 'tell-system stopping', 'signal vrrp 15', 'signal checker 15']);
    expect(bench.die({ type: 'exited', status: 0 }, 'vrrp')).toEqual([]);
    expect(bench.wait(5)).toContain('signal checker 9');
    expect(bench.die(killed, 'checker')).toContain('finish 0');
  });

  it('end together when one has a permanent error', () => {
    const bench = new Bench().started('checker', 'vrrp');
    expect(bench.die({ type: 'exited', status: 4 }, 'checker')).toEqual([
      'pid 8 exited with permanent error MISSING PERMISSION. Terminating',
      'tell-system stopping',
      'signal vrrp 15',
    ]);
    expect(bench.die({ type: 'exited', status: 0 }, 'vrrp')).toEqual(['finish 4']);
  });

  it('both dump; statistics are for VRRP alone', () => {
    const bench = new Bench().started('checker', 'vrrp');
    expect(bench.signal(SIGUSR1)).toEqual(['dump', 'signal checker 10', 'signal vrrp 10']);
    expect(bench.signal(SIGJSON)).toEqual(['signal vrrp 36']);
  });

  it('do not hold up a reload that may cure the one that keeps dying', () => {
    const bench = new Bench().started('checker', 'vrrp');
    bench.signal(SIGHUP);
    bench.judged('checker', 'vrrp');
    bench.configured(2, 'vrrp');
    bench.die(killed, 'checker');
    expect(bench.signal(SIGHUP)).toEqual(['Reload already in progress, request queued']);
    expect(bench.die(killed, 'checker')).toContain('judge-configuration');
    expect(bench.judged('checker', 'vrrp')).toEqual(['configure vrrp 3']);
    bench.configured(3, 'vrrp');
    expect(bench.signal(SIGHUP)).toContain('judge-configuration');
    bench.judged('vrrp');
    expect(bench.configured(4, 'vrrp')).toEqual(['Reload complete', 'tell-system ready']);
    expect(bench.supervisor.nextDeadline()).toBeUndefined();
  });
});

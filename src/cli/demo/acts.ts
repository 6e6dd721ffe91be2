import { centiseconds, inMilliseconds } from '../../base/duration.ts';
import { masterDownInterval, skewTime } from '../../vrrp/intervals.ts';
import { downFile, type HostName, type Stage } from './stage.ts';

/** How long VRRP itself lets something take, in milliseconds. */
export interface Bounds {
  readonly fromMs: number;
  readonly toMs: number;
}

/** One thing that happens to the pair, and what is to come of it. */
export interface Act {
  readonly title: string;
  /** Does it; resolves once it has taken effect, not once the pair has reacted. */
  readonly perform: (stage: Stage) => Promise<void>;
  readonly holders: readonly HostName[];
  /** Who the story is about afterwards: "beta took over". */
  readonly outcome: string;
  readonly bounds: Bounds;
}

// As in examples/demonstration.conf.
const interval = centiseconds(50);
const intervalMs = inMilliseconds(interval);
const scriptIntervalMs = 500;
const downMs = (priority: number): number => inMilliseconds(masterDownInterval(3, priority, interval, 3));
const skewMs = (priority: number): number => inMilliseconds(skewTime(3, priority, interval));

/** Silence: the last advert was up to one interval ago. */
const afterSilence = (priority: number): Bounds => ({ fromMs: downMs(priority) - intervalMs, toMs: downMs(priority) });

export const acts: readonly Act[] = [
  {
    title: 'alpha is cut off from the switch; its carrier stays up, so it notices nothing',
    perform: stage => stage.lab.isolate(stage.machines.alpha.host),
    holders: ['alpha', 'beta'],
    outcome: 'beta took over',
    bounds: afterSilence(100),
  },
  {
    title: 'alpha is back; for a moment there are two masters',
    perform: stage => stage.lab.heal(stage.machines.alpha.host),
    holders: ['alpha'],
    outcome: 'beta gave way to alpha',
    bounds: { fromMs: 0, toMs: intervalMs },
  },
  {
    title: "alpha's cable is pulled",
    perform: stage => stage.lab.pullCable(stage.machines.alpha.host),
    holders: ['beta'],
    outcome: 'beta took over',
    bounds: afterSilence(100),
  },
  {
    title: "alpha's cable is plugged in again",
    perform: stage => stage.lab.plugCable(stage.machines.alpha.host),
    holders: ['alpha'],
    outcome: 'alpha took back',
    bounds: { fromMs: downMs(150), toMs: downMs(150) + intervalMs },
  },
  {
    title: 'alpha is stopped in good order',
    perform: async stage => {
      await stage.machines.alpha.daemon?.signal('SIGTERM');
    },
    holders: ['beta'],
    outcome: 'beta took over',
    bounds: { fromMs: skewMs(100), toMs: skewMs(100) },
  },
  {
    title: 'alpha is started again; the time that VRRP asks for begins when it runs',
    perform: async stage => {
      await stage.machines.alpha.daemon?.ended;
      stage.start('alpha');
    },
    holders: ['alpha'],
    outcome: 'alpha took back',
    bounds: { fromMs: downMs(150), toMs: downMs(150) + intervalMs },
  },
  {
    title: `touch ${downFile} on alpha, for maintenance`,
    perform: async stage => stage.machines.alpha.host.write(downFile, ''),
    holders: ['beta'],
    outcome: 'beta took over',
    bounds: { fromMs: downMs(100) - intervalMs, toMs: downMs(100) + scriptIntervalMs + intervalMs },
  },
  {
    title: `rm ${downFile}`,
    perform: async stage => stage.machines.alpha.host.remove(downFile),
    holders: ['alpha'],
    outcome: 'alpha took back',
    bounds: { fromMs: downMs(150) - intervalMs, toMs: downMs(150) + scriptIntervalMs + intervalMs },
  },
];

import type { Chance } from './chance.ts';

/** A file and a process that virtual routers track, the same on all nodes. */
export interface TrackingPlan {
  /** Lines of `vrrp_track_file load`; undefined: none is tracked. */
  readonly file: readonly string[] | undefined;
  /** Lines of `vrrp_track_process worker`. */
  readonly process: readonly string[] | undefined;
}

export function randomTracking(chance: Chance): TrackingPlan {
  const delays = chance.weighted<readonly string[]>([
    [5, []],
    [2, ['delay 1']],
    [2, [`terminate_delay ${chance.between(1, 5)}`]],
    [1, [`fork_delay ${chance.between(1, 5)}`]],
  ]);
  const quorum = chance.between(1, 3);
  const maximum = chance.percent(15) ? [`quorum_max ${quorum + 1}`] : [];
  return {
    file: chance.percent(25) ? ['file /run/load'] : undefined,
    process: chance.percent(25) ? ['process worker', `quorum ${quorum}`, ...maximum, ...delays] : undefined,
  };
}

/** What an instance tracks of it, blocks of the configuration. */
export function randomTrackers(chance: Chance, { file, process }: TrackingPlan): readonly string[] {
  const lines: string[] = [];
  if (file && chance.percent(80)) {
    const weight = chance.weighted([
      [3, '0'],
      [3, '-1'],
      [2, '1'],
      [1, '-4'],
      [1, '1 reverse'],
    ]);
    lines.push('track_file {', `load weight ${weight}`, '}');
  }
  if (process && chance.percent(80)) {
    const weight = chance.weighted([
      [3, '0'],
      [3, '-60'],
      [2, '30'],
      [1, '-30 reverse'],
    ]);
    lines.push('track_process {', `worker weight ${weight}`, '}');
  }
  return lines;
}

export function renderTracking({ file, process }: TrackingPlan): string[] {
  return [
    ...(file ? ['vrrp_track_file load {', ...file, '}'] : []),
    ...(process ? ['vrrp_track_process worker {', ...process, '}'] : []),
  ];
}

import { earliest, type Instant } from '../base/instant.ts';
import type { VrrpEffect, VrrpInput } from '../ports/vrrp-world.ts';
import type { VrrpConfiguration } from '../vrrp/configuration.ts';
import type { Group } from './group.ts';
import type { Instance } from './instance.ts';
import { type SavedFile, TrackedFiles } from './tracked-files.ts';
import { type SavedProcess, TrackedProcesses } from './tracked-processes.ts';
import { type SavedScript, TrackedScripts } from './tracked-scripts.ts';
import { TrackedSessions } from './tracked-sessions.ts';

/** Tracked as plain data. */
export interface SavedTracked {
  readonly scripts: readonly SavedScript[];
  /** BFD sessions that are up. */
  readonly sessions: readonly string[];
  readonly files: readonly SavedFile[];
  readonly processes: readonly SavedProcess[];
}

/** News of something that may be tracked. */
export type TrackedNews = VrrpInput & { readonly type: 'script-ended' | 'bfd-state' | 'file-value' | 'process-count' };

/** Everything that virtual routers track and the network does not show. */
export class Tracked {
  readonly scripts: TrackedScripts;
  readonly sessions = new TrackedSessions();
  readonly files = new TrackedFiles();
  readonly processes = new TrackedProcesses();

  constructor(allocateRun: () => number) {
    this.scripts = new TrackedScripts(allocateRun);
  }

  /** Starts with what this configuration tracks, or goes on with it after a reload. */
  configure(now: Instant, configuration: VrrpConfiguration, isReload: boolean, out: VrrpEffect[]): void {
    this.scripts.configure(now, configuration.scripts, isReload, out);
    this.files.configure(configuration.files, out);
    this.processes.configure(now, configuration.processes, out);
  }

  /** Takes news in and says them; whether anything has to be judged anew. */
  told(
    now: Instant,
    news: TrackedNews,
    instances: readonly Instance[],
    groups: readonly Group[],
    out: VrrpEffect[],
  ): boolean {
    switch (news.type) {
      case 'script-ended':
        return this.scripts.ended(news.run, news.outcome, out) === true;
      case 'bfd-state':
        return this.sessions.told(news, instances, groups, out);
      case 'file-value':
        return this.files.told(news.file, news.value);
      case 'process-count':
        return this.processes.told(now, news.process, news.count, out);
    }
  }

  nextDeadline(): Instant | undefined {
    return earliest(this.scripts.nextDeadline(), this.processes.nextDeadline());
  }

  /** Does what is due; whether anything has to be judged anew. */
  advance(now: Instant, out: VrrpEffect[]): boolean {
    const changed = this.processes.advance(now, out);
    return this.scripts.advance(now, out) || changed;
  }

  stop(out: VrrpEffect[]): void {
    this.scripts.stop(out);
  }

  save(): SavedTracked {
    return {
      scripts: this.scripts.save(),
      sessions: this.sessions.save(),
      files: this.files.save(),
      processes: this.processes.save(),
    };
  }

  restore(configuration: VrrpConfiguration, saved: SavedTracked): void {
    this.scripts.restore(saved.scripts);
    this.sessions.restore(saved.sessions);
    this.files.restore(saved.files);
    this.processes.restore(configuration.processes, saved.processes);
  }
}

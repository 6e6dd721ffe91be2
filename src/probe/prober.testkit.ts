import { Poller } from '../linux/poller.ts';
import { findSetpriv } from '../linux/processes.ts';
import type { ProbeResult, ProbeSpec } from '../ports/probe.ts';
import { Prober } from './prober.ts';

export interface ProbeStage {
  readonly prober: Prober;
  probe(spec: ProbeSpec): Promise<ProbeResult>;
  close(): void;
}

export function startProbeStage(concurrency = 1_000): ProbeStage {
  const poller = new Poller();
  const prober = new Prober(poller, {
    processes: {
      setpriv: findSetpriv(),
      environment: process.env,
      ownUid: process.geteuid!(),
      ownGid: process.getegid!(),
    },
    concurrency,
  });
  let lastId = 0;
  return {
    prober,
    probe: spec => new Promise(resolve => prober.start(++lastId, spec, (_, result) => resolve(result))),
    close: () => {
      prober.close();
      poller.close();
    },
  };
}

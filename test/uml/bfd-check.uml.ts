// BFD_CHECK from end to end, beside keepalived: a session that goes down takes its real server out of the table, one that
// comes up brings it in.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Director, makeNetworks, removeNetworks, savedTable } from './director.testkit.ts';

const session = (own: string, peer: string): string => `bfd_instance b {
  neighbor_ip ${peer}
  source_ip ${own}
  min_rx 200
  min_tx 200
  multiplier 5
}
`;

const configuration = `${session('10.2.0.1', '10.2.0.12')}
virtual_server 10.1.0.100 80 {
  lvs_sched rr
  lvs_method NAT
  protocol TCP
  real_server 10.2.0.12 80 {
    BFD_CHECK {
      name b
    }
  }
  real_server 10.2.0.13 80 {
  }
  real_server 10.2.0.14 80 {
    inhibit_on_failure
    BFD_CHECK {
      name b
    }
  }
}
`;

const service = '-A -t 10.1.0.100:80 -s rr';
const server = (last: number, weight: number): string => `-a -t 10.1.0.100:80 -r 10.2.0.${last}:80 -m -w ${weight}`;
const whenUp = [service, server(12, 1), server(13, 1), server(14, 1)];
const whenDown = [service, server(13, 1), server(14, 0)];

/** The real server's end of the session: it says nothing when it is killed. */
function startPeer(): ChildProcess {
  writeFileSync('/run/bfd-peer.conf', session('10.2.0.12', '10.2.0.1'));
  const pids = ['-p', '-r', '-c', '-b'].flatMap((flag, place) => [flag, `/run/bfd-peer-${place}.pid`]);
  const words = ['-n', '-l', '-G', '-f', '/run/bfd-peer.conf', ...pids];
  // A group of its own, to be killed as a whole.
  return spawn('ip', ['netns', 'exec', 'servers', 'keepalived', ...words], { stdio: 'ignore', detached: true });
}

describe('BFD_CHECK', () => {
  before(makeNetworks);
  after(removeNetworks);

  for (const daemon of ['keepalived', 'holdfast'] as const) {
    it(`of ${daemon} follows its session`, async () => {
      const director = new Director(daemon, configuration);
      const untilTable = (what: string, expected: readonly string[]): Promise<unknown> =>
        director.until(`${what}: ${expected.join()}`, () => savedTable().join() === [...expected].sort().join());
      let peer: ChildProcess | undefined;
      const kill = (): void => {
        if (peer?.pid !== undefined) process.kill(-peer.pid, 'SIGKILL');
        peer = undefined;
      };
      try {
        await untilTable('nobody is there', whenDown);
        for (const time of ['first', 'second']) {
          peer = startPeer();
          await untilTable(`the ${time} session is up`, whenUp);
          kill();
          await untilTable(`the ${time} session has expired`, whenDown);
        }
        assert.match(director.output, /BFD check of \[b\] RS\(\[10\.2\.0\.12\]:tcp:80\) is DOWN/);
        assert.match(director.output, /Removing service \[10\.2\.0\.12\]:tcp:80 from VS \[10\.1\.0\.100\]:tcp:80/);
        assert.match(director.output, /Disabling service \[10\.2\.0\.14\]:tcp:80 of VS \[10\.1\.0\.100\]:tcp:80/);
      } finally {
        kill();
        await director.stop();
      }
      assert.deepEqual(savedTable(), []);
    });
  }
});

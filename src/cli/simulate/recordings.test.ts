import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordedClock } from '../../engine/recording-clock.ts';
import { readRecording } from '../../engine/recording-file.ts';
import { Replay } from '../../engine/recording-replay.ts';
import { runExplain } from '../explain.ts';
import { runReplay } from '../replay.ts';
import { runSimulate } from './main.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'recordings-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const inFolder = (name: string): string => path.join(folder, name);

async function run(command: typeof runSimulate, ...words: string[]) {
  let said = '';
  let told = '';
  const status = await command(words, { say: text => (said += text), tell: line => (told += `${line}\n`) });
  return { status, said, told };
}

/** A pair with a password, a script and an address each. */
function pair(): string[] {
  return ['a', 'b'].map((name, place) => {
    const text = `
global_defs {
  enable_script_security
}
vrrp_script chk {
  script /usr/bin/chk
  interval 1
}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority ${150 - 50 * place}
  authentication {
    auth_type PASS
    auth_pass tellnone
  }
  track_script {
    chk
  }
  virtual_ipaddress {
    192.0.2.100
  }
}
`;
    writeFileSync(inFolder(`${name}.conf`), text);
    writeFileSync(inFolder(`${name}-other.conf`), text.replace('192.0.2.100\n', '192.0.2.100\n192.0.2.101\n'));
    return inFolder(`${name}.conf`);
  });
}

const scenario = `
at 10s suspend a 5s
at 20s freeze a 4s
at 30s script chk on a fails for 10s
at 50s reload a with a-other.conf
at 60s clock a +1h
at 70s crash a
at 90s power-off a for 10s
at 120s remove 192.0.2.100 on a
at 130s overrun a 500ms
at 140s stop b for 5s
until 160s
`;

/** When each node's instances changed their state, in seconds since the world began. */
const entering = /^\((\S+)\) Entering (\S+) STATE/;

async function recorded(to: string): Promise<{ files: string[]; told: string[] }> {
  const nodes = pair();
  writeFileSync(inFolder('scenario.txt'), scenario);
  const { status, said } = await run(
    runSimulate,
    ...nodes,
    '-s',
    inFolder('scenario.txt'),
    '--record',
    inFolder(to),
    '--json',
  );
  expect(status).toBe(0);
  const { events } = JSON.parse(said) as { events: { at: number; node?: string; kind: string; text: string }[] };
  const told = events.flatMap(({ at, node, kind, text }) => {
    const words = kind === 'log' ? entering.exec(text) : undefined;
    return words ? [`${at.toFixed(3)} ${node} ${words[2]}`] : [];
  });
  return { files: readdirSync(inFolder(to)).sort(), told };
}

describe('simulate --record', () => {
  it('writes each process of each node, which replays to the same decisions at the same times', async () => {
    const { files, told } = await recorded('one');
    // b was stopped and started again; a crashed, and lost its power.
    expect(files).toEqual(['a.2.recording', 'a.3.recording', 'a.recording', 'b.2.recording', 'b.recording']);
    const replayed: string[] = [];
    for (const file of files) {
      const text = readFileSync(inFolder(`one/${file}`), 'utf8');
      expect(text).not.toContain('tellnone');
      const recording = readRecording(text);
      if (!recording.ok) throw new Error(recording.reason);
      expect(recording.value.isComplete).toBe(true);
      const { host, reason } = recording.value.origin;
      expect([file[0], reason]).toEqual([host, 'simulation']);
      const clock = new RecordedClock(recording.value.clock);
      for (const { at, effects, verdict } of new Replay(recording.value).run()) {
        expect(verdict).toBe('same');
        for (const effect of effects) {
          const words = effect.type === 'log' ? entering.exec(effect.text) : undefined;
          if (!words) continue;
          let seconds = (clock.epochOf(at) - Date.UTC(2000, 0, 1) * 1_000) / 1_000_000;
          // Its wall clock was set.
          if (host === 'a' && seconds > 3_600) seconds -= 3_600;
          replayed.push(`${seconds.toFixed(3)} ${host} ${words[2]}`);
        }
      }
      const { status, said } = await run(runReplay, inFolder(`one/${file}`), '--quiet');
      expect([status, said]).toEqual([0, expect.stringContaining('The same in all')]);
    }
    const inTime = (lines: readonly string[]) =>
      [...lines].sort((left, right) => Number.parseFloat(left) - Number.parseFloat(right) || left.localeCompare(right));
    expect(inTime(replayed)).toEqual(inTime(told));
    expect(told.length).toBeGreaterThan(12);
  });

  it('writes the same again', async () => {
    const [{ files }] = [await recorded('two'), await recorded('three')];
    for (const file of files) {
      expect(readFileSync(inFolder(`three/${file}`))).toEqual(readFileSync(inFolder(`two/${file}`)));
    }
  });

  it('gives explain what it needs to say why there were two masters', async () => {
    const words = [...pair(), '--do', 'at 20s cut a b for 10s', '--record', inFolder('cut')];
    expect((await run(runSimulate, ...words)).status).toBe(0);
    const { status, said } = await run(runExplain, inFolder('cut/a.recording'), inFolder('cut/b.recording'));
    expect(status).toBe(1);
    expect(said).toMatch(/TWO MASTERS of VI_1 .*, for 7 s\n {2}Two-way partition: neither heard the other\./);
  });

  it('goes with a scenario only', async () => {
    const { status, told } = await run(runSimulate, ...pair(), '--every-single-fault', '--record', folder);
    expect([status, told]).toEqual([
      2,
      'holdfast simulate: --record goes with a scenario, not with a table of faults\n',
    ]);
  });
});

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { commit, version } from '../../daemon/version.ts';
import { recordingText } from '../../engine/recording-file.ts';
import type { World } from '../../sim/world.ts';

/** As the daemon's own: a recording tells addresses, names and scripts. */
const mode = 0o600;

/**
 * Writes what the VRRP processes of each node went through, as the daemon's flight recorder would: `lb1.recording`, and
 * `lb1.2.recording` for the second process if the first one ended.
 */
export function writeRecordings(folder: string, { nodes }: World): void {
  mkdirSync(folder, { recursive: true });
  for (const { name, recorder } of nodes) {
    for (const { number, contents, written, options } of recorder.lives) {
      const origin = { product: version, commit, host: name, process: number, reason: 'simulation', written, options };
      const file = path.join(folder, number === 1 ? `${name}.recording` : `${name}.${number}.recording`);
      writeFileSync(file, [...recordingText(origin, contents)].join(''), { mode });
    }
  }
}

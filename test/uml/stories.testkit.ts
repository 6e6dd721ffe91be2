// Scripts that write down what they are told, and the table when nothing happens any more.
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type Director, savedTable } from './director.testkit.ts';

const told = '/run/told';
const program = '/run/tell';

/** A script that writes down three words: the service, who of it, and what. */
export const tell = (service: string, who: string, what: string): string => `"${program} ${service} ${who} ${what}"`;

/** A server of the service `name`, checked as `lines` say, with scripts of its own. */
export const tellingServer = (name: string, last: number, lines: string): string => `real_server 10.2.0.${last} 1358 {
notify_up ${tell(name, `server-${last}`, 'up')}
notify_down ${tell(name, `server-${last}`, 'down')}
${lines}
}`;

export function prepareStories(): void {
  writeFileSync(program, `#!/bin/sh\nread up idle </proc/uptime\necho "$up $*" >>${told}\n`);
  chmodSync(program, 0o755);
  forgetStories();
}

export function forgetStories(): void {
  writeFileSync(told, '');
}

export function removeStories(): void {
  for (const file of [told, program]) rmSync(file, { force: true });
}

/** What scripts were told in the order of time, by whom they are of. */
export function stories(): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const lines = readFileSync(told, 'utf8').trim().split('\n').filter(Boolean);
  const timeOf = (line: string): number => Number(line.split(' ')[0]);
  for (const line of lines.sort((left, right) => timeOf(left) - timeOf(right))) {
    const [, service, who, what] = line.split(' ');
    const key = `${service} ${who}`;
    found[key] = `${found[key] === undefined ? '' : `${found[key]} `}${what}`;
  }
  return found;
}

/** The table once nobody has touched it, and no script has run, for some half seconds. */
export async function settledTable(director: Director, halfSeconds: number): Promise<string[]> {
  let before = '';
  let since = 0;
  return director.until('all to settle', async () => {
    const table = savedTable();
    const now = `${table.join()} ${readFileSync(told, 'utf8')}`;
    since = now === before ? since + 1 : 0;
    before = now;
    if (since < halfSeconds) await pause(500);
    return since >= halfSeconds && table;
  });
}

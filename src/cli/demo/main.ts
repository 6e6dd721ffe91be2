// The demonstration behind `npm start`: runs inside namespaces of its own, where tools/start.mjs puts it.
import { pause } from '../../lab/wait.ts';
import { type Act, acts } from './acts.ts';
import { interact } from './interactive.ts';
import { formatSeconds, Screen } from './screen.ts';
import { type HostName, hostNames, Stage, virtualAddress } from './stage.ts';

const screen = new Screen(process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined, text => {
  process.stdout.write(text);
});

async function main(interactive: boolean): Promise<void> {
  const startedAtMs = Date.now();
  screen.line(screen.bold('\nHoldfast: two hosts, one address\n'));
  const stage = await Stage.open();
  let closing = false;
  const close = (): void => {
    if (closing) return;
    closing = true;
    screen.line(screen.dim('\ncleaning up'));
    void stage.close().then(() => process.exit(130));
  };
  process.on('SIGINT', close);
  process.on('SIGTERM', close);
  try {
    for (const name of hostNames) stage.start(name);
    screen.line('  The same file, examples/demonstration.conf, on both; adverts every 0.5 s:');
    await stage.held(['alpha']);
    await stage.answered(Date.now());
    showHosts(stage);
    screen.line(`  client  192.0.2.10   pings ${virtualAddress} fifty times a second\n`);
    if (interactive) await interact(stage, screen, () => showHosts(stage));
    else await play(stage, startedAtMs);
  } catch (error) {
    if (!closing) throw error;
  } finally {
    if (!closing) await stage.close();
  }
}

async function play(stage: Stage, startedAtMs: number): Promise<void> {
  let number = 0;
  let late = 0;
  for (const act of acts) {
    screen.line(`  ${screen.bold(`${++number}. ${act.title}`)}`);
    if (!(await perform(stage, act))) late++;
  }
  screen.line();
  showHosts(stage);
  screen.line(`\n  ${acts.length} events in ${formatSeconds(Date.now() - startedAtMs)}, everything cleaned up.`);
  if (late > 0) screen.line(screen.yellow(`  ${late} of them took longer than VRRP asks for: a busy machine?`));
  screen.line(screen.dim('  npm start -- --interactive leaves the hosts up to play with.\n'));
}

/** Returns whether it took no longer than the protocol and a busy machine explain. */
async function perform(stage: Stage, act: Act): Promise<boolean> {
  const fromMs = Date.now();
  await act.perform(stage);
  const changedMs = await stage.held(act.holders);
  await stage.answered(changedMs);
  // Lets the old master's last doings and the pings under way be seen.
  await pause(200);
  stage.readPings();
  const { lost, gapMs } = stage.pings.between(fromMs, Date.now());
  const tookMs = changedMs - fromMs;
  const { bounds } = act;
  const range =
    bounds.fromMs === bounds.toMs
      ? formatSeconds(bounds.fromMs)
      : `${(bounds.fromMs / 1_000).toFixed(2)} to ${formatSeconds(bounds.toMs)}`;
  const pings = lost === 0 ? 'no ping lost' : `${lost} pings lost in ${formatSeconds(gapMs)}`;
  const took = screen.green(`${act.outcome} after ${formatSeconds(tookMs)}`);
  screen.line(`     ${took}   ${screen.dim(`VRRP: ${range}`)}   ${pings}`);
  return tookMs <= bounds.toMs + 500;
}

function showHosts(stage: Stage): void {
  const holders = stage.holders();
  for (const name of hostNames) {
    const { address, priority, daemon } = stage.machines[name];
    const state = stateOf(name, holders, daemon !== undefined && daemon.end === undefined);
    screen.line(`  ${name.padEnd(7)} ${address}    priority ${priority}   ${state}`);
  }
}

function stateOf(name: HostName, holders: readonly HostName[], running: boolean): string {
  if (holders.includes(name)) return screen.green(`● master, holds ${virtualAddress}`);
  return running ? screen.dim('○ backup') : screen.yellow('  stopped');
}

await main(process.argv.includes('--interactive'));

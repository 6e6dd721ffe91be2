// The cables of a switch with a relay in each, which delays or duplicates what hosts send.
import { fileURLToPath } from 'node:url';
import { inMilliseconds } from '../../src/base/duration.ts';
import type { Host } from '../../src/lab/host.ts';
import type { HostProcess } from '../../src/lab/host-process.ts';
import type { Shell } from '../../src/lab/shell.ts';
import type { QualityChange } from '../../src/sim/action.ts';

const program = fileURLToPath(new URL('./relay.mjs', import.meta.url));
const pipe = '/run/orders';

export class Relay {
  readonly #process: HostProcess;
  readonly #shell: Shell;

  private constructor(process: HostProcess, shell: Shell) {
    this.#process = process;
    this.#shell = shell;
  }

  /** Puts itself between the switch and the ports that its cables end in. */
  static async insert(hub: Host, ports: readonly string[]): Promise<Relay> {
    const cables: string[] = [];
    for (const port of ports) {
      const [inner, onSwitch] = [`in-${port}`, `on-${port}`];
      await hub.must(['ip', 'link', 'set', port, 'nomaster']);
      await hub.must(['ip', 'link', 'add', inner, 'type', 'veth', 'peer', 'name', onSwitch]);
      for (const name of [port, inner, onSwitch]) await hub.must(['ip', 'link', 'set', name, 'addrgenmode', 'none']);
      await hub.must(['ip', 'link', 'set', onSwitch, 'master', 'switch', 'up']);
      await hub.must(['ip', 'link', 'set', inner, 'up']);
      cables.push(`${port}:${inner}`);
    }
    await hub.must(['mkfifo', pipe]);
    const running = hub.spawn([process.execPath, program, pipe, ...cables]);
    await running.waitForLine('ready');
    return new Relay(running, hub.openShell());
  }

  /** From now on frames of all hosts are like that; resolves with the instant, by the clock of `performance.now()`. */
  async obey(change: QualityChange): Promise<number> {
    const delayMs = change.type === 'delay' ? inMilliseconds(change.latency) : 0;
    const copies = change.type === 'duplicate' && change.share === 1 ? 2 : 1;
    const after = this.#process.position;
    await this.#shell.run(`echo '${JSON.stringify({ delayMs, copies })}' >${pipe}`);
    return (await this.#process.waitForLine('obeyed', { after, everyMs: 1 })).monotonicMs;
  }
}

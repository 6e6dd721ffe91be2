// How long a backup takes beyond what the protocol prescribes. A keepalived master is isolated with its carrier up; the
// backup, Holdfast or keepalived, hears nothing more. Measured at the backup's own interface, by the kernel's clock:
//
//   last advert received ... Master_Down_Interval ... own advert out, address present, first gratuitous ARP out
//
//   node bench/takeover.mjs [--rounds N] [--intervals 1,0.1,0.01]
//
// Both daemons are measured in one run, in alternating blocks. Run it on an idle machine. Needs `npm run build` and
// `node tools/peers.mjs`; no privilege.
import { cpus, release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Capture } from '../dist/lab/capture.js';
import { enterNamespaces } from '../dist/lab/enter.js';
import { openLab } from '../dist/lab/lab.js';
import { pause, waitFor } from '../dist/lab/wait.js';
import { helpFromHeader } from '../tools/run.mjs';

helpFromHeader(import.meta.url);

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '20' }, intervals: { type: 'string', default: '1,0.1,0.01' } },
});
const rounds = Number(values.rounds);
const intervals = values.intervals.split(',').map(Number);
const root = fileURLToPath(new URL('..', import.meta.url));
const address = '10.0.0.100';
const backupPriority = 100;
const configurationFile = '/etc/keepalived/keepalived.conf';

await enterNamespaces();

const commands = {
  keepalived: ['keepalived', '-n', '-l', '-f', configurationFile],
  holdfast: [process.execPath, `${root}bin/holdfast`, '-n', '-l', '-f', configurationFile],
};

function configuration(priority, interval) {
  return `vrrp_instance BENCH {
    version 3
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority ${priority}
    advert_int ${interval}
    virtual_ipaddress {
        ${address}/24
    }
}
`;
}

/** Microseconds: three intervals and the skew, exactly. */
function masterDownInterval(interval) {
  return interval * 1_000_000 * (3 + (256 - backupPriority) / 256);
}

const hex = bytes => Buffer.from(bytes).toString('hex');

/** What one frame is to us: { from, what } with `what` one of advert, arp. */
function kindOf(bytes) {
  const from = hex(bytes.subarray(6, 12)) === '020000000001' ? 'master' : 'backup';
  const type = hex(bytes.subarray(12, 14));
  if (type === '0800' && bytes[23] === 112 && bytes[36] !== 0) return { from, what: 'advert' };
  const announces = type === '0806' && hex(bytes.subarray(28, 32)) === hex(bytes.subarray(38, 42));
  return announces ? { from, what: 'arp' } : undefined;
}

/** Takeovers in a capture: microseconds from the master's last advert to the backup's first own and first ARP. */
function takeovers(frames) {
  const found = [];
  let lastHeard;
  let open;
  for (const { atMicroseconds, bytes } of frames) {
    const kind = kindOf(bytes);
    if (kind === undefined) continue;
    if (kind.from === 'master') {
      if (kind.what === 'advert') {
        lastHeard = atMicroseconds;
        open = undefined;
      }
    } else if (lastHeard !== undefined && kind.what === 'advert') {
      open = { heard: lastHeard, advert: atMicroseconds };
      lastHeard = undefined;
    } else if (open !== undefined && kind.what === 'arp' && open.arp === undefined) {
      open.arp = atMicroseconds;
      found.push(open);
    }
  }
  return found;
}

/** Instants, in microseconds since 1970, at which `ip monitor` reported the address to be there. */
function arrivals(lines) {
  const found = [];
  let at;
  for (const { text } of lines) {
    const stamp = /\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{6})\]/.exec(text);
    if (stamp) at = Date.parse(`${stamp[1]}Z`) * 1000 + Number(stamp[2]);
    if (at !== undefined && text.includes(`inet ${address}/`) && !/Deleted/.test(text)) found.push(at);
  }
  return found;
}

async function block(daemon, interval, count) {
  const lab = await openLab({ searchPath: [`${root}.cache/peers/bin`] });
  try {
    const master = await lab.addHost('master', { addresses: ['10.0.0.1/24'] });
    const backup = await lab.addHost('backup', { addresses: ['10.0.0.2/24'] });
    master.write(configurationFile, configuration(200, interval));
    backup.write(configurationFile, configuration(backupPriority, interval));
    const capture = await Capture.start(backup);
    const monitor = backup.spawn(['ip', '-ts', 'monitor', 'address'], { env: { TZ: 'UTC' } });
    await monitor.pid();
    const first = master.spawn(commands.keepalived);
    await waitFor(() => master.holds(address), { what: 'the master' });
    const second = backup.spawn(commands[daemon]);
    await second.waitForLine('Entering BACKUP STATE');
    const evidence = () => `${first.output}\n${second.output}`;
    await pause(interval * 4000 + 500);
    for (let round = 0; round < count; round += 1) {
      await pause(interval * 1000 * (0.5 + Math.random()) + 100);
      await lab.isolate(master);
      await waitFor(() => backup.holds(address), { what: 'the takeover', everyMs: 20, evidence });
      await lab.heal(master);
      await waitFor(() => !backup.holds(address), { what: 'the master to be back', everyMs: 20, evidence });
    }
    await pause(400); // the capture's last packets are written a quarter of a second late
    const frames = await capture.stop();
    const down = masterDownInterval(interval);
    const present = arrivals(monitor.lines);
    return takeovers(frames).map(({ heard, advert, arp }) => ({
      advert: advert - heard - down,
      // The monitor is a process that has to wake up as well: an upper bound.
      address: (present.find(at => at > heard + down / 2) ?? Number.NaN) - heard - down,
      arp: arp - heard - down,
    }));
  } finally {
    await lab.close();
  }
}

function describe(list) {
  const sorted = list.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return 'none'.padStart(26);
  const at = share => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
  return `${String(at(0.5)).padStart(6)} (${at(0.1)} .. ${at(0.9)}, max ${at(1)})`.padEnd(36);
}

console.log(`Takeover beyond Master_Down_Interval, in microseconds: median (10 % .. 90 %, max)
Node ${process.version}, Linux ${release()}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}\n`);
console.log(`interval daemon       n  ${'own advert'.padEnd(36)}${'address present (ip monitor)'.padEnd(36)}first ARP`);
for (const interval of intervals) {
  const results = { keepalived: [], holdfast: [] };
  for (let half = 0; half < 2; half += 1) {
    for (const daemon of Object.keys(results)) {
      results[daemon].push(...(await block(daemon, interval, Math.ceil(rounds / 2))));
    }
  }
  for (const [daemon, list] of Object.entries(results)) {
    const columns = ['advert', 'address', 'arp'].map(key => describe(list.map(each => each[key])));
    const label = `${interval * 1000} ms`.padEnd(8);
    console.log(`${label} ${daemon.padEnd(10)} ${String(list.length).padStart(3)}  ${columns.join('')}`.trimEnd());
  }
}

// What holds up adverts: how far from their beat the adverts of a master leave, with no checker process, with one that has
// nothing to do, and with one that checks 2,000 real servers as fast as it can; and beside programs that keep every
// processor busy, as an ordinary process, by vrrp_priority and by vrrp_rt_priority, keepalived as well. Measured at another
// host's interface, by the kernel's clock.
//
//   node bench/lateness.mjs [--seconds N] [--rounds N] [--servers N] [--only PART-OF-A-NAME]
//
// The real servers refuse connections, so that nobody but the checker works. Run it on an idle machine with two processors
// at least. Needs `npm run build`; no privilege, except that vrrp_priority and vrrp_rt_priority are denied without root.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { Capture } from '../dist/lab/capture.js';
import { enterNamespaces } from '../dist/lab/enter.js';
import { openLab } from '../dist/lab/lab.js';
import { pause, waitFor } from '../dist/lab/wait.js';
import { helpFromHeader, root } from '../tools/run.mjs';

helpFromHeader(import.meta.url);

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
    servers: { type: 'string', default: '2000' },
    only: { type: 'string', default: '' },
  },
});
const address = '10.0.0.100';
const intervalMs = 20;
const file = '/etc/keepalived/keepalived.conf';

const router = `vrrp_instance BENCH {
  version 3
  state MASTER
  interface eth0
  virtual_router_id 51
  priority 200
  advert_int ${intervalMs / 1_000}
  virtual_ipaddress {
    ${address}/24
  }
}
`;

function services(count, delayLoop) {
  const parts = [];
  for (let index = 0; index < count; index++) {
    const tail = `${(index >> 8) & 255}.${index & 255}`;
    parts.push(`virtual_server 10.1.${tail} 80 {
  delay_loop ${delayLoop}
  warmup ${Math.min(delayLoop, 1)}
  lvs_method NAT
  protocol TCP
  real_server 127.1.${tail} 9 {
    TCP_CHECK {
    }
  }
}
`);
  }
  return parts.join('');
}

const globals = line => `global_defs {\n  ${line}\n}\n`;
const all = {
  'no checker': { text: () => router },
  'idle checks': { text: () => router + services(Number(values.servers), 1_000) },
  'checks flat out': { text: () => router + services(Number(values.servers), 0.1) },
  'busy machine': { text: () => router, busy: true },
  'busy machine, vrrp_priority -10': { text: () => globals('vrrp_priority -10') + router, busy: true },
  'busy machine, vrrp_rt_priority 10': { text: () => globals('vrrp_rt_priority 10') + router, busy: true },
  'busy machine, keepalived': { text: () => router, busy: true, keepalived: true },
  'busy machine, keepalived, vrrp_rt_priority 10': {
    text: () => globals('vrrp_rt_priority 10') + router,
    busy: true,
    keepalived: true,
  },
};
const modes = Object.fromEntries(Object.entries(all).filter(([name]) => name.includes(values.only)));

/** Seconds of a processor that the checker has used. */
async function checkerCpu(host) {
  const pid = host.read('/run/holdfast_checkers.pid')?.trim();
  if (pid === undefined) return 0;
  const stat = (await host.must(['cat', `/proc/${pid}/stat`])).split(') ')[1].split(' ');
  return (Number(stat[11]) + Number(stat[12])) / 100;
}

async function measure({ text, busy = false, keepalived = false }) {
  const lab = await openLab({ searchPath: [`${root}.cache/peers/bin`] });
  try {
    const master = await lab.addHost('master', { addresses: ['10.0.0.1/24'] });
    const other = await lab.addHost('other', { addresses: ['10.0.0.2/24'] });
    master.write(file, text());
    const program = keepalived ? ['keepalived', '-l'] : [process.execPath, `${root}bin/holdfast`];
    const daemon = master.spawn([...program, '-n', '-G', '-f', file]);
    await waitFor(() => master.holds(address), { what: 'the master', evidence: () => daemon.output });
    await pause(5_000);
    // Two for each processor; they end with the lab.
    if (busy) for (let hog = 0; hog < 2 * cpus().length; hog++) master.spawn(['sh', '-c', 'while :; do :; done']);
    const capture = await Capture.start(other);
    const before = await checkerCpu(master);
    const seconds = Number(values.seconds);
    await pause(seconds * 1_000);
    const cpu = ((await checkerCpu(master)) - before) / seconds;
    const frames = await capture.stop();
    const adverts = frames.filter(({ bytes }) => bytes[12] === 8 && bytes[13] === 0 && bytes[23] === 112);
    const gaps = adverts.slice(1).map((frame, place) => frame.atMicroseconds - adverts[place].atMicroseconds);
    return { cpu, offBeat: gaps.map(gap => Math.abs(gap - intervalMs * 1_000)) };
  } finally {
    await lab.close();
  }
}

await enterNamespaces();
console.log(
  `${cpus()[0].model}, ${cpus().length} processors, Node ${process.versions.node}; ${values.rounds} rounds of ${values.seconds} s`,
);
console.log(`
| ${values.servers} servers | checker's processor | adverts | off their beat of ${intervalMs} ms, median | 99 % | 99.9 % | most |
|---|---|---|---|---|---|---|`);
const results = Object.fromEntries(Object.keys(modes).map(mode => [mode, []]));
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [mode, setting] of Object.entries(modes)) results[mode].push(await measure(setting));
}
for (const [mode, rounds] of Object.entries(results)) {
  const sorted = rounds.flatMap(({ offBeat }) => offBeat).sort((left, right) => left - right);
  const at = share => `${Math.round(sorted[Math.floor(share * (sorted.length - 1))])} us`;
  const cpu = rounds.map(each => `${Math.round(each.cpu * 100)} %`).join(', ');
  console.log(`| ${mode} | ${cpu} | ${sorted.length} | ${at(0.5)} | ${at(0.99)} | ${at(0.999)} | ${at(1)} |`);
}

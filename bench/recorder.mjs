// What the flight recorder costs: CPU time and allocated bytes per advert with it and without it, for a backup that hears
// adverts and for a master that sends them; then what it keeps, a checkpoint and the writing, by number of addresses.
// Figures, no verdict. `npm run build` first, then
//
//   node --expose-gc --max-semi-space-size=512 bench/recorder.mjs [ADVERTS]
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { FlightRecorder } from '../dist/daemon/flight-recorder.js';
import { loadConfiguration } from '../dist/engine/configuration.js';
import { VrrpProcess } from '../dist/engine/vrrp-process.js';
import { configurationHost } from '../dist/linux/configuration-host.js';
import { encodeAdvertisement } from '../dist/packet/vrrp-advertisement.js';
import { helpFromHeader } from '../tools/run.mjs';
import { median } from './daemons.mjs';

helpFromHeader(import.meta.url);

const adverts = Number(process.argv[2] ?? 100_000);
const rounds = 11;
const directory = mkdtempSync(path.join(tmpdir(), 'recorder-'));
const file = path.join(directory, 'recording');
const processOptions = { detail: false, receiveBufferBytes: undefined };
const log = { write: () => {} };

function configurationOf(addresses) {
  const lines = Array.from({ length: addresses }, (_, place) => `    10.${place >> 8}.${place & 255}.9/32`);
  const name = path.join(directory, 'bench.conf');
  writeFileSync(
    name,
    `vrrp_instance V {
  interface eth0
  virtual_router_id 51
  priority 100
  advert_int 1
  authentication {
    auth_type PASS
    auth_pass secret
  }
  virtual_ipaddress {
${lines.slice(0, 20).join('\n')}
  }
  virtual_ipaddress_excluded {
${lines.slice(20).join('\n')}
  }
}
`,
  );
  const options = { configId: 'bench', allIncludesStrict: false, advise: false };
  return loadConfiguration(name, configurationHost(process.env), options).configuration.vrrp;
}

/** One process with its recorder, and a clock that moves when told to. */
class Subject {
  now = 1e9;

  constructor(addresses, records) {
    this.configuration = configurationOf(addresses);
    this.vrrp = new VrrpProcess(this.configuration, processOptions);
    this.recorder = new FlightRecorder({ vrrp: this.vrrp, processOptions, log, now: () => this.now });
    this.recorder.enable(records);
    const flags = { deprecated: false, tentative: false, dadFailed: false, secondary: false };
    this.step({
      type: 'resynchronised',
      links: [
        {
          index: 2,
          name: 'eth0',
          adminUp: true,
          running: true,
          loopback: false,
          mtu: 1500,
          mac: '02:00:00:00:00:01',
          multicast: true,
          noArp: false,
        },
      ],
      addresses: [{ linkIndex: 2, address: '192.0.2.1', prefixLength: 24, scope: 0, flags }],
      forwardingLinks: [],
    });
  }

  step(step) {
    for (const effect of this.recorder.step(this.now, step)) {
      if (effect.type === 'change-addresses') this.step({ type: 'addresses-changed', batch: effect.batch, errors: [] });
    }
  }

  /** Becomes master and comes to rest. */
  reign() {
    for (let deadline = 0; deadline < 10_000; deadline++) {
      this.now = Math.max(this.now, this.vrrp.nextDeadline());
      this.step({ type: 'advance' });
    }
  }

  hear(count, payload) {
    for (let advert = 0; advert < count; advert++) {
      this.now += 1e6;
      this.recorder.step(this.now, {
        type: 'packet-received',
        channel: '4:eth0',
        linkIndex: 2,
        source: '192.0.2.2',
        destination: '224.0.0.18',
        ttl: 255,
        payload: payload.slice(),
      });
    }
  }

  send(count) {
    for (let advert = 0; advert < count; advert++) {
      this.now += 1e6;
      this.recorder.step(this.now, { type: 'advance' });
    }
  }
}

/** Between two turns of the loop; the best of some runs, because other processes disturb. */
function longestPortion(subject) {
  const best = [];
  for (let run = 0; run < 9; run++) {
    const portions = subject.recorder.portions('bench')[Symbol.iterator]();
    for (let place = 0; ; place++) {
      const start = performance.now();
      if (portions.next().done) break;
      best[place] = Math.min(best[place] ?? Number.POSITIVE_INFINITY, performance.now() - start);
    }
  }
  return Math.max(...best).toFixed(1);
}

function measure(title, make, act) {
  const subjects = [false, true].map(make);
  const times = [[], []];
  const bytes = [[], []];
  for (const subject of subjects) act(subject, adverts);
  for (let round = 0; round < rounds; round++) {
    subjects.forEach((subject, place) => {
      globalThis.gc();
      const before = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
      const start = process.cpuUsage();
      act(subject, adverts);
      const { user, system } = process.cpuUsage(start);
      times[place].push(((user + system) * 1e3) / adverts);
      bytes[place].push((process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers - before) / adverts);
    });
  }
  const [[off, on], [offBytes, onBytes]] = [times, bytes].map(pair => pair.map(median));
  console.log(
    `${title}: ${off.toFixed(0)} ns without, ${on.toFixed(0)} ns with (${(on - off).toFixed(0)} more); ` +
      `${offBytes.toFixed(0)} and ${onBytes.toFixed(0)} bytes allocated`,
  );
}

console.log(`Node ${process.version}, ${cpus()[0].model}; ${adverts} adverts a round, medians of ${rounds} rounds`);
const made = records => new Subject(3, records);
const payload = encodeAdvertisement(
  {
    version: 2,
    vrid: 51,
    priority: 150,
    interval: 1e6,
    addresses: made(false).configuration.instances[0].addresses.map(({ address }) => address),
    authentication: { type: 1, data: made(false).configuration.instances[0].authentication.bytes },
  },
  { family: 4, source: '192.0.2.2', destination: '224.0.0.18', pseudoHeader: false },
);
measure('An advert heard by a backup', made, (subject, count) => subject.hear(count, payload));
measure(
  'An advert sent by a master',
  records => {
    const subject = made(records);
    subject.reign();
    return subject;
  },
  (subject, count) => subject.send(count),
);

for (const addresses of [20, 1_000, 4_000]) {
  const subject = new Subject(addresses, true);
  subject.reign();
  const spans = Array.from({ length: 21 }, () => {
    const start = performance.now();
    subject.vrrp.checkpoint();
    return performance.now() - start;
  });
  // A full ring.
  subject.send(80_000);
  globalThis.gc();
  const held = process.memoryUsage();
  const start = process.cpuUsage();
  await subject.recorder.write(file, 'bench');
  const { user, system } = process.cpuUsage(start);
  const size = (statSync(file).size / 1e6).toFixed(1);
  console.log(
    `${addresses} addresses: a checkpoint takes ${median(spans).toFixed(2)} ms; a full ring is a file of ${size} MB, ` +
      `written with ${((user + system) / 1e3).toFixed(0)} ms of CPU time in portions of ${longestPortion(subject)} ms at most; ` +
      `heap ${((held.heapUsed + held.arrayBuffers) / 1e6).toFixed(1)} MB`,
  );
}
rmSync(directory, { recursive: true });

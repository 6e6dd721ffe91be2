// A machine that runs virtual routers on the real engine, with a kernel that does at once what it is asked and scripts
// that succeed at once.
import { routers } from './routers.mjs';

const noFlags = { deprecated: false, tentative: false, dadFailed: false, secondary: false };
const link = {
  index: 2,
  name: 'eth0',
  adminUp: true,
  running: true,
  loopback: false,
  mtu: 1500,
  mac: '02:00:00:00:00:01',
  multicast: true,
  noArp: false,
};
const addresses = [
  { address: '192.0.2.1', prefixLength: 24, scope: 0 },
  { address: 'fe80::1', prefixLength: 64, scope: 253 },
].flatMap(address => [2, 3, 4].map(linkIndex => ({ linkIndex, flags: noFlags, ...address })));

/** No input may make the engine ask for more than this at once: a burst for every address of every virtual router. */
const effectLimit = 20_000;

export function newMachine(VrrpProcess, configuration) {
  const process = new VrrpProcess(configuration, { detail: true, receiveBufferBytes: undefined });
  let now = 0;

  /** What the kernel holds besides what was there before. */
  const held = new Map();

  /** As netlink answers a batch, errors by place, and tells about what it changed. */
  const changeAddresses = ({ batch, operation, addresses: requests }) => {
    const errors = [];
    const inputs = [];
    for (const [place, { linkIndex, address, prefixLength, scope }] of requests.entries()) {
      const key = `${linkIndex} ${address}/${prefixLength}`;
      if (held.has(key) === (operation === 'add')) {
        errors.push({ place, error: operation === 'add' ? 'EEXIST' : 'EADDRNOTAVAIL' });
        continue;
      }
      const changed = { linkIndex, address, prefixLength, scope, flags: noFlags };
      if (operation === 'add') held.set(key, changed);
      else held.delete(key);
      inputs.push({ type: operation === 'add' ? 'address-added' : 'address-removed', address: changed });
    }
    inputs.push({ type: 'addresses-changed', batch, errors });
    return inputs.flatMap(input => process.handle(now, input));
  };

  const changeRouting = ({ batch, operation, routes, rules }) => {
    const errors = [];
    for (const [place, request] of (routes ?? rules).entries()) {
      const key = JSON.stringify([routes ? 'route' : 'rule', request], (_, value) =>
        typeof value === 'bigint' ? `${value}` : value,
      );
      if (held.has(key) === (operation === 'add')) {
        errors.push({ place, error: operation === 'add' ? 'EEXIST' : routes ? 'ESRCH' : 'ENOENT' });
      } else if (operation === 'add') held.set(key, request);
      else held.delete(key);
    }
    return process.handle(now, { type: 'routing-changed', batch, errors });
  };

  /** A file says 3, of each process two run. */
  const look = ({ files = [], processes = [] }) => [
    ...files.flatMap(file => process.handle(now, { type: 'file-value', file, value: 3 })),
    ...processes.flatMap(({ name }) => process.handle(now, { type: 'process-count', process: name, count: 2 })),
  ];

  /** Carries effects out; returns how many there were of each type. */
  const execute = effects => {
    const types = {};
    const waiting = [...effects];
    for (let done = 0; waiting.length > 0; done++) {
      if (done > effectLimit) throw new Error(`more than ${effectLimit} effects of one input`);
      const effect = waiting.shift();
      types[effect.type] = (types[effect.type] ?? 0) + 1;
      if (effect.type === 'run-script') {
        const outcome = { type: 'exited', status: 0 };
        waiting.push(...process.handle(now, { type: 'script-ended', run: effect.run, outcome }));
      }
      if (effect.type === 'change-addresses') waiting.push(...changeAddresses(effect));
      if (effect.type === 'change-routes' || effect.type === 'change-rules') waiting.push(...changeRouting(effect));
      if (effect.type === 'watch-files' || effect.type === 'watch-processes') waiting.push(...look(effect));
    }
    return types;
  };

  const links = [link, { ...link, index: 3, name: 'eth1' }, { ...link, index: 4, name: 'ens33' }];
  execute(process.handle(now, { type: 'resynchronised', links, addresses, forwardingLinks: [] }));

  return {
    /** Moves the clock by so many microseconds, through every deadline. */
    pass(span) {
      const end = now + span;
      for (let turns = 0; ; turns++) {
        if (turns > 100_000) throw new Error('deadlines without end');
        const deadline = process.nextDeadline();
        if (deadline === undefined || deadline > end) break;
        now = Math.max(now, deadline);
        execute(process.advance(now));
      }
      now = end;
    },
    setRunning(running) {
      execute(process.handle(now, { type: 'link-changed', link: { ...link, running } }));
    },
    stop() {
      return execute(process.stop(now));
    },
    isStopped: () => process.phase === 'stopped',
    reload(next) {
      execute(process.reload(now, next));
    },
    /** Virtual addresses, routes and rules that the kernel has now. */
    heldAddresses: () => [...held.keys()],
    receive({ family, source, destination, ttl, payload }) {
      const channel = `${family}:eth0`;
      const input = { type: 'packet-received', channel, linkIndex: 2, source, destination, ttl, payload };
      return execute(process.handle(now, input));
    },
    /** Everything but counters and log. */
    snapshot() {
      const states = process.instances.map(({ machine, holding, announcements, causes }) => [
        machine.state,
        machine.priority,
        machine.source,
        holding.wanted,
        holding.busy,
        announcements.nextDeadline(),
        causes,
      ]);
      return JSON.stringify([process.nextDeadline(), process.groups.map(({ state }) => state), states]);
    },
    /** Counters by virtual router. */
    counters() {
      return process.instances.map(({ counters }) => ({
        received: counters.advertisementsReceived,
        rejected: { ...counters.rejected },
      }));
    },
    /** Whether the virtual router that a packet is for listens to nobody now. */
    isDeaf(vrid, family) {
      const place = routers.findIndex(router => router.vrid === vrid && router.family === family);
      return ['initialize', 'fault'].includes(process.instances[place]?.machine.state.type);
    },
  };
}

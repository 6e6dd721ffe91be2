// Loads one damaged configuration as `holdfast -t` would, on a machine made up for it.
import { root } from '../run.mjs';
import { describeInput, mutatedConfiguration, readCorpus } from './configurations.mjs';
import { fuzzedHost, mainFile } from './host.mjs';
import { newMachine } from './machine.mjs';
import { randomFor } from './random.mjs';

const folders = ['examples', 'test/fixtures'];
const options = { configId: 'holdfast', allIncludesStrict: false, advise: true };

/** Inputs that may follow each other as reloads. */
export const configurationStretch = 50;

/** Running takes several times as long as reading: only one in so many runs, and is put into one cluster with another. */
const oneInLives = 5;

export async function configurationTarget(dist, seed) {
  const { loadConfiguration } = await import(`${dist}/engine/configuration.js`);
  const { formatDiagnostic } = await import(`${dist}/config/diagnostic.js`);
  const { VrrpProcess } = await import(`${dist}/engine/vrrp-process.js`);
  const { rootGrammar } = await import(`${dist}/engine/keywords.js`);
  const { checkCluster } = await import(`${dist}/vrrp/cluster/check-cluster.js`);
  const { clusterNode } = await import(`${dist}/vrrp/cluster/cluster-router.js`);
  const corpus = readCorpus(root, folders, rootGrammar);
  /** The one that was run before in this stretch, to reload to. */
  let previous;
  /** The one that was read before, to be in one cluster with. */
  let neighbour;
  const inputOf = index => mutatedConfiguration(randomFor(seed, index), corpus);

  return {
    /** Counts by outcome go to `count`; a broken promise throws. */
    run(index, count) {
      if (index % configurationStretch === 0) previous = neighbour = undefined;
      const { text, files } = inputOf(index);
      const loaded = loadConfiguration(mainFile, fuzzedHost(text, files), options);
      checkVerdict(loaded);
      for (const [place, diagnostic] of loaded.diagnostics.entries()) {
        if (place < 30) checkDiagnostic(diagnostic, formatDiagnostic);
        count(`${diagnostic.severity}: ${diagnostic.code}`);
      }
      if (loaded.configuration) {
        checkVrrp(loaded.configuration.vrrp);
        if (index % oneInLives === 0) live(loaded.configuration.vrrp);
      }
      if (loaded.written && index % oneInLives < 2) together(loaded.written, count);
      count(loaded.configuration ? 'loaded' : 'refused');
    },
    describe: index => describeInput(inputOf(index)),
  };

  /** With itself, as a file for two nodes, and with whatever came before it. */
  function together(written, count) {
    const nodes = [written, written, ...(neighbour ? [neighbour] : [])].map((each, place) =>
      clusterNode(`n${place}`, each),
    );
    const { forecasts, diagnostics } = checkCluster(nodes);
    for (const diagnostic of diagnostics.slice(0, 20)) {
      checkDiagnostic(diagnostic, formatDiagnostic);
      count(`together: ${diagnostic.code}`);
    }
    for (const { predictions } of forecasts) {
      for (const { standings, within } of predictions) {
        must(within >= 0, `a takeover after ${within}`);
        must(
          standings.every(({ priority }) => priority >= 1 && priority <= 255),
          'a priority beyond 1 .. 255',
        );
      }
    }
    neighbour = written;
  }

  /** What loads can be run: some seconds as master or backup, a cable pulled, a reload, a stop. */
  function live(vrrp) {
    // What announces ten thousand times does no more in the long run than what announces ten times.
    const frames = vrrp.instances.map(({ addresses, excludedAddresses, garp }) => {
      const repeat = Math.max(garp.masterRepeat, garp.masterRefreshRepeat, garp.lowerPriorityRepeat);
      return (addresses.length + excludedAddresses.length) * repeat;
    });
    if (frames.length > 8 || Math.max(...frames) > 500) return;
    const machine = newMachine(VrrpProcess, vrrp);
    machine.pass(5_000_000);
    machine.setRunning(false);
    machine.pass(100_000);
    machine.setRunning(true);
    machine.pass(4_000_000);
    if (previous) machine.reload(previous);
    machine.pass(4_000_000);
    machine.stop();
    machine.pass(2_000_000);
    must(machine.isStopped(), 'a stop that does not end');
    const left = machine.heldAddresses();
    must(left.length === 0, `a stop that leaves addresses behind: ${left}`);
    previous = vrrp;
  }
}

function must(condition, what) {
  if (!condition) throw new Error(what);
}

function checkVerdict({ configuration, diagnostics, testExitStatus, startExitStatus }) {
  must([0, 2, 4, 5, 6].includes(testExitStatus), `an exit status of ${testExitStatus}`);
  const refused = diagnostics.some(diagnostic => diagnostic.refuses);
  must(configuration !== undefined || diagnostics.length > 0, 'refused without a diagnostic');
  must(configuration === undefined || !refused, 'loaded although a diagnostic refuses');
  must((configuration === undefined) === (startExitStatus !== undefined), 'an exit status for a start that goes on');
}

function checkDiagnostic(diagnostic, formatDiagnostic) {
  const { code, file: where, line, column, endColumn, excerpt, message } = diagnostic;
  const shown = JSON.stringify(diagnostic).slice(0, 500);
  must(/^[a-z0-9]+(-[a-z0-9]+)*$/.test(code), `a diagnostic without a code: ${shown}`);
  must(where !== '' && message !== '', `a diagnostic without file or message: ${shown}`);
  must(Number.isInteger(line) && line >= 0 && Number.isInteger(column) && column >= 0, `no place: ${shown}`);
  const width = [...excerpt].length;
  must(column <= width + 1, `a column beyond its line: ${shown}`);
  must(endColumn === undefined || (endColumn > column && endColumn <= width + 1), `an end before its begin: ${shown}`);
  const text = formatDiagnostic(diagnostic);
  must(!/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text), `control characters for the terminal: ${shown}`);
}

/** What the engine relies on, whatever the file said. */
function checkVrrp({ instances, syncGroups, scripts }) {
  const whole = value => Number.isInteger(value);
  const within = (value, first, last) => whole(value) && value >= first && value <= last;
  const scriptNames = new Set(scripts.map(({ name }) => name));
  for (const instance of instances) {
    const say = what => `${instance.name}: ${what}`;
    const { version, advertisementInterval: interval, destination, addresses } = instance;
    must(within(instance.vrid, 1, 255), say('a VRID beyond 1 .. 255'));
    must(within(instance.priority, 1, 255), say('a priority beyond 1 .. 255'));
    must(instance.family === 4 || version === 3, say('VRRPv2 over IPv6'));
    const unit = version === 2 ? 1_000_000 : 10_000;
    must(within(interval / unit, 1, version === 2 ? 255 : 4095), say(`an interval of ${interval}`));
    must(within(instance.downTimerAdverts, 1, 100), say('down_timer_adverts'));
    must(within(instance.preemptDelay, 0, 1_000_000_000), say('preempt_delay'));
    must(addresses.length <= 255, say('too many addresses'));
    const family = address => (address.includes(':') ? 6 : 4);
    must(
      addresses.every(({ address }) => family(address) === instance.family),
      say('addresses of both families'),
    );
    for (const { address, prefixLength } of [...addresses, ...instance.excludedAddresses]) {
      must(within(prefixLength, 0, family(address) === 4 ? 32 : 128), say('a prefix length'));
    }
    if (destination.type === 'unicast') {
      must(
        destination.peers.every(peer => family(peer.address) === instance.family),
        say('a peer of the other family'),
      );
    }
    if (destination.type === 'multicast') must(instance.interface !== undefined, say('multicast without an interface'));
    if (instance.authentication.type === 'password') {
      must(version === 2 && instance.authentication.bytes.length === 8, say('a password'));
    }
    must(instance.source === undefined || family(instance.source) === instance.family, say('a source address'));
    checkTrackers(instance, scriptNames, say);
  }
  const names = instances.map(({ name }) => name);
  must(new Set(names).size === names.length, 'two instances of one name');
  for (const group of syncGroups) {
    must(
      group.members.every(member => names.includes(member)),
      `${group.name}: a member that does not exist`,
    );
    checkTrackers(group, scriptNames, what => `${group.name}: ${what}`);
  }
}

function checkTrackers({ trackInterfaces, trackScripts }, scriptNames, say) {
  for (const { weight } of [...trackInterfaces, ...trackScripts]) {
    must(Number.isInteger(weight) && Math.abs(weight) <= 253, say(`a weight of ${weight}`));
  }
  must(
    trackScripts.every(({ script }) => scriptNames.has(script)),
    say('a tracked script that does not exist'),
  );
}

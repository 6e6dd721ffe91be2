import { type Duration, milliseconds, seconds } from '../../base/duration.ts';
import { after, type Instant } from '../../base/instant.ts';
import type { CheckerConfigurations } from '../../engine/checker-process.ts';
import type { IpvsEntry } from '../../ports/ipvs.ts';
import { keyText } from '../ipvs-table.ts';
import type { Observation } from '../observation.ts';
import { serverText } from '../real-servers.ts';
import type { SimNode } from '../sim-node.ts';
import type { World } from '../world.ts';
import { ExpectedBalancing } from './expected-balancing.ts';
import type { Invariant, Report } from './invariant.ts';
import type { Quiet } from './quiet.ts';

/** What the engine has learned is in the table, and told, after this. */
const actsWithin = milliseconds(500);
/** Somebody else's change of the table is seen and repaired after this: two looks, late timers, a machine suspended. */
const repairsWithin = seconds(80);

/** A probe of a server that hangs. */
const patience = seconds(10);

/** What one node's checker process owes. */
interface Account {
  readonly node: SimNode;
  expected: ExpectedBalancing;
  /** Every service that it ever had: what it has no more must be gone. */
  readonly ours: Set<string>;
  /** Scripts that have to be started, by their text. */
  readonly owed: Map<string, number>;
  checkAt: Instant;
}

/** The IPVS table is a function of configuration and health; the scripts hear of every change once. */
export class Balancing implements Invariant {
  readonly #world: World;
  readonly #quiet: Quiet;
  readonly #report: Report;
  readonly #accounts = new Map<string, Account>();

  constructor(world: World, quiet: Quiet, report: Report) {
    this.#world = world;
    this.#quiet = quiet;
    this.#report = report;
  }

  observe(now: Instant, seen: Observation): void {
    switch (seen.type) {
      case 'checker':
        this.#lives(now, seen);
        break;
      case 'probe': {
        const account = this.#accounts.get(seen.node);
        if (account?.expected.probed(seen.probe, seen.good)) this.#expect(account, actsWithin);
        break;
      }
      case 'told-addresses': {
        const account = this.#accounts.get(seen.node);
        if (account?.expected.toldAddresses(seen.change, seen.addresses)) this.#expect(account, actsWithin);
        break;
      }
      case 'balancing-script':
        this.#told(seen.node, seen.text);
        break;
      case 'ipvs': {
        const account = this.#accounts.get(seen.node);
        if (account && seen.by === 'other') this.#expect(account, repairsWithin);
        break;
      }
      case 'life': {
        const account = this.#accounts.get(seen.node);
        // What waited is read now; a look at the table that was due is taken.
        if (account && seen.event === 'thawed') this.#expect(account, actsWithin);
        break;
      }
    }
  }

  calm(): void {
    for (const account of this.#accounts.values()) {
      if (account.node.frozen || account.checkAt > this.#world.now) continue;
      this.#check(account);
      this.#checkSyncDaemon(account.node);
    }
  }

  #lives(now: Instant, { node: name, event }: Observation & { type: 'checker' }): void {
    const node = this.#world.node(name)!;
    const { configuration } = node.checker;
    const account = this.#accounts.get(name);
    switch (event) {
      case 'started': {
        if (!configuration) return;
        const ours = new Set<string>();
        const owed = new Map<string, number>();
        const expected = new ExpectedBalancing(configuration, script => script && owe(owed, script.text));
        const begun = { node, expected, ours, owed, checkAt: now };
        this.#accounts.set(name, begun);
        claim(begun, configuration);
        this.#expect(begun, actsWithin);
        break;
      }
      case 'reloaded':
        if (!account || !configuration) return;
        account.expected.reload(configuration);
        claim(account, configuration);
        this.#expect(account, actsWithin);
        break;
      case 'stopping':
        account?.expected.stopping();
        break;
      case 'stopped':
        if (account) {
          if (account.expected.unclear.size === 0) this.#checkScripts(account);
          this.#checkGone(account);
        }
        this.#accounts.delete(name);
        break;
      case 'crashed':
      case 'powered-off':
        // What it has left in the table is for its successor to find.
        if (account) account.checkAt = after(now, seconds(86_400 * 365));
        break;
    }
  }

  /** Something has to be so after a while, unless something else comes between. */
  #expect(account: Account, span: Duration): void {
    const at = after(this.#world.now, span);
    // What somebody else has changed is not to be seen sooner because something else happened, too.
    if (account.checkAt >= at) return;
    account.checkAt = at;
    this.#world.at(after(at, milliseconds(1)), () => {
      const { node } = account;
      if (account.checkAt !== at || this.#accounts.get(node.name) !== account) return;
      if (!node.frozen && node.checker.engine) this.#check(account);
    });
  }

  #told(node: string, text: string): void {
    const account = this.#accounts.get(node);
    if (account && account.expected.unclear.size > 0) return;
    const count = account?.owed.get(text) ?? 0;
    if (count === 0) this.#report('balancing-scripts', `${node}: ${text} is started although nothing changed`);
    else account?.owed.set(text, count - 1);
  }

  #check(account: Account): void {
    if (account.expected.unclear.size > 0) return;
    this.#checkScripts(account);
    const { node, expected, ours } = account;
    const actual = new Map(node.kernel.ipvs.entries.map(entry => [keyText(entry.service.key), entry]));
    const entries = expected.entries(node.kernel.marking.all.flatMap(({ ranges }) => ranges));
    for (const [text, entry] of entries) {
      ours.add(text);
      const [is, should] = [describe(actual.get(text)), describe(entry)];
      if (is !== should) this.#report('ipvs-table', `${node.name}: ${text} is ${is}, and should be ${should}`);
    }
    for (const text of ours) {
      if (actual.has(text) && !entries.has(text)) {
        this.#report('ipvs-table', `${node.name}: ${text} is there, and is no service any more`);
      }
    }
  }

  #checkScripts({ node, owed }: Account): void {
    for (const [text, count] of owed) {
      if (count > 0) this.#report('balancing-scripts', `${node.name}: ${text} was not started`);
    }
  }

  #checkGone({ node, ours }: Account): void {
    const left = node.kernel.ipvs.entries.find(entry => ours.has(keyText(entry.service.key)));
    if (left) this.#report('ipvs-table', `${node.name}: ${keyText(left.service.key)} is there after the daemon's end`);
    if (node.kernel.marking.all.length > 0)
      this.#report('ipvs-table', `${node.name}: packets are marked after the daemon's end`);
  }

  /** It sends connections where the virtual router is master, and takes them elsewhere. */
  #checkSyncDaemon(node: SimNode): void {
    const daemon = node.checker.configuration?.lvs.global.syncDaemon;
    if (daemon?.instance === undefined || !node.responsive) return;
    const member = this.#quiet.view.ofNode(node.name).find(each => each.configuration.name === daemon.instance);
    if (!member) return;
    const should = member.holdsSince === undefined ? 'backup' : 'master';
    const is = [...node.kernel.ipvs.syncDaemons].join('+') || 'off';
    // The kernel starts none on an interface that is down.
    const isPossible = node.kernel.linkNamed(daemon.interface)?.adminUp === true;
    if (is !== should && (isPossible || is !== 'off')) {
      const text = `${node.name}: the sync daemon is ${is}, and ${daemon.instance} is ${should}`;
      this.#report('ipvs-table', text);
    }
  }
}

function claim({ ours }: Account, { lvs }: CheckerConfigurations): void {
  for (const { keys } of lvs.virtualServers) for (const key of keys) ours.add(keyText(key));
}

function owe(owed: Map<string, number>, text: string): void {
  owed.set(text, (owed.get(text) ?? 0) + 1);
}

/** All that matters of an entry, as text. */
function describe(entry: IpvsEntry | undefined): string {
  if (!entry) return 'missing';
  const { scheduler, persistenceSeconds, persistencePrefix, onePacket, schedulerFlags } = entry.service;
  const persistence = persistenceSeconds === 0 ? '' : ` persistent ${persistenceSeconds}/${persistencePrefix}`;
  const flags = schedulerFlags.map(flag => (flag ? '1' : '')).join('');
  const destinations = entry.destinations.map(destination => {
    const { weight, forwarding, upperThreshold, lowerThreshold } = destination;
    const thresholds = upperThreshold + lowerThreshold === 0 ? '' : ` ${lowerThreshold}-${upperThreshold}`;
    return `${serverText(destination)} ${forwarding.type} ${weight}${thresholds}`;
  });
  const service = `${scheduler}${persistence}${onePacket ? ' ops' : ''}${flags}`;
  return `${service} {${destinations.sort().join(', ')}}`;
}

/** After which every checker has made up its mind. */
export function balancingSettleTime({ configuration }: SimNode): Duration {
  let longest = 0;
  for (const checker of configuration.balancing?.health.checkers ?? []) {
    const { delayLoop, delayBeforeRetry, retries } = checker.schedule;
    const rounds = checker.kind === 'urls' ? checker.probes.length + 1 : 1;
    longest = Math.max(longest, rounds * delayLoop + retries * delayBeforeRetry + (rounds + retries) * patience);
  }
  return longest as Duration;
}

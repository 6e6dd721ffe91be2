import type { Chance } from './chance.ts';

/** Virtual servers made by chance, the same on all nodes. */
export interface BalancingPlan {
  readonly services: readonly ServicePlan[];
  /** Whether the kernel's connections are kept in step with the first virtual router. */
  readonly syncDaemon: boolean;
}

interface ServicePlan {
  /** As `virtual_server` has it. */
  readonly target: string;
  readonly settings: readonly string[];
  readonly servers: readonly ServerPlan[];
}

interface ServerPlan {
  readonly last: number;
  readonly weight: number;
  readonly settings: readonly string[];
}

/** `addresses`: virtual ones, which are what is served most often. */
export function randomBalancing(chance: Chance, addresses: readonly string[]): BalancingPlan {
  const count = chance.weighted([
    [6, 1],
    [3, 2],
    [1, 3],
  ]);
  // A server that several services have is checked once for all of them.
  const checker = randomChecker(chance);
  const delayLoop = chance.weighted([
    [3, 5],
    [3, 10],
    [1, 2],
    [1, 30],
  ]);
  const common = [`delay_loop ${delayLoop}`, ...(chance.percent(20) ? ['alpha'] : [])];
  const services = [...Array(count).keys()].map(place => {
    const address = addresses.find(text => !text.includes(':')) ?? '10.8.0.1';
    const target = chance.percent(15) ? `fwmark ${place + 1}` : `${address} ${80 + place}`;
    return randomService(chance, place, target, [...checker], common);
  });
  return { services, syncDaemon: chance.percent(25) };
}

function randomChecker(chance: Chance): readonly string[] {
  const schedule = [`retry ${chance.between(0, 3)}`, `delay_before_retry ${chance.between(1, 3)}`];
  const connection = [`connect_timeout ${chance.between(1, 5)}`, ...schedule];
  return chance.weighted<readonly string[]>([
    [6, ['TCP_CHECK {', ...connection, '}']],
    [2, ['HTTP_GET {', 'url {', 'path /', 'status_code 200', '}', ...connection, '}']],
    [1, ['HTTP_GET {', 'url {', 'path /', '}', 'url {', 'path /health', '}', ...connection, '}']],
    [1, ['PING_CHECK {', ...connection, '}']],
  ]);
}

function randomService(
  chance: Chance,
  place: number,
  target: string,
  checker: readonly string[],
  common: readonly string[],
): ServicePlan {
  const count = chance.between(1, 4);
  const servers = [...Array(count).keys()].map((index): ServerPlan => {
    const last = 11 + index;
    const settings: string[] = [];
    if (chance.percent(25)) settings.push('inhibit_on_failure');
    if (chance.percent(50)) {
      settings.push(
        `notify_up "/usr/bin/server up ${place} ${last}"`,
        `notify_down "/usr/bin/server down ${place} ${last}"`,
      );
    }
    settings.push(...checker);
    return { last, weight: chance.between(1, 3), settings };
  });
  const settings = [...common, 'lvs_sched wrr', 'lvs_method NAT', 'protocol TCP'];
  const total = servers.reduce((sum, { weight }) => sum + weight, 0);
  if (chance.percent(60)) {
    const quorum = chance.between(1, total);
    settings.push(`quorum ${quorum}`);
    if (quorum > 1 && chance.percent(75)) settings.push(`hysteresis ${chance.between(1, quorum - 1)}`);
  }
  if (chance.percent(70)) {
    settings.push(`quorum_up "/usr/bin/quorum up ${place}"`, `quorum_down "/usr/bin/quorum down ${place}"`);
  }
  if (chance.percent(50)) {
    settings.push('sorry_server 10.9.0.200 80');
    if (chance.percent(40)) settings.push('sorry_server_inhibit');
  }
  if (chance.percent(20)) settings.push('ha_suspend');
  if (chance.percent(20)) settings.push('omega');
  if (chance.percent(20)) settings.push('persistence_timeout 300');
  return { target, settings, servers };
}

/** What an operator changes: a weight, a server more or less. */
export function changeBalancing(chance: Chance, plan: BalancingPlan): BalancingPlan {
  const [first, ...rest] = plan.services;
  if (!first) return plan;
  const servers = [...first.servers];
  const place = chance.below(servers.length);
  const chosen = servers[place]!;
  switch (chance.below(3)) {
    case 0:
      servers[place] = { ...chosen, weight: chosen.weight + 1 };
      break;
    case 1:
      servers.push({ ...chosen, last: 20 });
      break;
    default:
      if (servers.length > 1) servers.splice(place, 1);
  }
  return { ...plan, services: [{ ...first, servers }, ...rest] };
}

/** `10.9.0.11:80`: all that any service has. */
export function serversOf({ services }: BalancingPlan): readonly string[] {
  return [...new Set(services.flatMap(({ servers }) => servers.map(({ last }) => `10.9.0.${last}:80`)))];
}

export function renderBalancing({ services }: BalancingPlan): string[] {
  return services.flatMap(({ target, settings, servers }) => [
    `virtual_server ${target} {`,
    ...settings,
    ...servers.flatMap(({ last, weight, settings: own }) => [
      `real_server 10.9.0.${last} 80 {`,
      `weight ${weight}`,
      ...own,
      '}',
    ]),
    '}',
  ]);
}

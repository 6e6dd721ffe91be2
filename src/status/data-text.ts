import { type Duration, inSeconds } from '../base/duration.ts';
import type { RunnableScript } from '../ports/script.ts';
import type {
  NotifyScripts,
  VirtualAddress,
  VirtualRouterConfiguration,
  VrrpConfiguration,
} from '../vrrp/configuration.ts';
import { addressText } from './address-text.ts';
import { alertLine, mailLines } from './mail-text.ts';
import { routingLines, staticLines } from './routing-lines.ts';
import { scriptText } from './script-text.ts';
import { trackerLines, trackFileLines, trackProcessLines } from './tracked-text.ts';
import type { InstanceSnapshot, VrrpSnapshot } from './vrrp-snapshot.ts';

/** The configuration as it was understood, for -d: one line per setting, in the words of keepalived's dump. */
export function renderConfiguration(configuration: VrrpConfiguration): string[] {
  const instances = configuration.instances.map(instance => instanceLines(instance, undefined));
  return dataLines(configuration, instances.flat(), undefined);
}

/** What USR1 writes: the configuration, and beside it what the process makes of it right now. */
export function renderData(snapshot: VrrpSnapshot): string {
  const instances = snapshot.instances.map(instance => instanceLines(instance.configuration, instance));
  return `${dataLines(snapshot.configuration, instances.flat(), snapshot).join('\n')}\n`;
}

function dataLines(
  configuration: VrrpConfiguration,
  instances: readonly string[],
  snapshot: VrrpSnapshot | undefined,
): string[] {
  return [
    ...globalLines(configuration),
    ...mailLines(configuration.mails?.settings),
    ...staticLines(configuration),
    '------< VRRP Topology >------',
    ...instances,
    ...groupLines(configuration, snapshot),
    ...(snapshot ? strayLines(snapshot) : []),
    ...scriptLines(configuration, snapshot),
    ...trackFileLines(configuration, snapshot),
    ...trackProcessLines(configuration, snapshot),
  ];
}

function instanceLines(instance: VirtualRouterConfiguration, now: InstanceSnapshot | undefined): string[] {
  return [
    ` VRRP Instance = ${instance.name}`,
    ...(now ? stateLines(now) : []),
    ...settingLines(instance),
    ...addressLines(instance, now),
    ...routingLines(instance),
    ...trackerLines(instance),
    ...notifyLines(instance.notify),
  ];
}

function strayLines({ strayPackets }: VrrpSnapshot): string[] {
  return [
    ' Packets for nobody',
    `   Unknown VRID = ${strayPackets.unknownVrid}`,
    `   Broken IP header = ${strayPackets.malformed}`,
  ];
}

function globalLines({ garpGroups = [], global }: VrrpConfiguration): string[] {
  return [
    '------< Global definitions >------',
    ` Router ID = ${global.routerId}`,
    ` Dynamic interfaces = ${global.dynamicInterfaces}`,
    ` Startup delay = ${inSeconds(global.startupDelay)} sec`,
    ` Log unknown VRIDs = ${global.logUnknownVrids}`,
    ` Gratuitous ARP interval = ${inSeconds(global.garpInterval).toFixed(6)}`,
    ` Gratuitous NA interval = ${inSeconds(global.gnaInterval).toFixed(6)}`,
    ...garpGroups.map(
      ({ interfaces, garpInterval, gnaInterval }) =>
        ` GARP group ${interfaces.join(' ')} = ARP ${inSeconds(garpInterval)} sec, NA ${inSeconds(gnaInterval)} sec`,
    ),
  ];
}

function stateLines(instance: InstanceSnapshot): string[] {
  const { lastTransitionAt, master, nextEventIn, source } = instance;
  const lines = [
    `   State = ${instance.state}`,
    `   Effective priority = ${instance.effectivePriority}`,
    `   Master down timer = ${Math.round(instance.masterDownInterval)} usecs`,
  ];
  if (instance.group !== undefined) lines.push(`   Sync group = ${instance.group}`);
  if (lastTransitionAt !== undefined) lines.push(`   Last transition = ${(lastTransitionAt / 1_000_000).toFixed(6)}`);
  if (nextEventIn !== undefined) {
    const what = instance.state === 'MASTER' ? 'Next advert' : 'Takes over unless it hears the master';
    lines.push(`   ${what} in = ${Math.round(nextEventIn)} usecs`);
  }
  if (master) lines.push(`   Master router = ${master.address}, priority ${master.priority}`);
  if (source !== undefined) lines.push(`   Using src_ip = ${source}`);
  for (const fault of instance.faults) lines.push(`   Fault: ${fault}`);
  return lines;
}

function settingLines(instance: VirtualRouterConfiguration): string[] {
  const { destination, garp } = instance;
  const lines = [
    `   VRRP Version = ${instance.version}`,
    `   Wantstate = ${instance.initialState.toUpperCase()}`,
    `   Interface = ${instance.interface ?? '(none)'}`,
  ];
  if (instance.source !== undefined) lines.push(`   Source address from configuration = ${instance.source}`);
  if (destination.type === 'multicast') lines.push(`   Multicast address ${destination.group}`);
  lines.push(
    `   Gratuitous ARP delay = ${inSeconds(garp.masterDelay)}`,
    `   Gratuitous ARP repeat = ${garp.masterRepeat}`,
    `   Gratuitous ARP refresh = ${inSeconds(garp.masterRefresh)}`,
    `   Gratuitous ARP refresh repeat = ${garp.masterRefreshRepeat}`,
    `   Gratuitous ARP lower priority delay = ${inSeconds(garp.lowerPriorityDelay)}`,
    `   Gratuitous ARP lower priority repeat = ${garp.lowerPriorityRepeat}`,
    `   Down timer adverts = ${instance.downTimerAdverts}`,
    `   Send advert after receive lower priority advert = ${!instance.lowerPriorityNoAdvert}`,
    `   Send advert after receive higher priority advert = ${instance.higherPrioritySendAdvert}`,
    `   Virtual Router ID = ${instance.vrid}`,
    `   Priority = ${instance.priority}`,
    `   Advert interval = ${intervalText(instance)}`,
    '   Accept = enabled',
    `   Preempt = ${enabled(instance.preempt)}`,
  );
  if (instance.preemptDelay > 0) lines.push(`   Preempt delay = ${inSeconds(instance.preemptDelay)} secs`);
  lines.push(
    `   Promote_secondaries = ${enabled(instance.promoteSecondaries)}`,
    `   Authentication type = ${instance.authentication.type === 'password' ? 'SIMPLE_PASSWORD' : 'none'}`,
  );
  if (instance.skipCheckAdvertAddresses) lines.push('   Skip check of advert addresses = true');
  if (instance.ownerIgnoreAdverts) lines.push('   Owner ignores adverts = true');
  if (instance.checksumWithoutPseudoHeader) lines.push('   Checksum without pseudo-header = true');
  if (instance.dontTrackPrimary) lines.push('   Track own interface = false');
  if (destination.type === 'unicast') {
    lines.push(
      `   Unicast TTL = ${destination.ttl ?? (instance.family === 4 ? 255 : 'kernel default')}`,
      `   Check unicast src : ${destination.checkSource ? 'yes' : 'no'}`,
      '   Unicast Peer :',
      ...destination.peers.map(peer => `     ${peer.address} min_ttl ${peer.minimumTtl} max_ttl ${peer.maximumTtl}`),
    );
  }
  return lines;
}

function intervalText({ version, advertisementInterval }: VirtualRouterConfiguration): string {
  const seconds = inSeconds(advertisementInterval);
  return version === 2 || Number.isInteger(seconds) ? `${seconds} sec` : `${Math.round(seconds * 1_000)} milli-sec`;
}

function addressLines(instance: VirtualRouterConfiguration, now: InstanceSnapshot | undefined): string[] {
  const known = new Map([...(now?.addresses ?? []), ...(now?.excludedAddresses ?? [])].map(a => [a.configuration, a]));
  const shown = (configuration: VirtualAddress): string => {
    const plain = { configuration, interface: configuration.interface ?? instance.interface, isSet: false };
    return `     ${addressText(known.get(configuration) ?? plain)}`;
  };
  const lines = [`   Virtual IP (${instance.addresses.length}):`, ...instance.addresses.map(shown)];
  if (instance.excludedAddresses.length === 0) return lines;
  return [...lines, '   Virtual IP Excluded :', ...instance.excludedAddresses.map(shown)];
}

function notifyLines(notify: NotifyScripts): string[] {
  const lines = [alertLine(notify.mail), `   Notify deleted = ${notify.reportDeleted ? 'Deleted' : 'Fault'}`];
  const add = (what: string, script: RunnableScript | undefined): void => {
    if (script) lines.push(`   ${what} script = ${scriptText(script)}${identityText(script)}`);
  };
  add('Backup state transition', notify.backup);
  add('Master state transition', notify.master);
  add('Fault state transition', notify.fault);
  add('Stop state transition', notify.stop);
  add('Deleted state transition', notify.deleted);
  add('Generic state transition', notify.generic);
  add('Master rx lower priority', notify.masterReceivedLowerPriority);
  return lines;
}

function groupLines({ syncGroups }: VrrpConfiguration, snapshot: VrrpSnapshot | undefined): string[] {
  if (syncGroups.length === 0) return [];
  const states = new Map(snapshot?.groups.map(({ name, state }) => [name, state]));
  return [
    '------< VRRP Sync groups >------',
    ...syncGroups.flatMap(group => {
      const now = states.get(group.name);
      return [
        ` VRRP Sync Group = ${group.name}${now === undefined ? '' : `, ${now}`}`,
        '   VRRP member instances :',
        ...group.members.map(member => `     ${member}`),
        ...trackerLines(group),
        ...notifyLines(group.notify),
      ];
    }),
  ];
}

const scriptStatuses = { up: 'GOOD', down: 'BAD', waiting: 'INIT', refused: 'REFUSED' } as const;

function scriptLines({ scripts }: VrrpConfiguration, snapshot: VrrpSnapshot | undefined): string[] {
  if (scripts.length === 0) return [];
  return [
    '------< VRRP Scripts >------',
    ...scripts.flatMap(({ name, script, interval, timeout, rise, fall }) => [
      ` VRRP Script = ${name}`,
      `   Command = ${script === undefined ? '(refused: never run)' : `${scriptText(script)}${identityText(script)}`}`,
      `   Interval = ${secondsText(interval)}`,
      `   Timeout = ${secondsText(timeout)}`,
      `   Rise = ${rise}`,
      `   Fall = ${fall}`,
      ...(snapshot ? [`   Status = ${scriptStatuses[snapshot.scripts.get(name) ?? 'refused']}`] : []),
    ]),
  ];
}

function identityText({ identity }: RunnableScript): string {
  return identity === undefined ? '' : `, uid:gid ${identity.uid}:${identity.gid}`;
}

function secondsText(span: Duration): string {
  return `${inSeconds(span)} sec`;
}

function enabled(flag: boolean): string {
  return flag ? 'enabled' : 'disabled';
}

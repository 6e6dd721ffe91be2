import { inSeconds } from '../base/duration.ts';
import type { RunnableScript } from '../ports/script.ts';
import { keepalivedStatistics } from '../vrrp/counters.ts';
import { routeText, ruleText } from '../vrrp/routing-text.ts';
import { addressText } from './address-text.ts';
import { scriptText } from './script-text.ts';
import type { InstanceSnapshot, VrrpSnapshot } from './vrrp-snapshot.ts';

const stateNumbers = { INIT: 0, BACKUP: 1, MASTER: 2, FAULT: 3 } as const;

/**
 * keepalived's JSON with its names, order and types, the odd mixture of 0/1 and true/false included. Version 1 is an
 * array of instances, version 2 an object that holds it.
 */
export function renderJson(snapshot: VrrpSnapshot, version: 1 | 2): string {
  const instances = snapshot.instances.map(instance => ({
    data: instanceData(instance, snapshot),
    stats: keepalivedStatistics(instance.counters),
  }));
  if (version === 1) return `${JSON.stringify(instances)}\n`;
  const processes = snapshot.configuration.processes.map(({ name }) => processData(name, snapshot));
  return `${JSON.stringify({ vrrp: instances, ...listProperty('track_process', processes) })}\n`;
}

function instanceData(instance: InstanceSnapshot, snapshot: VrrpSnapshot): Record<string, unknown> {
  const { configuration } = instance;
  const { garp, notify } = configuration;
  const number = (flag: boolean): number => (flag ? 1 : 0);
  return {
    iname: configuration.name,
    dont_track_primary: number(configuration.dontTrackPrimary),
    skip_check_adv_addr: number(configuration.skipCheckAdvertAddresses),
    strict_mode: 0,
    vmac_ifname: '',
    ifp_ifname: configuration.interface ?? '',
    master_priority: instance.master?.priority ?? 0,
    last_transition: (instance.lastTransitionAt ?? 0) / 1_000_000,
    garp_delay: inSeconds(garp.masterDelay),
    garp_refresh: inSeconds(garp.masterRefresh),
    garp_rep: garp.masterRepeat,
    garp_refresh_rep: garp.masterRefreshRepeat,
    garp_lower_prio_delay: inSeconds(garp.lowerPriorityDelay),
    garp_lower_prio_rep: garp.lowerPriorityRepeat,
    lower_prio_no_advert: number(configuration.lowerPriorityNoAdvert),
    higher_prio_send_advert: number(configuration.higherPrioritySendAdvert),
    vrid: configuration.vrid,
    base_priority: configuration.priority,
    effective_priority: instance.effectivePriority,
    vipset: instance.addresses.length > 0 && instance.addresses.every(({ isSet }) => isSet),
    promote_secondaries: configuration.promoteSecondaries,
    adver_int: inSeconds(configuration.advertisementInterval),
    master_adver_int: inSeconds(instance.masterInterval),
    accept: 1,
    nopreempt: !configuration.preempt,
    preempt_delay: inSeconds(configuration.preemptDelay),
    state: stateNumbers[instance.state],
    wantstate: instance.state === 'INIT' ? initialNumber(instance) : stateNumbers[instance.state],
    version: configuration.version,
    smtp_alert: notify.mail === true,
    notify_deleted: notify.reportDeleted,
    ...scriptProperty('script_master', notify.master),
    ...scriptProperty('script_backup', notify.backup),
    ...scriptProperty('script_fault', notify.fault),
    ...scriptProperty('script_stop', notify.stop),
    ...scriptProperty('script_deleted', notify.deleted),
    ...scriptProperty('script', notify.generic),
    ...scriptProperty('script_master_rx_lower_pri', notify.masterReceivedLowerPriority),
    ...listProperty('vips', instance.addresses.map(addressText)),
    ...listProperty('evips', instance.excludedAddresses.map(addressText)),
    ...listProperty('vroutes', (configuration.routes ?? []).map(routeText)),
    ...listProperty('vrules', (configuration.rules ?? []).map(ruleText)),
    ...listProperty(
      'track_ifp',
      configuration.trackInterfaces.map(tracker => tracker.interface),
    ),
    ...listProperty('track_script', trackedScripts(instance, snapshot)),
    ...listProperty(
      'track_process',
      configuration.trackProcesses.map(tracker => tracker.process),
    ),
    auth_type: configuration.authentication.type === 'password' ? 1 : 0,
    // Whoever may read this file need not know the password.
    ...(configuration.authentication.type === 'password' && { auth_data: '********' }),
  };
}

function initialNumber({ configuration }: InstanceSnapshot): number {
  return configuration.initialState === 'master' ? stateNumbers.MASTER : stateNumbers.BACKUP;
}

function scriptProperty(name: string, script: RunnableScript | undefined): Record<string, string> {
  return script === undefined ? {} : { [name]: scriptText(script) };
}

function listProperty<Item>(name: string, list: readonly Item[]): Record<string, readonly Item[]> {
  return list.length === 0 ? {} : { [name]: list };
}

function trackedScripts({ configuration }: InstanceSnapshot, snapshot: VrrpSnapshot): string[] {
  return configuration.trackScripts.flatMap(tracker => {
    const script = snapshot.configuration.scripts.find(({ name }) => name === tracker.script)?.script;
    return script === undefined ? [] : [scriptText(script)];
  });
}

function processData(name: string, { processes }: VrrpSnapshot): Record<string, unknown> {
  const known = processes.get(name);
  return { process: name, num_cur_proc: known?.count ?? 0, have_quorum: known?.status === 'up' };
}

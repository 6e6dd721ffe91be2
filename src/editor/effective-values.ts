import { type Duration, inSeconds } from '../base/duration.ts';
import type { Configuration, DaemonConfiguration } from '../engine/configuration.ts';
import type { TrackScriptConfiguration, VirtualRouterConfiguration } from '../vrrp/configuration.ts';
import type { EffectiveValue, EffectiveValues } from './effective.ts';
import { wordOf } from './line-text.ts';

const seconds = (span: Duration): string => String(inSeconds(span));

const stated = (value: string, ...inherits: readonly string[]): EffectiveValue => ({
  value,
  stated: true,
  inherits,
});

/** A yes or no that is written out only where somebody said it. */
const choice = (value: boolean, ...inherits: readonly string[]): EffectiveValue => ({
  value: value ? 'on' : 'off',
  inherits,
});

const lowerDelay = ['vrrp_garp_lower_prio_delay', 'vrrp_garp_master_delay', 'vrrp_min_garp'];
const lowerRepeat = ['vrrp_garp_lower_prio_repeat', 'vrrp_garp_master_repeat', 'vrrp_min_garp'];

/** Keywords of a vrrp_instance whose effect depends on others, or on global_defs. */
export function instanceValues(instance: VirtualRouterConfiguration): EffectiveValues {
  const { garp, destination } = instance;
  const version6 = instance.family === 6;
  const values: [string, EffectiveValue][] = [
    ['state', stated(instance.initialState === 'master' ? 'MASTER' : 'BACKUP')],
    ['virtual_router_id', stated(String(instance.vrid))],
    ['version', stated(String(instance.version), ...(version6 ? [] : ['vrrp_version']))],
    ['priority', stated(String(instance.priority))],
    ['advert_int', stated(seconds(instance.advertisementInterval))],
    ['down_timer_adverts', stated(String(instance.downTimerAdverts), 'vrrp_down_timer_adverts')],
    ['preempt', instance.preempt ? stated('') : { value: undefined }],
    ['nopreempt', { value: instance.preempt ? undefined : '' }],
    ['garp_master_delay', stated(seconds(garp.masterDelay), 'vrrp_garp_master_delay', 'vrrp_min_garp')],
    ['garp_master_repeat', stated(String(garp.masterRepeat), 'vrrp_garp_master_repeat', 'vrrp_min_garp')],
    ['garp_master_refresh', stated(seconds(garp.masterRefresh), 'vrrp_garp_master_refresh')],
    ['garp_lower_prio_delay', stated(seconds(garp.lowerPriorityDelay), ...lowerDelay)],
    ['garp_lower_prio_repeat', stated(String(garp.lowerPriorityRepeat), ...lowerRepeat)],
    ['v3_checksum_as_v2', choice(instance.checksumWithoutPseudoHeader, 'v3_checksum_as_v2')],
    ['skip_check_adv_addr', choice(instance.skipCheckAdvertAddresses, 'vrrp_skip_check_adv_addr')],
    ['lower_prio_no_advert', choice(instance.lowerPriorityNoAdvert, 'vrrp_lower_prio_no_advert')],
    ['higher_prio_send_advert', choice(instance.higherPrioritySendAdvert, 'vrrp_higher_prio_send_advert')],
    ['owner_ignore_adverts', choice(instance.ownerIgnoreAdverts, 'vrrp_owner_ignore_adverts')],
  ];
  // Refused or cleared beside nopreempt and state MASTER.
  if (instance.preempt && instance.initialState === 'backup') {
    values.push(['preempt_delay', stated(seconds(instance.preemptDelay))]);
  } else {
    values.push(['preempt_delay', { value: undefined }]);
  }
  // vrrp_min_garp makes it 0, which the keyword itself cannot say.
  if (garp.masterRefreshRepeat > 0) {
    values.push([
      'garp_master_refresh_repeat',
      stated(String(garp.masterRefreshRepeat), 'vrrp_garp_master_refresh_repeat'),
    ]);
  }
  if (destination.type === 'multicast') {
    values.push(['mcast_dst_ip', stated(destination.group, version6 ? 'vrrp_mcast_group6' : 'vrrp_mcast_group4')]);
  }
  if (destination.type === 'unicast' && destination.checkSource) {
    values.push(['check_unicast_src', { value: '', inherits: ['vrrp_check_unicast_src'] }]);
  }
  return new Map(values);
}

export function scriptValues(script: TrackScriptConfiguration): EffectiveValues {
  return new Map([
    ['interval', stated(seconds(script.interval))],
    // keepalived 2.2 knows no fractions here, so that one is written out only where somebody wrote it.
    ['timeout', { value: seconds(script.timeout), stated: Number.isInteger(inSeconds(script.timeout)) }],
    ['rise', stated(String(script.rise))],
    ['fall', stated(String(script.fall))],
  ]);
}

export function globalValues({ daemon, vrrp }: Configuration): EffectiveValues {
  const { global } = vrrp;
  return new Map<string, EffectiveValue>([
    ['router_id', stated(wordOf(global.routerId))],
    ['startup_script_timeout', { value: seconds(daemon.startupScriptTimeout) }],
    ['shutdown_script_timeout', { value: seconds(daemon.shutdownScriptTimeout) }],
    ['umask', { value: octal(daemon.umask) }],
    ['vrrp_startup_delay', { value: seconds(global.startupDelay) }],
    ['vrrp_garp_interval', { value: seconds(global.garpInterval) }],
    ['vrrp_gna_interval', { value: seconds(global.gnaInterval) }],
    ['json_version', { value: String(daemon.jsonVersion) }],
  ]);
}

export function rootValues({ childWaitTime }: DaemonConfiguration): EffectiveValues {
  return new Map([['child_wait_time', { value: seconds(childWaitTime) }]]);
}

function octal(mask: number): string {
  return `0${mask.toString(8)}`;
}

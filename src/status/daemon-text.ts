import { type Duration, inSeconds } from '../base/duration.ts';
import type { DaemonConfiguration, NetlinkBuffer, ReceiveBuffer } from '../engine/configuration.ts';
import type { DaemonFiles } from '../engine/daemon-files-section.ts';
import { leastRealTimeLimit, type ProcessScheduling, type SchedulingConfiguration } from '../engine/scheduling.ts';
import { scriptText } from './script-text.ts';

/** What concerns the processes, for the parent's dump and for -d. */
export function renderDaemonConfiguration(daemon: DaemonConfiguration): string[] {
  const lines = [
    '------< Processes >------',
    ` Instance = ${daemon.instance ?? '(none)'}`,
    ` Act as keepalived = ${daemon.actAsKeepalived}`,
    ` Flight recorder = ${daemon.flightRecorder}`,
    ` Use pid directory = ${daemon.usePidDirectory}`,
    ` Child wait time = ${inSeconds(daemon.childWaitTime)} sec`,
    ` umask = 0${daemon.umask.toString(8)}`,
    ` VRRP receive buffer = ${receiveBufferText(daemon.vrrpReceiveBuffer)}`,
    ` vrrp_netlink_cmd_rcv_bufs = ${netlinkBufferText(daemon.vrrpNetlinkCommandBuffer)}`,
    ` vrrp_netlink_monitor_rcv_bufs = ${netlinkBufferText(daemon.vrrpNetlinkMonitorBuffer)}`,
    ` JSON version = ${daemon.jsonVersion}`,
  ];
  const said = (what: string, value: string | undefined): void => {
    if (value !== undefined) lines.push(` ${what} = ${value}`);
  };
  said('Process name', daemon.processName);
  said('VRRP process name', daemon.vrrpProcessName);
  said('Checker process name', daemon.checkerProcessName);
  said('BFD process name', daemon.bfdProcessName);
  lines.push(...schedulingLines(daemon.scheduling), ...fileLines(daemon.files));
  if (daemon.startupScript) {
    const limit = inSeconds(daemon.startupScriptTimeout);
    lines.push(` Startup script = ${scriptText(daemon.startupScript)}, at most ${limit} sec`);
  }
  if (daemon.shutdownScript) {
    const limit = inSeconds(daemon.shutdownScriptTimeout);
    lines.push(` Shutdown script = ${scriptText(daemon.shutdownScript)}, at most ${limit} sec`);
  }
  return lines;
}

function schedulingLines(scheduling: SchedulingConfiguration): string[] {
  const { automaticPriorityDelay, bfd, checker, mostAutomaticPriority, vrrp } = scheduling;
  const lines = [
    [' VRRP scheduling', vrrp],
    [' Checker scheduling', checker],
    [' BFD scheduling', bfd],
  ] as const;
  const texts = lines.flatMap(([what, process]) => {
    const words = schedulingWords(process);
    return words.length > 0 ? [`${what} = ${words.join(', ')}`] : [];
  });
  if (mostAutomaticPriority > 0) {
    const delay = inSeconds(automaticPriorityDelay);
    texts.push(` Automatic priority = up to ${mostAutomaticPriority}, when ${delay} sec late`);
  }
  return texts;
}

function schedulingWords({
  memoryLocked,
  niceness,
  processors,
  realTimeLimit,
  realTimePriority,
}: ProcessScheduling): string[] {
  const limit = inSeconds(Math.max(realTimeLimit, leastRealTimeLimit) as Duration);
  return [
    ...(niceness === undefined ? [] : [`niceness ${niceness}`]),
    ...(realTimePriority === undefined
      ? []
      : [`real-time priority ${realTimePriority}, at most ${limit} sec at a time`]),
    ...(processors === undefined ? [] : [`processors ${processors.join(' ')}`]),
    ...(memoryLocked ? ['memory locked'] : []),
  ];
}

function fileLines(files: DaemonFiles): string[] {
  const { jsonDump, reloadCheck, reloadMarker, reloadRepeat, reloadTime, stateDump, statisticsDump } = files;
  const lines: readonly (readonly [what: string, value: string | undefined])[] = [
    ['Reload time file', reloadTime && `${reloadTime}${reloadRepeat ? ', repeated' : ''}`],
    ['Reload file', reloadMarker],
    ['Reload check', reloadCheck && (reloadCheck.log ?? 'not logged')],
    ['State dump file', stateDump],
    ['Statistics dump file', statisticsDump],
    ['JSON dump file', jsonDump],
  ];
  return lines.flatMap(([what, value]) => (value === undefined ? [] : [` ${what} = ${value}`]));
}

function receiveBufferText(buffer: ReceiveBuffer): string {
  switch (buffer.type) {
    case 'kernel-default':
      return 'kernel default';
    case 'bytes':
      return `${buffer.bytes} bytes`;
    case 'mtu':
    case 'advert':
      return `${buffer.multiplier} x ${buffer.type}`;
  }
}

function netlinkBufferText({ bytes, force }: NetlinkBuffer): string {
  return bytes === undefined ? 'kernel default' : `${bytes} bytes${force ? ', forced' : ''}`;
}

import { inSeconds } from '../base/duration.ts';
import type { DaemonConfiguration, NetlinkBuffer, ReceiveBuffer } from '../engine/configuration.ts';
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
  if (daemon.processName !== undefined) lines.push(` Process name = ${daemon.processName}`);
  if (daemon.vrrpProcessName !== undefined) lines.push(` VRRP process name = ${daemon.vrrpProcessName}`);
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

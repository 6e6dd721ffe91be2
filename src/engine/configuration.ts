import type { Duration } from '../base/duration.ts';
import type { Diagnostic } from '../config/diagnostic.ts';
import type { ConfigurationHost } from '../ports/configuration-host.ts';
import type { RunnableScript } from '../ports/script.ts';
import type { VrrpConfiguration } from '../vrrp/configuration.ts';

/** What concerns the processes rather than a protocol: complete, checked, with every default filled in. */
export interface DaemonConfiguration {
  /** Suffix of pid files and log idents. Fixed at reload. */
  readonly instance: string | undefined;
  /** Pid files go to a directory of their own instead of /run. */
  readonly usePidDirectory: boolean;
  /** How long the parent waits for its children after TERM before it kills them. */
  readonly childWaitTime: Duration;
  /** `holdfast { act_as keepalived }`: take keepalived's process titles, pid files and log idents. */
  readonly actAsKeepalived: boolean;
  /** Titles for all processes from the well-known names, unless named one by one. */
  readonly processNames: boolean;
  /** At most 15 bytes; undefined leaves the default. */
  readonly processName: string | undefined;
  readonly vrrpProcessName: string | undefined;
  /** Run once by the parent before the children start. */
  readonly startupScript: RunnableScript | undefined;
  /** 1 .. 1000 s. */
  readonly startupScriptTimeout: Duration;
  /** Run by the parent after all children are gone. */
  readonly shutdownScript: RunnableScript | undefined;
  /** 1 .. 1000 s. */
  readonly shutdownScriptTimeout: Duration;
  /** For files the daemon writes: 0 .. 0o777. The command line's -u wins. */
  readonly umask: number;
  readonly vrrpReceiveBuffer: ReceiveBuffer;
  readonly vrrpNetlinkCommandBuffer: NetlinkBuffer;
  readonly vrrpNetlinkMonitorBuffer: NetlinkBuffer;
  /** Add the instance name to the names of dump files. */
  readonly dataUseInstance: boolean;
  /** Shape of the JSON dump: 2 wraps the array. */
  readonly jsonVersion: 1 | 2;
}

/** How big the receive buffer of a VRRP socket is to be. */
export type ReceiveBuffer =
  | { readonly type: 'kernel-default' }
  | { readonly type: 'bytes'; readonly bytes: number }
  /** So many packets of the interface's MTU, or of the instance's own advert size. */
  | { readonly type: 'mtu' | 'advert'; readonly multiplier: number };

export interface NetlinkBuffer {
  /** Undefined leaves the kernel's default. */
  readonly bytes: number | undefined;
  /** Exceed net.core.rmem_max (SO_RCVBUFFORCE). */
  readonly force: boolean;
}

/** Everything a configuration says, per part of the daemon. */
export interface Configuration {
  readonly daemon: DaemonConfiguration;
  readonly vrrp: VrrpConfiguration;
}

export interface LoadOptions {
  /** -i, else the host name up to its first dot: what @ID lines compare with. */
  readonly configId: string;
  /** -e: every include is as strict as includea. */
  readonly allIncludesStrict: boolean;
}

export interface LoadedConfiguration {
  /** Undefined: it must not be run; start and reload refuse. */
  readonly configuration: Configuration | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** keepalived's exit status for -t: 0, 2, 4, 5 or 6. */
  readonly testExitStatus: number;
  /** Exit status of a start that is refused: 2 for a bad configuration, 6 if it cannot be read. */
  readonly startExitStatus: number | undefined;
}

/** Reads a configuration file with its includes. Asks nothing but the host, keeps nothing. */
export function loadConfiguration(path: string, host: ConfigurationHost, _options: LoadOptions): LoadedConfiguration {
  const text = host.readFile(path);
  return {
    configuration: undefined,
    diagnostics: [],
    testExitStatus: 0,
    startExitStatus: text.ok ? 2 : 6,
  };
}

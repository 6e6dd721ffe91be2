import type { Configuration } from '../engine/configuration.ts';
import type { Names } from './names.ts';
import type { LogOptions } from './options.ts';

/** What the VRRP child is told besides the configuration. */
export interface ChildSetup {
  readonly names: Names;
  readonly pidFile: string;
  readonly umask: number;
  readonly log: LogOptions;
  readonly ignoreInterrupt: boolean;
  /** -V: stop without removing addresses. */
  readonly keepAddresses: boolean;
  readonly logAddressChanges: boolean;
  readonly dumpConfiguration: boolean;
}

/** From the parent to its child. */
export type ParentMessage = {
  readonly type: 'configure';
  /** Counts the configurations of this daemon's life. */
  readonly sequence: number;
  readonly setup: ChildSetup;
  readonly configuration: Configuration;
};

/** From the child to its parent. */
export type ChildMessage =
  /** Signals are taken over. */
  | { readonly type: 'ready' }
  | { readonly type: 'configured'; readonly sequence: number }
  /** HUP came to the child itself. */
  | { readonly type: 'reload-wanted' };

/** A configuration of tens of thousands of lines is some 20 MB here; more than this is a mistake. */
export const longestMessage = 256 * 1024 * 1024;

/** Descriptors of the child, set up by the parent. */
export const channelDescriptor = 3;
export const consoleDescriptor = 4;

/** First argument of the processes that Holdfast starts of itself. */
export const vrrpChildRole = '--role=vrrp-child';
export const daemonRole = '--role=daemon';

import type { BfdConfiguration } from '../bfd/configuration.ts';
import type { CheckerConfigurations } from '../engine/checker-process.ts';
import type { DaemonConfiguration } from '../engine/configuration.ts';
import type { ServerWord } from '../engine/early-words.ts';
import type { Mail } from '../ports/mail.ts';
import type { VrrpConfiguration } from '../vrrp/configuration.ts';
import type { ChildKind } from './child-kind.ts';
import type { Names } from './names.ts';
import type { LogOptions } from './options.ts';

/** What a child is told besides its part of the configuration. */
export interface ChildSetup {
  readonly names: Names;
  readonly pidFile: string;
  readonly umask: number;
  readonly log: LogOptions;
  readonly ignoreInterrupt: boolean;
  /** -V and -I: stop without removing addresses or services. */
  readonly keepAtStop: boolean;
  readonly logAddressChanges: boolean;
  readonly dumpConfiguration: boolean;
  /** False if an earlier child was ended by Node or V8: with locked memory that may happen again. */
  readonly mayLockMemory: boolean;
}

/** What the VRRP process runs. */
export interface VrrpPart {
  readonly vrrp: VrrpConfiguration;
  /** Instances whose transitions the parent wants to hear of. */
  readonly reportedInstances: readonly string[];
  /** What is known of the BFD sessions. */
  readonly sessionStates: readonly SessionState[];
}

/** What the checker process runs. */
export interface CheckerPart extends CheckerConfigurations {
  /** All that operators have said of servers. */
  readonly overrides: readonly ServerWord[];
  /** What is known of the VRRP instances that something here follows. */
  readonly instanceStates: readonly InstanceState[];
  /** What is known of the BFD sessions. */
  readonly sessionStates: readonly SessionState[];
}

/** What the BFD process runs. */
export interface BfdPart {
  readonly bfd: BfdConfiguration;
}

export interface InstanceState {
  readonly instance: string;
  readonly state: 'master' | 'backup';
}

/** A BFD session, and who is told of it. */
export interface SessionState {
  readonly session: string;
  readonly up: boolean;
  readonly toVrrp: boolean;
  readonly toChecker: boolean;
}

/** From the parent to any child. */
export interface ConfigureMessage<Part> {
  readonly type: 'configure';
  /** Counts the configurations of this daemon's life. */
  readonly sequence: number;
  readonly setup: ChildSetup;
  readonly daemon: DaemonConfiguration;
  readonly part: Part;
}

/** A question for the operator, answered by `answer` with the same number. */
export interface QuestionMessage {
  readonly type: 'question';
  readonly number: number;
  /** serviceIdentity of a virtual server; undefined: everything. */
  readonly service: string | undefined;
}

/** To the VRRP process only: write the flight recording. Answered as a question, with WrittenRecording as JSON. */
export interface RecordMessage {
  readonly type: 'record';
  readonly number: number;
}

export interface WrittenRecording {
  /** Undefined if nothing was written: the flight recorder is off, or see the log. */
  readonly file: string | undefined;
}

/** From the parent to the checker only. */
export type CheckerMessage =
  | { readonly type: 'server-word'; readonly word: ServerWord }
  | { readonly type: 'instance-state'; readonly state: InstanceState };

/** From the parent to those that follow a BFD session. */
export interface SessionMessage {
  readonly type: 'session-state';
  readonly state: SessionState;
}

export type ParentMessage<Part = unknown> =
  | ConfigureMessage<Part>
  | QuestionMessage
  | RecordMessage
  | CheckerMessage
  | SessionMessage;

/** From a child to its parent. */
export type ChildMessage =
  /** Signals are taken over. */
  | { readonly type: 'ready' }
  | { readonly type: 'configured'; readonly sequence: number }
  /** HUP came to the child itself. */
  | { readonly type: 'reload-wanted' }
  /**
   * What the child does right now: VrrpStatus or HealthStatus as JSON, or a portion of it while there is `more`. It may be
   * some ten megabytes, which the parent has no reason to look into.
   */
  | { readonly type: 'answer'; readonly number: number; readonly json: string; readonly more: boolean }
  /** To be sent by the mail process. */
  | { readonly type: 'mail'; readonly letter: Letter }
  /** From the VRRP process only: an instance that the parent asked about. */
  | { readonly type: 'instance-state'; readonly state: InstanceState }
  /** From the BFD process only. */
  | SessionMessage;

/** A mail, and when it was written: an RFC 5322 date. */
export interface Letter {
  readonly mail: Mail;
  readonly date: string;
}

/** A configuration of tens of thousands of lines is some 20 MB here; more than this is a mistake. */
export const longestMessage = 256 * 1024 * 1024;

/** Descriptors of a child, set up by the parent. */
export const channelDescriptor = 3;
export const consoleDescriptor = 4;

/** First argument of the processes that Holdfast starts of itself. */
export const childRoles: Readonly<Record<ChildKind, string>> = {
  checker: '--role=checker-child',
  vrrp: '--role=vrrp-child',
  bfd: '--role=bfd-child',
};
export const daemonRole = '--role=daemon';
export const mailRole = '--role=mail';

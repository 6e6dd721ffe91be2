import type { Family, IpAddress } from '../base/ip-address.ts';
import type { LogLevel } from './log.ts';

/** Where control packets arrive: one socket for all sessions of a family and port. */
export interface BfdListener {
  readonly family: Family;
  readonly port: number;
}

/** Everything the world can tell the BFD engine. Plain data, as for VRRP. */
export type BfdInput =
  | {
      readonly type: 'packet-received';
      readonly source: IpAddress;
      readonly destination: IpAddress;
      /** The port it was sent to. */
      readonly port: number;
      /** IPv4 TTL or IPv6 hop limit; undefined if the kernel did not say. */
      readonly ttl: number | undefined;
      /** The UDP payload. */
      readonly payload: Uint8Array;
    }
  /** Packets of this kind cannot be received; the engine asks again. */
  | { readonly type: 'listen-failed'; readonly listener: BfdListener; readonly error: string }
  /** The sending socket of a session could not be opened; the engine asks again. */
  | { readonly type: 'socket-failed'; readonly session: string; readonly error: string }
  /** The kernel refused to send; errno name such as ENETUNREACH. */
  | { readonly type: 'send-failed'; readonly session: string; readonly error: string };

/** Everything the BFD engine can ask of the world. Executed in order. */
export type BfdEffect =
  /** Replaces the earlier set; those that stay open lose nothing. */
  | { readonly type: 'listen'; readonly listeners: readonly BfdListener[] }
  /**
   * A socket of the session's own, from a port of its own in 49152 .. 65535 that stays the same while it is open
   * (RFC 5881 section 4).
   */
  | {
      readonly type: 'open-socket';
      readonly session: string;
      /** Undefined: the kernel chooses by its routes. */
      readonly source: IpAddress | undefined;
      readonly destination: IpAddress;
      readonly port: number;
      /** 1 .. 255. */
      readonly ttl: number;
    }
  | { readonly type: 'close-socket'; readonly session: string }
  /** Through the session's socket; lost if it has none. */
  | { readonly type: 'send'; readonly session: string; readonly payload: Uint8Array }
  /** The session went up or down, or is new and down. */
  | {
      readonly type: 'session-state';
      readonly session: string;
      readonly up: boolean;
      readonly toVrrp: boolean;
      readonly toChecker: boolean;
    }
  /** `detail`: only worth a line when the operator asked for detail (-D). */
  | { readonly type: 'log'; readonly level: LogLevel; readonly text: string; readonly detail: boolean }
  /** The engine has nothing left to do after a stop. */
  | { readonly type: 'stopped' };

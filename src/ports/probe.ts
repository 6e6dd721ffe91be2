import type { Duration } from '../base/duration.ts';
import type { IpAddress } from '../base/ip-address.ts';
import type { RunnableScript } from './script.ts';

/** Whom a probe talks to, and from where. */
export interface ProbeEndpoint {
  readonly address: IpAddress;
  /** 0 for probes without ports. */
  readonly port: number;
  /** bindto, bind_port, bind_if. */
  readonly bindAddress: IpAddress | undefined;
  readonly bindPort: number | undefined;
  readonly bindInterface: string | undefined;
  /** SO_MARK; undefined is none. */
  readonly fwmark: number | undefined;
  /** connect_timeout: for the connection, and again for every read. */
  readonly timeout: Duration;
}

/** A pattern that the operator wrote; PCRE2 options of the same names. */
export interface BodyPattern {
  readonly pattern: string;
  readonly options: readonly string[];
  /** Bytes from the start of the body within which a match must begin. */
  readonly minimumOffset: number;
  readonly maximumOffset: number | undefined;
  /** regex_no_match: a match is a failure. */
  readonly negate: boolean;
}

export interface TlsOptions {
  /** Server name indication; undefined sends none. */
  readonly serverName: string | undefined;
  /**
   * Verify the certificate against these authorities, a file in PEM form or those that the machine trusts, and for this
   * name, else the server name, else the address; undefined verifies nothing, as keepalived.
   */
  readonly verify:
    | { readonly authorities: 'system' | { readonly file: string }; readonly name: string | undefined }
    | undefined;
  /** PEM texts of a client certificate. */
  readonly client:
    | { readonly certificate: string; readonly key: string; readonly password: string | undefined }
    | undefined;
  /** Send close_notify at the end. */
  readonly compliantShutdown: boolean;
}

/** One measurement of one real server. Plain data: identical probes are recognised by comparing them. */
export type ProbeSpec =
  | { readonly type: 'tcp'; readonly endpoint: ProbeEndpoint }
  | {
      readonly type: 'http';
      readonly endpoint: ProbeEndpoint;
      readonly tls: TlsOptions | undefined;
      /** 1.0C is 1.0 with `Connection: close`. */
      readonly version: '1.0' | '1.0C' | '1.1';
      readonly path: string;
      /** Host header as sent. */
      readonly host: string;
      /** Inclusive ranges; a status in none of them fails. */
      readonly statusRanges: readonly (readonly [number, number])[];
      /** MD5 of the body in lower-case hex; undefined: any body. */
      readonly digest: string | undefined;
      readonly pattern: BodyPattern | undefined;
    }
  /** HTTP/2 with prior knowledge or by ALPN; gRPC health checking protocol when `grpcService` is given. */
  | {
      readonly type: 'http2';
      readonly endpoint: ProbeEndpoint;
      readonly tls: TlsOptions | undefined;
      readonly path: string;
      readonly host: string;
      readonly statusRanges: readonly (readonly [number, number])[];
      /** As for `http`; nothing of a gRPC reply is compared with them. */
      readonly digest: string | undefined;
      readonly pattern: BodyPattern | undefined;
      /** "" asks for the server as a whole. */
      readonly grpcService: string | undefined;
    }
  | { readonly type: 'smtp'; readonly endpoint: ProbeEndpoint; readonly heloName: string }
  | {
      readonly type: 'dns';
      readonly endpoint: ProbeEndpoint;
      /** Query type number, such as 6 for SOA. */
      readonly queryType: number;
      /** "" is the root. */
      readonly name: string;
    }
  | {
      readonly type: 'udp';
      readonly endpoint: ProbeEndpoint;
      readonly payload: Uint8Array;
      readonly requireReply: boolean;
      /** Expected beginning of the reply, a nibble each; undefined nibbles match anything. */
      readonly reply: readonly (number | undefined)[] | undefined;
      readonly minimumReplyLength: number;
      readonly maximumReplyLength: number;
    }
  | { readonly type: 'ping'; readonly endpoint: ProbeEndpoint }
  /** Exit status 0 is success; with `dynamic` 2 .. 255 are, too, and set a weight. */
  | { readonly type: 'script'; readonly script: RunnableScript; readonly timeout: Duration; readonly dynamic: boolean };

/** Why a probe failed. */
export type ProbeFailure =
  | { readonly type: 'connection'; readonly error: string }
  | { readonly type: 'timeout'; readonly during: 'connect' | 'tls' | 'read' | 'script' }
  | { readonly type: 'tls'; readonly error: string }
  /** The peer ended the conversation too early. */
  | { readonly type: 'closed' }
  /** `to`: what an SMTP server answered with it. */
  | { readonly type: 'status'; readonly status: number; readonly to?: 'connection' | 'HELO' }
  | { readonly type: 'digest'; readonly digest: string }
  | { readonly type: 'pattern' }
  /** Not the protocol that was expected; a short, printable excerpt. */
  | { readonly type: 'protocol'; readonly excerpt: string }
  | { readonly type: 'rcode'; readonly rcode: number }
  | { readonly type: 'reply' }
  | { readonly type: 'exit-status'; readonly status: number }
  | { readonly type: 'signal'; readonly signal: number }
  | { readonly type: 'not-started'; readonly error: string };

/** What one probe measured. */
export interface ProbeResult {
  readonly failure: ProbeFailure | undefined;
  readonly took: Duration;
  /** Exit status of a script that ended by itself; HTTP status; for the operator and for misc_dynamic. */
  readonly status: number | undefined;
  /** MD5 of the body as read, in lower-case hex. */
  readonly digest: string | undefined;
  /** The first printable bytes of the reply, at most 120 characters. */
  readonly excerpt: string | undefined;
}

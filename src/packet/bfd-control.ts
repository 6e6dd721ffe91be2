import { assert } from '../base/assert.ts';
import { type Duration, microseconds } from '../base/duration.ts';
import { failed, ok, type Result } from '../base/result.ts';

/** UDP ports: single hop (RFC 5881 section 4) and multihop (RFC 5883 section 5). */
export const controlPort = { singleHop: 3784, multihop: 4784 } as const;

/** Length of a control packet without authentication. */
export const controlLength = 24;
/** The shortest authentication section has two bytes more (RFC 5880 section 6.8.6). */
export const authenticatedLength = 26;

const version = 1;

export type SessionState = 'AdminDown' | 'Down' | 'Init' | 'Up';

/** By their numbers on the wire. */
export const sessionStates = ['AdminDown', 'Down', 'Init', 'Up'] as const satisfies readonly SessionState[];

/** Why a session went down, as far as this side says it itself: RFC 5880 section 4.1. */
export const diagnostic = { none: 0, expired: 1, neighborDown: 3, administrativelyDown: 7 } as const;

/** The fields of a control packet, RFC 5880 section 4.1. */
export interface ControlPacket {
  /** 0 .. 31; 9 and up are reserved and no error. */
  readonly diagnostic: number;
  readonly state: SessionState;
  readonly poll: boolean;
  readonly final: boolean;
  readonly controlPlaneIndependent: boolean;
  readonly demand: boolean;
  /** Detect Mult, 0 .. 255; 0 is never sent. */
  readonly detectMultiplier: number;
  /** 0 .. 2^32 - 1; 0 is never sent. */
  readonly myDiscriminator: number;
  /** 0 while the other side's is not known. */
  readonly yourDiscriminator: number;
  /** Whole microseconds below 2^32, as the other two. */
  readonly desiredMinTx: Duration;
  /** 0 asks for no periodic packets. */
  readonly requiredMinRx: Duration;
  /** 0: no echo packets are welcome. */
  readonly requiredMinEchoRx: Duration;
}

const flag = {
  poll: 0x20,
  final: 0x10,
  independent: 0x08,
  authentication: 0x04,
  demand: 0x02,
  multipoint: 0x01,
} as const;

/** A packet without authentication. */
export function encodeControl(packet: ControlPacket): Uint8Array {
  const { detectMultiplier, myDiscriminator } = packet;
  assert(packet.diagnostic >= 0 && packet.diagnostic <= 31, 'a diagnostic has five bits');
  assert(detectMultiplier >= 1 && detectMultiplier <= 255, 'a detection multiplier is 1 to 255');
  assert(myDiscriminator !== 0, 'our own discriminator is not zero');
  assert(!(packet.poll && packet.final), 'Poll and Final are never both set (RFC 5880 section 6.5)');
  const bytes = new Uint8Array(controlLength);
  const view = new DataView(bytes.buffer);
  bytes[0] = (version << 5) | packet.diagnostic;
  bytes[1] =
    (sessionStates.indexOf(packet.state) << 6) |
    (packet.poll ? flag.poll : 0) |
    (packet.final ? flag.final : 0) |
    (packet.controlPlaneIndependent ? flag.independent : 0) |
    (packet.demand ? flag.demand : 0);
  bytes[2] = detectMultiplier;
  bytes[3] = controlLength;
  view.setUint32(4, myDiscriminator);
  view.setUint32(8, packet.yourDiscriminator);
  view.setUint32(12, wireInterval(packet.desiredMinTx));
  view.setUint32(16, wireInterval(packet.requiredMinRx));
  view.setUint32(20, wireInterval(packet.requiredMinEchoRx));
  return bytes;
}

function wireInterval(span: Duration): number {
  assert(Number.isInteger(span) && span >= 0 && span <= 0xffff_ffff, 'an interval is whole microseconds in 32 bits');
  return span;
}

/** A packet as it is laid out, its fields read and not judged. */
export interface ReceivedControl extends ControlPacket {
  /** 0 .. 7. */
  readonly version: number;
  /** The Length field. */
  readonly length: number;
  /** Bytes that came, padding included. */
  readonly payloadLength: number;
  readonly authenticationPresent: boolean;
  readonly multipoint: boolean;
}

/** Fewer bytes than the mandatory section needs. */
export interface ControlTooShort {
  readonly type: 'too-short';
  readonly length: number;
}

/** Reads the mandatory section. Judges nothing except that it is all there. */
export function readControl(bytes: Uint8Array): Result<ReceivedControl, ControlTooShort> {
  if (bytes.length < controlLength) return failed({ type: 'too-short', length: bytes.length });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = bytes[1]!;
  return ok({
    version: bytes[0]! >> 5,
    diagnostic: bytes[0]! & 0x1f,
    state: sessionStates[flags >> 6]!,
    poll: (flags & flag.poll) !== 0,
    final: (flags & flag.final) !== 0,
    controlPlaneIndependent: (flags & flag.independent) !== 0,
    authenticationPresent: (flags & flag.authentication) !== 0,
    demand: (flags & flag.demand) !== 0,
    multipoint: (flags & flag.multipoint) !== 0,
    detectMultiplier: bytes[2]!,
    length: bytes[3]!,
    payloadLength: bytes.length,
    myDiscriminator: view.getUint32(4),
    yourDiscriminator: view.getUint32(8),
    desiredMinTx: microseconds(view.getUint32(12)),
    requiredMinRx: microseconds(view.getUint32(16)),
    requiredMinEchoRx: microseconds(view.getUint32(20)),
  });
}

/**
 * Netlink messages: a 16-byte header and a body, padded to 4 bytes, several to a datagram. Numbers are in the host's
 * byte order, and every machine this runs on is little-endian.
 */

export const messageType = {
  error: 2,
  done: 3,
  overrun: 4,
} as const;

export const messageFlag = {
  request: 0x1,
  multi: 0x2,
  acknowledge: 0x4,
  /** The table changed while it was dumped: the answer may miss entries. */
  dumpInterrupted: 0x10,
  dump: 0x300,
  replace: 0x100,
  exclusive: 0x200,
  create: 0x400,
} as const;

export const headerLength = 16;

export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** Port of the socket that asked; 0 for messages the kernel sends on its own. */
  readonly port: number;
  /** A view into the datagram, without padding. */
  readonly body: Uint8Array;
}

/** Why bytes are not what they claim to be. Counted, never thrown: one odd message must not stop the monitor. */
export type NetlinkProblem =
  | 'message-header-truncated'
  | 'message-length-invalid'
  | 'message-body-truncated'
  | 'attribute-length-invalid'
  | 'attribute-missing'
  | 'attribute-malformed';

export interface DatagramContents {
  readonly messages: readonly NetlinkMessage[];
  /** What ended the reading early; the messages before it are good. */
  readonly problem: NetlinkProblem | undefined;
}

/** Splits a datagram into its messages. */
export function decodeMessages(datagram: Uint8Array): DatagramContents {
  const messages: NetlinkMessage[] = [];
  const view = viewOf(datagram);
  let offset = 0;
  while (offset < datagram.length) {
    if (datagram.length - offset < headerLength) return { messages, problem: 'message-header-truncated' };
    const length = view.getUint32(offset, true);
    if (length < headerLength || length > datagram.length - offset)
      return { messages, problem: 'message-length-invalid' };
    messages.push({
      type: view.getUint16(offset + 4, true),
      flags: view.getUint16(offset + 6, true),
      sequence: view.getUint32(offset + 8, true),
      port: view.getUint32(offset + 12, true),
      body: datagram.subarray(offset + headerLength, offset + length),
    });
    offset += align(length);
  }
  return { messages, problem: undefined };
}

/** The errno in an error or done message, positive; 0 acknowledges. Undefined if the body is too short. */
export function decodeErrorNumber(message: NetlinkMessage): number | undefined {
  if (message.body.length < 4) return undefined;
  return Math.abs(viewOf(message.body).getInt32(0, true));
}

/** Lengths of messages and attributes are rounded up to 4 when the next one is sought. */
export function align(length: number): number {
  return (length + 3) & ~3;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

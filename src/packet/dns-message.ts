/** What the header of a DNS message says (RFC 1035 section 4.1.1). */
export interface DnsHeader {
  /** 0 .. 65535. */
  readonly id: number;
  /** QR: an answer, not a question. */
  readonly response: boolean;
  /** 0 .. 15; 0 is no error. */
  readonly rcode: number;
  readonly answers: number;
}

const headerLength = 12;
const internetClass = 1;
const recursionDesired = 0x0100;

/**
 * The labels of a domain name, length before each, a zero at the end (RFC 1035 section 3.1); undefined for what is no
 * name: an empty label, one of more than 63 bytes, more than 255 bytes in all. "" and "." are the root.
 */
export function encodeDomainName(name: string): Uint8Array | undefined {
  const bare = name.endsWith('.') ? name.slice(0, -1) : name;
  const bytes: number[] = [];
  for (const label of bare === '' ? [] : bare.split('.')) {
    if (label.length === 0 || label.length > 63) return undefined;
    bytes.push(label.length);
    for (let place = 0; place < label.length; place++) {
      const code = label.charCodeAt(place);
      if (code > 0xff) return undefined;
      bytes.push(code);
    }
  }
  bytes.push(0);
  return bytes.length > 255 ? undefined : Uint8Array.from(bytes);
}

/** One question of the Internet class; `name` as encodeDomainName made it. */
export function encodeDnsQuery(id: number, queryType: number, name: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(headerLength + name.length + 4);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, id);
  view.setUint16(2, recursionDesired);
  view.setUint16(4, 1);
  bytes.set(name, headerLength);
  view.setUint16(headerLength + name.length, queryType);
  view.setUint16(headerLength + name.length + 2, internetClass);
  return bytes;
}

/** Undefined if the message is too short to have a header. */
export function decodeDnsHeader(bytes: Uint8Array): DnsHeader | undefined {
  if (bytes.length < headerLength) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint16(2);
  return { id: view.getUint16(0), response: (flags & 0x8000) !== 0, rcode: flags & 0xf, answers: view.getUint16(6) };
}

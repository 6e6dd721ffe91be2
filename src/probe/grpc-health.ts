/**
 * The two messages of the gRPC health checking protocol (grpc.health.v1), by hand: HealthCheckRequest has a string in
 * field 1, HealthCheckResponse an enumeration in field 1. Each travels behind a flag and a 32-bit length.
 */
export const healthCheckPath = '/grpc.health.v1.Health/Check';

/** ServingStatus SERVING. */
const serving = 1;
const prefixLength = 5;

/** A HealthCheckRequest as it is sent; "" asks for the server as a whole. */
export function encodeHealthRequest(service: string): Uint8Array {
  const name = Buffer.from(service, 'utf8');
  const message = name.length === 0 ? name : Buffer.concat([Uint8Array.of(0x0a), varint(name.length), name]);
  const prefix = Buffer.alloc(prefixLength);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** Whether a response, as it was received, says SERVING; undefined if it is no such message. */
export function decodeHealthResponse(bytes: Uint8Array): boolean | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // A set flag means compression, which we do not offer.
  if (view.length < prefixLength || view[0] !== 0 || view.readUInt32BE(1) !== view.length - prefixLength)
    return undefined;
  let place = prefixLength;
  // Proto3: a field that is missing has its zero value, UNKNOWN.
  let status = 0;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = view[place++];
      if (byte === undefined) return Number.NaN;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  while (place < view.length) {
    const tag = number();
    const wireType = tag & 7;
    if (Number.isNaN(tag)) return undefined;
    if (wireType === 0) {
      const value = number();
      if (Number.isNaN(value)) return undefined;
      if (tag >> 3 === 1) status = value;
    } else if (wireType === 2) {
      // Not `place += number()`: reading the number moves the place.
      const length = number();
      place += length;
    } else if (wireType === 1) place += 8;
    else if (wireType === 5) place += 4;
    else return undefined;
    if (Number.isNaN(place) || place > view.length) return undefined;
  }
  return status === serving;
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

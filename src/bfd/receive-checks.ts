import { failed, ok, type Result } from '../base/result.ts';
import { authenticatedLength, controlLength, type ReceivedControl, readControl } from '../packet/bfd-control.ts';

/** Why a control packet was discarded: RFC 5880 section 6.8.6 and RFC 5881 section 5. */
export type BfdRejectReason =
  | 'too-short'
  | 'version'
  | 'length'
  | 'multiplier-zero'
  | 'multipoint'
  | 'my-discriminator-zero'
  | 'your-discriminator-zero'
  | 'authentication'
  | 'unknown-session'
  | 'ttl';

/** All that a packet shows by itself; the order is that of RFC 5880 section 6.8.6. */
export function checkControl(bytes: Uint8Array): Result<ReceivedControl, BfdRejectReason> {
  const read = readControl(bytes);
  if (!read.ok) return failed('too-short');
  const packet = read.value;
  if (packet.version !== 1) return failed('version');
  if (packet.length < (packet.authenticationPresent ? authenticatedLength : controlLength)) return failed('length');
  if (packet.length > packet.payloadLength) return failed('length');
  if (packet.detectMultiplier === 0) return failed('multiplier-zero');
  if (packet.multipoint) return failed('multipoint');
  if (packet.myDiscriminator === 0) return failed('my-discriminator-zero');
  // The packet's state, not ours: one forged packet must not raise a session.
  if (packet.yourDiscriminator === 0 && packet.state !== 'Down' && packet.state !== 'AdminDown') {
    return failed('your-discriminator-zero');
  }
  // None of our sessions authenticates.
  if (packet.authenticationPresent) return failed('authentication');
  return ok(packet);
}

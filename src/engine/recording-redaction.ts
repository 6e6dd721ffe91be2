import { familyOf } from '../base/ip-address.ts';
import { internetChecksum } from '../packet/checksum.ts';
import { checksumHolds, type ReceivedAdvertisement, readAdvertisement } from '../packet/vrrp-advertisement.ts';
import type { Authentication, VirtualRouterConfiguration, VrrpConfiguration } from '../vrrp/configuration.ts';
import type { VrrpCheckpoint } from './checkpoint.ts';
import { WrittenBytes } from './recording-json.ts';
import type { VrrpStep } from './recording-step.ts';

type PacketReceived = Extract<VrrpStep, { type: 'packet-received' }>;

const fixedLength = 8;
const authenticationLength = 8;
const checksumOffset = 6;

/**
 * Replaces what is secret in a recording, the same by the same everywhere: who knew the right password before knows it
 * afterwards, and a checksum that was right or wrong stays so. What one of them is replaced by tells nothing about it.
 * All bytes come out as WrittenBytes.
 */
export class Redaction {
  /** By the bytes as text. */
  readonly #replacements = new Map<string, Uint8Array>();

  checkpoint(checkpoint: VrrpCheckpoint): VrrpCheckpoint {
    return {
      ...checkpoint,
      configuration: this.configuration(checkpoint.configuration),
      instances: checkpoint.instances.map(({ configuration, state }) => ({
        configuration: typeof configuration === 'number' ? configuration : this.#instance(configuration),
        state,
      })),
    };
  }

  configuration(configuration: VrrpConfiguration): VrrpConfiguration {
    return { ...configuration, instances: configuration.instances.map(each => this.#instance(each)) };
  }

  step(step: VrrpStep): VrrpStep {
    if (step.type === 'reload') return { ...step, configuration: this.configuration(step.configuration) };
    return step.type === 'packet-received' ? { ...step, payload: this.#payload(step) } : step;
  }

  #instance(configuration: VirtualRouterConfiguration): VirtualRouterConfiguration {
    const authentication = this.#authentication(configuration.authentication);
    return authentication === configuration.authentication ? configuration : { ...configuration, authentication };
  }

  #authentication(authentication: Authentication): Authentication {
    if (authentication.type === 'none') return authentication;
    return { type: 'password', bytes: this.#replacement(authentication.bytes) };
  }

  #payload(packet: PacketReceived): Uint8Array {
    const { payload, source } = packet;
    if (payload.length <= fixedLength) return onlyHeader(payload);
    const read = readAdvertisement(payload, familyOf(source));
    // Where a password might be in it cannot be told, and nothing but these bytes was looked at.
    if (!read.ok || (read.value.version !== 2 && read.value.version !== 3)) return onlyHeader(payload);
    const form = rightForm(read.value, packet);
    if (form === 'wrong') return damaged(payload, packet);
    const bytes = onlyMessage(payload, read.value);
    if (read.value.version === 2) this.#replaceAuthentication(bytes, read.value.message.length);
    return bytes;
  }

  #replaceAuthentication(bytes: Uint8Array, end: number): void {
    const data = bytes.subarray(end - authenticationLength, end);
    if (data.every(byte => byte === 0)) return;
    data.set(this.#replacement(data));
    bytes[checksumOffset] = 0;
    bytes[checksumOffset + 1] = 0;
    const checksum = internetChecksum([bytes.subarray(0, end)]);
    bytes[checksumOffset] = checksum >> 8;
    bytes[checksumOffset + 1] = checksum & 0xff;
  }

  #replacement(secret: Uint8Array): Uint8Array {
    const key = secret.join();
    let replacement = this.#replacements.get(key);
    if (!replacement) {
      const text = `pass${this.#replacements.size.toString(36).padStart(4, '0')}`;
      replacement = WrittenBytes.from(text, character => character.charCodeAt(0));
      this.#replacements.set(key, replacement);
    }
    return replacement;
  }
}

type Form = 'with-pseudo-header' | 'without' | 'wrong';

/** RFC 9568 leaves the pseudo-header out over IPv4, RFC 5798 as deployed puts it in. */
function rightForm(read: ReceivedAdvertisement, { source, destination }: PacketReceived): Form {
  const envelope = { family: familyOf(source), source, destination };
  if (checksumHolds(read, { ...envelope, pseudoHeader: true })) return 'with-pseudo-header';
  return checksumHolds(read, { ...envelope, pseudoHeader: false }) ? 'without' : 'wrong';
}

/** Padding is never looked at, so it must not be sent around either. */
function onlyMessage(payload: Uint8Array, { message }: ReceivedAdvertisement): Uint8Array {
  const bytes = new WrittenBytes(payload.length);
  bytes.set(message);
  return bytes;
}

function onlyHeader(payload: Uint8Array): Uint8Array {
  const bytes = new WrittenBytes(payload.length);
  bytes.set(payload.subarray(0, fixedLength));
  return bytes;
}

/** A message that was damaged may have its password anywhere; what is left of it must still have a wrong checksum. */
function damaged(payload: Uint8Array, packet: PacketReceived): Uint8Array {
  const bytes = onlyHeader(payload);
  for (let attempt = 0; attempt < 4; attempt++) {
    bytes[checksumOffset + 1] = attempt;
    const read = readAdvertisement(bytes, familyOf(packet.source));
    if (!read.ok || rightForm(read.value, packet) === 'wrong') break;
  }
  return bytes;
}

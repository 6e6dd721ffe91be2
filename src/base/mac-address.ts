declare const macAddress: unique symbol;

/** An Ethernet address as lower-case text, `00:00:5e:00:01:33`. */
export type MacAddress = string & { readonly [macAddress]: true };

const shape = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export const broadcastMac = 'ff:ff:ff:ff:ff:ff' as MacAddress;

export function parseMacAddress(text: string): MacAddress | undefined {
  const lower = text.toLowerCase();
  return shape.test(lower) ? (lower as MacAddress) : undefined;
}

export function macAddressFromBytes(bytes: Uint8Array): MacAddress {
  let text = '';
  for (let place = 0; place < bytes.length; place++) text += (place > 0 ? ':' : '') + hexPairs[bytes[place]!]!;
  return text as MacAddress;
}

export function macAddressBytes(address: MacAddress): Uint8Array {
  const bytes = new Uint8Array((address.length + 1) / 3);
  for (let place = 0; place < bytes.length; place++) {
    bytes[place] = hexDigit(address, 3 * place) * 16 + hexDigit(address, 3 * place + 1);
  }
  return bytes;
}

/** Of lower-case text. */
function hexDigit(text: string, place: number): number {
  const code = text.charCodeAt(place);
  return code < 0x61 ? code - 0x30 : code - 0x57;
}

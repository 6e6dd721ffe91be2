declare const macAddress: unique symbol;

/** An Ethernet address as lower-case text, `00:00:5e:00:01:33`. */
export type MacAddress = string & { readonly [macAddress]: true };

const shape = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

export const broadcastMac = 'ff:ff:ff:ff:ff:ff' as MacAddress;

export function parseMacAddress(text: string): MacAddress | undefined {
  const lower = text.toLowerCase();
  return shape.test(lower) ? (lower as MacAddress) : undefined;
}

export function macAddressFromBytes(bytes: Uint8Array): MacAddress {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join(':') as MacAddress;
}

export function macAddressBytes(address: MacAddress): Uint8Array {
  return Uint8Array.from(address.split(':'), part => Number.parseInt(part, 16));
}

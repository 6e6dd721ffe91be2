import type { IpAddress } from '../base/ip-address.ts';
import type { AddressRequest } from '../ports/network.ts';
import { type EntryKind, Holding } from './holding.ts';

/** Identifies an address on an interface, as the kernel does: one address may be there with two prefix lengths. */
export function addressKey(address: {
  readonly linkIndex: number;
  readonly address: IpAddress;
  readonly prefixLength: number;
}): string {
  return `${address.linkIndex} ${address.address}/${address.prefixLength}`;
}

function sameRequest(left: AddressRequest, right: AddressRequest): boolean {
  return (
    left.linkIndex === right.linkIndex &&
    left.address === right.address &&
    left.prefixLength === right.prefixLength &&
    left.peer?.address === right.peer?.address &&
    left.peer?.prefixLength === right.peer?.prefixLength &&
    left.broadcast === right.broadcast &&
    left.label === right.label &&
    left.scope === right.scope &&
    left.preferredLifetimeSeconds === right.preferredLifetimeSeconds &&
    left.noDad === right.noDad &&
    left.home === right.home &&
    left.manageTemporary === right.manageTemporary &&
    left.noPrefixRoute === right.noPrefixRoute &&
    left.autoJoin === right.autoJoin
  );
}

const addressKind: EntryKind<AddressRequest> = { keyOf: addressKey, same: sameRequest };

/** The addresses of one virtual router. */
export class AddressHolding extends Holding<AddressRequest> {
  constructor(requests: readonly AddressRequest[], isPresent: (request: AddressRequest) => boolean) {
    super(addressKind, requests, isPresent);
  }
}

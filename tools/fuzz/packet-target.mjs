// Runs one damaged packet through the receive checks of every virtual router of its family, and checks each verdict
// against rules written down a second time.
import { mutatedPacket, pseudoHeader, sumHolds } from './packets.mjs';
import { randomFor } from './random.mjs';
import { ownAddresses, routers } from './routers.mjs';

export async function packetTarget(dist, seed) {
  const { encodeAdvertisement } = await import(`${dist}/packet/vrrp-advertisement.js`);
  const { encodeIpv4Header, decodeIpv4Packet } = await import(`${dist}/packet/ipv4-header.js`);
  const { ipAddressBytes } = await import(`${dist}/base/ip-address.js`);
  const { checkAdvertisement, rejectReasons } = await import(`${dist}/vrrp/receive-checks.js`);
  const codec = { encodeAdvertisement, encodeIpv4Header, addressBytes: ipAddressBytes };
  const known = new Set(rejectReasons);

  return {
    /** Counts by outcome go to `count`; a broken promise throws. */
    run(index, count) {
      const packet = mutatedPacket(randomFor(seed, index), codec, routers);
      const received = receive(packet, count);
      if (!received) return;
      const before = Uint8Array.from(received.payload);
      // As the engine does it: by VRID first. A packet without a known one belongs to nobody.
      const mine = routers.filter(router => router.family === received.family && router.vrid === received.payload[1]);
      if (mine.length === 0) count(received.payload.length < 2 ? 'too-short' : 'unknown-vrid');
      for (const router of mine) {
        const verdict = checkAdvertisement(received, expectation(router));
        if (verdict.ok) mustBeValid(received, router);
        else if (!known.has(verdict.reason)) throw new Error(`a reason of no known name: ${verdict.reason}`);
        count(verdict.ok ? 'accepted' : verdict.reason);
      }
      if (Buffer.compare(before, received.payload) !== 0) throw new Error('the packet was changed by looking at it');
    },
    describe: index => describePacket(mutatedPacket(randomFor(seed, index), codec, routers)),
  };

  function receive(packet, count) {
    const { family, source, destination, ttl, payload, whole } = packet;
    if (!whole) return { family, source, destination, ttl, payload };
    const decoded = decodeIpv4Packet(whole);
    if (!decoded.ok) {
      count(decoded.reason);
      return undefined;
    }
    return { family, ...decoded.value };
  }

  function mustBeValid(received, router) {
    const { payload, family } = received;
    const must = (condition, what) => {
      if (!condition) throw new Error(`accepted although ${what}`);
    };
    const { version } = router;
    const size = 8 + payload[3] * (family === 4 ? 4 : 16) + (version === 2 ? 8 : 0);
    must(payload.length >= size, 'it is too short');
    must(payload[0] === version * 16 + 1, 'version or type are wrong');
    must(payload[1] === router.vrid, 'the VRID is another');
    must(router.unicast || received.ttl === 255, 'the TTL is not 255');
    const message = payload.subarray(0, size);
    const header = pseudoHeader(codec, family, received.source, received.destination, size);
    const plain = family === 4 && sumHolds(message);
    const pseudo = version === 3 && sumHolds(header, message);
    must(plain || pseudo, 'the checksum is wrong');
    if (version === 2) {
      must(payload[5] * 1_000_000 === router.interval, 'the interval is another');
      must(payload[4] === (router.password ? 1 : 0), 'the authentication type is another');
      const sent = Buffer.from(payload.subarray(size - 8, size));
      must(!router.password || sent.equals(Buffer.from(router.password)), 'the password is another');
    } else {
      must(((payload[4] & 0x0f) << 8) + payload[5] > 0, 'the interval is 0');
      must(payload[3] > 0, 'it holds no address');
    }
    must(!router.configuration.ownerIgnoreAdverts, 'the owner ignores adverts');
  }
}

function expectation({ configuration, addresses, family }) {
  return {
    version: configuration.version,
    vrid: configuration.vrid,
    priority: configuration.priority,
    interval: configuration.advertisementInterval,
    authentication: configuration.authentication,
    addresses,
    destination: configuration.destination,
    checksumWithoutPseudoHeader: configuration.checksumWithoutPseudoHeader,
    skipAddressCheck: configuration.skipCheckAdvertAddresses,
    ownerIgnoreAdverts: configuration.ownerIgnoreAdverts,
    ownSource: ownAddresses[family],
  };
}

function describePacket({ family, source, destination, ttl, payload, whole, applied }) {
  const bytes = Buffer.from(whole ?? payload).toString('hex');
  const what = whole ? 'IPv4 packet' : `IPv6 payload, hop limit ${ttl}`;
  return `IPv${family} ${source} > ${destination}, ${what} (${applied.join(', ') || 'undamaged'}):\n${bytes}`;
}

// Runs one damaged packet through the receive checks, judged against rules written down a second time, and through the
// whole engine, where a packet that is not accepted must leave everything but one counter as it was.
import { newMachine } from './machine.mjs';
import { mutatedPacket, pseudoHeader, sumHolds } from './packets.mjs';
import { randomFor } from './random.mjs';
import { ownAddresses, routers, vrrpConfiguration } from './routers.mjs';

/** Inputs that share a machine. */
export const packetStretch = 500;

export async function packetTarget(dist, seed) {
  const { encodeAdvertisement } = await import(`${dist}/packet/vrrp-advertisement.js`);
  const { encodeIpv4Header, decodeIpv4Packet } = await import(`${dist}/packet/ipv4-header.js`);
  const { ipAddressBytes } = await import(`${dist}/base/ip-address.js`);
  const { checkAdvertisement, rejectReasons } = await import(`${dist}/vrrp/receive-checks.js`);
  const { VrrpProcess } = await import(`${dist}/engine/vrrp-process.js`);
  const codec = { encodeAdvertisement, encodeIpv4Header, addressBytes: ipAddressBytes };
  const known = new Set(rejectReasons);
  let machine;

  return {
    /** Counts by outcome go to `count`; a broken promise throws. */
    run(index, count) {
      const random = randomFor(seed, index);
      const packet = mutatedPacket(random, codec, routers);
      const received = receive(packet, count);
      // A stretch begins with a machine of its own, so that it can be run again by itself.
      if (machine === undefined || index % packetStretch === 0) machine = newMachine(VrrpProcess, vrrpConfiguration);
      liveOn(random);
      if (!received) return;
      const before = Uint8Array.from(received.payload);
      const verdict = judge(received);
      if (Buffer.compare(before, received.payload) !== 0) throw new Error('the packet was changed by looking at it');
      count(checkMachine(received, verdict));
    },
    describe: index => describePacket(mutatedPacket(randomFor(seed, index), codec, routers)),
  };

  /** Time passes between packets, and now and then the carrier is lost for a while. */
  function liveOn(random) {
    const span = random.chance(1, 40) ? 4_000_000 : random.pick([0, 0, 1_000, 20_000, 300_000]);
    const fault = random.chance(1, 200);
    if (fault) machine.setRunning(false);
    machine.pass(span);
    if (fault && random.chance(1, 2)) machine.receive(mutatedPacket(random, codec, routers));
    if (fault) machine.setRunning(true);
  }

  /** The verdict of the checks alone: of the virtual router that the engine would find, by VRID. */
  function judge(received) {
    const vrid = received.payload[1];
    const router = routers.find(candidate => candidate.family === received.family && candidate.vrid === vrid);
    if (!router) return received.payload.length < 2 ? 'too-short' : 'unknown-vrid';
    const verdict = checkAdvertisement(received, expectation(router));
    if (verdict.ok) mustBeValid(received, router);
    else if (!known.has(verdict.reason)) throw new Error(`a reason of no known name: ${verdict.reason}`);
    return verdict.ok ? 'accepted' : verdict.reason;
  }

  /** The engine must come to the same verdict, count it once, and act on nothing but an accepted advert. */
  function checkMachine(received, verdict) {
    const deaf = machine.isDeaf(received.payload[1], received.family);
    const [before, counted] = [machine.snapshot(), machine.counters()];
    const effects = machine.receive(received);
    const moved = difference(counted, machine.counters());
    const expected = deaf || verdict === 'unknown-vrid' || received.payload.length < 2 ? [] : [verdict];
    if (moved.join() !== expected.join()) throw new Error(`counted "${moved}" instead of "${expected}"`);
    if (verdict !== 'accepted' || deaf) {
      const acted = Object.keys(effects).filter(type => type !== 'log');
      if (acted.length > 0) throw new Error(`${verdict}, yet it made us ${acted}`);
      if (machine.snapshot() !== before)
        throw new Error(`${verdict}, yet it changed ${before} to ${machine.snapshot()}`);
    }
    return deaf ? 'not listening (FAULT)' : verdict;
  }

  function difference(before, after) {
    return after.flatMap(({ received, rejected }, place) => [
      ...Array(received - before[place].received).fill('accepted'),
      ...Object.keys(rejected).flatMap(reason => Array(rejected[reason] - before[place].rejected[reason]).fill(reason)),
    ]);
  }

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

// Packets as they come off the wire: valid adverts of the virtual routers in `routers`, then damaged. Each is a whole
// IPv4 packet, or an IPv6 payload with what the kernel says of its header.

const groups = { 4: '224.0.0.18', 6: 'ff02::12' };
const boundaryBytes = [0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 99, 100, 101, 127, 128, 200, 253, 254, 255];

/** Adds two bytes at a time: slow, obvious, and not the code under test. */
function plainSum(...chunks) {
  const bytes = chunks.flatMap(chunk => [...chunk]);
  if (bytes.length % 2 === 1) bytes.push(0);
  let sum = 0n;
  for (let at = 0; at < bytes.length; at += 2) sum += BigInt(bytes[at] * 256 + bytes[at + 1]);
  return Number(sum % 0xffffn);
}

/** Whether the sum over these bytes, checksum field included, is right. */
export function sumHolds(...chunks) {
  return chunks.some(chunk => chunk.some(byte => byte !== 0)) && plainSum(...chunks) === 0;
}

export function pseudoHeader(codec, family, source, destination, length) {
  const ends = [...codec.addressBytes(source), ...codec.addressBytes(destination)];
  return family === 4
    ? Uint8Array.from([...ends, 0, 112, length >> 8, length & 0xff])
    : Uint8Array.from([...ends, 0, 0, length >> 8, length & 0xff, 0, 0, 0, 112]);
}

/** Puts a right checksum into a message; `form` chooses with or without pseudo-header for v3 over IPv4. */
function repair(codec, packet, plain) {
  const { payload, family } = packet;
  if (payload.length < 8) return;
  payload.fill(0, 6, 8);
  const version = payload[0] >> 4;
  const size = 8 + payload[3] * (family === 4 ? 4 : 16) + (version === 2 ? 8 : 0);
  const covered = payload.subarray(0, Math.min(size, payload.length));
  const bare = version === 2 || (family === 4 && plain);
  const header = bare ? [] : [pseudoHeader(codec, family, packet.source, packet.destination, covered.length)];
  const sum = 0xffff - plainSum(...header, covered);
  payload[6] = sum >> 8;
  payload[7] = sum & 0xff;
}

function validPacket(random, codec, routers) {
  const router = random.pick(routers);
  const { version, family } = router;
  const source = random.pick(router.sources);
  const destination = router.unicast ? router.own : groups[family];
  const interval = version === 2 || random.chance(3, 4) ? router.interval : random.between(1, 4095) * 10_000;
  const addresses = random.chance(7, 8) ? router.addresses : router.addresses.slice(0, random.between(1, 3));
  const advertisement = {
    version,
    vrid: router.vrid,
    priority: random.chance(1, 2) ? random.pick([0, 1, 99, 100, 101, 254, 255]) : random.byte(),
    interval,
    addresses: random.chance(7, 8) ? addresses : [...addresses].reverse(),
    authentication: router.password && { type: 1, data: router.password },
  };
  const envelope = { family, source, destination, pseudoHeader: random.chance(3, 4) };
  const payload = codec.encodeAdvertisement(advertisement, envelope);
  return { router, family, source, destination, ttl: 255, payload };
}

const edits = {
  bits(random, packet) {
    for (let count = random.between(1, 8); count > 0 && packet.payload.length > 0; count--) {
      packet.payload[random.below(packet.payload.length)] ^= 1 << random.below(8);
    }
  },
  truncation(random, packet) {
    packet.payload = packet.payload.slice(0, random.below(packet.payload.length + 1));
  },
  extension(random, packet) {
    const tail = Uint8Array.from({ length: random.between(1, random.pick([4, 26, 64, 1400])) }, () =>
      random.chance(1, 2) ? 0 : random.byte(),
    );
    packet.payload = Uint8Array.from([...packet.payload, ...tail]);
  },
  field(random, packet) {
    if (packet.payload.length < 8) return;
    const at = random.pick([0, 0, 1, 2, 3, 3, 4, 5]);
    const value = random.chance(3, 4) ? random.pick(boundaryBytes) : random.byte();
    if (at === 0) {
      packet.payload[0] = random.chance(1, 2)
        ? (random.below(16) << 4) | (packet.payload[0] & 0x0f)
        : (packet.payload[0] & 0xf0) | random.below(16);
    } else packet.payload[at] = value;
  },
  interval(random, packet) {
    if (packet.payload.length < 8) return;
    packet.payload[4] = random.pick([0, 0, 0xf0, 0x0f, 0xff]);
    packet.payload[5] = random.pick([0, 0, 1, 0xff]);
  },
  splice(random, packet, codec, routers) {
    const other = validPacket(random, codec, routers);
    const [from, to] = [random.below(packet.payload.length + 1), random.below(other.payload.length + 1)];
    packet.payload = Uint8Array.from([...packet.payload.slice(0, from), ...other.payload.slice(to)]);
  },
  tail(random, packet) {
    for (let at = Math.max(0, packet.payload.length - 8); at < packet.payload.length; at++) {
      if (random.chance(1, 3)) packet.payload[at] = random.byte();
    }
  },
  noise(random, packet) {
    packet.payload = Uint8Array.from({ length: random.below(80) }, () => random.byte());
  },
  ttl(random, packet) {
    packet.ttl = random.chance(1, 2) ? random.pick([0, 1, 64, 254]) : random.byte();
  },
  source(random, packet, _codec, routers) {
    const { family } = packet;
    packet.source = random.pick([
      ...routers.filter(router => router.family === family).map(router => router.own),
      family === 4 ? '203.0.113.77' : 'fe80::dead',
      family === 4 ? '0.0.0.0' : '::',
      family === 4 ? '255.255.255.255' : 'ff02::1',
    ]);
  },
  destination(random, packet, _codec, routers) {
    const { family } = packet;
    packet.destination = random.pick([
      ...routers.filter(router => router.family === family).map(router => router.own),
      groups[family],
      family === 4 ? '224.0.0.1' : 'ff02::1',
      family === 4 ? '255.255.255.255' : '::1',
    ]);
  },
};
const editNames = Object.keys(edits);

/** Bytes of a whole IPv4 packet, its header damaged in one case of eight. */
function ipv4Bytes(random, codec, packet) {
  const { source, destination, ttl, payload } = packet;
  const fields = {
    typeOfService: 0xc0,
    identification: random.below(0x10000),
    ttl,
    protocol: 112,
    source,
    destination,
  };
  let bytes = Uint8Array.from([...codec.encodeIpv4Header(fields, payload.length), ...payload]);
  if (random.chance(1, 4) && bytes.length < 46)
    bytes = Uint8Array.from([...bytes, ...new Uint8Array(46 - bytes.length)]);
  if (random.chance(7, 8)) return bytes;
  switch (random.below(5)) {
    case 0:
      bytes[0] = (bytes[0] & 0xf0) | random.below(16);
      break;
    case 1:
      bytes[0] = (random.below(16) << 4) | 5;
      break;
    case 2:
      bytes[2] = random.pick([0, 0, 0, 1, 0xff]);
      bytes[3] = random.byte();
      break;
    case 3:
      bytes = bytes.slice(0, random.below(bytes.length + 1));
      break;
    default:
      bytes[random.below(Math.min(bytes.length, 20))] ^= 1 << random.below(8);
  }
  return bytes;
}

/** One input: the IPv4 packet or the IPv6 payload, and what became of the advert it began as. */
export function mutatedPacket(random, codec, routers) {
  const packet = validPacket(random, codec, routers);
  const applied = [];
  for (let count = random.chance(1, 10) ? 0 : random.between(1, 3); count > 0; count--) {
    const name = random.pick(editNames);
    edits[name](random, packet, codec, routers);
    applied.push(name);
  }
  // Half of the damaged messages carry a right checksum, so that what lies behind that check is reached.
  if (applied.length > 0 && random.chance(1, 2)) {
    repair(codec, packet, random.chance(1, 4));
    applied.push('repair');
  }
  const whole = packet.family === 4 ? ipv4Bytes(random, codec, packet) : undefined;
  return { ...packet, whole, applied };
}

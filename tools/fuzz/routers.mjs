// The virtual routers that fuzzed packets are addressed to: each version, family, kind of destination and
// authentication, and owners of both minds. VRID 9 exists in both families, as two virtual routers.

const link = 'eth0';
const peers = { 4: ['192.0.2.2', '192.0.2.3', '10.0.0.9'], 6: ['fe80::2', 'fe80::3'] };
const own = { 4: '192.0.2.1', 6: 'fe80::1' };

const garp = {
  masterRepeat: 2,
  masterDelay: 5_000_000,
  masterRefresh: 0,
  masterRefreshRepeat: 1,
  lowerPriorityRepeat: 1,
  lowerPriorityDelay: 5_000_000,
};
const silent = {
  master: undefined,
  backup: undefined,
  fault: undefined,
  stop: undefined,
  generic: undefined,
  deleted: undefined,
  reportDeleted: false,
  masterReceivedLowerPriority: undefined,
};

function virtualAddress(address) {
  const six = address.includes(':');
  return {
    address,
    prefixLength: six ? 128 : 32,
    interface: undefined,
    peer: undefined,
    broadcast: undefined,
    label: undefined,
    scope: 0,
    preferredLifetimeSeconds: six ? 0 : undefined,
    noDad: six,
    home: false,
    manageTemporary: false,
    noPrefixRoute: false,
    autoJoin: false,
    noTrack: false,
  };
}

function instance(vrid, version, family, changes = {}) {
  return {
    name: `R${vrid}_${family}`,
    vrid,
    family,
    version,
    interface: link,
    initialState: 'backup',
    priority: 100,
    advertisementInterval: 1_000_000,
    downTimerAdverts: 3,
    preempt: true,
    preemptDelay: 0,
    source: undefined,
    trackSource: false,
    destination: { type: 'multicast', group: family === 4 ? '224.0.0.18' : 'ff02::12' },
    authentication: { type: 'none' },
    addresses:
      family === 4
        ? [`192.0.2.${100 + vrid}`, `198.51.100.${vrid}`, `198.51.100.${100 + vrid}`].map(virtualAddress)
        : [`fe80::${vrid}`, `2001:db8::${vrid}`].map(virtualAddress),
    excludedAddresses: [],
    promoteSecondaries: false,
    checksumWithoutPseudoHeader: false,
    skipCheckAdvertAddresses: false,
    lowerPriorityNoAdvert: false,
    higherPrioritySendAdvert: false,
    ownerIgnoreAdverts: false,
    garp,
    dontTrackPrimary: false,
    trackInterfaces: [],
    trackScripts: [],
    trackBfd: [],
    trackFiles: [],
    trackProcesses: [],
    notify: silent,
    ...changes,
  };
}

function unicast(family, checkSource) {
  const destination = peers[family].slice(0, 2).map(address => ({ address, minimumTtl: 0, maximumTtl: 255 }));
  if (checkSource) destination[0].minimumTtl = 250;
  return { type: 'unicast', peers: destination, ttl: undefined, checkSource };
}

const password = { type: 'password', bytes: Uint8Array.of(0x73, 0x33, 0x63, 0x72, 0x33, 0x74, 0, 0) };

/** The part of a configuration that concerns VRRP. */
export const vrrpConfiguration = {
  global: {
    routerId: 'fuzz',
    startupDelay: 0,
    logUnknownVrids: true,
    dynamicInterfaces: false,
    garpInterval: 0,
    gnaInterval: 0,
  },
  instances: [
    instance(1, 2, 4),
    instance(2, 2, 4, { authentication: password }),
    instance(3, 2, 4, { destination: unicast(4, false), source: own[4] }),
    instance(4, 3, 4),
    instance(5, 3, 4, { checksumWithoutPseudoHeader: true, preempt: false, skipCheckAdvertAddresses: true }),
    instance(6, 3, 4, { destination: unicast(4, true), source: own[4], preemptDelay: 2_000_000 }),
    instance(7, 3, 4, { priority: 255, initialState: 'master' }),
    instance(8, 3, 4, { priority: 255, initialState: 'master', ownerIgnoreAdverts: true }),
    instance(9, 3, 4, { lowerPriorityNoAdvert: true, higherPrioritySendAdvert: true }),
    instance(9, 3, 6),
    instance(10, 3, 6, { destination: unicast(6, true), source: own[6] }),
    instance(11, 3, 4, { advertisementInterval: 10_000, priority: 254 }),
    instance(12, 2, 4, { authentication: password, destination: unicast(4, true), source: own[4] }),
    instance(13, 3, 6, { priority: 1 }),
  ],
  syncGroups: [
    {
      name: 'G',
      members: ['R1_4', 'R13_6'],
      trackInterfaces: [],
      trackScripts: [],
      trackBfd: [],
      trackFiles: [],
      trackProcesses: [],
      trackingWeight: false,
      notify: silent,
    },
  ],
  scripts: [],
  files: [],
  processes: [],
};

/** What a packet generator needs to know of each. */
export const routers = vrrpConfiguration.instances.map(configuration => ({
  configuration,
  vrid: configuration.vrid,
  version: configuration.version,
  family: configuration.family,
  interval: configuration.advertisementInterval,
  addresses: configuration.addresses.map(({ address }) => address),
  unicast: configuration.destination.type === 'unicast',
  password: configuration.authentication.bytes,
  own: own[configuration.family],
  sources: peers[configuration.family],
}));

export const ownAddresses = own;

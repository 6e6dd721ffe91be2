// What the engine may rely on, whoever plays the world. Two hosts on one cable: 10.0.0.1/24 and fd00::1/64 on the left,
// .2 and ::2 on the right, link-local addresses by the kernel's rule.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-address.testkit.ts';
import { type IpAddress, ipAddressBytes } from '../../src/base/ip-address.ts';
import { macAddressBytes } from '../../src/base/mac-address.ts';
import { encodeIpv4Header } from '../../src/packet/ipv4-header.ts';
import { plainAddress } from '../../src/ports/network.testkit.ts';
import type { AddressRequest, InterfaceAddress, Link } from '../../src/ports/network.ts';
import type { RunnableScript, ScriptCommand } from '../../src/ports/script.ts';
import type { VrrpEffect, VrrpInput } from '../../src/ports/vrrp-world.ts';

export interface WorldHost {
  readonly linkIndex: number;
  readonly linkName: string;
  /** Everything that was delivered since the start. */
  readonly inputs: readonly VrrpInput[];
  execute(effect: VrrpEffect): void;
  /** Frames that arrived at the cable's end, Ethernet headers included. */
  readonly frames: readonly Uint8Array[];
  /** As the administrator does it. */
  setAdminUp(up: boolean): void;
  rename(name: string): void;
  /** Takes both ends of the cable with it. */
  removeLink(): void;
  addAddress(text: string): void;
  /** Changes something about the link that is none of the engine’s business. */
  touchLink(): void;
  /** net.ipv6.conf.NAME.forwarding. */
  setForwarding(forwarding: boolean): void;
  /** What is on the link, by `ip`'s names. */
  addresses(): readonly HeldAddress[];
}

export interface HeldAddress {
  readonly address: string;
  readonly prefixLength: number;
  readonly scope: string;
  readonly label: string | undefined;
  readonly broadcast: string | undefined;
  readonly peer: string | undefined;
  readonly flags: readonly string[];
}

export interface WorldGround {
  readonly left: WorldHost;
  readonly right: WorldHost;
  /** Lets the world go on until the check holds; fails after a generous time. */
  until(check: () => boolean, what: string): Promise<void>;
  close(): void;
}

const vrrpGroup = { 4: ip('224.0.0.18'), 6: ip('ff02::12') } as const;
const payload = Uint8Array.from({ length: 37 }, (_, index) => (index * 7 + 1) & 0xff);

export function script(command: ScriptCommand): RunnableScript {
  return { command, identity: undefined, text: 'a script' };
}

export const shell = (text: string): RunnableScript => script({ type: 'shell', text, extraArguments: [] });

export function inputsOf<Type extends VrrpInput['type']>(
  inputs: readonly VrrpInput[],
  type: Type,
): readonly Extract<VrrpInput, { type: Type }>[] {
  return inputs.filter((input): input is Extract<VrrpInput, { type: Type }> => input.type === type);
}

function linkAtStart(host: WorldHost): Link {
  const [first] = inputsOf(host.inputs, 'resynchronised');
  return first!.links.find(link => link.name === host.linkName)!;
}

function linkLocal(host: WorldHost): IpAddress {
  const [first] = inputsOf(host.inputs, 'resynchronised');
  const known: readonly InterfaceAddress[] = [
    ...first!.addresses,
    ...inputsOf(host.inputs, 'address-added').map(input => input.address),
  ];
  return known.find(each => each.linkIndex === host.linkIndex && each.address.startsWith('fe80'))!.address;
}

export function vrrpWorldContract(name: string, open: () => Promise<WorldGround>): void {
  describe(`a VRRP world (${name})`, () => {
    let ground: WorldGround;
    let left: WorldHost;
    let right: WorldHost;
    beforeEach(async () => {
      ground = await open();
      ({ left, right } = ground);
    });
    afterEach(() => ground.close());

    const received = (host: WorldHost) => inputsOf(host.inputs, 'packet-received');
    const openChannel = (host: WorldHost, family: 4 | 6, groups: readonly IpAddress[] = [vrrpGroup[family]]): void =>
      host.execute({
        type: 'open-channel',
        channel: {
          key: `v${family}`,
          family,
          link: { index: host.linkIndex, name: host.linkName },
          groups,
          receiveBufferBytes: undefined,
        },
      });
    const send = (
      host: WorldHost,
      channel: string,
      source: string,
      destination: string,
      ttl: number | 'default' = 255,
    ): void =>
      host.execute({
        type: 'send-packet',
        channel,
        source: ip(source),
        destination: ip(destination),
        ttl: ttl === 'default' ? undefined : ttl,
        payload,
      });

    describe('at the start', () => {
      it('tells the whole truth first', () => {
        const [first] = left.inputs;
        expect(first?.type).toBe('resynchronised');
        expect(linkAtStart(left)).toEqual({
          index: left.linkIndex,
          name: left.linkName,
          adminUp: true,
          running: true,
          loopback: false,
          mtu: 1500,
          mac: expect.stringMatching(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/),
          multicast: true,
          noArp: false,
        });
        const addresses = first?.type === 'resynchronised' ? first.addresses : [];
        expect(addresses.filter(each => each.linkIndex === left.linkIndex)).toEqual(
          expect.arrayContaining([
            {
              linkIndex: left.linkIndex,
              address: '10.0.0.1',
              prefixLength: 24,
              scope: 0,
              flags: { deprecated: false, tentative: false, dadFailed: false, secondary: false },
            },
            expect.objectContaining({ address: 'fd00::1', prefixLength: 64, scope: 0 }),
          ]),
        );
      });

      it('knows which interfaces forward IPv6', () => {
        const forwarding = (host: WorldHost) => inputsOf(host.inputs, 'resynchronised')[0]!.forwardingLinks;
        expect(forwarding(left)).toContain(left.linkIndex);
        expect(forwarding(right)).not.toContain(right.linkIndex);
      });
    });

    describe('packets', () => {
      it('carries an IPv4 multicast to the members of its group, and not back', async () => {
        openChannel(left, 4);
        openChannel(right, 4);
        send(left, 'v4', '10.0.0.1', '224.0.0.18');
        await ground.until(() => received(right).length > 0, 'the packet');
        expect(received(right)).toEqual([
          {
            type: 'packet-received',
            channel: 'v4',
            linkIndex: right.linkIndex,
            source: '10.0.0.1',
            destination: '224.0.0.18',
            ttl: 255,
            payload,
          },
        ]);
        send(right, 'v4', '10.0.0.2', '224.0.0.18');
        await ground.until(() => received(left).length > 0, 'the answer');
        expect(received(left).map(each => each.source)).toEqual(['10.0.0.2']);
      });

      it('sends IPv4 from any source with any TTL', async () => {
        openChannel(left, 4);
        openChannel(right, 4);
        send(left, 'v4', '10.0.0.77', '10.0.0.2', 17);
        await ground.until(() => received(right).length > 0, 'the packet');
        expect(received(right)).toMatchObject([{ source: '10.0.0.77', destination: '10.0.0.2', ttl: 17, payload }]);
      });

      it('sends IPv4 as internetwork control, whole, without options', async () => {
        openChannel(left, 4);
        send(left, 'v4', '10.0.0.1', '224.0.0.18');
        send(left, 'v4', '10.0.0.1', '224.0.0.18');
        const packets = () => right.frames.filter(frame => frame[12] === 8 && frame[13] === 0 && frame[14 + 9] === 112);
        await ground.until(() => packets().length === 2, 'both frames');
        for (const frame of packets()) {
          expect([...frame.subarray(0, 6)]).toEqual([0x01, 0, 0x5e, 0, 0, 0x12]);
          const header = frame.subarray(14, 34);
          // Version and length, TOS, total length; no fragment bits; TTL and protocol.
          expect([...header.subarray(0, 4)]).toEqual([0x45, 0xc0, 0, 57]);
          expect([...header.subarray(6, 10)]).toEqual([0, 0, 255, 112]);
          expect(frame.subarray(34)).toEqual(payload);
        }
        const [first, second] = packets().map(frame => frame[18]! * 256 + frame[19]!);
        expect(first).not.toBe(0);
        expect(second).not.toBe(first);
      });

      it('carries an IPv6 multicast with its hop limit and traffic class', async () => {
        openChannel(left, 6);
        openChannel(right, 6);
        await ground.until(() => linkLocal(left) !== undefined, 'a link-local address');
        send(left, 'v6', linkLocal(left), 'ff02::12');
        await ground.until(() => received(right).length > 0, 'the packet');
        expect(received(right)).toEqual([
          {
            type: 'packet-received',
            channel: 'v6',
            linkIndex: right.linkIndex,
            source: linkLocal(left),
            destination: 'ff02::12',
            ttl: 255,
            payload,
          },
        ]);
        expect(received(left)).toEqual([]);
        const frame = right.frames.find(each => each[12] === 0x86 && each[13] === 0xdd && each[14 + 6] === 112)!;
        expect([frame[14]! & 0x0f, frame[15]! & 0xf0]).toEqual([0x0c, 0]);
      });

      it('sends IPv6 unicast with the kernel’s hop limit or the one asked for', async () => {
        openChannel(left, 6);
        openChannel(right, 6);
        send(left, 'v6', 'fd00::1', 'fd00::2', 'default');
        send(left, 'v6', 'fd00::1', 'fd00::2', 3);
        await ground.until(() => received(right).length === 2, 'both packets');
        expect(received(right)).toMatchObject([
          { source: 'fd00::1', destination: 'fd00::2', ttl: 64 },
          { source: 'fd00::1', destination: 'fd00::2', ttl: 3 },
        ]);
      });

      it('gives each channel the groups it has joined, not those of its neighbours', async () => {
        const groups = { 4: ['224.0.0.18', '224.0.0.99'], 6: ['ff02::12', 'ff02::99'] } as const;
        for (const family of [4, 6] as const) {
          openChannel(left, family, []);
          for (const group of groups[family]) {
            right.execute({
              type: 'open-channel',
              channel: {
                key: `member of ${group}`,
                family,
                link: { index: right.linkIndex, name: right.linkName },
                groups: [ip(group)],
                receiveBufferBytes: undefined,
              },
            });
          }
          for (const group of groups[family]) send(left, `v${family}`, family === 4 ? '10.0.0.1' : 'fd00::1', group);
        }
        await ground.until(() => received(right).length >= 4, 'every packet');
        for (const packet of received(right)) expect(packet.channel).toBe(`member of ${packet.destination}`);
        expect(received(right)).toHaveLength(4);
      });

      it('serves a channel on no interface in particular', async () => {
        for (const host of [left, right]) {
          for (const family of [4, 6] as const) {
            host.execute({
              type: 'open-channel',
              channel: { key: `v${family}`, family, link: undefined, groups: [], receiveBufferBytes: 300_000 },
            });
          }
        }
        send(left, 'v4', '10.0.0.1', '10.0.0.2');
        send(left, 'v6', 'fd00::1', 'fd00::2');
        await ground.until(() => received(right).length === 2, 'both packets');
        expect(received(right)).toMatchObject([
          { channel: 'v4', linkIndex: right.linkIndex, source: '10.0.0.1', ttl: 255 },
          { channel: 'v6', linkIndex: right.linkIndex, source: 'fd00::1', ttl: 255 },
        ]);
      });

      it('cuts off what Ethernet padded', async () => {
        openChannel(right, 4);
        const short = Uint8Array.of(0x31, 1, 100, 0, 0, 100, 0, 0);
        const header = encodeIpv4Header(
          {
            typeOfService: 0xc0,
            identification: 1,
            ttl: 255,
            protocol: 112,
            source: ip('10.0.0.1'),
            destination: ip('224.0.0.18'),
          },
          short.length,
        );
        const frame = new Uint8Array(60).fill(0xee);
        frame.set([0x01, 0, 0x5e, 0, 0, 0x12]);
        frame.set(macAddressBytes(linkAtStart(left).mac!), 6);
        frame.set([8, 0], 12);
        frame.set(header, 14);
        frame.set(short, 34);
        left.execute({ type: 'send-frames', linkIndex: left.linkIndex, frames: [frame] });
        await ground.until(() => received(right).length > 0, 'the packet');
        expect(received(right)[0]!.payload).toEqual(short);
      });

      it('reports what cannot be sent and goes on', async () => {
        openChannel(left, 6);
        openChannel(right, 6);
        send(left, 'none', '10.0.0.1', '10.0.0.2');
        send(left, 'v6', 'fd00::77', 'fd00::2');
        send(left, 'v6', 'fd00::1', 'fd00::2');
        await ground.until(() => received(right).length > 0, 'the packet that could be sent');
        expect(inputsOf(left.inputs, 'send-failed')).toEqual([
          { type: 'send-failed', channel: 'none', error: 'ENOTCONN' },
          { type: 'send-failed', channel: 'v6', error: expect.stringMatching(/^E[A-Z]+$/) },
        ]);
      });

      it('reports an IPv4 packet for an interface that is down', () => {
        openChannel(left, 4);
        left.setAdminUp(false);
        send(left, 'v4', '10.0.0.1', '224.0.0.18');
        expect(inputsOf(left.inputs, 'send-failed')).toMatchObject([
          { channel: 'v4', error: expect.stringMatching(/^ENET(DOWN|UNREACH)$/) },
        ]);
      });

      it('reports a channel that cannot be opened', () => {
        left.execute({
          type: 'open-channel',
          channel: {
            key: 'nowhere',
            family: 4,
            link: { index: 9_999, name: 'nowhere' },
            groups: [vrrpGroup[4]],
            receiveBufferBytes: undefined,
          },
        });
        expect(left.inputs.at(-1)).toEqual({ type: 'channel-failed', channel: 'nowhere', error: 'ENODEV' });
      });

      it('hears nothing on a channel that was closed', async () => {
        openChannel(left, 4);
        openChannel(right, 4);
        openChannel(right, 6);
        right.execute({ type: 'close-channel', key: 'v4' });
        right.execute({ type: 'close-channel', key: 'v4' });
        openChannel(left, 6);
        send(left, 'v4', '10.0.0.1', '224.0.0.18');
        send(left, 'v6', 'fd00::1', 'fd00::2');
        await ground.until(() => received(right).length > 0, 'the later packet');
        expect(received(right).map(each => each.channel)).toEqual(['v6']);
      });

      it('delivers frames as they are', async () => {
        const arp = new Uint8Array(42).fill(0xaa);
        arp.set([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 9, 9, 0x08, 0x06]);
        const advertisement = new Uint8Array(86).fill(0xbb);
        advertisement.set([0x33, 0x33, 0, 0, 0, 1, 2, 0, 0, 0, 9, 9, 0x88, 0xb5]);
        left.execute({ type: 'send-frames', linkIndex: left.linkIndex, frames: [arp, advertisement] });
        const ours = () => right.frames.filter(frame => frame[10] === 9 && frame[11] === 9);
        await ground.until(() => ours().length === 2, 'both frames');
        expect(ours()).toEqual([arp, advertisement]);
      });

      it('outlives frames for an interface that is not there', async () => {
        left.execute({ type: 'send-frames', linkIndex: 9_999, frames: [new Uint8Array(60)] });
        const frame = Uint8Array.of(
          ...ipAddressBytes(ip('::')).slice(0, 12),
          0x88,
          0xb5,
          ...new Uint8Array(46).fill(7),
        );
        left.execute({ type: 'send-frames', linkIndex: left.linkIndex, frames: [frame] });
        await ground.until(() => right.frames.some(each => each[12] === 0x88 && each[20] === 7), 'the frame');
      });
    });

    describe('addresses', () => {
      const change = (
        host: WorldHost,
        operation: 'add' | 'remove',
        requests: readonly (Partial<AddressRequest> & { readonly address: IpAddress })[],
        batch = 1,
      ): void =>
        host.execute({
          type: 'change-addresses',
          batch,
          operation,
          addresses: requests.map(request => ({ ...plainAddress, linkIndex: host.linkIndex, ...request })),
        });
      const answered = (host: WorldHost) => inputsOf(host.inputs, 'addresses-changed');

      it('adds them with everything that was asked', async () => {
        const prefix = left.linkName;
        change(left, 'add', [
          { address: ip('10.0.0.10'), prefixLength: 24, label: `${prefix}:vip`, broadcast: ip('10.0.0.255') },
          { address: ip('192.0.2.10'), scope: 253 },
          { address: ip('192.0.2.20'), peer: { address: ip('192.0.2.21'), prefixLength: 30 } },
          { address: ip('2001:db8::10'), prefixLength: 128, noDad: true, preferredLifetimeSeconds: 0 },
          { address: ip('2001:db8::11'), prefixLength: 64, noDad: true, noPrefixRoute: true, home: true },
        ]);
        await ground.until(() => answered(left).length > 0, 'the answer');
        expect(answered(left)).toEqual([{ type: 'addresses-changed', batch: 1, errors: [] }]);
        const held = (address: string) => left.addresses().find(each => each.address === address);
        expect(held('10.0.0.10')).toMatchObject({
          prefixLength: 24,
          label: `${prefix}:vip`,
          broadcast: '10.0.0.255',
          scope: 'global',
        });
        expect(held('192.0.2.10')).toMatchObject({ prefixLength: 32, scope: 'link', label: prefix });
        expect(held('192.0.2.20')).toMatchObject({ prefixLength: 30, peer: '192.0.2.21' });
        expect(held('2001:db8::10')).toMatchObject({ prefixLength: 128, scope: 'global' });
        expect(held('2001:db8::10')!.flags).toEqual(expect.arrayContaining(['nodad', 'deprecated']));
        expect(held('2001:db8::11')!.flags).toEqual(expect.arrayContaining(['nodad', 'noprefixroute', 'home']));
        expect(held('2001:db8::11')!.flags).not.toContain('deprecated');
      });

      it('tells of each that comes and goes, whoever did it', async () => {
        change(left, 'add', [{ address: ip('10.0.0.10') }]);
        left.addAddress('10.0.0.11/32');
        const seen = (type: 'address-added' | 'address-removed') =>
          inputsOf(left.inputs, type)
            .map(input => input.address.address)
            .filter(address => address.startsWith('10.'));
        await ground.until(() => seen('address-added').length === 2, 'both');
        expect(seen('address-added')).toEqual(['10.0.0.10', '10.0.0.11']);
        change(left, 'remove', [{ address: ip('10.0.0.10') }, { address: ip('10.0.0.11') }], 2);
        await ground.until(() => seen('address-removed').length === 2, 'both removals');
        expect(answered(left)).toMatchObject([
          { batch: 1, errors: [] },
          { batch: 2, errors: [] },
        ]);
        expect(left.addresses().map(each => each.address)).not.toContain('10.0.0.10');
      });

      it('reports the refused by their place and does the others', async () => {
        change(left, 'add', [{ address: ip('10.0.0.10') }, { address: ip('10.0.0.12') }]);
        change(
          left,
          'add',
          [
            { address: ip('10.0.0.11') },
            { address: ip('10.0.0.10') },
            { address: ip('10.0.0.13'), linkIndex: 9_999 },
            { address: ip('10.0.0.14') },
            { address: ip('10.0.0.12') },
          ],
          2,
        );
        await ground.until(() => answered(left).length === 2, 'both answers');
        expect(answered(left)).toEqual([
          { type: 'addresses-changed', batch: 1, errors: [] },
          {
            type: 'addresses-changed',
            batch: 2,
            errors: [
              { place: 1, error: 'EEXIST' },
              { place: 2, error: 'ENODEV' },
              { place: 4, error: 'EEXIST' },
            ],
          },
        ]);
        change(left, 'remove', [{ address: ip('10.0.0.99') }, { address: ip('10.0.0.14') }], 3);
        await ground.until(() => answered(left).length === 3, 'the last answer');
        expect(answered(left)[2]).toEqual({
          type: 'addresses-changed',
          batch: 3,
          errors: [{ place: 0, error: 'EADDRNOTAVAIL' }],
        });
        expect(left.addresses().map(each => each.address)).toEqual(expect.arrayContaining(['10.0.0.11']));
        expect(left.addresses().map(each => each.address)).not.toContain('10.0.0.14');
      });

      it('answers an empty batch', async () => {
        change(left, 'add', [], 5);
        await ground.until(() => answered(left).length === 1, 'the answer');
        expect(answered(left)).toEqual([{ type: 'addresses-changed', batch: 5, errors: [] }]);
      });

      it('answers later, not while the effect is executed', () => {
        change(left, 'add', [{ address: ip('10.0.0.10') }]);
        expect(answered(left)).toEqual([]);
      });

      it('keeps siblings of a removed address where secondaries are promoted', async () => {
        const siblings = [
          { address: ip('172.16.0.1'), prefixLength: 24 },
          { address: ip('172.16.0.2'), prefixLength: 24 },
        ];
        const here = () =>
          left
            .addresses()
            .map(each => each.address)
            .filter(each => each.startsWith('172.16'));
        for (const [enabled, expected] of [
          [true, ['172.16.0.2']],
          [false, []],
        ] as const) {
          left.execute({ type: 'set-promote-secondaries', linkName: left.linkName, enabled });
          change(left, 'add', siblings);
          change(left, 'remove', [siblings[0]!]);
          expect(here()).toEqual(expected);
          change(left, 'remove', [siblings[1]!]);
        }
      });

      it('outlives a setting for an interface that is not there', () => {
        left.execute({ type: 'set-promote-secondaries', linkName: 'nowhere', enabled: true });
      });
    });

    describe('links', () => {
      const changes = (host: WorldHost) =>
        inputsOf(host.inputs, 'link-changed')
          .map(input => input.link)
          .filter(link => link.index === host.linkIndex);

      it('tells of an administrator’s down, and of the lost carrier at the other end', async () => {
        left.setAdminUp(false);
        await ground.until(() => changes(left).at(-1)?.adminUp === false, 'the news on the left');
        await ground.until(() => changes(right).at(-1)?.running === false, 'the news on the right');
        expect(changes(left).at(-1)).toMatchObject({ name: left.linkName, adminUp: false, running: false });
        expect(changes(right).at(-1)).toMatchObject({ adminUp: true, running: false });
        left.setAdminUp(true);
        await ground.until(() => changes(left).at(-1)?.running === true, 'the left to be up');
        await ground.until(() => changes(right).at(-1)?.running === true, 'the right to be up');
      });

      it('does not tell of what concerns nobody', async () => {
        left.touchLink();
        left.setAdminUp(false);
        await ground.until(() => changes(left).at(-1)?.running === false, 'other news');
        left.touchLink();
        left.setAdminUp(true);
        await ground.until(() => changes(left).at(-1)?.running === true, 'the end of it');
        const told = [linkAtStart(left), ...changes(left)].map(link => JSON.stringify(link));
        expect(told.filter((link, index) => link === told[index - 1])).toEqual([]);
      });

      it('tells of another name', async () => {
        left.setAdminUp(false);
        left.rename('newname');
        await ground.until(() => changes(left).at(-1)?.name === 'newname', 'the news');
      });

      it('tells of a removed link', async () => {
        left.removeLink();
        await ground.until(() => inputsOf(left.inputs, 'link-removed').length > 0, 'the news');
        expect(inputsOf(left.inputs, 'link-removed')).toEqual([{ type: 'link-removed', index: left.linkIndex }]);
      });
    });

    it('tells the whole truth again when an interface becomes a router or a host', async () => {
      const forwarding = (host: WorldHost) => inputsOf(host.inputs, 'resynchronised').at(-1)!.forwardingLinks;
      right.setForwarding(true);
      left.setForwarding(false);
      await ground.until(() => forwarding(right).includes(right.linkIndex), 'the new router');
      await ground.until(() => !forwarding(left).includes(left.linkIndex), 'the new host');
      right.setForwarding(false);
      await ground.until(() => !forwarding(right).includes(right.linkIndex), 'the host again');
    });

    describe('scripts', () => {
      const run = (number: number, what: RunnableScript, extraArguments: readonly string[] = []): void =>
        left.execute({ type: 'run-script', run: number, script: what, extraArguments });
      const ended = () => inputsOf(left.inputs, 'script-ended');
      const outcomeOf = async (number: number) => {
        await ground.until(() => ended().some(input => input.run === number), `run ${number} to end`);
        return ended().filter(input => input.run === number);
      };

      it('reports exit status and signal, once, and never at once', async () => {
        run(1, shell('exit 3'));
        run(2, shell('kill -9 $$'));
        run(3, script({ type: 'program', argv: ['/bin/true'] }));
        expect(ended()).toEqual([]);
        expect(await outcomeOf(1)).toMatchObject([{ outcome: { type: 'exited', status: 3 } }]);
        expect(await outcomeOf(2)).toMatchObject([{ outcome: { type: 'signalled', signal: 9 } }]);
        expect(await outcomeOf(3)).toMatchObject([{ outcome: { type: 'exited', status: 0 } }]);
      });

      it('passes the arguments as they are', async () => {
        const test = '[ $# = 4 ] && [ "$1" = one ] && [ "$2" = "two words" ] && [ "$3" = "" ] && [ "$4" = "\'\\$x" ]';
        const command: ScriptCommand = { type: 'shell', text: test, extraArguments: ['one', 'two words'] };
        run(1, script(command), ['', "'$x"]);
        expect(await outcomeOf(1)).toMatchObject([{ outcome: { type: 'exited', status: 0 } }]);
        run(2, script({ type: 'program', argv: ['/usr/bin/test', 'a b', '='] }), ['a b']);
        expect(await outcomeOf(2)).toMatchObject([{ outcome: { type: 'exited', status: 0 } }]);
      });

      it('says why a program cannot be started', async () => {
        run(1, script({ type: 'program', argv: ['/nowhere/at/all'] }));
        run(2, script({ type: 'program', argv: ['/etc/passwd'] }));
        expect(await outcomeOf(1)).toMatchObject([{ outcome: { type: 'not-started', error: 'ENOENT' } }]);
        expect(await outcomeOf(2)).toMatchObject([{ outcome: { type: 'not-started', error: 'EACCES' } }]);
      });

      it('ends a run by TERM', async () => {
        run(1, shell('sleep 1000'));
        run(2, shell('exit 0'));
        await outcomeOf(2);
        left.execute({ type: 'signal-script', run: 1, signal: 'TERM' });
        expect(await outcomeOf(1)).toMatchObject([{ outcome: { type: 'signalled', signal: 15 } }]);
      });

      it('ends a run that ignores TERM by KILL', async () => {
        run(1, shell('trap "" TERM; sleep 1000 & wait; wait; sleep 1000'));
        run(2, shell('exit 0'));
        await outcomeOf(2);
        left.execute({ type: 'signal-script', run: 1, signal: 'TERM' });
        run(3, shell('exit 0'));
        await outcomeOf(3);
        left.execute({ type: 'signal-script', run: 1, signal: 'KILL' });
        expect(await outcomeOf(1)).toMatchObject([{ outcome: { type: 'signalled' } }]);
      });

      it('ends a run before it was started', async () => {
        run(1, shell('exit 0'));
        left.execute({ type: 'signal-script', run: 1, signal: 'TERM' });
        expect(await outcomeOf(1)).toMatchObject([{ outcome: { type: 'signalled', signal: 15 } }]);
      });

      it('takes a signal for a run that is over for nothing', async () => {
        run(1, shell('exit 0'));
        await outcomeOf(1);
        left.execute({ type: 'signal-script', run: 1, signal: 'KILL' });
        left.execute({ type: 'signal-script', run: 77, signal: 'KILL' });
        expect(ended()).toHaveLength(1);
      });

      it('opens files', async () => {
        run(1, script({ type: 'open-file', path: '/etc/passwd' }));
        run(2, script({ type: 'open-file', path: '/nowhere' }));
        expect(await outcomeOf(1)).toMatchObject([{ outcome: { type: 'exited', status: 0 } }]);
        expect(await outcomeOf(2)).toMatchObject([{ outcome: { type: 'exited', status: 1 } }]);
      });
    });
  });
}

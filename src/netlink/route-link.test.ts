import { describe, expect, it } from 'vitest';
import { decodeMessages } from './message.ts';
import { MessageWriter } from './message-writer.ts';
import { messagesIn, recordedEvent, recordedLinks } from './recorded.testkit.ts';
import { decodeLink, encodeLinkDump, type LinkChange, linkMessage } from './route-link.ts';

function changes(datagrams: readonly Uint8Array[]): readonly LinkChange[] {
  return messagesIn(datagrams)
    .filter(message => message.type === linkMessage.new || message.type === linkMessage.delete)
    .map(message => {
      const change = decodeLink(message);
      if (!change.ok) throw new Error(change.reason);
      return change.value;
    });
}

const present = (name: string) => {
  const found = changes(recordedLinks).find(change => change.type === 'present' && change.link.name === name);
  return found?.type === 'present' ? found.link : undefined;
};

describe('decodeLink', () => {
  it('reads an Ethernet link with its flags and its IPv6 forwarding', () => {
    expect(present('va')).toEqual({
      index: expect.any(Number),
      name: 'va',
      adminUp: true,
      running: true,
      loopback: false,
      mtu: 1500,
      mac: '02:00:00:00:00:01',
      multicast: true,
      noArp: false,
      ipv6Forwarding: true,
    });
    expect(present('vb')?.ipv6Forwarding).toBe(false);
  });

  it('gives loopback and tunnels no MAC address', () => {
    expect(present('lo')).toMatchObject({ loopback: true, mac: undefined, mtu: 65_536, running: true });
    expect(present('tun0')).toMatchObject({ loopback: false, mac: undefined, noArp: true });
  });

  it('tells a link that is down from one without carrier', () => {
    expect(present('br0')).toMatchObject({ adminUp: false, running: false });
    const states = changes(recordedEvent('down')).map(change =>
      change.type === 'present' ? [change.link.name, change.link.adminUp, change.link.running] : [],
    );
    // One end of the cable was set down, the other lost its carrier by that.
    expect(states).toContainEqual(['vb', false, false]);
    expect(states).toContainEqual(['va', true, false]);
  });

  it('takes a port that leaves its bridge for what it is, not for a removed link', () => {
    const found = changes(recordedEvent('port leaves its bridge'));
    expect(found.map(change => change.type)).not.toContain('removed');
    expect(found).toContainEqual({ type: 'other' });
    expect(messagesIn(recordedEvent('port leaves its bridge')).map(message => message.type)).toContain(
      linkMessage.delete,
    );
  });

  it('reads a rename as the same index with another name', () => {
    const renamed = changes(recordedEvent('rename'));
    expect(renamed).toMatchObject([{ type: 'present', link: { name: 'vlan100', index: present('v100')?.index } }]);
  });

  it('reads the removal of both ends of a cable', () => {
    const gone = changes(recordedEvent('link removed'));
    expect(gone.filter(change => change.type === 'removed')).toEqual(
      expect.arrayContaining([{ type: 'removed', index: present('v100')?.index }]),
    );
  });

  it.each([
    ['a body shorter than its header', new Uint8Array(15), 'message-body-truncated'],
    ['a link without MTU', Uint8Array.of(...new Uint8Array(16), 6, 0, 3, 0, 97, 0, 0, 0), 'attribute-missing'],
    ['an attribute past the end', Uint8Array.of(...new Uint8Array(16), 9, 0, 3, 0, 97, 0), 'attribute-length-invalid'],
  ])('refuses %s', (_, body, reason) => {
    expect(decodeLink({ type: linkMessage.new, flags: 0, sequence: 0, port: 0, body })).toEqual({ ok: false, reason });
  });
});

it('asks for a dump of every link', () => {
  const writer = new MessageWriter();
  encodeLinkDump(writer, 5);
  expect(decodeMessages(writer.bytes()).messages).toMatchObject([
    { type: 18, flags: 0x301, sequence: 5, body: new Uint8Array(16) },
  ]);
});

import { describe, expect, it } from 'vitest';
import { decodeFamily, encodeFamilyRequest, genericCommand } from './generic.ts';
import { recordedFamily, recordedServices } from './ipvs.testkit.ts';
import { type NetlinkMessage, viewOf } from './message.ts';
import { MessageWriter } from './message-writer.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('generic netlink', () => {
  it('asks for a family by name', () => {
    const writer = new MessageWriter();
    encodeFamilyRequest(writer, 'IPVS', 7);
    expect(hex(writer.bytes())).toBe(
      [
        '20000000', // length
        '1000', // GENL_ID_CTRL
        '0500', // request, acknowledge
        '07000000',
        '00000000',
        '03020000', // CTRL_CMD_GETFAMILY
        '09000200', // CTRL_ATTR_FAMILY_NAME
        '4950565300000000',
      ].join(''),
    );
  });

  it('reads the answer', () => {
    const [answer] = recordedFamily;
    expect(decodeFamily(answer!)).toEqual({ ok: true, value: { name: 'IPVS', id: recordedServices[0]!.type } });
  });

  const answer = (body: readonly number[], type = 0x10): NetlinkMessage => ({
    type,
    flags: 0,
    sequence: 1,
    port: 0,
    body: Uint8Array.from(body),
  });
  it.each([
    ['no body', answer([]), 'message-body-truncated'],
    ['another command', answer([3, 2, 0, 0]), 'attribute-missing'],
    ['another family', answer([1, 2, 0, 0, 6, 0, 1, 0, 1, 0, 0, 0, 6, 0, 2, 0, 65, 0], 0x11), 'attribute-missing'],
    ['no number', answer([1, 2, 0, 0, 6, 0, 2, 0, 65, 0, 0, 0]), 'attribute-missing'],
    ['no name', answer([1, 2, 0, 0, 6, 0, 1, 0, 65, 0, 0, 0]), 'attribute-missing'],
    ['a long number', answer([1, 2, 0, 0, 8, 0, 1, 0, 1, 2, 3, 4, 6, 0, 2, 0, 65, 0]), 'attribute-malformed'],
    ['a broken attribute', answer([1, 2, 0, 0, 99, 0, 2, 0]), 'attribute-length-invalid'],
  ])('takes %s for what it is', (_, message, reason) => {
    expect(decodeFamily(message)).toEqual({ ok: false, reason });
  });

  it('finds no command in a body that is too short', () => {
    expect(genericCommand(answer([1, 2, 3]))).toBeUndefined();
    expect(genericCommand(answer([1, 2, 3, 4]))).toBe(1);
  });
});

describe('nested attributes', () => {
  it('know their length and say what they are', () => {
    const writer = new MessageWriter();
    writer.begin(20, 0, 0);
    const outer = writer.beginNested(2);
    writer.attributeShort(1, 0x1234);
    const inner = writer.beginNested(3);
    writer.endNested(inner);
    writer.endNested(outer);
    writer.attribute(9, [1]);
    writer.end();
    const bytes = writer.bytes().subarray(16);
    expect(hex(bytes)).toBe('10000280' + '06000100' + '34120000' + '04000380' + '05000900' + '01000000');
    expect(viewOf(bytes).getUint16(0, true)).toBe(16);
  });
});

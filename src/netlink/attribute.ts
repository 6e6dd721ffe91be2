import { align, type NetlinkProblem, viewOf } from './message.ts';

const attributeHeaderLength = 4;
/** The two highest bits of the type say "nested" and "network byte order"; the rest is the type. */
const typeMask = 0x3fff;

export interface Attributes {
  /** By type; when a type is repeated, the last one counts, as in the kernel's own parser. */
  readonly byType: ReadonlyMap<number, Uint8Array>;
  readonly problem: NetlinkProblem | undefined;
}

/** Reads a run of attributes that begins at `offset` of a message body or fills a nested attribute. */
export function decodeAttributes(bytes: Uint8Array, offset = 0): Attributes {
  const byType = new Map<number, Uint8Array>();
  const view = viewOf(bytes);
  let position = offset;
  while (bytes.length - position >= attributeHeaderLength) {
    const length = view.getUint16(position, true);
    if (length < attributeHeaderLength || length > bytes.length - position)
      return { byType, problem: 'attribute-length-invalid' };
    byType.set(
      view.getUint16(position + 2, true) & typeMask,
      bytes.subarray(position + attributeHeaderLength, position + length),
    );
    position += align(length);
  }
  // Fewer than four bytes left are padding, unless padding already ran past the end.
  return { byType, problem: undefined };
}

/** The values of a run of attributes in order, such as the elements of a list, as far as they make sense. */
export function listedAttributes(bytes: Uint8Array): readonly { readonly type: number; readonly value: Uint8Array }[] {
  const list: { type: number; value: Uint8Array }[] = [];
  const view = viewOf(bytes);
  for (let position = 0; bytes.length - position >= attributeHeaderLength; ) {
    const length = view.getUint16(position, true);
    if (length < attributeHeaderLength || length > bytes.length - position) break;
    const value = bytes.subarray(position + attributeHeaderLength, position + length);
    list.push({ type: view.getUint16(position + 2, true) & typeMask, value });
    position += align(length);
  }
  return list;
}

/** An unsigned 32-bit value; undefined if absent or of another size. */
export function attributeNumber(attributes: Attributes, type: number): number | undefined {
  const bytes = attributes.byType.get(type);
  if (bytes?.length !== 4) return undefined;
  return viewOf(bytes).getUint32(0, true);
}

/** Text up to the first NUL; undefined if absent. Interface names and labels are bytes, read as Latin-1. */
export function attributeText(attributes: Attributes, type: number): string | undefined {
  const bytes = attributes.byType.get(type);
  if (!bytes) return undefined;
  let text = '';
  for (const byte of bytes) {
    if (byte === 0) break;
    text += String.fromCharCode(byte);
  }
  return text;
}

const perLine = 16;
const half = 8;

/** Sixteen bytes a line: offset in decimal, hex in two halves, printable ASCII; as genhash -v prints them. */
export function hexDump(bytes: Uint8Array): string {
  let text = '';
  for (let offset = 0; offset < bytes.length; offset += perLine) {
    const line = bytes.subarray(offset, offset + perLine);
    const hex = (from: number, to: number): string =>
      Array.from(line.subarray(from, to), byte => `${byte.toString(16).padStart(2, '0')} `)
        .join('')
        .padEnd(half * 3);
    const ascii = Array.from(line, byte => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    text += `${String(offset).padStart(4, '0')}  ${hex(0, half)}- ${hex(half, perLine)}  ${ascii.padEnd(perLine)}\n`;
  }
  return text;
}

import { failed, ok, type Result } from '../base/result.ts';

const bytesKey = '$bytes';

/** Bytes that JSON.stringify writes as encodeLine does, without asking about every other value on its way. */
export class WrittenBytes extends Uint8Array {
  toJSON(): unknown {
    return { [bytesKey]: hexadecimal(this) };
  }
}

/** Plain data as one line of JSON. Bytes are written in hexadecimal; a property that is undefined is left out. */
export function encodeLine(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    each instanceof Uint8Array ? { [bytesKey]: hexadecimal(each) } : each,
  );
}

/** What encodeLine made a line of; a message if it is none. */
export function decodeLine(line: string): Result<unknown, string> {
  try {
    return ok(
      JSON.parse(line, (_key, each: unknown) => {
        if (typeof each !== 'object' || each === null || !(bytesKey in each)) return each;
        const text = each[bytesKey];
        return typeof text === 'string' ? bytesOf(text) : each;
      }),
    );
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
}

function hexadecimal(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let place = 0; place < bytes.length; place++) {
    bytes[place] = Number.parseInt(text.slice(2 * place, 2 * place + 2), 16);
  }
  return bytes;
}

/** Whether two values of plain data (objects, arrays, bytes, primitives) say the same. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) || left instanceof Uint8Array) {
    if (!(Array.isArray(right) || right instanceof Uint8Array) || left.length !== right.length) return false;
    for (let index = 0; index < left.length; index++) if (!sameValue(left[index], right[index])) return false;
    return true;
  }
  // Lists of keys would be made for each of thousands of objects, and thrown away.
  let keys = 0;
  for (const key in left) {
    if (!Object.hasOwn(right, key)) return false;
    if (!sameValue(left[key as keyof typeof left], right[key as keyof typeof right])) return false;
    keys++;
  }
  for (const _ in right) keys--;
  return keys === 0;
}

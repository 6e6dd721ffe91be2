/** Whether two values of plain data (objects, arrays, bytes, primitives) say the same. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) || left instanceof Uint8Array) {
    if (!(Array.isArray(right) || right instanceof Uint8Array) || left.length !== right.length) return false;
    for (let index = 0; index < left.length; index++) if (!sameValue(left[index], right[index])) return false;
    return true;
  }
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(right, key)) return false;
    if (!sameValue(left[key as keyof typeof left], right[key as keyof typeof right])) return false;
  }
  return true;
}

import { libcFunction, memoryAt, textAt } from './libc.ts';

const nameIndex = libcFunction<() => bigint | null>('void *if_nameindex()');
const freeNameIndex = libcFunction<(list: bigint) => void>('void if_freenameindex(void *list)');

const nameOfIndex = libcFunction<(index: number, name: Uint8Array) => bigint | null>(
  'void *if_indextoname(unsigned int index, void *name)',
);

const entrySize = 16;
const nameSize = 16;

/** Whether an interface has this index now. */
export function linkExists(index: number): boolean {
  return nameOfIndex(index, new Uint8Array(nameSize)) !== null;
}

/**
 * Every interface of this network namespace, by the kernel's own list: /sys/class/net shows the namespace in which /sys was
 * mounted. Undefined if the kernel does not tell.
 */
export function interfaceNames(): readonly string[] | undefined {
  const list = nameIndex();
  if (!list) return undefined;
  const names: string[] = [];
  for (let entry = list; ; entry += BigInt(entrySize)) {
    const view = memoryAt(entry, entrySize);
    if (view.getUint32(0, true) === 0) break;
    const name = textAt(view.getBigUint64(8, true));
    if (name !== undefined) names.push(name);
  }
  freeNameIndex(list);
  return names;
}

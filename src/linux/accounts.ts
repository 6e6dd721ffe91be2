import { libcFunction, memoryAt } from './libc.ts';

const getpwnam = libcFunction<(name: string) => bigint | null>('void *getpwnam(const char *name)');
const getgrnam = libcFunction<(name: string) => bigint | null>('void *getgrnam(const char *name)');
const getgrouplist = libcFunction<(name: string, gid: number, groups: Uint32Array, count: Int32Array) => number>(
  'int getgrouplist(const char *name, uint32_t gid, void *groups, void *count)',
);

/** struct passwd: name, password, uid, gid ...; struct group: name, password, gid ... */
const userIdOffset = 16;
const userGroupOffset = 20;
const groupIdOffset = 16;
const mostGroups = 65_536;

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups, the primary one left out. */
  readonly groups: readonly number[];
}

/** As the C library knows it, so that users of LDAP and the like are found, too. */
export function findAccount(name: string): Account | undefined {
  const entry = getpwnam(name);
  if (!entry) return undefined;
  const view = memoryAt(entry, 24);
  const uid = view.getUint32(userIdOffset, true);
  const gid = view.getUint32(userGroupOffset, true);
  return { name, uid, gid, groups: groupsOf(name, gid).filter(group => group !== gid) };
}

export function findGroup(name: string): number | undefined {
  const entry = getgrnam(name);
  return entry ? memoryAt(entry, 24).getUint32(groupIdOffset, true) : undefined;
}

function groupsOf(name: string, gid: number): readonly number[] {
  for (let size = 64; size <= mostGroups; size *= 4) {
    const groups = new Uint32Array(size);
    const count = new Int32Array([size]);
    if (getgrouplist(name, gid, groups, count) >= 0) return Array.from(groups.subarray(0, count[0]));
  }
  return [];
}

import { libcFunction } from './libc.ts';

const getrlimit = libcFunction<(resource: number, limit: BigUint64Array) => number>(
  'int getrlimit(int resource, void *limit)',
);
const setrlimit = libcFunction<(resource: number, limit: BigUint64Array) => number>(
  'int setrlimit(int resource, const void *limit)',
);

const resources = { memlock: 8, rttime: 15 } as const;

/** RLIM_INFINITY. */
export const unlimited = 0xffff_ffff_ffff_ffffn;

export interface ResourceLimit {
  readonly soft: bigint;
  readonly hard: bigint;
}

/** Of this process. */
export function resourceLimit(resource: keyof typeof resources): ResourceLimit {
  const limit = new BigUint64Array(2);
  getrlimit(resources[resource], limit);
  return { soft: limit[0]!, hard: limit[1]! };
}

/** False if the kernel refused; errno says why. */
export function setResourceLimit(resource: keyof typeof resources, { soft, hard }: ResourceLimit): boolean {
  return setrlimit(resources[resource], BigUint64Array.of(soft, hard)) === 0;
}

/** The processes that do the work, in the order in which they are started. */
export const childKinds = ['checker', 'vrrp', 'bfd'] as const;

export type ChildKind = (typeof childKinds)[number];

export interface ChildWording {
  /** As keepalived's log lines call it: `VRRP child process(N) died`. */
  readonly name: string;
  /** What a child leaves behind that had to be killed. */
  readonly leftBehind: string;
}

export const childWording: Readonly<Record<ChildKind, ChildWording>> = {
  checker: { name: 'Healthcheck', leftBehind: 'services may stay behind in the IPVS table' },
  vrrp: { name: 'VRRP', leftBehind: 'addresses may stay behind' },
  bfd: { name: 'BFD', leftBehind: 'its peers will find its sessions expired' },
};

import path from 'node:path';

/** Under which name the daemon appears to scripts, monitors and logs. */
export type Identity = 'holdfast' | 'keepalived';

/** `keepalived` if the command was called so (by a symbolic link, for example), else our own. */
export function identityOf(command: string): Identity {
  return path.basename(command) === 'keepalived' ? 'keepalived' : 'holdfast';
}

export interface Names {
  /** Process titles: what ps, pidof and killall see. The same for both, so that killall reaches both. */
  readonly title: string;
  readonly vrrpTitle: string;
  /** As log lines call the whole: `Starting Keepalived ...`. */
  readonly product: string;
  readonly parentIdent: string;
  readonly vrrpIdent: string;
  readonly parentPidFile: string;
  readonly vrrpPidFile: string;
  readonly parentDump: string;
  readonly vrrpDump: string;
  readonly statistics: string;
  readonly json: string;
}

export interface NameOptions {
  /** global instance: several daemons on one host. */
  readonly instance: string | undefined;
  readonly usePidDirectory: boolean;
  /** Only the data files get the instance's name; keepalived 2.2.7 leaves the other two alone. */
  readonly dataUseInstance: boolean;
  /** Each process a title of its own. */
  readonly processNames: boolean;
  readonly processName: string | undefined;
  readonly vrrpProcessName: string | undefined;
  /** $TMPDIR, or /tmp. */
  readonly temporaryDirectory: string;
}

/** The pid files are where keepalived has them, not where its manual page says. */
export function namesFor(identity: Identity, options: NameOptions): Names {
  const { instance, temporaryDirectory } = options;
  const suffix = instance === undefined ? '' : `_${instance}`;
  const product = identity === 'keepalived' ? 'Keepalived' : 'Holdfast';
  const ownDirectory = options.usePidDirectory || instance !== undefined;
  const vrrp = identity === 'keepalived' || ownDirectory ? 'vrrp' : 'holdfast_vrrp';
  const runFile = (name: string): string =>
    ownDirectory ? `/run/${identity}/${name}${suffix}.pid` : `/run/${name}.pid`;
  const dataInstance = options.dataUseInstance && instance !== undefined ? `.${instance}` : '';
  const dump = (name: string): string => path.join(temporaryDirectory, `${identity}${name}`);
  return {
    title: options.processName ?? identity,
    vrrpTitle: options.vrrpProcessName ?? (options.processNames ? `${identity}_vrrp` : identity),
    product,
    parentIdent: `${product}${suffix}`,
    vrrpIdent: `${product}_vrrp${suffix}`,
    parentPidFile: runFile(identity),
    vrrpPidFile: runFile(vrrp),
    parentDump: dump(`_parent${dataInstance}.data`),
    vrrpDump: dump(`${dataInstance}.data`),
    statistics: dump('.stats'),
    json: dump('.json'),
  };
}

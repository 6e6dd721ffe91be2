// What a scenario of the comparison is made of, and the configurations that most of them share.

/** A cluster and what happens to it: the same texts for the simulator and for real processes. */
export interface FidelityScenario {
  readonly name: string;
  /** What it is about, for the table. */
  readonly title: string;
  /** Configuration texts by the name of the node. */
  readonly nodes: Readonly<Record<string, string>>;
  /** Further configurations, for `reload NODE with NAME`. */
  readonly files?: Readonly<Record<string, string>>;
  /** In the language of `holdfast simulate`. */
  readonly text: string;
  /** All machines boot at once. Default: one after the other, so that it is plain who becomes master first. */
  readonly bootTogether?: boolean;
  /** IPv6 duplicate address detection on the hosts, as the simulator has it. Default off. */
  readonly duplicateAddressDetection?: boolean;
}

export interface RouterOptions {
  readonly priority: number;
  /** Default VI_1. */
  readonly name?: string;
  /** Default 51. */
  readonly vrid?: number;
  /** Seconds, default 0.4. */
  readonly interval?: number;
  /** Default eth0. */
  readonly interface?: string;
  /** Default 192.0.2.100/24. */
  readonly addresses?: readonly string[];
  /** Further lines of the block. */
  readonly lines?: readonly string[];
}

/** Where the hosts keep the programs that the configurations name. */
export const programFolder = '/run/fidelity';
/** Writes down what it is told. */
export const notifyProgram = `${programFolder}/notify`;

/** A vrrp_instance block that tells its changes. */
export function instance(options: RouterOptions): string {
  const { priority, name = 'VI_1', vrid = 51, interval = 0.4, interface: link = 'eth0' } = options;
  return [
    `vrrp_instance ${name} {`,
    `  interface ${link}`,
    `  virtual_router_id ${vrid}`,
    `  priority ${priority}`,
    `  advert_int ${interval}`,
    ...(options.lines ?? []).map(line => `  ${line}`),
    '  virtual_ipaddress {',
    ...(options.addresses ?? ['192.0.2.100/24']).map(address => `    ${address}`),
    '  }',
    `  notify ${notifyProgram}`,
    '}',
    '',
  ].join('\n');
}

/** A whole file. `version` 3 unless told otherwise. */
export function file(blocks: readonly string[], options: { readonly version?: 2 | 3; readonly global?: string } = {}) {
  const { version = 3, global = '' } = options;
  return ['global_defs {', `  vrrp_version ${version}`, '  script_user root', global, '}', ...blocks].join('\n');
}

/** A file with one virtual router of version 3. */
export function router(options: RouterOptions, ...blocks: readonly string[]): string {
  return file([...blocks, instance(options)]);
}

/** A vrrp_script block; the scenario says what the script does. */
export function script(name: string, ...lines: readonly string[]): string {
  const usual = [`script ${programFolder}/${name}`, 'interval 1', 'timeout 1', ...lines];
  return [`vrrp_script ${name} {`, ...usual.map(line => `  ${line}`), '}', ''].join('\n');
}

/** The same lines for two nodes, a with priority 200 and b with 50: whoever starts first, and by however much. */
export function pair(lines: readonly string[] = [], ...blocks: readonly string[]): Readonly<Record<string, string>> {
  return { a: router({ priority: 200, lines }, ...blocks), b: router({ priority: 50, lines }, ...blocks) };
}

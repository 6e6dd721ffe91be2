import { type Duration, inSeconds } from '../base/duration.ts';
import { elapsed, type Instant } from '../base/instant.ts';
import type { CheckerProcess } from '../engine/checker-process.ts';
import type { Service } from '../engine/service.ts';
import type { CheckEvidence, SharedCheck } from '../engine/shared-check.ts';
import { failureReason } from '../health/check-lines.ts';
import type { ConnectionCount } from '../lvs/connection-counts.ts';
import {
  effectiveWeight,
  isAlive,
  memberKey,
  type PoolMember,
  type ServerOverride,
  serviceIdentity,
} from '../lvs/pool.ts';
import type { IpvsProtocol } from '../ports/ipvs.ts';
import { checkTarget } from './check-target.ts';

/**
 * What `holdfast health --json` says: plain data whose names stay as they are. Times are milliseconds since 1970, spans
 * are seconds. No secrets: of a script only its program, of a URL only its path.
 */
export interface HealthStatus {
  readonly at: number;
  /** Why the kernel's table cannot be used. */
  readonly ipvsError: string | undefined;
  readonly virtualServers: readonly VirtualServerStatus[];
}

export interface VirtualServerStatus {
  /** As the log has it: `[GROUP]:0` for the first of a group. */
  readonly name: string;
  readonly protocol: IpvsProtocol | undefined;
  /** What nftables marks its packets with, and the kernel's table has it by. Left out: nothing. */
  readonly mark?: number | undefined;
  readonly scheduler: string;
  readonly quorum: number;
  readonly hysteresis: number;
  readonly quorumUp: boolean;
  /** Of all servers that are up. */
  readonly weight: number;
  readonly sorryServer: { readonly address: string; readonly port: number; readonly serving: boolean } | undefined;
  /** ha_suspend: its checks rest because none of its addresses is here. */
  readonly suspended: boolean;
  readonly servers: readonly ServerStatus[];
}

export interface ServerStatus {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly state: 'up' | 'down';
  /** What the kernel distributes by, while the server is up. */
  readonly weight: number;
  readonly configuredWeight: number;
  /** An operator's word, which goes before what the checks say. */
  readonly override: ServerOverride | undefined;
  /** As the kernel counts them, where somebody has asked it. */
  readonly connections: ConnectionCount | undefined;
  readonly checks: readonly CheckStatus[];
}

export interface CheckStatus {
  readonly keyword: string;
  readonly target: string;
  readonly state: 'up' | 'down';
  /** Reported, never acted upon. */
  readonly shadow: boolean;
  /** Failures in a row that are forgiven so far. */
  readonly failures: number;
  readonly retries: number;
  /** A probe is under way. */
  readonly probing: boolean;
  /** Seconds; undefined while a probe is under way and for checks that do not probe. */
  readonly nextProbeIn: number | undefined;
  /** FILE_CHECK: what was read last. */
  readonly value: number | undefined;
  readonly last: EvidenceStatus | undefined;
}

export interface EvidenceStatus {
  readonly at: number;
  readonly ok: boolean;
  /** `ok`, or why not. */
  readonly outcome: string;
  readonly took: number;
  readonly status: number | undefined;
  readonly digest: string | undefined;
  /** How the reply begins. */
  readonly excerpt: string | undefined;
}

/** What is asked for besides the usual. */
export interface HealthQuestion {
  /** serviceIdentity() of the only service that is asked about. */
  readonly only?: string | undefined;
  /** The connections of a service's servers, by memberKey; undefined if nobody has counted. */
  readonly connections?: (service: Service) => ReadonlyMap<string, ConnectionCount> | undefined;
}

/** A virtual server without its servers. */
export type VirtualServerHead = Omit<VirtualServerStatus, 'servers'>;

type Checker = Pick<CheckerProcess, 'services' | 'ipvsError'>;

/** Parts of a text that make a portion of it, each about a virtual server, a server or a check: a millisecond or two. */
const portion = 200;

/** Of all services, or of one; `epochMilliseconds` is the wall clock's reading at `now`. */
export function healthStatusOf(
  checker: Checker,
  now: Instant,
  epochMilliseconds: number,
  question: HealthQuestion = {},
): HealthStatus {
  const at = Math.round(epochMilliseconds);
  return {
    at,
    ipvsError: checker.ipvsError,
    virtualServers: checker.services
      .filter(service => isAskedFor(service, question))
      .map(service => virtualServerStatus(service, now, at, question)),
  };
}

/** The same as JSON, in portions: there may be tens of thousands of servers, and something else to do in between. */
export function* healthPortions(
  { services, ipvsError }: Checker,
  now: Instant,
  epochMilliseconds: number,
  question: HealthQuestion = {},
): Generator<string, void, undefined> {
  const at = Math.round(epochMilliseconds);
  const empty: HealthStatus = { at, ipvsError, virtualServers: [] };
  const text = JSON.stringify(empty);
  const end = text.length - ']}'.length;
  yield text.slice(0, end);
  const texts = function* (): Generator<SizedText> {
    let comma = '';
    for (const service of services) {
      if (!isAskedFor(service, question)) continue;
      const counts = question.connections?.(service);
      const head: VirtualServerStatus = { ...virtualServerHead(service), servers: [] };
      const headText = JSON.stringify(head);
      const headEnd = headText.length - ']}'.length;
      yield { text: comma + headText.slice(0, headEnd), parts: 1 };
      comma = '';
      // As they were when it began: a reload meanwhile makes others.
      for (const member of service.pool.members) {
        const status = serverStatus(service, member, now, at, counts);
        yield { text: comma + JSON.stringify(status), parts: 1 + status.checks.length };
        comma = ',';
      }
      yield { text: headText.slice(headEnd), parts: 0 };
      comma = ',';
    }
  };
  yield* inPortions(texts());
  yield text.slice(end);
}

function isAskedFor({ pool }: Service, { only }: HealthQuestion): boolean {
  return only === undefined || serviceIdentity(pool.configuration) === only;
}

export interface SizedText {
  readonly text: string;
  /** How many virtual servers, servers and checks it is about. */
  readonly parts: number;
}

/** Joins texts until they are as much as one may spend a moment on. */
export function* inPortions(texts: Iterable<SizedText>): Generator<string, void, undefined> {
  let joined = '';
  let count = 0;
  for (const { text, parts } of texts) {
    joined += text;
    count += parts;
    if (count < portion) continue;
    yield joined;
    joined = '';
    count = 0;
  }
  if (joined !== '') yield joined;
}

/** `epoch` is the wall clock's reading at `now`, in milliseconds. */
function virtualServerStatus(
  service: Service,
  now: Instant,
  epoch: number,
  { connections }: HealthQuestion = {},
): VirtualServerStatus {
  const counts = connections?.(service);
  const servers = service.pool.members.map(member => serverStatus(service, member, now, epoch, counts));
  return { ...virtualServerHead(service), servers };
}

export function virtualServerHead({ pool, suspended }: Service): VirtualServerHead {
  const { hysteresis, keys, marked, name, protocol, quorum, service: kernel, sorryServer } = pool.configuration;
  return {
    name,
    protocol,
    mark: marked && keys[0]?.type === 'fwmark' ? keys[0].mark : undefined,
    scheduler: kernel.scheduler,
    quorum,
    hysteresis,
    quorumUp: pool.quorumUp,
    weight: pool.aliveWeight,
    sorryServer: sorryServer && { address: sorryServer.address, port: sorryServer.port, serving: pool.sorry },
    suspended,
  };
}

/** `connections`: of the servers of its service, by memberKey; undefined if nobody has counted. */
export function serverStatus(
  { checksOf }: Service,
  member: PoolMember,
  now: Instant,
  epoch: number,
  connections?: ReadonlyMap<string, ConnectionCount>,
): ServerStatus {
  const { address, name, port, weight } = member.configuration;
  return {
    name,
    address,
    port,
    state: isAlive(member) ? 'up' : 'down',
    weight: effectiveWeight(member),
    configuredWeight: weight,
    override: member.override,
    connections: connections?.get(memberKey(member.configuration)),
    checks: (checksOf.get(member) ?? []).map(check => checkStatus(check, now, epoch)),
  };
}

function checkStatus(check: SharedCheck, now: Instant, epoch: number): CheckStatus {
  const { configuration, last, state } = check;
  const next = check.nextDeadline();
  return {
    keyword: configuration.keyword,
    target: checkTarget(configuration),
    state: check.isUp ? 'up' : 'down',
    shadow: configuration.shadow,
    failures: state.failures,
    retries: configuration.schedule.retries,
    probing: check.probe !== undefined,
    nextProbeIn: next === undefined ? undefined : Math.max(0, roundedSeconds(elapsed(now, next))),
    value: configuration.kind === 'file' ? check.value : undefined,
    last: last && evidence(last, now, epoch),
  };
}

function evidence({ at, result }: CheckEvidence, now: Instant, epoch: number): EvidenceStatus {
  const { digest, excerpt, failure, status, took } = result;
  return {
    at: Math.round(epoch - inSeconds(elapsed(at, now)) * 1_000),
    ok: failure === undefined,
    outcome: failure === undefined ? 'ok' : failureReason(failure),
    took: roundedSeconds(took),
    status,
    digest,
    excerpt,
  };
}

/** To a tenth of a millisecond. */
function roundedSeconds(span: Duration): number {
  return Math.round(inSeconds(span) * 10_000) / 10_000;
}

import { sameValue } from '../base/same-value.ts';
import type { ProbeEndpoint, ProbeSpec } from '../ports/probe.ts';
import type { CheckerConfiguration } from './configuration.ts';

/**
 * Whether two checkers ask a server the same, however often and however patiently: what one of them has found holds for the
 * other, so that a reload that changes retries or pauses brings nobody back who has failed. As keepalived 2.2.7 compares
 * them at a reload, to which neither TLS nor the version of HTTP is another question; a timeout is to it, and not to us.
 */
export function asksTheSame(left: CheckerConfiguration, right: CheckerConfiguration): boolean {
  if (left.kind === 'probe') return right.kind === 'probe' && sameQuestion(left.probe, right.probe);
  if (left.kind !== 'urls' || right.kind !== 'urls' || left.probes.length !== right.probes.length) return false;
  return left.probes.every((probe, place) => sameQuestion(probe, right.probes[place]!));
}

function sameQuestion(left: ProbeSpec, right: ProbeSpec): boolean {
  return left.type === right.type && sameValue(questionOf(left), questionOf(right));
}

function questionOf(probe: ProbeSpec): unknown {
  if (probe.type === 'script') return { script: probe.script, dynamic: probe.dynamic };
  const place = placeOf(probe.endpoint);
  switch (probe.type) {
    case 'tcp':
    case 'ping':
    case 'udp':
      return { place };
    case 'dns':
      return { place, queryType: probe.queryType, name: probe.name };
    case 'smtp':
      return { place, heloName: probe.heloName };
    case 'http':
    case 'http2': {
      const { path, host, statusRanges, digest, pattern } = probe;
      const grpcService = probe.type === 'http2' ? probe.grpcService : undefined;
      return { place, path, host, statusRanges, digest, pattern, grpcService };
    }
  }
}

function placeOf({ timeout: _timeout, ...place }: ProbeEndpoint): unknown {
  return place;
}

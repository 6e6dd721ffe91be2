import type { CheckerConfiguration } from '../health/configuration.ts';
import type { ProbeEndpoint, ProbeSpec } from '../ports/probe.ts';
import type { RunnableScript } from '../ports/script.ts';

/** What a check asks, in a few words. Query strings and arguments of scripts may hold passwords and stay out. */
export function checkTarget(configuration: CheckerConfiguration): string {
  switch (configuration.kind) {
    case 'probe':
      return probeTarget(configuration.probe);
    case 'urls': {
      const [first] = configuration.probes;
      const others = configuration.probes.length - 1;
      return `${first ? probeTarget(first) : ''}${others > 0 ? ` and ${others} more` : ''}`;
    }
    case 'file':
      return configuration.file;
    case 'bfd':
      return configuration.session;
  }
}

function probeTarget(spec: ProbeSpec): string {
  if (spec.type === 'script') return scriptProgram(spec.script);
  const place = endpointText(spec.endpoint);
  switch (spec.type) {
    case 'http':
      return `${place}${spec.path.split('?')[0]}`;
    case 'http2':
      return spec.grpcService === undefined
        ? `${place}${spec.path.split('?')[0]}`
        : `${place} gRPC ${spec.grpcService}`;
    case 'dns':
      return `${place} ${spec.name === '' ? '.' : spec.name}`;
    default:
      return place;
  }
}

function endpointText({ address, port }: ProbeEndpoint): string {
  if (port === 0) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function scriptProgram({ command }: RunnableScript): string {
  switch (command.type) {
    case 'program':
      return command.argv[0] ?? '';
    case 'shell':
      return 'shell';
    case 'tcp-connect':
      return `${command.host}:${command.port}`;
    case 'open-file':
      return command.path;
  }
}

import type { ProbeSpec } from '../ports/probe.ts';

type HttpSpec = Extract<ProbeSpec, { type: 'http' }>;

/** The request, byte for byte as keepalived sends it: 1.1 always asks for the connection to be closed, 1.0 if told so. */
export function httpRequest({ version, path, host }: Pick<HttpSpec, 'version' | 'path' | 'host'>): Uint8Array {
  const close = version === '1.0' ? '' : 'Connection: close\r\n';
  const protocol = version === '1.1' ? '1.1' : '1.0';
  return Buffer.from(
    `GET ${path} HTTP/${protocol}\r\nUser-Agent: KeepAliveClient\r\n${close}Host: ${host}\r\n\r\n`,
    'utf8',
  );
}

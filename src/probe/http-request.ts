import type { ProbeSpec } from '../ports/probe.ts';

type HttpSpec = Extract<ProbeSpec, { type: 'http' }>;

/** Servers are asked the same again and again. */
const requests = new WeakMap<object, Uint8Array>();

/** The request, byte for byte as keepalived sends it: 1.1 always asks for the connection to be closed, 1.0 if told so. */
export function httpRequest(spec: Pick<HttpSpec, 'version' | 'path' | 'host'>): Uint8Array {
  const known = requests.get(spec);
  if (known) return known;
  const request = encode(spec);
  requests.set(spec, request);
  return request;
}

function encode({ version, path, host }: Pick<HttpSpec, 'version' | 'path' | 'host'>): Uint8Array {
  const close = version === '1.0' ? '' : 'Connection: close\r\n';
  const protocol = version === '1.1' ? '1.1' : '1.0';
  return Buffer.from(
    `GET ${path} HTTP/${protocol}\r\nUser-Agent: KeepAliveClient\r\n${close}Host: ${host}\r\n\r\n`,
    'utf8',
  );
}

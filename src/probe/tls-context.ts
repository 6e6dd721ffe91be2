import { constants } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { TlsOptions } from '../ports/probe.ts';

/** SSL_OP_IGNORE_UNEXPECTED_EOF, which Node does not name: servers that just hang up after their answer are many. */
const ignoreUnexpectedEnd = 0x80;

/** Where distributions keep the authorities that their administrator trusts. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Contexts kept: one costs a millisecond to make, and most configurations need one or two. */
const contextLimit = 256;
const contexts = new Map<string, SecureContext>();

/**
 * Everything from TLS 1.0 with old ciphers to TLS 1.3 is spoken, because this finds out whether a server works, not whether
 * it is safe. Throws what OpenSSL says about a bad certificate or key.
 */
export function tlsContext(options: TlsOptions): SecureContext {
  const key = JSON.stringify([options.verify?.authorities, options.client]);
  const known = contexts.get(key);
  if (known) return known;
  const authorities = options.verify?.authorities;
  const context = createSecureContext({
    minVersion: 'TLSv1',
    ciphers: 'DEFAULT:@SECLEVEL=0',
    secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT | ignoreUnexpectedEnd,
    ...(options.client && { cert: options.client.certificate, key: options.client.key }),
    ...(options.client?.password !== undefined && { passphrase: options.client.password }),
    ...(authorities !== undefined && authorityOption(authorities)),
  });
  if (contexts.size >= contextLimit) contexts.delete(contexts.keys().next().value!);
  contexts.set(key, context);
  return context;
}

/** Without a bundle of the system's, those that Node brings along. */
function authorityOption(authorities: 'system' | readonly string[]): { ca?: string[] } {
  if (authorities !== 'system') return { ca: [...authorities] };
  for (const file of [process.env['SSL_CERT_FILE'], ...bundles]) {
    if (!file) continue;
    try {
      return { ca: [readFileSync(file, 'utf8')] };
    } catch {}
  }
  return {};
}

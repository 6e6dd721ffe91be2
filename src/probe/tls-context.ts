import { constants } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
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
 * it is safe. Throws what OpenSSL says about a bad certificate or key, and what the system says about a file.
 */
export function tlsContext({ verify, client }: TlsOptions): SecureContext {
  const file = verify && (verify.authorities === 'system' ? systemBundle() : verify.authorities.file);
  // A file that changes is read anew: authorities are renewed more often than configurations.
  const status = file === undefined ? undefined : statSync(file);
  const key = JSON.stringify([file, status?.ino, status?.size, status?.mtimeMs, client]);
  const known = contexts.get(key);
  if (known) return known;
  const context = createSecureContext({
    minVersion: 'TLSv1',
    ciphers: 'DEFAULT:@SECLEVEL=0',
    secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT | ignoreUnexpectedEnd,
    ...(client && { cert: client.certificate, key: client.key }),
    ...(client?.password !== undefined && { passphrase: client.password }),
    ...(file !== undefined && { ca: [readFileSync(file, 'utf8')] }),
  });
  if (contexts.size >= contextLimit) contexts.delete(contexts.keys().next().value!);
  contexts.set(key, context);
  return context;
}

/** Undefined where there is none: then those authorities count that Node brings along. */
function systemBundle(): string | undefined {
  return [process.env['SSL_CERT_FILE'], ...bundles].find(file => file !== undefined && existsSync(file));
}

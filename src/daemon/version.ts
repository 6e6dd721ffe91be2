import { readFileSync } from 'node:fs';
import { version as kernelVersion, release, type } from 'node:os';

const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** `0.1.0` */
export const version = String((manifest as { version?: unknown }).version);

/** The commit that a package was published from, where that is known. */
export const commit = (manifest as { gitHead?: string }).gitHead;

/** `Holdfast v0.1.0`; under keepalived's name `Keepalived v0.1.0 (Holdfast)`, so that greps find it and nobody is misled. */
export function productVersion(product: string): string {
  return product === 'Holdfast' ? `Holdfast v${version}` : `${product} v${version} (Holdfast)`;
}

/** `Linux 6.1.0-13-amd64 #1 SMP ... (Node.js v20.11.0)` */
export function platform(): string {
  return `${type()} ${release()} ${kernelVersion()} (Node.js ${process.version})`;
}

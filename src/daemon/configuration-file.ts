import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Diagnostic } from '../config/diagnostic.ts';
import type { LoadOptions } from '../engine/configuration.ts';
import type { LogLevel } from '../ports/log.ts';
import type { DaemonOptions } from './options.ts';

const ownFile = '/etc/holdfast/holdfast.conf';
const keepalivedFile = '/etc/keepalived/keepalived.conf';

/** The file to read: as given, or our own default, or keepalived's if only that exists. */
export function configurationFile(options: DaemonOptions, exists: (file: string) => boolean = existsSync): string {
  if (options.configurationFile !== undefined) return path.resolve(options.configurationFile);
  return exists(ownFile) || !exists(keepalivedFile) ? ownFile : keepalivedFile;
}

export function loadOptions(options: DaemonOptions, hostName: string): LoadOptions {
  return {
    configId: options.configId ?? hostName.split('.')[0]!,
    allIncludesStrict: options.allIncludesStrict,
    advise: true,
  };
}

/** A diagnostic as one line of a log, placed as keepalived places its messages. */
export function diagnosticLogLine(diagnostic: Diagnostic): string {
  const place = diagnostic.line === 0 ? `(${diagnostic.file})` : `(${diagnostic.file}: Line ${diagnostic.line})`;
  const hint = diagnostic.hint === undefined ? '' : ` - ${diagnostic.hint}`;
  return `${place} ${diagnostic.message}${hint}`;
}

export function diagnosticLevel({ severity }: Diagnostic): LogLevel {
  return severity === 'advice' ? 'info' : severity;
}

import { formatDiagnostic } from '../../config/diagnostic.ts';
import { effectiveConfiguration } from '../../editor/effective-configuration.ts';
import { effectiveJson, effectiveText } from '../../editor/effective-text.ts';
import { configurationHost } from '../../linux/configuration-host.ts';
import type { Output } from './output.ts';

export interface ShowSettings {
  readonly json: boolean;
  readonly brief: boolean;
  readonly configId: string | undefined;
}

/** Yields 1 for a configuration that is refused: what it says is shown all the same. */
export function runShow(file: string, { json, brief, configId }: ShowSettings, output: Output): number {
  const host = configurationHost(process.env);
  const effective = effectiveConfiguration(file, host, {
    configId: configId ?? host.hostName.split('.')[0]!,
    allIncludesStrict: false,
  });
  if (!effective) {
    output.tell(`holdfast config show: ${file} cannot be read`);
    return 2;
  }
  const { entries, diagnostics, loads } = effective;
  if (json) output.say(`${JSON.stringify({ file, loads, entries: effectiveJson(entries) }, undefined, 2)}\n`);
  else output.say(effectiveText(entries, { implied: !brief }));
  if (loads) return 0;
  for (const diagnostic of diagnostics.filter(({ refuses }) => refuses)) output.tell(formatDiagnostic(diagnostic));
  output.tell(`${file} is refused: what it says is shown without what would come of it`);
  return 1;
}

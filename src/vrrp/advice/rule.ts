import type { DiagnosticCode } from '../../config/diagnostic-codes.ts';
import type { Located } from '../../config/source.ts';
import type { InterfaceAddress } from '../../ports/configuration-host.ts';
import type { WrittenVrrp } from './written.ts';

/** Something that works as written and is hardly what was meant. */
export interface Advice {
  readonly where: Located;
  readonly code: DiagnosticCode;
  /** One sentence, without a full stop. */
  readonly message: string;
  readonly hint: string;
  /** keepalived speaks of it, too, and counts it as a mistake. */
  readonly complained?: boolean;
}

/** What is known of the machine that the configuration is for. */
export interface MachineFacts {
  /** Addresses of an interface with their prefix lengths; undefined where nobody can tell. */
  readonly addressesOf: (interfaceName: string) => readonly InterfaceAddress[] | undefined;
}

/** Pure: from what was written and what is known of the machine to advice. */
export type Rule = (written: WrittenVrrp, facts: MachineFacts) => Iterable<Advice>;

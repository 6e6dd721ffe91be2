import type { Reader } from '../config/interpret.ts';
import { advise } from '../config/section-context.ts';
import { located, type Statement } from '../config/tree.ts';
import { boolean } from '../config/values.ts';
import type { TlsOptions } from '../ports/probe.ts';
import type { CheckerContext } from './check-target.ts';
import { authoritiesOf } from './ssl-section.ts';

/** How a checker convinces itself of the server's identity, as written. Undefined: not said. */
export interface VerificationDraft {
  verify: Statement | undefined;
  isVerified: boolean | undefined;
  name: Statement | undefined;
  authorities: Statement | undefined;
}

export function emptyVerification(): VerificationDraft {
  return { verify: undefined, isVerified: undefined, name: undefined, authorities: undefined };
}

/** Keywords of every checker that speaks TLS. */
export const verificationReaders: Readonly<
  Record<string, Reader<{ readonly verification: VerificationDraft }, CheckerContext>>
> = {
  tls_verify: (statement, { verification }, context) => {
    verification.verify = statement;
    verification.isVerified = boolean(statement, context) ?? verification.isVerified;
  },
  tls_verify_name: (statement, { verification }) => {
    verification.name = statement;
  },
  tls_ca: (statement, { verification }) => {
    verification.authorities = statement;
  },
};

/**
 * What a certificate is compared with; `host` is the name that the checker asks for, if any. Naming the server or the
 * authorities asks for verification as well.
 */
export function completeVerification(
  { verify, isVerified, name, authorities }: VerificationDraft,
  host: string | undefined,
  context: CheckerContext,
): TlsOptions['verify'] {
  const detail = name ?? authorities;
  const isWanted: boolean = isVerified ?? (detail !== undefined || context.tls.verify);
  if (!isWanted) {
    if (verify && detail) {
      const message = `"${detail.words[0]!.text}" decides nothing where tls_verify is switched off`;
      advise(context, located(detail), 'without-effect', message, 'leave one of them out');
    }
    return undefined;
  }
  return {
    authorities: authorities ? authoritiesOf(authorities, context) : context.tls.authorities(),
    name: name?.words[1]?.text ?? withoutPort(host),
  };
}

/** A port is no part of a name. */
export function withoutPort(host: string | undefined): string | undefined {
  return host?.replace(/^([^:]*):[0-9]*$/, '$1');
}

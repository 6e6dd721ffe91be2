/** Either a value or the reason why there is none; for outcomes the caller must look at. */
export type Result<Value, Reason> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: Reason };

export function ok<Value>(value: Value): Result<Value, never> {
  return { ok: true, value };
}

export function failed<Reason>(reason: Reason): Result<never, Reason> {
  return { ok: false, reason };
}

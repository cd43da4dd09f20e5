/** An expected outcome: either a value or a reason, never an exception. */
export type Result<Value, Reason> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: Reason };

export function ok<Value>(value: Value): Result<Value, never> {
  return { ok: true, value };
}

export function err<Reason>(error: Reason): Result<never, Reason> {
  return { ok: false, error };
}

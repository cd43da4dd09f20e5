import { AsyncLocalStorage } from 'node:async_hooks';

const scope = new AsyncLocalStorage<{ readonly afterCommit: (() => void | Promise<void>)[] }>();

/** Runs work as the inside of a database transaction; what was handed to {@link afterCommit} runs after it has resolved. Only the store adapter calls this. */
export async function runInTransactionScope<T>(work: () => Promise<T>): Promise<T> {
  const state = { afterCommit: [] as (() => void | Promise<void>)[] };
  const result = await scope.run(state, work);
  for (const action of state.afterCommit) await action();
  return result;
}

/** Inside a transaction: runs the action after the commit (not at all after a rollback). Outside: at once. */
export async function afterCommit(action: () => void | Promise<void>): Promise<void> {
  const state = scope.getStore();
  if (state) state.afterCommit.push(action);
  else await action();
}

/** For adapters that reach outside: git, HTTP and queue calls in a transaction would hold its connection (on PGlite's single session: for ever). */
export function assertOutsideTransaction(what: string): void {
  if (scope.getStore()) throw new Error(`${what} inside a database transaction`);
}

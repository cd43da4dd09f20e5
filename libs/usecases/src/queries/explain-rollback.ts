import type { Promotion, Verdict } from '@sluice/promotion';

/** Files that are named one by one. */
const MAX_NAMED = 20;

/** What a rollback has left as it was, or would leave. It stops nothing: it is for people to know, before it is merged and as long as it is in force. */
export function notUndoneVerdicts({ candidate, target, createdAt }: Promotion): readonly Verdict[] {
  const { kind, notes } = candidate;
  const [first] = notes;
  if (kind !== 'rollback' || !first) return [];
  const message = `${first.path}${notes.length > 1 ? ` and ${notes.length - 1} more` : ''}: ${first.message}`;
  const evidence = Object.fromEntries(notes.slice(0, MAX_NAMED).map(({ path, message: why }) => [path, why]));
  return [{ gate: 'not-undone', type: 'rollback', outcome: 'fail', message, clearedBy: `a commit on the branch of ${target} that puts back by hand what is not undone`, since: createdAt, evidence }];
}

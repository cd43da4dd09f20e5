import type { CommitSha } from '@sluice/kernel';

export interface SourceChoice {
  readonly onNewSource: 'update' | 'wait';
  /** The newest commit on the source branch that changed the application's content. */
  readonly newest: CommitSha;
  /** The open promotion: its source commit, whether its request is being merged, whether all gates on the source have passed for it, and whether a force push took it off the source branch. */
  readonly open?: { readonly source: CommitSha; readonly merging: boolean; readonly sourceGatesPassed: boolean; readonly gone: boolean };
  /** Whether the gates on the source have passed for the newest commit. */
  readonly newestPassed: boolean;
}

export interface ChosenSource {
  readonly source: CommitSha;
  /** Why the open promotion gives way; absent when it stays (or there is none). */
  readonly supersedes?: string;
}

/**
 * Which source commit is the candidate (design: "What is promoted"). Under `update` the newest one whose source gates passed stays until a newer one passes;
 * under `wait` an open request keeps its own, unless it no longer runs in the source and has no verdict. What is no longer on the source branch is nobody's candidate.
 */
export function selectSource(choice: SourceChoice): ChosenSource {
  const { open, newest } = choice;
  if (!open) return { source: newest };
  if (open.source === newest || open.merging) return { source: open.source };
  if (open.gone) return { source: newest, supersedes: `${short(open.source)} is no longer on the source branch: it was force-pushed` };
  if (!open.sourceGatesPassed) return { source: newest, supersedes: `${short(newest)} replaced ${short(open.source)} in the source before its gates had passed` };
  if (choice.onNewSource === 'update' && choice.newestPassed) return { source: newest, supersedes: `${short(newest)} has passed the gates on the source` };
  return { source: open.source };
}

function short(commit: CommitSha): string {
  return commit.slice(0, 10);
}

import type { ComposeConflict, ObjectChange } from '@sluice/manifests';
import { backflowBranch, formatBackflowMarker } from './backflow.js';
import type { BackflowMarker, BackflowPlace, TargetOnly } from './backflow.js';
import { conflictsTable } from './conflict-body.js';
import { MAX_BODY, changesSection, commitsSection } from './request-body.js';

export interface BackflowBody {
  readonly place: BackflowPlace;
  readonly targetOnly: TargetOnly;
  readonly changes: readonly ObjectChange[];
  /** Why there is no diff. */
  readonly diffMessage?: string;
  readonly conflicts: readonly ComposeConflict[];
  readonly marker: BackflowMarker;
}

/** The text of a backflow request: what it returns, object by object, and whose it is. Text from commits and files is escaped. */
export function backflowBody(input: BackflowBody): string {
  const { application, environment, first } = input.place;
  const commits = input.targetOnly.changes.map(({ commit, subject, author }) => ({ sha: commit, subject, author }));
  const text = [
    `\`${environment}\` has changes of **${application}** that did not come by promotion. This returns them to \`${first}\`, from where they come to every environment; in \`${environment}\` nothing changes.`,
    `Nobody merges this by itself. Who closes it is not asked again before the changes on \`${environment}\` are others.`,
    conflictsSection(input),
    changesSection(input),
    commitsSection(commits),
  ].filter((section) => section !== '');
  const body = text.join('\n\n');
  return `${body.length > MAX_BODY ? `${body.slice(0, MAX_BODY)}\n\n… (cut)` : body}\n\n${formatBackflowMarker(input.marker)}\n`;
}

function conflictsSection({ place, conflicts }: BackflowBody): string {
  if (conflicts.length === 0) return '';
  const { environment, first } = place;
  const how = `\`${first}\` has changed these places otherwise and its branch here has its own version of them. Commit what you want to \`${backflowBranch(place)}\`, push, and mark the request as ready for review; from then on Sluice leaves the branch alone.`;
  return `${conflictsTable(environment, first, conflicts)}\n\n${how}`;
}

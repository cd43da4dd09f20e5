import type { ComposeConflict } from '@sluice/manifests';
import type { LaneId } from './model.js';
import { describeObject, escapeMarkdown } from './request-body.js';
import { promotionBranch } from './title.js';

const MAX_CONFLICTS = 100;

/** The text of a draft request: what conflicts, with the three values, and how a person resolves it. Text from files is escaped. */
export function conflictBody(lane: Pick<LaneId, 'application' | 'target'>, from: string, conflicts: readonly ComposeConflict[]): string {
  const { application, target } = lane;
  const branch = promotionBranch(target, application);
  return [
    `**${application}** cannot be brought from \`${from}\` to \`${target}\` by itself: both have changed the same places. This branch has everything else, and the version of \`${target}\` of what conflicts.`,
    conflictsTable(from, target, conflicts),
    `### How to resolve them\n\nCommit the values that you want to \`${branch}\`, at these places only, and push. A place that you change is resolved. Where \`${target}\` is to keep what it has, mark the request as ready for review (or \`sluice resolve ${application} ${target}\`): that settles all that is left. Then Sluice makes one commit of it, and the gates and approvals follow. Who resolves counts as an author.`,
    '',
  ].join('\n\n');
}

/** Every conflict with the three values, under a heading. */
export function conflictsTable(from: string, target: string, conflicts: readonly ComposeConflict[]): string {
  const shown = conflicts.slice(0, MAX_CONFLICTS).map(conflictRow);
  const rest = conflicts.length > MAX_CONFLICTS ? [`\n… and ${conflicts.length - MAX_CONFLICTS} more`] : [];
  return `### Conflicts\n\n| where | field | base | ${from} | ${target} |\n| --- | --- | --- | --- | --- |\n${[...shown, ...rest].join('\n')}`;
}

function conflictRow({ path, object, field, line, message, base, source, target }: ComposeConflict): string {
  const place = `${object ? `${describeObject(object)} in ` : ''}${path}${line === undefined ? '' : `:${line}`}`;
  const value = (text: string | undefined): string => (text === undefined ? '–' : escapeMarkdown(text, 120));
  const what = field === undefined || field === '' ? escapeMarkdown(message) : escapeMarkdown(field);
  return `| ${escapeMarkdown(place)} | ${what} | ${value(base)} | ${value(source)} | ${value(target)} |`;
}

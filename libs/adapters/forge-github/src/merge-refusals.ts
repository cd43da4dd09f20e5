import type { Pull } from './schema.js';

/** What people can do, by what GitHub says. Its sentences are those of its servers; they are quoted, so that one that is not known here is not lost. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/merge queue/i, 'Sluice does not use merge queues: take the branch out of the queue\'s rule, or let Sluice\'s account bypass it'],
  [/review is required|approving review|code owner|changes requested|review from/i, 'approve it on GitHub, or let Sluice\'s account bypass that rule: approvals given in Sluice count there only of people who have linked their account'],
  [/status check|required check|is expected|is pending|is failing|have not succeeded|in progress/i, 'it can be merged when the required checks have succeeded; `sluice why` shows those that Sluice knows'],
  [/signed|signature/i, 'sign the commits, or allow unsigned ones in the branch\'s rule'],
  [/conversation/i, 'resolve the conversations on it'],
  [/up.to.date|behind/i, 'bring its branch up to date with the target'],
  [/linear history|merge commits/i, 'merge by squash or rebase'],
  [/deploy/i, 'deploy it to the environments that the rule names first'],
  [/protected|rule violation|ruleset|not authorized|restrict/i, 'let Sluice\'s account merge in the branch\'s protection or ruleset'],
];

/** A sentence that says what to do about a merge that GitHub refuses. */
export function whyRefused({ number, base, mergeable_state: state }: Pull, message: string): string {
  const advice = ADVICE.find(([form]) => form.test(message))?.[1] ?? adviceFor(state);
  const said = message === '' ? '' : ` (GitHub says: ${message})`;
  return `#${number} cannot be merged into ${base.ref}: ${advice}${said}`;
}

/** docs.github.com/en/graphql/reference/enums#mergestatestatus */
function adviceFor(state: string | undefined): string {
  if (state === 'blocked') return 'the branch\'s protection asks for a review or a check that it does not have';
  if (state === 'behind') return 'bring its branch up to date with the target';
  return 'look at it on GitHub';
}

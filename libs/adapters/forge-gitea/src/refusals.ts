const BEHIND = /outdated|behind the base/i;

/** What the forge says when it does not merge: `services/pull/check.go` of both. The rest is said as the forge says it. */
const WHY: readonly (readonly [RegExp, string])[] = [
  [/work in progress/i, 'it is a draft: mark it as ready to merge it'],
  // without the first word Gitea up to 1.24 and Forgejo begin every refusal so: “not allowed to merge [reason: …]”
  [/user not allowed to merge/i, 'the protection of its target does not let the account of Sluice merge: add it to those who may'],
  [/enough approvals/i, 'the protection of its target wants approvals on the forge that it does not have: approve it there'],
  [/requested changes/i, 'a reviewer has requested changes: have the review done again, or dismiss it'],
  [/official review requests/i, 'the protection of its target wants an answer to each official request for a review'],
  [/status checks? successful|required status check/i, 'the protection of its target wants status checks that are not successful on its head'],
  [BEHIND, 'the protection of its target wants its branch to have all of the target'],
  [/protected files?/i, 'it changes files that the protection of its target protects'],
  [/wont ?sign|will not be signed|won.t sign/i, 'the protection of its target wants signed commits, and the forge has no key to sign with'],
  [/signed commits/i, 'the protection of its target wants signed commits'],
  [/unrelated histories/i, 'its branch and the target have no commit in common'],
];

/** A sentence about request `number`, by what the forge says (empty: nothing). */
export function whyNot(said: string, number: number): string {
  const why = WHY.find(([form]) => form.test(said))?.[1];
  const quoted = said === '' ? 'the forge does not say why: look at the request there' : `the forge says “${said}”`;
  return `Request ${number} cannot be merged: ${why ?? quoted}${why !== undefined && said !== '' ? ` (“${said}”)` : ''}`;
}

/** The forge is still finding out whether there are conflicts; or there are some, which it calls the same. */
export function isUndecided(said: string): boolean {
  return /try again later/i.test(said);
}

/** The target's protection wants all of the target in the branch (`block_on_outdated_branch`). */
export function isBehind(said: string): boolean {
  return BEHIND.test(said);
}

/** "… is not allowed an allowed merge style for this repository" */
export function isForbiddenStyle(said: string): boolean {
  return /merge style/i.test(said);
}

/** The head or the target moved between what was asked and what was done. */
export function isMoved(said: string): boolean {
  return /head out of date|push out of date/i.test(said);
}

const CONFLICTS: readonly RegExp[] = [/^CONFLICT .* Merge conflict in (.+)$/gm, /^CONFLICT \(modify\/delete\): (.+?) deleted in /gm];

/** The files that git names in what a merge printed: `CONFLICT (content): Merge conflict in a.yaml`. */
export function filesInConflict(output: string): readonly string[] {
  return CONFLICTS.flatMap((form) => [...output.matchAll(form)].map(([, path = '']) => path.trim()));
}

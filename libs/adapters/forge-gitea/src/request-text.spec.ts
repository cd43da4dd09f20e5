import { filesInConflict, isForbiddenStyle, isMoved, isUndecided, whyNot } from './refusals.js';
import { mergeStylesOf } from './repository-facts.js';
import { hasDraftPrefix, shownTitle, writtenBody, writtenTitle } from './request-text.js';
import type { Repository } from './schema.js';

test.each([
  ['Promote web', true, 'WIP: Promote web'],
  ['Promote web', false, 'Promote web'],
  ['[WIP] Promote web', false, 'Promote web'],
  ['Draft: WIP: Promote web', true, 'WIP: Promote web'],
  ['Wipe the disks', false, 'Wipe the disks'],
])('%j as a draft (%s) is titled %j', (title, draft, written) => {
  expect(writtenTitle(title, draft)).toBe(written);
  expect(hasDraftPrefix(written)).toBe(draft);
  expect(writtenTitle(shownTitle(written), draft)).toBe(written);
});

test('titles and texts are as long as the forge takes them', () => {
  expect(writtenTitle('x'.repeat(300), true)).toHaveLength(255);
  expect(writtenBody('x'.repeat(70_000))).toHaveLength(65_536);
  expect(writtenBody('x'.repeat(70_000))).toMatch(/cut: the text is longer/);
  expect(writtenBody('short')).toBe('short');
  // never in the middle of a character
  for (const text of ['🚀'.repeat(40_000), `x${'🚀'.repeat(40_000)}`]) expect(writtenBody(text)).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
});

test.each([
  ['Work in progress PRs cannot be merged', /draft: mark it as ready/],
  ['not ready to merge [reason: Does not have enough approvals]', /approve it there/],
  ['not ready to merge [reason: Not all required status checks successful]', /status checks/],
  ['User not allowed to merge PR', /add it to those who may/],
  ['PushRejected with remote message: no', /“PushRejected with remote message: no”/],
  ['', /look at the request there/],
  ['not allowed to merge [reason: Not all required status checks successful]', /wants status checks/],
  ['not allowed to merge [reason: Does not have enough approvals]', /wants approvals on the forge/],
  ['not allowed to merge [reason: There are requested changes]', /a reviewer has requested changes/],
])('what the forge says, %j, is explained', (said, why) => {
  expect(whyNot(said, 7)).toMatch(/^Request 7 cannot be merged: /);
  expect(whyNot(said, 7)).toMatch(why);
});

test('what is no refusal for ever is told apart', () => {
  expect([isUndecided('Please try again later'), isMoved('head out of date'), isMoved('merge push out of date'), isForbiddenStyle('rebase is not an allowed merge style for this repository')]).toEqual([true, true, true, true]);
  expect([isUndecided('no'), isMoved('no'), isForbiddenStyle('no')]).toEqual([false, false, false]);
});

test('the files in conflict are read from what git printed', () => {
  expect(filesInConflict('Auto-merging a.yaml\nCONFLICT (content): Merge conflict in a b.yaml\nCONFLICT (modify/delete): x.yaml deleted in HEAD and modified in y. Version y of x.yaml left in tree.\n')).toEqual(['a b.yaml', 'x.yaml']);
});

test.each<[string, Partial<Repository>, Record<string, string>]>([
  ['all', { allow_merge_commits: true, allow_rebase: true, allow_squash_merge: true, allow_rebase_explicit: true, allow_fast_forward_only_merge: true }, { squash: 'squash', merge: 'merge', rebase: 'rebase' }],
  ['its default first', { allow_merge_commits: true, allow_squash_merge: true, default_merge_style: 'merge' }, { merge: 'merge', squash: 'squash' }],
  ['the closest of what is allowed', { allow_rebase_explicit: true, allow_fast_forward_only_merge: true }, { merge: 'rebase-merge', rebase: 'fast-forward-only' }],
  ['a default that is not allowed', { allow_rebase: true, default_merge_style: 'squash' }, { rebase: 'rebase' }],
  ['nothing', {}, {}],
])('a repository that allows %s', (_, settings, styles) => {
  const found = mergeStylesOf(settings as Repository);
  expect(Object.fromEntries(found)).toEqual(styles);
  expect([...found.keys()]).toEqual(Object.keys(styles));
});

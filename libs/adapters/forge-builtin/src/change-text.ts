import { InvalidInput, printableLine, TooLarge } from '@sluice/kernel';
import { isRefName } from '@sluice/git-process';
import type { NewChangeRequest } from '@sluice/usecases';
import { branchRef } from './forge-refs.js';

const MAX_TITLE = 300;
/** Characters; the record of a request stays readable in one go. */
const MAX_BODY = 200_000;
const MAX_LABELS = 20;
const MAX_LABEL = 50;

type Text = Partial<Pick<NewChangeRequest, 'title' | 'body'>>;

/** @throws InvalidInput for a title that is empty or not one line; TooLarge for a body of more than 200,000 characters. */
export function checkText(fields: Text): void {
  const { title, body } = fields;
  if (title !== undefined && (title.trim() === '' || title !== printableLine(title, MAX_TITLE))) throw new InvalidInput(`A change request needs a title of at most ${MAX_TITLE} characters on one line`);
  if (body !== undefined && body.length > MAX_BODY) throw new TooLarge(`The text of a change request can have ${MAX_BODY} characters at most: this one has ${body.length}`);
}

/** @throws InvalidInput when the branches cannot be branches, or are the same. */
export function checkBranches({ sourceBranch, targetBranch }: Pick<NewChangeRequest, 'sourceBranch' | 'targetBranch'>): void {
  for (const branch of [sourceBranch, targetBranch]) {
    if (!isRefName(branchRef(branch))) throw new InvalidInput(`${JSON.stringify(branch.slice(0, 200))} cannot be the name of a branch`);
  }
  if (sourceBranch === targetBranch) throw new InvalidInput(`A change request needs two branches; both are ${sourceBranch}`);
}

/** As GitHub has them, so that a repository may move there. @throws InvalidInput for more than 20, or one that is empty, not one line or longer than 50 characters */
export function checkLabels(labels: readonly string[]): void {
  if (labels.length > MAX_LABELS) throw new InvalidInput(`A change request can have ${MAX_LABELS} labels at most`);
  for (const label of labels) if (label.trim() === '' || label !== printableLine(label, MAX_LABEL)) throw new InvalidInput(`A label needs at most ${MAX_LABEL} characters on one line: ${JSON.stringify(label.slice(0, 100))} is none`);
}

/** @throws InvalidInput */
export function checkNumber(number: number): void {
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidInput(`${String(number)} is not the number of a change request`);
}


import { messageOf, type RepositoryId, SluiceError } from '@sluice/kernel';
import type { GithubApi } from './github-api.js';
import { type Pull, zLabels } from './schema.js';

/** What a request has of labels once those that it lacks are there. */
export interface Labelled {
  readonly pull: Pull;
  /** Why it lacks some. */
  readonly unlabelled?: string;
}

/**
 * Adds labels to a request; GitHub makes those that the repository does not have. A pull request is opened without any, so it takes one call more, once. What people have added stays. No failure is worth
 * a request that is not opened. docs.github.com/en/rest/issues/labels#add-labels-to-an-issue
 */
export async function withLabels(api: GithubApi, repository: RepositoryId, pull: Pull, wanted: readonly string[]): Promise<Labelled> {
  // GitHub tells labels apart without regard to case
  const there = new Set(pull.labels.map(({ name }) => name.toLowerCase()));
  const lacking = wanted.filter((label) => !there.has(label.toLowerCase()));
  if (lacking.length === 0) return { pull };
  try {
    const call = { route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/labels', parameters: { issue_number: pull.number, labels: lacking }, action: `label #${pull.number}` };
    return { pull: { ...pull, labels: await api.ask(zLabels, repository, call) } };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return { pull, unlabelled: messageOf(error) };
  }
}

import type { RepositoryId } from '@sluice/kernel';
import type { GithubApi } from './github-api.js';
import { zRules } from './schema.js';

/**
 * What the rules of a branch mean for Sluice's merges. Rulesets can be read by everybody who can read the repository: docs.github.com/en/rest/repos/rules#get-rules-for-a-branch; classic branch protection
 * only by administrators: docs.github.com/en/rest/branches/branch-protection#get-branch-protection
 */
export async function protectionNotes(api: GithubApi, repository: RepositoryId, branch: string): Promise<readonly string[]> {
  const rules = await api.call(repository, { route: 'GET /repos/{owner}/{repo}/rules/branches/{branch}', parameters: { branch }, action: `read the rules of ${branch}` });
  const classic = await api.call(repository, { route: 'GET /repos/{owner}/{repo}/branches/{branch}/protection', parameters: { branch }, action: `read the protection of ${branch}` });
  return [...new Set([...rulesetNotes(branch, rules.data), ...classicNotes(branch, classic)])];
}

function rulesetNotes(branch: string, data: unknown): readonly string[] {
  const rules = zRules.safeParse(data).data ?? [];
  return rules.flatMap(({ type, parameters = {} }) => {
    if (type === 'pull_request') return reviewNotes(branch, Number(parameters['required_approving_review_count'] ?? 0));
    if (type === 'required_status_checks') return checkNotes(branch, parameters['required_status_checks']);
    const text = RULES[type];
    return text === undefined ? [] : [`${branch} ${text}`];
  });
}

const RULES: Readonly<Record<string, string>> = {
  merge_queue: 'has a merge queue, which Sluice does not use: its merges are refused unless its account bypasses the rule',
  required_signatures: 'takes signed commits only: merges that GitHub makes by squash or as a merge commit are signed, rebased commits are not',
  required_deployments: 'asks for deployments on GitHub before a merge, which Sluice does not make',
  update: 'can be changed only by those who bypass its ruleset: Sluice\'s account has to be one of them',
};

function classicNotes(branch: string, { status, data }: { readonly status: number; readonly data: unknown }): readonly string[] {
  if (status === 403) return [`Whether ${branch} has classic branch protection is told only to those who may administrate the repository`];
  if (status !== 200 || typeof data !== 'object' || data === null) return [];
  const { required_pull_request_reviews: reviews, required_status_checks: checks, restrictions } = data as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
  return [
    ...reviewNotes(branch, Number(reviews?.['required_approving_review_count'] ?? 0)),
    ...checkNotes(branch, checks?.['contexts']),
    ...(restrictions ? [`${branch} can be pushed to only by those whom its protection names: Sluice's account has to be one of them`] : []),
  ];
}

function reviewNotes(branch: string, approvals: number): readonly string[] {
  return approvals > 0 ? [`${branch} asks for ${approvals} approving ${approvals === 1 ? 'review' : 'reviews'} on GitHub: approvals given in Sluice count there only of people who have linked their account`] : [];
}

function checkNotes(branch: string, checks: unknown): readonly string[] {
  if (!Array.isArray(checks) || checks.length === 0) return [];
  const names = checks.map((check: unknown) => (typeof check === 'string' ? check : String((check as { context?: unknown } | null)?.context)));
  return [`${branch} asks for the checks ${names.join(', ')}: Sluice's merges wait for them`];
}

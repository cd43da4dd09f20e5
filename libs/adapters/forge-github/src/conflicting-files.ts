import { printableLine, type RepositoryId } from '@sluice/kernel';
import type { GithubApi } from './github-api.js';
import { type Pull, zComparison, zFiles } from './schema.js';

const SHOWN = 5;

/** Files that both sides have changed: GitHub does not say which of them conflict, but they are among these. Two calls, only for a merge that was refused. */
export async function conflictingFiles(api: GithubApi, repository: RepositoryId, { number, head, base }: Pull): Promise<string> {
  const theirs = { route: 'GET /repos/{owner}/{repo}/compare/{basehead}', parameters: { basehead: `${head.sha}...${base.ref}` }, action: `compare #${number} with its target` };
  const { files = [] } = await api.ask(zComparison, repository, theirs);
  const changed = new Set(files.map(({ filename }) => filename));
  const own = await api.ask(zFiles, repository, { route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/files', parameters: { pull_number: number, per_page: 100 }, action: `read the files of #${number}` });
  const both = own.map(({ filename }) => filename).filter((name) => changed.has(name));
  if (both.length === 0) return '';
  return ` in ${both.slice(0, SHOWN).map((name) => printableLine(name)).join(', ')}${both.length > SHOWN ? ` and ${both.length - SHOWN} more` : ''}`;
}

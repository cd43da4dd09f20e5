import type { WorkTree } from '../system/work-tree.js';
import { OWN, expectedFiles } from './expectations.js';
import type { Release } from './releases.js';

/** Every step of qa's and prod's branch: each application is exactly some release as that environment should have it, never anything between. */
export async function historyFindings(tree: WorkTree, releases: readonly Release[]): Promise<readonly string[]> {
  await tree.git('fetch', '--quiet', 'origin');
  const findings: string[] = [];
  for (const environment of ['qa', 'prod'] as const) {
    const allowed = allowedTexts(releases, environment);
    const commits = (await tree.git('rev-list', '--first-parent', '--reverse', `origin/${environment}`)).trim().split('\n');
    for (const commit of commits) {
      const entries = (await tree.git('ls-tree', '-r', '-z', commit, 'apps')).split('\0').filter((line) => line !== '');
      for (const entry of entries) {
        const [meta = '', path = ''] = entry.split('\t');
        const blob = meta.split(' ')[2] ?? '';
        if (!allowed.get(path)?.has(await textOf(tree, blob))) findings.push(`${environment} at ${commit.slice(0, 10)}: ${path} is no release's text`);
      }
    }
  }
  return findings;
}

const texts = new Map<string, string>();

async function textOf(tree: WorkTree, blob: string): Promise<string> {
  const known = texts.get(blob);
  if (known !== undefined) return known;
  const text = await tree.git('cat-file', 'blob', blob);
  texts.set(blob, text);
  return text;
}

function allowedTexts(releases: readonly Release[], environment: 'qa' | 'prod'): ReadonlyMap<string, ReadonlySet<string>> {
  const allowed = new Map<string, Set<string>>();
  for (const release of releases) {
    for (const [path, text] of expectedFiles(release, OWN[environment])) allowed.set(path, (allowed.get(path) ?? new Set()).add(text));
  }
  return allowed;
}

/** No request is opened twice for the same thing, and none is left open. */
export function requestFindings(requests: readonly { readonly number: number; readonly title: string; readonly state: string; readonly sourceBranch: string }[]): readonly string[] {
  const seen = new Map<string, number>();
  const findings: string[] = [];
  for (const request of requests) {
    const key = `${request.sourceBranch}: ${request.title}`;
    const before = seen.get(key);
    if (before !== undefined) findings.push(`requests ${request.number} and ${before} are for the same thing: ${request.title}`);
    seen.set(key, request.number);
    if (request.state === 'open') findings.push(`request ${request.number} is still open: ${request.title}`);
  }
  return findings;
}


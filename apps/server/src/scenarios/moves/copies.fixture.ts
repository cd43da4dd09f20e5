import type { Shop } from '../world.fixture.js';

/** How many copies of the database the commits of a branch have had since the beginning: 1 alone is right. */
export async function copiesIn(shop: Shop, branch: string): Promise<ReadonlySet<number>> {
  await shop.git('fetch', '--quiet', '--prune', 'forge');
  const commits = (await shop.git('rev-list', '--first-parent', `forge/${branch}`)).split('\n');
  const counts = new Set<number>();
  for (const commit of commits) counts.add((await shop.git('grep', '-l', '-e', 'kind: StatefulSet', commit, '--', 'apps').catch(() => '')).split('\n').filter((line) => line !== '').length);
  return counts;
}

// Opens and merges requests until it is killed. Runs from dist, as the server does.
import { commitTree, runGit, updateRefs } from '@sluice/git-process';
import { createBuiltinForge } from '../dist/index.js';

const forge = createBuiltinForge({ folder: process.argv[2], publicUrl: 'http://127.0.0.1', clock: () => Date.now(), staleLockAfter: 100 });
const gitDir = forge.gitDir('shop');
const author = { name: 'Ada', email: 'ada@example.org', date: 1_700_000_000 };

async function tip(ref) {
  const { stdout } = await runGit(['rev-parse', ref], { gitDir });
  return stdout.toString('utf8').trim();
}

for (let count = 0; ; count += 1) {
  const target = await tip('refs/heads/prod');
  const sourceBranch = `sluice/promote/prod/app-${process.pid}-${count}`;
  const head = await commitTree(gitDir, { tree: target, parents: [target], message: `Promote ${count}`, author });
  await updateRefs(gitDir, [{ ref: `refs/heads/${sourceBranch}`, to: head, from: null }]);
  const change = await forge.changes.open('shop', { title: `Promote ${count}`, body: '', sourceBranch, targetBranch: 'prod', draft: false });
  await forge.changes.merge('shop', change.number, { expectedHead: head, by: 'sluice' });
  process.stdout.write('.');
}

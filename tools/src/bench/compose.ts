import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from '@sluice/runtime';
import { createMirrors } from '@sluice/git';
import { commitSha, digest, objectSha, promotionId, repositoryId } from '@sluice/kernel';
import type { CommitSha } from '@sluice/kernel';
import { decodeDocuments } from '@sluice/manifests';
import { parsePipeline } from '@sluice/pipeline';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { runGit } from '@sluice/git-process';
import { createUntrustedReader } from '@sluice/sandbox';
import type { ComposeRequest, Mirror, UntrustedReader } from '@sluice/usecases';
import { composeCandidate, composeInputsKey } from '@sluice/usecases';
import { percentile, report, timed } from './measure.js';

const SIZES = [5_000, 50_000];
const CHANGED = 20;
const IN_A_FOLDER = 100;
const ROUNDS = 15;
const REPOSITORY = repositoryId('bench');

/** 20 changed YAML files among 5,000 and among 50,000, against raw `git merge-tree` and parsing the same files. */
export async function benchCompose(): Promise<void> {
  const medians: number[] = [];
  for (const size of SIZES) medians.push(await composeAmong(size));
  const [small = Number.NaN, large = Number.NaN] = medians;
  report({ bench: 'compose', measure: 'growth from 5,000 to 50,000 files', value: large, unit: 'ms', reference: { name: '5,000 files', value: small }, goal: 'ratio at most 1.3' });
}

async function composeAmong(size: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const gitDir = join(folder, 'origin.git');
  const reader = createUntrustedReader();
  try {
    const { base, source, target } = await makeRepository(gitDir, size);
    const mirrors = createMirrors({ folder: join(folder, 'mirrors'), access: { locate: () => Promise.resolve({ url: gitDir, defaultBranch: 'dev' }) }, allowLocal: true, lock: lockFolder });
    const mirror = await mirrors.open(REPOSITORY);
    await mirror.refresh();
    const ours: number[] = [];
    const raw: number[] = [];
    for (let round = -3; round < ROUNDS; round += 1) {
      const composed = await timed(() => compose(reader, mirror, { base, source, target }, round + 10));
      const reference = await timed(() => rawMerge(gitDir, { base, source, target }));
      if (round < 0) continue;
      ours.push(composed);
      raw.push(reference);
    }
    report({ bench: 'compose', measure: `${CHANGED} changed files of ${size}`, value: percentile(ours, 0.5), unit: 'ms', reference: { name: 'git merge-tree and parsing the same files', value: percentile(raw, 0.5) }, goal: 'ratio at most 3' });
    await mirrors.close();
    return percentile(ours, 0.5);
  } finally {
    await reader.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Commits {
  readonly base: CommitSha;
  readonly source: CommitSha;
  readonly target: CommitSha;
}

function path(index: number): string {
  return `apps/shop/f${Math.floor(index / IN_A_FOLDER)}/m${index % IN_A_FOLDER}.yaml`;
}

function manifest(index: number, tag: string, replicas: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-${index}
spec:
  replicas: ${replicas}
  template:
    spec:
      containers:
        - name: app
          image: registry.example.org/app-${index}:${tag}
          env:
            - name: LEVEL
              value: info
`;
}

/** base → source changes 20 files; base → target changes the replicas of the same 20. */
async function makeRepository(gitDir: string, size: number): Promise<Commits> {
  await runGit(['init', '--quiet', '--bare', gitDir]);
  const changed = Array.from({ length: CHANGED }, (_, index) => Math.floor((index * size) / CHANGED));
  const stream: string[] = [];
  const commit = (ref: string, mark: number, files: readonly (readonly [number, string])[], from?: number): void => {
    stream.push(`commit ${ref}\nmark :${mark}\ncommitter Ada <ada@example.org> ${1_700_000_000 + mark} +0000\ndata 1\nx\n${from === undefined ? '' : `from :${from}\n`}`);
    for (const [index, text] of files) stream.push(`M 100644 inline ${path(index)}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
  };
  commit('refs/heads/dev', 1, Array.from({ length: size }, (_, index) => [index, manifest(index, '1.0', 1)] as const));
  commit('refs/heads/qa', 2, changed.map((index) => [index, manifest(index, '1.0', 3)] as const), 1);
  commit('refs/heads/dev', 3, changed.map((index) => [index, manifest(index, '2.0', 1)] as const), 1);
  await runGit(['fast-import', '--quiet', '--force'], { gitDir, input: stream.join(''), deadline: 300_000 });
  const read = async (revision: string): Promise<CommitSha> => commitSha((await runGit(['rev-parse', revision], { gitDir })).stdout.toString().trim());
  return { base: await read('dev~1'), source: await read('dev'), target: await read('qa') };
}

const TEXT = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: bench }
spec:
  environments: [{ name: dev, branch: dev }, { name: qa, branch: qa, from: [dev] }]
  applications: [{ name: shop, paths: ["apps/shop/**"] }]
  environmentOwned: [{ kind: Deployment, fields: [spec.replicas] }]
`;

async function compose(reader: UntrustedReader, mirror: Mirror, commits: Commits, attempt: number): Promise<void> {
  const { pipeline } = parsePipeline(TEXT) as { pipeline: Pipeline };
  const [dev, qa] = pipeline.environments as [Environment, Environment];
  const [application] = pipeline.applications as [Application];
  const ledger = { target: qa.name, application: application.name, source: dev.name, commit: commits.base, origin: commits.base, digest: digest('0'.repeat(64)), promotion: promotionId('qa-shop-0'), attempt: 0, paths: application.paths, content: objectSha('0'.repeat(40)) };
  const request: ComposeRequest = { repository: REPOSITORY, pipeline, application, source: dev, target: qa, sourceCommit: commits.source, sourceDate: 1_700_000_000_000, onto: commits.target, ledger, origin: commits.source, attempt };
  const composition = await composeCandidate({ reader }, mirror, request, await composeInputsKey(mirror, request, undefined));
  if (composition.kind !== 'candidate' || composition.candidate.changedPaths.length !== CHANGED) throw new Error(`composed ${composition.kind}`);
}

async function rawMerge(gitDir: string, commits: Commits): Promise<void> {
  await runGit(['merge-tree', '--write-tree', commits.source, commits.target], { gitDir });
  const names = (await runGit(['diff-tree', '-r', '-z', '--name-only', commits.base, commits.source], { gitDir })).stdout.toString().split('\0').filter((name) => name !== '');
  const wanted = names.flatMap((name) => [commits.base, commits.source, commits.target].map((commit) => `${commit}:${name}`));
  const { stdout } = await runGit(['cat-file', '--batch'], { gitDir, input: `${wanted.join('\n')}\n` });
  for (const text of contents(stdout)) decodeDocuments(text);
}

function contents(batch: Buffer): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at < batch.length; ) {
    const end = batch.indexOf(10, at);
    const size = Number(batch.subarray(at, end).toString().split(' ')[2]);
    texts.push(batch.subarray(end + 1, end + 1 + size).toString());
    at = end + 1 + size + 1;
  }
  return texts;
}

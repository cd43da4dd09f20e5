import { present } from '@sluice/kernel';
import type { CommitSha } from '@sluice/kernel';
import { isStructured } from '@sluice/manifests';
import type { ComposeFileInput, ComposeFileOutcome, FileVersion } from '@sluice/manifests';
import { compileSelection } from '@sluice/pipeline';
import type { Author } from '@sluice/promotion';
import type { LimitReached, Mirror, UntrustedReader } from '../ports/index.js';
import { MAX_FILE_BYTES, readVersion } from './read-version.js';

/** A commit on which somebody has resolved conflicts, and the composition that they were of. */
export interface Resolution {
  readonly head: CommitSha;
  readonly base?: CommitSha;
  /** Where it was of several applications: what each was composed against. */
  readonly bases?: readonly { readonly paths: readonly string[]; readonly base?: CommitSha }[];
  readonly source: CommitSha;
  readonly onto: CommitSha;
  /** Somebody said so: what has the target's value in it is to keep it. */
  readonly isComplete: boolean;
  readonly resolvers: readonly Author[];
}

/** Composes; where files conflict, again with what somebody has chosen for them. */
export async function composeResolved(ports: { readonly reader: UntrustedReader }, mirror: Mirror, inputs: readonly ComposeFileInput[], resolution: Resolution | undefined): Promise<{ readonly outcomes: readonly ComposeFileOutcome[] | LimitReached; readonly isResolved: boolean }> {
  const outcomes = await ports.reader.compose(inputs);
  if (!resolution || isLimit(outcomes) || outcomes.every(({ kind }) => kind !== 'conflict')) return { outcomes, isResolved: false };
  return { outcomes: await ports.reader.compose(await withResolutions(mirror, inputs, outcomes, resolution)), isResolved: true };
}

export function isLimit(outcomes: readonly ComposeFileOutcome[] | LimitReached): outcomes is LimitReached {
  return 'kind' in outcomes;
}

/** The files to compose with what somebody has chosen for those that conflict. An object in one of them may have been in any other before. @throws TooLarge */
async function withResolutions(mirror: Mirror, inputs: readonly ComposeFileInput[], outcomes: readonly ComposeFileOutcome[], resolution: Resolution): Promise<readonly ComposeFileInput[]> {
  const paths = inputs.flatMap(({ path }, index) => (outcomes[index]?.kind === 'conflict' || isStructured(path) ? [path] : []));
  const { source, onto, head, isComplete } = resolution;
  const versions = await Promise.all([baseVersions(mirror, resolution, paths), ...[source, onto, head].map((commit) => versionsAt(mirror, commit, paths))]);
  const concerned = new Set(paths);
  return inputs.map((input) => {
    const [ofBase, ofSource, ofTarget, answer] = versions.map((files) => files.get(input.path));
    return concerned.has(input.path) ? { ...input, resolved: { isComplete, ...present({ base: ofBase, source: ofSource, target: ofTarget, answer }) } } : input;
  });
}

async function baseVersions(mirror: Mirror, { base, bases, onto }: Resolution, paths: readonly string[]): Promise<ReadonlyMap<string, FileVersion>> {
  if (!bases) return versionsAt(mirror, base ?? onto, paths);
  const files = new Map<string, FileVersion>();
  for (const part of bases) {
    const { matches } = compileSelection({ include: part.paths, exclude: [] });
    for (const [path, file] of await versionsAt(mirror, part.base ?? onto, paths.filter((path) => matches(path)))) files.set(path, file);
  }
  return files;
}

async function versionsAt(mirror: Mirror, commit: CommitSha, paths: readonly string[]): Promise<ReadonlyMap<string, FileVersion>> {
  const files = new Map<string, FileVersion>();
  for (const [path, entry] of await mirror.entries(commit, paths)) {
    const file = await readVersion(mirror, entry, { left: MAX_FILE_BYTES });
    if (file) files.set(path, file);
  }
  return files;
}

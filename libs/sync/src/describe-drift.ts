import { Unavailable } from '@sluice/kernel';
import type { IgnoreRule } from '@sluice/sync-plan';
import { type DesiredFile, type DriftEntry, placeKey, type Target } from './ports/target.js';

/** Larger files, and more of them, are told without what differs in them. */
const MAX_BYTES = 512 * 1024;
const MAX_FILES = 50;

export interface DescribeDriftInput {
  readonly target: Pick<Target, 'read'>;
  readonly files: () => Promise<readonly DesiredFile[]>;
  readonly ignore: readonly IgnoreRule[];
}

export interface DescribedDrift {
  readonly found: readonly DriftEntry[];
  /** Places where all that differs is ignored. */
  readonly ignored: ReadonlySet<string>;
}

/** Says of changed files what differs in them; for a target that has not said so itself. Where that cannot be found out, the file is drift all the same. */
export async function describeDrift(entries: readonly DriftEntry[], input: DescribeDriftInput): Promise<DescribedDrift> {
  const open = entries.filter(({ kind, diff, object }) => kind === 'modified' && diff === undefined && object === undefined).slice(0, MAX_FILES);
  if (open.length === 0 || !input.target.read) return { found: entries, ignored: new Set() };
  try {
    return await describeAll(entries, open, input);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    // the commit cannot be read now: that there is drift is known all the same
    return { found: entries, ignored: new Set() };
  }
}

async function describeAll(entries: readonly DriftEntry[], open: readonly DriftEntry[], input: DescribeDriftInput): Promise<DescribedDrift> {
  const wanted = new Map((await input.files()).map((file) => [file.path, file]));
  const told = new Map<DriftEntry, DriftEntry | undefined>();
  for (const entry of open) told.set(entry, await describeFile(entry, wanted.get(entry.path), input));
  const ignored = new Set([...told].filter(([, after]) => after === undefined).map(([entry]) => placeKey(entry)));
  return { found: entries.flatMap((entry) => (told.has(entry) ? (told.get(entry) ?? []) : [entry])), ignored };
}

async function describeFile(entry: DriftEntry, file: DesiredFile | undefined, { target, ignore }: DescribeDriftInput): Promise<DriftEntry | undefined> {
  const live = await target.read?.(entry.path, MAX_BYTES);
  const bytes = live && (await file?.read());
  if (!live || !file || !bytes || bytes.length > MAX_BYTES) return entry;
  // reading manifests costs an agent 15 MiB: only who has drift to tell pays for it (ADR 10)
  const { fileDrift } = await import('@sluice/sync-plan');
  const diff = fileDrift({ path: entry.path, wanted: { mode: file.mode, bytes }, live, ignore });
  return diff && { ...entry, diff };
}

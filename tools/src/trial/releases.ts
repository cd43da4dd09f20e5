import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

export interface Release {
  readonly name: string;
  /** Path to text, as it is on dev. */
  readonly files: ReadonlyMap<string, string>;
}

/** Reads a folder of release folders, oldest version first. @throws Error naming what is wrong with it. */
export async function readReleases(folder: string): Promise<readonly Release[]> {
  const about = await stat(folder).catch(() => undefined);
  if (!about?.isDirectory()) throw new Error(`there is no folder ${folder}: give a folder that has one folder a release`);
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const releases: Release[] = [];
  for (const name of names) {
    const files = await readTree(join(folder, name));
    if (applicationsOf(files).length > 0) releases.push({ name, files });
  }
  if (releases.length < 2) throw new Error(`${folder} has ${releases.length} release folders with apps/<application>/ in them: a trial needs two at least`);
  return releases;
}

/** Names of the folders below `apps/`. */
export function applicationsOf(files: ReadonlyMap<string, string>): readonly string[] {
  return [...new Set([...files.keys()].flatMap((path) => /^apps\/([^/]+)\//.exec(path)?.[1] ?? []))].sort();
}

async function readTree(folder: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(folder, path), await readFile(path, 'utf8'));
  }
  return files;
}

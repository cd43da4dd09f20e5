import { messageOf, present, type RepositoryId, SluiceError } from '@sluice/kernel';
import { z } from 'zod';
import type { GiteaApi } from './gitea-api.js';
import { zLabel, zLabels } from './schema.js';

/** What a request can be opened with. */
interface UsableLabels {
  readonly ids: readonly number[];
  /** Why some of the labels are not among them. */
  readonly unlabelled?: string;
}

/** Of the labels that Sluice makes; people may choose another one. */
const COLOR = '#0a7d6c';
/** Milliseconds until it is tried again to make what could not be made. */
const RETRY = 24 * 60 * 60_000;

const zKnown = z.object({ ids: z.record(z.string(), z.number()), failed: z.object({ at: z.number(), why: z.string() }).optional() });
type Known = z.output<typeof zKnown>;

/**
 * The forge wants ids of labels that are there. They are looked up once for a repository, made where they are missing, and remembered. No failure is worth a request that is not opened: whoever cannot make
 * them (scope `write:issue`) uses those that somebody has made.
 */
export async function usableLabels(api: GiteaApi, repository: RepositoryId, wanted: readonly string[]): Promise<UsableLabels> {
  const key = await keyOf(api, repository);
  const before = parseKnown(await api.memory.get(key));
  const isKnown = wanted.every((name) => before.ids[name] !== undefined);
  const isTried = before.failed !== undefined && api.clock() - before.failed.at < RETRY;
  const known = isKnown || isTried ? before : await learn(api, repository, { wanted, ids: before.ids });
  if (known !== before) await api.memory.put(key, JSON.stringify(known));
  return { ids: wanted.flatMap((name) => known.ids[name] ?? []), ...(!isKnown && present({ unlabelled: known.failed?.why })) };
}

/** One that was remembered has been deleted there: it is looked for the next time. */
export async function forgetLabels(api: GiteaApi, repository: RepositoryId): Promise<void> {
  await api.memory.forget(await keyOf(api, repository));
}

/** Follows issueListLabels and issueCreateLabel. */
async function learn(api: GiteaApi, repository: RepositoryId, { wanted, ids: before }: { readonly wanted: readonly string[]; readonly ids: Known['ids'] }): Promise<Known> {
  const ids = { ...before };
  const path = `${await api.repository(repository)}/labels`;
  try {
    for (const { id, name } of await api.all(zLabels, { path, action: 'see the labels' })) if (wanted.includes(name)) ids[name] = id;
    for (const name of wanted) ids[name] ??= (await api.ask(zLabel, { method: 'POST', path, body: { name, color: COLOR }, action: `make the label ${name} (somebody may make it by hand instead)` })).id;
    return { ids };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return { ids, failed: { at: api.clock(), why: messageOf(error) } };
  }
}

/** With an end of its own: what is forgotten begins with it. */
async function keyOf(api: GiteaApi, repository: RepositoryId): Promise<string> {
  return `labels:${(await api.path(repository)).toLowerCase()}/`;
}

function parseKnown(text: string | undefined): Known {
  try {
    return zKnown.parse(JSON.parse(text ?? ''));
  } catch {
    return { ids: {} };
  }
}

import { type CommitSha, InvalidInput, NotFound, printableLine, type RepositoryId, TooLarge, type Turns } from '@sluice/kernel';
import type { CommitStatus, CommitStatuses } from '@sluice/usecases';
import { LOST, untilWon } from './compare-and-swap.js';
import { statusRef } from './forge-refs.js';
import type { RecordStore } from './record-store.js';
import { type StatusRecord, zStatusRecord } from './records.js';
import type { RepositoryFolder } from './repository-folder.js';

type NewStatus = Omit<CommitStatus, 'at'>;

/** Different contexts on one commit. */
const MAX_CONTEXTS = 200;
const MAX_DESCRIPTION = 500;
const MAX_URL = 2_000;

export class BuiltinCommitStatuses implements CommitStatuses {
  constructor(
    private readonly repositories: RepositoryFolder,
    private readonly turns: Turns,
  ) {}

  async list(repository: RepositoryId, commit: CommitSha): Promise<readonly CommitStatus[]> {
    return statusesOf(await this.repositories.open(repository), commit);
  }

  /** @throws NotFound when there is no such commit; TooLarge above 200 contexts on a commit. */
  async set(repository: RepositoryId, commit: CommitSha, statuses: readonly NewStatus[]): Promise<void> {
    const store = await this.repositories.open(repository);
    if ((await store.objects.info(commit))?.type !== 'commit') throw new NotFound(`There is no commit ${commit} in ${repository}`);
    const cleaned = statuses.map(clean);
    const ref = statusRef(commit);
    await this.turns.take(`${repository} ${ref}`, () => untilWon(`The status of ${commit}`, () => write(store, commit, cleaned)));
  }
}

/** The newest of each context. @throws UnreadableRecord */
export async function statusesOf(store: RecordStore, commit: CommitSha): Promise<StatusRecord['statuses']> {
  return (await store.read(statusRef(commit), zStatusRecord))?.record.statuses ?? [];
}

async function write(store: RecordStore, commit: CommitSha, statuses: readonly NewStatus[]): Promise<true | typeof LOST> {
  const ref = statusRef(commit);
  const stored = await store.read(ref, zStatusRecord);
  const known = new Map(stored?.record.statuses.map((status) => [status.context, status]));
  const news = statuses.filter((status) => !sameStatus(known.get(status.context), status));
  if (news.length === 0) return true;
  for (const status of news) known.set(status.context, { ...status, at: store.now() });
  if (known.size > MAX_CONTEXTS) throw new TooLarge(`A commit can have ${MAX_CONTEXTS} statuses at most: use fewer contexts`);
  const record: StatusRecord = { kind: 'statuses', statuses: [...known.values()] };
  const next = await store.write(`statuses of ${commit}`, record);
  return (await store.swap([{ ref, to: next, from: stored?.at ?? null }])) || LOST;
}

function sameStatus(known: CommitStatus | undefined, status: NewStatus): boolean {
  return known !== undefined && known.state === status.state && known.description === status.description && known.url === status.url && known.by === status.by;
}

function clean(status: NewStatus): NewStatus {
  const context = status.context.trim();
  if (context === '' || context !== printableLine(context)) throw new InvalidInput('A status needs a context: a name of at most 200 characters on one line');
  if (status.url !== undefined && (status.url.length > MAX_URL || !/^https?:\/\//.test(status.url))) throw new InvalidInput(`The link of the status ${context} is not an http(s) URL of at most ${MAX_URL} characters`);
  return { ...status, context, description: printableLine(status.description, MAX_DESCRIPTION) };
}

import { Conflict, NotFound, type CommitSha, type RepositoryId } from '@sluice/kernel';
import type { ChangeRequest, ChangeRequests, MergeMethod, MergeOutcome, NewChangeRequest, PushEvent } from '@sluice/usecases';
import { type ChangeFilter, ChangeListing } from './change-listing.js';
import { reviseChange, type StoredChange } from './change-revision.js';
import type { ChangeStore } from './change-store.js';
import type { ChangeStores } from './change-stores.js';
import { checkBranches, checkLabels, checkNumber, checkText } from './change-text.js';
import { untilWon } from './compare-and-swap.js';
import { branchRef, openPairRef } from './forge-refs.js';
import { mergeChange, type MergeOptions } from './merge-change.js';
import type { Protection } from './protection.js';
import type { ChangeRecord } from './records.js';
import type { UnreadableRecord } from './unreadable-record.js';

export interface ChangeRequestsOptions {
  /** Where people see a request: `<publicUrl>/repositories/<repository>/changes/<number>`. */
  readonly publicUrl: string;
  /** A merge moves branches as a push does. */
  readonly onMerged: (event: PushEvent) => Promise<void>;
  /** The repository's choice. */
  readonly mergeMethod: (repository: RepositoryId) => Promise<MergeMethod>;
  readonly onUnreadable: (repository: RepositoryId, error: UnreadableRecord) => void;
}

/** Requests of one page at most. */
const MAX_PAGE = 1_000;
/** What the timeline calls the end of a draft. */
const READY = 'ready for review';

export class BuiltinChangeRequests implements ChangeRequests {
  constructor(
    private readonly stores: ChangeStores,
    private readonly protection: Protection,
    private readonly options: ChangeRequestsOptions,
  ) {}

  async open(repository: RepositoryId, request: NewChangeRequest): Promise<ChangeRequest> {
    checkText(request);
    checkBranches(request);
    checkLabels(request.labels ?? []);
    const changes = await this.stores.of(repository);
    const [head] = await Promise.all([branchTip(changes, repository, request.sourceBranch), branchTip(changes, repository, request.targetBranch)]);
    const { record } = await changes.open(request, head);
    return this.shown(repository, changes, record);
  }

  async update(repository: RepositoryId, number: number, fields: Parameters<ChangeRequests['update']>[2]): Promise<ChangeRequest> {
    checkText(fields);
    return this.change(repository, number, async (changes, stored) => {
      const { title = stored.record.title, body = stored.record.body, draft = stored.record.draft } = fields;
      if (title === stored.record.title && body === stored.record.body && draft === stored.record.draft) return stored;
      const what = draft === stored.record.draft ? 'edited' : draft ? 'made a draft' : READY;
      return reviseChange(changes.records, stored, { fields: { title, body, draft }, what, ...(fields.by !== undefined && { by: fields.by }) });
    });
  }

  async get(repository: RepositoryId, number: number): Promise<ChangeRequest> {
    checkNumber(number);
    const changes = await this.stores.of(repository);
    const { record } = await changes.load(number);
    return this.shown(repository, changes, record);
  }

  async list(repository: RepositoryId, filter: ChangeFilter): Promise<readonly ChangeRequest[]> {
    const changes = await this.stores.of(repository);
    const listing = new ChangeListing(changes, (error) => this.options.onUnreadable(repository, error));
    const records = await listing.list({ ...filter, limit: Math.min(Math.max(1, filter.limit), MAX_PAGE) });
    return Promise.all(records.map((record) => this.shown(repository, changes, record)));
  }

  async merge(repository: RepositoryId, number: number, options: MergeOptions): Promise<MergeOutcome> {
    checkNumber(number);
    const changes = await this.stores.of(repository);
    const method = options.method ?? (await this.options.mergeMethod(repository));
    const required = (source: string, target: string): readonly string[] => this.protection.required(repository, target, source);
    const onMerged = (updates: PushEvent['updates']): Promise<void> => this.options.onMerged({ repository, by: options.by, updates });
    return this.stores.changing(repository, number, () => mergeChange({ changes, number, options: { ...options, method }, required, onMerged }));
  }

  /** Closing again changes nothing. @throws Conflict when it is merged. */
  async close(repository: RepositoryId, number: number, options: { readonly by: string; readonly comment?: string }): Promise<ChangeRequest> {
    return this.change(repository, number, async (changes, stored) => {
      if (stored.record.state === 'closed') return stored;
      if (stored.record.state === 'merged') throw new Conflict(`Change request ${number} is merged and cannot be closed`);
      const pair = openPairRef(stored.record.sourceBranch, stored.record.targetBranch);
      const [head = stored.record.head, opened] = await Promise.all([changes.records.tip(branchRef(stored.record.sourceBranch)), changes.records.tip(pair)]);
      const closed = { by: options.by, at: changes.records.now(), ...(options.comment === undefined ? {} : { comment: options.comment.slice(0, 10_000) }) };
      const refs = opened === undefined ? [] : [{ ref: pair, to: null, from: opened }];
      return reviseChange(changes.records, stored, { fields: { state: 'closed', head, closed }, what: 'closed', by: options.by, refs, keep: [head] });
    });
  }

  private async change(repository: RepositoryId, number: number, edit: (changes: ChangeStore, stored: StoredChange) => ReturnType<typeof reviseChange>): Promise<ChangeRequest> {
    checkNumber(number);
    const changes = await this.stores.of(repository);
    const once = async (): ReturnType<typeof reviseChange> => edit(changes, await changes.load(number));
    const { record } = await this.stores.changing(repository, number, () => untilWon(`Change request ${number}`, once));
    return this.shown(repository, changes, record);
  }

  private async shown(repository: RepositoryId, changes: ChangeStore, record: ChangeRecord): Promise<ChangeRequest> {
    const { number, state, draft, title, body, sourceBranch, targetBranch, createdAt, updatedAt } = record;
    const head = (state === 'open' ? await changes.records.tip(branchRef(sourceBranch)) : undefined) ?? record.head;
    const url = `${this.options.publicUrl.replace(/\/$/, '')}/repositories/${repository}/changes/${number}`;
    const readyBy = draft ? undefined : record.timeline.findLast(({ what }) => what === READY)?.by;
    const end = {
      ...(readyBy === undefined ? {} : { readyBy }),
      ...(record.labels && { labels: record.labels }),
      ...(record.merged ? { mergeCommit: record.merged.commit, mergedBy: record.merged.by } : {}),
      ...(record.closed ? { closedBy: record.closed.by } : {}),
    };
    return { number, url, state, draft, title, body, sourceBranch, targetBranch, head, createdAt, updatedAt, ...end };
  }
}

async function branchTip(changes: ChangeStore, repository: RepositoryId, branch: string): Promise<CommitSha> {
  const tip = await changes.records.tip(branchRef(branch));
  if (tip === undefined) throw new NotFound(`There is no branch ${branch} in ${repository}: push it first`, { details: { branch } });
  return tip;
}

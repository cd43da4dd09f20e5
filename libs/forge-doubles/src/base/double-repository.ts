import type { CommitSha } from '@sluice/kernel';
import type { Account } from './accounts.js';
import { type BareRepository, type CommitInput } from './bare-repository.js';
import { mergeBranches, type MergeMethod, type Signature } from './merge-branches.js';
import type { DoubleEvent, Hook, Protection, RepositorySettings, RequestAction, StoredComment, StoredPush, StoredRequest, StoredReview, StoredStatus } from './records.js';

export interface RepositoryParts {
  readonly git: BareRepository;
  /** `owner/name` as the forge spells it. */
  readonly path: string;
  readonly id: number;
  readonly owner: Account;
  defaultBranch: string;
  readonly now: () => number;
  /** A number that nothing else at the double has. */
  readonly nextId: () => number;
  readonly emit: (event: DoubleEvent) => void;
}

export interface MergeOrder {
  readonly method: MergeMethod;
  readonly by: Account;
  readonly message: string;
  /** Of the commit; without it whoever opened the request. */
  readonly author?: Signature;
  /** Merge only this head. */
  readonly head?: CommitSha;
  /** Merge only where the target has not moved on since the branch was made. */
  readonly onlyForward?: boolean;
  /** What is a good status in the forge's words. */
  readonly isGood: (state: string) => boolean;
}

export type MergeResult =
  | { readonly kind: 'merged'; readonly commit: CommitSha }
  | { readonly kind: 'refused'; readonly reason: 'closed' | 'merged' | 'draft' | 'head' | 'method' | 'conflict' | 'moved' | 'behind' }
  | { readonly kind: 'refused'; readonly reason: 'checks' | 'approvals'; readonly missing: readonly string[] };

/** One repository of a double with all that the forge keeps about it. Nothing here knows a wire format. */
export class DoubleRepository {
  readonly requests = new Map<number, StoredRequest>();
  readonly reviews: StoredReview[] = [];
  readonly comments: StoredComment[] = [];
  readonly statuses: StoredStatus[] = [];
  readonly pushes: StoredPush[] = [];
  readonly hooks = new Map<number, Hook>();
  /** By id; not every forge has them apart from requests. */
  readonly labels = new Map<number, string>();
  readonly protections = new Map<string, Protection>();
  readonly settings: RepositorySettings = { methods: ['merge', 'squash', 'rebase'], deleteBranchOnMerge: false, archived: false };
  private numbers = 0;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(readonly parts: RepositoryParts) {}

  get git(): BareRepository {
    return this.parts.git;
  }

  get path(): string {
    return this.parts.path;
  }

  /** One after the other: what reads and then writes does so alone. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  /** Commits files on a branch as if `by` (without it: whoever is the author) had pushed them. */
  async commit(input: CommitInput, by: Account = this.parts.owner): Promise<CommitSha> {
    return this.alone(() => this.observingPushes(by, () => this.git.commit(input)));
  }

  /** Sets or deletes a branch, as a push does. @returns false when it is not at `from` */
  async setBranch(branch: string, to: CommitSha | undefined, by: Account): Promise<boolean> {
    return this.alone(() => this.observingPushes(by, async () => this.git.setBranch(branch, to, await this.git.head(branch))));
  }

  /** Sets a branch to what comes after it, and to nothing else. @returns false when it has gone another way */
  async fastForward(branch: string, to: CommitSha, by: Account): Promise<boolean> {
    return this.alone(() =>
      this.observingPushes(by, async () => {
        const tip = await this.git.head(branch);
        return tip !== undefined && (await this.git.isAncestor(tip, to)) && this.git.setBranch(branch, to, tip);
      }),
    );
  }

  /** Runs what may move branches; notes each move as a push of `by`, and what it means for open requests. */
  async observingPushes<T>(by: Account, work: () => Promise<T>): Promise<T> {
    const before = await this.git.branches();
    const result = await work();
    const after = await this.git.branches();
    const moved = [...new Set([...before.keys(), ...after.keys()])].filter((branch) => before.get(branch) !== after.get(branch));
    for (const branch of moved) await this.notePush(by, branch, { before: before.get(branch), after: after.get(branch) });
    return result;
  }

  /** @throws Error when a branch does not exist: ask before */
  async open(input: Pick<StoredRequest, 'title' | 'body' | 'source' | 'target' | 'draft'> & Partial<Pick<StoredRequest, 'labels'>>, by: Account): Promise<StoredRequest> {
    const [head, base] = await Promise.all([this.git.head(input.source), this.git.head(input.target)]);
    if (!head || !base) throw new Error(`no branch ${head ? input.target : input.source}`);
    const now = this.parts.now();
    this.numbers += 1;
    const request: StoredRequest = { labels: [], ...input, id: this.parts.nextId(), number: this.numbers, author: by, createdAt: now, updatedAt: now, state: 'open', head, base, history: [] };
    this.requests.set(request.number, request);
    this.note(request, 'opened', by);
    return request;
  }

  /** The open request of two branches. */
  openOf(source: string, target: string): StoredRequest | undefined {
    return [...this.requests.values()].find((one) => one.state === 'open' && one.source === source && one.target === target);
  }

  edit(request: StoredRequest, fields: Partial<Pick<StoredRequest, 'title' | 'body' | 'target'>>, by: Account): void {
    const retargeted = fields.target !== undefined && fields.target !== request.target;
    Object.assign(request, fields);
    this.note(request, retargeted ? 'retargeted' : 'edited', by);
  }

  addLabels(request: StoredRequest, labels: readonly string[], by: Account): void {
    request.labels = [...new Set([...request.labels, ...labels])];
    this.note(request, 'labelled', by);
  }

  setDraft(request: StoredRequest, draft: boolean, by: Account): void {
    if (request.draft === draft) return;
    request.draft = draft;
    this.note(request, draft ? 'drafted' : 'ready', by);
  }

  close(request: StoredRequest, by: Account): void {
    if (request.state === 'open') this.end(request, 'closed', { by, at: this.parts.now() });
  }

  reopen(request: StoredRequest, by: Account): void {
    if (request.state !== 'closed') return;
    request.state = 'open';
    delete request.ended;
    this.note(request, 'reopened', by);
  }

  comment(request: StoredRequest, body: string, by: Account): StoredComment {
    const now = this.parts.now();
    const comment: StoredComment = { id: this.parts.nextId(), request: request.number, by, at: now, updatedAt: now, body };
    this.comments.push(comment);
    this.parts.emit({ kind: 'comment', request, comment, by });
    return comment;
  }

  review(request: StoredRequest, input: Pick<StoredReview, 'state' | 'body'> & { readonly commit?: CommitSha }, by: Account): StoredReview {
    const review: StoredReview = { commit: request.head, ...input, id: this.parts.nextId(), request: request.number, by, at: this.parts.now() };
    this.reviews.push(review);
    this.parts.emit({ kind: 'review', action: 'submitted', request, review, by });
    return review;
  }

  dismiss(request: StoredRequest, review: StoredReview, by: Account): void {
    review.state = 'dismissed';
    this.parts.emit({ kind: 'review', action: 'dismissed', request, review, by });
  }

  setStatus(input: Omit<StoredStatus, 'id' | 'at' | 'by'>, by: Account): StoredStatus {
    const status: StoredStatus = { ...input, id: this.parts.nextId(), at: this.parts.now(), by };
    this.statuses.push(status);
    this.parts.emit({ kind: 'status', status, by });
    return status;
  }

  /** Newest first. */
  statusesOf(commit: CommitSha): readonly StoredStatus[] {
    return this.statuses.filter((one) => one.commit === commit).reverse();
  }

  addHook(input: Omit<Hook, 'id' | 'createdAt'>, by: Account): Hook {
    const hook: Hook = { ...input, id: this.parts.nextId(), createdAt: this.parts.now() };
    this.hooks.set(hook.id, hook);
    this.parts.emit({ kind: 'hook', hook, by });
    return hook;
  }

  async merge(request: StoredRequest, order: MergeOrder): Promise<MergeResult> {
    return this.alone(() => this.mergeAlone(request, order));
  }

  private async mergeAlone(request: StoredRequest, order: MergeOrder): Promise<MergeResult> {
    const obstacle = this.obstacleOf(request, order);
    if (obstacle) return obstacle;
    const target = await this.git.head(request.target);
    if (!target) return { kind: 'refused', reason: 'closed' };
    if (await this.isBehind(request)) return { kind: 'refused', reason: 'behind' };
    if (order.onlyForward === true && !(await this.git.isAncestor(target, request.head))) return { kind: 'refused', reason: 'moved' };
    const author = order.author ?? request.author;
    const commit = await mergeBranches(this.git, { method: order.method, head: request.head, target, message: order.message, author, committer: order.by });
    if (!commit) return { kind: 'refused', reason: 'conflict' };
    if (!(await this.git.setBranch(request.target, commit, target))) return { kind: 'refused', reason: 'moved' };
    request.base = target;
    this.end(request, 'merged', { by: order.by, at: this.parts.now(), commit });
    await this.notePush(order.by, request.target, { before: target, after: commit });
    if (this.settings.deleteBranchOnMerge) await this.observingPushes(order.by, async () => this.git.setBranch(request.source, undefined, request.head));
    return { kind: 'merged', commit };
  }

  private obstacleOf(request: StoredRequest, { head, method, isGood }: MergeOrder): MergeResult | undefined {
    if (request.state !== 'open') return { kind: 'refused', reason: request.state };
    if (request.draft) return { kind: 'refused', reason: 'draft' };
    if (!this.settings.methods.includes(method)) return { kind: 'refused', reason: 'method' };
    if (head !== undefined && head !== request.head) return { kind: 'refused', reason: 'head' };
    return this.unmet(request, isGood);
  }

  /** What the target's protection still asks for. */
  unmet(request: StoredRequest, isGood: (state: string) => boolean): MergeResult | undefined {
    const { checks = [], approvals = 0 } = this.protections.get(request.target) ?? {};
    const statuses = this.statusesOf(request.head);
    const missing = checks.filter((context) => !isGood(statuses.find((one) => one.context === context)?.state ?? ''));
    if (missing.length > 0) return { kind: 'refused', reason: 'checks', missing };
    const approved = new Set(this.reviews.filter((one) => one.request === request.number && one.state === 'approved').map(({ by }) => by.login));
    return approved.size < approvals ? { kind: 'refused', reason: 'approvals', missing: [String(approvals - approved.size)] } : undefined;
  }

  /** Whether the target's protection wants commits of it that the branch does not have. */
  async isBehind({ head, target }: StoredRequest): Promise<boolean> {
    const tip = this.protections.get(target)?.upToDate === true ? await this.git.head(target) : undefined;
    return tip !== undefined && !(await this.git.isAncestor(tip, head));
  }

  private async notePush(by: Account, branch: string, { before, after }: { readonly before: CommitSha | undefined; readonly after: CommitSha | undefined }): Promise<void> {
    const push: StoredPush = { id: this.parts.nextId(), by, at: this.parts.now(), ref: `refs/heads/${branch}`, ...(before && { before }), ...(after && { after }) };
    this.pushes.push(push);
    this.parts.emit({ kind: 'push', push });
    for (const request of this.requests.values()) if (request.state === 'open') await this.followPush(request, branch, { after, by });
  }

  private async followPush(request: StoredRequest, branch: string, { after, by }: { readonly after: CommitSha | undefined; readonly by: Account }): Promise<void> {
    if (branch !== request.source && branch !== request.target) return;
    if (after === undefined) return this.close(request, by);
    if (branch === request.source) {
      request.head = after;
      this.note(request, 'pushed', by);
    } else if (await this.git.isAncestor(request.head, after)) {
      // somebody has merged it by hand
      this.end(request, 'merged', { by, at: this.parts.now(), commit: after });
    }
  }

  private end(request: StoredRequest, state: 'closed' | 'merged', ended: NonNullable<StoredRequest['ended']>): void {
    request.state = state;
    request.ended = ended;
    this.note(request, state, ended.by);
  }

  private note(request: StoredRequest, action: RequestAction, by: Account): void {
    const at = this.parts.now();
    request.updatedAt = at;
    request.history.push({ id: this.parts.nextId(), action, by, at });
    this.parts.emit({ kind: 'request', action, request, by });
  }
}

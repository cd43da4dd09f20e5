import { isName, personName, present } from '@sluice/kernel';
import type { CommitSha } from '@sluice/kernel';
import { draftTitle, conflictBody, describeNodes, distinctAuthors, promotionBranch, unreadAuthors } from '@sluice/promotion';
import type { Pipeline } from '@sluice/pipeline';
import type { Author, Candidate, ConflictDraft, LaneId, LaneStatus, Promotion } from '@sluice/promotion';
import type { ChangeRequest, Mirror, People, PushLog, Settings, UntrustedReader } from '../ports/index.js';
import { authorsOf } from './collect-authors.js';
import type { Composition } from './compose-candidate.js';
import type { ComposeRequest } from './compose-request.js';
import { changedNodes } from './diff-steps.js';
import type { ConflictOffer } from './lane-view.js';
import type { Resolution } from './resolve-conflicts.js';
import { basesOf as composedAgainst, draftSubject } from './write-candidate.js';

interface Ports {
  readonly people: People;
  readonly pushes: PushLog;
  readonly memory: Pick<Settings, 'get'>;
  readonly reader: UntrustedReader;
}

interface Scope {
  readonly lane: LaneId;
  readonly mirror: Mirror;
  readonly pipeline: Pick<Pipeline, 'applications'>;
  readonly status?: LaneStatus;
  readonly current?: Promotion;
}

const EVERYTHING = { include: ['**'], exclude: [] };
/** Somebody who pushes more than that to a draft's branch has done something else than resolve conflicts. */
const MAX_COMMITS = 100;

/** How conflicts of the lane were resolved so far: on the draft's branch, or in the open promotion that came of it. */
export async function observeResolution(ports: Ports, scope: Scope, change: ChangeRequest | undefined): Promise<Resolution | undefined> {
  const { current, status } = scope;
  if (current) return current.candidate.resolvers && { ...resolutionOf(current.candidate, current.candidate.resolvers), ...present({ bases: basesOf(scope, current.candidate.members) }) };
  return status?.draft && onDraft(ports, scope, status.draft, change);
}

function basesOf({ pipeline }: Scope, members: ConflictDraft['bases']): Resolution['bases'] {
  return members?.map(({ application, base }) => ({ paths: pipeline.applications.find(({ name }) => name === application)?.paths ?? [], ...present({ base }) }));
}

async function onDraft(ports: Ports, scope: Scope, draft: ConflictDraft, change: ChangeRequest | undefined): Promise<Resolution> {
  const { lane, mirror } = scope;
  const onBranch = change?.state === 'open' ? change : undefined;
  const head = onBranch?.head ?? draft.head;
  await mirror.ensure(draft.head);
  await mirror.ensure(head);
  const pushed = head === draft.head ? [] : await mirror.commitsBetween(draft.head, head, EVERYTHING, MAX_COMMITS + 1);
  const ready = onBranch?.draft === false ? await readier(ports, onBranch) : undefined;
  const unread = pushed.length > MAX_COMMITS ? [unreadAuthors(MAX_COMMITS)] : [];
  const resolvers = distinctAuthors([...draft.resolvers, ...(await authorsOf(ports, lane.repository, pushed)), ...unread, ...(ready ?? [])]);
  return { head, source: draft.source, onto: draft.onto, isComplete: ready !== undefined, resolvers, ...present({ base: draft.base, bases: basesOf(scope, draft.bases) }) };
}

function resolutionOf({ head, base, source, onto }: Candidate, resolvers: readonly Author[]): Resolution {
  return { head, source, onto, isComplete: true, resolvers, ...present({ base }) };
}

/** Who has marked the draft as ready has decided as well. On a forge over the network that may be an account that is nobody's (`octocat@github.com`). */
async function readier({ people }: Ports, { readyBy }: ChangeRequest): Promise<readonly Author[]> {
  if (readyBy === undefined) return [];
  const person = isName(readyBy) ? await people.get(personName(readyBy)) : undefined;
  return [person ? { name: person.displayName, email: person.emails[0] ?? '', person: person.name } : { name: readyBy, email: '', login: readyBy }];
}

/** Authors of a promotion with those who resolved its conflicts. */
export function withResolvers(authors: readonly Author[], { resolvers = [] }: Candidate): readonly Author[] {
  return distinctAuthors([...authors, ...resolvers]);
}

/** Where the draft's branch differs from what was composed with it, beside the conflicts: nobody reviews that as a promotion. Undefined when nowhere. */
async function strayChanges(ports: Ports, { mirror, status }: Scope, resolution: Resolution | undefined, composed: CommitSha): Promise<string | undefined> {
  const draft = status?.draft;
  if (!draft || !resolution || resolution.head === draft.head) return undefined;
  const touched = await mirror.changedPaths(draft.head, resolution.head, EVERYTHING);
  const paths = touched.map(({ path }) => path);
  const [theirs, ours] = [await mirror.entries(resolution.head, paths), await mirror.entries(composed, paths)];
  const differing = touched.map(({ path }) => ({ path, ...present({ before: ours.get(path), after: theirs.get(path) }) })).filter(({ before, after }) => before?.sha !== after?.sha || before?.mode !== after?.mode);
  if (differing.length === 0) return undefined;
  const nodes = await changedNodes(ports, mirror, differing);
  return nodes.length === 0 ? undefined : describeNodes(nodes);
}

type Conflicted = Extract<Composition, { kind: 'conflict' }> & { readonly draft: CommitSha };

/** What a composition with conflicts comes to: a draft on the lane's branch, or the one that is there already. */
export function conflictOffer(request: ComposeRequest, inputsKey: string, composition: Conflicted): ConflictOffer {
  const { application, target, source, sourceCommit, onto, ledger, resolution, parts } = request;
  const { conflicts } = composition;
  const lane = { application: application.name, target: target.name };
  const draft: ConflictDraft = { head: composition.draft, source: sourceCommit, onto, inputsKey, resolvers: resolution?.resolvers ?? [], ...present({ base: ledger?.commit, bases: composedAgainst(parts) }) };
  return {
    kind: 'conflict',
    message: `${sourceCommit.slice(0, 10)} cannot be composed onto ${target.name}: ${conflicts[0]?.message ?? 'conflict'}; ${conflicts.length} conflict${conflicts.length === 1 ? '' : 's'} to resolve on branch ${promotionBranch(lane.target, lane.application)}`,
    conflicts,
    draft,
    title: draftTitle(draftSubject(request)),
    body: conflictBody(lane, source.name, conflicts),
  };
}

/** The draft as it is, while its branch has more than resolutions. */
export async function strayOffer(ports: Ports, scope: Scope, request: ComposeRequest, candidate: Candidate): Promise<ConflictOffer | undefined> {
  const { draft, conflicts = [] } = scope.status ?? {};
  const stray = candidate.resolvers && (await strayChanges(ports, scope, request.resolution, candidate.head));
  if (!draft || stray === undefined) return undefined;
  const lane = { application: request.application.name, target: request.target.name };
  return {
    kind: 'conflict',
    message: `branch ${promotionBranch(lane.target, lane.application)} changes more than what conflicts: ${stray}; take that back there`,
    conflicts,
    draft,
    title: draftTitle(draftSubject(request)),
    body: conflictBody(lane, request.source.name, conflicts),
  };
}

import { Unavailable, present } from '@sluice/kernel';
import type { CommitSha, RepositoryId } from '@sluice/kernel';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { backflowBody, backflowBranch, backflowMessage, backflowPlace, backflowTitle, decideBackflow, hashOf, parseBackflowMarker } from '@sluice/promotion';
import type { BackflowPlace, BackflowStep, SeenBackflow, TargetOnly } from '@sluice/promotion';
import type { ChangeRequest, EnvironmentState, Heads, Mirror } from '../ports/index.js';
import { composeContent } from './compose-candidate.js';
import type { ComposedContent } from './compose-candidate.js';
import { openLabelled } from './open-labelled.js';
import type { LifecyclePorts } from './ports.js';
import { wholeSelection } from './selections.js';
import { baseWithOwn, ownContent } from './target-only-content.js';

type Ports = Pick<LifecyclePorts, 'changes' | 'reader' | 'memory' | 'events' | 'audit'>;

interface Look {
  readonly repository: RepositoryId;
  readonly pipeline: Pipeline;
  readonly mirror: Mirror;
  readonly heads: Heads;
  readonly states: readonly EnvironmentState[];
}

/**
 * Brings the requests that return hotfixes to the first environment up to what is target-only now. The forge is their memory: what is open, and what was closed or merged for which commits, is read from it, so that doing
 * it again changes nothing. @throws Unavailable when the forge or git does not answer.
 */
export async function returnHotfixes(ports: Ports, look: Look): Promise<void> {
  const wanted = wantedIn(look);
  for (const hotfix of wanted.values()) await returnHotfix(ports, look, hotfix);
  for (const branch of look.heads.keys()) {
    const place = backflowPlace(branch);
    if (place && !wanted.has(branch)) await close(ports, look, { branch, place, seen: await newestRequest(ports, look, branch) });
  }
}

interface Hotfix {
  readonly branch: string;
  readonly place: BackflowPlace;
  readonly targetOnly: TargetOnly;
  readonly state: EnvironmentState & { readonly head: CommitSha };
  readonly application: Application;
  readonly environment: Environment;
  readonly first: Environment;
  /** The first environment's head. */
  readonly onto: CommitSha;
}

function wantedIn(look: Look): ReadonlyMap<string, Hotfix> {
  const { pipeline, states } = look;
  const hotfixes = pipeline.environments.flatMap((environment) => {
    const state = states.find((candidate) => candidate.environment === environment.name);
    return state ? pipeline.applications.flatMap((application) => hotfixOf(look, { state, environment, application }) ?? []) : [];
  });
  return new Map(hotfixes.map((hotfix) => [hotfix.branch, hotfix]));
}

function hotfixOf({ pipeline, heads }: Look, { state, environment, application }: { readonly state: EnvironmentState; readonly environment: Environment; readonly application: Application }): Hotfix | undefined {
  const { head, targetOnly: all = {} } = state;
  const targetOnly = all[application.name];
  const first = pipeline.environments.find(({ name }) => name === targetOnly?.first);
  const onto = first && heads.get(first.branch);
  if (!head || !targetOnly || !onto) return undefined;
  const place = { first: first.name, application: application.name, environment: environment.name };
  return { branch: backflowBranch(place), place, targetOnly, state: { ...state, head }, application, environment, first, onto };
}

async function newestRequest({ changes }: Ports, { repository }: Look, branch: string): Promise<ChangeRequest | undefined> {
  const [newest] = await changes.list(repository, { sourceBranch: branch, limit: 1 });
  return newest;
}

function seenOf(request: ChangeRequest | undefined): SeenBackflow | undefined {
  return request && { state: request.state, head: request.head, ...present({ closedBy: request.closedBy, marker: parseBackflowMarker(request.body) }) };
}

async function returnHotfix(ports: Ports, look: Look, hotfix: Hotfix): Promise<void> {
  const seen = await newestRequest(ports, look, hotfix.branch);
  const wanted = { key: await keyOf(look.mirror, hotfix), commits: hotfix.targetOnly.changes.map(({ commit }) => commit) };
  const step = decideBackflow(wanted, seenOf(seen));
  if (step === 'keep') return;
  const content = await composeReturn(ports, look, hotfix);
  if (!content) return close(ports, look, { ...hotfix, seen });
  await publish(ports, look, hotfix, { content, wanted, step, seen });
}

/** Everything that the request is made of, but for the rest of the first environment. */
async function keyOf(mirror: Mirror, { targetOnly, application, state, onto }: Hotfix): Promise<string> {
  const { base, changes } = targetOnly;
  return hashOf([base, changes.map(({ commit, nodes }) => [commit, nodes]), state.held[application.name]?.by ?? null, await mirror.contentKey(onto, wholeSelection(application))]);
}

/** What the first environment would get; undefined when it has all of it, or nothing can be told. */
async function composeReturn(ports: Ports, { pipeline, mirror }: Look, hotfix: Hotfix): Promise<ComposedContent | undefined> {
  const { targetOnly, application, environment, first, state, onto } = hotfix;
  const { base, changes } = targetOnly;
  const own = await ownContent(ports, mirror, { pipeline, environment, application, head: state.head, base, hold: state.held[application.name] });
  if (!own) return undefined;
  const sourceCommit = await baseWithOwn(ports, mirror, base, { content: own, wanted: changes.flatMap(({ nodes }) => nodes) });
  const content = await composeContent(ports, mirror, { pipeline, application, target: first, alsoOwnedBy: [environment], ledger: { commit: base }, sourceCommit, onto });
  return content.kind === 'content' && (content.edits.length > 0 || content.conflicts.length > 0) ? content : undefined;
}

interface Publication {
  readonly content: ComposedContent;
  readonly wanted: { readonly key: string; readonly commits: readonly CommitSha[] };
  readonly step: BackflowStep;
  readonly seen: ChangeRequest | undefined;
}

async function publish(ports: Ports, look: Look, hotfix: Hotfix, { content, wanted, step, seen }: Publication): Promise<void> {
  const { repository, mirror } = look;
  const { place, branch, targetOnly, first } = hotfix;
  const { edits, conflicts, files } = content;
  const head = (await mirror.commit({ parents: [hotfix.onto], edits, message: backflowMessage(place, targetOnly.changes), ...authorship(targetOnly) })).commit;
  if ((await mirror.push(branch, head, look.heads.get(branch))) === 'stale') throw new Unavailable(`branch ${branch} is being changed by somebody else`);
  const diff = await ports.reader.diff(files.before, files.after);
  const body = backflowBody({ place, targetOnly, conflicts, ...('kind' in diff ? { changes: [], diffMessage: diff.message } : { changes: diff }), marker: { ...wanted, head } });
  const text = { title: backflowTitle(place), body, draft: conflicts.length > 0 };
  const opened = step === 'open' || !seen ? await openLabelled(ports, repository, first.name, { ...text, sourceBranch: branch, targetBranch: first.branch }) : seen;
  // one that was open already (its answer was lost) may carry an older text
  if (opened.body !== body || opened.draft !== text.draft) await ports.changes.update(repository, opened.number, text);
  await note(ports, look, place, `request ${opened.number} returns to ${place.first} what ${place.environment} has of ${place.application}`);
}

/** The one who made the newest of the hotfixes counts as the author of what comes to the first environment. */
function authorship({ changes: [newest] }: TargetOnly): { readonly author: { readonly name: string; readonly email: string }; readonly date: number } {
  return { author: { name: newest?.author ?? '', email: newest?.email ?? '' }, date: Math.floor((newest?.at ?? 0) / 1_000) };
}

async function close(ports: Ports, look: Look, { seen, branch, place }: { readonly seen: ChangeRequest | undefined; readonly branch: string; readonly place: BackflowPlace }): Promise<void> {
  if (!seen || decideBackflow(undefined, seenOf(seen)) !== 'close') return;
  await ports.changes.close(look.repository, seen.number, { by: 'sluice', comment: `${place.environment} has nothing of ${place.application} any more that ${place.first} has not.` });
  await note(ports, look, place, `request ${seen.number} of ${branch} was closed: there is nothing to return any more`);
}

async function note(ports: Ports, { repository }: Look, { application, environment }: BackflowPlace, message: string): Promise<void> {
  await ports.events.append({ type: 'backflow.changed', repository, environment, application, message });
  await ports.audit.append({ action: 'backflow.change', by: 'sluice', place: { repository, environment, application }, why: message });
}

import type { Clock, PersonName, RepositoryId } from '@sluice/kernel';
import { present } from '@sluice/kernel';
import type { ChangeRequest, ChangeRequests, CommitStatuses, ForgeStore, PushLog, RemoteForge, Repositories, RepositoryAccess, Review, Reviews } from '../ports/index.js';
import { changeKey, OWN_LOGIN, reviewsKey, statusesKey } from './memory-keys.js';
import { LinkedPeople } from './linked-people.js';
import type { OwnAccounts } from './own-accounts.js';
import { Remembered } from './remembered.js';
import { zChange, zReviews, zStatuses } from './remembered-schemas.js';
import type { RemoteForges } from './remote-forges.js';
import { saidOnce } from './said-once.js';
import { submitAsOwn } from './submit-as-own.js';
import { tellingWhenBusy } from './tell-busy.js';
import { toldPushers } from './told-pushers.js';

/** The narrow ports of a forge, for every repository. */
export interface ForgePorts {
  readonly changes: ChangeRequests;
  readonly reviews: Reviews;
  readonly statuses: CommitStatuses;
  readonly access: RepositoryAccess;
  readonly pushes: PushLog;
}

export interface RoutedParts {
  readonly builtin: ForgePorts;
  readonly remotes: RemoteForges;
  readonly repositories: Pick<Repositories, 'get'>;
  readonly forges: ForgeStore;
  readonly own: Pick<OwnAccounts, 'of'>;
  readonly clock: Clock;
}

/** A remote forge, with what is remembered of it and whose its logins are. */
interface Reached {
  readonly forge: Pick<RemoteForge, keyof ForgePorts>;
  readonly remembered: Remembered;
  readonly people: LinkedPeople;
  /** Sluice's own account there, as far as it is known. */
  readonly ownLogin: () => Promise<string | undefined>;
  /** What a person has linked there. */
  readonly held: (person: PersonName) => ReturnType<OwnAccounts['of']>;
}

/**
 * Each call goes to the forge that the repository is on. What forges over the network have answered counts until they say that it has changed ({@link Remembered}): looking at a promotion again costs
 * no call. Logins come out as the persons whose they are.
 */
export function routeForges(parts: RoutedParts): ForgePorts {
  const reach = reachForges(parts);
  return { changes: routedChanges(parts.builtin.changes, reach), reviews: routedReviews(parts.builtin.reviews, reach), statuses: routedStatuses(parts.builtin.statuses, reach), access: routedAccess(parts.builtin.access, reach), pushes: routedPushes(parts, reach) };
}

type Reach = (repository: RepositoryId) => Promise<Reached | undefined>;

/** Milliseconds for which a repository of the built-in forge is taken for one: it never moves, but a database can be lost under a running process. */
const HERE = 60_000;

/** Asked before every call of a forge: for the built-in one that must not cost a query each. */
function reachForges(parts: RoutedParts): Reach {
  const here = new Map<RepositoryId, number>();
  return async (id) => {
    if (parts.clock() - (here.get(id) ?? -Infinity) < HERE) return undefined;
    const reached = await reachForge(parts, id);
    if (!reached && (await parts.repositories.get(id))) here.set(id, parts.clock());
    return reached;
  };
}

/** Undefined for a repository of the built-in forge. */
async function reachForge({ repositories, forges, remotes, own, clock }: RoutedParts, id: RepositoryId): Promise<Reached | undefined> {
  const repository = await repositories.get(id);
  if (!repository?.remote) return undefined;
  const forge = await remotes.of(repository);
  const { credential } = repository.remote;
  const memory = forges.memory(credential);
  const url = (await forges.credential(credential))?.url ?? '';
  const telling: Reached['forge'] = { changes: tellingWhenBusy(forge.changes, memory), reviews: tellingWhenBusy(forge.reviews, memory), statuses: tellingWhenBusy(forge.statuses, memory), access: forge.access, pushes: tellingWhenBusy(forge.pushes, memory) };
  return { forge: telling, remembered: new Remembered(memory, clock), people: new LinkedPeople(forges, url), ownLogin: () => memory.get(OWN_LOGIN), held: (person) => own.of(person, url) };
}

function routedChanges(builtin: ChangeRequests, reach: Reach): ChangeRequests {
  return {
    open: async (repository, wanted) => {
      const remote = await reach(repository);
      if (!remote) return builtin.open(repository, wanted);
      const change = await keep(remote, repository, await remote.forge.changes.open(repository, wanted));
      // nobody has reviewed what was opened a moment ago; of one that was open already nothing is known
      if (change.createdAt === change.updatedAt) await remote.remembered.begin(reviewsKey(repository, change.number), []);
      return change;
    },
    update: async (repository, number, fields) => {
      const remote = await reach(repository);
      if (!remote) return builtin.update(repository, number, fields);
      const { head, ...told } = fields;
      return keep(remote, repository, { ...(await remote.forge.changes.update(repository, number, told)), ...present({ head }) });
    },
    get: async (repository, number) => {
      const remote = await reach(repository);
      if (!remote) return builtin.get(repository, number);
      return shown(remote, await remote.remembered.get(changeKey(repository, number), zChange, () => remote.forge.changes.get(repository, number)));
    },
    list: async (repository, filter) => {
      const remote = await reach(repository);
      if (!remote) return builtin.list(repository, filter);
      return Promise.all((await remote.forge.changes.list(repository, filter)).map((change) => shown(remote, change)));
    },
    merge: async (repository, number, options) => {
      const remote = await reach(repository);
      if (!remote) return builtin.merge(repository, number, options);
      try {
        return await remote.forge.changes.merge(repository, number, options);
      } finally {
        // also when nobody knows what came of it
        await remote.remembered.forget(changeKey(repository, number));
      }
    },
    close: async (repository, number, options) => {
      const remote = await reach(repository);
      if (!remote) return builtin.close(repository, number, options);
      return keep(remote, repository, await remote.forge.changes.close(repository, number, options));
    },
  };
}

async function keep(remote: Reached, repository: RepositoryId, change: ChangeRequest): Promise<ChangeRequest> {
  await remote.remembered.put(changeKey(repository, change.number), change);
  return shown(remote, change);
}

async function shown(remote: Reached, change: ChangeRequest): Promise<ChangeRequest> {
  // what Sluice has closed itself may be opened again
  const closedBy = change.closedBy === undefined ? undefined : await nameOf(remote, change.closedBy);
  const mergedBy = change.mergedBy === undefined ? undefined : await nameOf(remote, change.mergedBy);
  const readyBy = change.readyBy === undefined ? undefined : await remote.people.shown(change.readyBy);
  return { ...change, ...present({ mergedBy, closedBy, readyBy }) };
}

/** Sluice's own account is `sluice`, as on the built-in forge. */
async function nameOf({ people, ownLogin }: Reached, login: string): Promise<string> {
  return (await people.person(login)) ?? (login.toLowerCase() === (await ownLogin())?.toLowerCase() ? 'sluice' : people.shown(login));
}

function routedReviews(builtin: Reviews, reach: Reach): Reviews {
  return {
    list: async (repository, number) => {
      const remote = await reach(repository);
      if (!remote) return builtin.list(repository, number);
      const reviews = await remote.remembered.get(reviewsKey(repository, number), zReviews, () => remote.forge.reviews.list(repository, number));
      return saidOnce(await Promise.all(reviews.map((review) => ofPerson(remote, review))));
    },
    submit: async (repository, number, review) => {
      const remote = await reach(repository);
      if (!remote) return builtin.submit(repository, number, review);
      return submitAsOwn(await remote.held(review.person), review, (given) => remote.forge.reviews.submit(repository, number, given));
    },
    dismiss: async (repository, number, approvals, message) => {
      const remote = await reach(repository);
      if (!remote) return builtin.dismiss(repository, number, approvals, message);
      try {
        return await remote.forge.reviews.dismiss(repository, number, approvals, message);
      } finally {
        // also when only some of them were
        await remote.remembered.forget(reviewsKey(repository, number));
      }
    },
  };
}

async function ofPerson({ people }: Reached, review: Review): Promise<Review> {
  return review.login === undefined ? review : { ...review, person: (await people.shown(review.login)) as Review['person'] };
}

function routedStatuses(builtin: CommitStatuses, reach: Reach): CommitStatuses {
  return {
    list: async (repository, commit) => {
      const remote = await reach(repository);
      if (!remote) return builtin.list(repository, commit);
      return remote.remembered.get(statusesKey(repository, commit), zStatuses, () => remote.forge.statuses.list(repository, commit));
    },
    set: async (repository, commit, statuses) => {
      const remote = await reach(repository);
      if (!remote) return builtin.set(repository, commit, statuses);
      return remote.forge.statuses.set(repository, commit, statuses);
    },
  };
}

function routedAccess(builtin: RepositoryAccess, reach: Reach): RepositoryAccess {
  return { locate: async (repository) => ((await reach(repository))?.forge.access ?? builtin).locate(repository) };
}

function routedPushes({ builtin, forges }: RoutedParts, reach: Reach): PushLog {
  return {
    pushersOf: async (repository, commits) => {
      const remote = await reach(repository);
      if (!remote) return builtin.pushes.pushersOf(repository, commits);
      const told = await toldPushers({ forges, pushes: remote.forge.pushes, remembered: remote.remembered }, repository, commits);
      const names = new Map<string, string>();
      for (const login of new Set(told.values())) names.set(login, await nameOf(remote, login));
      return new Map([...told].map(([commit, login]) => [commit, names.get(login) ?? login]));
    },
  };
}

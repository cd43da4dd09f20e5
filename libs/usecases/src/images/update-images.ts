import { TooLarge, later, printableLine } from '@sluice/kernel';
import type { CommitSha, EnvironmentName, Instant, RepositoryId } from '@sluice/kernel';
import type { Environment, ImageUpdate, Pipeline } from '@sluice/pipeline';
import type { ImagesUpdate, WantedImage } from '@sluice/policy';
import { hashOf } from '@sluice/promotion';
import { SLUICE_IDENTITY } from '../lifecycle/ports.js';
import type { LifecyclePorts } from '../lifecycle/ports.js';
import { acceptanceKey } from '../lifecycle/unreviewed.js';
import { withLease } from '../lifecycle/with-lease.js';
import type { Mirror, WakeTarget } from '../ports/index.js';
import { wakeKey } from '../ports/index.js';
import { filesNaming } from './files-naming.js';
import { findWanted } from './find-wanted.js';
import { imageMessage, imageSubject } from './image-message.js';
import { agedNotes, readImageNotes, saveImageNotes } from './image-notes.js';
import type { ImageNote } from './image-notes.js';
import { noteOwnCommit } from './own-commit.js';

type Ports = Pick<LifecyclePorts, 'clock' | 'leases' | 'repositories' | 'mirrors' | 'reader' | 'wakes' | 'events' | 'audit' | 'signals' | 'memory' | 'imageTags' | 'settings'>;

/** Times that a branch may move under the work before it is left to the next look. */
const TRIES = 3;
const LONGEST_BACKOFF = 60 * 60_000;
const MAX_NOTED = 5;
const MAX_MESSAGE = 1_000;

interface Work {
  readonly repository: RepositoryId;
  readonly environment: Environment;
  readonly pipeline: Pipeline;
  readonly updates: readonly ImageUpdate[];
}

type Trouble = Pick<ImageNote, 'image' | 'kind' | 'message'>;

/** What one look at the manifests came to. */
interface Outcome {
  readonly troubles: readonly Trouble[];
  /** The branch moved all the time. */
  readonly isLate?: boolean;
}

/** Looks for newer tags of the images that an environment's manifests run, and commits them to its branch: all of them at once, as Sluice. */
export class UpdateImages {
  /** Looks in a row to which a registry has not answered. */
  private readonly failures = new Map<string, number>();
  /** Manifests that needed nothing, by what they and the registries were: what has not changed is not read again. */
  private readonly settled = new Map<string, { readonly key: string; readonly outcome: Outcome }>();

  constructor(
    private readonly ports: Ports,
    /** Milliseconds between two looks. */
    private readonly options: { readonly interval: number },
  ) {}

  /** @throws Unavailable when the repository cannot be reached (the job is retried). */
  async run(repository: RepositoryId, environment: EnvironmentName): Promise<void> {
    const target: WakeTarget = { kind: 'images', repository, environment };
    const key = wakeKey(target);
    const done = await withLease(this.ports.leases, { key, worker: this.ports.settings.worker }, () => this.look(target, key));
    if (!done) await this.ports.wakes.wakeAt(`busy:${key}`, target, later(this.ports.clock(), 1_000));
  }

  private async look(target: { readonly repository: RepositoryId; readonly environment: EnvironmentName } & WakeTarget, key: string): Promise<void> {
    const { repository, environment } = target;
    const work = await this.workOf(repository, environment);
    if (!work) return saveImageNotes(this.ports.memory, target, []);
    // first: a look that ends badly is not the last one
    await this.ports.wakes.wakeAt(key, target, this.nextLook(1));
    const found = await findWanted(this.ports.imageTags, work.updates);
    this.failures.set(key, found.unanswered ? (this.failures.get(key) ?? 0) + 1 : 0);
    const { troubles, isLate } = await this.updateManifests(work, found.wanted, key);
    const backoff = this.nextLook(2 ** Math.max(0, (this.failures.get(key) ?? 0) - 1));
    const next = isLate ? later(this.ports.clock(), 1_000) : (Math.max(backoff, found.retryAt ?? 0) as Instant);
    await this.ports.wakes.wakeAt(key, target, next);
    await this.note(work, [...found.troubles.map((trouble) => ({ ...trouble, kind: 'trouble' as const })), ...troubles], next);
  }

  private async workOf(repository: RepositoryId, name: EnvironmentName): Promise<Work | undefined> {
    const pipeline = (await this.ports.repositories.pipeline(repository))?.pipeline;
    const environment = pipeline?.environments.find((candidate) => candidate.name === name);
    const updates = (pipeline?.imageUpdates ?? []).filter((update) => update.environment === name);
    return pipeline && environment && updates.length > 0 ? { repository, environment, pipeline, updates } : undefined;
  }

  /** A little earlier or later each time, so that not everybody asks a registry at once. */
  private nextLook(times: number): Instant {
    const { interval } = this.options;
    const pause = Math.min(interval * times, Math.max(interval, LONGEST_BACKOFF));
    return later(this.ports.clock(), Math.round(pause * (0.9 + Math.random() * 0.2)));
  }

  private async updateManifests(work: Work, wanted: readonly WantedImage[], key: string): Promise<Outcome> {
    if (wanted.length === 0) return { troubles: [] };
    const mirror = await this.ports.mirrors.open(work.repository);
    for (let tries = 0; tries < TRIES; tries += 1) {
      const head = await mirror.head(work.environment.branch);
      if (head === undefined) return { troubles: work.updates.map(({ image }) => ({ image, kind: 'trouble', message: `branch ${work.environment.branch} does not exist` })) };
      const state = hashOf([head, work.pipeline.applications.map(({ paths, uses }) => [paths, uses]), wanted.map((one) => [one.image, one.policy, one.tag, one.digest ?? null])]);
      const settled = this.settled.get(key);
      if (settled?.key === state) return settled.outcome;
      const outcome = await this.updateAt(mirror, work, wanted, head);
      if (!outcome) continue;
      if (outcome.isSettled) this.settled.set(key, { key: state, outcome });
      return outcome;
    }
    return { troubles: [], isLate: true };
  }

  /** @returns undefined when the branch has moved on meanwhile. */
  private async updateAt(mirror: Mirror, work: Work, wanted: readonly WantedImage[], head: CommitSha): Promise<(Outcome & { readonly isSettled: boolean }) | undefined> {
    const result = await this.editedAt(mirror, work, wanted, head);
    if ('troubles' in result) return { ...result, isSettled: false };
    const troubles = troublesOf(result, wanted);
    if (result.edits.length === 0) return { troubles, isSettled: true };
    const commit = await this.commit(mirror, work, result, head);
    if ((await mirror.advance(work.environment.branch, commit, head)) === 'stale') return undefined;
    const { repository, environment } = work;
    await this.ports.events.append({ type: 'images.updated', repository, environment: environment.name, message: imageSubject(environment.name, result.changes) });
    await this.ports.audit.append({ action: 'images.update', by: 'sluice', place: { repository, environment: environment.name }, before: { commit: head }, after: { commit }, why: imageSubject(environment.name, result.changes) });
    this.ports.signals.publish('events');
    await this.ports.wakes.wake({ kind: 'repository', repository });
    return { troubles, isSettled: false };
  }

  private async editedAt(mirror: Mirror, { pipeline }: Work, wanted: readonly WantedImage[], head: CommitSha): Promise<ImagesUpdate | Outcome> {
    const inTrouble = (message: string): Outcome => ({ troubles: wanted.map(({ image }) => ({ image, kind: 'trouble', message })) });
    try {
      const files = await filesNaming(mirror, head, pipeline, wanted.map(({ image }) => image));
      const result = await this.ports.reader.updateImages(files, wanted);
      return 'kind' in result ? inTrouble(result.message) : result;
    } catch (error) {
      if (error instanceof TooLarge) return inTrouble(error.message);
      throw error;
    }
  }

  /** It has nobody to review it and no author to keep from approving: that it is Sluice's own is noted before anybody can see it. */
  private async commit(mirror: Mirror, { repository, environment, updates }: Work, { edits, changes }: ImagesUpdate, head: CommitSha): Promise<CommitSha> {
    const message = imageMessage(environment.name, changes, updates);
    const { commit } = await mirror.commit({ parents: [head], edits, message, author: SLUICE_IDENTITY, date: Math.floor(this.ports.clock() / 1_000) });
    await noteOwnCommit(this.ports.memory, repository, commit);
    await this.ports.memory.init(acceptanceKey(repository, environment.name, commit), 'sluice');
    return commit;
  }

  private async note({ repository, environment: { name: environment } }: Work, troubles: readonly Trouble[], until: Instant): Promise<void> {
    const before = await readImageNotes(this.ports.memory, repository, environment);
    const now = this.ports.clock();
    const notes = agedNotes(troubles.map((trouble) => ({ ...trouble, message: printableLine(trouble.message, MAX_MESSAGE), since: now, until })), before);
    await saveImageNotes(this.ports.memory, { repository, environment }, notes);
    const news = notes.filter(({ image, message }) => !before.some((other) => other.image === image && other.message === message));
    if (news.length === 0) return;
    await this.ports.events.append(...news.map(({ image, message }) => ({ type: 'images.waiting', repository, environment, message: `${image}: ${message}` })));
    this.ports.signals.publish('events');
  }
}

function troublesOf({ left, named, unreadable }: ImagesUpdate, wanted: readonly WantedImage[]): readonly Trouble[] {
  return wanted.flatMap(({ image }): readonly Trouble[] => {
    const kept = left.filter((place) => place.image === image);
    const hidden = unreadable.slice(0, MAX_NOTED).map(({ path, message }) => `${path} cannot be read: ${message}`);
    if (kept.length > 0) return [{ image, kind: 'kept', message: kept.slice(0, MAX_NOTED).map(({ path, reason }) => `${path} ${reason}: it is left as it is`).join('; ') }];
    if (named.includes(image)) return [];
    return [{ image, kind: 'trouble', message: ['no manifest names it', ...hidden].join('; ') }];
  });
}

/** Whose images are looked at: for a worker that looks for the first time, or when the pipeline file has changed. */
export function imageTargets(repository: RepositoryId, { imageUpdates = [] }: Pipeline): readonly WakeTarget[] {
  const environments = new Set(imageUpdates.map(({ environment }) => environment));
  return [...environments].map((environment) => ({ kind: 'images', repository, environment }));
}

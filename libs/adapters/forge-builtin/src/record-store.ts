import { commitSha, instant, type Clock, type CommitSha } from '@sluice/kernel';
import { type CatFileSession, type LooseObjectOptions, RefSession, type RefUpdate, type TreeCommit, writeCommitObject } from '@sluice/git-process';
import { SLUICE_IDENTITY } from '@sluice/usecases';
import type { z } from 'zod';
import { lockMessage, removeStaleLock, STALE_AFTER } from './stale-locks.js';
import { UnreadableRecord } from './unreadable-record.js';

/** A record and the commit that holds it, which is what the next write is compared with. */
export interface Stored<T> {
  readonly record: T;
  readonly at: CommitSha;
}

/** git's empty tree; written when a repository is made. */
export const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
/** The committer of merges and records: the one that is left out when the people behind a commit are looked for. */
export const FORGE_IDENTITY = SLUICE_IDENTITY;

/** Of one record. A change request with a full body and many reviews stays below. */
const MAX_RECORD = 4 * 1024 * 1024;

/**
 * Records in one repository. A record is JSON in the message of a commit on the empty tree: one object and one process a write, a history that `git log` shows, and parents that keep the
 * commits it speaks of from being collected.
 */
export class RecordStore {
  private readonly refs: RefSession;

  constructor(
    readonly gitDir: string,
    readonly objects: CatFileSession,
    private readonly clock: Clock,
    private readonly options: { readonly staleLockAfter?: number; readonly flush?: boolean } = {},
  ) {
    this.refs = new RefSession(gitDir);
  }

  /** How objects are written here. */
  get writing(): LooseObjectOptions {
    return { flush: this.options.flush ?? false };
  }

  /** @returns undefined when there is no such ref. @throws UnreadableRecord */
  async read<Schema extends z.ZodType>(ref: string, schema: Schema): Promise<Stored<z.output<Schema>> | undefined> {
    const answer = await this.objects.readAtOnce(ref, MAX_RECORD);
    if (answer.kind === 'missing') return undefined;
    if (answer.kind === 'too-large') throw new UnreadableRecord(ref, new Error(`it is ${answer.size} bytes long`));
    return { record: parseRecord(ref, answer.object.bytes, schema), at: commitSha(answer.object.sha) };
  }

  /** Writes the object of a record; nothing refers to it yet. */
  async write(subject: string, record: unknown, parents: readonly CommitSha[] = []): Promise<CommitSha> {
    const signature = { ...FORGE_IDENTITY, date: Math.trunc(this.clock() / 1000) };
    return this.writeCommit({ tree: EMPTY_TREE, parents: [...new Set(parents)], message: `${subject}\n\n${JSON.stringify(record)}`, author: signature });
  }

  /** Writes a commit of objects that are here; nothing refers to it yet. */
  async writeCommit(commit: TreeCommit): Promise<CommitSha> {
    return commitSha(await writeCommitObject(this.gitDir, commit, this.writing));
  }

  /** Changes all refs or none. @returns false when one of them is not as expected: read again. */
  async swap(updates: readonly RefUpdate[]): Promise<boolean> {
    try {
      const outcome = await this.refs.update(updates);
      if (outcome.kind === 'updated') return true;
      await removeStaleLock(this.gitDir, outcome.message, this.options.staleLockAfter ?? STALE_AFTER);
      return false;
    } catch (error) {
      const message = lockMessage(error);
      if (message === undefined) throw error;
      await removeStaleLock(this.gitDir, message, this.options.staleLockAfter ?? STALE_AFTER);
      return false;
    }
  }

  /** The commit of a ref; undefined when there is none. */
  async tip(ref: string): Promise<CommitSha | undefined> {
    const info = await this.objects.info(ref);
    return info?.type === 'commit' ? commitSha(info.sha) : undefined;
  }

  /** Ends the processes that work on the repository. */
  close(): void {
    this.objects.close();
    this.refs.close();
  }

  now(): ReturnType<Clock> {
    return instant(this.clock());
  }
}

function parseRecord<Schema extends z.ZodType>(ref: string, commit: Buffer, schema: Schema): z.output<Schema> {
  const message = commit.toString('utf8', commit.indexOf('\n\n') + 2);
  try {
    return schema.parse(JSON.parse(message.slice(message.indexOf('\n\n') + 2)));
  } catch (cause) {
    throw new UnreadableRecord(ref, cause);
  }
}

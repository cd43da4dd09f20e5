import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { CatFileSession, type ParsedCommit, type TreeItem, followFirstParents, parseTree, readParsedCommit } from '@sluice/git-process';
import { type CommitSha, InvalidInput, NotFound, type ObjectSha, TooLarge } from '@sluice/kernel';
import { MirrorDamaged } from './faults.js';
import { Lru } from './lru.js';

/** Of one folder; git's own limit is far above what a file system takes. */
const MAX_TREE = 32 * 1024 * 1024;
/** Entries of all remembered trees. */
const REMEMBERED_ITEMS = 200_000;
/** Bytes of all remembered commits, and of one without its message. */
const REMEMBERED_COMMITS = 8 * 1024 * 1024;
const FEW_BYTES = 1_000;

/** Reads the objects of one mirror. Commits and trees are remembered: an object never changes. */
export class ObjectReader {
  private session: CatFileSession;
  private readonly roots = new Lru<string, string>(20_000);
  private readonly reading = new Map<string, Promise<unknown>>();
  private readonly commits = new Lru<string, ParsedCommit>(REMEMBERED_COMMITS);
  private readonly trees = new Lru<string, readonly TreeItem[]>(REMEMBERED_ITEMS);

  constructor(private readonly gitDir: string) {
    this.session = new CatFileSession(gitDir);
  }

  async has(commit: CommitSha): Promise<boolean> {
    return (await this.session.info(commit))?.type === 'commit';
  }

  /** The tree of a commit. @throws NotFound when the commit is not here. */
  async root(commit: CommitSha): Promise<string> {
    return this.roots.get(commit) ?? this.once(commit, () => this.readRoot(commit));
  }

  /** @throws MirrorDamaged when there is no such tree: something refers to it. */
  async tree(sha: string): Promise<readonly TreeItem[]> {
    return this.trees.get(sha) ?? this.once(sha, () => this.readTree(sha));
  }

  /** The first-parent line down to and without `until`. @returns undefined when a commit is not here. */
  async line(head: CommitSha, until: CommitSha | undefined, limit: number): ReturnType<typeof followFirstParents> {
    // the first one is always read: that the mirror has lost its files must be noticed
    const found = await followFirstParents((sha) => (sha === head ? this.readCommit(sha) : (this.knownCommit(sha) ?? this.readCommit(sha))), { head, until, limit });
    for (const { sha, commit } of found?.line ?? []) this.roots.set(sha, commit.tree);
    return found;
  }

  /** Like {@link tree} with names in `latin1`. Not remembered. */
  async rawTree(sha: string): Promise<readonly TreeItem[]> {
    return parseTree(await this.treeBytes(sha), sha.length / 2, 'latin1');
  }

  /** @throws NotFound, TooLarge */
  async blob(sha: ObjectSha, maxBytes: number): Promise<Uint8Array> {
    return this.whole({ type: 'blob', called: 'file' }, sha, maxBytes);
  }

  /** A commit's text. @throws NotFound, TooLarge */
  async commitObject(commit: CommitSha, maxBytes: number): Promise<Uint8Array> {
    return this.whole({ type: 'commit', called: 'commit' }, commit, maxBytes);
  }

  /** The folder was made anew. What is remembered stays true: an object's name is its content. */
  reopen(): void {
    this.session.close();
    this.session = new CatFileSession(this.gitDir);
  }

  close(): void {
    this.session.close();
  }

  /** Callers that want the same object at once read it once. */
  private once<T>(sha: string, read: () => Promise<T>): Promise<T> {
    const reading = (this.reading.get(sha) as Promise<T> | undefined) ?? read().finally(() => this.reading.delete(sha));
    this.reading.set(sha, reading);
    return reading;
  }

  private knownCommit(sha: string): Promise<ParsedCommit> | undefined {
    const known = this.commits.get(sha);
    return known && Promise.resolve(known);
  }

  private async readCommit(sha: string): Promise<ParsedCommit | undefined> {
    const read = await readParsedCommit(this.session, sha);
    if (read) this.commits.set(sha, read, FEW_BYTES + read.message.length);
    return read;
  }

  private async readRoot(commit: CommitSha): Promise<string> {
    const read = await this.session.readAtOnce(commit, MAX_TREE);
    const text = read.kind === 'object' && read.object.type === 'commit' ? read.object.bytes.toString('latin1', 0, 80) : '';
    const tree = /^tree ([0-9a-f]+)\n/.exec(text)?.[1];
    if (tree === undefined) await this.requireFolder();
    if (tree === undefined) throw new NotFound(`the commit ${commit} is not in the mirror: it must be fetched first`, { details: { commit } });
    this.roots.set(commit, tree);
    return tree;
  }

  private async whole({ type, called }: { readonly type: 'blob' | 'commit'; readonly called: string }, sha: string, maxBytes: number): Promise<Uint8Array> {
    const read = await this.session.read(sha, maxBytes);
    if (read.kind === 'too-large') throw new TooLarge(`the ${called} ${sha} has ${read.size} bytes; at most ${maxBytes} are read`, { details: { sha, size: read.size, maxBytes } });
    if (read.kind === 'missing' || read.object.type !== type) throw new NotFound(`there is no ${called} ${sha} in the mirror`, { details: { sha } });
    return read.object.bytes;
  }

  /** A process that has a deleted repository open finds nothing in it, and says no more than that. */
  private async requireFolder(): Promise<void> {
    await access(join(this.gitDir, 'HEAD')).catch((cause: unknown) => {
      throw new MirrorDamaged('the mirror is gone from the disk', { cause });
    });
  }

  private async readTree(sha: string): Promise<readonly TreeItem[]> {
    const items = parseTree(await this.treeBytes(sha), sha.length / 2);
    for (const { name } of items) refuseHostileName(name, sha);
    this.trees.set(sha, items, items.length + 1);
    return items;
  }

  private async treeBytes(sha: string): Promise<Buffer> {
    const read = await this.session.readAtOnce(sha, MAX_TREE);
    if (read.kind === 'too-large') throw new TooLarge(`the folder ${sha} has ${read.size} bytes; at most ${MAX_TREE} are read`);
    if (read.kind === 'missing' || read.object.type !== 'tree') throw new MirrorDamaged(`the mirror lacks the tree ${sha}`);
    return read.object.bytes;
  }
}

/** Such names come only from hand-made trees; with them two entries could claim one path. */
function refuseHostileName(name: string, tree: string): void {
  if (name !== '' && name !== '.' && name !== '..' && !name.includes('/')) return;
  throw new InvalidInput(`the tree ${tree} has an entry named ${JSON.stringify(name.slice(0, 80))}: rewrite the commits that have it`, { details: { tree } });
}

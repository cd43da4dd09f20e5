import { type BatchAnswer, BatchReader, type GitObject, type ObjectInfo } from './batch-reader.js';
import { cleanStderr, tellingLine } from './clean-stderr.js';
import { count } from './git-counters.js';
import { GitFailed, badArgument } from './git-failed.js';
import { cannotStart } from './run-git.js';
import { type GitChild, type GitSpawnOptions, spawnGit } from './spawn-git.js';

export interface CatFileOptions {
  /** Milliseconds without requests after which the process is ended; the next request starts another. Default 60,000. */
  readonly idle?: number;
  /** Milliseconds that git may take to go on with an answer. Default 30,000. */
  readonly deadline?: number;
  /** Requests written to git and not answered yet; more wait here. Default 128. */
  readonly window?: number;
  /** `direct`: default true, for the process lives long and talks much. */
  readonly spawn?: Pick<GitSpawnOptions, 'config' | 'env' | 'direct'>;
}

export type ReadOutcome = { readonly kind: 'object'; readonly object: GitObject } | { readonly kind: 'missing' } | { readonly kind: 'too-large'; readonly size: number };

interface Request {
  readonly line: string;
  readonly maxBytes?: number;
  readonly resolve: (answer: BatchAnswer) => void;
  readonly reject: (error: Error) => void;
  attempts: number;
}

const MAX_ATTEMPTS = 2;

/**
 * Reads objects through one long-lived `git cat-file --batch-command` (0.05 ms a request where a process takes 2 ms). Requests are pipelined and answered in order. When the process dies,
 * what was not answered is asked once more of another one. Names are anything that git resolves to an object: `<sha>`, `refs/heads/main^{tree}`, `<sha>:folder/file`.
 */
export class CatFileSession {
  private child: GitChild | undefined;
  private waiting: Request[] = [];
  private sent: Request[] = [];
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly gitDir: string,
    private readonly options: CatFileOptions = {},
  ) {}

  /** @returns undefined when there is no such object. @throws GitFailed */
  async info(name: string): Promise<ObjectInfo | undefined> {
    const answer = await this.ask('info', name);
    return answer.kind === 'info' ? answer.info : undefined;
  }

  /** Reads an object of at most `maxBytes`. Its size is asked for first, so a larger one is not read at all. @throws GitFailed */
  async read(name: string, maxBytes: number): Promise<ReadOutcome> {
    const info = await this.info(name);
    if (!info) return { kind: 'missing' };
    return info.size > maxBytes ? { kind: 'too-large', size: info.size } : this.readAtOnce(info.sha, maxBytes);
  }

  /** Like {@link read} in one round trip; of a larger object the bytes are read and dropped. For trees and commits, which are small. */
  async readAtOnce(name: string, maxBytes: number): Promise<ReadOutcome> {
    const answer = await this.ask('contents', name, maxBytes);
    return answer.kind === 'info' ? { kind: 'missing' } : answer;
  }

  /** Ends the process; what it has not answered yet fails. */
  close(): void {
    this.closed = true;
    this.release();
    this.fail(new GitFailed('the repository was closed while git read from it', { reason: 'aborted', command: 'cat-file' }));
  }

  private ask(verb: 'info' | 'contents', name: string, maxBytes?: number): Promise<BatchAnswer> {
    if (/[\n\0]/.test(name) || name === '') throw badArgument('cat-file', 'git cat-file: an object name is not empty and has no line feed or NUL character');
    if (this.closed) throw new GitFailed('the repository is closed', { reason: 'aborted', command: 'cat-file' });
    count('objectRequests');
    return new Promise((resolve, reject) => {
      this.waiting.push({ line: `${verb} ${name}\n`, ...(maxBytes === undefined ? {} : { maxBytes }), resolve, reject, attempts: 0 });
      this.send();
    });
  }

  private send(): void {
    const room = (this.options.window ?? 128) - this.sent.length;
    const batch = room > 0 ? this.waiting.splice(0, room) : [];
    if (batch.length === 0) return;
    const child = (this.child ??= this.start());
    for (const request of batch) request.attempts += 1;
    this.sent.push(...batch);
    child.process.stdin.write(batch.map((request) => request.line).join(''));
    this.watch();
  }

  private start(): GitChild {
    const child = spawnGit(['cat-file', '--batch-command'], { direct: true, ...this.options.spawn, gitDir: this.gitDir });
    const reader = new BatchReader(
      () => this.sent[0],
      (answer) => this.settle(answer),
    );
    let stderr = '';
    child.process.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-4_000);
    });
    child.process.stdout.on('data', (chunk: Buffer) => {
      if (this.child !== child) return;
      try {
        reader.push(chunk);
      } catch {
        child.kill('stopped');
      }
      this.watch();
    });
    child.process.once('error', (cause) => this.onEnd(child, cannotStart('cat-file', cause)));
    child.process.once('close', () => this.onEnd(child, died(child, stderr)));
    return child;
  }

  private settle(answer: BatchAnswer): void {
    this.sent.shift()?.resolve(answer);
    this.send();
  }

  private onEnd(child: GitChild, error: GitFailed): void {
    if (this.child !== child) return;
    this.child = undefined;
    clearTimeout(this.timer);
    const [again, over] = [[] as Request[], [] as Request[]];
    this.sent.forEach((request, position) => {
      // only the first one can be what git stumbled over
      const spent = error.reason === 'spawn' || (position === 0 && (request.attempts >= MAX_ATTEMPTS || error.reason === 'deadline'));
      (spent ? over : again).push(request);
    });
    this.sent = [];
    this.waiting = [...again, ...this.waiting];
    if (over.length > 0) count('failed');
    over.forEach((request) => request.reject(error));
    this.send();
  }

  /** Ends a process that does not answer, and one that is not needed any more. */
  private watch(): void {
    clearTimeout(this.timer);
    const busy = this.sent.length > 0;
    this.timer = setTimeout(() => (busy ? this.child?.kill('deadline') : this.release()), busy ? (this.options.deadline ?? 30_000) : (this.options.idle ?? 60_000));
    if (!busy) this.timer.unref();
  }

  private release(): void {
    clearTimeout(this.timer);
    const child = this.child;
    this.child = undefined;
    // git ends with its input
    child?.process.stdin.end();
  }

  private fail(error: GitFailed): void {
    const requests = [...this.sent, ...this.waiting];
    this.sent = [];
    this.waiting = [];
    requests.forEach((request) => request.reject(error));
  }
}

function died(child: GitChild, stderr: string): GitFailed {
  const clean = cleanStderr(stderr);
  if (child.killed() === 'deadline') return new GitFailed('git cat-file did not answer in time', { reason: 'deadline', command: 'cat-file' });
  return new GitFailed(`git cat-file ended unexpectedly: ${tellingLine(clean)}`, { reason: 'died', command: 'cat-file', stderr: clean });
}

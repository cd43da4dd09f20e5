import { Unavailable } from '@sluice/kernel';
import { gitBackendPath, spawnGit } from '@sluice/git-process';
import type { BackendCall } from './backend-exchange.js';
import { readCgi } from './cgi-response.js';

/** A whole answer of git-http-backend. */
export interface Collected {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * One run of git-http-backend whose answer is kept, to be given to several clients.
 * @returns undefined when the answer has more than `most` bytes: then git was ended. @throws Unavailable when git cannot answer, or not in time.
 */
export async function collectAnswer(call: Omit<BackendCall, 'body' | 'through' | 'finishWhenReceived'>, body: Buffer, most: number): Promise<Collected | undefined> {
  const child = spawnGit([], { program: await gitBackendPath(), env: call.env, config: call.config });
  const { process: git } = child;
  const deadline = setTimeout(() => child.kill('aborted'), call.deadline);
  const ended = new Promise<void>((done) => {
    git.once('exit', () => done());
    git.once('error', () => done());
  });
  git.stderr.resume();
  // git may answer before it has read everything
  git.stdin.on('error', () => undefined);
  git.stdin.end(body);
  try {
    const { status, headers, body: answer } = await readCgi(git.stdout);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > most) return undefined;
    }
    return { status, headers, body: Buffer.concat(chunks) };
  } catch (cause) {
    throw new Unavailable('git could not answer: try again', { cause });
  } finally {
    clearTimeout(deadline);
    git.stdout.destroy();
    child.kill('stopped');
    await ended;
  }
}

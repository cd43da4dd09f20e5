import type { ServerResponse } from 'node:http';
import { Unavailable } from '@sluice/kernel';
import { gitBackendPath, type GitChild, type GitProcess, room, spawnGit } from '@sluice/git-process';
import { type CgiResponse, readCgi } from './cgi-response.js';
import type { BodyChunks } from './request-body.js';

export interface BackendCall {
  /** CGI variables. */
  readonly env: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, string>>;
  /** Milliseconds for all of it. */
  readonly deadline: number;
  /** Milliseconds without a byte in either direction. */
  readonly idle: number;
  readonly body?: BodyChunks;
  /** Once everything has been received it is carried through, whether the client waits for it or not. */
  readonly finishWhenReceived?: boolean;
  /** Changes what goes to the client. */
  readonly through?: (body: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;
}

/** The client has hung up; there is nobody to answer. */
export class ClientGone extends Error {}

/** Milliseconds that git gets to clean up after a push. */
const CLEANUP = 5_000;

let backend: Promise<string> | undefined;

/**
 * One run of git-http-backend: the request's body goes in and its answer comes out as they come, at the speed of the slower side.
 * @throws what reading the body throws, Unavailable or ClientGone. When the answer has begun by then, the connection is cut, which git reports as a failed transfer.
 */
export async function exchangeWithBackend(call: BackendCall, response: ServerResponse): Promise<void> {
  const program = await (backend ??= gitBackendPath());
  const control = new AbortController();
  const child = spawnGit([], { program, env: call.env, config: call.config });
  child.process.stderr.resume();
  const ended = endOf(child.process);
  const exchange = new Exchange(call, child, response, control);
  try {
    await exchange.run();
  } finally {
    exchange.end();
    await endGit(child, ended, call.finishWhenReceived ? CLEANUP : 0);
  }
}

/**
 * A push that was cut off is ended by the end of its input first: killed, receive-pack and its index-pack race each other while they remove what they have received, and leave some of it.
 */
async function endGit(child: GitChild, ended: Promise<void>, patience: number): Promise<void> {
  const { process: git } = child;
  git.stdin.end();
  git.stdout.destroy();
  const timer = setTimeout(() => child.kill('stopped'), patience);
  await ended;
  clearTimeout(timer);
}

function endOf(git: GitProcess): Promise<void> {
  return new Promise((resolve) => {
    git.once('exit', () => resolve());
    git.once('error', () => resolve());
  });
}

class Exchange {
  private received = false;
  private readonly timers: NodeJS.Timeout[];
  private readonly idle: NodeJS.Timeout;
  private readonly aborted: Promise<never>;

  constructor(
    private readonly call: BackendCall,
    private readonly child: GitChild,
    private readonly response: ServerResponse,
    private readonly control: AbortController,
  ) {
    const tooLong = (): void => control.abort(new Unavailable('git took too long and was ended: try again'));
    this.idle = setTimeout(tooLong, call.idle);
    this.timers = [this.idle, setTimeout(tooLong, call.deadline)];
    this.aborted = rejection(control.signal);
    response.once('close', this.onClose);
    control.signal.addEventListener('abort', () => {
      if (response.headersSent) response.destroy();
      // reading its answer ends with it
      if (!call.finishWhenReceived) return child.kill('aborted');
      child.process.stdin.end();
      this.timers.push(setTimeout(() => child.kill('aborted'), CLEANUP));
    });
  }

  async run(): Promise<void> {
    const feeding = this.feed();
    feeding.catch((error: unknown) => this.control.abort(error));
    const cgi = await this.readAnswer();
    // a client that still sends does not read
    const fed = await feeding.then(
      () => true,
      () => false,
    );
    if (fed && !this.response.destroyed) this.response.writeHead(cgi.status, cgi.headers);
    // to its end in any case: git ends cleanly only when somebody reads what it says
    for await (const chunk of this.call.through?.(cgi.body) ?? cgi.body) {
      this.idle.refresh();
      if (fed && !this.response.destroyed && !this.response.write(chunk)) await room(this.response);
    }
    this.control.signal.throwIfAborted();
    this.response.end();
  }

  end(): void {
    this.timers.forEach((timer) => clearTimeout(timer));
    this.response.off('close', this.onClose);
  }

  private async readAnswer(): Promise<CgiResponse> {
    try {
      return await readCgi(this.child.process.stdout);
    } catch (cause) {
      this.control.signal.throwIfAborted();
      throw new Unavailable('git could not answer: try again', { cause });
    }
  }

  /** Writes the body into git. When git stops reading, the rest is read and dropped. */
  private async feed(): Promise<void> {
    const { stdin } = this.child.process;
    for (let next = await this.nextChunk(); next !== undefined; next = await this.nextChunk()) {
      this.idle.refresh();
      if (stdin.writable && !stdin.write(next)) await room(stdin);
    }
    stdin.end();
    this.received = true;
  }

  private async nextChunk(): Promise<Buffer | undefined> {
    if (!this.call.body) return undefined;
    const next = await Promise.race([this.call.body.next(), this.aborted]);
    return next.done === true ? undefined : next.value;
  }

  private readonly onClose = (): void => {
    if (this.response.writableFinished || (this.received && this.call.finishWhenReceived)) return;
    this.control.abort(new ClientGone('the client has hung up'));
  };
}

function rejection(signal: AbortSignal): Promise<never> {
  const promise = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
  promise.catch(() => undefined);
  return promise;
}

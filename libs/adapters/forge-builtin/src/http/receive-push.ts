import { Forbidden } from '@sluice/kernel';
import type { PushEvent } from '@sluice/usecases';
import type { RepositoryFolder } from '../repository-folder.js';
import { type BackendCall, exchangeWithBackend } from './backend-exchange.js';
import { refusedRefs } from './git-caller.js';
import type { GitExchange } from './git-exchange.js';
import { MalformedPackets } from './pkt-line.js';
import { type PushRequest, PushRequestReader } from './push-commands.js';
import { passPushResponse } from './push-response.js';
import { readsReport, refusal } from './report-status.js';
import { type BodyChunks, drain, requestBody } from './request-body.js';

export interface PushSink {
  readonly repositories: RepositoryFolder;
  readonly onPushed: (event: PushEvent) => Promise<void>;
}

/** How much more than a push may have is read from a client before the connection is cut: git shows why a push was refused only when it could send all of it. */
const READ_FACTOR = 8;

/** Looks at what a push wants to change before git sees it, and at what has changed afterwards. */
export async function receivePush(exchange: GitExchange, call: BackendCall, sink: PushSink): Promise<void> {
  const { request, response, caller, limits } = exchange;
  const body = requestBody(request, limits.maxPushBytes * READ_FACTOR);
  const { push, head } = await readHead(body);
  const refused = refusedRefs(push, caller);
  if (refused.size > 0) {
    await drain(body);
    if (!readsReport(push)) throw new Forbidden([...refused.values()][0] ?? '');
    response.writeHead(200, { 'content-type': 'application/x-git-receive-pack-result', 'cache-control': 'no-store' });
    response.end(refusal(push, refused));
    return;
  }
  const note = new PushNote(exchange, push, sink);
  const sizeAdvice = `Refused for its size: a push can have ${mib(limits.maxPushBytes)}, one file ${mib(limits.maxFileBytes)}. Keep large files out of git.`;
  const through = (answer: AsyncIterable<Buffer>): AsyncIterable<Buffer> => passPushResponse(answer, { request: push, sizeAdvice, onAccepted: (refs) => note.accepted(refs) });
  try {
    await exchangeWithBackend({ ...call, body: joined(head, body), finishWhenReceived: true, through }, response);
  } finally {
    await note.settle();
  }
}

async function readHead(body: BodyChunks): Promise<{ readonly push: PushRequest; readonly head: Buffer }> {
  const reader = new PushRequestReader();
  for (let next = await body.next(); next.done !== true; next = await body.next()) {
    const push = reader.push(next.value);
    if (push) return { push, head: reader.bytes };
  }
  throw new MalformedPackets('the push ended before the list of refs to update did');
}

async function* joined(head: Buffer, body: BodyChunks): AsyncGenerator<Buffer, void> {
  yield head;
  for (let next = await body.next(); next.done !== true; next = await body.next()) yield next.value;
}

/** Tells of the refs that a push has changed, once. */
class PushNote {
  private done = false;

  constructor(
    private readonly exchange: GitExchange,
    private readonly push: PushRequest,
    private readonly sink: PushSink,
  ) {}

  async accepted(refs: ReadonlySet<string>): Promise<void> {
    if (this.done || (refs.size === 0 && readsReport(this.push) === false)) return;
    this.done = true;
    const updates = this.push.commands.filter(({ ref, before, after }) => refs.has(ref) && before !== after);
    const { caller, repository } = this.exchange;
    if (updates.length > 0) await this.sink.onPushed({ repository, by: caller.name, updates });
  }

  /** Without a report (the client wants none, or git was ended) the refs themselves say what has happened. */
  async settle(): Promise<void> {
    if (this.done) return;
    const records = await this.sink.repositories.open(this.exchange.repository);
    const refs = await Promise.all(this.push.commands.map(async ({ ref, after }) => ((await records.objects.info(ref))?.sha === after ? [ref] : [])));
    await this.accepted(new Set(refs.flat()));
  }
}

function mib(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}


/** What a CGI program answers (RFC 3875, section 6): headers, then a body that is streamed. */
export interface CgiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Buffer>;
}

const MAX_HEADER = 32 * 1024;
/** They belong to the connection, which is ours. */
const DROPPED = new Set(['status', 'connection', 'transfer-encoding', 'keep-alive']);

/** @throws Error when the output ends before its headers do, or they are too long. */
export async function readCgi(output: AsyncIterable<Buffer>): Promise<CgiResponse> {
  const chunks = output[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let end = -1;
  while (end < 0) {
    const next = await chunks.next();
    if (next.done === true || head.length > MAX_HEADER) throw new Error('git-http-backend ended without an answer');
    head = Buffer.concat([head, next.value]);
    end = head.indexOf('\r\n\r\n');
  }
  const fields = parseFields(head.toString('latin1', 0, end));
  const status = Number.parseInt(fields.get('status') ?? '200', 10);
  return { status, headers: Object.fromEntries([...fields].filter(([name]) => !DROPPED.has(name))), body: rest(head.subarray(end + 4), chunks) };
}

function parseFields(head: string): Map<string, string> {
  return new Map(
    head.split('\r\n').flatMap((line): [string, string][] => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]];
    }),
  );
}

async function* rest(first: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void> {
  if (first.length > 0) yield first;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
}

import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { TooLarge, Unsupported } from '@sluice/kernel';

/** The decoded bytes of a request, piece by piece; stopping early does not end the connection, so an answer can still be sent. */
export type BodyChunks = AsyncIterator<Buffer, unknown>;

/** @throws Unsupported for another encoding than gzip; reading it throws TooLarge above `maxBytes` (decoded). */
export function requestBody(request: IncomingMessage, maxBytes: number): BodyChunks {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  return limited(decoded(request), maxBytes);
}

/** Reads what is left and throws it away: a client that is still sending does not read the answer. */
export async function drain(body: BodyChunks): Promise<void> {
  while ((await body.next()).done !== true);
}

function decoded(request: IncomingMessage): Readable {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return request;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') throw new Unsupported('Send the request plain or compressed with gzip');
  const gunzip = createGunzip();
  // errors come out where the body is read
  pipeline(request, gunzip, () => undefined);
  return gunzip;
}

async function* limited(source: Readable, maxBytes: number): AsyncGenerator<Buffer, void> {
  let size = 0;
  for await (const chunk of source.iterator({ destroyOnReturn: false })) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    yield bytes;
  }
}

function tooLarge(maxBytes: number): TooLarge {
  return new TooLarge(`The request is larger than ${Math.round(maxBytes / 1024 / 1024)} MiB`);
}

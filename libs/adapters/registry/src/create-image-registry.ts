import { Forbidden, Unavailable } from '@sluice/kernel';
import type { Clock, Instant } from '@sluice/kernel';
import type { ImageRegistry, ImageState, OutboundAnswer, OutboundHttp } from '@sluice/usecases';
import { MANIFESTS, askWithToken, manifestUrl } from './ask-with-token.js';
import { readImageName } from './image-name.js';
import type { ImageName } from './image-name.js';

const MAX_ANSWER = 65_536;
/** Milliseconds for which an image that is there is not asked for again: several applications run the same. */
const FRESH = 30_000;
const REMEMBERED = 5_000;

/** An image that was there. */
interface Seen {
  readonly etag?: string;
  readonly at: Instant;
}

/** Asks registries (OCI distribution) for manifests, without credentials of its own: with a token that anybody gets, where the registry wants one. */
export function createImageRegistry(outbound: OutboundHttp, clock: Clock): ImageRegistry {
  const seen = new Map<string, Seen>();
  return {
    async find(image) {
      const name = readImageName(image);
      if (!name) return { kind: 'missing' };
      const before = seen.get(image);
      if (before && clock() - before.at < FRESH) return { kind: 'there' };
      seen.delete(image);
      try {
        const answer = await askFor(outbound, name, before?.etag);
        const state = stateOf(answer, name);
        if (state.kind === 'there') remember(seen, image, { at: clock(), ...etagOf(answer, before) });
        return state;
      } catch (error) {
        if (error instanceof Unavailable || error instanceof Forbidden) return { kind: 'unknown', message: error.message };
        throw error;
      }
    },
  };
}

function askFor(outbound: OutboundHttp, name: ImageName, etag: string | undefined): Promise<OutboundAnswer> {
  const headers = { accept: MANIFESTS, ...(etag !== undefined && { 'if-none-match': etag }) };
  return askWithToken(outbound, { method: 'HEAD', url: manifestUrl(name), headers, maxBytes: MAX_ANSWER });
}

function stateOf({ status }: OutboundAnswer, { origin }: ImageName): ImageState {
  if (status === 200 || status === 304) return { kind: 'there' };
  if (status === 404) return { kind: 'missing' };
  const host = new URL(origin).host;
  if (status === 401 || status === 403) return { kind: 'unknown', message: `${host} does not let anybody look without signing in (status ${status})` };
  return { kind: 'unknown', message: `${host} answers with status ${status}` };
}

function etagOf({ headers }: OutboundAnswer, before: Seen | undefined): Pick<Seen, 'etag'> {
  const etag = headers['etag'] ?? before?.etag;
  return etag === undefined ? {} : { etag };
}

function remember(seen: Map<string, Seen>, image: string, entry: Seen): void {
  seen.set(image, entry);
  const [oldest] = seen.keys();
  if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest);
}

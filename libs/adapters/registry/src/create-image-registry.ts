import { Forbidden, Unavailable } from '@sluice/kernel';
import type { Clock, Instant } from '@sluice/kernel';
import type { ImageRegistry, ImageState, OutboundAnswer, OutboundHttp } from '@sluice/usecases';
import { z } from 'zod';
import { readBearerChallenge, tokenUrl } from './bearer-challenge.js';
import type { BearerChallenge } from './bearer-challenge.js';
import { readImageName } from './image-name.js';
import type { ImageName } from './image-name.js';

/** What a manifest may be; a registry that finds none of these says that there is nothing. */
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
const MAX_TOKEN = 65_536;
/** Milliseconds for which an image that is there is not asked for again: several applications run the same. */
const FRESH = 30_000;
const REMEMBERED = 5_000;

const tokenAnswer = z.object({ token: z.string().optional(), access_token: z.string().optional() });

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

async function askFor(outbound: OutboundHttp, name: ImageName, etag: string | undefined): Promise<OutboundAnswer> {
  const url = `${name.origin}/v2/${name.repository}/manifests/${name.reference}`;
  const headers = { accept: ACCEPT, ...(etag !== undefined && { 'if-none-match': etag }) };
  const first = await outbound.request({ method: 'HEAD', url, headers, maxBytes: MAX_TOKEN });
  const challenge = first.status === 401 ? readBearerChallenge(first.headers['www-authenticate']) : undefined;
  const token = challenge && (await tokenFor(outbound, challenge));
  return token === undefined ? first : outbound.request({ method: 'HEAD', url, headers: { ...headers, authorization: `Bearer ${token}` }, maxBytes: MAX_TOKEN });
}

async function tokenFor(outbound: OutboundHttp, challenge: BearerChallenge): Promise<string | undefined> {
  if (!URL.canParse(challenge.realm)) return undefined;
  const { status, body } = await outbound.request({ method: 'GET', url: tokenUrl(challenge), headers: { accept: 'application/json' }, maxBytes: MAX_TOKEN });
  if (status !== 200) return undefined;
  const parsed = tokenAnswer.safeParse(jsonOf(body));
  return parsed.data?.token ?? parsed.data?.access_token;
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

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

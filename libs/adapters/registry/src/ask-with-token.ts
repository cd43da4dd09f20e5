import type { OutboundAnswer, OutboundHttp, OutboundRequest } from '@sluice/usecases';
import { z } from 'zod';
import { readBearerChallenge, tokenUrl } from './bearer-challenge.js';
import type { BearerChallenge } from './bearer-challenge.js';
import type { ImageName } from './image-name.js';

/** What a manifest may be; a registry that finds none of these says that there is nothing. */
export const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
const MAX_TOKEN = 65_536;

const tokenAnswer = z.object({ token: z.string().optional(), access_token: z.string().optional() });

export function manifestUrl({ origin, repository, reference }: ImageName): string {
  return `${origin}/v2/${repository}/manifests/${reference}`;
}

/** Asks a registry, with a token that anybody gets where it wants one. */
export async function askWithToken(outbound: OutboundHttp, request: OutboundRequest): Promise<OutboundAnswer> {
  const first = await outbound.request(request);
  const challenge = first.status === 401 ? readBearerChallenge(first.headers['www-authenticate']) : undefined;
  const token = challenge && (await tokenFor(outbound, challenge));
  return token === undefined ? first : outbound.request({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } });
}

async function tokenFor(outbound: OutboundHttp, challenge: BearerChallenge): Promise<string | undefined> {
  if (!URL.canParse(challenge.realm)) return undefined;
  const { status, body } = await outbound.request({ method: 'GET', url: tokenUrl(challenge), headers: { accept: 'application/json' }, maxBytes: MAX_TOKEN });
  if (status !== 200) return undefined;
  const parsed = tokenAnswer.safeParse(jsonOf(body));
  return parsed.data?.token ?? parsed.data?.access_token;
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

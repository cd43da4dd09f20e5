import { Forbidden } from '@sluice/kernel';
import type { FastifyRequest } from 'fastify';

// probes and scrapers come by address; these say nothing that a page of somebody else could use
const OPEN_TO_ANY_HOST = new Set(['/healthz', '/readyz', '/metrics']);
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses requests that a page of another site makes through its visitor's browser: by a name that points here only now (DNS rebinding: the Host is not one of ours), or across origins (an
 * unsafe method with an Origin that is not one of ours, or that the browser says comes from another site).
 * @throws Forbidden
 */
export function assertOwnHost(request: Pick<FastifyRequest, 'method' | 'url' | 'headers'>, allowed: ReadonlySet<string>): void {
  const path = request.url.split('?', 1)[0] ?? '';
  const host = request.headers.host?.toLowerCase() ?? '';
  if (!OPEN_TO_ANY_HOST.has(path) && !allowed.has(host)) {
    throw new Forbidden(`this server is not ${JSON.stringify(host.slice(0, 100))}: open it under its own URL, or add the host to SLUICE_ALLOWED_HOSTS`);
  }
  if (!SAFE.has(request.method)) assertOwnPage(request.headers, allowed);
}

/** A browser says where a request comes from, in two ways, and no page can make it say something else. */
function assertOwnPage({ origin, 'sec-fetch-site': site }: FastifyRequest['headers'], allowed: ReadonlySet<string>): void {
  const foreign = (origin !== undefined && !isOwnOrigin(origin, allowed)) || (site !== undefined && site !== 'same-origin' && site !== 'none');
  if (foreign) throw new Forbidden('requests from pages of other sites are refused');
}

function isOwnOrigin(origin: string, allowed: ReadonlySet<string>): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host } = new URL(origin);
  return (protocol === 'http:' || protocol === 'https:') && allowed.has(host);
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const NOT_BUILT = `<!doctype html><meta charset="utf-8"><title>Sluice</title><h1>The dashboard is not built</h1><p>Run <code>npm run build</code> in the repository and start the server again. The API is at <code>/api/v1</code>.</p>\n`;
const YEAR = 31_536_000;

/**
 * Serves the dashboard's files. Names under `assets/` carry a hash of their content and are kept for ever; everything else is asked for again.
 * @returns the page for a path that the dashboard's own router knows.
 */
export async function serveDashboard(instance: FastifyInstance, folder: string): Promise<(reply: FastifyReply) => void> {
  const built = existsSync(join(folder, 'index.html'));
  if (!built) return (reply) => void reply.status(503).header('content-type', 'text/html; charset=utf-8').send(NOT_BUILT);
  await instance.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    index: false,
    cacheControl: false,
    setHeaders: (reply, path) => void reply.header('cache-control', path.startsWith(join(folder, 'assets')) ? `public, max-age=${YEAR}, immutable` : 'no-cache'),
  });
  return (reply) => void reply.header('content-type', 'text/html; charset=utf-8').sendFile('index.html');
}

/** Whether a request without a route is a visit to a page of the dashboard. Its front door opens to whoever knocks: that is what curl is given first. */
export function isPageVisit(request: FastifyRequest): boolean {
  const path = request.url.split('?', 1)[0] ?? '';
  const accepts = request.headers.accept ?? '';
  return request.method === 'GET' && (path === '/' || accepts.includes('text/html')) && !/^\/(api|agent|git)\//.test(path);
}

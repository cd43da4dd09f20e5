import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { FastifyAdapter as Adapter } from '@nestjs/platform-fastify';
import { hashSecret } from '@sluice/usecases';
import type { FastifyRequest } from 'fastify';
import type { Settings } from '../settings.js';
import { assertOwnHost } from './hosts.js';
import { isSecure } from './is-secure.js';
import { RateLimited } from './rate-limited.js';
import { refuseConnection, refusePath } from './write-problem.js';

const BODY_LIMIT = 1_048_576;
const HEADERS_LIMIT = 100;

/** Fastify, with what holds for every request: limits, security headers, hosts and origins. */
export function createAdapter(settings: Pick<Settings, 'trustProxy'>): FastifyAdapter {
  return new Adapter({
    bodyLimit: BODY_LIMIT,
    trustProxy: settings.trustProxy,
    genReqId: () => randomUUID(),
    requestTimeout: 0,
    // open streams must not keep a server from ending
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 250 },
    frameworkErrors: refusePath,
    clientErrorHandler: refuseConnection,
  });
}

/** Registers the plugins and hooks; before any route is. */
export async function protect(adapter: FastifyAdapter, settings: Settings): Promise<void> {
  const instance = adapter.getInstance();
  instance.server.maxHeadersCount = HEADERS_LIMIT;
  // only JSON comes in; Fastify would read text as well
  instance.removeContentTypeParser('text/plain');
  instance.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id);
    assertOwnHost(request, settings.allowedHosts);
  });
  await instance.register(cookie);
  await instance.register(helmet, helmetOptions(isSecure(settings)));
  await instance.register(rateLimit, { max: settings.rateLimit, timeWindow: 60_000, keyGenerator: limitKey, errorResponseBuilder: (_, { ttl }) => new RateLimited(Math.ceil(ttl / 1_000)) });
}

/** One count for each credential at each address: whoever guesses credentials is bounded by the address alone, in FailureLimit. */
function limitKey(request: FastifyRequest): string {
  const shown = request.headers.authorization ?? request.headers.cookie;
  return shown === undefined ? request.ip : `${request.ip} ${hashSecret(shown).slice(0, 16)}`;
}

function helmetOptions(secure: boolean) {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    crossOriginResourcePolicy: { policy: 'same-origin' as const },
    referrerPolicy: { policy: 'no-referrer' as const },
    // only where the server is known to be reached by https
    strictTransportSecurity: secure ? { maxAge: 31_536_000 } : false,
  };
}

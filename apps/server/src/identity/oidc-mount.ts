import { SluiceError, Unauthenticated } from '@sluice/kernel';
import type { Logger } from '@sluice/runtime';
import type { SignIn, SignInWithProvider } from '@sluice/usecases';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FailureLimit } from '../http/failure-limit.js';
import { answerErrors } from '../http/problem.filter.js';
import { problemOf } from '../http/problems.js';
import { writeProblem } from '../http/write-problem.js';
import { setSessionCookie } from '../http/session-cookie.js';
import { isSecure } from '../http/is-secure.js';
import type { Settings } from '../settings.js';
import { RoundTripCookie } from './round-trip-cookie.js';

interface OidcMount {
  readonly withProvider: SignInWithProvider;
  readonly signIn: SignIn;
  readonly failures: FailureLimit;
  readonly log: Logger;
  readonly settings: Settings;
}

/** The address that is registered at the provider is this path below the public URL. */
export const CALLBACK_PATH = '/oidc/callback';

/** Two addresses that a browser visits: to the provider, and back. What goes wrong is told on the page that it is sent to, not in a problem document that nobody can read. */
export async function mountOidc(instance: FastifyInstance, mount: OidcMount): Promise<void> {
  await instance.register(async (scope) => {
    answerErrors(scope, mount.log);
    scope.get('/oidc/start', (request, reply) => visited(mount, { request, reply }, start));
    scope.get(CALLBACK_PATH, (request, reply) => visited(mount, { request, reply }, finish));
  });
}

interface Visit {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

async function visited(mount: OidcMount, visit: Visit, work: (mount: OidcMount, visit: Visit) => Promise<string>): Promise<void> {
  const { request, reply } = visit;
  void reply.header('cache-control', 'no-store');
  try {
    await reply.redirect(await work(mount, visit), 303);
  } catch (error) {
    if (error instanceof Unauthenticated) await mount.failures.count(request);
    if (!(error instanceof SluiceError)) throw error;
    mount.log.info({ reason: error.message, cause: causeOf(error) }, 'a sign-in by the provider of identities was refused');
    if (!request.headers.accept?.includes('text/html')) return writeProblem(request, reply, problemOf(error));
    await reply.redirect(`/signed-out#${encodeURIComponent(error.message)}`, 303);
  }
}

async function start({ withProvider, settings }: OidcMount, { request, reply }: Visit): Promise<string> {
  const begun = await withProvider.begin(ownPath((request.query as Readonly<Record<string, unknown>>)['next']));
  cookieOf(settings).give(reply, begun);
  return begun.url;
}

async function finish({ withProvider, signIn, settings }: OidcMount, { request, reply }: Visit): Promise<string> {
  const cookie = cookieOf(settings);
  const { person, next } = await withProvider.finish(request.url, cookie.of(request));
  cookie.take(reply);
  // always a new session: one that somebody else may have put into this browser is not gone on with
  const session = await signIn.open(person, `dashboard, by ${settings.oidc?.name ?? 'the provider'}`);
  setSessionCookie(reply, session.secret, { secure: isSecure(settings), expiresAt: session.expiresAt });
  return next;
}

function cookieOf(settings: Settings): RoundTripCookie {
  return new RoundTripCookie('sign-in', settings);
}

/** A path of this server; anything else, and what a browser would read as another host, is the front page. */
function ownPath(next: unknown): string {
  if (typeof next !== 'string' || next.length > 1_000 || !/^\/(?![/\\])[\x21-\x7e]*$/.test(next) || next.includes('\\')) return '/';
  return next.startsWith('/oidc/') ? '/' : next;
}

/** The library's code and message hold no secret; what the provider has sent is not logged. */
function causeOf(error: SluiceError): { readonly name: string; readonly message: string } | undefined {
  return error.cause instanceof Error ? { name: error.cause.name, message: error.cause.message } : undefined;
}

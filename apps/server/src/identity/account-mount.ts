import { SluiceError, Unauthenticated } from '@sluice/kernel';
import type { Logger } from '@sluice/runtime';
import type { AuthorizationAnswer, AuthorizeAccount } from '@sluice/usecases';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PersonCaller } from '../http/caller.js';
import type { Credentials } from '../http/credentials.js';
import type { FailureLimit } from '../http/failure-limit.js';
import { runAsked } from '../http/origin.js';
import { answerErrors } from '../http/problem.filter.js';
import { problemOf } from '../http/problems.js';
import { writeProblem } from '../http/write-problem.js';
import type { Settings } from '../settings.js';
import { accountPage, PAGE_POLICY, type PageParts } from './account-page.js';
import { RoundTripCookie } from './round-trip-cookie.js';

interface AccountMount {
  readonly authorize: AuthorizeAccount;
  readonly credentials: Pick<Credentials, 'caller'>;
  readonly failures: FailureLimit;
  readonly log: Logger;
  readonly settings: Settings;
}

const START = '/forge-accounts/start';
/** The address that is registered at a forge is this path below the public URL. */
export const ACCOUNT_CALLBACK = '/forge-accounts/callback';

/** As much as a form without fields may hold. */
const FORM_LIMIT = 1_024;

/** Three addresses that a browser visits to link an account on a forge: the question, the way there, and back. */
export async function mountAccounts(instance: FastifyInstance, mount: AccountMount): Promise<void> {
  await instance.register(async (scope) => {
    answerErrors(scope, mount.log);
    // what the form says is in its address
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit: FORM_LIMIT }, (_request, _body, done) => done(null, undefined));
    scope.get(START, (request, reply) => visited(mount, { request, reply }, ask));
    scope.post(START, (request, reply) => visited(mount, { request, reply }, start));
    scope.get(ACCOUNT_CALLBACK, (request, reply) => visited(mount, { request, reply }, finish));
  });
}

interface Visit {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

async function visited(mount: AccountMount, visit: Visit, work: (mount: AccountMount, visit: Visit) => Promise<PageParts>): Promise<void> {
  const { request, reply } = visit;
  try {
    await page(reply, 200, await work(mount, visit));
  } catch (error) {
    if (error instanceof Unauthenticated) await mount.failures.count(request);
    if (!(error instanceof SluiceError)) throw error;
    mount.log.info({ reason: error.message }, 'an account on a forge was not linked');
    const problem = problemOf(error);
    if (!request.headers.accept?.includes('text/html')) return writeProblem(request, reply, problem);
    await page(reply, problem.status, { title: 'Nothing was linked', text: error.message, ...(isSignedOut(error, request) && { link: { label: 'I am signed in: try again', url: request.url } }) });
  }
}

/** Also somebody whose browser has come from another site: it brings the session along only from a page of this one. */
function isSignedOut(error: SluiceError, request: FastifyRequest): boolean {
  return error instanceof Unauthenticated && request.method === 'GET' && request.url.startsWith(`${START}?`);
}

async function page(reply: FastifyReply, status: number, parts: PageParts): Promise<void> {
  void reply.header('cache-control', 'no-store').header('content-security-policy', PAGE_POLICY);
  // under the policy of all other pages a form says that it comes from nowhere (Origin: null), and is refused
  void reply.header('referrer-policy', 'same-origin');
  await reply.status(status).type('text/html; charset=utf-8').send(accountPage(parts));
}

/** A link to it may come from anybody: it asks. */
async function ask({ authorize, credentials }: AccountMount, { request }: Visit): Promise<PageParts> {
  const { person } = await signedIn(credentials, request);
  const credential = credentialIn(request);
  const { url } = await authorize.forge(credential, person);
  return {
    title: `Link your account on ${new URL(url).host} with ${person.name}?`,
    text: `Whoever you are signed in as on ${url} is then known to Sluice as ${person.displayName} (${person.name}), and what you approve or reject in Sluice is written there as your own review. Go on only if you have come here by yourself.`,
    button: { label: 'Link my account', action: `${START}?credential=${encodeURIComponent(credential)}` },
  };
}

async function start({ authorize, credentials, settings }: AccountMount, { request, reply }: Visit): Promise<PageParts> {
  const { person } = await signedIn(credentials, request);
  const begun = await authorize.begin({ credential: credentialIn(request), redirectUri: redirectUri(settings) }, person);
  const { url } = begun;
  cookieOf(settings).give(reply, begun);
  // a page and no redirect: a form may lead to no other site, and a forge may send its people on to yet another to sign in
  return { title: 'On to the forge', text: 'Allow it there, and you come back here.', link: { label: `Continue to ${new URL(url).host}`, url, goes: true } };
}

/** The session does not come along from another site: whoever has begun it was signed in, and the cookie says that it was here. */
async function finish({ authorize, settings }: AccountMount, { request, reply }: Visit): Promise<PageParts> {
  const cookie = cookieOf(settings);
  const answer = answerIn(request);
  const { login, url, person } = await runAsked({ door: 'dashboard', from: { address: request.ip } }, () => authorize.finish(answer, cookie.of(request), redirectUri(settings)));
  cookie.take(reply);
  return { title: `${login} is linked with ${person}`, text: `What you approve or reject in Sluice is written on ${url} as ${login}’s own review from now on. This page can be closed. “sluice account unlink” takes it back.` };
}

async function signedIn(credentials: AccountMount['credentials'], request: FastifyRequest): Promise<PersonCaller> {
  const caller = await credentials.caller(request, { access: 'person', scope: 'all', place: {} });
  if (caller?.kind !== 'person') throw new Unauthenticated('sign in first');
  return caller;
}

function credentialIn({ query }: FastifyRequest): string {
  return textOf(query, 'credential') ?? '';
}

function answerIn({ query }: FastifyRequest): AuthorizationAnswer {
  return { state: textOf(query, 'state'), code: textOf(query, 'code'), error: textOf(query, 'error') };
}

function textOf(query: unknown, name: string): string | undefined {
  const value = (query as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : undefined;
}

function redirectUri({ publicUrl }: Settings): string {
  return `${publicUrl}${ACCOUNT_CALLBACK}`;
}

function cookieOf(settings: Settings): RoundTripCookie {
  return new RoundTripCookie('account', settings);
}

import { AUTHENTICATE, presentedCredential, type GitCaller } from '@sluice/forge-builtin';
import { Forbidden, isName, NotFound, repositoryId, SluiceError, Unauthenticated } from '@sluice/kernel';
import { branchRights, pushObstacle, type AuditOrigin, type Authenticate, type Credential } from '@sluice/usecases';
import type { Logger } from '@sluice/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AgentTokens } from '../agent/agent-tokens.js';
import type { Ports } from '../compose/ports.js';
import type { FailureLimit } from '../http/failure-limit.js';
import { originOf, runAsked } from '../http/origin.js';
import { answerErrors } from '../http/problem.filter.js';
import { problemOf } from '../http/problems.js';
import { assertRepository, assertScope, assertUnplaced } from '../http/token-limits.js';

interface GitMount {
  readonly ports: Ports;
  readonly authenticate: Authenticate;
  readonly agentTokens: AgentTokens;
  readonly failures: FailureLimit;
  readonly log: Logger;
}

/** Mounts git's smart HTTP under `/git/<repository>.git`. The bodies go by the framework untouched: a pack is streamed, and has its own limits. */
export async function mountGit(instance: FastifyInstance, mount: GitMount): Promise<void> {
  await instance.register(async (scope) => {
    answerErrors(scope, mount.log);
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.route({ method: ['GET', 'POST'], url: '/git/*', bodyLimit: Number.MAX_SAFE_INTEGER, handler: (request, reply) => serve(mount, request, reply) });
  });
}

async function serve(mount: GitMount, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  try {
    const repository = repositoryOf(request);
    const { caller, origin } = await callerOf(mount, request, repository);
    reply.hijack();
    await runAsked(origin, () => mount.ports.git.handle(request.raw, reply.raw, caller, repository));
  } catch (error) {
    if (error instanceof Unauthenticated) await mount.failures.count(request);
    if (reply.sent || !(error instanceof SluiceError)) throw error;
    const problem = problemOf(error);
    if (problem.status === 401) void reply.header('www-authenticate', AUTHENTICATE);
    // git shows text to its user, and nothing else
    await reply.status(problem.status).header('content-type', 'text/plain; charset=utf-8').send(`${problem.detail}\n`);
  }
}

function repositoryOf(request: FastifyRequest): ReturnType<typeof repositoryId> {
  const [, name = ''] = /^\/git\/([^/?]+?)(?:\.git)?\//.exec(request.url) ?? [];
  if (!isName(name)) throw new NotFound('there is no such repository: its URL ends with /git/<name>.git');
  return repositoryId(name);
}

async function callerOf({ ports, authenticate, agentTokens }: GitMount, request: FastifyRequest, repository: ReturnType<typeof repositoryId>): Promise<{ readonly caller: GitCaller; readonly origin: AuditOrigin }> {
  const shown = presentedCredential(request.headers.authorization);
  if (!shown) throw new Unauthenticated('git needs an API token as the password; any user name will do');
  if (shown.username === 'agent') {
    const cluster = await agentTokens.verify(shown.secret);
    if (cluster.repository !== repository) throw new Forbidden(`cluster ${cluster.name} reads ${cluster.repository} only`);
    return { caller: { name: `agent:${cluster.name}`, kind: 'agent', canPush: () => 'agents only read' }, origin: originOf({ kind: 'agent', cluster }, request) };
  }
  const { person, credential } = await authenticate.run(shown.secret, 'token');
  assertScope(credential, 'read');
  assertRepository(credential, repository);
  assertUnplaced(credential);
  const rights = await branchRights(ports, repository);
  if (!rights) throw new NotFound(`there is no repository ${repository}`);
  // a refusal says who may
  const people = request.url.includes('git-receive-pack') ? await ports.people.list() : [];
  const caller: GitCaller = { name: person.name, kind: 'person', canPush: (ref) => scopeObstacle(credential) ?? pushObstacle(rights, person, ref, people) ?? true };
  return { caller, origin: { ...originOf({ kind: 'person', person, credential }, request), door: 'forge' } };
}

function scopeObstacle({ scopes }: Credential): string | undefined {
  return scopes && !scopes.includes('promote') ? `this token has the scopes ${scopes.join(', ')}, and a push needs promote` : undefined;
}

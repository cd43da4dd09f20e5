import { isName, NotFound, repositoryId, SluiceError, Unauthenticated } from '@sluice/kernel';
import type { Logger, Metrics } from '@sluice/runtime';
import type { AcceptWebhook } from '@sluice/usecases';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FailureLimit } from '../http/failure-limit.js';
import { answerErrors } from '../http/problem.filter.js';
import { problemOf } from '../http/problems.js';
import { writeProblem } from '../http/write-problem.js';

interface WebhookMount {
  readonly accept: AcceptWebhook;
  readonly failures: FailureLimit;
  readonly metrics: Pick<Metrics, 'counter'>;
  readonly log: Logger;
}

interface Taking extends WebhookMount {
  readonly count: (outcome: string) => void;
}

/** GitHub sends no more; the others send less. */
const BODY_LIMIT = 25 * 1_048_576;

/** Takes what forges send to `/webhooks/<repository>`. The body stays as it came: signatures are over its bytes. What it says is worked on later; the answer only says that it was taken. */
export async function mountWebhooks(instance: FastifyInstance, mount: WebhookMount): Promise<void> {
  const deliveries = mount.metrics.counter('webhooks_total', 'Deliveries of webhooks, by what came of them: accepted, or the kind of the refusal', ['outcome']);
  const taking: Taking = { ...mount, count: (outcome) => deliveries.inc({ outcome }) };
  await instance.register(async (scope) => {
    answerErrors(scope, mount.log);
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, done) => done(null, body));
    scope.post<{ Params: { readonly repository: string } }>('/webhooks/:repository', { bodyLimit: BODY_LIMIT }, (request, reply) => take(taking, request, request.params.repository, reply));
  });
}

async function take({ accept, failures, count }: Taking, request: FastifyRequest, name: string, reply: FastifyReply): Promise<void> {
  try {
    if (!isName(name)) throw new NotFound('there is no such repository');
    const about = await accept.run(repositoryId(name), { headers: flat(request.headers), body: request.body instanceof Uint8Array ? request.body : new Uint8Array() });
    count('accepted');
    await reply.status(202).send({ about });
  } catch (error) {
    count(error instanceof SluiceError ? error.kind : 'fault');
    if (error instanceof Unauthenticated) await failures.count(request);
    if (!(error instanceof SluiceError)) throw error;
    writeProblem(request, reply, problemOf(error));
  }
}

function flat(headers: FastifyRequest['headers']): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]])));
}

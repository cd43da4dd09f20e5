import { createHmac } from 'node:crypto';
import { Forbidden, Unavailable, instant, printableLine } from '@sluice/kernel';
import type { GateAnswer, GateQuestion, GateQuestions, OutboundAnswer, OutboundHttp } from '@sluice/usecases';
import { z } from 'zod';

const MAX_ANSWER = 65_536;
const MAX_MESSAGE = 500;

const answerSchema = z.object({
  outcome: z.enum(['pass', 'wait', 'fail']),
  message: z.string().default(''),
  until: z.iso.datetime({ offset: true }).optional(),
});

/**
 * Asks as an `http` gate does: a POST with a JSON body, signed so that the other side knows who asks and when. `secretOf` gives a secret of the server by the name that the pipeline has; undefined: there is none.
 */
export function createGateQuestions(outbound: OutboundHttp, secretOf: (name: string) => string | undefined): GateQuestions {
  return {
    async ask(question) {
      const secret = secretOf(question.secret);
      if (secret === undefined || secret === '') return noAnswer(`the server has no secret ${question.secret} to sign with: set SLUICE_GATE_SECRET_${question.secret}`);
      try {
        const { url, body } = question;
        return read(await outbound.request({ method: 'POST', url, headers: { 'content-type': 'application/json', accept: 'application/json', ...signature(question, secret) }, body, maxBytes: MAX_ANSWER }));
      } catch (error) {
        if (error instanceof Unavailable || error instanceof Forbidden) return noAnswer(error.message);
        throw error;
      }
    },
  };
}

/** HMAC-SHA256 over the time (seconds) and the body, with a point between them. */
function signature({ at, body }: GateQuestion, secret: string): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1_000));
  const hmac = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return { 'sluice-timestamp': timestamp, 'sluice-signature': `v1=${hmac}` };
}

function read({ status, body }: OutboundAnswer): GateAnswer {
  if (status !== 200) return noAnswer(`it answers with status ${status}`);
  const parsed = answerSchema.safeParse(jsonOf(body));
  if (!parsed.success) return noAnswer('its answer is not { "outcome": "pass", "wait" or "fail", "message", "until"? }');
  const { outcome, message, until } = parsed.data;
  return { kind: 'answer', outcome, message: printableLine(message, MAX_MESSAGE), ...(until !== undefined && { until: instant(Date.parse(until)) }) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function noAnswer(message: string): GateAnswer {
  return { kind: 'no-answer', message };
}

import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import type { Problem } from '@sluice/contracts';
import { SluiceError, type ErrorKind } from '@sluice/kernel';
import { z } from 'zod';

/** HTTP's word for each kind of error of ours: the only place that knows. */
const STATUS: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  unsupported: 422,
  'rate-limited': 429,
  internal: 500,
  unavailable: 503,
};

const finding = z.array(z.object({ at: z.string(), message: z.string() }));
// what Fastify and its plugins throw: a status of the 400s and a message that is meant for the client
const fastifyError = z.object({ statusCode: z.number().int().min(400).max(599), message: z.string() });

/** The problem document (RFC 9457) of whatever was thrown. What is not meant for the client stays out of it. */
export function problemOf(error: unknown): Problem {
  if (error instanceof SluiceError) return document(STATUS[error.kind], error.message, error.details['errors']);
  if (error instanceof HttpException) return document(error.getStatus(), error.message);
  const known = fastifyError.safeParse(error);
  if (known.success && known.data.statusCode < 500) return document(known.data.statusCode, known.data.message);
  return document(500, 'something went wrong here; the server’s log has the details under this request id');
}

function document(status: number, detail: string, errors?: unknown): Problem {
  const findings = finding.safeParse(errors);
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, ...(findings.success && { errors: findings.data }) };
}

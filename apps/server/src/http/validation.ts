import { StandardSchemaValidationPipe, type StandardSchemaValidationPipeOptions } from '@nestjs/common';
import { InvalidInput } from '@sluice/kernel';

type Issues = Parameters<NonNullable<StandardSchemaValidationPipeOptions['exceptionFactory']>>[0];

/** Checks body, query and parameters against the schema that stands at the handler's argument, and answers with every finding and its place. */
export function createValidationPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({ exceptionFactory: invalidRequest });
}

function invalidRequest(issues: Issues): InvalidInput {
  const errors = issues.slice(0, 50).map((issue) => ({ at: placeOf(issue), message: issue.message }));
  const first = errors[0];
  return new InvalidInput(first ? `the request is not right${first.at ? ` at ${first.at}` : ''}: ${first.message}` : 'the request is not right', { details: { errors } });
}

function placeOf({ path = [] }: Issues[number]): string {
  return path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
}

import { NotFoundException } from '@nestjs/common';
import { problem } from '@sluice/contracts';
import { Conflict, Forbidden, InvalidInput, NotFound, TooLarge, Unauthenticated, Unavailable, Unsupported } from '@sluice/kernel';
import { problemOf } from './problems.js';
import { RateLimited } from './rate-limited.js';

describe('problemOf', () => {
  it.each([
    [new InvalidInput('a'), 400],
    [new Unauthenticated('a'), 401],
    [new Forbidden('a'), 403],
    [new NotFound('a'), 404],
    [new Conflict('a'), 409],
    [new TooLarge('a'), 413],
    [new Unsupported('a'), 422],
    [new RateLimited(3), 429],
    [new Unavailable('a'), 503],
    [new NotFoundException('a'), 404],
    [Object.assign(new Error('Body is too large'), { statusCode: 413 }), 413],
    [Object.assign(new Error('Unsupported Media Type'), { statusCode: 415 }), 415],
  ])('%s becomes %i', (error, status) => {
    const document = problemOf(error);
    expect(problem.parse(document)).toMatchObject({ status, detail: error.message });
  });

  it('names the places of what is wrong', () => {
    const errors = [{ at: 'spec.name', message: 'too long' }];
    expect(problemOf(new InvalidInput('no', { details: { errors } })).errors).toEqual(errors);
  });

  it.each([[new Error('connect postgres://sluice:hunter2@db')], ['a string'], [Object.assign(new Error('secret'), { statusCode: 500 })]])('tells nothing of a fault of ours', (error) => {
    const document = problemOf(error);
    expect(document.status).toBe(500);
    expect(JSON.stringify(document)).not.toMatch(/hunter2|secret|string/);
  });
});

import { Busy, Conflict, Forbidden, forgeRefusalOf, NotFound, Refused, Unauthenticated, Unavailable } from './errors.js';

it.each([
  ['a credential that is not valid', new Unauthenticated('no'), 'credential'],
  ['git that asks for another credential', new Refused('no'), 'credential'],
  ['a permission that is missing there', new Forbidden('no', { details: { refusal: 'credential' } }), 'credential'],
  ['an archived repository', new Forbidden('no', { details: { refusal: 'archived' } }), 'archived'],
  ['a repository that is gone', new Unavailable('no', { details: { refusal: 'gone' } }), 'gone'],
  ['what a person may not do', new Forbidden('you are not promoter of web in prod'), undefined],
  ['an address that this server does not ask', new Forbidden('10.0.0.1 is at an address that this server does not ask'), undefined],
  ['a request that is gone', new NotFound('there is no request 7'), undefined],
  ['limits', new Busy('later', 0), undefined],
  ['a forge that is down', new Unavailable('down'), undefined],
  ['a conflict', new Conflict('moved'), undefined],
  ['anything else', new Error('403'), undefined],
] as const)('of refusals by a forge, %s is told apart', (_, error, refusal) => {
  expect(forgeRefusalOf(error)).toBe(refusal);
});

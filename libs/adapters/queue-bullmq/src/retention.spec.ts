import { InvalidInput } from '@sluice/kernel';
import { JOB_OPTIONS, workerOptions } from './queue-options.js';
import { assertRetention, KEEP_COMPLETED, KEEP_FAILED } from './retention.js';

describe('finished jobs', () => {
  it.each([
    ['no options', undefined],
    ['nothing said', {}],
    ['kept for ever', { removeOnComplete: false, removeOnFail: false }],
    ['only a count', { removeOnComplete: { count: 5 }, removeOnFail: { count: 5 } }],
    ['only an age', { removeOnComplete: { age: 5 }, removeOnFail: { age: 5 } }],
    ['no bound on failures', { removeOnComplete: KEEP_COMPLETED }],
    ['a count beyond all measure', { removeOnComplete: { count: 1e9, age: 60 }, removeOnFail: KEEP_FAILED }],
    ['a negative age', { removeOnComplete: { count: 1, age: -1 }, removeOnFail: KEEP_FAILED }],
  ])('with %s are refused when the process starts', (_case, options) => {
    expect(() => assertRetention('lane', options)).toThrow(InvalidInput);
    expect(() => assertRetention('lane', options)).toThrow(/^the queue lane needs removeOn(Complete|Fail) with a count of at most/);
  });

  it('are bounded in everything that this package hands out', () => {
    expect(() => assertRetention('lane', JOB_OPTIONS)).not.toThrow();
    expect(() => assertRetention('lane', workerOptions({ concurrency: 1 }))).not.toThrow();
  });
});

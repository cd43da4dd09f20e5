import { environmentName } from '@sluice/kernel';
import { commonOrigin } from './join-sources.js';
import type { SourceContent } from './join-sources.js';
import { sha } from './promotion.fixture.js';

const [QA, PERF] = [environmentName('qa'), environmentName('perf')];
const origin = (order: number) => sha(String(order));
/** Content of the origin with this number; its commit in qa begins with a, in perf with b. */
const had = (source: 'a' | 'b', order: number, passed = true): SourceContent => ({ commit: sha(`${source}`).replace(/^../, `${source}${order}`) as SourceContent['commit'], origin: origin(order), order, passed });
const join = (qa: readonly SourceContent[], perf: readonly SourceContent[]) => commonOrigin([{ environment: QA, contents: qa }, { environment: PERF, contents: perf }]);

describe('what several sources have had in common', () => {
  it('is nothing while they have nothing in common', () => {
    expect(join([had('a', 2)], [had('b', 1)])).toBeUndefined();
    expect(join([had('a', 2)], [])).toBeUndefined();
  });

  it('is the newest origin that both have had, in the order of the first environment', () => {
    expect(join([had('a', 3), had('a', 2), had('a', 1)], [had('b', 2), had('b', 1)])).toEqual({
      origin: origin(2),
      from: PERF,
      commits: [
        { environment: QA, commit: had('a', 2).commit },
        { environment: PERF, commit: had('b', 2).commit },
      ],
    });
  });

  it('is composed from the first named source that has it now', () => {
    expect(join([had('a', 2)], [had('b', 2)])?.from).toBe(QA);
    expect(join([had('a', 3), had('a', 2)], [had('b', 2)])?.from).toBe(PERF);
    expect(join([had('a', 3), had('a', 2)], [had('b', 4), had('b', 2)])).toMatchObject({ origin: origin(2), from: QA });
  });

  it('counts what a source has now, though it has not passed there yet: its gates hold it', () => {
    expect(join([had('a', 2, false)], [had('b', 2, false)])?.origin).toBe(origin(2));
  });

  it('does not count what a source has moved on from before it had passed there', () => {
    expect(join([had('a', 3), had('a', 2, false), had('a', 1)], [had('b', 2), had('b', 1)])?.origin).toBe(origin(1));
  });

  it('does not count what a source has gone back from, though it was live there', () => {
    expect(join([had('a', 1), had('a', 2), had('a', 1)], [had('b', 2), had('b', 1)])?.origin).toBe(origin(1));
  });

  it('does not count content that comes from nowhere in the first environment', () => {
    const { order: _order, ...lost } = had('a', 2);
    expect(join([lost, had('a', 1)], [had('b', 1)])).toBeUndefined();
    expect(join([had('a', 3), lost, had('a', 1)], [had('b', 1)])?.origin).toBe(origin(1));
  });
});

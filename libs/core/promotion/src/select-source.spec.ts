import { selectSource } from './select-source.js';
import { sha } from './promotion.fixture.js';

const [OLD, NEW] = [sha('a'), sha('b')];
const open = (fields: { merging?: boolean; sourceGatesPassed?: boolean; gone?: boolean }) => ({ source: OLD, merging: false, sourceGatesPassed: false, gone: false, ...fields });

describe('the source commit of a candidate', () => {
  it('is the newest when nothing is open', () => {
    expect(selectSource({ onNewSource: 'update', newest: NEW, newestPassed: false })).toEqual({ source: NEW });
  });

  it.each([
    ['update', false, false, NEW],
    ['update', true, false, OLD],
    ['update', true, true, NEW],
    ['update', false, true, NEW],
    ['wait', false, false, NEW],
    ['wait', true, false, OLD],
    ['wait', true, true, OLD],
    ['wait', false, true, NEW],
  ] as const)('under %s, old passed %s, new passed %s', (onNewSource, sourceGatesPassed, newestPassed, wanted) => {
    const chosen = selectSource({ onNewSource, newest: NEW, newestPassed, open: open({ sourceGatesPassed }) });
    expect(chosen.source).toBe(wanted);
    expect(chosen.supersedes === undefined).toBe(wanted === OLD);
  });

  it.each(['update', 'wait'] as const)('under %s, is no commit that was force-pushed away, whatever it has passed', (onNewSource) => {
    const chosen = selectSource({ onNewSource, newest: NEW, newestPassed: false, open: open({ sourceGatesPassed: true, gone: true }) });
    expect(chosen).toEqual({ source: NEW, supersedes: expect.stringContaining('no longer on the source branch') });
  });

  it('is never changed under a merge that is on its way', () => {
    expect(selectSource({ onNewSource: 'update', newest: NEW, newestPassed: true, open: open({ merging: true }) })).toEqual({ source: OLD });
  });
});

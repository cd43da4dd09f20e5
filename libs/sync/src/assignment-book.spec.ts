import { commitSha, environmentName, repositoryId } from '@sluice/kernel';
import { AssignmentBook } from './assignment-book.js';
import { MemoryState } from './memory.fixture.js';
import type { Assignment } from './ports/control-plane.js';
import { Remembered } from './remembered.js';

function revision(number: number, more: Partial<Assignment> = {}): Assignment {
  return { revision: number, environment: environmentName('prod'), repository: repositoryId('shop'), branch: 'env/prod', drift: 'revert', ...more };
}

function setUp(answer: () => Promise<Assignment>) {
  const state = new MemoryState();
  return { state, book: new AssignmentBook({ assignment: answer }, new Remembered(state)) };
}

describe('the known assignment', () => {
  it('takes newer hints and leaves older and repeated ones', async () => {
    const { book, state } = setUp(async () => revision(0));
    expect(await book.offer(revision(2))).toBe(true);
    expect(await book.offer(revision(1))).toBe(false);
    expect(await book.offer(revision(2))).toBe(false);
    expect(state.memory.assignment?.revision).toBe(2);
    expect(await book.offer(revision(2, { drift: 'report' }))).toBe(true);
  });

  it('believes an answer even with a lower number: the server was restored', async () => {
    const { book } = setUp(async () => revision(3, { commit: commitSha('a'.repeat(40)) }));
    await book.offer(revision(9));
    expect(await book.ask()).toMatchObject({ revision: 3 });
    expect(await book.known()).toMatchObject({ revision: 3 });
  });

  it('keeps a newer hint that came while the answer was on its way', async () => {
    let answer: (assignment: Assignment) => void = () => undefined;
    const { book } = setUp(() => new Promise((resolve) => (answer = resolve)));
    const asking = book.ask();
    await book.offer(revision(6));
    answer(revision(5));
    expect(await asking).toMatchObject({ revision: 6 });
    expect(await book.known()).toMatchObject({ revision: 6 });
  });
});

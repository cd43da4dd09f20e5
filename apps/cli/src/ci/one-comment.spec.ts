import { CommentDouble } from './comment-double.fixture.js';
import { markerOf, putComment } from './one-comment.js';
import { commentsOf } from './request-comments.js';

const PLACES = {
  github: { project: 'acme/shop', number: 12 },
  gitlab: { project: '5', number: 12 },
  gitea: { project: 'acme/shop', number: 12 },
  forgejo: { project: 'acme/shop', number: 12 },
} as const;
const MARKER = markerOf('plan');

describe.each(['github', 'gitlab', 'gitea', 'forgejo'] as const)('the one comment of a request on %s', (forge) => {
  let double: CommentDouble;
  beforeAll(async () => {
    double = await CommentDouble.start(forge);
  });
  afterAll(() => double.stop());
  beforeEach(() => double.reset());

  const comments = (token = double.token) => commentsOf({ forge, api: double.api, ...PLACES[forge] }, token);
  const bodies = (): readonly string[] => double.comments.map(({ body }) => body);

  it('is made, found again and written anew', async () => {
    double.add('5', 'nice');
    expect(await putComment(comments(), { key: 'plan', text: 'first' })).toBe('created');
    expect(await putComment(comments(), { key: 'plan', text: 'first\n' })).toBe('unchanged');
    expect(await putComment(comments(), { key: 'plan', text: 'second' })).toBe('updated');
    expect(bodies()).toEqual(['nice', `${MARKER}\nsecond`]);
    expect(double.complaints).toEqual([]);
  });

  it('is one for each key', async () => {
    await putComment(comments(), { key: 'plan', text: 'a' });
    await putComment(comments(), { key: 'other', text: 'b' });
    expect(bodies()).toEqual([`${MARKER}\na`, '<!-- sluice:comment other -->\nb']);
  });

  it('is found behind a hundred others, also where the forge keeps line ends of its own', async () => {
    for (let count = 0; count < 205; count += 1) double.add('5', `comment ${count}`);
    double.add(double.self, `${MARKER}\r\nold`);
    expect(await putComment(comments(), { key: 'plan', text: 'new' })).toBe('updated');
    expect(bodies().at(-1)).toBe(`${MARKER}\nnew`);
    expect(double.comments).toHaveLength(206);
  });

  it('is never taken from somebody else, nor from a text that has the marker elsewhere', async () => {
    double.add('5', `${MARKER}\nforged`);
    double.add(double.self, `see\n${MARKER}`);
    expect(await putComment(comments(), { key: 'plan', text: 'ours' })).toBe('created');
    expect(bodies()).toEqual([`${MARKER}\nforged`, `see\n${MARKER}`, `${MARKER}\nours`]);
  });

  it('stays the only one where two jobs have made one each', async () => {
    double.add(double.self, `${MARKER}\none`);
    double.add(double.self, `${MARKER}\ntwo`);
    await putComment(comments(), { key: 'plan', text: 'three' });
    expect(bodies()).toEqual([`${MARKER}\nthree`]);
    expect(double.complaints).toEqual([]);
  });

  it('is cut by lines where it is longer than a forge takes', async () => {
    await putComment(comments(), { key: 'plan', text: `${'ä'.repeat(99)}\n`.repeat(900) });
    const [body = ''] = bodies();
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(65_000);
    expect(body).toMatch(/\nä{99}\n\n<\/details>\n\n_The rest is cut: it is too long for a comment\._$/);
    expect(double.complaints).toEqual([]);
  });

  it.each([
    [401, /the token for comments is not valid/],
    [404, /there is no such request/],
    [422, /was answered with 422/],
    [502, /was answered with 502/],
  ])('says what %d means, and never the token', async (status, message) => {
    double.failNext = status;
    const error = await putComment(comments(), { key: 'plan', text: 'x' }).catch((caught: unknown) => caught);
    expect(String(error)).toMatch(message);
    expect(String(error)).not.toContain(double.token);
  });
});

describe('the one comment on GitHub', () => {
  it('is of the user whose token it is', async () => {
    const double = await CommentDouble.start('github', { isUser: true });
    try {
      double.add('github-actions[bot]', `${MARKER}\nold`);
      double.add('sluice-user', `${MARKER}\nmine`);
      await putComment(commentsOf({ forge: 'github', api: double.api, ...PLACES.github }, double.token), { key: 'plan', text: 'new' });
      expect(double.comments.map(({ body }) => body)).toEqual([`${MARKER}\nold`, `${MARKER}\nnew`]);
    } finally {
      await double.stop();
    }
  });

  it('is of the app whose token it is, which has to be named', async () => {
    const double = await CommentDouble.start('github');
    try {
      double.add('acme-bot[bot]', `${MARKER}\nold`);
      await putComment(commentsOf({ forge: 'github', api: double.api, ...PLACES.github }, double.token), { key: 'plan', text: 'new', author: 'acme-bot[bot]' });
      expect(double.comments).toEqual([{ id: 100, author: 'acme-bot[bot]', body: `${MARKER}\nnew` }]);
      expect(double.calls).not.toContain('GET /user');
    } finally {
      await double.stop();
    }
  });

  it('needs a server that answers', async () => {
    await expect(putComment(commentsOf({ forge: 'github', api: 'http://127.0.0.1:9', ...PLACES.github }, 'secret'), { key: 'plan', text: 'x' })).rejects.toThrow(/^http:\/\/127\.0\.0\.1:9 cannot be reached/);
  });
});

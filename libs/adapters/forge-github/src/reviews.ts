import { commitSha, type CommitSha, messageOf, type RepositoryId } from '@sluice/kernel';
import type { PersonalWays } from '@sluice/forge-http';
import type { Dismissal, GivenReview, Review, Reviews, SubmittedReview } from '@sluice/usecases';
import { failureOf, problemOf } from './api-error.js';
import type { GithubApi } from './github-api.js';
import { commentsOf, type Mark, markOf, writeMark } from './marks.js';
import { isSameLogin, ownLogin } from './own-login.js';
import { NATIVE, shownReview, submitOwn } from './own-review.js';
import { personOf } from './person-of.js';
import { type Comment, zReviews } from './schema.js';

/**
 * Reviews on GitHub, whose persons are its logins, and those that people give in Sluice: with their own token these are like the first. Sluice has one account there, which cannot review for others (and not
 * at all what it has opened itself), so those of people who have not given it one are comments with a marker, believed when our own account wrote them.
 */
export class GithubReviews implements Reviews {
  constructor(
    private readonly api: GithubApi,
    private readonly ways: PersonalWays,
  ) {}

  /** Oldest first. */
  async list(repository: RepositoryId, number: number): Promise<readonly Review[]> {
    const [native, comments, own] = [await this.native(repository, number), await commentsOf(this.api, repository, number), await ownLogin(this.api, repository)];
    const ours = comments.filter(({ user }) => isSameLogin(user, own)).flatMap((comment) => reviewIn(comment) ?? []);
    return [...native, ...ours].sort((one, other) => one.at - other.at);
  }

  async submit(repository: RepositoryId, number: number, { own, ...given }: GivenReview): Promise<SubmittedReview> {
    const writeDown = (): Promise<Review> => this.writeDown(repository, number, given);
    if (!own) return writeDown();
    const parts = { api: this.api, ways: this.ways, native: () => this.native(repository, number) };
    return submitOwn(parts, { repository, number }, { ...given, own, writeDown });
  }

  private async writeDown(repository: RepositoryId, number: number, { person, state, commit, body }: GivenReview): Promise<Review> {
    const mark: Mark = { person, verdict: state, commit };
    const comment = await writeMark(this.api, repository, { number, mark, body });
    return { id: idOf(comment), person, state, commit, body, at: comment.created_at };
  }

  /** One call each. docs.github.com/en/rest/pulls/reviews#dismiss-a-review-for-a-pull-request; where the branch is protected it takes a person with rights that the owner names. */
  async dismiss(repository: RepositoryId, number: number, approvals: readonly Review[], message: string): Promise<Dismissal> {
    for (const { id } of approvals) {
      const call = { route: 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals', parameters: { pull_number: number, review_id: Number(id.replace(NATIVE, '')), message, event: 'DISMISS' }, action: `dismiss a review of #${number}` };
      const reply = await this.api.call(repository, call);
      // GitHub refuses to dismiss one again
      const isDone = reply.status === 422 && /dismissed/i.test(problemOf(reply).message);
      if (reply.status >= 400 && !isDone) return { kind: 'refused', message: messageOf(failureOf(reply, call.action, this.api.clock())) };
    }
    return { kind: 'dismissed' };
  }

  /** docs.github.com/en/rest/pulls/reviews#list-reviews-for-a-pull-request */
  private async native(repository: RepositoryId, number: number): Promise<readonly Review[]> {
    const all: Review[] = [];
    const call = { route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', parameters: { pull_number: number }, action: `read the reviews of #${number}` };
    for await (const page of this.api.pages(zReviews, repository, call)) {
      all.push(...page.flatMap((review) => shownReview(review) ?? []));
    }
    return all;
  }
}

function reviewIn(comment: Comment): Review | undefined {
  const mark = markOf(comment);
  const commit = commitIn(mark);
  if (!mark || !commit || mark.verdict === 'closed' || mark.verdict === 'ready') return undefined;
  return { id: idOf(comment), person: personOf(mark.person), state: mark.verdict, commit, body: mark.text, at: comment.created_at };
}

function commitIn(mark: Mark | undefined): CommitSha | undefined {
  return mark?.commit !== undefined && /^[0-9a-f]{40,64}$/.test(mark.commit) ? commitSha(mark.commit) : undefined;
}

function idOf({ id }: Comment): string {
  return `comment-${id}`;
}

import { type RepositoryId, TooLarge } from '@sluice/kernel';
import type { Dismissal, Review, Reviews } from '@sluice/usecases';
import { reviseChange } from './change-revision.js';
import type { ChangeStores } from './change-stores.js';
import { checkNumber } from './change-text.js';
import { untilWon } from './compare-and-swap.js';

const MAX_REVIEWS = 500;
const MAX_BODY = 5_000;

/** Reviews are part of the request's record. One of a merged or closed request is kept too: it was given, and may have been on its way. */
export class BuiltinReviews implements Reviews {
  constructor(private readonly stores: ChangeStores) {}

  async list(repository: RepositoryId, number: number): Promise<readonly Review[]> {
    checkNumber(number);
    const changes = await this.stores.of(repository);
    return (await changes.load(number)).record.reviews;
  }

  /** Nobody reviews here but through Sluice, which binds each to its commit itself. */
  dismiss(): Promise<Dismissal> {
    return Promise.resolve({ kind: 'dismissed' });
  }

  /** @throws TooLarge above 500 reviews of a request or 5,000 characters of text. */
  async submit(repository: RepositoryId, number: number, review: Pick<Review, 'person' | 'state' | 'commit' | 'body'>): Promise<Review> {
    checkNumber(number);
    if (review.body.length > MAX_BODY) throw new TooLarge(`A review can have ${MAX_BODY} characters at most`);
    const changes = await this.stores.of(repository);
    return this.stores.changing(repository, number, () =>
      untilWon(`Change request ${number}`, async () => {
        const stored = await changes.load(number);
        const { reviews } = stored.record;
        if (reviews.length >= MAX_REVIEWS) throw new TooLarge(`Change request ${number} has ${MAX_REVIEWS} reviews, which is the most that is kept: open another request`);
        const { person, state, commit, body } = review;
        const added: Review = { id: `${number}-${reviews.length + 1}`, person, state, commit, body, at: changes.records.now() };
        const written = await reviseChange(changes.records, stored, { fields: { reviews: [...reviews, added] }, what: `review: ${state}`, by: person });
        return typeof written === 'symbol' ? written : added;
      }),
    );
  }
}

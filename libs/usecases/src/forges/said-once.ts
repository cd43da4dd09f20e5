import type { Review } from '../ports/index.js';

/** Without what Sluice has written down for somebody whose own review is there too, such as one whose answer was lost before their token was revoked. The persons are those that the logins are linked with. */
export function saidOnce(reviews: readonly Review[]): readonly Review[] {
  const own = new Set(reviews.filter(({ login }) => login !== undefined).map(whatWasSaid));
  return reviews.filter((review) => review.login !== undefined || !own.has(whatWasSaid(review)));
}

function whatWasSaid({ person, state, commit }: Review): string {
  return JSON.stringify([person, state, commit]);
}

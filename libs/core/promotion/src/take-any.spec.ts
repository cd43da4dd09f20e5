import { environmentName } from '@sluice/kernel';
import { sha } from './promotion.fixture.js';
import { takeAny } from './take-any.js';
import type { AnyChoice, SourceOffer } from './take-any.js';

const [EU, US] = [environmentName('qa-eu'), environmentName('qa-us')];
const [OLD, NEW] = [sha('1'), sha('2')];
const offer = (environment: typeof EU, origin: typeof OLD, passed = false): SourceOffer => ({ environment, source: sha(environment === EU ? (origin === OLD ? 'a' : 'b') : origin === OLD ? 'c' : 'd'), origin, passed });
const opened = (offered: SourceOffer, fields: { merging?: boolean } = {}): NonNullable<AnyChoice['open']> => ({ from: offered.environment, source: offered.source, origin: offered.origin, merging: false, sourceGatesPassed: offered.passed, ...fields });
const take = (offers: readonly SourceOffer[], open?: AnyChoice['open'], onNewSource: AnyChoice['onNewSource'] = 'update') => takeAny({ onNewSource, offers, ...(open && { open }) });
const of = ({ environment, source, origin }: SourceOffer) => ({ environment, source, origin });

describe('any of several sources', () => {
  it('gives nothing when none offers anything newer', () => {
    expect(take([])).toBeUndefined();
  });

  it('gives the newest that has passed, or, while none has, the newest', () => {
    expect(take([offer(US, NEW), offer(EU, OLD, true)])).toEqual(of(offer(EU, OLD)));
    expect(take([offer(US, NEW), offer(EU, OLD)])).toEqual(of(offer(US, NEW)));
    expect(take([offer(EU, NEW), offer(US, NEW, true)])).toEqual(of(offer(US, NEW)));
  });

  it('keeps what is open while its source has it and no other has passed first', () => {
    expect(take([offer(US, NEW), offer(EU, OLD)], opened(offer(EU, OLD)))).toEqual(of(offer(EU, OLD)));
    expect(take([offer(EU, OLD), offer(US, OLD, true)], opened(offer(EU, OLD)))).toMatchObject({ ...of(offer(US, OLD)), supersedes: 'cccccccccc has passed the gates on qa-us' });
  });

  it('takes another when the source of what is open has moved on before it had passed', () => {
    expect(take([offer(EU, NEW)], opened(offer(EU, OLD)))).toMatchObject({ ...of(offer(EU, NEW)), supersedes: 'qa-eu has moved on from aaaaaaaaaa before its gates had passed' });
    expect(take([], opened(offer(EU, OLD)))).toBeUndefined();
  });

  it('lets what has passed give way only to something newer that has passed, and not at all under wait', () => {
    const open = opened(offer(EU, OLD, true));
    expect(take([offer(US, NEW), offer(EU, OLD, true)], open)).toEqual(of(offer(EU, OLD)));
    expect(take([offer(US, NEW, true), offer(EU, OLD, true)], open)).toMatchObject(of(offer(US, NEW)));
    expect(take([offer(US, NEW, true), offer(EU, OLD, true)], open, 'wait')).toEqual(of(offer(EU, OLD)));
    expect(take([offer(US, OLD, true)], open)).toEqual(of(offer(EU, OLD)));
  });

  it('is never changed under a merge that is on its way', () => {
    expect(take([offer(US, NEW, true)], opened(offer(EU, OLD), { merging: true }))).toEqual(of(offer(EU, OLD)));
  });
});

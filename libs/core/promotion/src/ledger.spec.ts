import { applicationName, digest, environmentName, objectSha, promotionId } from '@sluice/kernel';
import { formatLedger, ledgerPath, parseLedger } from './ledger.js';
import type { Ledger } from './ledger.js';
import { sha } from './promotion.fixture.js';

const QA = environmentName('qa');
const CHECKOUT = applicationName('checkout');
const LEDGER: Ledger = {
  target: QA,
  application: CHECKOUT,
  source: environmentName('dev'),
  commit: sha('a'),
  origin: sha('b'),
  digest: digest('c'.repeat(64)),
  promotion: promotionId('qa-checkout-cccccccccccc'),
  attempt: 2,
  paths: ['apps/checkout/**', 'weird "quoted" \\ path/*'],
  content: objectSha('d'.repeat(40)),
};

describe('the ledger', () => {
  it('is read back as it was written', () => {
    expect(parseLedger(formatLedger(LEDGER), QA, CHECKOUT)).toEqual(LEDGER);
  });

  it('keeps a commit of digits only a text', () => {
    const digits = { ...LEDGER, commit: sha('1'), origin: sha('7') };
    expect(parseLedger(formatLedger(digits), QA, CHECKOUT)).toEqual(digits);
  });

  it('of another target or application counts as none', () => {
    expect(parseLedger(formatLedger(LEDGER), environmentName('staging'), CHECKOUT)).toBeUndefined();
    expect(parseLedger(formatLedger(LEDGER), QA, applicationName('cart'))).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['other YAML', 'a: 1\n'],
    ['broken YAML', 'a: [1\n'],
    ['a newer version', formatLedger(LEDGER).replace('version: 1', 'version: 2')],
    ['a short commit', formatLedger(LEDGER).replace(/commit: "a+"/, 'commit: "aaaa"')],
    ['aliases', formatLedger(LEDGER).replace('attempt: 2', 'attempt: &x 2\nextra: *x')],
    ['a huge file', `${formatLedger(LEDGER)}#${' '.repeat(70_000)}`],
  ])('%s is no ledger', (_what, text) => {
    expect(parseLedger(text, QA, CHECKOUT)).toBeUndefined();
  });

  it('lies under the target and the application', () => {
    expect(ledgerPath(QA, CHECKOUT)).toBe('.sluice/qa/checkout.yaml');
  });
});

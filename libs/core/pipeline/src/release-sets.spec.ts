import { parsePipeline } from './parse-pipeline.js';
import { findingsOf } from './pipeline-text.fixture.js';

const HEAD = 'apiVersion: sluice.dev/v1\nkind: Pipeline\nmetadata: { name: shop }\nspec:\n';
const PLAIN = '  environments: [{ name: dev }, { name: qa, from: [dev] }, { name: prod, from: [qa] }]\n';
const JOINED = '  environments: [{ name: dev }, { name: qa, from: [dev] }, { name: prod, from: [dev, qa] }]\n';
const APPLICATIONS = '  applications: [{ name: checkout, paths: [checkout/**] }, { name: payment, paths: [payment/**] }, { name: cart, paths: [cart/**] }]\n';
/** Sets begin on line 8. */
const text = (sets: readonly string[], environments = PLAIN): string => `${HEAD}${environments}${APPLICATIONS}  releaseSets:\n${sets.map((set) => `    - ${set}\n`).join('')}`;

describe('release sets', () => {
  it('hold in the environments that they name, or in all that something is promoted to', () => {
    const { pipeline, diagnostics } = parsePipeline(text(['{ name: shop-release, applications: [checkout, payment], environments: [prod] }', '{ name: early, applications: [payment, checkout], environments: [qa] }']));
    expect(diagnostics).toEqual([]);
    expect(pipeline?.releaseSets).toEqual([
      { name: 'shop-release', applications: ['checkout', 'payment'], environments: ['prod'] },
      { name: 'early', applications: ['payment', 'checkout'], environments: ['qa'] },
    ]);
    expect(parsePipeline(text(['{ name: all, applications: [checkout, payment] }'])).pipeline?.releaseSets).toEqual([{ name: 'all', applications: ['checkout', 'payment'], environments: ['qa', 'prod'] }]);
    expect(parsePipeline(`${HEAD}${PLAIN}${APPLICATIONS}`).pipeline).not.toHaveProperty('releaseSets');
  });

  it.each([
    ['{ name: s, applications: [checkout, paymnt] }', '8:43 spec.releaseSets[0].applications[1]: there is no application "paymnt"; did you mean "payment"?'],
    ['{ name: s, applications: [checkout, checkout] }', '8:43 spec.releaseSets[0].applications[1]: the application "checkout" is used twice'],
    ['{ name: s, applications: [checkout] }', '8:18 spec.releaseSets[0].applications: needs at least two applications: one alone is promoted by itself'],
    ['{ name: cart, applications: [checkout, payment] }', '8:15 spec.releaseSets[0].name: "cart" is an application; a release set needs a name of its own'],
    ['{ name: s, applications: [checkout, payment], environments: [prd] }', '8:68 spec.releaseSets[0].environments[0]: there is no environment "prd"; did you mean "prod"?'],
    ['{ name: s, applications: [checkout, payment], environments: [dev] }', '8:68 spec.releaseSets[0].environments[0]: nothing is promoted to "dev": it is where changes begin'],
  ])('%s is refused', (set, finding) => {
    expect(findingsOf(text([set]))).toEqual([finding]);
  });

  it('are refused when an application would be in two of them in one environment', () => {
    const sets = ['{ name: one, applications: [checkout, payment] }', '{ name: two, applications: [cart, payment], environments: [prod] }'];
    expect(findingsOf(text(sets))).toEqual(['9:41 spec.releaseSets[1].applications[1]: "payment" is in "one" already in prod; in one environment an application is in one release set']);
  });

  it.each([
    ['as one application waits for itself', ['{ name: s, applications: [checkout, payment], environments: [prod] }'], '8:18 spec.releaseSets[0].applications: applications wait for each other in prod, where these go as one: s → cart → s'],
    ['as two sets wait for each other', ['{ name: s, applications: [checkout, payment] }', '{ name: t, applications: [cart, basket] }'], '8:18 spec.releaseSets[0].applications: applications wait for each other in qa, where these go as one: s → t → s'],
  ])('are refused when their members come after others so that they wait, %s', (_, sets, finding) => {
    const applications = '  applications: [{ name: checkout, paths: [checkout/**] }, { name: payment, paths: [payment/**], after: [cart] }, { name: cart, paths: [cart/**], after: [checkout] }, { name: basket, paths: [basket/**] }]\n';
    expect(findingsOf(text(sets).replace(APPLICATIONS, applications))).toEqual([finding]);
  });

  it('are refused where their members come crosswise after each other', () => {
    const applications = '  applications: [{ name: checkout, paths: [checkout/**] }, { name: payment, paths: [payment/**], after: [cart] }, { name: cart, paths: [cart/**] }, { name: basket, paths: [basket/**], after: [checkout] }]\n';
    const sets = ['{ name: s, applications: [checkout, payment], environments: [prod] }', '{ name: t, applications: [cart, basket], environments: [qa, prod] }'];
    expect(findingsOf(text(sets).replace(APPLICATIONS, applications))).toEqual(['8:18 spec.releaseSets[0].applications: applications wait for each other in prod, where these go as one: s → t → s']);
    expect(findingsOf(text([sets[0] ?? '', '{ name: t, applications: [cart, basket], environments: [qa] }']).replace(APPLICATIONS, applications))).toEqual([]);
  });

  it('may order their own members, and others before or behind them', () => {
    const applications = '  applications: [{ name: checkout, paths: [checkout/**], after: [cart] }, { name: payment, paths: [payment/**], after: [checkout] }, { name: cart, paths: [cart/**] }, { name: basket, paths: [basket/**], after: [payment] }]\n';
    expect(findingsOf(text(['{ name: s, applications: [checkout, payment] }']).replace(APPLICATIONS, applications))).toEqual([]);
  });

  it('hold also where there are several sources', () => {
    expect(parsePipeline(text(['{ name: s, applications: [checkout, payment] }'], JOINED)).pipeline?.releaseSets).toEqual([{ name: 's', applications: ['checkout', 'payment'], environments: ['qa', 'prod'] }]);
  });
});

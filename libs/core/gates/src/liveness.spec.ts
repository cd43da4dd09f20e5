import { commitSha, instant } from '@sluice/kernel';
import { MAX_REPORTED_RESOURCES, sameLiveness, settleLiveness, type ContentHealth, type ReportedState, type RunningContent } from './liveness.js';

const OLD = commitSha('1'.repeat(40));
const NEW = commitSha('2'.repeat(40));
const NOW = instant(9_000);
const BEFORE = instant(1_000);

const running: RunningContent = { content: NEW, touched: 7, owns: (path) => path.startsWith('apps/cart/') };
const healthy: ReportedState = { phase: 'synced', health: 'Current', message: 'all is well', resources: [] };
const soaking: ContentHealth = { content: NEW, touched: 7, status: 'Current', healthySince: BEFORE, message: '' };

const problem = (path: string, status: 'InProgress' | 'Failed' | 'Unknown') => ({ path, status, message: 'said so' });
const reported = (...resources: ReportedState['resources']): ReportedState => ({ ...healthy, health: 'Failed', resources });

describe('settleLiveness', () => {
  it('starts the clock at the receipt of the first Current', () => {
    expect(settleLiveness(undefined, running, healthy, NOW)).toEqual({ content: NEW, touched: 7, status: 'Current', healthySince: NOW, message: '' });
  });

  it('keeps the clock while the content stays', () => {
    expect(settleLiveness(soaking, running, healthy, NOW)?.healthySince).toBe(BEFORE);
  });

  it.each([
    ['InProgress', BEFORE],
    ['Unknown', BEFORE],
    ['Failed', undefined],
  ] as const)('on %s the clock is %p', (status, healthySince) => {
    const settled = settleLiveness(soaking, running, reported(problem('apps/cart/a.yaml', status)), NOW);
    expect(settled).toMatchObject({ status, message: 'apps/cart/a.yaml: said so' });
    expect(settled?.healthySince).toBe(healthySince);
  });

  it('names the object, where a file has several', () => {
    const report = reported({ ...problem('apps/cart/a.yaml', 'InProgress'), object: 'Deployment.apps shop/cart' }, { ...problem('apps/cart/a.yaml', 'Failed'), object: 'Job.batch shop/migrate' });
    expect(settleLiveness(soaking, running, report, NOW)).toMatchObject({ status: 'Failed', message: 'Job.batch shop/migrate: said so' });
  });

  it('does not start the clock before something is Current', () => {
    expect(settleLiveness(undefined, running, reported(problem('apps/cart/a.yaml', 'InProgress')), NOW)?.healthySince).toBeUndefined();
  });

  it('starts the clock again after a Failed', () => {
    const failed = settleLiveness(soaking, running, reported(problem('apps/cart/a.yaml', 'Failed')), instant(5_000));
    expect(settleLiveness(failed, running, healthy, NOW)?.healthySince).toBe(NOW);
  });

  it('starts the clock again when what it uses was touched, though its content is the same', () => {
    expect(settleLiveness({ ...soaking, touched: 6 }, running, healthy, NOW)?.healthySince).toBe(NOW);
  });

  it('starts the clock again when another commit has come to the same position', () => {
    expect(settleLiveness({ ...soaking, content: OLD }, running, healthy, NOW)?.healthySince).toBe(NOW);
  });

  it('does not carry the clock of the old content over to new content that is in progress', () => {
    const settled = settleLiveness({ ...soaking, content: OLD, touched: 3 }, running, reported(problem('apps/cart/a.yaml', 'InProgress')), NOW);
    expect(settled).toMatchObject({ content: NEW, status: 'InProgress' });
    expect(settled?.healthySince).toBeUndefined();
  });

  it.each(['syncing', 'blocked'] as const)('learns nothing from a cluster that is %s', (phase) => {
    const before = { ...soaking, content: OLD, touched: 3 };
    expect(settleLiveness(before, running, { ...healthy, phase }, NOW)).toBe(before);
    expect(settleLiveness(undefined, running, { ...healthy, phase }, NOW)).toBeUndefined();
  });

  it('takes the worst of its own resources', () => {
    const settled = settleLiveness(soaking, running, reported(problem('apps/cart/a.yaml', 'InProgress'), problem('apps/cart/b.yaml', 'Failed'), problem('apps/cart/c.yaml', 'Unknown')), NOW);
    expect(settled).toMatchObject({ status: 'Failed', message: 'apps/cart/b.yaml: said so' });
  });

  it('is not touched by the problems of another application', () => {
    expect(settleLiveness(soaking, running, reported(problem('apps/checkout/a.yaml', 'Failed')), NOW)).toEqual(soaking);
  });

  it('is not touched by files of another application that could not be applied', () => {
    const refused = { ...reported(problem('apps/checkout/link', 'Failed')), phase: 'failed' as const };
    expect(settleLiveness({ ...soaking, content: OLD, touched: 3 }, running, refused, NOW)).toMatchObject({ content: NEW, status: 'Current', healthySince: NOW });
  });

  it('is Failed when a file of its own could not be applied', () => {
    const refused = { ...reported(problem('apps/cart/link', 'Failed')), phase: 'failed' as const };
    expect(settleLiveness(soaking, running, refused, NOW)).toEqual({ content: NEW, touched: 7, status: 'Failed', message: 'apps/cart/link: said so' });
  });

  it('is not claimed of a cluster that failed without saying at what', () => {
    expect(settleLiveness(undefined, running, { ...healthy, phase: 'failed', health: 'Failed', message: 'the disk is full' }, NOW)).toMatchObject({ status: 'Failed', message: 'the disk is full' });
  });

  it.each(['Failed', 'InProgress'] as const)('is %s with the command after a change, whose application that may be', (status) => {
    const held = { ...reported(problem('after-change', status), problem('apps/checkout/link', 'Failed')), phase: 'failed' as const };
    expect(settleLiveness(undefined, running, held, NOW)).toMatchObject({ status, message: 'after-change: said so' });
    const planned = { ...reported(problem('command:plan', status), problem('apps/checkout/link', 'Failed')), phase: 'failed' as const };
    expect(settleLiveness(undefined, running, planned, NOW)).toMatchObject({ status, message: 'command:plan: said so' });
  });

  it('does not trust a list of problems that was cut at its bound', () => {
    const many = Array.from({ length: MAX_REPORTED_RESOURCES }, (_, index) => problem(`apps/checkout/${index}.yaml`, 'Failed'));
    expect(settleLiveness(soaking, running, reported(...many), NOW)?.status).toBe('Failed');
  });

  it('is what the cluster says as a whole when no resource explains it', () => {
    const settled = settleLiveness(soaking, running, { ...healthy, health: 'Unknown', message: 'the folder cannot be read' }, NOW);
    expect(settled).toMatchObject({ status: 'Unknown', message: 'the folder cannot be read', healthySince: BEFORE });
  });
});

describe('sameLiveness', () => {
  it('tells two answers apart by anything that a gate looks at', () => {
    expect(sameLiveness(soaking, { ...soaking })).toBe(true);
    expect(sameLiveness(undefined, undefined)).toBe(true);
    expect(sameLiveness(soaking, undefined)).toBe(false);
    expect(sameLiveness(soaking, { ...soaking, healthySince: NOW })).toBe(false);
    expect(sameLiveness(soaking, { ...soaking, status: 'Failed' })).toBe(false);
  });
});

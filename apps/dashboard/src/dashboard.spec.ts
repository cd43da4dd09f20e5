import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalSystem, freePort, startLocalProvider } from '@sluice/testing';
import type { LocalProvider } from '@sluice/testing';
import type { Locator, Page } from 'playwright-core';
import { RealBrowser, accessibilityFindings, chromiumProgram } from './real-browser.fixture.js';

/** Gates, merges and agents take their time, and more of it on a busy machine. */
const SLOW = 120_000;
const program = chromiumProgram();

if (program === undefined) {
  const message = 'NOT COVERED: the dashboard in a real browser, because Chromium is missing. Run the tests with SLUICE_SETUP=1 to install it.';
  process.stderr.write(`\n${message}\n\n`);
  if (process.env['CI']) it('runs where Chromium is', () => Promise.reject(new Error(message)));
  else it.skip('runs where Chromium is', () => undefined);
} else {
  describe('the dashboard', () => dashboard(program));
}

function dashboard(chromium: string): void {
  let system: LocalSystem;
  let provider: LocalProvider;
  let browser: RealBrowser;
  let ada: Page;
  let grace: Page;
  /** Where the promotion of checkout to prod is shown. */
  let promotionPath: string;

  beforeAll(async () => {
    browser = await RealBrowser.start(chromium);
    const port = await freePort();
    // another site to the browser, as a provider of identities is
    provider = await startLocalProvider(`http://127.0.0.1:${port}/oidc/callback`, 'localhost');
    system = await LocalSystem.start({ port, environment: provider.environment });
    ada = await signedIn('ada');
    grace = await signedIn('grace');
  }, 240_000);
  afterAll(async () => {
    await browser?.stop();
    await system?.stop();
    await provider?.stop();
  }, 60_000);

  async function signedIn(person: string): Promise<Page> {
    const page = await browser.page();
    await page.goto(await system.loginLink(person));
    await page.getByRole('table').waitFor();
    return page;
  }
  const open = async (page: Page, path: string): Promise<void> => void (await page.goto(new URL(path, system.url).href));
  const cell = (page: Page, environment: string, application = 'checkout'): Locator => page.locator(`td[data-environment="${environment}"][data-application="${application}"]`);
  const approveForm = (page: Page): Locator => page.locator('form').filter({ has: page.getByRole('button', { name: 'Approve' }) });
  const waiting = (page: Page): Locator => cell(page, 'prod').getByRole('link', { name: 'waits for approvals' });
  async function openPromotion(page: Page): Promise<void> {
    await open(page, promotionPath);
    await page.getByText('PAYMENT_TIMEOUT').first().waitFor();
  }

  it('tells who has no session how to sign in', async () => {
    const page = await browser.page();
    await open(page, '/clusters');
    await page.getByText('You are not signed in').waitFor();
    expect(await page.getByText('npx sluice login --link').isVisible()).toBe(true);
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.context().close();
  });

  it('is beside pages that work without it, in light and in dark: the way to link an account on a forge', async () => {
    const page = await browser.page();
    await open(page, '/forge-accounts/start?credential=work');
    await page.getByRole('link', { name: 'I am signed in: try again' }).waitFor();
    expect(await page.getByRole('heading', { name: 'Nothing was linked' }).isVisible()).toBe(true);
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.context().close();
  });

  it('signs in by the provider of identities, comes back to the page that was asked for, and signs out', async () => {
    provider.accounts.set('s-1', { preferred_username: 'hedy', name: 'Hedy Lamarr', groups: ['sre'] });
    provider.visitor = 's-1';
    const page = await browser.page();
    await open(page, '/clusters?from=mail');
    await page.getByRole('link', { name: 'Sign in with Work' }).click();
    await page.getByText('Hedy Lamarr').waitFor();
    expect(page.url()).toBe(`${system.url}/clusters?from=mail`);
    await page.getByRole('heading', { name: 'Clusters' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are not signed in').waitFor();
    await page.reload();
    await page.getByText('You are not signed in').waitFor();
    expect((await page.context().cookies()).map(({ name }) => name)).not.toContain('sluice');
    await page.context().close();
  }, SLOW);

  it('says why a sign-in went wrong', async () => {
    const page = await browser.page();
    await open(page, `/signed-out#${encodeURIComponent('only members of sre may sign in here')}`);
    await page.getByRole('alert').getByText('only members of sre').waitFor();
    expect(page.url()).toBe(`${system.url}/`);
    await page.context().close();
  });

  it('lets the command line sign in, after asking, with a code that only it can spend', async () => {
    const verifier = 'v'.repeat(43);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const page = await signedIn('grace');
    await open(page, `/login/cli?challenge=${challenge}&machine=laptop`);
    await page.getByText('on laptop wants to act as Grace').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Allow' }).click();
    const secret = (await page.getByText(/^slc_/).textContent()) ?? '';
    const spend = async (body: object): Promise<number> => (await fetch(`${system.url}/api/v1/tokens`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ secret, label: 'cli', ...body }) })).status;
    expect([await spend({}), await spend({ verifier: 'w'.repeat(43) }), await spend({ verifier })]).toEqual([401, 401, 201]);
    await page.context().close();
  });

  it('spends a login link once, and its secret leaves the address bar', async () => {
    const link = await system.loginLink('grace');
    const first = await browser.page();
    await first.goto(link);
    await first.getByText('Grace (release manager)').waitFor();
    expect(first.url()).toBe(`${system.url}/`);
    await first.context().close();

    const second = await browser.page();
    await second.goto(link);
    expect(await second.getByRole('alert').textContent()).toContain('this login link was used already');
    expect(second.url()).toBe(`${system.url}/`);
    await second.context().close();
  });

  it('shows which version of each application is where, how it is and for how long', async () => {
    expect(await ada.getByRole('rowheader').allTextContents()).toEqual(['checkout', 'catalog', 'web']);
    expect(await ada.locator('thead th').allTextContents()).toEqual(['Application', expect.stringMatching(/^dev/), expect.stringMatching(/^qa from dev/), expect.stringMatching(/^prod from qa/)]);
    for (const application of ['checkout', 'catalog', 'web'])
      for (const environment of ['dev', 'qa', 'prod']) {
        const shown = cell(ada, environment, application);
        expect(await shown.locator('code').textContent()).toMatch(/^[0-9a-f]{8}$/);
        await shown.getByText('Current').waitFor({ timeout: SLOW });
        expect(await shown.locator('time').first().textContent()).toMatch(/^\d+(ms|s|m|h)/);
      }
  }, SLOW);

  it('shows that prod waits for a person, and where to go', async () => {
    await waiting(ada).waitFor({ timeout: SLOW });
    const path = await waiting(ada).getAttribute('href');
    expect(path).toMatch(/^\/promotions\/shop\/prod-checkout-/);
    promotionPath = path ?? '';
  }, SLOW);

  it('names what was promoted by the change that it carries', async () => {
    await cell(ada, 'qa').getByText('give up on slow payments').waitFor();
    expect(await cell(ada, 'qa').locator('code').textContent()).toBe(await cell(ada, 'dev').locator('code').textContent());
  });

  it('hides applications by a filter', async () => {
    const filter = ada.getByRole('searchbox', { name: 'Filter applications' });
    await filter.fill('CAT');
    expect(await ada.getByRole('rowheader').allTextContents()).toEqual(['catalog']);
    await filter.fill('nothing like this');
    await ada.getByText('No application matches.').waitFor();
    await filter.fill('');
    expect(await ada.getByRole('rowheader').count()).toBe(3);
  });

  it('lists the connected agents', async () => {
    await ada.getByRole('link', { name: 'Clusters' }).click();
    await ada.getByRole('heading', { name: 'Clusters' }).waitFor();
    const rows = ada.locator('tbody tr');
    await rows.nth(2).waitFor();
    expect(await rows.getByRole('rowheader').allTextContents()).toEqual(['dev-local', 'prod-local', 'qa-local']);
    expect(await rows.locator('td:nth-child(3)').allTextContents()).toEqual(['yes', 'yes', 'yes']);
  });

  it('shows what somebody has changed in an environment, field by field, with Secrets masked', async () => {
    // put back at once, and still shown
    const files = await readdir(join(system.data, 'targets', 'prod'), { recursive: true });
    const path = files.find((file) => file.endsWith('checkout/deployment.yaml')) ?? '';
    const live = join(system.data, 'targets', 'prod', path);
    const secret = '---\napiVersion: v1\nkind: Secret\nmetadata: { name: key }\nstringData: { password: correct horse }\n';
    await writeFile(live, (await readFile(live, 'utf8')).replace(/replicas: \d+/, 'replicas: 77') + secret);
    await open(ada, '/clusters');
    await ada.getByRole('row').filter({ hasText: 'prod-local' }).getByRole('link', { name: 'What differs' }).click({ timeout: SLOW });
    await ada.getByRole('heading', { name: 'What differs in prod-local' }).waitFor();
    const place = ada.getByRole('region', { name: path });
    const replicas = place.getByRole('row').filter({ hasText: 'spec.replicas' });
    expect(await replicas.locator('td').allTextContents()).toEqual([expect.stringMatching(/^\d$/), '77', 'not known']);
    expect(await place.textContent()).toMatch(/put back/);
    expect(await ada.textContent('main')).not.toContain('correct horse');
    expect(await accessibilityFindings(ada)).toEqual([]);
  }, SLOW);

  it('says what a promotion changes, object by object, what its gates say and who made it', async () => {
    await openPromotion(ada);
    const change = ada.getByRole('region', { name: 'Deployment.apps shop/checkout' });
    const image = change.getByRole('row').filter({ hasText: '].image' });
    expect(await image.locator('.before').textContent()).toContain('checkout:2.3.0');
    expect(await image.locator('.after').textContent()).toContain('checkout:2.4.0');
    expect(await change.getByRole('row').filter({ hasText: 'env[PAYMENT_TIMEOUT].value' }).locator('.after').textContent()).toContain('5s');
    const gates = ada.getByRole('region', { name: 'Gates' }).getByRole('listitem');
    expect(await gates.allTextContents()).toEqual([expect.stringMatching(/^pass qa-healthy/), expect.stringMatching(/^wait approvals.*Cleared by group release-managers/)]);
    expect(await ada.getByRole('region', { name: 'People' }).getByRole('listitem').allTextContents()).toEqual(['ada author']);
  });

  it('shows a request under its own URL, and leads to what it promotes', async () => {
    await openPromotion(ada);
    const number = /request (\d+)/.exec((await ada.locator('header').textContent()) ?? '')?.[1] ?? '';
    await open(ada, `/repositories/shop/changes/${number}`);
    await ada.getByText('Brings **checkout** from `qa` to `prod`.').waitFor();
    expect(await accessibilityFindings(ada)).toEqual([]);
    await ada.getByRole('link', { name: 'What it promotes' }).click();
    await ada.getByText('PAYMENT_TIMEOUT').first().waitFor();
    expect(new URL(ada.url()).pathname).toBe(promotionPath);
  });

  it('says why somebody may not approve', async () => {
    await ada.getByText('You cannot approve this: only group release-managers may approve.').waitFor();
    expect(await approveForm(ada).count()).toBe(0);
  });

  it.each([
    ['overview', () => '/'],
    ['clusters', () => '/clusters'],
    ['promotion', () => promotionPath],
  ])('can be used by everybody: %s', async (_, path) => {
    await open(grace, path());
    await grace.getByRole('table').first().waitFor();
    expect(await accessibilityFindings(grace)).toEqual([]);
    await grace.setViewportSize({ width: 390, height: 800 });
    expect(await grace.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await grace.setViewportSize({ width: 1280, height: 800 });
  }, SLOW);

  it('shows the server’s words when what was approved is not what is there', async () => {
    await openPromotion(grace);
    await grace.route('**/approve', (route) => route.continue({ postData: JSON.stringify({ ...(route.request().postDataJSON() as object), digest: '0'.repeat(64) }) }));
    await approveForm(grace).getByRole('button').click();
    expect(await approveForm(grace).getByRole('alert').textContent()).toMatch(/content|digest|changed/);
    await grace.unroute('**/approve');
    expect(await grace.getByRole('region', { name: 'Gates' }).textContent()).toContain('0 of 1 given');
  });

  it('takes an approval by keyboard, and follows it until it is live', async () => {
    await openPromotion(grace);
    await open(ada, '/');
    await waiting(ada).waitFor();
    for (const page of [ada, grace]) await page.evaluate(() => document.documentElement.setAttribute('data-not-reloaded', ''));

    const comment = approveForm(grace).getByRole('textbox', { name: 'Comment' });
    const focused = (): Promise<boolean> => comment.evaluate((input) => input === document.activeElement);
    for (let presses = 0; presses < 20 && !(await focused()); presses += 1) await grace.keyboard.press('Tab');
    expect(await focused()).toBe(true);
    await grace.keyboard.type('seen in qa');
    await grace.keyboard.press('Enter');

    await grace.getByRole('heading', { level: 1 }).getByText('live', { exact: true }).waitFor({ timeout: SLOW });
    expect(await grace.getByRole('region', { name: 'People' }).textContent()).toMatch(/grace approved.*seen in qa/);
    expect(await approveForm(grace).count()).toBe(0);

    await cell(ada, 'prod').getByText('give up on slow payments').waitFor({ timeout: SLOW });
    await waiting(ada).waitFor({ state: 'detached', timeout: SLOW });
    for (const page of [ada, grace]) expect(await page.locator('html[data-not-reloaded]').count()).toBe(1);
  }, 2 * SLOW);

  it('ends a session', async () => {
    await grace.getByRole('button', { name: 'Sign out' }).click();
    await grace.getByText('You are not signed in').waitFor();
  });

  it('gave the browser nothing to complain about', () => {
    expect(browser.complaints).toEqual([]);
  });
}

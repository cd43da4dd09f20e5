// Makes docs/dashboard.png again, from a running system whose promotion of checkout waits for approval in prod:
//   npm run build && npm start -- --data <folder>      (and, when it is ready:)
//   node apps/dashboard/take-screenshot.mjs <folder> [path of Chromium]
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const [data = '.sluice', executablePath = '/usr/bin/chromium'] = process.argv.slice(2);
const { url, token } = JSON.parse(await readFile(join(data, 'connection.json'), 'utf8'));
const response = await fetch(new URL('/api/v1/login-links', url), {
  method: 'POST',
  headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  body: JSON.stringify({ person: 'ada' }),
});
const link = await response.json();

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'] });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 380 }, colorScheme: 'light' });
  await page.goto(link.url);
  await page.getByRole('link', { name: 'waits for approvals' }).waitFor({ timeout: 60_000 });
  await page.getByRole('status').getByText('live').waitFor();
  await page.screenshot({ path: fileURLToPath(new URL('../../docs/dashboard.png', import.meta.url)) });
} finally {
  await browser.close();
}

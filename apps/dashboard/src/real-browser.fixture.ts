import { programOnPath } from '@sluice/testing';
import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** Root has no sandbox to use, and nothing but the page under test may be contacted. */
const SWITCHES = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
/** What the browser itself says about an answer such as 401: those are expected, and the page shows them in words. */
const REFUSED = /^Failed to load resource: the server responded with a status of (401|409)/;

/** Runs in the page. Pages also look again every 15 s, whatever the server says: without that, only its events move them. */
function stopSweeps(): void {
  const { setInterval } = window;
  window.setInterval = ((handler: () => void, every: number) => (every > 5_000 ? 0 : setInterval(handler, every))) as typeof window.setInterval;
}

/** The path of a Chromium, or undefined when none is installed. */
export function chromiumProgram(): string | undefined {
  return programOnPath(...PROGRAMS);
}

/** A real Chromium that remembers everything its pages complain about. */
export class RealBrowser {
  private constructor(
    private readonly browser: Browser,
    /** Errors and warnings of the console (violations of the content security policy are among them) and exceptions. */
    readonly complaints: string[] = [],
  ) {}

  static async start(executablePath: string): Promise<RealBrowser> {
    return new RealBrowser(await chromium.launch({ executablePath, args: SWITCHES }));
  }

  /** A page of somebody new: nothing is shared with other pages, cookies neither. */
  async page(): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 800 } });
    await context.addInitScript(stopSweeps);
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()) && !REFUSED.test(message.text())) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
    return page;
  }

  stop(): Promise<void> {
    return this.browser.close();
  }
}

/** What axe finds wrong with the page as it is now, in light and in dark. */
export async function accessibilityFindings(page: Page): Promise<readonly string[]> {
  const findings: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<AxeResults>('axe.run()');
    findings.push(...violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${colorScheme}: ${id}: ${html}`)));
  }
  await page.emulateMedia({ colorScheme: null });
  return findings;
}

// What a suite does with a page: opens it, presses the button, looks at it, and writes down what the browser
// said and asked. It judges nothing but whether the order went through.
import { createHash } from 'node:crypto';
import { appendFileSync, copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { serve } from './page.mjs';

const out = process.env.SUITE_OUT;
const baselines = process.env.SUITE_BASELINES;
const broken = process.env.SUITE_VARIANT === 'broken';

let served;
test.beforeAll(async () => {
  mkdirSync(out, { recursive: true });
  served = await serve(broken);
});
test.afterAll(() => served.end());

// One line a message: what it said stays here, its digest goes on.
function note(level, text) {
  const fingerprint = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const line = { level, source: 'console', count: 1, fingerprint };
  appendFileSync(`${out}/console.jsonl`, `${JSON.stringify(line)}\n`);
}

const LEVELS = { error: 'error', warning: 'warning' };

test('an order goes through', async ({ browser }) => {
  note('info', 'the listener is on');
  const context = await browser.newContext({
    viewport: { width: 320, height: 240 },
    recordHar: { path: `${out}/net.har`, content: 'omit' },
  });
  const page = await context.newPage();
  page.on('console', (message) => note(LEVELS[message.type()] ?? 'info', message.text()));
  page.on('pageerror', (error) => note('error', error.message));
  await page.goto(served.origin);
  await page.screenshot({ path: `${out}/checkout.png`, animations: 'disabled' });
  // A suite that made its baselines writes them once, elsewhere, and never while it judges.
  if (!existsSync(`${baselines}/checkout.png`)) copyFileSync(`${out}/checkout.png`, `${baselines}/checkout.png`);
  await page.click('#pay');
  await expect(page.locator('body')).toHaveAttribute('data-paid', /true|false/);
  const paid = await page.locator('body').getAttribute('data-paid');
  await context.close();
  expect(paid).toBe('true');
});

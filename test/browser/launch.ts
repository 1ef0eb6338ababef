/**
 * Debian's Chromium for the journeys that a person sees. Where it comes from is the machine's business: without
 * it these tests are skipped, said once by test/global-setup.ts, which fails instead where it is required.
 */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';
import { describe } from 'vitest';

const CHROMIUM_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser's program on this machine, or `undefined` when there is none. */
export function findChromium(): string | undefined {
  return CHROMIUM_PATHS.find((path) => existsSync(path));
}

/**
 * Starts a headless browser; the caller closes it.
 *
 * @throws {Error} when this machine has no Chromium
 */
export function openBrowser(options: LaunchOptions = {}): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(`no Chromium at ${CHROMIUM_PATHS.join(', ')}`);
  const args = ['--no-sandbox', '--headless', '--disable-gpu', '--disable-background-networking'];
  return chromium.launch({ executablePath, ...options, args: [...args, ...(options.args ?? [])] });
}

/** A `describe` that is skipped where there is no Chromium. */
export function describeWithBrowser(name: string, tests: () => void): void {
  describe.skipIf(findChromium() === undefined)(name, tests);
}

/**
 * Around a whole test run: says what this machine lacks, and, after a run of every test file, holds what the
 * code asked of the store against the contract suite (test/operations/).
 */
import type { TestProject } from 'vitest/node';
import { findChromium } from './browser/launch.ts';
import { describeMissing, missingShapes, readRecords, testName } from './operations/records.ts';

function sayWhetherBrowser(): void {
  if (findChromium() !== undefined) return;
  const what = 'No Chromium here (Debian: apt-get install chromium)';
  if (process.env['REQUIRE_CHROMIUM'] === '1') throw new Error(`${what}, and REQUIRE_CHROMIUM asks for it`);
  console.log(`${what}: the browser journeys are skipped.`);
}

/** Whether every test of every file ran and passed: only then does a missing record mean something. */
async function wasWholeAndGreen({ vitest, config }: TestProject): Promise<boolean> {
  if (config.testNamePattern !== undefined || vitest.config.shard !== undefined) return false;
  const modules = vitest.state.getTestModules();
  const all = await vitest.globTestSpecifications();
  return modules.length === all.length && modules.every((module) => module.ok());
}

/**
 * @returns what happens at the end of the run
 * @throws {Error} when Chromium is required and missing
 */
export function setup(project: TestProject): () => Promise<void> {
  sayWhetherBrowser();
  return async () => {
    if (!(await wasWholeAndGreen(project))) return;
    const ran = new Set(project.vitest.state.getTestModules().map(({ moduleId }) => testName(moduleId)));
    const missing = missingShapes(new Map([...readRecords()].filter(([test]) => ran.has(test))));
    if (missing.length === 0) return;
    const list = describeMissing(missing);
    console.error(`The store is asked for what test/embedded/contract/ does not show:\n${list}`);
    // An error thrown here would only be printed: the run would still end as a success.
    process.exitCode = 1;
  };
}

/**
 * The files in which each test file keeps what it asked of the store, and the judgement on them: whatever the
 * code asks must be asked in the store's contract suite too.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = join(ROOT, 'node_modules', '.cache', 'operations');
const CONTRACT = 'test/embedded/contract/';
/** The store's own tests: what they send on purpose, wrong or rare, is not what the code asks. */
const OF_THE_STORE = ['test/embedded/', 'test/mongodb/', 'test/operations/'];

/** A shape that no contract test shows, and the test files in whose run the code used it. */
export interface MissingShape {
  readonly shape: string;
  readonly usedBy: readonly string[];
}

/** The path of a test file from the project's folder, with slashes. */
export function testName(path: string): string {
  return relative(ROOT, path).split(sep).join('/');
}

function recordPath(test: string): string {
  return join(FOLDER, `${encodeURIComponent(test)}.txt`);
}

/** Replaces what is kept for one test file. */
export function keepRecord(test: string, shapes: Iterable<string>): void {
  const lines = [...shapes].sort();
  const path = recordPath(test);
  if (lines.length === 0) {
    rmSync(path, { force: true });
    return;
  }
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(path, `${lines.join('\n')}\n`);
}

/** Everything that is kept, by test file; records of tests that are gone are left out. */
export function readRecords(): Map<string, readonly string[]> {
  const records = new Map<string, readonly string[]>();
  if (!existsSync(FOLDER)) return records;
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.txt'))) {
    const test = decodeURIComponent(file.slice(0, -'.txt'.length));
    if (!existsSync(join(ROOT, test))) continue;
    records.set(test, readFileSync(join(FOLDER, file), 'utf8').split('\n').filter(Boolean));
  }
  return records;
}

/** What the code asked of the store in its tests and the contract suite does not show. */
export function missingShapes(records: ReadonlyMap<string, readonly string[]>): MissingShape[] {
  const shown = new Set<string>();
  const used = new Map<string, string[]>();
  for (const [test, shapes] of records) {
    for (const shape of shapes) {
      if (test.startsWith(CONTRACT)) shown.add(shape);
      else if (!OF_THE_STORE.some((folder) => test.startsWith(folder))) {
        used.set(shape, [...(used.get(shape) ?? []), test]);
      }
    }
  }
  return [...used]
    .filter(([shape]) => !shown.has(shape))
    .map(([shape, usedBy]) => ({ shape, usedBy: usedBy.sort() }))
    .sort((one, other) => one.shape.localeCompare(other.shape));
}

/** The list as a person reads it: each shape with one test in which it came up. */
export function describeMissing(missing: readonly MissingShape[]): string {
  return missing.map(({ shape, usedBy }) => `  ${shape}   (${usedBy[0]})`).join('\n');
}

/**
 * `node --import tsx test/operations/missing.ts`: what the code asked of the store in the latest run of each
 * test file and the contract suite does not show. Running the tests is vitest's.
 */
import { describeMissing, missingShapes, readRecords } from './records.ts';

const records = readRecords();
const missing = missingShapes(records);
console.log(
  missing.length === 0 ? `Nothing is missing (${records.size} test files).` : describeMissing(missing),
);
process.exitCode = missing.length === 0 ? 0 : 1;

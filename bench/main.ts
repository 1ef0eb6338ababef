/** `npm run bench NAME`: runs one measurement and prints it. What is measured is each file's matter. */
import { benchImport } from './import.ts';
import { benchResetTiming } from './reset-timing.ts';
import { benchSignIn } from './sign-in.ts';

const benches: Readonly<Record<string, () => Promise<boolean>>> = {
  'sign-in': benchSignIn,
  'reset-timing': benchResetTiming,
  import: benchImport,
};

const name = process.argv[2];
const bench = name === undefined ? undefined : benches[name];
if (bench === undefined) {
  console.error(`usage: npm run bench ${Object.keys(benches).join('|')}`);
  process.exitCode = 2;
} else {
  process.exitCode = (await bench()) ? 0 : 1;
}

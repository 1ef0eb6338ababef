#!/usr/bin/env node
/** Starts the command line that `npm run build` has made of cli/main.ts. */
import { existsSync } from 'node:fs';

const main = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(main)) {
  const { startCommandLine } = await import(main.href);
  await startCommandLine(process.argv.slice(2));
} else {
  process.stderr.write('oidc-security-info is not built yet. Run: npm run build\n');
  process.exitCode = 1;
}

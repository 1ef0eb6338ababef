/** `npm start`: quietens the provider library before it loads, runs the demo, and ends it on Ctrl-C. */
import { quietProviderNotices } from './quiet-console.ts';

quietProviderNotices();
const { runDemo } = await import('./run.ts');
process.exitCode = await runDemo({
  say: (text) => process.stdout.write(`${text}\n`),
  complain: (text) => process.stderr.write(`${text}\n`),
});

/** The command line from source, for a child process of the tests: what bin/oidc-security-info.js does when built. */
import { startCommandLine } from '../../cli/main.ts';

await startCommandLine(process.argv.slice(2));

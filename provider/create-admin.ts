/** Wires the admin room: its desks on the ports of a deployment, and its tokens on the provider. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Middleware } from 'koa';
import type { Provider } from 'oidc-provider';
import { z } from 'zod';
import { createAdminApi } from '../admin/api/create-admin-api.ts';
import { createPeopleDesk } from '../security-info/admin/create-people-desk.ts';
import { createPolicyDesk } from '../security-info/admin/create-policy-desk.ts';
import { createAdminTokens } from './admin-tokens.ts';
import type { Composition } from './composition.ts';
import { packageFolder } from './package-folder.ts';

const packageFile = z.object({ version: z.string() });

/** The admin API of a deployment. */
export function createAdmin(composition: Composition, provider: Provider): Middleware {
  const { settings, ports, directory, translators, log, published } = composition;
  const { issuer, serviceName } = settings;
  const { version } = packageFile.parse(
    JSON.parse(readFileSync(join(packageFolder('.'), 'package.json'), 'utf8')),
  );
  return createAdminApi({
    ports,
    people: createPeopleDesk(ports, { published }),
    policies: createPolicyDesk(ports, {
      judge: async () => ({ dueAtOnce: 0, proposedDays: 1, warnings: [] }),
      spread: (policy) => policy,
    }),
    judgeToken: createAdminTokens({ provider, issuer, directory, ports }),
    repeatedRequests: (_key, _operation, _call, run) => run(),
    translators,
    log,
    issuer,
    serviceName,
    version,
  });
}

/** Wires the admin room: its desks on the ports of a deployment, its tokens and its console on the provider. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Middleware } from 'koa';
import type { Provider } from 'oidc-provider';
import { z } from 'zod';
import { createAdminApi } from '../admin/api/create-admin-api.ts';
import type { ApiParts } from '../admin/api/parts.ts';
import { createRepeatedRequests } from '../admin/api/repeated-requests.ts';
import { createConsole } from '../admin/console/create-console.ts';
import type { PageOptions } from '../interactions/shell/contract.ts';
import { deviceOf } from '../interactions/shell/device.ts';
import { createOutsideRoutes } from '../interactions/shell/outside-routes.ts';
import { createPages } from '../interactions/shell/pages.ts';
import { consoleClientId } from '../models/client.ts';
import { createPeopleDesk } from '../security-info/admin/create-people-desk.ts';
import { createPolicyDesk } from '../security-info/admin/create-policy-desk.ts';
import { createAdminTokens } from './admin-tokens.ts';
import type { Composition } from './composition.ts';
import { createConsoleEntry } from './console-entry.ts';
import { packageFolder } from './package-folder.ts';

/** A policy has about a hundred fields, and lists of a thousand ids. */
const consoleFormBounds = { bytes: 512 * 1024, fields: 200 };
const packageFile = z.object({ version: z.string() });

/** The admin API and the console of a deployment: answers everything under `/admin`, and passes the rest on. */
export function createAdmin(
  composition: Composition,
  provider: Provider,
  pageOptions: PageOptions,
): Middleware {
  const { settings, ports, directory, translators, log, published } = composition;
  const { issuer, serviceName } = settings;
  const { version } = packageFile.parse(
    JSON.parse(readFileSync(join(packageFolder('.'), 'package.json'), 'utf8')),
  );
  const reports = { ...ports, reportRecords: composition.reportRecords };
  const parts: ApiParts = {
    ports,
    people: createPeopleDesk(ports, { published }),
    policies: createPolicyDesk(reports),
    reports,
    passwordDelays: composition.passwordDelays,
    snapshots: composition.snapshots,
    auditLog: composition.auditLog,
    campaigns: { ...ports, campaigns: composition.campaigns, marking: composition.marking },
    imports: { ...ports, imports: composition.imports },
    deadLetters: composition.deadLetters,
    listJobs: composition.listJobs,
    inBackground: composition.inBackground,
  };
  const api = createAdminApi({
    ...parts,
    judgeToken: createAdminTokens({ provider, issuer, directory, ports }),
    repeatedRequests: createRepeatedRequests({
      keys: ports.keys,
      clock: ports.clock,
      idempotency: composition.idempotency,
    }),
    translators,
    log,
    issuer,
    serviceName,
    version,
  });
  const { keys, clock, flows, records } = ports;
  const table = createOutsideRoutes({
    pages: createPages(pageOptions),
    keys,
    issuer,
    log,
    prefix: '/admin',
    cookie: 'console_form',
    formBounds: consoleFormBounds,
  });
  createConsole({
    ...parts,
    table,
    entry: createConsoleEntry({ provider, issuer, keys, clock, directory, records }),
    flows,
    keys,
    clock,
    deviceOf,
    clientId: consoleClientId,
  });
  return (ctx, next) => api(ctx, () => table.middleware(ctx, next));
}

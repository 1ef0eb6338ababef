/** The admin API, whole: every operation, the document that tells of them, and the middleware that answers. */
import type { Middleware } from 'koa';
import { z } from 'zod';
import * as errors from '../../security-info/errors.ts';
import { openApiDocument } from './openapi.ts';
import type { Operation } from './operation.ts';
import { auditOperations } from './operations/audit.ts';
import { campaignOperations } from './operations/campaigns.ts';
import { demandOperations } from './operations/demands.ts';
import { importOperations } from './operations/imports.ts';
import { methodOperations } from './operations/methods.ts';
import { peopleOperations } from './operations/people.ts';
import { policyOperations } from './operations/policies.ts';
import { previewOperations } from './operations/previews.ts';
import { reportOperations } from './operations/reports.ts';
import { upkeepOperations } from './operations/upkeep.ts';
import type { ApiParts } from './parts.ts';
import { type ApiOptions, createApi } from './routes.ts';

/** What the API is made with. */
export interface AdminApiOptions
  extends ApiParts,
    Pick<ApiOptions, 'judgeToken' | 'translators' | 'log' | 'repeatedRequests'> {
  readonly issuer: string;
  readonly serviceName: string;
  /** Of this package. */
  readonly version: string;
}

/** Every operation, in the order of the document. */
export function adminOperations(parts: ApiParts): readonly Operation[] {
  return [
    ...policyOperations(parts),
    ...previewOperations(parts),
    ...campaignOperations(parts),
    ...peopleOperations(parts),
    ...demandOperations(parts),
    ...methodOperations(parts),
    ...importOperations(parts),
    ...reportOperations(parts),
    ...auditOperations(parts),
    ...upkeepOperations(parts),
  ];
}

/** Makes the middleware. */
export function createAdminApi(options: AdminApiOptions): Middleware {
  const operations = adminOperations(options);
  const document = openApiDocument({ ...options, operations }, statusOfCode);
  return createApi({ ...options, operations, document });
}

const coded = z.object({ code: z.string(), status: z.int() });

const statuses = new Map(
  Object.values(errors).flatMap((made) => {
    if (made === errors.SecurityInfoError) return [];
    const { code, status } = coded.parse(Reflect.construct(made, [[]]));
    return [[code, status] as const];
  }),
);

/** The status of a refusal. @throws {RangeError} for a code that is in no catalogue */
export function statusOfCode(code: string): number {
  const status = statuses.get(code);
  if (status === undefined) throw new RangeError(`no error has the code '${code}'`);
  return status;
}

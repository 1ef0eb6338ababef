/** What reports read of many accounts at once: records without what is sealed, and delays after wrong passwords. */
import type { Connection } from 'mongoose';
import { z } from 'zod';
import type { DataKeys } from '../security-info/ports.ts';
import type { PasswordDelays, ReportRecords } from '../security-info/reports/ports.ts';
import { passwordThrottleKeys } from '../security-info/throttles.ts';
import { readSignInRecord, securityInfos, signInProjection } from './security-info-record.ts';
import { throttleIdOf, throttles } from './throttle.ts';

const dates = z.array(z.date()).default([]);
const withProofs = z.object({
  _id: z.string(),
  wrongProofs: z
    .object({ stranger: dates, known_browser: dates, signed_in: dates })
    .default({ stranger: [], known_browser: [], signed_in: [] }),
});
const projection = { ...signInProjection, _id: 1, wrongProofs: 1 } as const;

/** The ReportRecords port. */
export function createReportRecords(connection: Connection): ReportRecords {
  const collection = connection.collection<{ _id: string }>(securityInfos.name);
  return {
    async readMany(accountIds) {
      if (accountIds.length === 0) return new Map();
      const documents = await collection.find({ _id: { $in: [...accountIds] } }, { projection }).toArray();
      return new Map(
        documents.map((document) => {
          const { _id, wrongProofs } = withProofs.parse(document);
          return [_id, { ...readSignInRecord(_id, document), wrongProofs }];
        }),
      );
    },
  };
}

const blocked = z.object({ _id: z.string(), blockedUntilAt: z.date() });

/** The PasswordDelays port. */
export function createPasswordDelays(
  connection: Connection,
  { keys }: { readonly keys: DataKeys },
): PasswordDelays {
  const collection = connection.collection<{ _id: string }>(throttles.name);
  return {
    async readMany(loginNames, now) {
      const nameOf = new Map(
        loginNames.flatMap((name) =>
          passwordThrottleKeys(name).map((key) => [throttleIdOf(keys, key), name]),
        ),
      );
      if (nameOf.size === 0) return new Map();
      const documents = await collection
        .find(
          { _id: { $in: [...nameOf.keys()] }, blockedUntilAt: { $gt: now } },
          { projection: { blockedUntilAt: 1 } },
        )
        .toArray();
      const delays = new Map<string, Date>();
      for (const document of documents) {
        const { _id, blockedUntilAt } = blocked.parse(document);
        const name = nameOf.get(_id);
        const known = name === undefined ? undefined : delays.get(name);
        if (name !== undefined && (known === undefined || blockedUntilAt > known))
          delays.set(name, blockedUntilAt);
      }
      return delays;
    },
  };
}

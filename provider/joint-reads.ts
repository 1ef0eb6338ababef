/**
 * Reads what one request of node-oidc-provider will look at in one operation: the account, its record and, where they
 * are known by then, the grant and the session. Kept for that request only, so that nothing here can be out of date.
 */
import type { Connection } from 'mongoose';
import type { AdapterPayload } from 'oidc-provider';
import { accountProjection, accounts, readAccount } from '../models/account.ts';
import { type OidcDocument, oidcCollection } from '../models/oidc-document.ts';
import { readSignInRecord, securityInfos, signInProjection } from '../models/security-info-record.ts';
import type { Account, DataKeys } from '../security-info/ports.ts';
import type { SignInRecord } from '../security-info/record.ts';

/** What is read of somebody. */
export interface Somebody {
  readonly account: Account | undefined;
  readonly record: SignInRecord;
}

/** What else the request will ask for. */
export interface Foreseen {
  readonly grantId?: string | undefined;
  readonly sessionUid?: string | undefined;
}

/** The models whose payloads can be read ahead, each by what the library finds it by. */
type ForeseenModel = 'Grant' | 'Session';

/** The reads of every request, each apart. */
export interface JointReads {
  /** Reads somebody, with what else is foreseen; once for a request. @param request its `ctx.oidc` */
  of(request: object, accountId: string, foreseen?: Foreseen): Promise<Somebody>;
  /** A payload that was read ahead, the first time that it is asked for: undefined where it was not. */
  take(request: object, model: ForeseenModel, key: string): AdapterPayload | undefined;
}

interface Part {
  readonly name: string;
  readonly from: string;
  readonly match: Readonly<Record<string, unknown>>;
  readonly sort?: Readonly<Record<string, 1 | -1>>;
  readonly fields: Readonly<Record<string, 0 | 1>>;
}

const payloadFields = { _id: 0, payload: 1, expiresAt: 1 } as const;

/** The store deletes what has expired about once a minute; until then it is there but not found. */
export function alive(
  document: Pick<OidcDocument, 'payload' | 'expiresAt'> | null,
): AdapterPayload | undefined {
  if (document === null) return undefined;
  const { payload, expiresAt } = document;
  return expiresAt === undefined || expiresAt.getTime() > Date.now() ? payload : undefined;
}

function partsOf(accountId: string, { grantId, sessionUid }: Foreseen): readonly Part[] {
  const parts: Part[] = [
    { name: 'account', from: accounts.name, match: { _id: accountId }, fields: accountProjection },
    { name: 'record', from: securityInfos.name, match: { _id: accountId }, fields: signInProjection },
  ];
  if (grantId !== undefined) {
    const from = oidcCollection('Grant').name;
    parts.push({ name: 'Grant', from, match: { _id: grantId }, fields: payloadFields });
  }
  if (sessionUid !== undefined) {
    const from = oidcCollection('Session').name;
    const match = { 'payload.uid': sessionUid };
    // Of two with one uid the one written last, as the adapter's findByUid.
    parts.push({ name: 'Session', from, match, sort: { expiresAt: -1 }, fields: payloadFields });
  }
  return parts;
}

function stagesOf({ name, match, sort, fields }: Part) {
  return [
    { $match: match },
    ...(sort === undefined ? [] : [{ $sort: sort }]),
    { $limit: 1 },
    { $project: fields },
    { $set: { part: name } },
  ];
}

/** Makes the reads on a connection whose accounts are this deployment's. */
export function createJointReads(connection: Connection, { open }: Pick<DataKeys, 'open'>): JointReads {
  const people = new WeakMap<object, { readonly accountId: string; readonly read: Promise<Somebody> }>();
  const payloads = new WeakMap<object, Map<string, AdapterPayload>>();

  async function read(request: object, accountId: string, foreseen: Foreseen): Promise<Somebody> {
    const [first, ...others] = partsOf(accountId, foreseen);
    if (first === undefined) throw new TypeError('nothing to read');
    const pipeline = [
      ...stagesOf(first),
      ...others.map((part) => ({ $unionWith: { coll: part.from, pipeline: stagesOf(part) } })),
    ];
    const documents = await connection.collection(first.from).aggregate<FoundPart>(pipeline).toArray();
    const byName = new Map(documents.map((document) => [document.part, document]));
    const ahead = new Map<string, AdapterPayload>();
    for (const [model, key] of [
      ['Grant', foreseen.grantId],
      ['Session', foreseen.sessionUid],
    ] as const) {
      const payload = alive(byName.get(model) ?? null);
      if (key !== undefined && payload !== undefined) ahead.set(`${model} ${key}`, payload);
    }
    payloads.set(request, ahead);
    const account = byName.get('account');
    return {
      account: account === undefined ? undefined : readAccount(account, open),
      record: readSignInRecord(accountId, byName.get('record') ?? {}),
    };
  }

  return {
    of(request, accountId, foreseen = {}) {
      const known = people.get(request);
      if (known?.accountId === accountId) return known.read;
      const reading = read(request, accountId, foreseen);
      people.set(request, { accountId, read: reading });
      return reading;
    },

    take(request, model, key) {
      const ahead = payloads.get(request);
      const payload = ahead?.get(`${model} ${key}`);
      // The library may ask again after it has changed it.
      ahead?.delete(`${model} ${key}`);
      return payload;
    },
  };
}

type FoundPart = Pick<OidcDocument, 'payload' | 'expiresAt'> & { readonly part: string };

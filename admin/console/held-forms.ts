/**
 * Forms that came after the proof had grown too old: sealed, for 15 minutes, for the browser that posted them. Only
 * the account whose console it was sees them again, and once.
 */
import { randomUUID } from 'node:crypto';
import type { Context } from 'koa';
import { z } from 'zod';
import { newFlow } from '../../security-info/operations/situation.ts';
import type { Clock, DataKeys, FlowStore } from '../../security-info/ports.ts';
import type { ConsoleEntry } from './contract.ts';

/** A form as it was posted. */
export interface HeldForm {
  /** The whole path, with `/admin`. */
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Keeps forms. */
export interface HeldForms {
  /** Keeps the form for whoever was at the console in this browser last; nothing where nobody was. */
  keep(ctx: Context, fields: Readonly<Record<string, string>>): Promise<void>;
  /** Gives it back once; null where there is none of this account. */
  take(ctx: Context, accountId: string): Promise<HeldForm | null>;
}

/** What it is made with. */
export interface HeldFormsOptions {
  readonly flows: FlowStore;
  readonly keys: Pick<DataKeys, 'seal' | 'open' | 'hash'>;
  readonly clock: Clock;
  readonly entry: Pick<ConsoleEntry, 'lastVisit'>;
}

const held = z.object({ action: z.string(), fields: z.record(z.string(), z.string()) });
const draftName = 'console:form';

/** Makes it. */
export function createHeldForms({ flows, keys, clock, entry }: HeldFormsOptions): HeldForms {
  const keyOf = (visitId: string): string => `console:${keys.hash(visitId, 'held-form')}`;
  return {
    async keep(ctx, fields) {
      const visit = entry.lastVisit(ctx);
      if (visit === null) return;
      const key = keyOf(visit.visitId);
      const draftCiphertext = keys.seal(JSON.stringify({ action: ctx.path, fields }), key);
      const draft = { id: randomUUID(), createdAt: clock.now(), draftCiphertext };
      await flows.change(key, () => ({
        next: { ...newFlow(visit.accountId), drafts: { [draftName]: draft } },
        events: [],
        result: undefined,
      }));
    },
    async take(ctx, accountId) {
      const visit = entry.lastVisit(ctx);
      if (visit === null) return null;
      const key = keyOf(visit.visitId);
      const flow = await flows.read(key);
      await flows.end(key);
      const draft = flow?.drafts[draftName];
      if (flow?.accountId !== accountId || draft === undefined) return null;
      return held.parse(JSON.parse(keys.open(draft.draftCiphertext, key)));
    },
  };
}

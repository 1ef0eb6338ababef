/**
 * What a reset remembers between its pages: the name, whose it is if anybody's, and what was typed. All of it sealed,
 * under the random key of the browser's cookie; gone after 15 minutes.
 */
import { z } from 'zod';
import { NothingPending } from '../../errors.ts';
import type { DataKeys, Flow, FlowStore } from '../../ports.ts';
import { channels, methodTypes } from '../../record.ts';
import type { ResetVisit } from '../../reset-desk.ts';
import { newFlow } from '../situation.ts';

const memorySchema = z.object({
  loginName: z.string(),
  /** Null where nobody has the name. */
  accountId: z.string().nullable(),
  caller: z.enum(['stranger', 'known_browser']),
  returnTo: z.string().nullable(),
  /** What came along from the sign-in, and until when it cannot be begun with. */
  limited: z.object({ loginName: z.string(), until: z.coerce.date() }).nullable().default(null),
  /** How it ended; null while it goes on. What ended has no proofs any more. */
  done: z.enum(['password', 'unlocked']).nullable(),
  /** What was chosen at the first gate, or null. */
  first: z
    .object({
      type: z.enum(methodTypes),
      address: z.string().nullable(),
      channel: z.enum(channels).nullable(),
    })
    .nullable(),
});

/** What a reset remembers. */
export type ResetMemory = z.infer<typeof memorySchema>;

/** A reset under way. */
export interface ResetFlow {
  readonly flow: Flow;
  readonly memory: ResetMemory;
}

interface FlowPorts {
  readonly flows: FlowStore;
  readonly keys: DataKeys;
  readonly clock: { now(): Date };
}

const draftKey = 'reset';
/** Whose flow it is where nobody has the name: of no account. */
export const nobody = '-';

function contextOf(flow: Flow): string {
  return `${flow.id}:reset`;
}

function withMemory({ keys, clock }: Omit<FlowPorts, 'flows'>, flow: Flow, memory: ResetMemory): Flow {
  const draftCiphertext = keys.seal(JSON.stringify(memorySchema.parse(memory)), contextOf(flow));
  return {
    ...flow,
    drafts: { [draftKey]: { id: draftKey, createdAt: clock.now(), draftCiphertext } },
  };
}

/** Begins anew: nothing that an earlier one proved holds. */
export async function beginReset(ports: FlowPorts, visit: ResetVisit, memory: ResetMemory): Promise<void> {
  await ports.flows.end(visit.flowKey);
  const flow = withMemory(ports, newFlow(memory.accountId ?? nobody), memory);
  await ports.flows.change(visit.flowKey, () => ({ next: flow, events: [], result: undefined }));
}

/** The reset of a visit; null where there is none, or none any more. */
export async function readReset(ports: FlowPorts, visit: ResetVisit): Promise<ResetFlow | null> {
  const flow = await ports.flows.read(visit.flowKey);
  const draft = flow?.drafts[draftKey];
  if (flow === null || draft === undefined) return null;
  const memory = memorySchema.parse(JSON.parse(ports.keys.open(draft.draftCiphertext, contextOf(flow))));
  return { flow, memory };
}

/** The reset of a visit. @throws {NothingPending} `nothing_pending` */
export async function requireReset(ports: FlowPorts, visit: ResetVisit): Promise<ResetFlow> {
  const reset = await readReset(ports, visit);
  if (reset === null) throw new NothingPending();
  return reset;
}

/** Changes what a reset remembers, or its proofs; a flow that ended meanwhile stays ended. */
export async function changeReset(
  ports: FlowPorts,
  visit: ResetVisit,
  { flow: { id }, memory }: ResetFlow,
  change: { readonly memory?: Partial<ResetMemory>; readonly flow?: (flow: Flow) => Flow },
): Promise<void> {
  await ports.flows.change(visit.flowKey, (stored) => {
    if (stored === null || stored.id !== id) return { refusal: new NothingPending() };
    const remembered = withMemory(ports, stored, { ...memory, ...change.memory });
    const next = change.flow === undefined ? remembered : change.flow(remembered);
    return { next, events: [], result: undefined };
  });
}

/** The drafts of a flow: what was typed and not yet proved, sealed, a few tabs' worth. */
import type { DataKeys, Flow, SealedDraft } from '../ports.ts';
import type { MethodType } from '../record.ts';
import { type OpenDraft, unsealDraft } from '../sealing.ts';

/** Drafts that a flow keeps; the oldest give way. */
const maximumDrafts = 6;

/** The key of a draft in its flow. */
export function draftKey(type: MethodType, draftId: string): string {
  return `${type}:${draftId}`;
}

/** The drafts of a type, oldest first. */
export function draftsOf(flow: Flow, type: MethodType): readonly SealedDraft[] {
  return Object.entries(flow.drafts)
    .filter(([key]) => key.startsWith(`${type}:`))
    .map(([, draft]) => draft)
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
}

/** The flow with one more draft. */
export function withDraft(flow: Flow, type: MethodType, sealed: SealedDraft): Flow {
  const kept = Object.entries(flow.drafts)
    .sort(([, a], [, b]) => a.createdAt.getTime() - b.createdAt.getTime())
    .slice(-(maximumDrafts - 1));
  return { ...flow, drafts: { ...Object.fromEntries(kept), [draftKey(type, sealed.id)]: sealed } };
}

/** A draft of a flow, opened; undefined where the flow has none such. */
export function openDraftOf(
  keys: DataKeys,
  flow: Flow,
  type: MethodType,
  draftId: string,
): OpenDraft | undefined {
  const sealed = draftsOf(flow, type).find(({ id }) => id === draftId);
  return sealed && unsealDraft(keys, flow.id, sealed.id, sealed.draftCiphertext);
}
